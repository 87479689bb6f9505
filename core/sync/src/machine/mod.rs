//! The step machine: event in, commands out. No clock, no randomness of its own, no database, no network.
//!
//! It decides *when* and *in which order*; the engine around it knows what the bytes are and keeps them. One state, one
//! event and one stream of randomness always give the same commands, so that a seed replays a whole flood.

mod answer;
mod apply;
mod backoff;
mod check;
mod plan;
mod state;
mod types;

#[cfg(test)]
mod model;
#[cfg(test)]
mod rules;

pub use backoff::{ceiling, delay, Governor, BASE_MS, CAP_MS};
pub use plan::Item;
pub use state::{Rest, Start, State, CHUNK_MAX, CHUNK_MIN};
pub use types::{
    Answer, Command, Epoch, Event, FileId, FileView, Head, Id, LaneView, Link, Owner, Priority,
    ReqId, Request, ScopeView, Session, Wait,
};

use hues_env::{Mono, Random};

/// Takes `events` in order and decides what to do about the sum of them.
///
/// `now` must not go back within one state's life (it is the phone's monotonic clock of one boot). Commands are to be
/// carried out in order.
#[must_use]
pub fn step(
    state: &mut State,
    now: Mono,
    events: impl IntoIterator<Item = Event>,
    random: &mut dyn Random,
) -> Vec<Command> {
    let mut out = Vec::new();
    for event in events {
        apply::apply(state, now, event, random, &mut out);
    }
    plan::plan(state, now, &mut out);
    out
}

impl State {
    /// Everything the machine looks after and why it does not move; [`Wait::Slot`] where only other requests stand in the way.
    #[must_use]
    pub fn waits(&self, now: Mono) -> Vec<(Item, Wait)> {
        plan::items(self)
            .into_iter()
            .map(|i| (i.clone(), plan::wait(self, now, &i).unwrap_or(Wait::Slot)))
            .collect()
    }

    /// Why this lane does not move; `None` when the machine does not know it (nothing of it is open).
    #[must_use]
    pub fn lane_wait(&self, now: Mono, lane: &Id) -> Option<Wait> {
        self.lanes
            .contains_key(lane)
            .then(|| plan::wait(self, now, &Item::Lane(*lane)).unwrap_or(Wait::Slot))
    }
}
