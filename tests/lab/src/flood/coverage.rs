//! Which events met the step machine in which state, and which never did.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hues_core::probe::{Probe, ProbePoint};
use hues_sync::engine::Event;

/// Counts of pairs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<(&'static str, &'static str), u64>);

/// The states, as [`hues_sync::machine::State::mode`] names them.
pub const STATES: [&str; 12] = [
    "update",
    "dark",
    "captive",
    "greeting",
    "sending",
    "asking",
    "pulling",
    "uploading",
    "fetching-trust",
    "resting",
    "signed-out",
    "idle",
];

/// The events, answers by what they say.
pub const EVENTS: [&str; 22] = [
    "timer",
    "enqueued",
    "outbox",
    "refresh",
    "link-none",
    "link-captive",
    "link-slow",
    "link-good",
    "low-power",
    "power-back",
    "foreground",
    "background",
    "session-none",
    "session-live",
    "scopes",
    "answer-2xx",
    "answer-401",
    "answer-4xx",
    "answer-5xx",
    "answer-none",
    "answer-tls",
    "beacon-undated",
];

/// Why two cannot meet; `None`: they can.
#[must_use]
pub fn impossible(state: &str, event: &str) -> Option<&'static str> {
    match (state, event) {
        // The one other way to be nobody is to close the account, and its engine with it.
        (state, "session-none") if state != "dark" => {
            Some("an engine hears that nobody is signed in once, as it starts, before it knows of any link")
        }
        _ => None,
    }
}

impl Coverage {
    /// An event meets a state.
    pub fn met(&mut self, state: &'static str, event: &Event) {
        *self.0.entry((state, name(event))).or_default() += 1;
    }

    /// Adds what another flood met.
    pub fn add(&mut self, other: &Coverage) {
        for (pair, n) in &other.0 {
            *self.0.entry(*pair).or_default() += n;
        }
    }

    /// How often a pair met.
    #[must_use]
    pub fn of(&self, state: &str, event: &str) -> u64 {
        let pair = self.0.iter().find(|((s, e), _)| *s == state && *e == event);
        pair.map_or(0, |(_, n)| *n)
    }

    /// All pairs that can meet, and those of them that never did.
    #[must_use]
    pub fn never(&self) -> (usize, Vec<(&'static str, &'static str)>) {
        let possible = STATES.iter().flat_map(|s| EVENTS.iter().map(|e| (*s, *e)));
        let possible: Vec<_> = possible
            .filter(|(s, e)| impossible(s, e).is_none())
            .collect();
        let all = possible.len();
        let never = possible
            .into_iter()
            .filter(|pair| !self.0.contains_key(pair));
        (all, never.collect())
    }

    /// Pairs that met although they are said to be impossible, or are of no known state or event.
    #[must_use]
    pub fn unexpected(&self) -> Vec<(&'static str, &'static str)> {
        let known = |(s, e): &(&'static str, &'static str)| {
            STATES.contains(s) && EVENTS.contains(e) && impossible(s, e).is_none()
        };
        self.0.keys().filter(|pair| !known(pair)).copied().collect()
    }
}

/// Keeps the table while a flood plays.
#[derive(Debug, Default)]
pub struct Onlooker(Mutex<Coverage>);

impl Onlooker {
    /// What it has seen so far.
    #[must_use]
    pub fn seen(&self) -> Coverage {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }
}

impl Probe for Onlooker {
    fn at(&self, _point: ProbePoint) {}

    fn event(&self, mode: &'static str, event: &Event) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.met(mode, event);
    }
}

fn name(event: &Event) -> &'static str {
    use hues_protocol::http::TransportError;
    use hues_sync::machine::{Link, Session};
    match event {
        Event::Timer => "timer",
        Event::Enqueued => "enqueued",
        Event::OutboxChanged => "outbox",
        Event::Refresh => "refresh",
        Event::Link(Link::None) => "link-none",
        Event::Link(Link::Captive) => "link-captive",
        Event::Link(Link::Slow) => "link-slow",
        Event::Link(Link::Good) => "link-good",
        Event::LowPower(true) => "low-power",
        Event::LowPower(false) => "power-back",
        Event::Foreground(true) => "foreground",
        Event::Foreground(false) => "background",
        Event::Session {
            session: Session::Live(_),
            ..
        } => "session-live",
        Event::Session { .. } => "session-none",
        Event::Scopes(_) => "scopes",
        Event::Http { outcome: Ok(r), .. } => match r.status {
            200..=299 => "answer-2xx",
            401 => "answer-401",
            400..=499 => "answer-4xx",
            _ => "answer-5xx",
        },
        Event::Http {
            outcome: Err(TransportError::Tls { .. }),
            ..
        } => "answer-tls",
        Event::Http { .. } => "answer-none",
        Event::Progress { .. } => "progress",
        Event::UndatedBeacon { .. } => "beacon-undated",
    }
}
