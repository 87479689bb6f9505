//! Two implementations, one thousand proofs, equal verdicts.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test file: helpers outside #[test] fail loudly too

use hues_interop::forge::{cases, Case, Sort};
use hues_interop::peer;
use hues_interop::world::World;
use hues_protocol::keys::KeyList;
use hues_protocol::proof::{self, ProofRule};
use serde_json::{json, Value};

fn verdict(case: &Case) -> Value {
    match proof::verify(&case.proof, &KeyList::trusted(&case.keys).unwrap()) {
        Ok(verdict) => verdict.to_json(),
        Err(rule) => json!({ "verdict": rule.name() }),
    }
}

fn thousand() -> Vec<Case> {
    cases(&World::new(1).unwrap(), 28_102_025, 1_000)
}

#[test]
fn each_case_breaks_exactly_the_rule_it_is_named_after() {
    let cases = thousand();
    for case in &cases {
        let wanted = match case.sort {
            Sort::Good => "good",
            Sort::Forged => case.rule.unwrap().name(),
            Sort::Flipped => {
                assert_ne!(verdict(case)["verdict"], "good", "{}", case.name);
                continue;
            }
        };
        assert_eq!(verdict(case)["verdict"], wanted, "{}", case.name);
    }
    let count = |sort| cases.iter().filter(|case| case.sort == sort).count();
    assert!(count(Sort::Good) >= 200 && count(Sort::Flipped) >= 200 && count(Sort::Forged) >= 500);
    for rule in ProofRule::ALL {
        let forged = cases.iter().filter(|case| case.rule == Some(*rule)).count();
        assert!(forged >= 5, "{rule} is broken by {forged} cases only");
    }
}

#[test]
fn the_second_implementation_agrees() {
    let Some(python) = peer::python() else {
        println!("SKIPPED: no Python with the package cryptography (HUES_PEER_PYTHON); verify.py was not run");
        return;
    };
    let cases = thousand();
    let lines: Vec<String> = cases
        .iter()
        .map(|case| {
            json!({ "proof": hex::encode(&case.proof), "keys": hex::encode(&case.keys) })
                .to_string()
        })
        .collect();
    let answers = peer::batch(&python, &lines).unwrap();
    assert_eq!(answers.len(), cases.len());
    for (case, theirs) in cases.iter().zip(answers) {
        let theirs: Value = serde_json::from_str(&theirs).unwrap();
        assert_eq!(
            theirs,
            verdict(case),
            "{}: {}",
            case.name,
            hex::encode(&case.proof)
        );
    }
}

#[test]
fn the_second_implementation_stays_small() {
    let lines = std::fs::read_to_string(peer::verify_py())
        .unwrap()
        .lines()
        .count();
    assert!(lines <= 300, "verify.py has {lines} lines");
}

#[test]
fn the_command_line_of_the_second_implementation() {
    let Some(python) = peer::python() else {
        println!("SKIPPED: no Python with the package cryptography (HUES_PEER_PYTHON); verify.py was not run");
        return;
    };
    let world = World::new(1).unwrap();
    let case = &cases(&world, 5, 1)[0];
    let folder = tempfile::tempdir().unwrap();
    let (proof, keys) = (folder.path().join("proof"), folder.path().join("keys"));
    std::fs::write(&proof, &case.proof).unwrap();
    std::fs::write(&keys, &case.keys).unwrap();
    let run = |root: &[u8; 32]| {
        std::process::Command::new(&python)
            .arg(peer::verify_py())
            .arg(&proof)
            .arg("--keys")
            .arg(&keys)
            .args(["--root", &hex::encode(root)])
            .output()
            .unwrap()
    };
    let good = run(&world.root.public());
    assert_eq!(good.status.code(), Some(0));
    assert_eq!(
        serde_json::from_slice::<Value>(&good.stdout).unwrap(),
        verdict(case)
    );
    assert_eq!(
        run(&world.device.public()).status.code(),
        Some(2),
        "a list of another root is not used"
    );
}
