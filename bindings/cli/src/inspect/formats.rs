//! Kinds that `hues-formats` reads: its typed values as JSON, its refusals with their place.

use hues_formats::{Date, Language};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use super::{object, Refusal};

impl From<hues_formats::Refusal> for Refusal {
    fn from(refusal: hues_formats::Refusal) -> Refusal {
        let words = refusal.text(Language::En);
        Refusal::new(refusal.rule.id(), format!("{}: {words}", refusal.place))
    }
}

/// A value that was read, as it is printed: every one has warnings, if only none.
pub(super) fn shown<T: Serialize>(
    read: Result<T, hues_formats::Refusal>,
) -> Result<Value, Refusal> {
    let mut value =
        serde_json::to_value(read?).map_err(|e| Refusal::new("format", e.to_string()))?;
    if let Some(fields) = value.as_object_mut() {
        fields.entry("warnings").or_insert_with(|| json!([]));
    }
    Ok(value)
}

/// A payload, and the reference date if one came with it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) text: String,
    pub(super) on: Option<Date>,
}

/// The payload itself, or `{"text":…,"on":"YYYY-MM-DD"}`; none of the formats that take a date begins with a brace.
pub(super) fn dated(payload: &str) -> Result<Dated, Refusal> {
    #[derive(Deserialize)]
    struct Ask {
        text: String,
        on: Option<String>,
    }
    if !payload.starts_with('{') {
        return Ok(Dated {
            text: payload.to_owned(),
            on: None,
        });
    }
    let ask: Ask = object(payload)?;
    let on = ask
        .on
        .map(|on| on.parse::<Date>())
        .transpose()
        .map_err(|_| Refusal::new("date", "on: YYYY-MM-DD"))?;
    Ok(Dated { text: ask.text, on })
}

#[cfg(test)]
mod tests {
    use super::super::{value, Kind};
    use super::*;

    #[test]
    fn a_reference_date_may_come_along() {
        let bare = dated("046190012345").unwrap();
        assert_eq!((bare.text.as_str(), bare.on), ("046190012345", None));
        let with = dated(r#"{"text":"046190012345","on":"1989-12-31"}"#).unwrap();
        assert_eq!(with.on.unwrap().to_string(), "1989-12-31");
        assert_eq!(
            dated(r#"{"text":"0","on":"1989-02-30"}"#).unwrap_err().rule,
            "date"
        );
        assert_eq!(dated(r#"{"on":"1989-12-31"}"#).unwrap_err().rule, "format");
    }

    #[test]
    fn a_card_and_its_number() {
        let card =
            "046190012345||Nguyễn Thị Hương Giang|15031990|Nữ|12 Đường Mẫu, Thành phố Huế|01072021";
        let v = value(Kind::CccdQr, card).unwrap();
        assert_eq!(v["birth_date"], "1990-03-15");
        assert_eq!(v["old_id"], Value::Null);
        let refused = value(Kind::CccdQr, &card.replace("15031990", "31021990")).unwrap_err();
        assert_eq!(
            (refused.rule, refused.detail.as_str()),
            ("date", "birth_date: The date is not valid.")
        );
        let v = value(Kind::PersonalId, "046190012345").unwrap();
        assert_eq!(
            (&v["registration_code"], &v["century"]),
            (&"046".into(), &20.into())
        );
        let early = r#"{"text":"046190012345","on":"1989-12-31"}"#;
        assert_eq!(value(Kind::PersonalId, early).unwrap_err().rule, "date");
    }

    #[test]
    fn a_machine_readable_zone() {
        let zone = "IDVNM1900123457046190012345<<5\\n9003152F3003150VNM<<<<<<<<<<<8\\nNGUYEN<<THI<HUONG<GIANG<<<<<<<";
        let asked = format!(r#"{{"text":"{zone}","on":"2026-11-24"}}"#);
        let v = value(Kind::Mrz, &asked).unwrap();
        assert_eq!(
            (&v["format"], &v["birth_date"], &v["personal_id"]),
            (&"TD1".into(), &"1990-03-15".into(), &"046190012345".into())
        );
        let damaged = asked.replace("900315", "900316");
        assert_eq!(value(Kind::Mrz, &damaged).unwrap_err().rule, "checksum");
    }

    #[test]
    fn insurance_dossiers_and_telephones() {
        let v = value(
            Kind::BhytNumber,
            r#"{"text":"cn 3 46 0123456789","on":"2026-01-01"}"#,
        )
        .unwrap();
        assert_eq!(
            (
                &v["benefit_printed"],
                &v["benefit_level"],
                &v["benefit_percent"]
            ),
            (&3.into(), &2.into(), &100.into())
        );
        let v = value(Kind::BhytNumber, "CN3460123456789").unwrap();
        assert_eq!(v["benefit_level"], Value::Null);
        let v = value(Kind::DossierCode, "H57.20-261124-0012").unwrap();
        assert_eq!(
            (&v["authority"], &v["date"], &v["warnings"]),
            (&"H57".into(), &"2026-11-24".into(), &json!([]))
        );
        let v = value(Kind::PhoneNumber, "01681234567").unwrap();
        assert_eq!(
            (&v["type"], &v["national"]),
            (&"mobile".into(), &"0381234567".into())
        );
        let bad = value(Kind::BhytQr, "0100000000|4|-").unwrap_err();
        assert_eq!(bad.rule, "field-count");
    }

    /// What the library's vectors say goes through the terminal unchanged, reference date and all.
    #[test]
    fn the_shared_vectors() {
        let kinds = [
            Kind::CccdQr,
            Kind::PersonalId,
            Kind::Mrz,
            Kind::BhytNumber,
            Kind::BhytQr,
            Kind::DossierCode,
            Kind::PhoneNumber,
            Kind::Vietqr,
            Kind::Gtin,
            Kind::DigitalLink,
            Kind::Ocop,
        ];
        for kind in kinds {
            let name = clap::ValueEnum::to_possible_value(&kind).unwrap();
            let file = format!(
                "{}/../../core/formats/vectors/{}.json",
                env!("CARGO_MANIFEST_DIR"),
                name.get_name()
            );
            let cases: Vec<Value> =
                serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
            for case in cases {
                let text = case["input"].as_str().unwrap();
                let asked = match case["on"].as_str() {
                    Some(on) => json!({"text": text, "on": on}).to_string(),
                    None => text.to_owned(),
                };
                match (value(kind, &asked), case["error"].as_str()) {
                    (Ok(v), None) => case["value"]
                        .as_object()
                        .unwrap()
                        .iter()
                        .for_each(|(field, wanted)| assert_eq!(&v[field], wanted, "{asked}")),
                    (Err(r), Some(rule)) => assert_eq!(r.rule, rule, "{asked}"),
                    (got, wanted) => panic!("{asked}: {got:?}, not {wanted:?}"),
                }
            }
        }
    }
}
