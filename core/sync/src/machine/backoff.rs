//! How long to wait after a failure, and how often the phone may be woken while nothing gets through.
//!
//! Invariant: counted from a reset (link event, act of the person, good answer), the governor lets at most 11 timer
//! wake-ups into the first hour and at most 2 into each later one, whatever number of things waits for a retry.

use hues_env::{Mono, Random};

/// Ceiling of the first delay, milliseconds.
pub const BASE_MS: u64 = 2_000;
/// Ceiling of every later delay, milliseconds.
pub const CAP_MS: u64 = 3_600_000;

/// The longest delay after `tries` failures in a row (`tries` ≥ 1), milliseconds.
#[must_use]
pub fn ceiling(tries: u32) -> u64 {
    let doublings = tries.saturating_sub(1).min(16);
    (BASE_MS << doublings).min(CAP_MS)
}

/// A random delay after `tries` failures in a row, milliseconds.
///
/// Jitter covers the upper half only. Jitter from zero spreads a crowd a little better, but then nothing bounds how often
/// an unlucky phone wakes; the lower half is what makes the wake-up budget hold for every seed.
pub fn delay(tries: u32, random: &mut dyn Random) -> u64 {
    let half = ceiling(tries) / 2;
    half + random.below(half + 1)
}

/// Counts idle wake-ups and spaces them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Governor {
    /// Wake-ups since the last reset.
    pub wakes: u32,
    /// When the last of them happened; `None` right after a reset.
    pub last: Option<Mono>,
}

impl Governor {
    /// The earliest moment at which the phone may be woken again.
    #[must_use]
    pub fn floor(&self) -> Mono {
        match self.last {
            Some(last) => last.plus(ceiling(self.wakes + 1) / 2),
            None => Mono(0),
        }
    }

    /// Notes one wake-up out of idleness.
    pub fn woke(&mut self, now: Mono) {
        self.wakes = self.wakes.saturating_add(1);
        self.last = Some(now);
    }

    /// Starts anew: the darkness is over, or a person acted.
    pub fn reset(&mut self) {
        *self = Governor::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hues_env::SeededRandom;

    #[test]
    fn delays_grow_and_stay_in_the_upper_half() {
        let mut random = SeededRandom::new(3);
        for tries in 1..40 {
            let d = delay(tries, &mut random);
            assert!(
                d >= ceiling(tries) / 2 && d <= ceiling(tries) + 1,
                "{tries}: {d}"
            );
        }
        assert_eq!(ceiling(1), 2_000);
        assert_eq!(ceiling(99), CAP_MS);
    }

    #[test]
    fn the_governor_keeps_the_wake_budget_even_when_everything_is_always_due() {
        let mut governor = Governor::default();
        let mut per_hour = [0u32; 12];
        let mut now = Mono(0);
        // The first wake-up may come at once: the worst case.
        while now.0 < 12 * 3_600_000 {
            governor.woke(now);
            per_hour[(now.0 / 3_600_000) as usize] += 1;
            now = governor.floor();
        }
        assert!(per_hour[0] <= 12, "{per_hour:?}");
        assert!(per_hour[1..].iter().all(|&n| n <= 2), "{per_hour:?}");
    }
}
