//! The laboratory can fail: each planted bug is found, at the seed recorded for it. Built with `--cfg hues_planted` only (`cargo xtask test --only planted`);
//! `HUES_PLANTED_SEARCH=1` looks for seeds anew.
#![cfg(hues_planted)]
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use hues_env::planted;
use hues_lab::calls::{journey, Way};
use hues_lab::flood::scenario::BUILT_IN;
use hues_lab::flood::{run, Scenario};
use hues_lab::power::{history, Mistake};

/// A bug, the scenario and seed that find it, and the promise it breaks there.
const PLANTED: [(&str, &str, u64, &str); 15] = [
    ("cursor-before-rows", "storm", 1, "queues-empty"),
    ("wedge-forgotten", "storm", 2, "nothing-lost"),
    ("chunk-answer-dropped", "storm", 1, "queues-empty"),
    ("receipt-of-another", "portal-hotel", 2, "receipts"),
    ("plaintext-left", "storm", 1, "no-plaintext"),
    ("watermark-unsigned", "broken-night", 2, "nothing-lost"),
    ("beacon-for-nobody", "storm", 1, "never-stuck"),
    ("zeros-for-data", "pages", 2, "no-surprise"),
    ("unclaimed-after-repair", "pages", 7, "queues-empty"),
    ("beacon-not-mirrored", "pages", 1, "proofs-verify"),
    ("index-stale", "storm", 1, "index-is-table"),
    ("window-deaf", "storm", 1, "windows-add-up"),
    ("no-second-copy", "pages", 13, "nothing-lost"),
    ("epoch-ignored", "storm", 1, "queues-empty"),
    ("lying-page-stays", "broken-night", 2029, "queues-empty"),
];

/// A scenario by its name; `copies` and `pages` are the broken night with more of either.
fn scenario(name: &str) -> Scenario {
    let more = |kind: &str, times: &str| {
        let (_, night) = BUILT_IN.iter().find(|(n, _)| *n == "broken-night").unwrap();
        let at = night.find(&format!("kind = \"{kind}\"")).unwrap();
        let (before, after) = night.split_at(at);
        let (_, after) = after.split_once("\ntimes = ").unwrap();
        let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
        let text = format!("{before}kind = \"{kind}\"\ntimes = {times}{after}");
        Scenario::parse(&text).unwrap()
    };
    match name {
        "copies" => more("old-copy", "16"),
        "pages" => more("bad-page", "20"),
        _ => Scenario::built_in(name).unwrap(),
    }
}

/// Bugs that power-loss histories find, and the seed that does.
const FOUND_BY_POWER: [(&str, u64); 2] = [("folder-name-lost", 548), ("commit-not-synced", 5)];

#[test]
fn power_losses_find_what_floods_are_too_kind_for() {
    for (bug, seed) in FOUND_BY_POWER {
        let seeds = match std::env::var_os("HUES_PLANTED_SEARCH") {
            Some(_) => 1..=2_000,
            None => seed..=seed,
        };
        let found = seeds
            .into_iter()
            .find_map(|seed| planted::with(bug, || history(seed, Mistake::None)).err());
        match found {
            Some(broken) => println!("{bug}: {broken}"),
            None => panic!("{bug} was not found"),
        }
    }
}

/// Bugs that failing disk calls find, how the disk fails and where.
const FOUND_BY_CALLS: [(&str, &str, u64); 2] = [
    ("damage-at-first-sight", "phone-short-once", 20),
    ("session-connection-kept", "phone-error-stays", 337),
];

#[test]
fn failing_disk_calls_find_what_nothing_else_meets() {
    for (bug, way, nth) in FOUND_BY_CALLS {
        let way = Way::ALL.into_iter().find(|w| w.to_string() == way).unwrap();
        assert_eq!(journey(way, nth).err(), None, "{bug} is not planted yet");
        // Somewhere near, should a journey have become a call longer.
        let near = match std::env::var_os("HUES_PLANTED_SEARCH") {
            Some(_) => 1..2_000,
            None => nth - 4..nth + 5,
        };
        let found = near.into_iter().find_map(|nth| {
            planted::with(bug, || journey(way, nth))
                .err()
                .map(|e| (nth, e))
        });
        match found {
            Some((nth, broken)) => println!("{bug} at call {nth}: {broken}"),
            None => panic!("{bug} was not found"),
        }
    }
}

#[test]
fn each_planted_bug_is_found() {
    let search = std::env::var_os("HUES_PLANTED_SEARCH").is_some();
    let only = std::env::var("HUES_PLANTED_ONLY").ok();
    let mut missed = Vec::new();
    for (bug, name, seed, promise) in PLANTED {
        if only.as_ref().is_some_and(|only| only != bug) {
            continue;
        }
        let scenario = scenario(name);
        let seeds = seed..seed + if search { 16 } else { 1 };
        let found = seeds
            .into_iter()
            .find_map(|seed| planted::with(bug, || run(seed, &scenario)).err());
        let Some(broken) = found else {
            missed.push(format!("{bug} was not found in {name}"));
            continue;
        };
        let (at, broke) = (broken.seed, broken.invariant.name());
        let what: String = broken.what.chars().take(120).collect();
        println!("(\"{bug}\", \"{name}\", {at}, \"{broke}\"), // {what}");
        if !search && broke != promise {
            missed.push(format!("{bug}: {broke} instead of {promise}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
