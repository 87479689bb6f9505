//! What is mirrored of an op, and how an op comes back from there.
//!
//! Invariant: a mirror entry alone is enough to send the op: lane key, signed bytes, parts, attachments. Bringing one back
//! twice changes nothing. What comes back counts as handed over, since nobody can say it was not.

use super::rows::{self, state, LaneRow, OpRow};
use super::types::Remirror;
use crate::error::{Result, SyncError};
use crate::machine::{Owner, Priority};
use crate::sql::{run, Num};
use crate::trust;
use ciborium::value::Value;
use hues_env::Env;
use hues_protocol::cbor;
use hues_protocol::fields::{self, blob, Fields};
use hues_protocol::ids::{LaneId, OpId};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::SignedOp;
use hues_protocol::part::Part;
use hues_store::rusqlite::Connection;
use zeroize::Zeroizing;

const LABEL: &str = "hues.mirror.v1";
/// Bundle, key, attachments and framing.
const MAX: usize = 128 * 1024;

/// The mirror entry of an op as it stands now.
///
/// # Errors
/// The store's; `NotFound`.
pub fn entry(conn: &Connection, op_id: &OpId) -> Result<Zeroizing<Vec<u8>>> {
    let row = rows::op_by_id(conn, op_id)?.ok_or(SyncError::NotFound)?;
    let lane = rows::lane_by_row(conn, row.lane)?;
    entry_of(conn, &lane, &row)
}

/// The mirror entry of an op whose rows are in hand.
pub(super) fn entry_of(
    conn: &Connection,
    lane: &LaneRow,
    row: &OpRow,
) -> Result<Zeroizing<Vec<u8>>> {
    let parts = rows::parts_of(conn, row.id)?;
    let files = rows::files_of(conn, row.id)?
        .into_iter()
        .map(|f| Value::Array(vec![blob(&f.sha256.0), f.len.into(), blob(&f.sealed)]));
    let (owner, account) = match lane.owner {
        Owner::Nobody => (0u64, Value::Null),
        Owner::Unclaimed => (1, Value::Null),
        Owner::Account(a) => (2, blob(&a)),
    };
    let map = Fields::new()
        .with(0, LABEL)
        .with(1, blob(lane.key.expose_seed()))
        .with(2, owner)
        .with(3, account)
        .with(4, blob(&row.bytes))
        .with(
            5,
            Value::Array(parts.iter().map(|p| blob(p.bytes())).collect()),
        )
        .with(6, Value::Array(files.collect()))
        .with(7, u64::from(row.priority != Priority::Urgent))
        .with(8, u64::from(row.query_only))
        .with(9, row.author)
        .with(10, u64::from(row.unsealed));
    // What the op quotes goes with it: without the beacon's bytes its proof has no lower bound to show.
    let map = match quoted(conn, row)? {
        Some(beacon) => map.with(11, blob(&beacon)),
        None => map,
    };
    Ok(Zeroizing::new(cbor::encode(&map.to_value())))
}

fn quoted(conn: &Connection, row: &OpRow) -> Result<Option<Vec<u8>>> {
    match row.signed()?.header().beacon {
        Some(_) if hues_env::planted!("beacon-not-mirrored") => Ok(None),
        Some(hash) => trust::beacon_bytes(conn, &hash),
        None => Ok(None),
    }
}

/// The entries of several ops.
pub(super) fn again(conn: &Connection, ids: &[OpId]) -> Result<Vec<Remirror>> {
    ids.iter()
        .map(|op_id| {
            Ok(Remirror {
                op_id: *op_id,
                mirror: entry(conn, op_id)?,
            })
        })
        .collect()
}

/// Where an entry stands among others, oldest first: by the phone's claim, then by its place in the lane. One that cannot be read comes last.
#[must_use]
pub fn salvage_order(bytes: &[u8]) -> (i64, u64) {
    let header = || {
        let map = Fields::from_value(cbor::decode(bytes, MAX).ok()?).ok()?;
        let op = SignedOp::decode(map.bytes(4).ok()?).ok()?;
        Some((op.header().claimed_time, op.header().sequence))
    };
    header().unwrap_or((i64::MAX, u64::MAX))
}

/// Brings an op back from its mirror entry. `None`: it was there already.
///
/// # Errors
/// `Invalid` for bytes that are no entry; the store's.
pub fn salvage_import(conn: &Connection, env: &Env<'_>, bytes: &[u8]) -> Result<Option<OpId>> {
    let map = Fields::from_value(cbor::decode(bytes, MAX)?)?;
    if map.text(0)? != LABEL {
        return Err(SyncError::Invalid("mirror label"));
    }
    let key = LaneKey::from_seed(&Zeroizing::new(map.array(1)?));
    let owner = match map.uint(2)? {
        0 => Owner::Nobody,
        2 => Owner::Account(map.array(3)?),
        _ => Owner::Unclaimed,
    };
    let op = SignedOp::decode(map.bytes(4)?).map_err(|_| SyncError::Invalid("mirrored op"))?;
    if op.lane() != key.id() {
        return Err(SyncError::Invalid("mirrored op of another lane"));
    }
    let op_id = op.header().op_id;
    if rows::op_by_id(conn, &op_id)?.is_some() {
        return Ok(None);
    }
    let lane = match rows::lane_by_name(conn, &LaneId(key.id().0))? {
        Some(lane) => lane,
        None => rows::insert_lane(conn, key, owner)?,
    };
    let header = op.header();
    let unsealed = map.uint(10)? != 0;
    // An author part that had to wait was never handed over: the op may still be signed again for it.
    let (handed, kept) = if unsealed {
        (0, state::WAITING)
    } else {
        (1, state::SENDING)
    };
    run(conn,
        "INSERT INTO sync_op (op_id, lane, seq, hash, kind, subject, op, priority, query_only, author, unsealed, state, handed, \
         beacon, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        (
            op_id.0,
            lane.id,
            Num(header.sequence),
            op.hash().0,
            &header.kind,
            header.subject.0,
            op.bytes(),
            map.int(7)?,
            map.int(8)?,
            map.int(9)?,
            unsealed,
            kept,
            handed,
            header.beacon.map(|b| b.0),
            env.wall.0,
        ),
    )?;
    let row = conn.last_insert_rowid();
    let parts: Vec<Part> = map
        .list(5)?
        .iter()
        .map(|p| Part::decode(fields::bytes(p)?))
        .collect::<std::result::Result<_, _>>()?;
    rows::add_parts(conn, row, &parts)?;
    for file in map.list(6)? {
        let [sha256, len, sealed] = fields::list(file)? else {
            return Err(SyncError::Invalid("mirrored file"));
        };
        run(
            conn,
            "INSERT INTO sync_file (op, sha256, len, sealed) VALUES (?1, ?2, ?3, ?4)",
            (
                row,
                fields::array::<32>(sha256)?,
                Num(fields::uint(len)?),
                fields::array::<16>(sealed)?,
            ),
        )?;
    }
    if header.sequence > lane.head_seq {
        rows::set_head(conn, lane.id, header.sequence, &op.hash())?;
    }
    // An entry of an earlier release has none.
    if let (Some(hash), Ok(beacon)) = (header.beacon, map.bytes(11)) {
        trust::keep_quoted(conn, env, &hash, beacon)?;
    }
    Ok(Some(op_id))
}
