//! A thousand floods, each from its seed. `HUES_FLOODS` and `HUES_SEED` choose others.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]

use hues_lab::fleet::{run, Scenario};

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(otherwise)
}

#[test]
fn nothing_is_lost_and_everything_arrives() {
    let (floods, first) = (number("HUES_FLOODS", 1_000), number("HUES_SEED", 1));
    let (mut acts, mut photos, mut exchanges, mut slowest) = (0, 0, 0, 0);
    let mut hits = std::collections::BTreeMap::<String, u64>::new();
    let mut met = std::collections::BTreeMap::<(String, String), u64>::new();
    let mut broken = Vec::new();
    for seed in first..first + floods {
        match run(seed, &Scenario::default()) {
            Ok(report) => {
                acts += report.acts;
                photos += report.photos;
                exchanges += report.exchanges;
                slowest = slowest.max(report.settled_after_ms);
                for (pair, n) in report.met {
                    *met.entry(pair).or_default() += n;
                }
                for (what, n) in report.hits {
                    *hits.entry(what).or_default() += n;
                }
            }
            Err(e) => broken.push(e),
        }
        if broken.len() == 3 {
            break;
        }
    }
    println!(
        "{floods} floods: {acts} acts, {photos} photos, {exchanges} exchanges, slowest calm {} min",
        slowest / 60_000
    );
    println!("hits: {hits:?}");
    table(&met);
    for e in &broken {
        println!("{e}");
    }
    assert!(
        broken.is_empty(),
        "replay with HUES_SEED={} HUES_FLOODS=1",
        broken[0].seed
    );
    if floods >= 100 {
        for mode in [
            "greeting",
            "sending",
            "pulling",
            "uploading",
            "resting",
            "idle",
            "dark",
        ] {
            let events = met.keys().filter(|(m, _)| m == mode).count();
            assert!(events >= 5, "{mode}: met by {events} kinds of event only");
        }
        for fault in hues_lab::fleet::Fault::ALL {
            assert!(
                hits.contains_key(&format!("{fault:?}")),
                "{fault:?} never hit"
            );
        }
        assert!(
            hits.contains_key("kill")
                && hits.contains_key("power loss")
                && hits.contains_key("city restored from backup")
        );
    }
}

/// Prints how often which event met a step machine in which mode.
fn table(met: &std::collections::BTreeMap<(String, String), u64>) {
    let modes: std::collections::BTreeSet<&str> = met.keys().map(|(m, _)| m.as_str()).collect();
    let events: std::collections::BTreeSet<&str> = met.keys().map(|(_, e)| e.as_str()).collect();
    print!("{:14}", "");
    modes.iter().for_each(|mode| print!("{mode:>15}"));
    println!();
    for event in events {
        print!("{event:14}");
        for mode in &modes {
            let n = met.get(&((*mode).to_owned(), event.to_owned()));
            print!("{:>15}", n.map_or("-".into(), u64::to_string));
        }
        println!();
    }
}

#[test]
fn a_seed_replays_to_the_letter() {
    for seed in [1, 7, 28] {
        let (one, two) = (
            run(seed, &Scenario::default()),
            run(seed, &Scenario::default()),
        );
        match (one, two) {
            (Ok(one), Ok(two)) => assert_eq!(one, two),
            (Err(one), Err(two)) => assert_eq!((one.what, one.tail), (two.what, two.tail)),
            _ => panic!("seed {seed} ended in two ways"),
        }
    }
}
