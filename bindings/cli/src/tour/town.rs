//! The city of the tour: a process of its own, its bad luck, and what it stores.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hues_core::ports::{Clock, SystemClock};
pub use hues_e2e::ledger::list;
use hues_net::{NetConfig, NetTransport, Pace, SendOptions};
use hues_protocol::http::{Body, Class, HttpRequest, Method};
use serde_json::{json, Value};

use super::record::Sample;
use super::script::MORNING;
use super::stage::Stage;
use crate::city::Admin;
use crate::exit::{Exit, Failure};
use crate::fetch;
use crate::troupe;

/// How often the city is looked at.
const LOOK: Duration = Duration::from_millis(300);

/// The city of the day, and what was seen of it.
pub struct Town {
    town: troupe::Town,
    /// The tour's moment at which its clock read [`MORNING`].
    pub morning_at: u64,
    /// What was seen so far.
    pub seen: Arc<Mutex<Seen>>,
    watcher: tokio::task::JoinHandle<()>,
}

/// It is a city like another; the tour only looks at it.
impl std::ops::Deref for Town {
    type Target = troupe::Town;

    fn deref(&self) -> &troupe::Town {
        &self.town
    }
}

/// What the tour saw in the city, and when for the first time.
#[derive(Debug, Default)]
pub struct Seen {
    /// Acts the citizen's phone accepted: op → bytes of its words.
    pub accepted: BTreeMap<String, u64>,
    /// Photos the citizen's phone accepted: SHA-256 → bytes.
    pub photos: BTreeMap<String, u64>,
    /// When an op was first there.
    pub ops: BTreeMap<String, u64>,
    /// When a file was first whole.
    pub files: BTreeMap<String, u64>,
    /// When a fault first hit, by its number.
    pub hits: BTreeMap<u64, u64>,
    /// The citizen's outbox over time.
    pub samples: Vec<Sample>,
}

impl Town {
    /// Starts it, on a morning of 2025, and waits until it answers.
    pub async fn start(stage: &Stage) -> Result<Town, Failure> {
        let morning_at = stage.at();
        let town = troupe::Town::start(&stage.out.join("city"), &["--at", MORNING]).await?;
        let seen = Arc::new(Mutex::new(Seen::default()));
        let watcher = tokio::spawn(watch(stage.clone(), town.admin.clone(), seen.clone()));
        Ok(Town {
            town,
            morning_at,
            seen,
            watcher,
        })
    }

    /// What was seen, for a moment.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }

    /// Whether the city has every act the citizen's phone accepted.
    pub fn has_all_words(&self) -> bool {
        let seen = self.seen();
        seen.accepted.keys().all(|op| seen.ops.contains_key(op))
    }

    /// Whether the city has every photo whole.
    pub fn has_all_photos(&self) -> bool {
        let seen = self.seen();
        seen.photos.keys().all(|sha| seen.files.contains_key(sha))
    }

    /// Its key list, asked for by somebody without a phone.
    pub async fn keys(&self, stage: &Stage) -> Result<Vec<u8>, Failure> {
        let offset = stage.offset_ms;
        let net = NetTransport::new(NetConfig {
            origin: self.url.clone(),
            roots: fetch::certificates(&self.ca)?,
            local_address: None,
            // The day is played in 2025: so are the certificates.
            clock: Arc::new(move || SystemClock.now().wall_ms + offset),
            pace: Pace::default(),
        })
        .map_err(|e| Failure::refused("city", e.to_string()))?;
        let request = HttpRequest {
            id: 1,
            method: Method::Get,
            path: "/keys".into(),
            headers: Vec::new(),
            body: Body::Empty,
            max_response: 256 * 1024,
            class: Class::Page,
        };
        net.send(request, SendOptions::default())
            .await
            .map(|answer| answer.body)
            .map_err(|e| Failure::new(Exit::Network, "offline", "keys", e.to_string()))
    }

    /// The curtain falls.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.watcher.abort();
        self.town.running.ask_to_end().await;
        self.town.running.end().await?;
        Ok(())
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks at the city again and again until it is told to stop.
async fn watch(stage: Stage, admin: Admin, seen: Arc<Mutex<Seen>>) {
    loop {
        if let (Ok(state), Ok(faults)) = (admin.state().await, admin.faults().await) {
            lock(&seen).look(stage.at(), &state, &faults);
        }
        tokio::time::sleep(LOOK).await;
    }
}

impl Seen {
    /// Notes what is new.
    pub fn look(&mut self, at: u64, state: &Value, faults: &[Value]) {
        for op in list(state, "ops") {
            if let Some(id) = op["op"].as_str() {
                self.ops.entry(id.to_owned()).or_insert(at);
            }
        }
        let mut arrived: BTreeMap<&str, u64> = BTreeMap::new();
        for file in list(state, "files") {
            let Some(sha) = file["sha256"].as_str() else {
                continue;
            };
            if file["complete"] == json!(true) {
                self.files.entry(sha.to_owned()).or_insert(at);
            }
            arrived.insert(sha, file["offset"].as_u64().unwrap_or_default());
        }
        for fault in faults {
            if let (Some(id), Some(1..)) = (fault["id"].as_u64(), fault["hits"].as_u64()) {
                self.hits.entry(id).or_insert(at);
            }
        }
        let open = self
            .accepted
            .iter()
            .filter(|(op, _)| !self.ops.contains_key(*op));
        let (ops, words) = open.fold((0, 0), |(n, sum), (_, bytes)| (n + 1, sum + bytes));
        let photos = self
            .photos
            .iter()
            .map(|(sha, bytes)| match self.files.contains_key(sha) {
                true => 0,
                false => {
                    bytes.saturating_sub(arrived.get(sha.as_str()).copied().unwrap_or_default())
                }
            });
        let sample = Sample {
            at_ms: at,
            ops,
            bytes: words + photos.sum::<u64>(),
        };
        let same = |s: &Sample| s.ops == sample.ops && s.bytes == sample.bytes;
        if !self.samples.last().is_some_and(same) {
            self.samples.push(sample);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_what_the_phone_took_and_the_city_does_not_have() {
        let mut seen = Seen::default();
        seen.accepted.insert("a".into(), 10);
        seen.accepted.insert("b".into(), 20);
        seen.photos.insert("p".into(), 1_000);
        let part = json!({"ops": [{"op": "a"}], "files": [{"sha256": "p", "offset": 400, "complete": false}]});
        seen.look(5, &part, &[json!({"id": 3, "hits": 0})]);
        let last = seen.samples.last().copied().unwrap();
        assert_eq!((last.ops, last.bytes), (1, 620));
        assert!(seen.hits.is_empty());
        let all = json!({"ops": [{"op": "a"}, {"op": "b"}], "files": [{"sha256": "p", "offset": 1000, "complete": true}]});
        seen.look(9, &all, &[json!({"id": 3, "hits": 2})]);
        seen.look(11, &all, &[]);
        let last = seen.samples.last().copied().unwrap();
        assert_eq!(
            (last.ops, last.bytes, last.at_ms, seen.samples.len()),
            (0, 0, 9, 2)
        );
        assert_eq!((seen.hits[&3], seen.ops["b"], seen.files["p"]), (9, 9, 9));
    }
}
