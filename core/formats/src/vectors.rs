//! The shared vectors of `vectors/*.json`, as the tests of every language read them.
//!
//! A case is `{"name", "input", "on"?, "value" | "error", "place"?}`: `on` is the reference date; `value` holds the fields that
//! must be there with just these values; `error` is the id of the rule, `place` where it is broken.

use std::path::Path;

use serde_json::Value;

use crate::{Date, Refusal};

/// Reads every case of `vectors/FILE.json` with `read` and compares.
pub(crate) fn check(file: &str, read: impl Fn(&str, Option<Date>) -> Result<Value, Refusal>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/{file}.json"));
    let json = std::fs::read_to_string(&path).expect("the vectors are in the repository");
    let cases: Vec<Value> = serde_json::from_str(&json).expect("a list of cases");
    assert!(!cases.is_empty());
    let wrong: Vec<String> = cases.iter().filter_map(|c| judge(c, &read)).collect();
    assert!(wrong.is_empty(), "{file}:\n{}", wrong.join("\n"));
}

fn judge(
    case: &Value,
    read: &impl Fn(&str, Option<Date>) -> Result<Value, Refusal>,
) -> Option<String> {
    let name = case["name"].as_str().expect("a name");
    let input = case["input"].as_str().expect("an input");
    let on = case["on"].as_str().map(|on| on.parse().expect("a date"));
    match (read(input, on), case["error"].as_str()) {
        (Ok(value), None) => {
            let expected = case["value"].as_object().expect("value or error");
            let differing: Vec<String> = expected
                .iter()
                .filter(|(field, wanted)| value.get(field) != Some(wanted))
                .map(|(field, wanted)| format!("{field}: {:?}, not {wanted}", value.get(field)))
                .collect();
            (!differing.is_empty()).then(|| format!("{name}: {}", differing.join("; ")))
        }
        (Err(refusal), Some(rule)) => {
            let place = case["place"].as_str();
            let agrees = refusal.rule.id() == rule
                && place.is_none_or(|place| refusal.place.to_string() == place);
            (!agrees).then(|| format!("{name}: {refusal}, not {rule} at {place:?}"))
        }
        (Ok(value), Some(rule)) => Some(format!("{name}: {value}, not {rule}")),
        (Err(refusal), None) => Some(format!("{name}: refused, {refusal}")),
    }
}
