//! `cargo xtask datapack`: data packs from their sources, and what changed between two editions.
//!
//! The program is the example `datapack` of hues-vietnam: the library itself builds and compares.

use std::process::ExitCode;

use crate::context::Context;
use crate::process::Run;
use crate::stop::Stop;

/// What to do with the packs.
#[derive(clap::Args)]
pub struct Args {
    /// `build` (the built-in units from core/vietnam/data/units, with a report), `diff OLD NEW` (units, calendars, CSV tables),
    /// `boundaries GEOJSON SOURCE DATE OUT`.
    #[arg(required = true)]
    words: Vec<String>,
}

/// Runs the program.
pub fn run(context: &Context, args: &Args) -> Result<ExitCode, Stop> {
    let run = Run::cargo(context).args("run --quiet -p hues-vietnam --example datapack --");
    args.words.iter().fold(run, Run::arg).show()?;
    Ok(ExitCode::SUCCESS)
}
