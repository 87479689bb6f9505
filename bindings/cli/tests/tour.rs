//! The tour as anyone runs it: a process, its exit code, what it prints and leaves behind.
#![allow(clippy::unwrap_used)] // a test

use std::process::Command;

#[test]
fn the_flood_day_loses_nothing() {
    let out = tempfile::tempdir().unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_hues"))
        .args(["tour", "--seed", "7", "--json", "--out"])
        .arg(out.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(0), "{said}");
    let result: serde_json::Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(result["held"], true, "{result}");
    assert_eq!(
        (result["lost"].as_u64(), result["double"].as_u64()),
        (Some(0), Some(0))
    );
    assert_eq!(result["photos"].as_u64(), Some(7));
    let page = std::fs::read_to_string(out.path().join("index.html")).unwrap();
    assert!(page.contains("hues tour --seed 7"));
    let record: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.path().join("tour.json")).unwrap()).unwrap();
    let faults = record["faults"].as_array().unwrap();
    assert!(faults
        .iter()
        .all(|f| !f["hits"].as_array().unwrap().is_empty()));
}
