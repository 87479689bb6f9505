//! `due-date`: receipt, term and calendar as one JSON object.

use hues_vietnam::{
    due_date, due_instant, format_local, parse_rfc3339, Calendar, CalendarParts, Date, DueError,
    Received, TimeOfDay,
};
use serde::Deserialize;
use serde_json::{json, Value};

use super::{object, Refusal};

#[derive(Deserialize)]
struct Ask {
    received: String,
    working_days: Option<u32>,
    working_hours: Option<u32>,
    cutoff: Option<TimeOfDay>,
    calendar: CalendarParts,
}

/// The due date (`YYYY-MM-DD`) of working days, the due instant (+07:00) of working hours.
pub(super) fn read(text: &str) -> Result<Value, Refusal> {
    let ask: Ask = object(text)?;
    let calendar = Calendar::from_parts(ask.calendar)
        .map_err(|e| Refusal::new("format", format!("calendar: {e}")))?;
    let received = received(&ask.received)?;
    match (ask.working_days, ask.working_hours) {
        (Some(days), None) => {
            let due = due_date(received, days, ask.cutoff, &calendar).map_err(range)?;
            Ok(json!({"due": due.date.to_string(), "provisional": due.provisional, "warnings": []}))
        }
        (None, Some(hours)) => {
            let Received::At(at) = received else {
                return Err(Refusal::new("date", "hours count from an instant"));
            };
            let (due, provisional) = due_instant(at, hours, &calendar).map_err(range)?;
            Ok(json!({"due": format_local(due), "provisional": provisional, "warnings": []}))
        }
        _ => Err(Refusal::new(
            "format",
            "either working_days or working_hours",
        )),
    }
}

fn received(text: &str) -> Result<Received, Refusal> {
    if let Ok(day) = text.parse::<Date>() {
        return Ok(Received::On(day));
    }
    parse_rfc3339(text)
        .map(Received::At)
        .map_err(|_| Refusal::new("date", "received: YYYY-MM-DD or an instant"))
}

fn range(e: DueError) -> Refusal {
    Refusal::new("range", e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_hours_over_a_given_calendar() {
        let cal = r#""calendar":{"years":[2025],"holidays":["2025-09-02"],"hours":[["07:30","11:30"],["13:30","17:00"]]}"#;
        let v = read(&format!(
            r#"{{"received":"2025-08-29","working_days":2,{cal}}}"#
        ))
        .unwrap();
        assert_eq!(
            (v["due"].as_str(), v["provisional"].as_bool()),
            (Some("2025-09-03"), Some(false))
        );
        let v = read(&format!(
            r#"{{"received":"2025-09-01T10:30:00+07:00","working_hours":2,{cal}}}"#
        ))
        .unwrap();
        assert!(v["due"]
            .as_str()
            .unwrap()
            .starts_with("2025-09-01T14:30:00"));
        let e = read(&format!(
            r#"{{"received":"2025-02-30","working_days":2,{cal}}}"#
        ))
        .unwrap_err();
        assert_eq!(e.rule, "date");
        let e = read(&format!(
            r#"{{"received":"2025-08-29","working_days":1001,{cal}}}"#
        ))
        .unwrap_err();
        assert_eq!(e.rule, "range");
    }
}
