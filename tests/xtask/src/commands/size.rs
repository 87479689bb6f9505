//! `cargo xtask size`: what the core adds to an app: the phone profile's library, stripped.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::context::Context;
use crate::native::library_name;
use crate::process::Run;
use crate::stop::{During, Step};

/// What to print.
#[derive(clap::Args)]
pub struct Args {
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Measure the library that is there, without building.
    #[arg(long)]
    no_build: bool,
}

/// Builds, strips a copy and prints its size in bytes, plain and compressed.
pub fn run(context: &Context, args: &Args) -> Step<ExitCode> {
    if !args.no_build {
        eprintln!("building the phone profile (fat LTO: some minutes)");
        Run::cargo(context)
            .args("build --quiet --profile phone --package hues-ffi --lib")
            .show()?;
    }
    let folder = context.target.join("phone");
    let library = folder.join(library_name("hues_ffi"));
    let stripped = folder.join("hues_ffi.stripped");
    Run::new("strip")
        .arg("-o")
        .arg(&stripped)
        .arg(&library)
        .capture()?;
    let packed = folder.join("hues_ffi.stripped.gz");
    Run::new("sh")
        .arg("-c")
        .arg("gzip -9 -n -c \"$1\" > \"$2\"")
        .arg("sh")
        .arg(&stripped)
        .arg(&packed)
        .capture()?;
    let (plain, packed) = (bytes(&stripped)?, bytes(&packed)?);
    let host = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    if args.json {
        println!("{{\"host\":\"{host}\",\"stripped\":{plain},\"gzip\":{packed}}}");
        return Ok(ExitCode::SUCCESS);
    }
    println!("phone profile, {host} (a phone's arm64 build differs by some per cent)");
    println!("{:>12} bytes stripped\n{:>12} bytes gzip -9", plain, packed);
    Ok(ExitCode::SUCCESS)
}

fn bytes(file: &Path) -> Step<u64> {
    Ok(fs::metadata(file).during(file.display())?.len())
}
