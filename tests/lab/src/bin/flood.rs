//! Floods without end: `cargo xtask soak fleet -- [FLOODS] [FIRST_SEED]`. Prints progress with the rate and the time left; the first broken promise ends it
//! with its seed and the events around it.
#![allow(clippy::print_stdout)]

use std::process::ExitCode;
use std::time::Instant;

use hues_lab::fleet::{run, Scenario};

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u64>());
    let (floods, first) = match (numbers.next(), numbers.next()) {
        (None, _) => (10_000, 1),
        (Some(Ok(floods)), None) => (floods, 1),
        (Some(Ok(floods)), Some(Ok(first))) => (floods, first),
        _ => {
            eprintln!("usage: flood [FLOODS] [FIRST_SEED]");
            return ExitCode::from(2);
        }
    };
    let started = Instant::now();
    let (mut acts, mut photos, mut exchanges) = (0, 0, 0);
    for (done, seed) in (first..first.saturating_add(floods)).enumerate() {
        match run(seed, &Scenario::default()) {
            Ok(report) => {
                acts += report.acts;
                photos += report.photos;
                exchanges += report.exchanges;
            }
            Err(broken) => {
                println!("{broken}");
                return ExitCode::FAILURE;
            }
        }
        let done = done as u64 + 1;
        if done.is_multiple_of(500) {
            let rate = done as f64 / started.elapsed().as_secs_f64();
            eprintln!(
                "{done} of {floods} floods, {rate:.1} a second, {:.0} s left",
                (floods - done) as f64 / rate
            );
        }
    }
    println!("{floods} floods from seed {first}: {acts} acts, {photos} photos, {exchanges} exchanges, nothing lost, nothing twice");
    ExitCode::SUCCESS
}
