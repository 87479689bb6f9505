//! `hues lab gateway` against `hues city`, both as processes: words and exit codes.
#![allow(clippy::unwrap_used)] // a test

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

struct Town(Child);

impl Drop for Town {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn town() -> (Town, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hues"))
        .args(["city"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    (Town(child), serde_json::from_str(&line).unwrap())
}

fn attack(arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let ran: Output = Command::new(env!("CARGO_BIN_EXE_hues"))
        .args(["lab", "gateway"])
        .args(arguments)
        .output()
        .unwrap();
    let lines = String::from_utf8(ran.stdout).unwrap();
    let lines = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    (ran.status.code(), lines)
}

#[test]
fn a_line_a_promise_a_summary_and_an_exit_code() {
    let (_town, ready) = town();
    let url = ready["url"].as_str().unwrap();
    let bin = env!("CARGO_BIN_EXE_hues");
    let admin = format!(
        "--admin {} --token {}",
        ready["admin_url"].as_str().unwrap(),
        ready["admin_token"].as_str().unwrap()
    );
    let backup = Command::new("sh")
        .arg("-c")
        .arg(format!("{bin} city fault backup old {admin}"))
        .output()
        .unwrap();
    assert!(backup.status.success());
    let restore = format!("{bin} city fault restore old {admin}");
    let (code, lines) = attack(&[
        url,
        "--only",
        "op-twice",
        "--only",
        "upload-cut",
        "--only",
        "restart",
        "--only",
        "restore",
        "--restore",
        &restore,
    ]);
    assert_eq!(code, Some(0), "{lines:?}");
    let verdicts: Vec<_> = lines.iter().filter_map(|l| l["verdict"].as_str()).collect();
    assert_eq!(verdicts, ["ok", "ok", "not-tried", "ok"]);
    assert!(lines[2]["why"].as_str().unwrap().contains("--restart"));
    let sum = lines.last().unwrap();
    assert_eq!(
        (sum["event"].as_str(), sum["ok"].as_u64()),
        (Some("summary"), Some(3))
    );

    // A city behind a fault that answers in its place breaks promises.
    let portal = Command::new("sh")
        .arg("-c")
        .arg(format!("{bin} city fault portal --path /pull {admin}"))
        .output()
        .unwrap();
    assert!(portal.status.success());
    let (code, lines) = attack(&[url, "--only", "page", "--only", "no-redirect"]);
    assert_eq!(code, Some(1), "{lines:?}");
    for field in ["promise", "clause", "says", "sent", "came", "wanted"] {
        assert!(lines[0][field].is_string(), "{field}");
    }

    let root = "0".repeat(64);
    assert_eq!(
        attack(&[url, "--only", "key-list", "--root", &root]).0,
        Some(1),
        "another root"
    );
    assert_eq!(attack(&["http://127.0.0.1:1"]).0, Some(3));
    for bad in [
        vec!["city"],
        vec!["http://city.example"],
        vec![url, "--only", "x"],
        vec![url, "--root", "x"],
        vec![],
    ] {
        assert_eq!(attack(&bad).0, Some(2), "{bad:?}");
    }
    let (code, lines) = attack(&["--list"]);
    assert_eq!((code, lines.len() > 60), (Some(0), true));
}
