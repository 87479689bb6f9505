//! Time from the host. The wall clock is a claim; the monotonic one counts sleep, so that a phone that slept an hour waited an hour.

use hues_env::{BootId, Mono, Wall};

/// The phone's clocks. A host rarely needs its own: [`SystemClock`] is right on Android and Linux, and on iOS.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait Clock: Send + Sync {
    /// One reading of all clocks, taken together.
    fn now(&self) -> ClockReading;
}

/// One reading of the phone's clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct ClockReading {
    /// Wall clock, milliseconds since 1970-01-01T00:00:00Z; may be wrong by years.
    pub wall_ms: i64,
    /// Milliseconds since boot, sleep included.
    pub mono_ms: u64,
    /// Changes at every boot; any value will do as long as it does.
    pub boot: u64,
}

impl ClockReading {
    /// The wall clock as the inner floors take it.
    #[must_use]
    pub fn wall(&self) -> Wall {
        Wall(self.wall_ms)
    }

    /// The monotonic clock as the inner floors take it.
    #[must_use]
    pub fn mono(&self) -> Mono {
        Mono(self.mono_ms)
    }

    /// The boot as the inner floors take it.
    #[must_use]
    pub fn boot_id(&self) -> BootId {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.boot.to_be_bytes());
        BootId(id)
    }
}

/// The operating system's clocks.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> ClockReading {
        let wall_ms = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or_else(
                |e| -(e.duration().as_millis() as i64),
                |d| d.as_millis() as i64,
            );
        let mono_ms = boot_time_ms();
        ClockReading {
            wall_ms,
            mono_ms,
            boot: boot_number(wall_ms, mono_ms),
        }
    }
}

/// Uptime with sleep: `/proc/uptime` where there is one (Linux and Android count sleep there).
fn boot_time_ms() -> u64 {
    if let Some(ms) = std::fs::read_to_string("/proc/uptime").ok().and_then(|s| {
        s.split_whitespace()
            .next()?
            .parse::<f64>()
            .ok()
            .map(|s| (s * 1000.0) as u64)
    }) {
        return ms;
    }
    // Elsewhere: time since the first call. Every process start then looks like a boot, which the sync rules allow for.
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START
        .get_or_init(std::time::Instant::now)
        .elapsed()
        .as_millis() as u64
}

/// The kernel's boot id where there is one; elsewhere one number for each process.
fn boot_number(wall_ms: i64, mono_ms: u64) -> u64 {
    static BOOT: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    *BOOT.get_or_init(|| {
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
            .ok()
            .and_then(|s| u64::from_str_radix(s.trim().replace('-', "").get(..16)?, 16).ok())
            .unwrap_or((wall_ms as u64).wrapping_sub(mono_ms))
    })
}
