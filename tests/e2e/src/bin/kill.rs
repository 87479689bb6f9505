//! `kill [ROUNDS [SEED]]`: rounds of SIGKILL without end. `cargo xtask soak kill` builds the program and starts this.
#![allow(clippy::print_stdout)] // a program for a terminal

use std::process::ExitCode;

use hues_e2e::kill::{run, Plan};
use hues_e2e::process::{program, Trouble};

/// Rounds unless told otherwise.
const ROUNDS: u64 = 1_000;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    match soak().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("{trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn soak() -> Result<(), Trouble> {
    let mut words = std::env::args().skip(1);
    let mut number = |otherwise: u64| match words.next() {
        None => Ok(otherwise),
        Some(word) => word
            .parse()
            .map_err(|_| Trouble::new("arguments", "ROUNDS SEED")),
    };
    let (rounds, seed) = (number(ROUNDS)?, number(1)?);
    let folder = std::env::temp_dir().join(format!("hues-kill-{}", std::process::id()));
    let plan = Plan {
        program: program()?,
        rounds,
        seed,
        folder: folder.clone(),
    };
    println!("{rounds} rounds from seed {seed}");
    let tally = run(&plan, |line| println!("{line}")).await?;
    let _ = std::fs::remove_dir(folder); // empty by now
    print!("{}", tally.table());
    match tally.missing() {
        missing if rounds >= 100 && !missing.is_empty() => {
            Err(Trouble::new("no kill hit", missing.join(", ")))
        }
        _ => Ok(()),
    }
}
