//! Some calls of each way in which a disk can fail: a seeded slice of what `cargo xtask soak disk` plays whole.
#![allow(clippy::unwrap_used, clippy::panic)] // a test

use hues_env::{Random, SeededRandom};
use hues_lab::calls::{calls, journey, Tally, Way, Whose};

/// Journeys of each way.
const SLICE: u64 = 8;

#[test]
fn wherever_the_disk_fails_the_failure_has_its_own_name_and_nothing_told_is_lost() {
    let mut random = SeededRandom::new(28);
    for whose in [Whose::Phone, Whose::City] {
        let mut all = Tally::default();
        for way in Way::ALL.into_iter().filter(|way| way.whose == whose) {
            // Stretches of equal length, one call of each.
            let last = calls(way).unwrap_or_else(|broken| panic!("{broken}"));
            for stretch in 0..SLICE {
                let (from, to) = (last * stretch / SLICE, last * (stretch + 1) / SLICE);
                let nth = 1 + from + random.below((to - from).max(1));
                match journey(way, nth.min(last)) {
                    Ok(seen) => {
                        all += seen.unwrap_or_else(|| panic!("{way} hits nothing at {nth}"))
                    }
                    Err(broken) => panic!("{broken}"),
                }
            }
        }
        let saw = [all.hits, all.told, all.silent, all.restarts, all.kept];
        assert!(saw.iter().all(|n| *n > 0), "{whose:?}: {all:?}");
    }
}

/// What once was told otherwise: a reader's failing read and short reads as damage; a session that could not be kept any more until the app was started anew.
#[test]
fn what_the_journeys_found_stays_mended() {
    for (name, calls) in [
        ("phone-error-once", 320..=328),
        ("phone-short-once", 17..=24),
        ("phone-error-stays", 327..=335),
    ] {
        let way = Way::ALL.into_iter().find(|way| way.to_string() == name);
        for nth in calls {
            if let Err(broken) = journey(way.unwrap(), nth) {
                panic!("{broken}");
            }
        }
    }
}
