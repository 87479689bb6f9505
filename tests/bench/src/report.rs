//! The table for people, the JSON for keeping, the exit code for machines.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use crate::figure::{Figure, Spread};
use crate::inputs::Sizes;
use crate::protocol::Hello;
use crate::Step;

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
pub struct Kept<'a> {
    /// Seconds since 1970.
    pub at: u64,
    /// Processor, cores and system.
    pub machine: String,
    /// Average number of programs that run or wait, over a minute.
    pub load: f64,
    /// Whether that was more than processors: then processor time is judged.
    pub busy: bool,
    /// How much of everything.
    pub sizes: Sizes,
    /// The engines about themselves.
    pub engines: BTreeMap<&'a str, &'a Hello>,
    /// What was measured.
    pub figures: &'a [Figure],
}

/// Prints and keeps the figures. Fails when a goal was missed by more than a quarter.
pub fn finish(
    sizes: &Sizes,
    engines: &[(String, Hello)],
    load: &Load,
    figures: &[Figure],
    file: &Path,
) -> Step<ExitCode> {
    let (load, busy) = load.end();
    let kept = Kept {
        at: SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
        machine: machine(),
        load,
        busy,
        sizes: *sizes,
        engines: engines.iter().map(|(id, h)| (id.as_str(), h)).collect(),
        figures,
    };
    std::fs::write(file, serde_json::to_string_pretty(&kept)? + "\n")?;
    println!(
        "{}, load {load}; medians (smallest–largest) of each engine's rounds\n",
        kept.machine
    );
    for (id, hello) in engines {
        let less = match hello.less.as_str() {
            "" => String::new(),
            less => format!(" **Less:** {less}."),
        };
        println!("* `{id}`: {}. {}.{less}", hello.engine, hello.settings);
    }
    println!("\n| | work | core ms | by hand ms | core ÷ hand | of CPU | goal |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | --- |");
    for figure in figures {
        println!("{}", line(figure, busy));
    }
    let less: BTreeMap<&str, &str> = engines
        .iter()
        .map(|(id, hello)| (id.as_str(), hello.less.as_str()))
        .collect();
    let others: Vec<String> = figures.iter().flat_map(|f| beside(f, &less)).collect();
    if !others.is_empty() {
        println!(
            "\n| | work | engine | ms | ms of CPU | ÷ core | CPU ÷ core | found | promises less |"
        );
        println!("| --- | --- | --- | ---: | ---: | ---: | ---: | --- | --- |");
        others.iter().for_each(|line| println!("{line}"));
    }
    println!("\nkept in {}", file.display());
    if busy {
        println!("the machine had more work than processors: bars are judged by processor time");
    }
    let missed: Vec<&Figure> = figures.iter().filter(|f| f.misses(busy, MERCY)).collect();
    for figure in &missed {
        println!("{}: a goal is missed by more than a quarter", figure.name);
    }
    Ok(match missed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn line(figure: &Figure, busy: bool) -> String {
    let column = |id: &str| figure.columns.iter().find(|c| c.engine == id);
    let mut core = column("core").map_or_else(String::new, |c| time(c.wall));
    for (part, took) in column("core").iter().flat_map(|c| &c.parts) {
        core += &format!(" ({part} {})", time(*took));
    }
    let ratio = if busy { figure.cpu_ratio } else { figure.ratio };
    let mut goals = Vec::new();
    if let (Some(bar), Some(ratio)) = (figure.bar, ratio) {
        goals.push(format!("≤ {bar}{}", mark(ratio.median <= bar)));
    }
    for check in &figure.checks {
        let sign = if check.at_least { "≥" } else { "≤" };
        goals.push(format!(
            "{:.2} {} ({sign} {}){}",
            check.worst,
            check.unit,
            check.bound,
            mark(check.kept)
        ));
    }
    format!(
        "| {} | {}: {} | {core} | {} | {} | {} | {} |",
        figure.number,
        figure.name,
        figure.what,
        column("raw").map_or_else(String::new, |c| time(c.wall)),
        figure.ratio.map_or_else(String::new, times),
        figure.cpu_ratio.map_or_else(String::new, times),
        goals.join("; ")
    )
}

/// The lines of the engines that are neither the core nor the hand.
fn beside(figure: &Figure, less: &BTreeMap<&str, &str>) -> Vec<String> {
    let others = figure
        .columns
        .iter()
        .filter(|c| !["core", "raw"].contains(&c.engine.as_str()));
    others
        .map(|c| {
            let found: Vec<String> = c
                .facts
                .iter()
                .map(|(name, spread)| format!("{name} {}", spread.median))
                .collect();
            format!(
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                figure.number,
                figure.name,
                c.engine,
                time(c.wall),
                time(c.cpu),
                c.beside_core.map_or_else(String::new, times),
                c.cpu_beside_core.map_or_else(String::new, times),
                found.join(", "),
                less.get(c.engine.as_str()).unwrap_or(&"")
            )
        })
        .collect()
}

fn mark(kept: bool) -> &'static str {
    match kept {
        true => "",
        false => " **missed**",
    }
}

fn times(of: Spread) -> String {
    format!("{:.2} ({:.2}–{:.2})", of.median, of.min, of.max)
}

fn time(s: Spread) -> String {
    match s.median {
        ms if ms >= 100.0 => format!("{ms:.0}"),
        ms if ms >= 1.0 => format!("{ms:.2}"),
        ms => format!("{ms:.3}"),
    }
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
