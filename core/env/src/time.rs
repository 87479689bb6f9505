//! The three readings a phone can take of time. All in milliseconds; none is trusted as proof.

/// Wall clock, milliseconds since 1970-01-01T00:00:00Z. May be wrong by years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Wall(pub i64);

/// Monotonic clock that counts sleep (`CLOCK_BOOTTIME`), milliseconds since boot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Mono(pub u64);

/// Changes at every boot; two [`Mono`] values of different boots say nothing about each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct BootId(pub [u8; 16]);

impl Wall {
    /// This instant plus `ms` milliseconds, saturating.
    #[must_use]
    pub fn plus(self, ms: i64) -> Wall {
        Wall(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant (negative when the clock went back).
    #[must_use]
    pub fn since(self, earlier: Wall) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Mono {
    /// This instant plus `ms` milliseconds, saturating.
    #[must_use]
    pub fn plus(self, ms: u64) -> Mono {
        Mono(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant, 0 if `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Mono) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
