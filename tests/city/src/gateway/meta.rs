//! The single values of a city: epoch, watermark, log head, signed time, beacon.
//!
//! Invariant: the log grows by one for each op and each whole file and never gives an index twice within an epoch. What
//! the city signs never goes back in time, even when its clock does: a beacon seen before a receipt was not dated after it.

use hues_env::{Env, Wall};
use hues_protocol::beacon::Beacon;
use hues_protocol::city::CitySigned;
use hues_protocol::ids::Epoch;
use serde::{de::DeserializeOwned, Deserialize, Serialize};

use super::keys::CityKeys;
use crate::storage::{StorageError, Table, Tx};

/// A beacon lives this long.
const BEACON_MS: i64 = 60_000;

/// Phones bring back what a restore took within this time, or never: a week without a link is long, also after a flood.
const MENDING_MS: i64 = 7 * 24 * 3_600_000;

/// Reads a JSON value; the type decides whether a missing one is an error.
pub(super) fn get<T: DeserializeOwned>(
    tx: &dyn Tx,
    table: Table,
    key: &[u8],
) -> Result<Option<T>, StorageError> {
    match tx.get(table, key)? {
        None => Ok(None),
        Some(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|_| StorageError::Value("record")),
    }
}

/// Writes a JSON value.
pub(super) fn put<T: Serialize>(
    tx: &mut dyn Tx,
    table: Table,
    key: &[u8],
    value: &T,
) -> Result<(), StorageError> {
    let bytes = serde_json::to_vec(value).map_err(|_| StorageError::Value("record"))?;
    tx.put(table, key, &bytes)
}

/// The city's place in its own history.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct CityLog {
    /// Name of this unbroken life of the log.
    pub epoch: Epoch,
    /// The highest index a backup surely holds.
    pub watermark: u64,
    /// The highest index given out.
    pub head: u64,
    /// How often the city came back from a backup.
    pub restores: u64,
    /// When it came back last, milliseconds since 1970 by its own clock.
    #[serde(default)]
    pub restored_at: Option<i64>,
    /// The newest revision of any row.
    pub revision: u64,
    /// The newest time the city put its name to, milliseconds.
    pub signed_time: i64,
    /// Ops and files that were offered again and answered without a second effect.
    pub duplicates: u64,
}

impl CityLog {
    /// The log as it is; a new one for a new city.
    pub(super) fn load(tx: &dyn Tx) -> Result<CityLog, StorageError> {
        get(tx, Table::Meta, b"log")?.ok_or(StorageError::Value("log"))
    }

    pub(super) fn begin(env: &mut Env) -> CityLog {
        let epoch = Epoch(new_epoch(env));
        CityLog {
            epoch,
            watermark: 0,
            head: 0,
            restores: 0,
            restored_at: None,
            revision: 0,
            signed_time: 0,
            duplicates: 0,
        }
    }

    pub(super) fn save(&self, tx: &mut dyn Tx) -> Result<(), StorageError> {
        put(tx, Table::Meta, b"log", self)
    }

    /// The next index, given to `what`.
    pub(super) fn next_index(&mut self, tx: &mut dyn Tx, what: &str) -> Result<u64, StorageError> {
        self.head += 1;
        tx.put(Table::Log, &self.head.to_be_bytes(), what.as_bytes())?;
        Ok(self.head)
    }

    /// The time to sign with.
    pub(super) fn sign_at(&mut self, now: Wall) -> i64 {
        self.signed_time = self.signed_time.max(now.0);
        self.signed_time
    }

    /// After a restore: the backup holds all there is, and a new life begins.
    pub(super) fn restart(&mut self, env: &mut Env) {
        self.epoch = Epoch(new_epoch(env));
        self.watermark = self.head;
        self.restores += 1;
        self.restored_at = Some(env.wall.0);
    }

    /// Whether the city came back from a backup so lately that phones may still bring what it lost.
    pub(super) fn is_mending(&self, now: Wall) -> bool {
        self.restored_at.is_some_and(|at| now.0 - at < MENDING_MS)
    }
}

fn new_epoch(env: &mut Env) -> [u8; 8] {
    let mut epoch = [0; 8];
    env.random.fill(&mut epoch);
    epoch
}

#[derive(Serialize, Deserialize)]
struct KeptBeacon {
    minute: i64,
    epoch: Epoch,
    cose: String,
}

/// The beacon of this minute, the same bytes for whoever asks. A new epoch does not wait for the minute to end.
pub(super) fn beacon(
    tx: &mut dyn Tx,
    env: &mut Env,
    keys: &CityKeys,
) -> Result<Vec<u8>, StorageError> {
    let minute = env.wall.0.div_euclid(BEACON_MS);
    let mut log = CityLog::load(tx)?;
    if let Some(kept) = get::<KeptBeacon>(tx, Table::Meta, b"beacon")? {
        if kept.minute == minute && kept.epoch == log.epoch {
            return hex::decode(kept.cose).map_err(|_| StorageError::Value("beacon"));
        }
    }
    let mut nonce = [0; 16];
    env.random.fill(&mut nonce);
    let beacon = Beacon {
        time: log.sign_at(env.wall),
        nonce,
        epoch: log.epoch,
        watermark: log.watermark,
        log_head: log.head,
        keys_version: keys.version(),
    };
    let bytes = beacon.sign(&keys.beacons).into_bytes();
    put(
        tx,
        Table::Meta,
        b"beacon",
        &KeptBeacon {
            minute,
            epoch: log.epoch,
            cose: hex::encode(&bytes),
        },
    )?;
    log.save(tx)?;
    remember_beacon(tx, &bytes, log.signed_time)?;
    Ok(bytes)
}

/// Beacons are remembered by hash for as long as a lane may be pulled with one.
fn remember_beacon(tx: &mut dyn Tx, bytes: &[u8], time: i64) -> Result<(), StorageError> {
    for (key, value) in tx.scan(Table::Beacon, b"", b"", 64)? {
        let old: i64 = std::str::from_utf8(&value)
            .ok()
            .and_then(|t| t.parse().ok())
            .unwrap_or(0);
        if time - old > 2 * super::pull::BEACON_AGE_MS {
            tx.delete(Table::Beacon, &key)?;
        }
    }
    tx.put(
        Table::Beacon,
        &hues_crypto::hash::sha256(bytes),
        time.to_string().as_bytes(),
    )
}
