//! The figures: what the core costs beside rusqlite on SQLCipher doing the same work by hand, and beside what others offer for it.
//!
//! Invariant: every engine is a process of its own, given the same inputs by file; they take turns, so that a busy machine slows all; a figure is the ratio of neighbours.
//! No test asserts a time: this program prints and keeps what it measured, and its exit code says whether a goal was missed by more than a quarter.
#![allow(clippy::print_stdout)]

mod clock;
mod cutter;
mod data;
mod figure;
mod inputs;
mod phone;
mod protocol;
mod raw;
mod report;
mod run;
mod side;
mod town;
mod work;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Whatever went wrong ends the run.
pub type Step<T> = Result<T, Box<dyn std::error::Error>>;

/// What to do.
#[derive(Parser)]
#[command(about = "The core beside raw SQLCipher and its peers: ratios in one run")]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::Args,
}

#[derive(Subcommand)]
enum Command {
    /// Is one engine of a run, over standard input and output.
    #[command(hide = true)]
    Engine {
        /// Which.
        kind: side::Kind,
        /// Where its files lie.
        folder: PathBuf,
        /// Where the inputs lie.
        inputs: PathBuf,
    },
    /// Is the line that breaks before a server of uploads.
    #[command(hide = true)]
    Cutter {
        /// Host and port of the server.
        to: String,
    },
    /// Is a sandbox city.
    #[command(hide = true)]
    City {
        /// Where its files lie.
        folder: PathBuf,
    },
    /// Makes the inputs of a run in an empty folder: for looking at one engine alone, under a profiler.
    #[command(hide = true)]
    Inputs {
        /// Where.
        folder: PathBuf,
        /// How much.
        #[command(flatten)]
        run: run::Args,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Engine {
            kind,
            folder,
            inputs,
        }) => side::run(kind, folder, inputs).map(|()| ExitCode::SUCCESS),
        Some(Command::Cutter { to }) => cutter::serve(&to).map(|()| ExitCode::SUCCESS),
        Some(Command::City { folder }) => work::upload::city(&folder).map(|()| ExitCode::SUCCESS),
        Some(Command::Inputs { folder, run }) => {
            inputs::Inputs::make(&folder, &run.sizes()).map(|_| ExitCode::SUCCESS)
        }
        None => run::run(&cli.run),
    };
    done.unwrap_or_else(|error| {
        eprintln!("bench: {error}");
        ExitCode::FAILURE
    })
}
