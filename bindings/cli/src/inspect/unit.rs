//! `unit`: an administrative unit by code, text or address, and the unit of today it belongs to. Where no province is said, one of Huế is meant before all others.

use hues_vietnam::units::{self, hue, Address, Query, Resolved, Unit, UnitError, UnitStatus};
use hues_vietnam::{Date, Language};
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
    on: Option<String>,
}

/// Status as asked, and today's code and name.
pub(super) fn read(text: &str) -> Result<Value, Refusal> {
    let ask: Ask = object(text)?;
    let on = ask.on.as_deref().map(str::parse::<Date>).transpose();
    let query = Query {
        on: on.map_err(|_| Refusal::new("date", "on"))?,
        ..hue::QUERY
    };
    let units = units::built_in();
    match (&ask.code, &ask.text, &ask.ward) {
        (Some(code), None, None) => {
            let found = units.resolve_code(code, query.on).map_err(refusal)?;
            Ok(value(&found, None))
        }
        (None, Some(text), None) => {
            let found = units.read_address(text, &query).map_err(refusal)?;
            Ok(value(&found.unit, Some(&found.rest)))
        }
        (None, None, Some(ward)) => {
            let address = Address {
                ward,
                district: ask.district.as_deref(),
                province: ask.province.as_deref(),
            };
            let found = units.resolve(&address, &query).map_err(refusal)?;
            Ok(value(&found, None))
        }
        _ => Err(Refusal::new("format", "one of code, text, ward")),
    }
}

fn value(found: &Resolved<'_>, rest: Option<&str>) -> Value {
    let status = match found.status {
        UnitStatus::Current => "current",
        UnitStatus::Former => "former",
    };
    let current = found.current();
    let warnings = [
        (current.is_none(), "split"),
        (found.also_former, "also-former"),
        (found.home_assumed, "home-assumed"),
    ];
    json!({
        "status": status,
        "current_code": current.map(|u| u.code.to_string()),
        "current_name": current.map(|u| u.full_name()),
        "province_code": current.map(|u| u.province.code.to_string()),
        "province_name": current.map(|u| u.province.full_name()),
        "successors": found.successors.iter().map(shown).collect::<Vec<_>>(),
        "former": found.former.map(|old| json!({
            "code": old.code.as_str(),
            "name": old.full_name(),
            "district": old.district.full_name(),
            "province": old.district.province.full_name(),
        })),
        "rest": rest,
        "warnings": warnings.iter().filter(|(is, _)| *is).map(|(_, id)| id).collect::<Vec<_>>(),
    })
}

fn shown(unit: &Unit<'_>) -> Value {
    json!({"code": unit.code.as_str(), "name": unit.full_name(), "province": unit.province.name})
}

fn refusal(e: UnitError<'_>) -> Refusal {
    let words = e.text(Language::En);
    match e {
        UnitError::Unknown => Refusal::new("unknown-code", words),
        UnitError::Ambiguous(units) => {
            let all: Vec<String> = units.iter().map(|u| format!("{} {u}", u.code)).collect();
            Refusal::new("ambiguous", format!("{words} {}", all.join("; ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_today_a_name_of_before_and_nonsense() {
        let v = read(r#"{"code":"19789"}"#).unwrap();
        assert_eq!(
            (v["status"].as_str(), v["current_name"].as_str()),
            (Some("current"), Some("Phường Thuận Hóa"))
        );
        let v = read(r#"{"text":"12/3 Lê Lợi, p Phú Hội, TP Huế"}"#).unwrap();
        assert_eq!(
            (v["status"].as_str(), v["rest"].as_str()),
            (Some("former"), Some("12/3 Lê Lợi"))
        );
        assert_eq!(v["current_code"], "19789");
        let refused = |text: &str| read(text).unwrap_err().rule;
        assert_eq!(refused(r#"{"code":"00000"}"#), "unknown-code");
        assert_eq!(refused(r#"{"ward":"Phú Xuân"}"#), "ambiguous");
        assert_eq!(refused(r#"{"code":"1","text":"a"}"#), "format");
        assert_eq!(refused(r#"{"code":"19789","on":"31/02/2025"}"#), "date");
    }

    #[test]
    fn a_split_unit_has_several_successors_and_no_one_code() {
        let v = read(r#"{"code":"00007"}"#).unwrap();
        assert_eq!(
            (v["status"].as_str(), &v["current_code"]),
            (Some("former"), &Value::Null)
        );
        assert_eq!(v["successors"].as_array().map(Vec::len), Some(2));
        assert_eq!(v["warnings"], json!(["split"]));
    }

    #[test]
    fn the_day_picks_the_list() {
        let status = |on: &str| {
            let v = read(&format!(r#"{{"code":"19774","on":"{on}"}}"#)).unwrap();
            v["status"].clone()
        };
        assert_eq!(
            (status("2025-06-30"), status("2025-07-01")),
            (json!("former"), json!("current"))
        );
    }
}
