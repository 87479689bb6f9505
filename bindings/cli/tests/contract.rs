//! Exit codes and JSON fields that scripts outside this repository rely on.
#![allow(clippy::unwrap_used)] // a test

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn hues(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hues"))
        .args(arguments)
        .output()
        .unwrap()
}

fn phone(home: &Path, command: &[&str]) -> (Option<i32>, Vec<Value>, String) {
    let home = home.to_string_lossy();
    let mut line = vec!["phone", "--home", &home];
    line.extend(command);
    let ran = hues(&line);
    let lines = String::from_utf8(ran.stdout).unwrap();
    (
        ran.status.code(),
        lines
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect(),
        String::from_utf8(ran.stderr).unwrap(),
    )
}

#[test]
fn a_phone_without_a_city_keeps_what_is_filed() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let file = [
        "report",
        "new",
        "--category",
        "ha_tang.den_duong",
        "--text",
        "Đèn tắt",
        "--at",
        "16.46,107.59,8",
    ];
    let (code, lines, _) = phone(&home, &file);
    assert_eq!(code, Some(0));
    let (id, op) = (
        lines[0]["id"].as_str().unwrap(),
        lines[0]["op"].as_str().unwrap(),
    );
    assert_eq!(lines[0]["state"], "queued");

    let (_, shown, _) = phone(&home, &["report", "show", id]);
    for field in [
        "id",
        "state",
        "status_raw",
        "category",
        "text",
        "ward",
        "place",
        "photos",
        "timeline",
        "due",
        "rating",
        "proof",
    ] {
        assert!(shown[0].get(field).is_some(), "{field}");
    }
    let (_, waits, _) = phone(&home, &["outbox", "list"]);
    assert_eq!(waits[0]["op"].as_str(), Some(op));
    for field in ["op", "lane", "kind", "state", "tries", "next_try", "error"] {
        assert!(waits[0].get(field).is_some(), "{field}");
    }
    let (code, status, _) = phone(&home, &["status"]);
    assert_eq!(
        (code, status[0]["outbox"]["waiting"].as_u64()),
        (Some(0), Some(1))
    );
}

#[test]
fn a_damaged_phone_says_so_and_is_repaired_on_request() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let new = ["report", "new", "--category", "ha_tang.den_duong"];
    let (code, ..) = phone(&home, &[&new[..], &["--text", "Đèn tắt"]].concat());
    assert_eq!(code, Some(0));
    let account = std::fs::read_dir(home.join("accounts")).unwrap().next();
    let database = account.unwrap().unwrap().path().join("core.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[..4096].fill(0x5a);
    std::fs::write(&database, bytes).unwrap();
    let (code, _, said) = phone(&home, &["outbox", "list"]);
    assert_ne!(code, Some(0));
    assert!(said.contains("storage"), "{said}");
    let (code, back, _) = phone(&home, &["recover"]);
    assert_eq!((code, back[0]["acts"].as_u64()), (Some(0), Some(1)));
    let (_, waits, _) = phone(&home, &["outbox", "list"]);
    assert_eq!(waits.len(), 1);
    let edit = [
        "outbox",
        "edit",
        waits[0]["op"].as_str().unwrap(),
        "--text",
        "Đèn tắt ba đêm",
    ];
    // It waited for the city's key list, so it had never left: it can still be edited.
    assert_eq!(phone(&home, &edit).0, Some(0));
}

#[test]
fn a_report_that_waits_is_edited_from_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let new = ["report", "new", "--category", "ha_tang.den_duong"];
    let (_, filed, _) = phone(&home, &[&new[..], &["--text", "Đèn tắt"]].concat());
    let op = filed[0]["op"].as_str().unwrap();
    let (code, again, _) = phone(&home, &["outbox", "edit", op, "--text", "Đèn tắt ba đêm"]);
    assert_eq!((code, &again[0]["id"]), (Some(0), &filed[0]["id"]));
    let (_, shown, _) = phone(&home, &["report", "list"]);
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["text"], "Đèn tắt ba đêm");
}

#[test]
fn every_end_has_its_number() {
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("home");
    let code = |command: &[&str]| phone(&home, command).0;
    // Refused: too few words, and the draft is kept.
    assert_eq!(
        code(&[
            "report",
            "new",
            "--category",
            "ha_tang.den_duong",
            "--text",
            ""
        ]),
        Some(2)
    );
    assert_eq!(phone(&home, &["report", "draft", "list"]).1.len(), 1);
    // Not signed in; nothing of that name.
    assert_eq!(code(&["whoami"]), Some(4));
    assert_eq!(code(&["staff", "worklist"]), Some(4));
    assert_eq!(
        code(&["report", "show", "00000000000000000000000000000000"]),
        Some(5)
    );
    // What belongs to a sandbox is refused without one.
    let sandbox = dir.path().join("sandbox.json");
    std::fs::write(&sandbox, "{}").unwrap();
    let elsewhere = dir.path().join("elsewhere");
    let root = "0".repeat(64);
    let sandbox = sandbox.to_string_lossy();
    let told = [
        "--city",
        "https://city.example",
        "--root",
        &root,
        "--sandbox",
        &sandbox,
        "status",
    ];
    assert_eq!(phone(&elsewhere, &told).0, Some(2));
    // No proof before the city answered, and none that is noise.
    let noise = dir.path().join("noise");
    std::fs::write(&noise, "noise").unwrap();
    let noise = noise.to_string_lossy();
    assert_eq!(
        hues(&["proof", "verify", &noise, "--keys", &noise])
            .status
            .code(),
        Some(2)
    );
    assert_eq!(hues(&["report"]).status.code(), Some(2));
    assert_eq!(hues(&["--help"]).status.code(), Some(0));
    assert_eq!(hues(&["completions", "bash"]).status.code(), Some(0));
}
