//! The figures: what the core costs beside rusqlite on SQLCipher doing the same work by hand, in one process and one run.
//!
//! Invariant: both sides leave the same rows under the same schema, tokenizer, cipher, pragmas and durability, and take turns, so that a busy
//! machine slows both; a figure is the ratio of neighbours. No test asserts a time: this program prints and keeps what it measured, and its exit code
//! says whether a bar was missed by more than a quarter.
#![allow(clippy::print_stdout)]

mod clock;
mod cold_open;
mod data;
mod delta;
mod figure;
mod page;
mod phone;
mod raw;
mod report;
mod submits;
mod town;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use crate::data::World;
use crate::figure::Figure;
use crate::phone::Phone;
use crate::raw::Raw;

/// Whatever went wrong ends the run.
pub type Step<T> = Result<T, Box<dyn std::error::Error>>;

/// What to measure.
#[derive(Parser)]
#[command(about = "The core beside raw SQLCipher: ratios in one run")]
pub struct Args {
    /// Rows of the big file.
    #[arg(long, default_value_t = 100_000)]
    rows: usize,
    /// Row ops of one delta.
    #[arg(long, default_value_t = 10_000)]
    delta: usize,
    /// Submits at each durability, spread over the rounds.
    #[arg(long, default_value_t = 10_000)]
    submits: usize,
    /// Turns each side takes.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Only figures whose name begins so (cold-open, page, delta, submit).
    #[arg(long)]
    only: Option<String>,
    /// Where the result is kept; `target/bench/figures.json` unless told.
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Step<ExitCode> {
    let kept = bench_folder()?;
    let load = report::Load::now();
    // On the disk the build lies on: a temporary folder may be memory, where a sync costs nothing.
    let work = tempfile::tempdir_in(&kept)?;
    let wanted = |name: &str| {
        args.only
            .as_deref()
            .is_none_or(|only| name.starts_with(only))
    };
    let mut figures: Vec<Figure> = Vec::new();
    if ["cold-open", "page", "delta"].into_iter().any(wanted) {
        let mut world = World::new(1);
        let first = world.grow(args.rows);
        eprintln!("filling both files with {} rows", args.rows);
        let phone = Phone::new(&work.path().join("phone"))?;
        let started = Instant::now();
        phone.town.offer(&first)?;
        phone.open()?.pull()?;
        let core_s = started.elapsed().as_secs_f64();
        let raw = Raw::new(&work.path().join("raw"))?;
        let started = Instant::now();
        delta::apply_raw(&mut raw.writer()?, &first)?;
        eprintln!(
            "filled: the core in {core_s:.1} s, raw in {:.1} s",
            started.elapsed().as_secs_f64()
        );
        drop(first);
        same_rows(&phone, &raw)?;
        if wanted("cold-open") {
            figures.push(cold_open::measure(args.rounds * 3, &phone, &raw)?);
        }
        if wanted("page") {
            figures.push(page::measure(args.rounds, args.rows, &phone, &raw)?);
        }
        if wanted("delta") {
            figures.push(delta::measure(
                args.rounds,
                args.delta,
                &mut world,
                &phone,
                &raw,
            )?);
            same_rows(&phone, &raw)?;
        }
    }
    if wanted("submit") {
        for durability in submits::BOTH {
            let folder = work.path().join(format!("submit-{durability:?}"));
            figures.push(submits::measure(
                args.rounds,
                args.submits,
                durability,
                &folder,
            )?);
        }
    }
    let file = args
        .json
        .clone()
        .unwrap_or_else(|| kept.join("figures.json"));
    report::finish(args, &load, &figures, &file)
}

/// Both files must hold the same before their times may be compared.
fn same_rows(phone: &Phone, raw: &Raw) -> Step<()> {
    let core = phone.open()?;
    let reader = raw.reader()?;
    let (ours, theirs) = (core.count()?, raw::count(&reader)?);
    let lines = (core.first_lines(50)?, raw::page(&reader, i64::MAX, 50)?);
    let same = lines.0.len() == lines.1.len()
        && lines
            .0
            .iter()
            .zip(&lines.1)
            .all(|(core, (id, _, _, summary, ..))| core.id == *id && core.text == *summary);
    if ours == theirs && same {
        Ok(())
    } else {
        Err(format!("the two files differ: {ours} and {theirs} rows").into())
    }
}

/// `bench` in the build folder this program lies in.
fn bench_folder() -> Step<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program
        .ancestors()
        .nth(2)
        .ok_or("no build folder above this program")?;
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
