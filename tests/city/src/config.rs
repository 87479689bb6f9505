//! How a city is started: where it listens, where it lives, which clock it reads.
//!
//! Invariant: plain HTTP is for loopback only; a city that would listen elsewhere without TLS does not start.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hues_env::Wall;

/// The city's own clock, before any skew.
pub trait CityClock: Send + Sync {
    /// Now.
    fn now(&self) -> Wall;
}

/// The machine's clock, shifted by a fixed number of milliseconds (a tour that plays on another day).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock {
    /// Milliseconds ahead of the machine (negative: behind).
    pub shift_ms: i64,
}

impl SystemClock {
    /// A clock that reads `start` now and runs on with the machine's.
    #[must_use]
    pub fn starting_at(start: Wall) -> SystemClock {
        SystemClock {
            shift_ms: start.since(SystemClock::default().now()),
        }
    }
}

impl CityClock for SystemClock {
    fn now(&self) -> Wall {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Wall(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).plus(self.shift_ms)
    }
}

/// A clock that stands until it is moved. For tests.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Stands at `at`.
    #[must_use]
    pub fn at(at: Wall) -> Arc<ManualClock> {
        Arc::new(ManualClock(AtomicI64::new(at.0)))
    }

    /// Moves by `ms`.
    pub fn advance(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl CityClock for ManualClock {
    fn now(&self) -> Wall {
        Wall(self.0.load(Ordering::SeqCst))
    }
}

/// What [`crate::City::start`] needs to know.
#[derive(Clone)]
pub struct CityConfig {
    /// Address and port of the city; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address and port of the admin interface; loopback always.
    pub admin_listen: SocketAddr,
    /// The folder it keeps its state in; without one it lives in memory and is gone at the end.
    pub data: Option<PathBuf>,
    /// HTTPS under the city's own test CA.
    pub tls: bool,
    /// The clock.
    pub clock: Arc<dyn CityClock>,
    /// Makes a backup in this rhythm when the log has grown; never by itself without it.
    pub backup_every: Option<Duration>,
    /// The city is a process of its own: faults may be ordered that end it by SIGKILL.
    pub mortal: bool,
}

impl Default for CityConfig {
    fn default() -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        CityConfig {
            listen: free,
            admin_listen: free,
            data: None,
            tls: false,
            clock: Arc::new(SystemClock::default()),
            backup_every: None,
            mortal: false,
        }
    }
}
