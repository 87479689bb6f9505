//! A moment that survives a restart: the monotonic clock where the boot is the same, the wall clock where it is not.
//!
//! Invariant: a wait read back is never longer than it was meant to be, however wrong the wall clock is after a boot.

use hues_env::{BootId, Env, Mono, Wall};

/// All three readings of one moment, 32 bytes at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    wall: Wall,
    mono: Mono,
    boot: BootId,
}

impl Moment {
    /// The moment at which this boot's monotonic clock shows (or showed) `at`.
    #[must_use]
    pub fn at(env: &Env<'_>, at: Mono) -> Moment {
        let ahead = i64::try_from(at.since(env.mono)).unwrap_or(i64::MAX);
        let behind = i64::try_from(env.mono.since(at)).unwrap_or(i64::MAX);
        Moment {
            wall: env.wall.plus(ahead).plus(-behind),
            mono: at,
            boot: env.boot,
        }
    }

    /// A future moment on the present monotonic clock, at most `cap` milliseconds from now.
    #[must_use]
    pub fn due(&self, env: &Env<'_>, cap: u64) -> Mono {
        let left = if self.boot == env.boot {
            self.mono.since(env.mono)
        } else {
            u64::try_from(self.wall.since(env.wall)).unwrap_or(0)
        };
        env.mono.plus(left.min(cap))
    }

    /// Milliseconds since a past moment; across a boot the wall clock's word, `None` where that makes no sense.
    #[must_use]
    pub fn age(&self, env: &Env<'_>) -> Option<u64> {
        if self.boot == env.boot {
            Some(env.mono.since(self.mono))
        } else {
            u64::try_from(env.wall.since(self.wall)).ok()
        }
    }

    /// A past moment on the present monotonic clock, when it belongs to this boot.
    #[must_use]
    pub fn same_boot(&self, env: &Env<'_>) -> Option<Mono> {
        (self.boot == env.boot).then_some(self.mono)
    }

    /// The wall clock's reading.
    #[must_use]
    pub fn wall(&self) -> Wall {
        self.wall
    }

    /// As kept in the database.
    #[must_use]
    pub fn to_bytes(self) -> Vec<u8> {
        [
            &self.wall.0.to_be_bytes()[..],
            &self.mono.0.to_be_bytes(),
            &self.boot.0,
        ]
        .concat()
    }

    /// Read back; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Moment> {
        let (wall, rest) = bytes.split_first_chunk::<8>()?;
        let (mono, boot) = rest.split_first_chunk::<8>()?;
        Some(Moment {
            wall: Wall(i64::from_be_bytes(*wall)),
            mono: Mono(u64::from_be_bytes(*mono)),
            boot: BootId(boot.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hues_env::SeededRandom;

    fn env(random: &mut SeededRandom, wall: i64, mono: u64, boot: u8) -> Env<'_> {
        Env {
            wall: Wall(wall),
            mono: Mono(mono),
            boot: BootId([boot; 16]),
            random,
        }
    }

    #[test]
    fn a_wait_survives_restart_and_reboot_and_a_lying_clock() {
        let mut r = SeededRandom::new(1);
        let moment = Moment::at(&env(&mut r, 1_000_000, 500, 1), Mono(60_500));
        let moment = Moment::from_bytes(&moment.to_bytes()).unwrap();
        assert_eq!(
            moment.due(&env(&mut r, 0, 10_500, 1), 3_600_000),
            Mono(60_500),
            "same boot: the wall does not matter"
        );
        assert_eq!(
            moment.due(&env(&mut r, 1_030_000, 10, 2), 3_600_000),
            Mono(30_010),
            "rebooted: by the wall"
        );
        assert_eq!(
            moment.due(&env(&mut r, -9_000_000_000, 10, 2), 3_600_000),
            Mono(3_600_010),
            "two years back: capped"
        );
        assert_eq!(
            moment.due(&env(&mut r, 9_000_000_000, 10, 2), 3_600_000),
            Mono(10),
            "ahead: at once"
        );
        assert!(Moment::from_bytes(&[0; 31]).is_none());
    }
}
