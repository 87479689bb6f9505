//! The table for people, the JSON for keeping, the exit code for machines.

use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::figure::{Figure, Spread};
use crate::{Args, Step};

/// How far beyond its bar a figure fails the run: a shared machine is never quiet.
const MERCY: f64 = 1.25;

/// How busy the machine was: beyond its processors, times on the wall tell of the others.
pub struct Load {
    before: f64,
    cores: f64,
}

impl Load {
    /// Looks before the run.
    pub fn now() -> Load {
        let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let minute = text.split_whitespace().next().and_then(|n| n.parse().ok());
        Load {
            before: minute.unwrap_or(0.0),
            cores: std::thread::available_parallelism().map_or(1, usize::from) as f64,
        }
    }

    /// The larger of before and now, and whether others were waiting for a processor beside this run.
    fn end(&self) -> (f64, bool) {
        let load = self.before.max(Load::now().before);
        (load, load > self.cores)
    }
}

/// What is kept of a run.
#[derive(Serialize)]
struct Kept<'a> {
    /// Seconds since 1970.
    at: u64,
    machine: String,
    /// Average number of programs that run or wait, over a minute.
    load: f64,
    rows: usize,
    delta: usize,
    submits: usize,
    rounds: usize,
    figures: &'a [Figure],
}

/// Prints and keeps the figures. Fails when a bar was missed by more than a quarter.
pub fn finish(args: &Args, load: &Load, figures: &[Figure], file: &Path) -> Step<ExitCode> {
    if figures.is_empty() {
        return Err("no figure of that name".into());
    }
    let (load, busy) = load.end();
    let kept = Kept {
        at: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
        machine: machine(),
        load,
        rows: args.rows,
        delta: args.delta,
        submits: args.submits,
        rounds: args.rounds,
        figures,
    };
    std::fs::write(file, serde_json::to_string_pretty(&kept)? + "\n")?;
    println!(
        "{}, load {load}; {} rounds, medians (smallest–largest)\n",
        kept.machine, args.rounds
    );
    println!("| figure | core ms | raw ms | signature ms | mirror ms | ratio | of CPU | bar |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for figure in figures {
        println!("{}", line(figure, busy));
    }
    println!("\nkept in {}", file.display());
    if busy {
        println!("the machine had more work than processors: bars are judged by processor time");
    }
    let missed: Vec<&Figure> = figures.iter().filter(|f| f.misses(busy, MERCY)).collect();
    for figure in &missed {
        println!("{}: its bar is missed by more than a quarter", figure.name);
    }
    Ok(match missed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn line(figure: &Figure, busy: bool) -> String {
    let bar = match figure.misses(busy, 1.0) {
        true => format!("≤ {} **missed**", figure.bar),
        false => format!("≤ {}", figure.bar),
    };
    format!(
        "| {}: {} | {} | {} | {} | {} | {} | {} | {bar} |",
        figure.name,
        figure.what,
        time(Some(figure.core_ms)),
        time(Some(figure.raw_ms)),
        time(figure.signature_ms),
        time(figure.mirror_ms),
        ratio(figure.ratio),
        ratio(figure.cpu_ratio),
    )
}

fn ratio(of: Spread) -> String {
    format!("{:.2} ({:.2}–{:.2})", of.median, of.min, of.max)
}

fn time(spread: Option<Spread>) -> String {
    spread.map_or_else(String::new, |s| match s.median {
        ms if ms >= 100.0 => format!("{ms:.0}"),
        ms if ms >= 1.0 => format!("{ms:.2}"),
        ms => format!("{ms:.3}"),
    })
}

/// Processor, cores and system, as far as Linux tells.
fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpu = read("/proc/cpuinfo");
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, name)| name)
        .to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{model}, {cores} cores, {} {}",
        std::env::consts::OS,
        kernel.trim()
    )
}
