//! One figure: the times of both sides, round by round, and what they come to.

use serde::Serialize;

use crate::clock::Took;

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

/// One turn of each side, for one unit of work.
#[derive(Debug, Clone, Copy, Default)]
pub struct Round {
    /// The core.
    pub core: Took,
    /// SQLCipher by hand.
    pub raw: Took,
    /// Of the core's: making and signing the op, measured alone.
    pub signature: Took,
    /// Of the core's: the sealed second copy, measured alone.
    pub mirror: Took,
}

impl Round {
    fn ratio(&self, of: fn(&Took) -> f64) -> f64 {
        (of(&self.core) - of(&self.signature) - of(&self.mirror)) / of(&self.raw)
    }
}

/// A figure with its bar. Times are milliseconds.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// Its short name.
    pub name: String,
    /// What is done once.
    pub what: String,
    /// The core.
    pub core_ms: Spread,
    /// By hand.
    pub raw_ms: Spread,
    /// Making and signing the op, where that is taken off before the ratio.
    pub signature_ms: Option<Spread>,
    /// The mirror, likewise.
    pub mirror_ms: Option<Spread>,
    /// The ratio by the clock on the wall, round by round.
    pub ratio: Spread,
    /// The ratio of processor time, round by round.
    pub cpu_ratio: Spread,
    /// What the ratio may be.
    pub bar: f64,
}

impl Figure {
    /// What the rounds come to.
    pub fn of(name: &str, what: String, rounds: &[Round], bar: f64) -> Figure {
        let wall = |part: fn(&Round) -> Took| Spread::of(rounds.iter().map(|r| part(r).wall));
        let apart = rounds.iter().any(|r| r.signature.wall > 0.0);
        Figure {
            name: name.to_owned(),
            what,
            core_ms: wall(|r| r.core),
            raw_ms: wall(|r| r.raw),
            signature_ms: apart.then(|| wall(|r| r.signature)),
            mirror_ms: apart.then(|| wall(|r| r.mirror)),
            ratio: Spread::of(rounds.iter().map(|r| r.ratio(|t| t.wall))),
            cpu_ratio: Spread::of(rounds.iter().map(|r| r.ratio(|t| t.cpu))),
            bar,
        }
    }

    /// Whether the bar is missed by more than a factor: by the clock, or on a busy machine by processor time.
    pub fn misses(&self, busy: bool, mercy: f64) -> bool {
        let ratio = if busy { self.cpu_ratio } else { self.ratio };
        ratio.median > self.bar * mercy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_even_and_odd() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]).median, 2.0);
        let even = Spread::of([4.0, 1.0, 2.0, 3.0]);
        assert_eq!((even.median, even.min, even.max), (2.5, 1.0, 4.0));
        assert_eq!(Spread::of([]).median, 0.0);
    }

    #[test]
    fn what_is_measured_alone_is_taken_off() {
        let took = |wall: f64, cpu: f64| Took { wall, cpu };
        let round = Round {
            core: took(10.0, 5.0),
            raw: took(2.0, 2.0),
            signature: took(3.0, 0.5),
            mirror: took(1.0, 0.5),
        };
        let figure = Figure::of("x", String::new(), &[round], 2.9);
        assert_eq!((figure.ratio.median, figure.cpu_ratio.median), (3.0, 2.0));
        assert!(figure.misses(false, 1.0) && !figure.misses(false, 1.25));
        assert!(!figure.misses(true, 1.0));
    }
}
