//! What will happen, drawn beforehand: a list of entries, so that a failing flood can be played again with entries left out until only those are left that
//! it takes to fail.
//!
//! Invariant: an entry carries the seed of every draw it leads to; leaving one out changes nothing about the others.

use std::collections::BTreeSet;

use hues_env::{Random, SeededRandom};

use super::scenario::{Fault, Kind, Role, Scenario, Shape, Span, MINUTE};

/// The wards of Huế since 1 July 2025 that phones are spread over.
const WARDS: u64 = 40;

/// A phone's place in the scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its group.
    pub group: usize,
    /// Its person, counted over the whole scenario.
    pub person: usize,
    /// Its ward, counted from 0.
    pub ward: u64,
}

/// Something that will happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, milliseconds from the start.
    pub at: u64,
    /// What.
    pub what: What,
}

/// What will happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Somebody takes the phone and does something.
    Act {
        /// The phone.
        phone: usize,
        /// Draws what.
        seed: u64,
    },
    /// Somebody signs in for the first time.
    SignIn {
        /// The phone.
        phone: usize,
    },
    /// Weather, over these phones.
    Weather {
        /// Which fault of the scenario.
        fault: Fault,
        /// Where it is felt.
        phones: BTreeSet<usize>,
    },
    /// A share of all exchanges is hit.
    Exchanges {
        /// Which fault of the scenario.
        fault: Fault,
    },
    /// One phone is hit.
    Phone {
        /// By what.
        kind: Kind,
        /// Which.
        phone: usize,
        /// Draws how.
        seed: u64,
    },
    /// The city is hit.
    City {
        /// By what.
        kind: Kind,
    },
    /// The city keeps a backup.
    Backup,
}

/// The plan of a flood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The phones.
    pub phones: Vec<Place>,
    /// What will happen, in the order it was drawn.
    pub entries: Vec<Entry>,
}

impl Plan {
    /// Draws the plan of a seed.
    #[must_use]
    pub fn draw(seed: u64, scenario: &Scenario) -> Plan {
        let mut random = SeededRandom::new(seed);
        let phones = places(scenario, &mut random);
        let mut entries = Vec::new();
        for (phone, place) in phones.iter().enumerate() {
            acts(scenario, phone, place, &mut random.fork(), &mut entries);
        }
        for fault in &scenario.faults {
            strikes(scenario, fault, &phones, &mut random.fork(), &mut entries);
        }
        for n in 1..=scenario.storm / scenario.backup_every {
            entries.push(Entry {
                at: n * scenario.backup_every,
                what: What::Backup,
            });
        }
        Plan { phones, entries }
    }
}

fn places(scenario: &Scenario, random: &mut SeededRandom) -> Vec<Place> {
    let mut places = Vec::new();
    let mut person = 0;
    for (group, of) in scenario.groups.iter().enumerate() {
        for _ in 0..of.number {
            let ward = random.below(WARDS);
            for _ in 0..of.phones {
                places.push(Place {
                    group,
                    person,
                    ward,
                });
            }
            person += 1;
        }
    }
    places
}

fn acts(
    scenario: &Scenario,
    phone: usize,
    place: &Place,
    random: &mut SeededRandom,
    entries: &mut Vec<Entry>,
) {
    let group = &scenario.groups[place.group];
    let (from, to) = group.acts;
    for _ in 0..from + random.below(to - from + 1) {
        // Officers need something to work on: they begin an hour into the day.
        let first = match group.who {
            Role::Citizen => 0,
            Role::Intake | Role::Unit => scenario.storm / 12,
        };
        let at = first + random.below(scenario.storm - first);
        let seed = random.next_u64();
        entries.push(Entry {
            at,
            what: What::Act { phone, seed },
        });
    }
    let at = match group.late {
        true => scenario.storm / 8 + random.below(scenario.storm / 2),
        false => random.below(MINUTE),
    };
    entries.push(Entry {
        at,
        what: What::SignIn { phone },
    });
}

fn strikes(
    scenario: &Scenario,
    fault: &Fault,
    phones: &[Place],
    random: &mut SeededRandom,
    entries: &mut Vec<Entry>,
) {
    let Span { from, to } = fault.span;
    match fault.kind.shape() {
        Shape::Weather => entries.push(Entry {
            at: from,
            what: What::Weather {
                fault: fault.clone(),
                phones: felt(scenario, fault, phones, random),
            },
        }),
        Shape::Exchange => entries.push(Entry {
            at: from,
            what: What::Exchanges {
                fault: fault.clone(),
            },
        }),
        Shape::Phone => {
            for _ in 0..fault.number {
                let at = from + random.below(to - from);
                let phone = random.below(phones.len() as u64) as usize;
                let what = What::Phone {
                    kind: fault.kind,
                    phone,
                    seed: random.next_u64(),
                };
                entries.push(Entry { at, what });
            }
        }
        Shape::City => {
            for n in 0..fault.number {
                // Spread out, and a restore not before there is a backup to go back to.
                let first = from.max(match fault.kind {
                    Kind::Restore => scenario.backup_every + MINUTE,
                    _ => 0,
                });
                let stretch = to.saturating_sub(first).max(1) / fault.number;
                let at = first + n * stretch + random.below(stretch.max(1));
                entries.push(Entry {
                    at,
                    what: What::City { kind: fault.kind },
                });
            }
        }
    }
}

/// The phones that weather is felt by: those of the carrier, in the wards the seed draws; at least one.
fn felt(
    scenario: &Scenario,
    fault: &Fault,
    phones: &[Place],
    random: &mut SeededRandom,
) -> BTreeSet<usize> {
    let of_carrier = |p: &Place| {
        let carrier = &scenario.groups[p.group].carrier;
        fault.place.carrier.as_ref().is_none_or(|c| c == carrier)
    };
    let wards: BTreeSet<u64> = (0..WARDS)
        .filter(|_| random.below(100) < fault.place.wards)
        .collect();
    let candidates = phones.iter().enumerate().filter(|(_, p)| of_carrier(p));
    let mut felt: BTreeSet<usize> = candidates
        .clone()
        .filter(|(_, p)| wards.contains(&p.ward))
        .map(|(i, _)| i)
        .collect();
    if felt.is_empty() {
        felt.extend(candidates.map(|(i, _)| i).next());
    }
    felt
}
