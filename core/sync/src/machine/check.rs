//! The liveness invariant as a function, for tests and the laboratory.

use super::plan::{items, wait, Item};
use super::state::State;
use super::types::{Request, Wait};
use hues_env::Mono;

impl State {
    /// Checks that nothing is stuck, right after a step at `now`.
    ///
    /// # Errors
    /// A sentence naming what is stuck and why.
    pub fn check(&self, now: Mono) -> Result<(), String> {
        for item in items(self) {
            self.check_item(now, &item)?;
        }
        let ops: Vec<_> = self
            .flights
            .values()
            .filter_map(|f| match f.request {
                Request::Op { lane, .. } | Request::Query { lane, .. } => Some(lane),
                _ => None,
            })
            .collect();
        if ops.iter().enumerate().any(|(i, l)| ops[..i].contains(l)) {
            return Err("two requests of one lane are under way".into());
        }
        let patches = self
            .flights
            .values()
            .filter(|f| matches!(f.request, Request::Patch { .. }))
            .count();
        if patches > 1 {
            return Err(format!("{patches} uploads are under way"));
        }
        match self.flights.values().map(|f| f.guard).min() {
            Some(guard) if self.wake.is_none_or(|w| w > guard) => {
                Err("a request has no guard".into())
            }
            _ => Ok(()),
        }
    }

    fn check_item(&self, now: Mono, item: &Item) -> Result<(), String> {
        let busy = self.flights.values().any(|f| f.request != Request::Listen);
        let needs = |other: &Item| self.check_behind(now, item, other);
        match wait(self, now, item) {
            None if busy => Ok(()), // waits for a slot
            None => Err(format!("{item:?} could go and does not")),
            Some(Wait::Until(t)) => {
                let by = t.0.max(self.governor.floor().0).max(now.0 + 1);
                match self.wake {
                    Some(w) if w.0 <= by => Ok(()),
                    other => Err(format!(
                        "{item:?} waits until {t:?}, the wake-up is {other:?}"
                    )),
                }
            }
            Some(Wait::Contact) => needs(&Item::Hello),
            Some(Wait::Keys) => needs(&Item::Keys),
            Some(Wait::Beacon) => needs(&Item::Beacon),
            Some(_) => Ok(()),
        }
    }

    /// `item` waits for `other`, so `other` must itself be wanted and alive.
    fn check_behind(&self, now: Mono, item: &Item, other: &Item) -> Result<(), String> {
        match wait(self, now, other) {
            Some(Wait::Nothing) => Err(format!("{item:?} waits for {other:?}, which nobody wants")),
            _ => Ok(()),
        }
    }
}
