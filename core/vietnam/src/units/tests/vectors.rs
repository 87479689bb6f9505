//! `vectors/unit.json`: the cases that every language's tests read.

use super::*;
use serde_json::Value;

#[test]
fn the_shared_vectors_hold() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("../../../vectors/unit.json")).expect("a list");
    let mut wrong = Vec::new();
    for case in &cases {
        let name = case["name"].as_str().expect("a name");
        let question: Question =
            serde_json::from_str(case["input"].as_str().expect("an input")).expect("a question");
        match (built_in().answer(&question), case["error"].as_str()) {
            (Ok(reply), None) => {
                let value = serde_json::to_value(&reply).expect("JSON");
                for (field, wanted) in case["value"].as_object().expect("value or error") {
                    if value.get(field) != Some(wanted) {
                        wrong.push(format!(
                            "{name}: {field} is {:?}, not {wanted}",
                            value.get(field)
                        ));
                    }
                }
            }
            (Err(e), Some(rule)) if e.to_string() == rule => {}
            (answer, rule) => wrong.push(format!("{name}: {answer:?}, not {rule:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
