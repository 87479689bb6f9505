//! What this phone believes of the city: key list, beacons, config pack, epoch and watermark.
//!
//! Invariant: only what the pinned root (or a key of its list) vouched for is written here; a worse one never replaces a better.

use crate::error::Result;
use crate::machine::Epoch;
use crate::moment::Moment;
use crate::sql::{one, run, Num};
use hues_env::{Env, Mono};
use hues_protocol::beacon::Beacon;
use hues_protocol::city::{Parsed, Signed};
use hues_protocol::ids::Hash;
use hues_protocol::keys::KeyList;
use hues_protocol::pack::Pack;
use hues_store::rusqlite::{Connection, OptionalExtension};
use hues_store::StoreError;

const HOUR_MS: i64 = 3_600_000;

/// The kept key list.
///
/// # Errors
/// The store's; `Corrupt` when what was kept is no key list.
pub fn keys(conn: &Connection) -> Result<Option<KeyList>> {
    signed(conn, "keys")?
        .map(|(_, b)| KeyList::trusted(&b).map_err(|_| StoreError::Corrupt("key list").into()))
        .transpose()
}

pub(crate) fn save_keys(conn: &Connection, keys: &KeyList) -> Result<()> {
    save_signed(conn, "keys", 0, keys.bytes())
}

/// Time of the newest good beacon, milliseconds since 1970 by the city's clock.
///
/// # Errors
/// The store's.
pub fn newest_time(conn: &Connection) -> Result<Option<i64>> {
    let sql = "SELECT b.time FROM sync_trust t JOIN sync_beacon b ON b.hash = t.newest";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([], |r| r.get(0))
        .optional()?)
}

/// How long ago the newest beacon was fetched, milliseconds; `None` where none was or nobody can say.
///
/// # Errors
/// The store's.
pub fn beacon_age(conn: &Connection, env: &Env<'_>) -> Result<Option<u64>> {
    Ok(beacon_seen(conn)?.and_then(|m| m.age(env)))
}

/// When it was fetched, if that was in this boot.
pub(crate) fn beacon_at(conn: &Connection, env: &Env<'_>) -> Result<Option<Mono>> {
    Ok(beacon_seen(conn)?.and_then(|m| m.same_boot(env)))
}

fn beacon_seen(conn: &Connection) -> Result<Option<Moment>> {
    let sql = "SELECT b.seen FROM sync_trust t JOIN sync_beacon b ON b.hash = t.newest";
    let seen: Option<Vec<u8>> = conn
        .prepare_cached(sql)?
        .query_row([], |r| r.get(0))
        .optional()?;
    Ok(seen.and_then(|b| Moment::from_bytes(&b)))
}

/// Hash of the beacon to quote now: the newest, or for an anonymous op the first of its hour.
///
/// # Errors
/// The store's.
pub fn quotable(conn: &Connection, anonymous: bool) -> Result<Option<Hash>> {
    let sql = if anonymous {
        "SELECT hourly FROM sync_trust"
    } else {
        "SELECT newest FROM sync_trust"
    };
    let hash: Option<[u8; 32]> = one(conn, sql, [], |r| r.get(0))?;
    Ok(hash.map(Hash))
}

/// The bytes of a beacon that was seen and is still needed.
///
/// # Errors
/// The store's.
pub fn beacon_bytes(conn: &Connection, hash: &Hash) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT bytes FROM sync_beacon WHERE hash = ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([hash.0], |r| r.get(0))
        .optional()?)
}

pub(crate) fn save_beacon(conn: &Connection, env: &Env<'_>, beacon: &Signed<Beacon>) -> Result<()> {
    let hash = beacon.hash();
    let seen = Moment::at(env, env.mono).to_bytes();
    run(
        conn,
        "INSERT INTO sync_beacon (hash, bytes, time, seen) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (hash) DO UPDATE SET seen = excluded.seen",
        (hash.0, beacon.bytes(), beacon.time, seen),
    )?;
    let hourly: Option<i64> = conn
        .query_row(
            "SELECT b.time FROM sync_trust t JOIN sync_beacon b ON b.hash = t.hourly",
            [],
            |r| r.get(0),
        )
        .optional()?;
    let same_hour =
        hourly.is_some_and(|t| t.div_euclid(HOUR_MS) == beacon.time.div_euclid(HOUR_MS));
    run(conn, "UPDATE sync_trust SET newest = ?1", [hash.0])?;
    if !same_hour {
        run(conn, "UPDATE sync_trust SET hourly = ?1", [hash.0])?;
    }
    run(conn,
        "DELETE FROM sync_beacon WHERE hash NOT IN (SELECT newest FROM sync_trust UNION SELECT hourly FROM sync_trust) \
         AND NOT EXISTS (SELECT 1 FROM sync_op o WHERE o.beacon = sync_beacon.hash)",
        [],
    )?;
    Ok(())
}

/// Keeps a beacon that an op brought back quotes; bytes that are not what it quotes are left.
pub(crate) fn keep_quoted(
    conn: &Connection,
    env: &Env<'_>,
    hash: &Hash,
    bytes: &[u8],
) -> Result<()> {
    let Ok(beacon) = Parsed::<Beacon>::parse(bytes) else {
        return Ok(());
    };
    if beacon.hash() == *hash {
        let seen = Moment::at(env, env.mono).to_bytes();
        run(conn,
            "INSERT INTO sync_beacon (hash, bytes, time, seen) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (hash) DO NOTHING",
            (hash.0, bytes, beacon.unproven().time, seen),
        )?;
    }
    Ok(())
}

/// The kept config pack: version and signed bytes.
///
/// # Errors
/// The store's.
pub fn pack(conn: &Connection) -> Result<Option<(u64, Vec<u8>)>> {
    signed(conn, "config")
}

pub(crate) fn save_pack(conn: &Connection, pack: &Signed<Pack>) -> Result<()> {
    save_signed(conn, "config", pack.version, pack.bytes())
}

/// A large object that the city signed, and its version.
fn signed(conn: &Connection, name: &str) -> Result<Option<(u64, Vec<u8>)>> {
    let sql = "SELECT version, bytes FROM sync_signed WHERE name = ?1";
    let row = conn.prepare_cached(sql)?.query_row([name], |r| {
        Ok((r.get::<_, Num>(0)?.0, r.get::<_, Vec<u8>>(1)?))
    });
    Ok(row.optional()?)
}

fn save_signed(conn: &Connection, name: &str, version: u64, bytes: &[u8]) -> Result<()> {
    run(
        conn,
        "INSERT INTO sync_signed (name, version, bytes) VALUES (?1, ?2, ?3) \
         ON CONFLICT (name) DO UPDATE SET version = excluded.version, bytes = excluded.bytes",
        (name, Num(version), bytes),
    )?;
    Ok(())
}

/// The epoch and watermark last seen.
///
/// # Errors
/// The store's.
pub fn epoch(conn: &Connection) -> Result<(Option<Epoch>, u64)> {
    Ok(one(
        conn,
        "SELECT epoch, watermark FROM sync_trust",
        [],
        |r| Ok((r.get(0)?, r.get::<_, Num>(1)?.0)),
    )?)
}

pub(crate) fn save_epoch(conn: &Connection, epoch: &Epoch, watermark: u64) -> Result<()> {
    run(
        conn,
        "UPDATE sync_trust SET epoch = ?1, watermark = ?2",
        (epoch, Num(watermark)),
    )?;
    Ok(())
}

/// The last answer to `GET /hello`, as it came.
///
/// # Errors
/// The store's.
pub fn hello(conn: &Connection) -> Result<Option<String>> {
    Ok(conn.query_row("SELECT hello FROM sync_trust", [], |r| r.get(0))?)
}

pub(crate) fn save_hello(conn: &Connection, json: &str) -> Result<()> {
    run(
        conn,
        "UPDATE sync_trust SET hello = ?1 WHERE hello IS NOT ?1",
        [json],
    )?;
    Ok(())
}
