//! Reading and writing the outbox's rows.
//!
//! Invariant: every value read is checked for its length; a row of another shape is damage, not a default.

use crate::error::Result;
use crate::machine::{Owner, Priority};
use crate::sql::{one, run, Num};
use hues_protocol::ids::{Hash, LaneId, OpHash, OpId};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::{PartRole, SignedOp};
use hues_protocol::part::Part;
use hues_store::rusqlite::{Connection, OptionalExtension, Row};
use hues_store::StoreError;
use zeroize::Zeroizing;

/// Values of `sync_op.state`.
pub(crate) mod state {
    pub const WAITING: i64 = 0;
    pub const SENDING: i64 = 1;
    pub const RECEIPTED: i64 = 2;
    pub const WEDGED: i64 = 3;
    pub const COVERED: i64 = 4;
}

/// Values of `sync_file.state`.
pub(crate) mod file_state {
    pub const EARLY: i64 = 0;
    pub const OPEN: i64 = 1;
    pub const COMPLETE: i64 = 2;
    pub const GONE: i64 = 3;
}

/// Values of `sync_op.author`.
pub(crate) mod author {
    pub const NONE: i64 = 0;
    pub const NAMED: i64 = 1;
    pub const SEALED: i64 = 2;
    pub const ANONYMOUS: i64 = 3;
}

pub(crate) struct LaneRow {
    pub id: i64,
    pub lane: LaneId,
    pub key: LaneKey,
    pub owner: Owner,
    pub head_seq: u64,
    pub head_hash: OpHash,
}

pub(crate) struct OpRow {
    pub id: i64,
    pub op_id: OpId,
    pub lane: i64,
    pub seq: u64,
    pub hash: OpHash,
    pub bytes: Vec<u8>,
    pub priority: Priority,
    pub query_only: bool,
    pub author: i64,
    pub unsealed: bool,
    pub state: i64,
    pub handed: bool,
    pub absent: bool,
    pub tries: u32,
    pub next_try: Option<Vec<u8>>,
    pub signed_refusal: bool,
}

const OP_COLUMNS: &str = "id, op_id, lane, seq, hash, op, priority, query_only, author, unsealed, state, handed, absent, \
                          tries, next_try, refusal IS NOT NULL";

fn op_row(row: &Row<'_>) -> hues_store::rusqlite::Result<OpRow> {
    Ok(OpRow {
        id: row.get(0)?,
        op_id: OpId(row.get(1)?),
        lane: row.get(2)?,
        seq: row.get::<_, Num>(3)?.0,
        hash: OpHash(row.get(4)?),
        bytes: row.get(5)?,
        priority: if row.get::<_, i64>(6)? == 0 {
            Priority::Urgent
        } else {
            Priority::Words
        },
        query_only: row.get(7)?,
        author: row.get(8)?,
        unsealed: row.get(9)?,
        state: row.get(10)?,
        handed: row.get(11)?,
        absent: row.get(12)?,
        tries: row.get(13)?,
        next_try: row.get(14)?,

        signed_refusal: row.get(15)?,
    })
}

impl OpRow {
    /// The signed op in it.
    pub fn signed(&self) -> Result<SignedOp> {
        SignedOp::decode(&self.bytes).map_err(|_| StoreError::Corrupt("op bytes").into())
    }

    /// Only what never left, or was refused under the city's signature, may be changed.
    pub fn editable(&self) -> bool {
        match self.state {
            state::WAITING => !self.handed,
            state::WEDGED => self.signed_refusal,
            _ => false,
        }
    }
}

pub(crate) fn op_by_id(conn: &Connection, op_id: &OpId) -> Result<Option<OpRow>> {
    let sql = format!("SELECT {OP_COLUMNS} FROM sync_op WHERE op_id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([op_id.0], op_row)
        .optional()?)
}

/// The ops of a lane with `seq` ≥ `from`, in order.
pub(crate) fn ops_from(conn: &Connection, lane: i64, from: u64) -> Result<Vec<OpRow>> {
    let sql =
        format!("SELECT {OP_COLUMNS} FROM sync_op WHERE lane = ?1 AND seq >= ?2 ORDER BY seq");
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map((lane, Num(from)), op_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The first op of a lane that has no receipt of the present epoch.
pub(crate) fn head_of(conn: &Connection, lane: i64) -> Result<Option<OpRow>> {
    let sql = format!("SELECT {OP_COLUMNS} FROM sync_op WHERE lane = ?1 AND state IN (0, 1, 3) ORDER BY seq LIMIT 1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([lane], op_row)
        .optional()?)
}

fn lane_row(row: &Row<'_>) -> hues_store::rusqlite::Result<LaneRow> {
    let seed = Zeroizing::new(row.get::<_, [u8; 32]>(2)?);
    let owner = owner(row.get(3)?, row.get(4)?);
    Ok(LaneRow {
        id: row.get(0)?,
        lane: LaneId(row.get(1)?),
        key: LaneKey::from_seed(&seed),
        owner,
        head_seq: row.get::<_, Num>(5)?.0,
        head_hash: OpHash(row.get(6)?),
    })
}

const LANE_COLUMNS: &str = "id, lane, seed, anonymous, owner, head_seq, head_hash";

fn owner(anonymous: bool, account: Option<[u8; 16]>) -> Owner {
    match (anonymous, account) {
        (true, _) => Owner::Nobody,
        (false, Some(account)) => Owner::Account(account),
        (false, None) => Owner::Unclaimed,
    }
}

/// A lane's row and owner, without its key (deriving a public key costs more than the rest of a step).
pub(crate) fn owner_of(conn: &Connection, lane: &[u8; 16]) -> Result<Option<(i64, Owner)>> {
    let sql = "SELECT id, anonymous, owner FROM sync_lane WHERE lane = ?1";
    Ok(conn
        .prepare_cached(sql)?
        .query_row([lane], |r| Ok((r.get(0)?, owner(r.get(1)?, r.get(2)?))))
        .optional()?)
}

pub(crate) fn lane_by_name(conn: &Connection, lane: &LaneId) -> Result<Option<LaneRow>> {
    let sql = format!("SELECT {LANE_COLUMNS} FROM sync_lane WHERE lane = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([lane.0], lane_row)
        .optional()?)
}

pub(crate) fn lane_by_row(conn: &Connection, id: i64) -> Result<LaneRow> {
    let sql = format!("SELECT {LANE_COLUMNS} FROM sync_lane WHERE id = ?1");
    Ok(conn.prepare_cached(&sql)?.query_row([id], lane_row)?)
}

pub(crate) fn insert_lane(conn: &Connection, key: LaneKey, owner: Owner) -> Result<LaneRow> {
    let account = match owner {
        Owner::Account(a) => Some(a),
        _ => None,
    };
    let lane = key.id();
    run(
        conn,
        "INSERT INTO sync_lane (lane, seed, anonymous, owner, head_hash) VALUES (?1, ?2, ?3, ?4, ?5)",
        (lane.0, &key.expose_seed()[..], owner == Owner::Nobody, account, OpHash::NONE.0),
    )?;
    Ok(LaneRow {
        id: conn.last_insert_rowid(),
        lane,
        key,
        owner,
        head_seq: 0,
        head_hash: OpHash::NONE,
    })
}

pub(crate) fn set_head(conn: &Connection, lane: i64, seq: u64, hash: &OpHash) -> Result<()> {
    run(
        conn,
        "UPDATE sync_lane SET head_seq = ?2, head_hash = ?3 WHERE id = ?1",
        (lane, Num(seq), hash.0),
    )?;
    Ok(())
}

pub(crate) fn parts_of(conn: &Connection, op: i64) -> Result<Vec<Part>> {
    let mut statement =
        conn.prepare_cached("SELECT bytes FROM sync_part WHERE op = ?1 ORDER BY role, id")?;
    let rows = statement.query_map([op], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|bytes| Part::decode(&bytes?).map_err(|_| StoreError::Corrupt("op part").into()))
        .collect()
}

/// The parts of an op that has some already.
pub(crate) fn set_parts(conn: &Connection, op: i64, parts: &[Part]) -> Result<()> {
    run(conn, "DELETE FROM sync_part WHERE op = ?1", [op])?;
    add_parts(conn, op, parts)
}

/// The parts of an op that has none yet.
pub(crate) fn add_parts(conn: &Connection, op: i64, parts: &[Part]) -> Result<()> {
    let mut statement =
        conn.prepare_cached("INSERT INTO sync_part (op, role, bytes) VALUES (?1, ?2, ?3)")?;
    for part in parts {
        statement.execute((op, part.role().0, part.bytes()))?;
    }
    Ok(())
}

/// Bytes of an op's parts together.
pub(crate) fn parts_len(conn: &Connection, op: i64) -> Result<u64> {
    let sql = "SELECT coalesce(sum(length(bytes)), 0) FROM sync_part WHERE op = ?1";
    Ok(one(conn, sql, [op], |r| r.get::<_, Num>(0))?.0)
}

pub(crate) struct FileRow {
    pub op: i64,
    pub sha256: Hash,
    pub len: u64,
    pub sealed: [u8; 16],
    pub path: Option<String>,
}

fn file_row(row: &Row<'_>) -> hues_store::rusqlite::Result<FileRow> {
    Ok(FileRow {
        op: row.get(0)?,
        sha256: Hash(row.get(1)?),
        len: row.get::<_, Num>(2)?.0,
        sealed: row.get(3)?,
        path: row.get(4)?,
    })
}

const FILE_COLUMNS: &str = "op, sha256, len, sealed, path";

pub(crate) fn file_by_row(conn: &Connection, id: i64) -> Result<Option<FileRow>> {
    let sql = format!("SELECT {FILE_COLUMNS} FROM sync_file WHERE id = ?1");
    Ok(conn
        .prepare_cached(&sql)?
        .query_row([id], file_row)
        .optional()?)
}

pub(crate) fn files_of(conn: &Connection, op: i64) -> Result<Vec<FileRow>> {
    let sql = format!("SELECT {FILE_COLUMNS} FROM sync_file WHERE op = ?1 ORDER BY id");
    let mut statement = conn.prepare_cached(&sql)?;
    let rows = statement.query_map([op], file_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Removes an op and what hangs on it; gives the sealed files nobody needs any more.
pub(crate) fn remove_op(conn: &Connection, op: i64) -> Result<Vec<[u8; 16]>> {
    let sealed = files_of(conn, op)?.into_iter().map(|f| f.sealed).collect();
    run(conn, "DELETE FROM sync_file WHERE op = ?1", [op])?;
    run(conn, "DELETE FROM sync_part WHERE op = ?1", [op])?;
    run(conn, "DELETE FROM sync_op WHERE id = ?1", [op])?;
    Ok(sealed)
}

/// Whether this part names the author.
pub(crate) fn is_author(part: &Part) -> bool {
    part.role() == PartRole::AUTHOR
}
