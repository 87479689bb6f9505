//! A fleet in one thread and in virtual time: several phones, the production gateway core, and a network that loses, doubles, delays, cuts and lies.
//!
//! One seed decides everything: what people do, what breaks, when. [`run`] gives the log of a flood and what it counted, or the first promise that was
//! broken; the same seed gives the same log again.

mod network;
mod phone;
mod world;

use std::collections::BTreeMap;

pub use network::Fault;
pub use phone::{Phone, MARKER};

/// 28 October 2025, 00:00 in Huế.
pub const START_MS: i64 = 1_761_584_400_000;

/// How bad it gets.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Phones.
    pub phones: usize,
    /// Milliseconds for which things break.
    pub storm_ms: u64,
    /// Milliseconds after it within which everything must have arrived.
    pub calm_ms: u64,
    /// Percent of exchanges that are hit.
    pub fault_percent: u64,
    /// Acts each person does.
    pub acts: u64,
}

impl Default for Scenario {
    fn default() -> Scenario {
        Scenario {
            phones: 3,
            storm_ms: 3 * 3_600_000,
            calm_ms: 3 * 3_600_000,
            fault_percent: 30,
            acts: 4,
        }
    }
}

/// What a flood counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// SHA-256 over every event: equal logs, equal hashes.
    pub log: String,
    /// Acts that people were told are saved.
    pub acts: usize,
    /// Photos among them.
    pub photos: usize,
    /// Exchanges.
    pub exchanges: u64,
    /// What hit, how often.
    pub hits: BTreeMap<String, u64>,
    /// Which event met a step machine in which mode, how often.
    pub met: BTreeMap<(String, String), u64>,
    /// Milliseconds of calm until everything had arrived.
    pub settled_after_ms: u64,
}

/// A promise that was broken, with the events around it.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The seed that shows it.
    pub seed: u64,
    /// Which promise.
    pub what: String,
    /// The last events before it was seen.
    pub tail: Vec<String>,
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "seed {}: {}", self.seed, self.what)?;
        self.tail
            .iter()
            .try_for_each(|line| writeln!(f, "  {line}"))
    }
}

/// Plays the flood of `seed`.
///
/// # Errors
/// The first promise that was broken.
pub fn run(seed: u64, scenario: &Scenario) -> Result<Report, Box<Broken>> {
    let mut world = world::World::new(seed, *scenario)?;
    world.play()?;
    world.judge()
}
