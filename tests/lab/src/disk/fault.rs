//! Which call fails, and how.
//!
//! Invariant: calls are counted whether or not one is to fail, so a first run tells how many calls there are to fail in
//! the following ones.

/// What a failing call answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No room: only calls that need some can fail so (write, extend, create, rename, sync).
    Full,
    /// Input or output error: any call.
    Io,
    /// A read that gives fewer bytes than the file has.
    ShortRead,
}

/// The kind of a call, for counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    Read,
    /// Needs room.
    Grow,
    /// Neither: remove, truncate, list, look up.
    Other,
}

/// One planned failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// How it fails.
    pub fault: Fault,
    /// Which call: the n-th from now (from 1) among those that can fail this way.
    pub nth: u64,
    /// Whether all later ones fail too, until the plan is lifted.
    pub stays: bool,
}

/// Counters and the plan.
#[derive(Debug, Default)]
pub(super) struct Faults {
    plan: Option<Plan>,
    seen: u64,
    hits: u64,
    calls: u64,
}

impl Faults {
    pub(super) fn set(&mut self, plan: Option<Plan>) {
        (self.plan, self.seen, self.hits) = (plan, 0, 0);
    }

    pub(super) fn hits(&self) -> u64 {
        self.hits
    }

    pub(super) fn calls(&self) -> u64 {
        self.calls
    }

    /// Counts a call and says how it fails, if it does.
    pub(super) fn count(&mut self, call: Call) -> Option<Fault> {
        self.calls += 1;
        let plan = self.plan?;
        let can = match plan.fault {
            Fault::Full => call == Call::Grow,
            Fault::Io => true,
            Fault::ShortRead => call == Call::Read,
        };
        if !can {
            return None;
        }
        self.seen += 1;
        let hit = self.seen == plan.nth || (plan.stays && self.seen > plan.nth);
        self.hits += u64::from(hit);
        hit.then_some(plan.fault)
    }
}
