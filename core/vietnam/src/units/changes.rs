//! What changed between two editions of the lists, for a person to read before the newer one is signed.
//!
//! Invariant: every unit that is not the same in both is named once for each thing that changed.

use std::collections::BTreeMap;
use std::fmt;

use super::{Edition, FormerUnit, Unit};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// In the newer list only.
    Came(String),
    /// In the older list only.
    Went(String),
    /// Same code, another name or kind.
    Renamed {
        /// As it was.
        from: String,
        /// As it is.
        to: String,
    },
    /// Same code, another province, district or successors.
    Moved {
        /// The unit.
        unit: String,
        /// Where it was.
        from: String,
        /// Where it is.
        to: String,
    },
}

/// The differences of two editions, list by list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Of today's list.
    pub current: Vec<Change>,
    /// Of the list of 30 June 2025, its successors included.
    pub former: Vec<Change>,
}

impl Edition {
    /// What changed from `older` to this edition.
    #[must_use]
    pub fn changes_since(&self, older: &Edition) -> Changes {
        Changes {
            current: differences(&current(older), &current(self)),
            former: differences(&former(older), &former(self)),
        }
    }
}

/// Name and place of a unit.
type Shown = (String, String);

fn current(edition: &Edition) -> BTreeMap<String, Shown> {
    let shown = |u: Unit<'_>| (u.code.to_string(), (u.full_name(), u.province.full_name()));
    edition.current_units().map(shown).collect()
}

fn former(edition: &Edition) -> BTreeMap<String, Shown> {
    let shown = |u: FormerUnit<'_>| {
        let codes: Vec<String> = u.successors().map(|s| s.code.to_string()).collect();
        let place = format!("{}, now {}", u.district.full_name(), codes.join(" "));
        (u.code.to_string(), (u.full_name(), place))
    };
    edition.former_units().map(shown).collect()
}

fn differences(older: &BTreeMap<String, Shown>, newer: &BTreeMap<String, Shown>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (code, (name, place)) in newer {
        let unit = format!("{code} {name}");
        match older.get(code) {
            None => changes.push(Change::Came(format!("{unit}, {place}"))),
            Some((before, there)) => {
                if before != name {
                    changes.push(Change::Renamed {
                        from: format!("{code} {before}"),
                        to: name.clone(),
                    });
                }
                if there != place {
                    changes.push(Change::Moved {
                        unit,
                        from: there.clone(),
                        to: place.clone(),
                    });
                }
            }
        }
    }
    let went = older.iter().filter(|(code, _)| !newer.contains_key(*code));
    changes
        .extend(went.map(|(code, (name, place))| Change::Went(format!("{code} {name}, {place}"))));
    changes.sort();
    changes
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Came(unit) => write!(f, "+ {unit}"),
            Change::Went(unit) => write!(f, "- {unit}"),
            Change::Renamed { from, to } => write!(f, "~ {from} is now {to}"),
            Change::Moved { unit, from, to } => write!(f, "> {unit}: {from} -> {to}"),
        }
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (list, changes) in [("today", &self.current), ("30 June 2025", &self.former)] {
            writeln!(f, "units of {list}: {} changes", changes.len())?;
            for change in changes {
                writeln!(f, "  {change}")?;
            }
        }
        Ok(())
    }
}
