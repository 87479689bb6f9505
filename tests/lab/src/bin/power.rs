//! Power-loss histories without end: `cargo xtask soak power -- [HISTORIES] [FIRST_SEED]`. Prints progress with the rate and the time left; the first promise
//! that did not hold ends it with its seed.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;
use std::time::Instant;

use hues_lab::power::{history, Mistake, Tally};

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u64>());
    let (histories, first) = match (numbers.next(), numbers.next()) {
        (None, _) => (20_000, 1),
        (Some(Ok(n @ 1..)), None) => (n, 1),
        (Some(Ok(n @ 1..)), Some(Ok(first))) => (n, first),
        _ => {
            eprintln!("usage: power [HISTORIES] [FIRST_SEED]");
            return ExitCode::from(2);
        }
    };
    let started = Instant::now();
    let mut all = Tally::default();
    for seed in first..first.saturating_add(histories) {
        match history(seed, Mistake::None) {
            Ok(tally) => all += tally,
            Err(broken) => {
                println!("{broken}");
                return ExitCode::FAILURE;
            }
        }
        if all.histories.is_multiple_of(1_000) {
            let rate = all.histories as f64 / started.elapsed().as_secs_f64();
            let left = (histories - all.histories) as f64 / rate;
            eprintln!(
                "{} of {histories} histories, {rate:.0} a second, {left:.0} s left",
                all.histories
            );
        }
    }
    println!("{histories} histories from seed {first}: nothing promised was lost, nothing rolled back in part, every file whole");
    println!("{all:?}");
    ExitCode::SUCCESS
}
