//! `due-date`: receipt, term and calendar as one JSON object.

use hues_vietnam::{
    explain, format_local, parse_rfc3339, Calendar, CalendarParts, Date, Deadline, DueError, Ends,
    Language, Pause, Received, Term, TimeOfDay,
};
use serde::Deserialize;
use serde_json::{json, Value};

use super::{object, Refusal};

#[derive(Deserialize)]
struct Ask {
    received: String,
    working_days: Option<i64>,
    calendar_days: Option<i64>,
    months: Option<i64>,
    working_hours: Option<i64>,
    #[serde(default)]
    extended_by: i64,
    #[serde(default)]
    pauses: Vec<PauseAsk>,
    cutoff: Option<TimeOfDay>,
    calendar: Value,
}

#[derive(Deserialize)]
struct PauseAsk {
    from: String,
    until: Option<String>,
}

/// The due date (`YYYY-MM-DD`) of a term in days or months, the due instant (+07:00) of working hours; null while the clock stands.
pub(super) fn read(text: &str) -> Result<Value, Refusal> {
    let ask: Ask = object(text)?;
    let calendar = calendar(ask.calendar)?;
    let received = moment(&ask.received)?;
    let term = match (
        ask.working_days,
        ask.calendar_days,
        ask.months,
        ask.working_hours,
    ) {
        (Some(n), None, None, None) => Term::WorkingDays(count(n)?),
        (None, Some(n), None, None) => Term::CalendarDays(count(n)?),
        (None, None, Some(n), None) => Term::Months(count(n)?),
        (None, None, None, Some(n)) if matches!(received, Received::At(_)) => {
            Term::WorkingHours(count(n)?)
        }
        (None, None, None, Some(_)) => {
            return Err(Refusal::new("date", "hours count from an instant"))
        }
        _ => {
            return Err(Refusal::new(
                "format",
                "one of working_days, working_hours, calendar_days, months",
            ))
        }
    };
    let pauses = ask
        .pauses
        .iter()
        .map(pause)
        .collect::<Result<Vec<_>, _>>()?;
    let deadline = Deadline {
        extended_by: count(ask.extended_by)?,
        cutoff: ask.cutoff,
        pauses: &pauses,
        ..Deadline::new(received, term)
    };
    let explained = explain(&deadline, &calendar).map_err(refusal)?;
    let due = match explained.due.ends {
        Ends::On(date) => json!(date.to_string()),
        Ends::At(ms) => json!(format_local(ms)),
        Ends::Open { .. } => Value::Null,
    };
    Ok(json!({
        "due": due,
        "provisional": explained.due.provisional,
        "explanation": {"vi": explained.lines(Language::Vi), "en": explained.lines(Language::En)},
        "warnings": [],
    }))
}

/// Days that are none are told apart from a wrong form.
fn calendar(mut value: Value) -> Result<Calendar, Refusal> {
    for list in ["holidays", "make_up_days"] {
        let days = value.get(list).and_then(Value::as_array);
        for day in days.into_iter().flatten().filter_map(Value::as_str) {
            day.parse::<Date>()
                .map_err(|e| Refusal::new("date", format!("{list}: {e}")))?;
        }
    }
    // What is given as null is not given.
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !field.is_null());
    }
    let parts: CalendarParts = serde_json::from_value(value)
        .map_err(|e| Refusal::new("format", format!("calendar: {e}")))?;
    Calendar::from_parts(parts).map_err(|e| Refusal::new("format", format!("calendar: {e}")))
}

fn moment(text: &str) -> Result<Received, Refusal> {
    if let Ok(day) = text.parse::<Date>() {
        return Ok(Received::On(day));
    }
    parse_rfc3339(text)
        .map(Received::At)
        .map_err(|_| Refusal::new("date", "YYYY-MM-DD or an instant with its offset"))
}

fn pause(ask: &PauseAsk) -> Result<Pause, Refusal> {
    Ok(Pause {
        from: moment(&ask.from)?,
        until: ask.until.as_deref().map(moment).transpose()?,
    })
}

fn count(n: i64) -> Result<u32, Refusal> {
    u32::try_from(n).map_err(|_| Refusal::new("range", "a term of 0 to 1000"))
}

fn refusal(e: DueError) -> Refusal {
    let rule = match e {
        DueError::TermTooLong | DueError::NoWorkingDay => "range",
        DueError::NoHours | DueError::Pauses => "format",
    };
    Refusal::new(rule, e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALENDAR: &str = r#""calendar":{"years":[2025],"holidays":["2025-09-02"],"hours":[["07:30","11:30"],["13:30","17:00"]]}"#;

    fn ask(fields: &str) -> Result<Value, Refusal> {
        read(&format!("{{{fields},{CALENDAR}}}"))
    }

    #[test]
    fn days_and_hours_over_a_given_calendar() {
        let v = ask(r#""received":"2025-08-29","working_days":2"#).unwrap();
        assert_eq!(
            (v["due"].as_str(), v["provisional"].as_bool()),
            (Some("2025-09-03"), Some(false))
        );
        assert_eq!(v["explanation"]["vi"].as_array().map(Vec::len), Some(7));
        let v = ask(r#""received":"2025-09-01T10:30:00+07:00","working_hours":2"#).unwrap();
        assert_eq!(v["due"], "2025-09-01T14:30:00+07:00");
        let v = ask(r#""received":"2025-08-28","calendar_days":5,"extended_by":1"#).unwrap();
        assert_eq!(v["due"], "2025-09-03");
        let open = r#""received":"2025-08-28","working_days":5,"pauses":[{"from":"2025-08-28"}]"#;
        assert_eq!(ask(open).unwrap()["due"], Value::Null);
    }

    #[test]
    fn refusals_name_their_rule() {
        for (fields, rule) in [
            (r#""received":"2025-02-30","working_days":2"#, "date"),
            (r#""received":"2025-08-29","working_hours":2"#, "date"),
            (r#""received":"2025-08-29","working_days":1001"#, "range"),
            (r#""received":"2025-08-29","working_days":-1"#, "range"),
            (r#""received":"2025-08-29","working_days":1.5"#, "format"),
            (r#""received":"2025-08-29""#, "format"),
            (
                r#""received":"2025-08-29","working_days":1,"months":1"#,
                "format",
            ),
        ] {
            assert_eq!(ask(fields).unwrap_err().rule, rule, "{fields}");
        }
        let off = r#"{"received":"2025-08-29","working_days":1,"calendar":{"years":[2025],"holidays":["2025-02-30"]}}"#;
        assert_eq!(read(off).unwrap_err().rule, "date");
    }
}
