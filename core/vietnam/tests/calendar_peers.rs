//! Every day from 2020 to 2027, by us and by PyPI `holidays`: where they disagree, docs/interop.md says so and names what decides.
//!
//! The table there is part of the test: a disagreement that it lacks fails, and so does one that is no more.

#![allow(clippy::expect_used)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use hues_vietnam::{Calendar, Date, DayKind};
use serde_json::{json, Value};

#[test]
#[ignore = "needs holidays of PyPI: cargo xtask test --only formats"]
fn every_disagreement_is_in_the_table() {
    let years: Vec<String> = (2020..=2027).map(|y: i32| y.to_string()).collect();
    let mut found = BTreeSet::new();
    for (year, theirs) in years.iter().zip(ask(&years)) {
        let list = |field: &str| -> BTreeSet<Date> {
            let days = theirs[field].as_array().expect("a list").iter();
            days.map(|d| d.as_str().and_then(|d| d.parse().ok()).expect("a day"))
                .collect()
        };
        let (off, worked) = (list("off"), list("worked"));
        assert!(off.len() > 9, "{year}: {theirs}");
        let mut day = Date::from_ymd(year.parse().expect("a year"), 1, 1).expect("a day");
        while day.year().to_string() == *year {
            let theirs = if worked.contains(&day) {
                "worked"
            } else if off.contains(&day) {
                "off"
            } else {
                "ordinary"
            };
            let ours = match Calendar::built_in().kind_of(day) {
                DayKind::MakeUp => "worked",
                DayKind::Off(_) => "off",
                DayKind::Weekend | DayKind::Working => "ordinary",
            };
            if ours != theirs {
                found.insert(format!("| {day} | {theirs} | {ours} |"));
            }
            day = day.next().expect("not the last");
        }
    }
    let doc = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/interop.md");
    let doc = std::fs::read_to_string(doc).expect("docs/interop.md");
    let section = doc
        .split("\n## ")
        .find(|s| s.starts_with("Days off"))
        .expect("its section");
    let listed: BTreeSet<String> = section
        .lines()
        .filter(|l| l.starts_with("| 20"))
        .map(|l| l.splitn(5, '|').take(4).collect::<Vec<_>>().join("|") + "|")
        .collect();
    assert_eq!(found, listed);
}

fn ask(years: &[String]) -> Vec<Value> {
    let program =
        std::env::var_os("HUES_PEER_FORMATS_PYTHON").expect("cargo xtask test sets it up");
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the peer starts");
    let question = json!({"peer": "holidays", "do": "read", "inputs": years});
    let mut to = child.stdin.take().expect("stdin");
    writeln!(to, "{question}").expect("a question");
    drop(to);
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("stdout"))
        .read_line(&mut line)
        .expect("an answer");
    child.wait().expect("it ends");
    serde_json::from_str(&line).expect("a list of answers")
}
