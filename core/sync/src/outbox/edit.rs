//! Editing, discarding and retrying what has not left or was refused.
//!
//! Invariant: an op whose fate is unknown is never changed. A refused op leaves a linked replacement (or a tombstone) in the
//! chain; what never left leaves no trace.

use super::rows::{self, state, OpRow};
use super::sign::{self, Place};
use super::types::{AuthorWish, Changed, Enqueued, NewOp};
use super::{enqueued, mirror};
use crate::error::{Result, SyncError};
use crate::machine::Priority;
use crate::sql::run;
use hues_env::Env;
use hues_protocol::ids::OpId;
use hues_protocol::kinds::Kind;
use hues_store::rusqlite::Connection;

/// Puts `new` in the place of `op_id`. An op that never left keeps its id (`new.op_id` is not used); a refused one is replaced
/// under `new.op_id`.
///
/// # Errors
/// `FateUnknown` when the op was handed over and not refused under the city's signature; `NotFound`; `Invalid`; the store's.
pub fn edit(conn: &Connection, env: &mut Env<'_>, op_id: &OpId, mut new: NewOp) -> Result<Changed> {
    let old = editable(conn, op_id)?;
    let refused = old.state == state::WEDGED;
    if refused && new.op_id == *op_id {
        return Err(SyncError::Invalid(
            "a refused op is replaced under a new id",
        ));
    }
    if !refused {
        new.op_id = *op_id;
    }
    let kept: Vec<[u8; 16]> = new.files.iter().map(|f| f.sealed).collect();
    let mut changed = replace(conn, env, &old, &new)?;
    changed.forget_files.retain(|f| !kept.contains(f));
    if refused {
        changed.forget_ops.push(*op_id);
    }
    Ok(changed)
}

/// Takes `op_id` back. A refused op leaves a tombstone in its lane; one that never left leaves nothing.
///
/// # Errors
/// As [`edit`].
pub fn discard(conn: &Connection, env: &mut Env<'_>, op_id: &OpId) -> Result<Changed> {
    let old = editable(conn, op_id)?;
    if old.state == state::WEDGED {
        let tombstone = NewOp {
            op_id: OpId(env.random.uuid_v4()),
            kind: Kind::Tombstone.name().into(),
            version: hues_protocol::kinds::VERSION,
            subject: old.signed()?.header().subject,
            parts: Vec::new(),
            author: AuthorWish::None,
            priority: Priority::Words,
            files: Vec::new(),
            query_only: false,
        };
        let mut changed = replace(conn, env, &old, &tombstone)?;
        changed.forget_ops.push(*op_id);
        return Ok(changed);
    }
    let lane = rows::lane_by_row(conn, old.lane)?;
    let previous = old.signed()?.header().previous;
    let forget_files = rows::remove_op(conn, old.id)?;
    let again = sign::rechain(conn, &lane, old.seq + 1, old.seq - 1, previous)?;
    Ok(Changed {
        op: None,
        again,
        forget_ops: vec![*op_id],
        forget_files,
    })
}

/// Tries an op again at once: a refused or stuck one, or one that waits for its next try.
///
/// # Errors
/// `NotFound`; the store's.
pub fn retry(conn: &Connection, op_id: &OpId) -> Result<()> {
    let row = rows::op_by_id(conn, op_id)?.ok_or(SyncError::NotFound)?;
    let open = [state::WAITING, state::SENDING, state::WEDGED].contains(&row.state);
    if open {
        let back = if row.handed {
            state::SENDING
        } else {
            state::WAITING
        };
        run(conn,
            "UPDATE sync_op SET state = ?2, tries = 0, next_try = NULL, error = NULL, refusal = NULL WHERE id = ?1",
            (row.id, back),
        )?;
    }
    Ok(())
}

/// Whether [`edit`] would take `op_id` as things stand.
///
/// # Errors
/// `FateUnknown` when it may have reached the city; `NotFound`; the store's.
pub fn check_editable(conn: &Connection, op_id: &OpId) -> Result<()> {
    editable(conn, op_id).map(|_| ())
}

fn editable(conn: &Connection, op_id: &OpId) -> Result<OpRow> {
    let row = rows::op_by_id(conn, op_id)?.ok_or(SyncError::NotFound)?;
    if row.editable() {
        Ok(row)
    } else {
        Err(SyncError::FateUnknown)
    }
}

fn replace(conn: &Connection, env: &mut Env<'_>, old: &OpRow, new: &NewOp) -> Result<Changed> {
    let lane = rows::lane_by_row(conn, old.lane)?;
    let header = old.signed()?.header().clone();
    let replaces = if old.state == state::WEDGED {
        Some(old.hash)
    } else {
        header.replaces
    };
    let made: i64 = conn.query_row("SELECT made FROM sync_op WHERE id = ?1", [old.id], |r| {
        r.get(0)
    })?;
    let forget_files = rows::remove_op(conn, old.id)?;
    let place = Place {
        row: Some(old.id),
        seq: old.seq,
        previous: header.previous,
        replaces,
    };
    let row = sign::write_op(conn, env, &lane, new, &place)?;
    // The act keeps its turn among the lanes: editing does not send it to the end of the queue.
    run(
        conn,
        "UPDATE sync_op SET made = ?2 WHERE id = ?1",
        (row.id, made),
    )?;
    let again = sign::rechain(conn, &lane, old.seq + 1, old.seq, row.hash)?;
    let op = Some(enqueued(conn, &lane, &row)?);
    Ok(Changed {
        op,
        again,
        forget_ops: Vec::new(),
        forget_files,
    })
}

/// The mirror entry goes with it.
pub(super) fn view_of(conn: &Connection, lane: &rows::LaneRow, row: &OpRow) -> Result<Enqueued> {
    Ok(Enqueued {
        op_id: row.op_id,
        lane: lane.lane,
        sequence: row.seq,
        hash: row.hash,
        mirror: mirror::entry_of(conn, lane, row)?,
    })
}
