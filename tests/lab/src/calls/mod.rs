//! Every call of a disk fails once, at every place of a whole journey.
//!
//! A journey is what a phone or a city does in its life, in one thread and from one seed, so that its n-th disk call is always the same one. The disk fails
//! there (no room, an error, a short read), once or until it is mended; the person tries again, as people do. The failure has its own name and no other, what
//! was told as saved stays, and as soon as the disk works, everything does.
//!
//! Invariant: a journey ends with what it saw, or with the first promise that did not hold and the words that show it again.

mod citizen;
mod city;
mod person;
mod phone;
mod town;

use std::fmt;

use crate::disk::{Fault, Plan};

/// Whose disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The citizen's phone.
    Phone,
    /// The city's gateway.
    City,
}

/// How the disk fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Whose disk.
    pub whose: Whose,
    /// What a failing call answers.
    pub fault: Fault,
    /// All calls fail from there on, until the disk is mended.
    pub stays: bool,
}

impl Way {
    /// All that are played. A city's short reads are not: its plain SQLite takes one for the end of the file and goes on with zeros, and nothing authenticates
    /// its pages (docs/roadmap.md).
    pub const ALL: [Way; 10] = {
        const fn way(whose: Whose, fault: Fault, stays: bool) -> Way {
            Way {
                whose,
                fault,
                stays,
            }
        }
        use Fault::{Full, Io, ShortRead};
        use Whose::{City, Phone};
        [
            way(Phone, Full, false),
            way(Phone, Full, true),
            way(Phone, Io, false),
            way(Phone, Io, true),
            way(Phone, ShortRead, false),
            way(Phone, ShortRead, true),
            way(City, Full, false),
            way(City, Full, true),
            way(City, Io, false),
            way(City, Io, true),
        ]
    };

    fn plan(self, nth: u64) -> Plan {
        let Way { fault, stays, .. } = self;
        Plan { fault, nth, stays }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match self.whose {
            Whose::Phone => "phone",
            Whose::City => "city",
        };
        let fault = match self.fault {
            Fault::Full => "full",
            Fault::Io => "error",
            Fault::ShortRead => "short",
        };
        let stays = if self.stays { "stays" } else { "once" };
        write!(f, "{whose}-{fault}-{stays}")
    }
}

/// What journeys saw. They add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Journeys.
    pub journeys: u64,
    /// Disk calls that failed.
    pub hits: u64,
    /// Failures that were told to a person, or to a phone by the city, each by its own name.
    pub told: u64,
    /// Journeys in which nobody had to be told anything.
    pub silent: u64,
    /// Processes started anew after the failure.
    pub restarts: u64,
    /// Acts told as saved, and found at the city exactly once.
    pub kept: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.journeys += other.journeys;
        self.hits += other.hits;
        self.told += other.told;
        self.silent += other.silent;
        self.restarts += other.restarts;
        self.kept += other.kept;
    }
}

/// A promise that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// How the disk failed.
    pub way: String,
    /// At which call.
    pub nth: u64,
    /// What was wrong.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Broken { way, nth, what } = self;
        write!(
            f,
            "{way} at call {nth}: {what}; again: cargo xtask soak disk -- {way} {nth}"
        )
    }
}

type Held<T = ()> = Result<T, String>;

/// Plays the journey with the failure at its `nth` call (from 1) that can fail this way; `None` when it has no such call.
///
/// # Errors
/// [`Broken`].
pub fn journey(way: Way, nth: u64) -> Result<Option<Tally>, Broken> {
    let played = match way.whose {
        Whose::Phone => phone::play(way, nth),
        Whose::City => city::play(way, nth),
    };
    match played {
        Ok(tally) if tally.hits == 0 => Ok(None),
        Ok(tally) => Ok(Some(tally)),
        Err(what) => Err(Broken {
            way: way.to_string(),
            nth,
            what,
        }),
    }
}

/// How many calls of the journey can fail this way: the last one at which something is hit, found by halving.
///
/// # Errors
/// [`Broken`], when even the journey without a failure does not hold.
pub fn calls(way: Way) -> Result<u64, Broken> {
    // A failure that comes too late hits nothing; whether it stays changes what follows it, not where it may begin.
    let once = Way {
        stays: false,
        ..way
    };
    journey(once, u64::MAX)?;
    // A journey that breaks was hit.
    let hit = |nth| !matches!(journey(once, nth), Ok(None));
    let (mut within, mut beyond) = (0, 64);
    while hit(beyond) {
        (within, beyond) = (beyond, beyond * 2);
    }
    while beyond - within > 1 {
        let middle = within + (beyond - within) / 2;
        match hit(middle) {
            true => within = middle,
            false => beyond = middle,
        }
    }
    Ok(within)
}

/// Fails a journey with words.
fn must(held: bool, what: impl FnOnce() -> String) -> Held {
    match held {
        true => Ok(()),
        false => Err(what()),
    }
}
