//! Floods at seeds fixed here, and every seed that ever failed. `cargo xtask soak floods` plays others.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use std::sync::atomic::AtomicBool;

use hues_lab::flood::scenario::BUILT_IN;
use hues_lab::flood::{only, play, run, shrink, Plan, Scenario, Series};

/// Floods that count, over all scenarios; `HUES_FLOODS` for another number.
const FLOODS: u64 = 48;
/// The first seed of each scenario.
const FIRST: u64 = 28_102_025;

/// Seeds that broke a promise once: the scenario, the seed, and what it was (CHANGELOG has the repair).
const ONCE_BROKEN: [(&str, u64, &str); 9] = [
    (
        "storm",
        1,
        "an anonymous report in a pocket waited for a beacon nobody asked for",
    ),
    (
        "broken-night",
        1,
        "an unsigned watermark let second copies go",
    ),
    (
        "broken-night",
        2,
        "a lane the city had forgotten stayed denied",
    ),
    (
        "broken-night",
        3,
        "a proof lost the beacon it quotes with a destroyed page",
    ),
    (
        "broken-night",
        11,
        "zeros of a damaged page passed for the config pack",
    ),
    (
        "broken-night",
        17,
        "what was filed before the first sign-in waited for it after a repair",
    ),
    (
        "broken-night",
        18,
        "the same, of a phone put back to a copy",
    ),
    ("broken-night", 20, "the same, with a second phone"),
    (
        "broken-night",
        1000,
        "a full disk and a good link asked the city without end",
    ),
];

fn floods() -> u64 {
    std::env::var("HUES_FLOODS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(FLOODS)
}

#[test]
fn no_promise_breaks_in_any_scenario() {
    let series = Series {
        scenarios: BUILT_IN
            .iter()
            .map(|(_, text)| Scenario::parse(text).unwrap())
            .collect(),
        floods: floods(),
        first: FIRST,
        threads: 2,
    };
    let played = series.play(&AtomicBool::new(false), |_| {});
    for (scenario, sum) in series.scenarios.iter().zip(&played.sums) {
        println!(
            "{}: {} floods, {} acts, {} photos, {} exchanges, {:?}",
            scenario.name, sum.floods, sum.acts, sum.photos, sum.exchanges, sum.hits
        );
        if played.broken.is_none() {
            assert_eq!(sum.hits.len(), scenario.kinds().len(), "{}", scenario.name);
        }
    }
    if let Some((i, broken)) = played.broken {
        panic!("{}: {broken}", series.scenarios[i].name);
    }
    assert_eq!(played.too_thin, None);
    assert_eq!(played.sums.iter().map(|s| s.floods).sum::<u64>(), floods());
}

#[test]
fn what_broke_once_holds() {
    for (name, seed, what) in ONCE_BROKEN {
        let scenario = Scenario::built_in(name).unwrap();
        if let Err(broken) = run(seed, &scenario) {
            panic!("{name}, where once {what}: {broken}");
        }
    }
}

#[test]
fn a_seed_replays_to_the_letter() {
    for name in ["storm", "broken-night"] {
        let scenario = Scenario::built_in(name).unwrap();
        let (one, two) = (run(7, &scenario), run(7, &scenario));
        assert_eq!(one.unwrap(), two.unwrap());
    }
}

#[test]
fn a_failure_is_told_short_and_fails_again() {
    // Nobody keeps this promise: everything has arrived a minute after the storm, with the city dark until then.
    let text = BUILT_IN[0]
        .1
        .replace("settle = \"4h\"", "settle = \"1h\"")
        .replace(
            "wards = 80\nfrom = \"1h\"\nfor = \"3h\"",
            "wards = 100\nfrom = \"0h\"\nfor = \"6h\"",
        );
    let mut scenario = Scenario::parse(&text).unwrap();
    scenario.settle = 0;
    let broken = run(3, &scenario).unwrap_err();
    let short = shrink(broken.clone(), &scenario, 25, || true);
    assert_eq!(short.broken.invariant, broken.invariant);
    assert!(
        short.kept.len() < short.of / 2,
        "{} of {}",
        short.kept.len(),
        short.of
    );
    let again = play(3, &scenario, only(&Plan::draw(3, &scenario), &short.kept)).unwrap_err();
    assert_eq!(again, short.broken);
}
