//! `sync`: talks to the city and prints one line per op that moved.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hues_core::live::OutboxListener;
use hues_core::outbox::OutboxItem;
use hues_core::ports::HostError;
use hues_core::Status;
use serde_json::json;
use tokio::sync::mpsc;

use super::{views, Phone};
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// One round without `--for`.
const ROUND: Duration = Duration::from_secs(60);
/// `--until-idle` without `--for`.
const UNTIL_IDLE: Duration = Duration::from_secs(600);

impl Phone {
    pub(super) async fn sync(
        &self,
        until_idle: bool,
        for_s: Option<u64>,
        sink: &dyn Sink,
    ) -> Result<Exit, Failure> {
        let (moved, mut moves) = mpsc::unbounded_channel();
        let listener = Arc::new(Moves {
            seen: Mutex::default(),
            moved,
        });
        let watch = self.core.outbox().watch(listener).await?;
        let budget = match (for_s, until_idle) {
            (Some(s), _) => Duration::from_secs(s),
            (None, true) => UNTIL_IDLE,
            (None, false) => ROUND,
        };
        let deadline = Instant::now() + budget;
        let stays = for_s.is_some() && !until_idle;
        let mut quiet = 0;
        self.core.refresh().await?;
        let last = loop {
            tokio::select! {
                Some(item) = moves.recv() => sink.result(&views::outbox(&item)),
                settled = self.core.settle(400) => {
                    let status = self.core.status().await?;
                    // Settled is a moment; two in a row with nothing on its way are rest.
                    let rest = settled?;
                    quiet = if rest && !moving(&status) { quiet + 1 } else { 0 };
                    let settled = quiet > 1;
                    let over = Instant::now() >= deadline;
                    let done = settled && (!waits(&status) || !until_idle);
                    if over || (done && !stays) {
                        break status;
                    }
                    if rest {
                        tokio::time::sleep(Duration::from_millis(60)).await;
                    }
                }
            }
        };
        watch.cancel();
        // The listener's last call may still be on its way.
        tokio::time::sleep(Duration::from_millis(60)).await;
        while let Ok(item) = moves.try_recv() {
            sink.result(&views::outbox(&item));
        }
        sink.result(&json!({
            "event": "synced", "waiting": last.waiting, "sending": last.sending, "wedged": last.wedged,
            "photos_open": last.photos_open, "waits_for": last.waits_for,
        }));
        Ok(if waits(&last) {
            Exit::Network
        } else {
            Exit::Done
        })
    }
}

fn waits(s: &Status) -> bool {
    s.waiting + s.sending + s.photos_open > 0
}

/// Whether what waits first is on its way by itself.
fn moving(s: &Status) -> bool {
    matches!(
        s.waits_for.as_str(),
        "in-flight" | "slot" | "contact" | "keys" | "beacon"
    )
}

/// Turns "the whole outbox" into "what moved".
struct Moves {
    seen: Mutex<Option<BTreeMap<String, OutboxItem>>>,
    moved: mpsc::UnboundedSender<OutboxItem>,
}

impl OutboxListener for Moves {
    fn on_outbox(&self, items: Vec<OutboxItem>) -> Result<(), HostError> {
        let now: BTreeMap<String, OutboxItem> =
            items.iter().map(|i| (i.op.clone(), i.clone())).collect();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for old in seen.iter().flat_map(|m| m.values()) {
            // What left the list is done; what the city took but still lacks photos of stays on it.
            if !now.contains_key(&old.op) && old.state != "done" {
                let mut done = old.clone();
                done.state = "done".into();
                done.photos_open = 0;
                let _ = self.moved.send(done);
            }
        }
        if let Some(before) = seen.as_ref() {
            let face = |i: &OutboxItem| (i.state.clone(), i.photos_open);
            for item in &items {
                if before.get(&item.op).map(face) != Some(face(item)) {
                    let _ = self.moved.send(item.clone());
                }
            }
        }
        *seen = Some(now);
        Ok(())
    }
}
