//! `cargo xtask soak` and `cargo xtask bench`: the long harnesses, which live in other crates.
//!
//! A harness is a cargo target registered below; nothing registered is an error, never a success.

use std::process::ExitCode;

use crate::context::Context;
use crate::process::Run;
use crate::stop::{Step, Stop};

/// One program that soaks or measures.
pub struct Harness {
    /// What the user calls it.
    pub name: &'static str,
    /// What it does, for the listing.
    pub about: &'static str,
    /// Arguments of cargo that build and start it; the user's own follow.
    pub cargo: &'static str,
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
        name: "fleet",
        about: "simulated floods, 10,000 of them unless told otherwise: `-- FLOODS FIRST_SEED`",
        cargo: "run --quiet -p hues-lab --bin flood",
    }],
};

/// What `cargo xtask bench` runs.
pub const BENCH: Family = Family {
    word: "bench",
    harnesses: &[],
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
        let mut run = Run::cargo(context).args(harness.cargo);
        if !args.rest.is_empty() {
            run = run.arg("--");
            run = args.rest.iter().fold(run, |run, word| run.arg(word));
        }
        run.show()?;
    }
    Ok(ExitCode::SUCCESS)
}
