//! The shortest history that still fails: entries of the plan are left out, in ever smaller pieces, as long as the same promise is broken.

use super::plan::{Entry, Plan};
use super::scenario::Scenario;
use super::{play, Broken};

/// What is left of a failing flood.
#[derive(Debug, Clone)]
pub struct Shrunk {
    /// Which entries of the plan are left, by their place in it.
    pub kept: Vec<usize>,
    /// They.
    pub entries: Vec<Entry>,
    /// Entries before.
    pub of: usize,
    /// Floods played to find out.
    pub tries: u64,
    /// How it fails now.
    pub broken: Box<Broken>,
}

/// Looks for the shortest history, with at most `tries` floods; `go_on` may end the search earlier.
#[must_use]
pub fn shrink(
    broken: Box<Broken>,
    scenario: &Scenario,
    tries: u64,
    mut go_on: impl FnMut() -> bool,
) -> Shrunk {
    let seed = broken.seed;
    let whole = Plan::draw(seed, scenario);
    let mut best = Shrunk {
        kept: (0..whole.entries.len()).collect(),
        entries: whole.entries.clone(),
        of: whole.entries.len(),
        tries: 0,
        broken,
    };
    let mut piece = best.kept.len().div_ceil(2);
    while piece > 0 && best.tries < tries && go_on() {
        let mut from = 0;
        let mut shorter = false;
        while from < best.kept.len() && best.tries < tries && go_on() {
            let mut kept = best.kept.clone();
            kept.drain(from..(from + piece).min(kept.len()));
            best.tries += 1;
            match play(seed, scenario, only(&whole, &kept)) {
                Err(again) if again.invariant == best.broken.invariant => {
                    best.kept = kept;
                    best.broken = again;
                    shorter = true;
                }
                _ => from += piece,
            }
        }
        if !shorter || piece > best.kept.len() {
            piece = if piece == 1 {
                0
            } else {
                piece.div_ceil(2).min(piece - 1)
            };
        }
    }
    best.entries = only(&whole, &best.kept).entries;
    best
}

/// A plan with these entries only.
#[must_use]
pub fn only(whole: &Plan, kept: &[usize]) -> Plan {
    Plan {
        phones: whole.phones.clone(),
        entries: kept
            .iter()
            .filter_map(|i| whole.entries.get(*i).cloned())
            .collect(),
    }
}
