//! Signing ops into their lane: the chain, the beacon quoted, the author part.
//!
//! Invariant: an op's bytes change only while the outbox's rules allow it ([`super::edit`], a fork, or the author part that had
//! to wait for a key list); whenever they change, every later op of the lane is signed again over the new hash.

use super::rows::{self, author, LaneRow, OpRow};
use super::types::{NewOp, Remirror};
use super::{mirror, AuthorWish};
use crate::error::{Result, SyncError};
use crate::machine::{Owner, Priority};
use crate::sql::{one, run, Num};
use crate::trust;
use hues_crypto::sign::SigningKey;
use hues_env::{Env, Random};
use hues_protocol::author::Author;
use hues_protocol::bundle::Bundle;
use hues_protocol::ids::{OpHash, OpId};
use hues_protocol::keys::Role;
use hues_protocol::op::{OpHeader, PartRole, SignedOp};
use hues_protocol::part::{references, Part};
use hues_store::rusqlite::{Connection, OptionalExtension};
use zeroize::Zeroizing;

/// The device op key; made when first asked for.
///
/// # Errors
/// The store's.
pub fn device_key(conn: &Connection, random: &mut dyn Random) -> Result<SigningKey> {
    let sql = "SELECT seed FROM sync_device WHERE id = 1";
    let kept: Option<[u8; 32]> = one(conn, sql, [], |row| row.get(0)).optional()?;
    if let Some(seed) = kept.map(Zeroizing::new) {
        return Ok(SigningKey::from_seed(&seed));
    }
    let key = SigningKey::generate(random);
    run(
        conn,
        "INSERT INTO sync_device (id, seed) VALUES (1, ?1)",
        [&key.expose_seed()[..]],
    )?;
    Ok(key)
}

/// Where a new op stands in its lane.
pub(super) struct Place {
    /// The row of the op it takes the place of: lists keep their order.
    pub row: Option<i64>,
    pub seq: u64,
    pub previous: OpHash,
    pub replaces: Option<OpHash>,
}

pub(super) fn wish_number(wish: AuthorWish) -> i64 {
    match wish {
        AuthorWish::None => author::NONE,
        AuthorWish::Named => author::NAMED,
        AuthorWish::Sealed => author::SEALED,
        AuthorWish::Anonymous => author::ANONYMOUS,
    }
}

/// The author part that was wished for; `None` when it must wait for a key list.
fn author_part(
    conn: &Connection,
    env: &mut Env<'_>,
    lane: &LaneRow,
    wish: i64,
) -> Result<Option<Part>> {
    let public = lane.key.public();
    let made = match wish {
        author::NAMED => Author::named(&device_key(conn, env.random)?, &public),
        author::ANONYMOUS => Author::Anonymous,
        _ => {
            let Some(keys) = trust::keys(conn)? else {
                return Ok(None);
            };
            let now = trust::newest_time(conn)?.unwrap_or(env.wall.0);
            let Some(entry) = keys.keys_of(Role::Disclosure, now).next() else {
                return Ok(None);
            };
            let device = device_key(conn, env.random)?;
            match Author::sealed(&device, &public, entry, env.random) {
                Ok(sealed) => sealed,
                Err(_) => return Ok(None),
            }
        }
    };
    Ok(Some(Part::new(
        PartRole::AUTHOR,
        made.to_fields(),
        env.random,
    )?))
}

/// What the phone's clock says, for the header. An anonymous op tells the hour only: to the millisecond a clock's own error would be a name.
fn claim(env: &Env<'_>, owner: Owner) -> i64 {
    const HOUR_MS: i64 = 3_600_000;
    match owner {
        Owner::Nobody => env.wall.0.div_euclid(HOUR_MS) * HOUR_MS,
        _ => env.wall.0,
    }
}

/// Signs `new` at `place` and writes it. The lane's head moves to it.
pub(super) fn write_op(
    conn: &Connection,
    env: &mut Env<'_>,
    lane: &LaneRow,
    new: &NewOp,
    place: &Place,
) -> Result<OpRow> {
    let wish = wish_number(new.author);
    let mut parts = new.parts.clone();
    if parts.iter().any(rows::is_author) {
        return Err(SyncError::Invalid("author part"));
    }
    let mut unsealed = false;
    if wish != author::NONE {
        match author_part(conn, env, lane, wish)? {
            Some(part) => parts.push(part),
            None => unsealed = true,
        }
    }
    parts.sort_by_key(Part::role);
    let beacon = trust::quotable(conn, lane.owner == Owner::Nobody)?;
    let header = OpHeader {
        op_id: new.op_id,
        lane_key: lane.key.public(),
        sequence: place.seq,
        previous: place.previous,
        beacon,
        kind: new.kind.clone(),
        kind_version: new.version,
        parts: references(&parts),
        claimed_time: claim(env, lane.owner),
        subject: new.subject,
        replaces: place.replaces,
    };
    let op = header.sign(&lane.key)?;
    let bundle = Bundle::new(op, parts).map_err(|_| SyncError::Invalid("bundle"))?;
    let (op, parts) = bundle.into_inner();
    check_files(new, &parts)?;
    run(
        conn,
        "INSERT INTO sync_op (id, op_id, lane, seq, hash, kind, subject, op, priority, query_only, author, unsealed, beacon, made) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        (
            place.row,
            new.op_id.0,
            lane.id,
            Num(place.seq),
            op.hash().0,
            &new.kind,
            new.subject.0,
            op.bytes(),
            i64::from(new.priority != Priority::Urgent),
            new.query_only,
            wish,
            unsealed,
            beacon.map(|b| b.0),
            env.wall.0,
        ),
    )?;
    let row = conn.last_insert_rowid();
    rows::add_parts(conn, row, &parts)?;
    for file in &new.files {
        run(
            conn,
            "INSERT INTO sync_file (op, sha256, len, sealed) VALUES (?1, ?2, ?3, ?4)",
            (row, file.sha256.0, Num(file.len), file.sealed),
        )?;
    }
    rows::op_by_id(conn, &new.op_id)?.ok_or(SyncError::NotFound)
}

/// Each attachment must be stated by a file part, or the city will never take it.
fn check_files(new: &NewOp, parts: &[Part]) -> Result<()> {
    let stated: Vec<[u8; 32]> = parts
        .iter()
        .filter(|p| p.role() == PartRole::FILE)
        .filter_map(|p| p.body().array::<32>(1).ok())
        .collect();
    if new.files.iter().all(|f| stated.contains(&f.sha256.0)) {
        Ok(())
    } else {
        Err(SyncError::Invalid("file without a part"))
    }
}

/// Signs the op of `row` again with other surroundings; its id, parts, kind, subject and claimed time stay.
pub(super) fn sign_again(
    conn: &Connection,
    lane: &LaneRow,
    row: &OpRow,
    parts: &[Part],
    change: impl FnOnce(&mut OpHeader),
) -> Result<SignedOp> {
    let mut header = row.signed()?.header().clone();
    header.parts = references(parts);
    change(&mut header);
    let op = header.sign(&lane.key)?;
    Bundle::new(op.clone(), parts.to_vec()).map_err(|_| SyncError::Invalid("bundle"))?;
    run(
        conn,
        "UPDATE sync_op SET seq = ?2, hash = ?3, op = ?4, handed = 0, absent = 0, \
         state = CASE state WHEN 3 THEN 3 ELSE 0 END WHERE id = ?1",
        (row.id, Num(op.header().sequence), op.hash().0, op.bytes()),
    )?;
    Ok(op)
}

/// Signs every op of the lane with `seq` ≥ `from` again, chained onto (`seq`, `hash`), numbered on from there.
pub(super) fn rechain(
    conn: &Connection,
    lane: &LaneRow,
    from: u64,
    mut seq: u64,
    mut hash: OpHash,
) -> Result<Vec<Remirror>> {
    let mut ids: Vec<OpId> = Vec::new();
    for row in rows::ops_from(conn, lane.id, from)? {
        let parts = rows::parts_of(conn, row.id)?;
        let op = sign_again(conn, lane, &row, &parts, |h| {
            h.sequence = seq + 1;
            h.previous = hash;
        })?;
        (seq, hash) = (seq + 1, op.hash());
        ids.push(row.op_id);
    }
    rows::set_head(conn, lane.id, seq, &hash)?;
    mirror::again(conn, &ids)
}

/// Gives an op the author part that had to wait. `None`: there is still no key to seal it to.
///
/// # Errors
/// The store's; `NotFound`.
pub fn reseal(conn: &Connection, env: &mut Env<'_>, op_id: &OpId) -> Result<Option<Vec<Remirror>>> {
    let row = rows::op_by_id(conn, op_id)?.ok_or(SyncError::NotFound)?;
    if !row.unsealed || row.handed {
        return Ok(Some(Vec::new()));
    }
    let lane = rows::lane_by_row(conn, row.lane)?;
    let Some(part) = author_part(conn, env, &lane, row.author)? else {
        return Ok(None);
    };
    let mut parts = rows::parts_of(conn, row.id)?;
    parts.push(part);
    parts.sort_by_key(Part::role);
    let op = sign_again(conn, &lane, &row, &parts, |_| {})?;
    rows::set_parts(conn, row.id, &parts)?;
    run(
        conn,
        "UPDATE sync_op SET unsealed = 0 WHERE id = ?1",
        [row.id],
    )?;
    let mut again = mirror::again(conn, &[*op_id])?;
    again.extend(rechain(conn, &lane, row.seq + 1, row.seq, op.hash())?);
    Ok(Some(again))
}
