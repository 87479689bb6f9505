//! A city of a few answers behind the transport port: its pages were made before the clock runs and are read from their files.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use hues_core::ports::{
    HostError, HttpTransport, TransportHeader, TransportReply, TransportRequest, TransportResponse,
};
use hues_crypto::hpke::OpeningKey;
use hues_crypto::sign::SigningKey;
use hues_env::SeededRandom;
use hues_protocol::beacon::Beacon;
use hues_protocol::city::CitySigned;
use hues_protocol::http::{COSE, JSON};
use hues_protocol::keys::{KeyEntry, KeyList, KeyListBody, Role};
use serde_json::json;

use crate::clock::held_mb;
use crate::data::EPOCH;
use crate::Step;

const DAY_MS: i64 = 86_400_000;

/// The city.
pub struct Town {
    keys: KeyList,
    /// The folder of the pages it has to say, each named by the cursor it is asked with.
    pages: Mutex<PathBuf>,
    /// Pages handed out.
    said: AtomicUsize,
    /// When how much memory is looked at, and what was seen.
    watched: Mutex<Option<(usize, Held)>>,
}

/// A number that is found out while something else goes on.
#[derive(Clone, Default)]
pub struct Held(Arc<Mutex<f64>>);

impl Held {
    /// The number; 0 before it is known.
    pub fn get(&self) -> f64 {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, mb: f64) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = mb;
    }
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as i64)
}

impl Town {
    /// A city that has published nothing.
    pub fn new() -> Step<Arc<Town>> {
        let now = now();
        let entry = |role, public| KeyEntry {
            role,
            public,
            not_before: now - DAY_MS,
            not_after: now + 365 * DAY_MS,
        };
        let disclosure = OpeningKey::generate(&mut SeededRandom::new(9));
        let keys = KeyListBody {
            city: "Huế".into(),
            version: 1,
            issued: now - DAY_MS,
            expires: now + 365 * DAY_MS,
            keys: vec![
                entry(Role::Receipts, key(1).public()),
                entry(Role::Beacons, key(2).public()),
                entry(
                    Role::Disclosure,
                    disclosure.public().map_err(|_| "disclosure key")?,
                ),
            ],
        }
        .sign(&key(0));
        Ok(Arc::new(Town {
            keys,
            pages: Mutex::default(),
            said: AtomicUsize::new(0),
            watched: Mutex::default(),
        }))
    }

    /// The key phones pin.
    pub fn root() -> [u8; 32] {
        key(0).public()
    }

    /// The key authors are sealed to.
    pub fn disclosure(&self) -> Step<KeyEntry> {
        let found = self.keys.keys_of(Role::Disclosure, now()).next().cloned();
        Ok(found.ok_or("no disclosure key")?)
    }

    /// From now on it has the pages of this folder to say to who pulls, and nothing else.
    pub fn offer(&self, pages: &Path) {
        *self.pages() = pages.to_owned();
        self.said.store(0, Ordering::Relaxed);
    }

    /// Looks at this process's memory when the `page`-th page is handed out.
    pub fn watch(&self, page: usize) -> Held {
        let held = Held::default();
        *self.watched.lock().unwrap_or_else(PoisonError::into_inner) = Some((page, held.clone()));
        held
    }

    fn pages(&self) -> MutexGuard<'_, PathBuf> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The page for a cursor, which is one of our own names: anything else is no page.
    fn page(&self, cursor: &str) -> Option<Vec<u8>> {
        let page = std::fs::read(self.pages().join(format!("{cursor}.json"))).ok()?;
        let said = self.said.fetch_add(1, Ordering::Relaxed) + 1;
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, held)) = watched.as_ref().filter(|(page, _)| *page == said) {
            held.set(held_mb());
        }
        Some(page)
    }

    fn answer(&self, request: &TransportRequest) -> (u16, &'static str, Vec<u8>) {
        let path = request.url.trim_start_matches("http://127.0.0.1:1");
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match path {
            "/hello" => (200, JSON, self.hello()),
            "/keys" => (200, COSE, self.keys.bytes().to_vec()),
            "/beacon" => (200, COSE, self.beacon()),
            "/pull" => {
                let cursor = query.split('&').find_map(|p| p.strip_prefix("cursor="));
                match self.page(cursor.unwrap_or("start")) {
                    Some(page) => (200, JSON, page),
                    None => refused(),
                }
            }
            _ => refused(),
        }
    }

    fn hello(&self) -> Vec<u8> {
        json!({"city": "Huế", "protocol": {"min": 1, "max": 1}, "features": [],
            "limits": {"bundle_bytes": 65_536, "file_bytes": 2_097_152, "page_rows": 200},
            "epoch": EPOCH, "watermark": 0, "head": 0, "keys_version": 1, "packs": {}})
        .to_string()
        .into_bytes()
    }

    fn beacon(&self) -> Vec<u8> {
        Beacon {
            time: now(),
            nonce: [5; 16],
            epoch: EPOCH,
            watermark: 0,
            log_head: 0,
            keys_version: 1,
        }
        .sign(&key(2))
        .into_bytes()
    }
}

fn refused() -> (u16, &'static str, Vec<u8>) {
    let body = json!({"refusal": "refused", "rule": "unknown"});
    (404, JSON, body.to_string().into_bytes())
}

impl HttpTransport for Town {
    fn send(&self, request: TransportRequest, reply: Arc<TransportReply>) -> Result<(), HostError> {
        let (status, content_type, body) = self.answer(&request);
        reply.complete(TransportResponse {
            status,
            headers: vec![TransportHeader {
                name: "content-type".into(),
                value: content_type.into(),
            }],
            body,
            url: request.url,
        });
        Ok(())
    }

    fn cancel(&self, _id: u64) -> Result<(), HostError> {
        Ok(())
    }
}
