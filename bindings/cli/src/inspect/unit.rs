//! `unit`: an administrative unit of Huế, by code, text or address, and the unit of today it belongs to.

use hues_vietnam::units::{self, Address, Resolved, UnitError, UnitStatus};
use serde::Deserialize;
use serde_json::{json, Value};

use super::{object, Refusal};

#[derive(Deserialize)]
struct Ask {
    code: Option<String>,
    text: Option<String>,
    ward: Option<String>,
    district: Option<String>,
    province: Option<String>,
}

/// Status as asked, and today's code and name.
pub(super) fn read(text: &str) -> Result<Value, Refusal> {
    let ask: Ask = object(text)?;
    let found = match (&ask.code, &ask.text, &ask.ward) {
        (Some(code), None, None) => return by_code(code),
        (None, Some(text), None) => units::resolve(text),
        (None, None, Some(ward)) => Address {
            ward,
            district: ask.district.as_deref(),
            province: ask.province.as_deref(),
        }
        .resolve(),
        _ => return Err(Refusal::new("format", "one of code, text, ward")),
    };
    found.map(|r| shown(&r)).map_err(refusal)
}

fn by_code(code: &str) -> Result<Value, Refusal> {
    if let Some(unit) = units::by_code(code) {
        return Ok(value("current", unit.code, &unit.full_name()));
    }
    match units::current_of(code) {
        Some(unit) => Ok(value("former", unit.code, &unit.full_name())),
        None => Err(refusal(UnitError::Unknown)),
    }
}

fn shown(r: &Resolved) -> Value {
    let status = match r.status {
        UnitStatus::Current => "current",
        UnitStatus::Former => "former",
    };
    value(status, r.unit.code, &r.unit.full_name())
}

fn value(status: &str, code: &str, name: &str) -> Value {
    json!({"status": status, "current_code": code, "current_name": name, "warnings": []})
}

fn refusal(e: UnitError) -> Refusal {
    match e {
        UnitError::Unknown => Refusal::new("unknown-code", "no unit of Huế by that code or name"),
        UnitError::Ambiguous(_) => Refusal::new("ambiguous", "several units by that name"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_today_a_name_of_before_and_nonsense() {
        let unit = &units::current()[0];
        let v = read(&format!(r#"{{"code":"{}"}}"#, unit.code)).unwrap();
        assert_eq!(
            (v["status"].as_str(), v["current_name"].as_str()),
            (Some("current"), Some(unit.full_name().as_str()))
        );
        assert_eq!(
            read(r#"{"code":"00000"}"#).unwrap_err().rule,
            "unknown-code"
        );
        assert_eq!(
            read(r#"{"code":"1","text":"a"}"#).unwrap_err().rule,
            "format"
        );
    }
}
