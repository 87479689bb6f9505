//! One figure: what each engine's turns took, and what they come to.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clock::Took;
use crate::protocol::Turn;
use crate::work::Work;

/// Middle and ends of some numbers.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Spread {
    /// The median.
    pub median: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
}

impl Spread {
    /// Of `numbers`; zeros when there are none.
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Spread {
        let mut sorted: Vec<f64> = numbers.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let at = |i: usize| round(sorted.get(i).copied().unwrap_or(0.0));
        let last = sorted.len().saturating_sub(1);
        Spread {
            median: round((at(last / 2) + at(last - last / 2)) / 2.0),
            min: at(0),
            max: at(last),
        }
    }
}

/// Digits that mean something.
fn round(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}

/// One engine at one work. Times are milliseconds for one unit.
#[derive(Debug, Clone, Serialize)]
pub struct Column {
    /// The engine.
    pub engine: String,
    /// By the clock.
    pub wall: Spread,
    /// Processor time of its process.
    pub cpu: Spread,
    /// Of the clock's: shares that were measured alone.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Spread>,
    /// What else was found out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Spread>,
    /// Its time beside the core's, round by round: what the core would have to be multiplied with; none for the core itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside_core: Option<Spread>,
    /// The same of processor time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_beside_core: Option<Spread>,
}

/// A fact that has a goal.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// Which.
    pub fact: String,
    /// Its unit, for people.
    pub unit: String,
    /// The worst of all rounds.
    pub worst: f64,
    /// Its bound.
    pub bound: f64,
    /// Whether the bound is the least it must be.
    pub at_least: bool,
    /// Whether it is kept.
    pub kept: bool,
    /// Whether a busy machine stretches it.
    pub of_the_clock: bool,
}

/// A work with every engine that did it.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// The number of it.
    pub number: String,
    /// Its short name.
    pub name: String,
    /// What is done once.
    pub what: String,
    /// The engines: the core, the hand, then the others.
    pub columns: Vec<Column>,
    /// The core beside the hand by the clock, round by round, shares measured alone taken off.
    pub ratio: Option<Spread>,
    /// The same of processor time.
    pub cpu_ratio: Option<Spread>,
    /// What the ratio may be.
    pub bar: Option<f64>,
    /// Facts with goals.
    pub checks: Vec<Check>,
}

/// All counted turns of one engine.
pub type Rounds = (String, Vec<Turn>);

impl Figure {
    /// What the turns come to. The first of `all` is the core, the second the hand.
    pub fn of(work: &Work, what: String, all: &[Rounds], wait: &BTreeMap<String, f64>) -> Figure {
        let turns = |id: &str| all.iter().find(|(engine, _)| engine == id).map(|(_, t)| t);
        let (core, raw) = (turns("core"), turns("raw"));
        let ratio = |of: fn(&Took) -> f64| -> Option<Spread> {
            let (core, raw) = (core?, raw?);
            work.bar?;
            Some(Spread::of(
                core.iter()
                    .zip(raw)
                    .map(|(c, r)| alone(c, of) / of(&r.took)),
            ))
        };
        Figure {
            number: work.number.to_owned(),
            name: work.name.to_owned(),
            what,
            columns: all.iter().map(|rounds| column(rounds, core)).collect(),
            ratio: ratio(|t| t.wall),
            cpu_ratio: ratio(|t| t.cpu),
            bar: work.bar,
            checks: core.map_or_else(Vec::new, |turns| checks(work, turns, wait)),
        }
    }

    /// Whether the bar is missed by more than a factor (by the clock, or on a busy machine by processor time), or a fact that a busy machine does not stretch.
    pub fn misses(&self, busy: bool, mercy: f64) -> bool {
        let ratio = if busy { self.cpu_ratio } else { self.ratio };
        let bar = match (ratio, self.bar) {
            (Some(ratio), Some(bar)) => ratio.median > bar * mercy,
            _ => false,
        };
        bar || self
            .checks
            .iter()
            .any(|check| check.missed(mercy) && !(busy && check.of_the_clock))
    }
}

impl Check {
    fn missed(&self, mercy: f64) -> bool {
        match self.at_least {
            // What must be whole is whole or missed.
            true => self.worst < self.bound,
            false => self.worst > self.bound * mercy,
        }
    }
}

/// A turn without the shares that were measured alone.
fn alone(turn: &Turn, of: fn(&Took) -> f64) -> f64 {
    of(&turn.took) - turn.parts.values().map(of).sum::<f64>()
}

fn column((engine, turns): &Rounds, core: Option<&Vec<Turn>>) -> Column {
    let named = |names: Vec<&String>, value: &dyn Fn(&Turn, &str) -> Option<f64>| {
        let spread = |name: &String| Spread::of(turns.iter().filter_map(|t| value(t, name)));
        names
            .into_iter()
            .map(|name| (name.clone(), spread(name)))
            .collect()
    };
    let first = turns.first();
    let parts = first.map_or_else(Vec::new, |t| t.parts.keys().collect());
    let facts = first.map_or_else(Vec::new, |t| t.facts.keys().collect());
    let beside = |of: fn(&Took) -> f64| {
        let core = core.filter(|_| engine != "core")?;
        let pairs = turns.iter().zip(core);
        Some(Spread::of(
            pairs.map(|(their, ours)| of(&their.took) / of(&ours.took)),
        ))
    };
    Column {
        engine: engine.clone(),
        wall: Spread::of(turns.iter().map(|t| t.took.wall)),
        cpu: Spread::of(turns.iter().map(|t| t.took.cpu)),
        parts: named(parts, &|turn, name| turn.parts.get(name).map(|t| t.wall)),
        facts: named(facts, &|turn, name| turn.facts.get(name).copied()),
        beside_core: beside(|t| t.wall),
        cpu_beside_core: beside(|t| t.cpu),
    }
}

fn checks(work: &Work, turns: &[Turn], wait: &BTreeMap<String, f64>) -> Vec<Check> {
    let worst = |fact: &str, at_least: bool| {
        let all = turns
            .iter()
            .filter_map(|turn| turn.facts.get(fact))
            .chain(wait.get(fact))
            .copied();
        match at_least {
            true => all.reduce(f64::min),
            false => all.reduce(f64::max),
        }
    };
    let check = |goal: &crate::work::Goal| {
        let mut check = Check {
            fact: goal.fact.to_owned(),
            unit: goal.unit.to_owned(),
            worst: round(worst(goal.fact, goal.at_least)?),
            bound: goal.bound,
            at_least: goal.at_least,
            kept: true,
            of_the_clock: goal.of_the_clock,
        };
        check.kept = !check.missed(1.0);
        Some(check)
    };
    work.goals.iter().filter_map(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::ALL;

    #[test]
    fn the_median_of_even_and_odd() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]).median, 2.0);
        let even = Spread::of([4.0, 1.0, 2.0, 3.0]);
        assert_eq!((even.median, even.min, even.max), (2.5, 1.0, 4.0));
        assert_eq!(Spread::of([]).median, 0.0);
    }

    fn took(wall: f64, cpu: f64) -> Took {
        Took { wall, cpu }
    }

    #[test]
    fn what_is_measured_alone_is_taken_off() {
        let core = Turn::of(took(10.0, 5.0))
            .part("signature", took(3.0, 0.5))
            .part("mirror", took(1.0, 0.5));
        let raw = Turn::of(took(2.0, 2.0));
        let all = [("core".into(), vec![core]), ("raw".into(), vec![raw])];
        let work = Work {
            bar: Some(2.9),
            ..ALL[1]
        };
        let figure = Figure::of(&work, String::new(), &all, &BTreeMap::new());
        let median = |s: Option<Spread>| s.map(|s| s.median);
        assert_eq!(median(figure.ratio), Some(3.0));
        assert_eq!(median(figure.cpu_ratio), Some(2.0));
        assert!(figure.misses(false, 1.0) && !figure.misses(false, 1.25));
        assert!(!figure.misses(true, 1.0));
    }

    #[test]
    fn a_fact_that_must_be_whole_has_no_mercy() {
        let turn = Turn::default().with("title_pct", 99.5);
        let search = ALL.iter().find(|w| w.name == "search");
        let all = [("core".into(), vec![turn])];
        let figure = search.map(|w| Figure::of(w, String::new(), &all, &BTreeMap::new()));
        assert!(figure.is_some_and(|f| f.misses(true, 1.25)));
    }
}
