//! `cargo xtask cache`: what lies in the cache, and how to be rid of it.

use std::process::ExitCode;

use crate::cache;
use crate::context::Context;
use crate::process::Run;
use crate::stop::Step;

/// List or clear.
#[derive(clap::Args)]
pub struct Args {
    /// Remove every folder of the cache.
    #[arg(long)]
    clear: bool,
}

/// Lists the cached tool chains with their sizes, or removes them.
pub fn run(context: &Context, args: &Args) -> Step<ExitCode> {
    println!("{}", context.cache.folder().display());
    for (folder, complete) in context.cache.entries()? {
        let size = Run::new("du")
            .args("-shx")
            .arg(&folder)
            .capture()
            .unwrap_or_default();
        let size = size.split_whitespace().next().unwrap_or("?");
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        println!(
            "{size:>8}  {name}{}",
            if complete { "" } else { "  (incomplete)" }
        );
        if args.clear {
            cache::remove(&folder)?;
        }
    }
    if args.clear {
        println!("removed");
    }
    Ok(ExitCode::SUCCESS)
}
