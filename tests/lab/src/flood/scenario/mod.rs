//! What a flood is made of: who lives in it, and what breaks when. Read from TOML that a person can write (docs/guide/laboratory.md).
//!
//! Invariant: a [`Scenario`] that exists is sound; whatever a file gets wrong is refused with its line and the rule it breaks.

mod fault;
mod file;
mod read;

use std::fmt;

pub use fault::{Fault, Kind, Shape, Span, Where};

use super::audit::Invariant;

/// One minute, milliseconds.
pub const MINUTE: u64 = 60_000;
/// One hour, milliseconds.
pub const HOUR: u64 = 60 * MINUTE;

/// A scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its name, as `--scenario` takes it.
    pub name: String,
    /// What it is, in Vietnamese.
    pub vi: String,
    /// What it is, in English.
    pub en: String,
    /// When it begins, milliseconds since 1970.
    pub starts: i64,
    /// How long things break, milliseconds.
    pub storm: u64,
    /// T: within so many milliseconds after the storm everything has arrived, and whatever a restored city lost is there again.
    pub settle: u64,
    /// The city keeps a backup every so many milliseconds.
    pub backup_every: u64,
    /// A counted flood has at least so many acts …
    pub min_acts: u64,
    /// … and so many photos.
    pub min_photos: u64,
    /// Who lives in it.
    pub groups: Vec<Group>,
    /// What breaks.
    pub faults: Vec<Fault>,
    /// What is checked: everything, unless the file names some.
    pub check: Vec<Invariant>,
}

/// People alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they are.
    pub who: Role,
    /// How many.
    pub number: u64,
    /// Phones of each, all under one account.
    pub phones: u64,
    /// Whose network their phones are on.
    pub carrier: String,
    /// Acts of each over the storm: from, to.
    pub acts: (u64, u64),
    /// Percent of the reports that carry photos.
    pub photos: u64,
    /// Bytes of a photo: from, to.
    pub photo_bytes: (u64, u64),
    /// They sign in only some time into the storm, and have filed before.
    pub late: bool,
}

/// What somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Files reports.
    Citizen,
    /// The intake: verifies, refuses, assigns, publishes.
    Intake,
    /// A handling unit: asks and answers.
    Unit,
}

/// Why a scenario was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// The rule it breaks, in words.
    pub rule: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}", self.rule),
            line => write!(f, "line {line}: {}", self.rule),
        }
    }
}

impl std::error::Error for Refused {}

/// The scenarios that come with the laboratory: their names, and the files as they are.
pub const BUILT_IN: [(&str, &str); 6] = [
    ("storm", include_str!("../../../scenarios/storm.toml")),
    (
        "28-30-oct-2025",
        include_str!("../../../scenarios/28-30-oct-2025.toml"),
    ),
    (
        "quiet-week",
        include_str!("../../../scenarios/quiet-week.toml"),
    ),
    (
        "slow-mountain-ward",
        include_str!("../../../scenarios/slow-mountain-ward.toml"),
    ),
    (
        "portal-hotel",
        include_str!("../../../scenarios/portal-hotel.toml"),
    ),
    (
        "broken-night",
        include_str!("../../../scenarios/broken-night.toml"),
    ),
];

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// The first rule the text breaks, with its line.
    pub fn parse(text: &str) -> Result<Scenario, Refused> {
        file::scenario(text)
    }

    /// A built-in one by its name.
    ///
    /// # Errors
    /// No such name; says which there are.
    pub fn built_in(name: &str) -> Result<Scenario, Refused> {
        match BUILT_IN.iter().find(|(known, _)| *known == name) {
            Some((_, text)) => Scenario::parse(text),
            None => Err(Refused {
                line: 0,
                rule: format!("there is no scenario '{name}'; there are {}", names()),
            }),
        }
    }

    /// How many phones it has.
    #[must_use]
    pub fn phones(&self) -> usize {
        self.groups.iter().map(|g| g.number * g.phones).sum::<u64>() as usize
    }

    /// The kinds of fault it promises; a flood that misses one does not count.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.faults.iter().map(|f| f.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

fn names() -> String {
    BUILT_IN.map(|(name, _)| name).join(", ")
}

#[cfg(test)]
mod tests;
