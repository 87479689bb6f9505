//! Every shared vector of a payment code, read by us and by libraries written by others: where they disagree, docs/interop.md says so and
//! names the clause that decides.
//!
//! The table there is part of the test: a disagreement that it lacks fails, and so does one that is no more.

#![allow(clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use hues_formats::emv::{self, PaymentQr};
use serde_json::{json, Value};

/// Peers, and whether they read other schemes than VietQR.
const PEERS: [(&str, &str, bool); 4] = [
    ("HUES_PEER_FORMATS_NODE", "vietnam-qr-pay", false),
    ("HUES_PEER_FORMATS_NODE", "promptparse", true),
    ("HUES_PEER_FORMATS_NODE", "vietqr-ts", false),
    ("HUES_PEER_FORMATS_PYTHON", "vietqr-emvco", false),
];

#[test]
#[ignore = "needs libraries of npm and PyPI: cargo xtask test --only formats"]
fn every_disagreement_is_in_the_table() {
    let cases = cases();
    let inputs: Vec<&str> = cases.iter().map(|(_, input)| input.as_str()).collect();
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (variable, peer, any_scheme) in PEERS {
        let theirs = ask(variable, peer, &inputs);
        for ((name, input), theirs) in cases.iter().zip(theirs) {
            if !any_scheme && !input.contains("A000000727") {
                continue;
            }
            if let Some(what) = disagreement(input, &theirs) {
                found
                    .entry(name)
                    .or_default()
                    .push(format!("{peer} {what}"));
            }
        }
    }
    let ours = |name: &str| {
        let (_, input) = cases
            .iter()
            .find(|(other, _)| other == name)
            .expect("a case");
        emv::read(input).map_or_else(|r| format!("refused: {}", r.rule.id()), |_| "read".into())
    };
    let rows: Vec<String> = found
        .iter()
        .map(|(name, peers)| format!("| {name} | {} | {} |", peers.join("; "), ours(name)))
        .collect();
    let doc = std::fs::read_to_string(root().join("docs/interop.md")).expect("docs/interop.md");
    let section = doc
        .split("\n## ")
        .find(|s| s.starts_with("Payment codes"))
        .expect("its section");
    let listed: Vec<&str> = section
        .lines()
        .filter(|l| l.starts_with("| "))
        .skip(2)
        .collect();
    let missing: Vec<_> = rows
        .iter()
        .filter(|r| !listed.iter().any(|l| l.starts_with(r.as_str())))
        .collect();
    let stale: Vec<_> = listed
        .iter()
        .filter(|l| !rows.iter().any(|r| l.starts_with(r.as_str())))
        .collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "missing in docs/interop.md:\n{}\nno more so:\n{}",
        missing
            .iter()
            .map(|r| r.as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        stale.iter().map(|r| **r).collect::<Vec<_>>().join("\n")
    );
    assert!(!rows.is_empty() && rows.len() < cases.len());
}

/// Name and payload of every vector.
fn cases() -> Vec<(String, String)> {
    let text =
        std::fs::read_to_string(root().join("core/formats/vectors/vietqr.json")).expect("vectors");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("a list");
    let word = |case: &Value, field: &str| case[field].as_str().expect("text").to_owned();
    cases
        .iter()
        .map(|c| (word(c, "name"), word(c, "input")))
        .collect()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn ask(variable: &str, peer: &str, inputs: &[&str]) -> Vec<Value> {
    let program = std::env::var_os(variable).expect("cargo xtask test sets the peers up");
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the peer starts");
    let question = json!({"peer": peer, "do": "read", "inputs": inputs});
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

/// What a peer reads otherwise than we.
fn disagreement(input: &str, theirs: &Value) -> Option<String> {
    match (emv::read(input), theirs.as_object()) {
        (Err(_), None) => None,
        (Err(_), Some(read)) => Some(match read.get("account").and_then(Value::as_str) {
            Some(account) => format!("reads account `{}`", account.escape_default()),
            None => "reads it".into(),
        }),
        (Ok(_), None) => Some("refuses".into()),
        (Ok(code), Some(read)) => {
            let differs = |(field, ours): &(&str, Option<String>)| {
                read.get(*field)
                    .is_some_and(|theirs| theirs.as_str() != ours.as_deref())
            };
            let told = |(field, _): (&str, Option<String>)| match read[field].as_str() {
                Some(theirs) => format!("{field} `{}`", theirs.escape_default()),
                None => format!("no {field}"),
            };
            let all: Vec<String> = fields(&code)
                .into_iter()
                .filter(differs)
                .map(told)
                .collect();
            (!all.is_empty()).then(|| format!("reads {}", all.join(", ")))
        }
    }
}

fn fields(code: &PaymentQr<'_>) -> Vec<(&'static str, Option<String>)> {
    let bank = code.payees.iter().find_map(|p| p.bank);
    let own = |text: Option<&str>| text.filter(|t| !t.is_empty()).map(str::to_owned);
    // The generic readers know where VietQR has its parts, not what an absent service means.
    let service = code
        .payees
        .iter()
        .find(|p| p.bank.is_some())
        .and_then(|p| p.fields.iter().find(|f| f.tag == 2).map(|f| f.value));
    let purpose = code.additional.as_ref().and_then(|a| a.purpose.as_deref());
    let mut fields = vec![
        ("amount", own(code.amount)),
        ("currency", own(Some(code.currency))),
        ("name", own(code.merchant_name.as_deref())),
        ("purpose", own(purpose)),
    ];
    if let Some(bank) = bank {
        fields.push(("bin", own(Some(bank.bin))));
        fields.push(("account", own(Some(bank.account))));
        fields.push(("service", own(service)));
    }
    fields
}
