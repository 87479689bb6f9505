//! The table for people, the JSON for keeping, the exit code for machines.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use crate::measure::{Beside, Figure};
use crate::rows::Goal;
use crate::Step;

/// How far beyond its goal a figure fails the run: a shared machine is never quiet.
const MERCY: f64 = 1.25;

/// Prints and keeps the figures; fails when a goal was missed by more than a quarter.
pub fn finish(figures: &[Figure], file: &Path) -> Step<ExitCode> {
    println!(
        "{}; one core, processor time, medians (smallest–largest) of the rounds\n",
        machine()
    );
    println!("| row | what | ours | goal | peers (how many times slower) |");
    println!("| --- | --- | ---: | ---: | --- |");
    for figure in figures {
        let spread = figure.per_second;
        let (low, high) = (figure.goal.told(spread.min), figure.goal.told(spread.max));
        println!(
            "| {} | {} | {} ({low}–{high}) | {} | {} |",
            figure.name,
            figure.what,
            figure.goal.told(spread.median),
            figure.goal.told(figure.goal_per_second),
            peers(figure),
        );
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let kept = json!({"machine": machine(), "figures": figures});
    std::fs::write(file, serde_json::to_string_pretty(&kept)? + "\n")?;
    println!("\nkept in {}", file.display());
    let missed = figures.iter().flat_map(misses).collect::<Vec<_>>();
    for line in &missed {
        println!("{line}");
    }
    Ok(match missed.is_empty() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn peers(figure: &Figure) -> String {
    let one = |peer: &Beside| {
        let each = figure.goal.told(peer.per_second.median);
        format!("{} {each} (×{:.1})", peer.name, peer.slower_by.median)
    };
    let absent = figure
        .absent
        .iter()
        .map(|name| format!("{name} not set up"));
    let told: Vec<String> = figure.peers.iter().map(one).chain(absent).collect();
    told.join(", ")
}

fn misses(figure: &Figure) -> Vec<String> {
    let mut lines = Vec::new();
    if figure.per_second.median * MERCY < figure.goal_per_second {
        lines.push(format!(
            "{}: the goal is missed by more than a quarter",
            figure.name
        ));
    }
    let fastest = figure
        .peers
        .iter()
        .map(|p| p.slower_by.median)
        .reduce(f64::min);
    if fastest.is_some_and(|times| times * MERCY < figure.times_faster) {
        lines.push(format!(
            "{}: a peer is too near, by more than a quarter",
            figure.name
        ));
    }
    lines
}

impl Goal {
    /// Work done in a second, in the goal's own words.
    fn told(self, per_second: f64) -> String {
        match self {
            Goal::PerSecond(_) if per_second >= 1e6 => format!("{:.2} M/s", per_second / 1e6),
            Goal::PerSecond(_) => format!("{:.0} k/s", per_second / 1e3),
            Goal::Megabytes(_) => format!("{:.0} MB/s", per_second / 1e6),
            Goal::Microseconds(_) => format!("{:.3} µs", 1e6 / per_second),
        }
    }
}

/// Processor and number of cores, as far as Linux tells.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores")
}
