//! `cargo xtask soak`: the long harnesses, which live in other crates.
//!
//! A harness is a program of this workspace registered below; nothing registered is an error, never a success.

use std::process::ExitCode;

use crate::context::Context;
use crate::native;
use crate::process::Run;
use crate::stop::{Step, Stop};

/// One program that soaks or measures.
pub struct Harness {
    /// What the user calls it.
    pub name: &'static str,
    /// What it does, for the listing.
    pub about: &'static str,
    /// How it is built and started; the user's own arguments follow.
    pub start: Start,
}

/// How a harness is started.
pub enum Start {
    /// By these arguments of cargo.
    Cargo(&'static str),
    /// A binary of the workspace, built with everything else; it finds the program `hues` in `HUES_BIN`.
    Built(&'static str),
    /// By a command of this tool.
    Own(fn(&Context, &[String]) -> Step),
}

/// A family of harnesses: one subcommand.
pub struct Family {
    word: &'static str,
    harnesses: &'static [Harness],
}

/// What `cargo xtask soak` runs.
pub const SOAK: Family = Family {
    word: "soak",
    harnesses: &[Harness {
        name: "floods",
        about: "the flood laboratory over all scenarios, as `hues lab run`: `-- --floods 10000 --seed 1`",
        start: Start::Cargo("run --quiet --workspace --bin hues -- lab run"),
    },
    Harness {
        name: "power",
        about: "power-loss histories of a phone's store and a city's, 20,000 of them unless told otherwise: `-- HISTORIES FIRST_SEED`",
        start: Start::Cargo("run --quiet -p hues-lab --bin power"),
    },
    Harness {
        name: "disk",
        about: "every disk call of the whole journey fails in its turn, on the phone and in the city: `-- [WAY [CALL]]`",
        start: Start::Cargo("run --quiet -p hues-lab --bin disk"),
    },
    Harness {
        name: "mutants",
        about: "small changes of machine, protocol and store rules, each to be noticed by a test: `-- [SUITE] [--shard 0/4 …]`",
        start: Start::Own(super::mutants::run),
    },
    Harness {
        name: "kill",
        about: "rounds of SIGKILL over real processes, phone and city, 1,000 of them unless told otherwise: `-- ROUNDS SEED`",
        start: Start::Built("kill"),
    },
    Harness {
        name: "fuzz",
        about: "every fuzz target for 60 seconds unless told otherwise: `-- SECONDS [TARGET…]`",
        start: Start::Own(super::fuzz::run),
    }],
};

/// Which harness, and what it is told.
#[derive(clap::Args)]
pub struct Args {
    /// The harness; all of them when absent.
    name: Option<String>,
    /// Arguments for the harness itself.
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Runs one harness or all of the family.
pub fn run(context: &Context, family: Family, args: &Args) -> Step<ExitCode> {
    let chosen: Vec<_> = family
        .harnesses
        .iter()
        .filter(|harness| args.name.as_deref().is_none_or(|name| name == harness.name))
        .collect();
    if chosen.is_empty() {
        let known: Vec<_> = family
            .harnesses
            .iter()
            .map(|harness| harness.name)
            .collect();
        let word = family.word;
        return Err(match (&args.name, known.is_empty()) {
            (Some(name), false) => Stop::failed(format!(
                "no {word} harness `{name}`; there are: {}",
                known.join(" ")
            )),
            _ => Stop::failed(format!(
                "no {word} harness is registered yet (tests/xtask/src/commands/harness.rs)"
            )),
        });
    }
    for harness in chosen {
        println!("{} {}: {}", family.word, harness.name, harness.about);
        let rest = args.rest.iter();
        let run = match harness.start {
            Start::Cargo(cargo) if args.rest.is_empty() => Run::cargo(context).args(cargo),
            // The program's own words may stand behind a `--` already.
            Start::Cargo(cargo) if cargo.contains(" -- ") => {
                rest.fold(Run::cargo(context).args(cargo), Run::arg)
            }
            Start::Cargo(cargo) => rest.fold(Run::cargo(context).args(cargo).arg("--"), Run::arg),
            Start::Built(binary) => {
                let native = native::build(context)?;
                let run = Run::new(native.folder.join(binary)).env("HUES_BIN", native.hues);
                rest.fold(run, Run::arg)
            }
            Start::Own(run) => {
                run(context, &args.rest)?;
                continue;
            }
        };
        run.show()?;
    }
    Ok(ExitCode::SUCCESS)
}
