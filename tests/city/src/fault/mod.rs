//! Bad luck on demand: what is broken now, for whom, and where each fault hit.
//!
//! Invariant: a fault that acted has a hit with a line that says where; a test can therefore prove that the bad luck it
//! ordered really struck. Faults live in memory only: a restarted city is a healthy one.

mod carrier;
mod connection;
mod death;
mod stream;

pub use carrier::Carrier;
pub use connection::{ConnectionInfo, RequestNote};
pub(crate) use death::{die, LastWill};
pub use stream::FaultStream;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// The details kept for one fault; later hits are counted without one.
const DETAILS_MAX: usize = 1_000;

/// What to break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FaultKind {
    /// New connections are reset at once, standing ones too.
    Outage,
    /// Bytes pass at this rate, each way, shared by all connections of one client address.
    Rate {
        /// Bytes in a second, at least 1.
        bytes_s: u64,
    },
    /// Each request waits this long before anything else happens.
    Latency {
        /// Milliseconds.
        ms: u64,
    },
    /// A connection is reset after this many bytes (both ways added, below TLS).
    Cut {
        /// Bytes, counted from when the fault was set or the connection made.
        bytes: u64,
    },
    /// Each request is answered by a captive portal, in turns with a page and with a redirect.
    Portal,
    /// 500, and the gateway never saw the request.
    ErrorBefore,
    /// 500, and the gateway has committed the request.
    ErrorAfter,
    /// The city's process dies inside the body of a request.
    DieReading,
    /// It dies with the request whole and the gateway not asked.
    DieBefore,
    /// It dies between BEGIN and COMMIT.
    DieInside,
    /// It dies with the request committed and not answered.
    DieAfter,
    /// A request with an op (or a new file) is delivered twice.
    Duplicate,
    /// The city's clock is off.
    Skew {
        /// Seconds, positive: the city's clock is ahead.
        seconds: i64,
    },
    /// The city goes back to a backup and begins a new epoch.
    Restore {
        /// The backup's name.
        backup: String,
    },
}

impl FaultKind {
    /// Whether it ends the city's process.
    #[must_use]
    pub fn is_death(&self) -> bool {
        matches!(
            self,
            FaultKind::DieReading
                | FaultKind::DieBefore
                | FaultKind::DieInside
                | FaultKind::DieAfter
        )
    }

    /// The word of the kind in requests and answers.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            FaultKind::Outage => "outage",
            FaultKind::Rate { .. } => "rate",
            FaultKind::Latency { .. } => "latency",
            FaultKind::Cut { .. } => "cut",
            FaultKind::Portal => "portal",
            FaultKind::ErrorBefore => "error-before",
            FaultKind::ErrorAfter => "error-after",
            FaultKind::DieReading => "die-reading",
            FaultKind::DieBefore => "die-before",
            FaultKind::DieInside => "die-inside",
            FaultKind::DieAfter => "die-after",
            FaultKind::Duplicate => "duplicate",
            FaultKind::Skew { .. } => "skew",
            FaultKind::Restore { .. } => "restore",
        }
    }
}

/// An order for a fault, as `POST /fault` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FaultOrder {
    /// What to break.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// For whom: a carrier's name or number; everybody when absent.
    #[serde(default)]
    pub carrier: Option<String>,
    /// For how many seconds; until cleared when absent.
    #[serde(default)]
    pub for_s: Option<u64>,
    /// How many hits at most; no bound when absent.
    #[serde(default)]
    pub times: Option<u64>,
    /// Only requests whose path begins so (not for outage, rate, cut, skew, restore).
    #[serde(default)]
    pub path: Option<String>,
}

/// One fault and what it did: a line of `GET /faults`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FaultReport {
    /// Its number, in the order of setting.
    pub id: u64,
    /// What it breaks.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// For whom: a carrier's name, or null for everybody.
    pub carrier: Option<&'static str>,
    /// The path's beginning it is limited to, or null.
    pub path: Option<String>,
    /// Whether it may still act.
    pub active: bool,
    /// How often it acted.
    pub hits: u64,
    /// Where it acted, one line a hit.
    pub details: Vec<String>,
}

struct Fault {
    id: u64,
    kind: FaultKind,
    carrier: Option<Carrier>,
    path: Option<String>,
    until: Option<Instant>,
    times: Option<u64>,
    cleared: bool,
    hits: u64,
    details: Vec<String>,
}

impl Fault {
    fn active(&self, now: Instant) -> bool {
        !self.cleared
            && self.until.is_none_or(|until| now < until)
            && self.times.is_none_or(|times| self.hits < times)
    }

    fn meets(&self, word: &str, carrier: Carrier, path: Option<&str>) -> bool {
        self.kind.word() == word
            && self.carrier.is_none_or(|c| c == carrier)
            && self
                .path
                .as_deref()
                .is_none_or(|want| path.is_some_and(|path| path.starts_with(want)))
    }
}

#[derive(Default)]
struct State {
    faults: Vec<Fault>,
    /// When the next byte may pass: by fault, client address and direction.
    lanes: HashMap<(u64, std::net::IpAddr, bool), Instant>,
}

/// All faults of a city, shared by its connections.
pub struct Faults {
    /// Whether the city is a process of its own, which may be ordered to die.
    mortal: bool,
    state: Mutex<State>,
    changed: watch::Sender<u64>,
}

impl Default for Faults {
    fn default() -> Self {
        Faults {
            mortal: false,
            state: Mutex::default(),
            changed: watch::channel(0).0,
        }
    }
}

impl Faults {
    /// The faults of a city that is a process of its own (`mortal`), or lives inside another.
    #[must_use]
    pub fn new(mortal: bool) -> Faults {
        Faults {
            mortal,
            ..Faults::default()
        }
    }

    /// Sets a fault; its number.
    ///
    /// # Errors
    /// The rule that the order breaks: `carrier`, `rate`, `mortal`.
    pub fn set(&self, order: FaultOrder) -> Result<u64, &'static str> {
        let carrier = match &order.carrier {
            None => None,
            Some(text) => Some(Carrier::parse(text).ok_or("carrier")?),
        };
        if order.kind == (FaultKind::Rate { bytes_s: 0 }) {
            return Err("rate");
        }
        if order.kind.is_death() && !self.mortal {
            return Err("mortal");
        }
        let until = order
            .for_s
            .map(|seconds| Instant::now() + Duration::from_secs(seconds.min(1 << 30)));
        let mut state = self.lock();
        let id = state.faults.len() as u64 + 1;
        let (kind, path, times) = (order.kind, order.path, order.times);
        state.faults.push(Fault {
            id,
            kind,
            carrier,
            path,
            until,
            times,
            cleared: false,
            hits: 0,
            details: Vec::new(),
        });
        drop(state);
        self.changed.send_modify(|generation| *generation += 1);
        Ok(id)
    }

    /// Ends the faults of `word` (all kinds without it) for `carrier` (for all without it). Their hits are kept.
    pub fn clear(&self, word: Option<&str>, carrier: Option<Carrier>) {
        for fault in &mut self.lock().faults {
            let this_kind = word.is_none_or(|word| word == fault.kind.word());
            if this_kind && (carrier.is_none() || fault.carrier == carrier) {
                fault.cleared = true;
            }
        }
        self.changed.send_modify(|generation| *generation += 1);
    }

    /// The newest active fault of a kind for a client, if any. `path` is the request's, where there is one.
    #[must_use]
    pub fn active(
        &self,
        word: &str,
        carrier: Carrier,
        path: Option<&str>,
    ) -> Option<(u64, FaultKind)> {
        let now = Instant::now();
        let state = self.lock();
        let found = state
            .faults
            .iter()
            .rev()
            .find(|f| f.active(now) && f.meets(word, carrier, path));
        found.map(|fault| (fault.id, fault.kind.clone()))
    }

    /// Takes one hit of a fault if it is still active: check and count in one step, so that `times` holds under
    /// concurrent requests. `detail` is called only when it hits and gets the number of the hit, from 1.
    pub fn take(
        &self,
        word: &str,
        carrier: Carrier,
        path: Option<&str>,
        detail: impl FnOnce(u64) -> String,
    ) -> Option<(u64, FaultKind)> {
        let now = Instant::now();
        let mut state = self.lock();
        let fault = state
            .faults
            .iter_mut()
            .rev()
            .find(|f| f.active(now) && f.meets(word, carrier, path))?;
        fault.hits += 1;
        if fault.details.len() < DETAILS_MAX {
            let line = detail(fault.hits);
            fault.details.push(line);
        }
        Some((fault.id, fault.kind.clone()))
    }

    /// Rewrites the newest line of a fault, for what is known only after it acted ("committed op …").
    pub fn amend(&self, id: u64, old: &str, new: String) {
        let mut state = self.lock();
        let fault = state.faults.iter_mut().find(|f| f.id == id);
        if let Some(line) =
            fault.and_then(|f| f.details.iter_mut().rev().find(|line| line.as_str() == old))
        {
            *line = new;
        }
    }

    /// Counts a hit of a fault that acts by itself.
    pub fn hit(&self, id: u64, detail: String) {
        if let Some(fault) = self.lock().faults.iter_mut().find(|f| f.id == id) {
            fault.hits += 1;
            if fault.details.len() < DETAILS_MAX {
                fault.details.push(detail);
            }
        }
    }

    /// Books `bytes` on a throttled way and says when the next byte may pass.
    fn book(
        &self,
        id: u64,
        client: std::net::IpAddr,
        inward: bool,
        bytes: usize,
        bytes_s: u64,
    ) -> Instant {
        let now = Instant::now();
        let mut state = self.lock();
        let free = state.lanes.entry((id, client, inward)).or_insert(now);
        let nanos = (bytes as u128 * 1_000_000_000) / u128::from(bytes_s.max(1));
        *free =
            (*free).max(now) + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX / 2));
        *free
    }

    /// How far ahead the city's clock is, in milliseconds.
    #[must_use]
    pub fn skew_ms(&self) -> i64 {
        match self.active("skew", Carrier::Default, None) {
            Some((_, FaultKind::Skew { seconds })) => seconds.saturating_mul(1_000),
            _ => 0,
        }
    }

    /// Every fault ever set, with its hits.
    #[must_use]
    pub fn report(&self) -> Vec<FaultReport> {
        let now = Instant::now();
        let state = self.lock();
        let line = |fault: &Fault| FaultReport {
            id: fault.id,
            kind: fault.kind.clone(),
            carrier: fault.carrier.map(Carrier::name),
            path: fault.path.clone(),
            active: fault.active(now),
            hits: fault.hits,
            details: fault.details.clone(),
        };
        state.faults.iter().map(line).collect()
    }

    /// Wakes whoever must look again when a fault was set or cleared.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Waits until an outage strikes `carrier`; counts it with `detail`.
    pub async fn outage(&self, carrier: Carrier, detail: impl Fn() -> String) {
        let mut changed = self.watch();
        loop {
            if self.take("outage", carrier, None, |_| detail()).is_some() {
                return;
            }
            if changed.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
