//! The city against its own description, judged by a program written by others.
//!
//! Invariant: no answer that `docs/openapi.yaml` does not list, whatever is asked; no 500; a signed-in officer, a stranger and a report's photo are
//! all asked about, so that not everything ends at 401.

#![allow(clippy::unwrap_used)]

mod common;

use std::process::Command;

use common::{city, get, post, story, Phone};
use hues_city::RunningCity;
use serde_json::{json, Value};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.yaml");
const HOOKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../interop");

#[test]
#[ignore = "needs schemathesis: cargo xtask test --only openapi"]
fn every_answer_is_described() {
    let city = city();
    story(async {
        let citizen = Phone::new(&city, "citizen", None).await;
        citizen.file("Ổ gà.", &[1]).await;
        citizen.delivered().await;
    });
    let known = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(known.path(), what_there_is(&city).to_string()).unwrap();
    let sign_in = |who: &str| -> String {
        let (_, signed) = post(
            &city.url,
            "/signin",
            json!({ "as": who }).to_string().as_bytes(),
        );
        let signed: Value = serde_json::from_slice(&signed).unwrap();
        signed["token"].as_str().unwrap().to_owned()
    };
    for bearer in [None, Some(sign_in("citizen")), Some(sign_in("officer"))] {
        let mut judge = Command::new(std::env::var("HUES_PEER_SCHEMATHESIS").unwrap());
        judge
            .current_dir(std::env::temp_dir())
            .args(["run", DOCUMENT, "--url", &city.url]);
        judge
            .env("SCHEMATHESIS_HOOKS", "schemathesis_hooks")
            .env("PYTHONPATH", HOOKS)
            .env("HUES_KNOWN", known.path());
        // `/wake` waits for half a minute by design; it has its own test below.
        judge.args([
            "--exclude-path",
            "/wake",
            "--max-examples",
            "25",
            "--seed",
            "28102025",
        ]);
        judge.args([
            "--phases",
            "examples,coverage,fuzzing",
            "--generation-database",
            "none",
            "--no-color",
        ]);
        // The sandbox takes what it can read: unknown fields and parameters are ignored, not refused.
        judge.args([
            "--exclude-checks",
            "negative_data_rejection,positive_data_acceptance,ignored_auth,missing_required_header",
        ]);
        if let Some(token) = bearer {
            // Signing out would make everything after it a stranger's.
            judge.args(["--exclude-path", "/signout"]);
            judge.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        let judged = judge.output().unwrap();
        let said = String::from_utf8_lossy(&judged.stdout);
        assert!(
            judged.status.success(),
            "{said}\n{}",
            String::from_utf8_lossy(&judged.stderr)
        );
    }
}

/// Addresses that exist and bodies that were taken, for `schemathesis_hooks.py`.
fn what_there_is(city: &RunningCity) -> Value {
    let state = city.state().unwrap();
    let all = |list: &str, key: &str| -> Vec<Value> {
        state[list]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item[key].clone())
            .collect()
    };
    let bundle = |op: &Value| {
        let bundle = city
            .bundle(op.as_str().unwrap().parse().unwrap())
            .unwrap()
            .unwrap();
        bundle
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    json!({
        "bundles": all("ops", "op").iter().map(bundle).collect::<Vec<_>>(),
        "path": {"op": all("ops", "op"), "sha256": all("files", "sha256"), "id": all("files", "id"), "name": ["config"]},
    })
}

#[test]
fn a_wake_says_that_the_log_grew() {
    let city = city();
    story(async {
        let citizen = Phone::new(&city, "citizen", None).await;
        citizen.file("Ổ gà.", &[]).await;
        citizen.delivered().await;
    });
    let (status, body) = get(&city.url, "/wake?since=0", None);
    assert_eq!(
        (status, body.as_slice()),
        (200, br#"{"head":1}"#.as_slice())
    );
    for bad in ["/wake", "/wake?since=x", "/wake?since=-1"] {
        let (status, body) = get(&city.url, bad, None);
        assert_eq!(
            (status, body.as_slice()),
            (400, br#"{"refusal":"refused","rule":"since"}"#.as_slice())
        );
    }
}
