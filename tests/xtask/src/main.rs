//! `cargo xtask`: the one tool door of this repository.
//!
//! Invariant: whatever a command needs beyond cargo it sets up by itself, in the cache outside the tree, and says so while it
//! does; a step that this host cannot do is named as skipped with its reason, never left out in silence.

// A tool talks on its standard output.
#![allow(clippy::print_stdout)]

mod cache;
mod commands;
mod context;
mod native;
mod parts;
mod peers;
mod process;
mod report;
mod stop;
mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::context::Context;

/// The one tool door of hues-core.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What the door opens to; each variant is one file in `commands`.
#[derive(Subcommand)]
enum Command {
    /// Sets up what the tests need and runs all of them, part by part.
    Test(commands::test::Args),
    /// Writes the generated Kotlin and Swift from the compiled library.
    Bindings(commands::bindings::Args),
    /// Builds the phone profile and prints the stripped size of the library.
    Size(commands::size::Args),
    /// Sets up every tool chain and peer without running a test; prints the peers' variables for a shell.
    Setup(commands::setup::Args),
    /// Writes the SHA-256 lists of the Maven projects anew, after a version was changed on purpose.
    Pin(commands::pin::Args),
    /// Runs the long harnesses: floods and kill rounds, for hours if you like.
    Soak(commands::harness::Args),
    /// Measures the core beside SQLCipher by hand and, with `--peers`, beside what others offer; `--gate` counts instead of timing.
    Bench(commands::bench::Args),
    /// Builds data packs from their sources and reports what changed between two editions.
    Datapack(commands::datapack::Args),
    /// Lists the tool chains in the cache; `--clear` removes them.
    Cache(commands::cache::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = Context::discover().and_then(|context| match cli.command {
        Command::Test(args) => commands::test::run(&context, &args),
        Command::Bindings(args) => commands::bindings::run(&context, &args),
        Command::Size(args) => commands::size::run(&context, &args),
        Command::Setup(args) => commands::setup::run(&context, &args),
        Command::Pin(args) => commands::pin::run(&context, &args),
        Command::Soak(args) => commands::harness::run(&context, commands::harness::SOAK, &args),
        Command::Bench(args) => commands::bench::run(&context, &args),
        Command::Datapack(args) => commands::datapack::run(&context, &args),
        Command::Cache(args) => commands::cache::run(&context, &args),
    });
    match outcome {
        Ok(code) => code,
        Err(stop) => {
            eprintln!("xtask: {stop}");
            ExitCode::FAILURE
        }
    }
}
