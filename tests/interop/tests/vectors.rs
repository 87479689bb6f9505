//! The committed vectors are what the code says, and the code says what each case wants.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test file: helpers outside #[test] fail loudly too

use hues_interop::vectors::{all, folder};
use hues_protocol::conformance::judge;
use serde_json::Value;

#[test]
fn the_committed_files_are_current() {
    let write = std::env::var_os("HUES_WRITE_VECTORS").is_some_and(|value| value == "1");
    for file in all().unwrap() {
        let path = folder().join(format!("{}.json", file.name));
        if write {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, file.to_text()).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == file.to_text(),
            "{} differs: look why, then HUES_WRITE_VECTORS=1",
            path.display()
        );
    }
}

#[test]
fn every_committed_case_gets_its_answer() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let answer = judge(case["what"].as_str().unwrap(), &case["in"]);
            assert_ne!(answer, "bad-question");
            assert_eq!(answer, case["out"], "{}: {}", path.display(), case["name"]);
            count += 1;
        }
    }
    assert!(count >= 250, "{count} cases only");
}
