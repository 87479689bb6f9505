//! Every disk call of the journey fails, each in its turn: `cargo xtask soak disk -- [WAY [CALL]]`. Without words: every call in every way. Prints each way's
//! calls as it goes, and of each promise that did not hold the words that show it again.
#![allow(clippy::print_stdout)]

use std::ops::Range;
use std::process::ExitCode;
use std::time::Instant;

use hues_lab::calls::{calls, journey, Broken, Tally, Way};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let ways: Vec<Way> = match words.first() {
        None => Way::ALL.to_vec(),
        Some(name) => Way::ALL
            .into_iter()
            .filter(|way| way.to_string() == *name)
            .collect(),
    };
    let call = words.get(1).map(|word| word.parse::<u64>());
    if ways.is_empty() || words.len() > 2 || matches!(call, Some(Err(_) | Ok(0))) {
        let names: Vec<String> = Way::ALL.iter().map(Way::to_string).collect();
        eprintln!("usage: disk [WAY [CALL]]; ways: {}", names.join(" "));
        return ExitCode::from(2);
    }
    let (mut all, mut broken) = (Tally::default(), 0);
    for way in ways {
        let (tally, not_held) = match call {
            Some(Ok(nth)) => some_calls(way, nth..nth + 1),
            _ => match calls(way) {
                Ok(last) => some_calls(way, 1..last + 1),
                Err(what) => (Tally::default(), told(&what)),
            },
        };
        all += tally;
        broken += not_held;
    }
    if broken > 0 {
        println!(
            "{broken} of {} journeys broke a promise",
            all.journeys + broken
        );
        return ExitCode::FAILURE;
    }
    println!(
        "every failure had its own name, nothing told as saved was lost, nothing was there twice"
    );
    println!("{all:?}");
    ExitCode::SUCCESS
}

fn told(broken: &Broken) -> u64 {
    println!("{broken}");
    1
}

/// What the journeys saw, and how many broke a promise.
fn some_calls(way: Way, calls: Range<u64>) -> (Tally, u64) {
    let started = Instant::now();
    let (mut all, mut broken) = (Tally::default(), 0);
    for nth in calls.clone() {
        match journey(way, nth) {
            Ok(seen) => all += seen.unwrap_or_default(),
            Err(what) => broken += told(&what),
        }
        if nth.is_multiple_of(200) {
            let rate = (nth - calls.start + 1) as f64 / started.elapsed().as_secs_f64();
            let (last, left) = (calls.end - 1, (calls.end - nth) as f64 / rate);
            eprintln!("{way}: {nth} of {last} calls, {rate:.0} a second, {left:.0} s left");
        }
    }
    println!(
        "{:<19} {:>6} journeys {:>6} told {:>6} silent {:>6} restarts {:>6} acts kept",
        way.to_string(),
        all.journeys + broken,
        all.told,
        all.silent,
        all.restarts,
        all.kept
    );
    (all, broken)
}
