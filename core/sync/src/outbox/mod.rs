//! The outbox: acts of a person, signed and kept until the city has them for good.
//!
//! Invariant: nothing here is ever dropped by itself. All functions work on the caller's transaction, so that an op and the
//! row the person sees are committed together; the caller mirrors what comes back once the commit is durable.

mod edit;
pub(crate) mod fork;
mod hint;
mod list;
mod mirror;
pub(crate) mod rows;
mod sign;
mod subject;
#[cfg(test)]
mod tests;
mod types;

pub use edit::{check_editable, discard, edit, retry};
pub use fork::Forked;
pub use hint::Hint;
pub use list::{counts, list, proof};
pub use mirror::{entry as mirror_entry, salvage_import, salvage_order};
pub use sign::{device_key, reseal};
pub use subject::{
    act, files_of, files_of_subject, lane_pass, mirrored_ops, needs_file, of_subject, sealed_files,
    SubjectFile, SubjectOp, STILL_NEEDED,
};
pub use types::{
    AuthorWish, Changed, Enqueued, LaneRef, NewFile, NewOp, OpState, OpView, Remirror,
};

use crate::error::{Result, SyncError};
use crate::machine::Id;
use crate::sql::run;
use hues_env::Env;
use hues_protocol::ids::LaneId;
use hues_protocol::lane::LaneKey;
use hues_store::rusqlite::Connection;
use sign::Place;

/// Signs `new` into its lane and keeps it. Commit with [`hues_store::Durability::Full`]; then mirror [`Enqueued::mirror`] under
/// the op id, and tell the engine.
///
/// # Errors
/// `Invalid` when it could not be sent as it is; `NotFound` for an unknown lane; the store's.
pub fn enqueue(
    conn: &Connection,
    env: &mut Env<'_>,
    lane: LaneRef,
    new: &NewOp,
) -> Result<Enqueued> {
    let lane = match lane {
        LaneRef::New(owner) => rows::insert_lane(conn, LaneKey::generate(env.random), owner)?,
        LaneRef::Existing(id) => rows::lane_by_name(conn, &id)?.ok_or(SyncError::NotFound)?,
    };
    let place = Place {
        row: None,
        seq: lane.head_seq + 1,
        previous: lane.head_hash,
        replaces: None,
    };
    let row = sign::write_op(conn, env, &lane, new, &place)?;
    rows::set_head(conn, lane.id, row.seq, &row.hash)?;
    enqueued(conn, &lane, &row)
}

/// The first sign-in takes over what was filed before it. Gives the lanes that changed.
///
/// # Errors
/// The store's.
pub fn adopt(conn: &Connection, account: &Id) -> Result<Vec<LaneId>> {
    let mut statement =
        conn.prepare_cached("SELECT lane FROM sync_lane WHERE owner IS NULL AND anonymous = 0")?;
    let lanes = statement
        .query_map([], |row| Ok(LaneId(row.get(0)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    run(
        conn,
        "UPDATE sync_lane SET owner = ?1 WHERE owner IS NULL AND anonymous = 0",
        [account],
    )?;
    Ok(lanes)
}

fn enqueued(conn: &Connection, lane: &rows::LaneRow, row: &rows::OpRow) -> Result<Enqueued> {
    edit::view_of(conn, lane, row)
}
