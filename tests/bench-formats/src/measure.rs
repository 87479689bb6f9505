//! One figure: our work and the peers' in turns.

use std::time::{Duration, Instant};

use rustix::time::{clock_gettime, ClockId};
use serde::Serialize;

use crate::peer::Process;
use crate::rows::{Goal, Peer, Row};
use crate::Step;

/// Median and ends of the rounds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    fn of(mut numbers: Vec<f64>) -> Spread {
        numbers.sort_by(f64::total_cmp);
        let at = |n: usize| numbers.get(n).copied().unwrap_or(0.0);
        Spread {
            median: at(numbers.len() / 2),
            min: at(0),
            max: at(numbers.len().saturating_sub(1)),
        }
    }
}

/// A library beside ours.
#[derive(Debug, Serialize)]
pub struct Beside {
    /// Which.
    pub name: String,
    /// Done in a second of processor time.
    pub per_second: Spread,
    /// How many times faster we are, round by round.
    pub slower_by: Spread,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// The row.
    pub name: &'static str,
    /// What is done once.
    pub what: &'static str,
    /// Done in a second of processor time of one core: reads, bytes, look-ups.
    pub per_second: Spread,
    /// The goal for that number.
    pub goal_per_second: f64,
    /// The factor by which the fastest peer must be slower; 0 for none.
    pub times_faster: f64,
    /// The peers that could be started.
    pub peers: Vec<Beside>,
    /// The peers that could not.
    pub absent: Vec<&'static str>,
    /// How it is told to people.
    #[serde(skip)]
    pub goal: Goal,
}

impl Goal {
    /// The goal as work done in a second.
    pub fn per_second(self) -> f64 {
        match self {
            Goal::PerSecond(n) => n,
            Goal::Megabytes(n) => n * 1e6,
            Goal::Microseconds(n) => 1e6 / n,
        }
    }
}

/// Measures one row.
pub fn figure(row: &Row, rounds: usize, seconds: f64) -> Step<Figure> {
    let inputs = (row.inputs)()?;
    if (row.work)(&inputs) == 0 {
        return Err(format!("{}: nothing was done", row.name).into());
    }
    let mut absent = Vec::new();
    let mut peers: Vec<(&Peer, Process, Vec<f64>)> = Vec::new();
    for peer in row.peers {
        match Process::start(peer.program)? {
            Some(process) => peers.push((peer, process, Vec::new())),
            None => absent.push(peer.name),
        }
    }
    let mut ours = Vec::new();
    for round in 0..=rounds {
        let mine = turn(row, &inputs, seconds);
        let mut theirs = Vec::new();
        for (peer, process, _) in &mut peers {
            theirs.push(process.bench(peer.name, &inputs, seconds)?);
        }
        // The first round warms caches and compilers up.
        if round > 0 {
            ours.push(mine);
            for ((_, _, all), one) in peers.iter_mut().zip(theirs) {
                all.push(one);
            }
        }
    }
    let beside = peers.into_iter().map(|(peer, _, all)| Beside {
        name: peer.name.to_owned(),
        slower_by: Spread::of(ours.iter().zip(&all).map(|(o, t)| o / t).collect()),
        per_second: Spread::of(all),
    });
    Ok(Figure {
        name: row.name,
        what: row.what,
        peers: beside.collect(),
        per_second: Spread::of(ours),
        goal_per_second: row.goal.per_second(),
        times_faster: row.times_faster,
        absent,
        goal: row.goal,
    })
}

/// Work done in a second of this thread's processor time.
fn turn(row: &Row, inputs: &[String], seconds: f64) -> f64 {
    let until = Instant::now() + Duration::from_secs_f64(seconds);
    let started = cpu();
    let mut done = 0;
    while Instant::now() < until {
        for _ in 0..8 {
            done += (row.work)(inputs);
        }
    }
    done as f64 / (cpu() - started)
}

/// Processor seconds of this thread.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
