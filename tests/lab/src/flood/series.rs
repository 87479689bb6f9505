//! Many floods: seed after seed over one or more scenarios, on as many threads as there are cores.
//!
//! Invariant: which floods are played is decided by the seeds alone; threads only decide in which order they end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{run, Broken, Scenario, Sum};

/// What to play.
#[derive(Debug, Clone)]
pub struct Series {
    /// The scenarios; floods are shared out evenly.
    pub scenarios: Vec<Scenario>,
    /// Floods that count, over all of them.
    pub floods: u64,
    /// The first seed of each scenario.
    pub first: u64,
    /// Threads.
    pub threads: usize,
}

/// How far it is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Floods that counted.
    pub done: u64,
    /// Of so many.
    pub of: u64,
    /// Floods played a second.
    pub rate: f64,
    /// Time left, by that rate.
    pub left: Duration,
}

/// How it ended.
#[derive(Debug)]
pub struct Played {
    /// What each scenario counted.
    pub sums: Vec<Sum>,
    /// The first broken promise, and which scenario's it is.
    pub broken: Option<(usize, Box<Broken>)>,
    /// A scenario whose floods hardly ever count, and why.
    pub too_thin: Option<(usize, String)>,
    /// It was stopped before its end.
    pub stopped: bool,
    /// How long it took.
    pub took: Duration,
}

struct Turn {
    quota: u64,
    /// The next seed.
    next: u64,
    /// Floods under way or counted.
    taken: u64,
}

impl Series {
    /// Plays until all floods counted, a promise broke, or `stop` was set.
    pub fn play(&self, stop: &AtomicBool, mut progress: impl FnMut(Progress)) -> Played {
        let started = Instant::now();
        let n = self.scenarios.len() as u64;
        let turns = (0..n).map(|i| Turn {
            quota: self.floods / n + u64::from(i < self.floods % n),
            next: self.first,
            taken: 0,
        });
        let turns = Mutex::new(turns.collect::<Vec<_>>());
        let done = AtomicBool::new(false);
        let mut played = Played {
            sums: self.scenarios.iter().map(|_| Sum::default()).collect(),
            broken: None,
            too_thin: None,
            stopped: false,
            took: Duration::ZERO,
        };
        let (ended, results) = channel();
        std::thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                let (ended, turns, done) = (ended.clone(), &turns, &done);
                scope.spawn(move || {
                    while !done.load(Ordering::Relaxed) && !stop.load(Ordering::Relaxed) {
                        let Some((i, seed)) = take(turns) else { break };
                        if ended.send((i, run(seed, &self.scenarios[i]))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(ended);
            for (i, result) in results {
                match result {
                    Ok(report) => {
                        let counted = report.thin().is_none();
                        played.sums[i].add(&report);
                        if !counted {
                            give_back(&turns, i);
                            self.judge_thin(i, &mut played);
                        }
                    }
                    // Of several, the one of the lowest scenario and seed is told, whichever thread was faster.
                    Err(broken) => {
                        let earlier =
                            |(at, b): &(usize, Box<Broken>)| (*at, b.seed) < (i, broken.seed);
                        if !played.broken.as_ref().is_some_and(earlier) {
                            played.broken = Some((i, broken));
                        }
                    }
                }
                if played.broken.is_some() || played.too_thin.is_some() {
                    done.store(true, Ordering::Relaxed);
                }
                progress(self.so_far(&played, started));
            }
        });
        played.stopped = stop.load(Ordering::Relaxed);
        played.took = started.elapsed();
        played
    }

    fn judge_thin(&self, i: usize, played: &mut Played) {
        let sum = &played.sums[i];
        let thin = sum.played() - sum.floods;
        if thin > 20 + sum.floods {
            let why = sum.thin.iter().max_by_key(|(_, n)| **n);
            let why = why.map_or(String::new(), |(why, _)| why.clone());
            played.too_thin = Some((i, why));
        }
    }

    fn so_far(&self, played: &Played, started: Instant) -> Progress {
        let done: u64 = played.sums.iter().map(|s| s.floods).sum();
        let all: u64 = played.sums.iter().map(Sum::played).sum();
        let rate = all as f64 / started.elapsed().as_secs_f64().max(0.001);
        let left = (self.floods - done) as f64 / rate.max(0.001);
        Progress {
            done,
            of: self.floods,
            rate,
            left: Duration::from_secs_f64(left.min(1e7)),
        }
    }
}

/// The next flood: scenarios take turns.
fn take(turns: &Mutex<Vec<Turn>>) -> Option<(usize, u64)> {
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    let open = turns.iter().enumerate().filter(|(_, t)| t.taken < t.quota);
    let (i, _) = open.min_by_key(|(i, t)| (t.taken, *i))?;
    let seed = turns[i].next;
    turns[i].next += 1;
    turns[i].taken += 1;
    Some((i, seed))
}

fn give_back(turns: &Mutex<Vec<Turn>>, i: usize) {
    let mut turns = turns.lock().unwrap_or_else(PoisonError::into_inner);
    turns[i].taken -= 1;
}
