//! Clock readings and randomness as values: the one way time and chance enter the core.
//!
//! Invariant: nothing below the thin shells reads a clock or draws a random byte by itself. Each rule takes an [`Env`];
//! the laboratory passes a simulated one, so a seed replays the whole house.

pub mod planted;
mod random;
mod time;

pub use random::{Random, SeededRandom, SystemRandom};
pub use time::{BootId, Mono, Wall};

/// One reading of the phone's clocks plus a source of randomness, taken at the edge and handed down.
pub struct Env<'a> {
    /// The phone's wall clock: a claim, never a proof (it may be years off after a dead battery).
    pub wall: Wall,
    /// Monotonic time since boot that counts sleep; only comparable within one [`BootId`].
    pub mono: Mono,
    /// Which boot `mono` belongs to.
    pub boot: BootId,
    /// Randomness: the system's on a phone, a seed's in the laboratory.
    pub random: &'a mut dyn Random,
}
