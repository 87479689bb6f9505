//! Figures of the field libraries: how fast they read, beside libraries written by others that read the same.
//!
//! Invariant: one core, processor time of the thread that works, so that a busy machine stretches no figure; peers are processes of
//! their own, given the same inputs, and take turns with us. A figure is the median of the rounds. No test asserts a time: this program prints
//! and keeps what it measured, and its exit code says whether a goal was missed by more than a quarter.
//!
//! To add a figure: a file in `rows` with a `pub const ROW: Row`, named in [`rows::ALL`].
#![allow(clippy::print_stdout)]

mod measure;
mod peer;
mod report;
mod rows;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Whatever went wrong ends the run.
pub type Step<T> = Result<T, Box<dyn std::error::Error>>;

/// What to measure.
#[derive(Parser)]
#[command(about = "The field libraries beside their peers: figures in one run")]
struct Cli {
    /// Only rows whose name begins so (may be given several times).
    #[arg(long)]
    only: Vec<String>,
    /// Rounds, after one that is not counted.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Seconds each turn lasts.
    #[arg(long, default_value_t = 0.3)]
    seconds: f64,
    /// Where the figures are kept.
    #[arg(long, default_value = "target/bench-formats.json")]
    json: PathBuf,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Step<ExitCode> {
    let wanted = |row: &&rows::Row| {
        cli.only.is_empty()
            || cli
                .only
                .iter()
                .any(|name| row.name.starts_with(name.as_str()))
    };
    let mut figures = Vec::new();
    for row in rows::ALL.iter().filter(wanted) {
        figures.push(measure::figure(row, cli.rounds, cli.seconds)?);
    }
    report::finish(&figures, &cli.json)
}
