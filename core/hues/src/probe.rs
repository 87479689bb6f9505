//! Places in the core where a test may want the phone to die. On a phone nobody listens and each costs one virtual call.

use std::sync::Arc;

use hues_store::Durability;
use hues_sync::engine::Event;

/// A moment that a promised fault can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProbePoint {
    /// Everything is written, nothing is committed: between BEGIN and COMMIT of an act.
    SubmitBeforeCommit,
    /// Committed and durable, not mirrored yet.
    SubmitAfterCommit,
    /// An op is marked as handed over, its request has not left.
    OpHandedOver,
    /// An op's answer arrived, nothing is written yet.
    OpAnswered,
    /// A chunk of a photo is about to leave.
    ChunkStarts,
    /// A chunk of a photo left, its answer has not come.
    ChunkSent,
    /// A page was read, nothing is written yet.
    PageArrived,
}

impl ProbePoint {
    /// All points.
    pub const ALL: [ProbePoint; 7] = [
        ProbePoint::SubmitBeforeCommit,
        ProbePoint::SubmitAfterCommit,
        ProbePoint::OpHandedOver,
        ProbePoint::OpAnswered,
        ProbePoint::ChunkStarts,
        ProbePoint::ChunkSent,
        ProbePoint::PageArrived,
    ];

    /// Its name in scripts.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ProbePoint::SubmitBeforeCommit => "submit-before-commit",
            ProbePoint::SubmitAfterCommit => "submit-after-commit",
            ProbePoint::OpHandedOver => "op-handed-over",
            ProbePoint::OpAnswered => "op-answered",
            ProbePoint::ChunkStarts => "chunk-starts",
            ProbePoint::ChunkSent => "chunk-sent",
            ProbePoint::PageArrived => "page-arrived",
        }
    }

    /// The point of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<ProbePoint> {
        ProbePoint::ALL.into_iter().find(|p| p.name() == name)
    }
}

/// Hears when a point is passed. It may end the process; it must not call the core.
pub trait Probe: Send + Sync {
    /// The core is at `point`.
    fn at(&self, point: ProbePoint);

    /// `event` is about to meet the step machine while that is in `mode`. Only the laboratory keeps a table of it.
    fn event(&self, _mode: &'static str, _event: &Event) {}

    /// What the commit of an act survives. Only a benchmark lowers it, to tell the price of a sync from the rest.
    fn durability(&self) -> Durability {
        Durability::Full
    }
}

/// Nobody listens.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoProbe;

impl Probe for NoProbe {
    fn at(&self, _point: ProbePoint) {}
}

/// The probe of a phone.
pub(crate) fn none() -> Arc<dyn Probe> {
    Arc::new(NoProbe)
}
