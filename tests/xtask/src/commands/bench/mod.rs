//! `cargo xtask bench`: the programs that measure (`tests/bench`, `tests/bench-formats`), in a release build, with the peers it asks for set up first.

mod formats;
mod peers;

use std::process::ExitCode;

use crate::context::Context;
use crate::process::Run;
use crate::stop::Step;

/// What is measured beside what.
#[derive(clap::Args)]
pub struct Args {
    /// Which program measures.
    #[arg(value_enum, default_value = "figures")]
    what: What,
    /// Beside what others offer too: each is set up in the cache once; who cannot be had here is named and left out.
    #[arg(long)]
    peers: bool,
    /// Writes one page with the table and bars beside the JSON.
    #[arg(long)]
    html: bool,
    /// Arguments of the measuring program (`-- --help` names them).
    #[arg(last = true)]
    rest: Vec<String>,
}

/// A program that measures.
#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    /// The store, the outbox and the sync, beside raw SQLCipher (`tests/bench`).
    Figures,
    /// The field libraries on one core, beside libraries of npm and PyPI that read the same (`tests/bench-formats`).
    Formats,
}

/// Measures; fails when the program says that a goal is missed by more than a quarter.
pub fn run(context: &Context, args: &Args) -> Step<ExitCode> {
    if matches!(args.what, What::Formats) {
        return formats::bench(context, &args.rest).map(|()| ExitCode::SUCCESS);
    }
    let mut run = Run::cargo(context).args("run --quiet --release -p hues-bench --");
    if args.peers {
        for (name, program) in peers::set_up(context)? {
            let mut peer = std::ffi::OsString::from(format!("{name}="));
            peer.push(program);
            run = run.arg("--peer").arg(peer);
        }
    }
    if args.html {
        run = run.arg("--html");
    }
    args.rest.iter().fold(run, Run::arg).show()?;
    Ok(ExitCode::SUCCESS)
}
