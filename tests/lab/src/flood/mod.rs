//! A city in a flood: many phones, carriers, a gateway and officers, in one thread and in virtual time.
//!
//! What runs is the production step machine, store, protocol and domain ([`hues_core::desk`]) against the production gateway core; only clock, randomness,
//! network, disk and killing are simulated. One seed decides everything: [`run`] gives what a flood counted, or the first promise that was broken; the same
//! seed gives the same log again. [`shrink`] looks for the shortest plan that still breaks the promise.

pub mod audit;
pub mod coverage;
mod exchange;
mod hostile;
mod people;
mod phone;
pub mod plan;
pub mod scenario;
mod series;
mod shrink;
mod tally;
mod weather;
mod world;

use std::fmt;

pub use coverage::Coverage;
pub use people::{NAME, TEXT, WORDS};
pub use phone::Counts;
pub use plan::Plan;
pub use scenario::Scenario;
pub use series::{Played, Progress, Series};
pub use shrink::{only, shrink, Shrunk};
pub use tally::{percentile, Report, Sum};

use audit::Invariant;

/// A promise that was broken, with the events around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The seed that shows it.
    pub seed: u64,
    /// Which promise.
    pub invariant: Invariant,
    /// What was seen.
    pub what: String,
    /// When, milliseconds of the flood.
    pub at: u64,
    /// The last events before it was seen.
    pub tail: Vec<String>,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (h, m) = (self.at / 3_600_000, self.at / 60_000 % 60);
        let name = self.invariant.name();
        writeln!(f, "seed {} at {h}:{m:02}: {name}: {}", self.seed, self.what)?;
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
    play(seed, scenario, Plan::draw(seed, scenario))
}

/// Plays a plan, whole or with entries left out.
///
/// # Errors
/// The first promise that was broken.
pub fn play(seed: u64, scenario: &Scenario, plan: Plan) -> Result<Report, Box<Broken>> {
    world::World::new(seed, scenario, plan)?.run()
}

/// Hears every event of a flood, a line each.
pub type Listener<'l> = Box<dyn FnMut(&str) + 'l>;

/// The same, telling every event as it happens.
///
/// # Errors
/// The first promise that was broken.
pub fn tell(
    seed: u64,
    scenario: &Scenario,
    plan: Plan,
    say: Listener<'_>,
) -> Result<Report, Box<Broken>> {
    let mut world = world::World::new(seed, scenario, plan)?;
    world.say = Some(say);
    world.run()
}
