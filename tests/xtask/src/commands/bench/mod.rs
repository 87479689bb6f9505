//! `cargo xtask bench`: the program that measures (`tests/bench`), in a release build, with the peers it asks for set up first.

mod peers;

use std::process::ExitCode;

use crate::context::Context;
use crate::process::Run;
use crate::stop::Step;

/// What is measured beside what.
#[derive(clap::Args)]
pub struct Args {
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

/// Measures; fails when the program says that a goal is missed by more than a quarter.
pub fn run(context: &Context, args: &Args) -> Step<ExitCode> {
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
