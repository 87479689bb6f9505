//! `cargo xtask test`: every part in order, all of them even when one fails, then the table of minutes.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::context::Context;
use crate::parts::{Part, ALL};
use crate::report::{self, Line, Verdict};
use crate::stop::{Step, Stop};

/// Which parts to run.
#[derive(clap::Args)]
pub struct Args {
    /// Leave out the parts for which a fresh machine must download something beyond crates.
    #[arg(long)]
    fast: bool,
    /// Run this part only (may be given several times).
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
    /// Leave this part out (may be given several times).
    #[arg(long, value_name = "PART")]
    skip: Vec<String>,
    /// Name the parts and what each proves, then stop.
    #[arg(long)]
    list: bool,
}

/// Runs the parts; the exit code is 0 only when something ran and nothing failed.
pub fn run(context: &Context, args: &Args) -> Step<ExitCode> {
    if args.list {
        for part in ALL {
            println!(
                "{:<10} {}{}",
                part.name,
                part.about,
                if part.downloads {
                    " (not with --fast)"
                } else {
                    ""
                }
            );
        }
        return Ok(ExitCode::SUCCESS);
    }
    known(args.only.iter().chain(&args.skip))?;
    println!("cache: {}", context.cache.folder().display());
    let chosen: Vec<_> = ALL
        .iter()
        .filter(|part| args.only.is_empty() || args.only.iter().any(|n| n == part.name))
        .collect();
    let mut lines = Vec::new();
    for (index, part) in chosen.iter().enumerate() {
        println!(
            "\n[{}/{}] {}: {}",
            index + 1,
            chosen.len(),
            part.name,
            part.about
        );
        let line = match left_out(args, part) {
            Some(reason) => Line {
                name: part.name,
                verdict: Verdict::Skipped(reason),
                took: Duration::ZERO,
            },
            None => timed(context, part),
        };
        if let Verdict::Skipped(reason) = &line.verdict {
            println!("skipped {}: {reason}", part.name);
        }
        lines.push(line);
    }
    print!("{}", report::render(&lines));
    Ok(if report::is_good(&lines) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn timed(context: &Context, part: &Part) -> Line {
    let start = Instant::now();
    let verdict = Verdict::from((part.run)(context));
    if let Verdict::Failed(reason) = &verdict {
        println!(
            "{} FAILED: {}",
            part.name,
            reason.lines().next().unwrap_or("")
        );
    }
    Line {
        name: part.name,
        verdict,
        took: start.elapsed(),
    }
}

fn left_out(args: &Args, part: &Part) -> Option<String> {
    if args.skip.iter().any(|name| name == part.name) {
        return Some("left out by --skip".to_owned());
    }
    (args.fast && part.downloads)
        .then(|| "left out by --fast (needs a download on a fresh machine)".to_owned())
}

fn known<'a>(names: impl Iterator<Item = &'a String>) -> Step {
    for name in names {
        if !ALL.iter().any(|part| part.name == name) {
            let all: Vec<_> = ALL.iter().map(|part| part.name).collect();
            return Err(Stop::failed(format!(
                "no part `{name}`; the parts are: {}",
                all.join(" ")
            )));
        }
    }
    Ok(())
}
