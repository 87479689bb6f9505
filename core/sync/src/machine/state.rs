//! What the step machine remembers.
//!
//! Invariant: all of it can be built again from the database and the host's reports; losing it loses time, never an op.

use super::backoff::Governor;
use super::types::{
    Epoch, FileId, FileView, Id, LaneView, Link, ReqId, Request, ScopeView, Session,
};
use hues_env::Mono;
use std::collections::BTreeMap;

/// Smallest piece of an attachment sent at once, bytes.
pub const CHUNK_MIN: u64 = 4 * 1024;
/// Largest piece of an attachment sent at once, bytes.
pub const CHUNK_MAX: u64 = 4 * 1024 * 1024;

/// The shared backoff as it is kept across restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rest {
    /// Failures of the network in a row.
    pub strikes: u32,
    /// Nothing is tried before this moment.
    pub due: Option<Mono>,
    /// Idle wake-ups since the last reset.
    pub wakes: u32,
    /// The last of them.
    pub last_wake: Option<Mono>,
}

/// What the machine starts from, beside lanes, files and scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Start {
    /// The shared backoff.
    pub rest: Rest,
    /// The epoch last seen.
    pub epoch: Option<Epoch>,
    /// The watermark last seen, of that epoch.
    pub watermark: u64,
    /// A key list is kept.
    pub has_keys: bool,
    /// When the newest beacon came, if that was in this boot.
    pub beacon_at: Option<Mono>,
    /// A long poll is held open while the app is on screen on a good link.
    pub listen: bool,
    /// First request number: above all of earlier lives that could still be answered.
    pub first_req: u64,
}

/// Failures in a row of one thing, and when it may be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Trying {
    pub tries: u32,
    pub due: Option<Mono>,
    pub flight: Option<ReqId>,
}

/// Something fetched on demand: hello, keys, beacon, pack, the long poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Errand {
    pub wanted: bool,
    pub trying: Trying,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lane {
    pub view: LaneView,
    pub trying: Trying,
    /// The city said it never committed this op, so it may be sent.
    pub absent: Option<Id>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Create,
    Ask,
    Send(u64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub view: FileView,
    pub phase: Phase,
    pub trying: Trying,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    pub view: ScopeView,
    pub wanted: bool,
    /// Wanted again while a pull was under way.
    pub again: bool,
    pub denied: bool,
    pub last: Option<Mono>,
    pub trying: Trying,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Flight {
    pub request: Request,
    pub started: Mono,
    pub guard: Mono,
}

/// The state of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub(crate) link: Link,
    /// The host has said how the link is. Its first word is how things are, not a change.
    pub(crate) link_known: bool,
    /// Nothing has called yet: the first timer of a process is the wake-up that an earlier one had asked for.
    pub(crate) fresh: bool,
    pub(crate) low_power: bool,
    pub(crate) foreground: bool,
    pub(crate) session: Session,
    pub(crate) listening: bool,
    /// The city answered `hello` and nothing spoke against it since.
    pub(crate) greeted: bool,
    pub(crate) update: bool,
    pub(crate) strikes: u32,
    pub(crate) struck_at: Option<Mono>,
    pub(crate) gate: Option<Mono>,
    pub(crate) governor: Governor,
    pub(crate) saved: Rest,
    pub(crate) epoch: Option<Epoch>,
    /// Something stated another epoch; the next `hello` decides.
    pub(crate) epoch_doubt: bool,
    pub(crate) watermark: u64,
    pub(crate) log_head: u64,
    pub(crate) has_keys: bool,
    pub(crate) beacon_at: Option<Mono>,
    pub(crate) chunk: u64,
    pub(crate) hello: Trying,
    pub(crate) keys: Errand,
    pub(crate) beacon: Errand,
    pub(crate) pack: Errand,
    pub(crate) listen: Trying,
    pub(crate) lanes: BTreeMap<Id, Lane>,
    pub(crate) files: BTreeMap<FileId, File>,
    pub(crate) scopes: BTreeMap<String, Scope>,
    pub(crate) flights: BTreeMap<ReqId, Flight>,
    pub(crate) next_req: u64,
    pub(crate) wake: Option<Mono>,
}

impl State {
    /// A machine at the start of a process: no network known, nobody signed in, in the background.
    #[must_use]
    pub fn new(start: Start) -> State {
        State {
            link: Link::None,
            link_known: false,
            fresh: true,
            low_power: false,
            foreground: false,
            session: Session::None,
            listening: start.listen,
            greeted: false,
            update: false,
            strikes: start.rest.strikes,
            struck_at: None,
            gate: start.rest.due,
            governor: Governor {
                wakes: start.rest.wakes,
                last: start.rest.last_wake,
            },
            saved: start.rest,
            epoch: start.epoch,
            epoch_doubt: false,
            watermark: start.watermark,
            log_head: 0,
            has_keys: start.has_keys,
            beacon_at: start.beacon_at,
            chunk: CHUNK_MIN,
            hello: Trying::default(),
            keys: Errand {
                wanted: !start.has_keys,
                trying: Trying::default(),
            },
            beacon: Errand::default(),
            pack: Errand::default(),
            listen: Trying::default(),
            lanes: BTreeMap::new(),
            files: BTreeMap::new(),
            scopes: BTreeMap::new(),
            flights: BTreeMap::new(),
            next_req: start.first_req,
            wake: None,
        }
    }

    /// The wake-up the host was last asked for.
    #[must_use]
    pub fn wake(&self) -> Option<Mono> {
        self.wake
    }

    /// Requests under way (the long poll too).
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.flights.len()
    }

    /// The request behind a number, while it is under way.
    #[must_use]
    pub fn request(&self, req: ReqId) -> Option<&Request> {
        self.flights.get(&req).map(|f| &f.request)
    }

    /// The requests under way.
    pub fn flights(&self) -> impl Iterator<Item = ReqId> + '_ {
        self.flights.keys().copied()
    }

    /// The lanes with something open.
    pub fn lane_names(&self) -> impl Iterator<Item = &Id> {
        self.lanes.keys()
    }

    /// The number the next request will get: all below belong to what was before now.
    #[must_use]
    pub fn next_request(&self) -> ReqId {
        ReqId(self.next_req)
    }

    /// Failures in a row of a scope's pulls.
    #[must_use]
    pub fn scope_tries(&self, scope: &str) -> u32 {
        self.scopes.get(scope).map_or(0, |x| x.trying.tries)
    }

    /// The watermark last seen, of [`State::epoch`].
    #[must_use]
    pub fn watermark(&self) -> u64 {
        self.watermark
    }

    /// The scopes it keeps in step.
    pub fn scope_names(&self) -> impl Iterator<Item = &String> {
        self.scopes.keys()
    }

    /// The highest log index the city has stated.
    #[must_use]
    pub fn log_head(&self) -> u64 {
        self.log_head
    }

    /// The epoch the machine believes in.
    #[must_use]
    pub fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    /// Who is signed in, as far as the machine knows.
    #[must_use]
    pub fn session(&self) -> Session {
        self.session
    }

    /// One word for the whole, for logs and coverage tables.
    #[must_use]
    pub fn mode(&self) -> &'static str {
        if self.update {
            return "update";
        }
        match self.link {
            Link::None => return "dark",
            Link::Captive if !self.greeted => return "captive",
            _ => {}
        }
        let busy = |f: fn(&Request) -> bool| self.flights.values().any(|x| f(&x.request));
        if self.hello.flight.is_some() {
            "greeting"
        } else if busy(|r| matches!(r, Request::Op { .. })) {
            "sending"
        } else if busy(|r| matches!(r, Request::Query { .. })) {
            "asking"
        } else if busy(|r| matches!(r, Request::Pull { .. })) {
            "pulling"
        } else if busy(|r| {
            matches!(
                r,
                Request::Create { .. } | Request::Ask { .. } | Request::Patch { .. }
            )
        }) {
            "uploading"
        } else if busy(|r| matches!(r, Request::Keys | Request::Beacon | Request::Pack)) {
            "fetching-trust"
        } else if self.gate.is_some() {
            "resting"
        } else if matches!(self.session, Session::Expired(_)) {
            "signed-out"
        } else {
            "idle"
        }
    }

    pub(crate) fn rest(&self) -> Rest {
        Rest {
            strikes: self.strikes,
            due: self.gate,
            wakes: self.governor.wakes,
            last_wake: self.governor.last,
        }
    }

    /// The link as the plan sees it: a portal that let `hello` through is a slow link.
    pub(crate) fn effective_link(&self) -> Link {
        match self.link {
            Link::Captive if self.greeted => Link::Slow,
            link => link,
        }
    }

    pub(crate) fn trying_of(&mut self, request: &Request) -> Option<&mut Trying> {
        match request {
            Request::Hello => Some(&mut self.hello),
            Request::Keys => Some(&mut self.keys.trying),
            Request::Beacon => Some(&mut self.beacon.trying),
            Request::Pack => Some(&mut self.pack.trying),
            Request::Listen => Some(&mut self.listen),
            Request::Op { lane, .. } | Request::Query { lane, .. } => {
                self.lanes.get_mut(lane).map(|l| &mut l.trying)
            }
            Request::Pull { scope, .. } => self.scopes.get_mut(scope).map(|s| &mut s.trying),
            Request::Create { file } | Request::Ask { file } | Request::Patch { file, .. } => {
                self.files.get_mut(file).map(|f| &mut f.trying)
            }
        }
    }
}
