//! The outbox as a person sees it, and the proof of what was filed.

use super::rows::{self, file_state, state};
use super::types::{OpState, OpView};
use crate::error::{Result, SyncError};
use crate::moment::Moment;
use crate::sql::Num;
use crate::trust;
use hues_protocol::ids::{Hash, LaneId, OpId, Subject};
use hues_protocol::op::PartRole;
use hues_protocol::proof::Proof;
use hues_store::rusqlite::{Connection, OptionalExtension};

/// All ops that are not covered yet, oldest first; with `done` also those the city has for good.
///
/// # Errors
/// The store's.
pub fn list(conn: &Connection, done: bool) -> Result<Vec<OpView>> {
    let sql = "SELECT o.op_id, l.lane, o.seq, o.kind, o.subject, o.state, o.handed, o.tries, o.next_try, o.error, \
        o.refusal IS NOT NULL, o.relinked, o.made, \
        (SELECT count(*) FROM sync_file f WHERE f.op = o.id AND f.state IN (?2, ?3)), \
        (SELECT b.op_id FROM sync_op b WHERE b.lane = o.lane AND b.seq < o.seq AND b.state IN (0, 1, 3) ORDER BY b.seq LIMIT 1) \
        FROM sync_op o JOIN sync_lane l ON l.id = o.lane WHERE ?1 OR o.state <> 4 ORDER BY o.id";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map((done, file_state::EARLY, file_state::OPEN), |row| {
        let (raw, handed, refused): (i64, bool, bool) = (row.get(5)?, row.get(6)?, row.get(10)?);
        let next: Option<Vec<u8>> = row.get(8)?;
        let shown = match raw {
            state::WAITING => OpState::Waiting,
            state::SENDING => OpState::Sending,
            state::WEDGED => OpState::Wedged,
            _ => OpState::Done,
        };
        Ok(OpView {
            op_id: OpId(row.get(0)?),
            lane: LaneId(row.get(1)?),
            sequence: row.get::<_, Num>(2)?.0,
            kind: row.get(3)?,
            subject: Subject(row.get(4)?),
            state: shown,
            tries: row.get(7)?,
            next_try: next
                .and_then(|b| Moment::from_bytes(&b))
                .map(|m| m.wall().0)
                .filter(|_| shown < OpState::Wedged),
            error: row.get(9)?,
            behind: row
                .get::<_, Option<[u8; 16]>>(14)?
                .map(OpId)
                .filter(|_| shown != OpState::Done),
            editable: raw == state::WAITING && !handed || raw == state::WEDGED && refused,
            relinked: row.get(11)?,
            files_open: row.get(13)?,
            made: row.get(12)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many ops wait, are under way, wedged and done.
///
/// # Errors
/// The store's.
pub fn counts(conn: &Connection) -> Result<[(OpState, u64); 4]> {
    let mut out = [
        (OpState::Waiting, 0),
        (OpState::Sending, 0),
        (OpState::Wedged, 0),
        (OpState::Done, 0),
    ];
    let mut statement =
        conn.prepare_cached("SELECT state, count(*) FROM sync_op GROUP BY state")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Num>(1)?.0))
    })?;
    for row in rows {
        let (raw, n) = row?;
        let slot = match raw {
            state::WAITING => 0,
            state::SENDING => 1,
            state::WEDGED => 2,
            _ => 3,
        };
        out[slot].1 += n;
    }
    Ok(out)
}

/// The proof of an op: op, first receipt, the beacon it quotes, and with `parts` all its parts but the author's.
///
/// # Errors
/// `NotFound`, `NoReceipt`, the store's.
pub fn proof(conn: &Connection, op_id: &OpId, parts: bool) -> Result<Proof> {
    let row = rows::op_by_id(conn, op_id)?.ok_or(SyncError::NotFound)?;
    let receipt: Option<Vec<u8>> = conn
        .query_row("SELECT receipt FROM sync_op WHERE id = ?1", [row.id], |r| {
            r.get(0)
        })
        .optional()?
        .flatten();
    let beacon = match row.signed()?.header().beacon {
        Some(Hash(hash)) => trust::beacon_bytes(conn, &Hash(hash))?,
        None => None,
    };
    let shown = if parts {
        rows::parts_of(conn, row.id)?
    } else {
        Vec::new()
    };
    Ok(Proof {
        op: row.bytes,
        receipt: receipt.ok_or(SyncError::NoReceipt)?,
        beacon,
        parts: shown
            .iter()
            .filter(|p| p.role() != PartRole::AUTHOR)
            .map(|p| p.bytes().to_vec())
            .collect(),
    })
}
