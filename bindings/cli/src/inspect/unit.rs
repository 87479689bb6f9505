//! `unit`: an administrative unit by code, text or address, and the unit of today it belongs to. Where no province is said, one of Huế is meant before all others.

use hues_vietnam::units::{built_in, Question, QuestionError, UnitError};
use hues_vietnam::{Date, Language};
use serde_json::{json, Value};

use super::{object, Refusal};

/// Status as asked, and today's code and name.
pub(super) fn read(text: &str) -> Result<Value, Refusal> {
    let mut ask: Value = object(text)?;
    // A day that is none is told apart from a payload of another shape.
    let on = ask.as_object_mut().and_then(|ask| ask.remove("on"));
    let on = match on {
        None | Some(Value::Null) => None,
        Some(day) => match day.as_str().map(str::parse::<Date>) {
            Some(Ok(day)) => Some(day),
            _ => return Err(Refusal::new("date", "on")),
        },
    };
    let question: Question = object(&ask.to_string())?;
    let reply = built_in().answer(&Question { on, ..question });
    reply.map(|reply| json!(reply)).map_err(refusal)
}

fn refusal(e: QuestionError<'_>) -> Refusal {
    let words = e.text(Language::En);
    match e {
        QuestionError::Format => Refusal::new("format", words),
        QuestionError::Unit(UnitError::Unknown) => Refusal::new("unknown-code", words),
        QuestionError::Unit(UnitError::Ambiguous(units)) => {
            let all: Vec<String> = units.iter().map(|u| format!("{} {u}", u.code)).collect();
            Refusal::new("ambiguous", format!("{words} {}", all.join("; ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shared_vectors_hold_here_too() {
        let cases = include_str!("../../../../core/vietnam/vectors/unit.json");
        let cases: Vec<Value> = serde_json::from_str(cases).unwrap();
        for case in cases {
            let name = case["name"].as_str().unwrap();
            match (
                read(case["input"].as_str().unwrap()),
                case["error"].as_str(),
            ) {
                (Ok(value), None) => {
                    for (field, wanted) in case["value"].as_object().unwrap() {
                        assert_eq!(&value[field], wanted, "{name}: {field}");
                    }
                }
                (Err(refusal), Some(rule)) => assert_eq!(refusal.rule, rule, "{name}"),
                (answer, _) => panic!("{name}: {answer:?}"),
            }
        }
    }

    #[test]
    fn a_day_that_is_none() {
        let refused = |text: &str| read(text).unwrap_err().rule;
        assert_eq!(refused(r#"{"code":"19789","on":"2025-02-31"}"#), "date");
        assert_eq!(refused(r#"{"code":"19789","on":7}"#), "date");
        assert_eq!(refused("7"), "format");
    }
}
