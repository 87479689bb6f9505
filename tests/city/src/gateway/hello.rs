//! What anybody may ask: hello, the key list, the packs, whether the log grew.
//!
//! Invariant: nothing here depends on who asks.

use hues_env::Env;
use hues_protocol::city::CitySigned;
use hues_protocol::config::Config;
use hues_protocol::pack::Pack;
use serde_json::json;

use super::call::{answer, empty, json_answer, refuse, Answer, Call, COSE};
use super::keys::{CityKeys, CITY};
use super::meta::{self, CityLog};
use super::Town;
use crate::storage::{StorageError, Table, Tx};

/// The protocol versions this city speaks.
pub(super) const PROTOCOL: (u64, u64) = (1, 1);
/// A pack is good for this long.
const PACK_MS: i64 = 365 * 86_400_000;

/// `GET /hello`
pub(super) fn hello(tx: &dyn Tx, keys: &CityKeys, town: &Town) -> Answer {
    let log = CityLog::load(tx)?;
    Ok(json_answer(
        200,
        &json!({
            "city": CITY,
            // A sandbox city's own word for its root: a phone takes it from loopback only (docs/protocol.md §6).
            "root": hex::encode(keys.root()),
            "protocol": {"min": PROTOCOL.0, "max": PROTOCOL.1},
            "features": ["ops", "pull", "wake", "tus", "media", "enrol", "development-signin"],
            "limits": {
                "bundle_bytes": hues_protocol::bundle::MAX_BUNDLE,
                "file_bytes": town.config.limits.photo_bytes,
                "page_rows": 200,
            },
            "epoch": log.epoch, "watermark": log.watermark, "head": log.head,
            "keys_version": keys.version(), "packs": {"config": town.config_version},
        }),
    ))
}

/// `GET /packs/{name}`
pub(super) fn pack(tx: &mut dyn Tx, env: &Env, keys: &CityKeys, town: &Town, name: &str) -> Answer {
    if name != "config" {
        return Err(refuse(404, "unknown"));
    }
    // Signed once per edition and key list, then the same bytes for everyone.
    let mark = format!("pack-config-{}-{}", town.config_version, keys.version());
    if let Some(kept) = tx.get(Table::Meta, mark.as_bytes())? {
        return Ok(answer(200, COSE, kept));
    }
    let content = Config::builtin_json().as_bytes().to_vec();
    let mut log = CityLog::load(tx)?;
    let issued = log.sign_at(env.wall);
    log.save(tx)?;
    let pack = Pack {
        name: name.to_owned(),
        version: town.config_version,
        issued,
        expires: issued + PACK_MS,
        content,
        keys_version: keys.version(),
    };
    let bytes = pack.sign(&keys.packs).into_bytes();
    tx.put(Table::Meta, mark.as_bytes(), &bytes)?;
    Ok(answer(200, COSE, bytes))
}

/// `GET /wake`: answers at once; the server around the gateway asks again until the 25 seconds are over.
pub(super) fn wake(tx: &dyn Tx, call: &Call) -> Answer {
    let since: u64 = call
        .query("since")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| refuse(400, "since"))?;
    let head = CityLog::load(tx)?.head;
    Ok(if head > since {
        json_answer(200, &json!({"head": head}))
    } else {
        empty(204)
    })
}

/// Sets up the single values of a new city.
pub(super) fn found(tx: &mut dyn Tx, env: &mut Env) -> Result<(), StorageError> {
    if tx.get(Table::Meta, b"log")?.is_none() {
        let log = CityLog::begin(env);
        meta::put(tx, Table::Meta, b"log", &log)?;
    }
    Ok(())
}
