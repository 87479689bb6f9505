//! The ways a process is killed, and in which order a run deals them out.
//!
//! Invariant: every kind of blow comes up as often as any other, in an order that the seed decides.

use hues_env::{Random, SeededRandom};

/// One SIGKILL to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// The phone dies the n-th time it passes a point of its core.
    Point(&'static str, u64),
    /// The phone is killed at some moment of what it does.
    Clock,
    /// The city dies by a fault, at a request whose path begins so.
    City(&'static str, &'static str),
    /// The city is killed at some moment while phones talk to it.
    CityClock,
}

impl Blow {
    /// Whether it strikes while the citizen sends what she filed, the officer what she did, or either.
    #[must_use]
    pub fn when(self) -> When {
        match self {
            Blow::Point("chunk-starts" | "chunk-sent", _) | Blow::City(_, "/files") => {
                When::CitizenSends
            }
            _ => When::Any,
        }
    }
}

/// Which talk with the city a blow is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Photos leave.
    CitizenSends,
    /// No matter.
    Any,
}

/// Blows for an act of a person: nothing leaves the phone meanwhile.
const ACTS: &[Blow] = &[
    Blow::Point("submit-before-commit", 1),
    Blow::Point("submit-after-commit", 1),
    Blow::Clock,
    Blow::Clock,
];

/// Blows for a talk with the city.
const TALKS: &[Blow] = &[
    Blow::Point("op-handed-over", 1),
    Blow::Point("op-answered", 1),
    Blow::Point("chunk-starts", 1),
    Blow::Point("chunk-starts", 2),
    Blow::Point("chunk-sent", 1),
    Blow::Point("chunk-sent", 2),
    Blow::Point("page-arrived", 1),
    Blow::Clock,
    Blow::Clock,
    Blow::City("die-before", "/ops"),
    Blow::City("die-inside", "/ops"),
    Blow::City("die-after", "/ops"),
    Blow::City("die-reading", "/files"),
    Blow::City("die-inside", "/files"),
    Blow::City("die-after", "/files"),
    Blow::City("die-after", "/pull"),
    Blow::CityClock,
    Blow::CityClock,
];

/// A shuffled stack of blows that begins anew when it is used up.
pub struct Deck {
    all: &'static [Blow],
    left: Vec<Blow>,
}

impl Deck {
    /// Blows for acts.
    #[must_use]
    pub fn acts() -> Deck {
        Deck {
            all: ACTS,
            left: Vec::new(),
        }
    }

    /// Blows for talks with the city.
    #[must_use]
    pub fn talks() -> Deck {
        Deck {
            all: TALKS,
            left: Vec::new(),
        }
    }

    /// The next one.
    pub fn draw(&mut self, random: &mut SeededRandom) -> Option<Blow> {
        if self.left.is_empty() {
            self.left = self.all.to_vec();
        }
        let n = random.below(self.left.len() as u64) as usize;
        (n < self.left.len()).then(|| self.left.swap_remove(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_blow_comes_once_before_any_comes_again() {
        let (mut deck, mut random) = (Deck::talks(), SeededRandom::new(3));
        for _ in 0..3 {
            let mut seen: Vec<String> = TALKS
                .iter()
                .map(|_| format!("{:?}", deck.draw(&mut random)))
                .collect();
            let mut all: Vec<String> = TALKS.iter().map(|b| format!("{:?}", Some(b))).collect();
            seen.sort();
            all.sort();
            assert_eq!(seen, all);
        }
    }
}
