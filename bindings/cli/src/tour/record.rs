//! What the tour measured, as data: the page is drawn from it, `--json` prints it, nothing else is kept.
//!
//! Invariant: every number was read from what the phones and the city store, or is a moment the tour itself saw. Moments
//! are milliseconds after the tour's first one, so that a phone's wrong clock can never bend a timeline.

use serde::{Deserialize, Serialize};

pub use crate::words::Words;

/// One whole tour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TourRecord {
    /// Decided the content and the kill points.
    pub seed: u64,
    /// When the tour began, RFC 3339, by the clock of the machine that ran it.
    pub began: String,
    /// From the first moment to the last.
    pub duration_ms: u64,
    /// Whether every invariant held and every promised fault hit.
    pub held: bool,
    /// What the citizens filed.
    pub filed: Filed,
    /// Acts that the phone accepted and the city does not have.
    pub lost: u64,
    /// Acts that the city has more than once.
    pub double: u64,
    /// Why the last word and the last photo took until they did.
    pub why: Words,
    /// One timeline each.
    pub phones: Vec<Phone>,
    /// One life each.
    pub reports: Vec<Report>,
    /// The proof that was checked by a process of its own.
    pub proof: Option<Proof>,
    /// The faults that were promised.
    pub faults: Vec<Fault>,
    /// What had to be true.
    pub invariants: Vec<Invariant>,
}

/// Counts for the headline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// New reports.
    pub reports: u64,
    /// Photos in them.
    pub photos: u64,
    /// Ratings.
    pub ratings: u64,
    /// Acts of any kind that the city took, of citizens and officer.
    pub acts: u64,
}

/// A phone and all that befell it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Phone {
    /// Stable key, also an anchor in the page: `[a-z-]+`.
    pub key: String,
    /// The invented person's name.
    pub name: String,
    /// Who that is.
    pub role: Words,
    /// The carrier's name.
    pub carrier: String,
    /// Spans of trouble.
    pub bands: Vec<Band>,
    /// Moments.
    pub events: Vec<Event>,
    /// The outbox over time, in order.
    pub samples: Vec<Sample>,
}

/// A span of trouble.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Band {
    /// What kind.
    pub kind: BandKind,
    /// From this moment …
    pub from_ms: u64,
    /// … to this one.
    pub to_ms: u64,
}

/// Kinds of trouble that last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BandKind {
    /// The carrier carries nothing.
    Outage,
    /// The phone is off: battery empty.
    Battery,
    /// The phone's wall clock is wrong.
    Clock,
    /// 2 KB/s.
    Slow,
    /// A captive portal answers everything.
    Portal,
    /// Connections are cut after some bytes.
    Cut,
    /// The gateway answers 500 after it committed.
    ErrorAfter,
    /// Requests are delivered twice.
    Duplicate,
}

/// A moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at_ms: u64,
    /// What kind.
    pub kind: EventKind,
    /// What happened.
    pub words: Words,
}

/// Kinds of moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// A person did something on the phone.
    Act,
    /// The city has it (words).
    Arrived,
    /// The process was killed.
    Killed,
    /// The phone started again.
    Booted,
    /// Something new came to the phone.
    Received,
}

/// The outbox at a moment.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Sample {
    /// When.
    pub at_ms: u64,
    /// Acts that wait.
    pub ops: u64,
    /// Bytes that wait, photos included.
    pub bytes: u64,
}

/// A report's life.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    /// Its id, 32 hexadecimal digits.
    pub id: String,
    /// The category's name.
    pub category: Words,
    /// The first words the citizen typed.
    pub text: String,
    /// How its sender is kept.
    pub author: Words,
    /// Durable on the phone.
    pub filed_ms: u64,
    /// The words committed by the city.
    pub words_ms: Option<u64>,
    /// Its photos.
    pub photos: Vec<Photo>,
    /// The states the city went through.
    pub states: Vec<State>,
    /// Why it took until then.
    pub why: Words,
}

/// A photo's way.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Photo {
    /// Size as sent.
    pub bytes: u64,
    /// Complete in the city.
    pub at_ms: Option<u64>,
}

/// A state the city reached.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct State {
    /// When.
    pub at_ms: u64,
    /// Its name.
    pub words: Words,
    /// Who caused it: a role or unit, never a person.
    pub by: Words,
}

/// What the verifier, a process without any state, said.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proof {
    /// What was filed, short.
    pub what: String,
    /// RFC 3339, or none: no lower bound.
    pub not_before: Option<String>,
    /// RFC 3339.
    pub not_after: String,
    /// Between the two.
    pub width_ms: Option<u64>,
    /// What the phone's own clock claimed, RFC 3339.
    pub claim: Option<String>,
    /// Bytes of the compact form.
    pub compact_bytes: Option<u64>,
    /// Whether the verifier accepted it.
    pub good: bool,
    /// Whether the same proof with one bit turned was refused, and by which rule.
    pub flipped: Option<String>,
}

/// A promised fault.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    /// Its name.
    pub name: Words,
    /// Where it hit; none fails the tour.
    pub hits: Vec<Hit>,
}

/// Where a fault hit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hit {
    /// When.
    pub at_ms: u64,
    /// Where.
    pub place: Words,
    /// How often there.
    pub times: u64,
}

/// Something that had to be true, with what both sides store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Invariant {
    /// What.
    pub name: Words,
    /// Read from the phones.
    pub phones: String,
    /// Read from the city.
    pub city: String,
    /// Whether they agree as they must.
    pub held: bool,
}
