//! Power-loss histories: a phone's store and a city's, each on the simulated disk, through several lives that end in the dark.
//!
//! A history is drawn from a seed: transactions of both classes, outbox acts with sealed photos and mirrors, pages with index and cursor, checkpoints, live
//! readers; at a chosen call the disk stops answering and the power goes. What was synced survives; each write that was not is dropped, torn at sectors, or
//! there while an earlier one is not. Then the file is opened again and everything that was promised is looked for.
//!
//! Invariant: a history ends with what it did, or with the first promise that did not hold and the seed that shows it again.

mod city;
mod phone;
mod state;

use std::fmt;

use hues_env::{Random, SeededRandom};

/// What histories went through. They add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Histories.
    pub histories: u64,
    /// Power losses.
    pub losses: u64,
    /// Process deaths with the power on, which take nothing.
    pub kills: u64,
    /// Transactions acknowledged as durable.
    pub full: u64,
    /// Transactions acknowledged that may roll back.
    pub normal: u64,
    /// Of these, how many did.
    pub rolled_back: u64,
    /// Transactions cut before their acknowledgement, and found whole.
    pub cut_found: u64,
    /// Transactions cut before their acknowledgement, and found undone.
    pub cut_undone: u64,
    /// Deaths inside opening or repairing the file itself.
    pub cut_open: u64,
    /// Mirrors and sealed files looked for and found whole.
    pub sealed: u64,
    /// Checkpoints.
    pub checkpoints: u64,
    /// Integrity checks of a whole file (pages' authentication, then the trees).
    pub checks: u64,
    /// Receipts and upload offsets of a city looked for and found.
    pub city_kept: u64,
}

/// A promise that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The history.
    pub seed: u64,
    /// What was wrong.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Broken { seed, what } = self;
        write!(
            f,
            "history {seed}: {what}; again: cargo xtask soak power -- 1 {seed}"
        )
    }
}

/// A mistake made on purpose, to see that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mistake {
    /// None.
    #[default]
    None,
    /// What a person did is committed like what a server can resend.
    ActsNotSynced,
    /// The cursor is committed before its rows.
    CursorFirst,
    /// The search index is written after its rows were committed.
    IndexLater,
    /// A photo's file is sealed after the act that needs it.
    PhotoLater,
}

type Held<T = ()> = Result<T, String>;

/// Plays the history of `seed`: one in four is a city's, the others a phone's.
///
/// # Errors
/// [`Broken`].
pub fn history(seed: u64, mistake: Mistake) -> Result<Tally, Broken> {
    let mut random = SeededRandom::new(seed);
    let mut tally = Tally {
        histories: 1,
        ..Tally::default()
    };
    let played = match random.below(4) == 0 && mistake == Mistake::None {
        true => city::play(&mut random, &mut tally),
        false => phone::play(&mut random, mistake, &mut tally),
    };
    match played {
        Ok(()) => Ok(tally),
        Err(what) => Err(Broken { seed, what }),
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.histories += other.histories;
        self.losses += other.losses;
        self.kills += other.kills;
        self.full += other.full;
        self.normal += other.normal;
        self.rolled_back += other.rolled_back;
        self.cut_found += other.cut_found;
        self.cut_undone += other.cut_undone;
        self.cut_open += other.cut_open;
        self.sealed += other.sealed;
        self.checkpoints += other.checkpoints;
        self.checks += other.checks;
        self.city_kept += other.city_kept;
    }
}

/// Fails a history with words.
fn must(held: bool, what: impl FnOnce() -> String) -> Held {
    match held {
        true => Ok(()),
        false => Err(what()),
    }
}
