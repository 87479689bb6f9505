//! The acts about one thing, as a domain shows them.

use super::rows::{self, file_state, state};
use super::types::OpState;
use crate::error::Result;
use crate::trust;
use hues_protocol::ids::{Hash, LaneId, OpId, Subject};
use hues_protocol::part::Part;
use hues_store::rusqlite::Connection;

/// An act about a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct SubjectOp {
    /// The op.
    pub op_id: OpId,
    /// Its kind.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// Where it stands.
    pub state: OpState,
    /// Its parts.
    pub parts: Vec<Part>,
    /// When it was made, by the phone's clock.
    pub made: i64,
}

/// An attachment of such an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectFile {
    /// SHA-256 of the cleaned file.
    pub sha256: Hash,
    /// The sealed file it lies in.
    pub sealed: [u8; 16],
    /// The city has it whole.
    pub complete: bool,
    /// Its bytes are still on the phone.
    pub kept: bool,
}

/// The acts about `subject`, oldest first.
///
/// # Errors
/// The store's.
pub fn of_subject(conn: &Connection, subject: &Subject) -> Result<Vec<SubjectOp>> {
    acts(conn, "subject", &subject.0)
}

/// The act `op`, if it is in the outbox.
///
/// # Errors
/// The store's.
pub fn act(conn: &Connection, op: &OpId) -> Result<Option<SubjectOp>> {
    Ok(acts(conn, "op_id", &op.0)?.pop())
}

fn acts(conn: &Connection, column: &str, value: &[u8; 16]) -> Result<Vec<SubjectOp>> {
    let sql = format!(
        "SELECT id, op_id, kind, subject, state, made FROM sync_op WHERE {column} = ?1 ORDER BY id"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let found = statement.query_map([value], |r| {
        let act = SubjectOp {
            op_id: OpId(r.get(1)?),
            kind: r.get(2)?,
            subject: Subject(r.get(3)?),
            state: shown(r.get(4)?),
            parts: Vec::new(),
            made: r.get(5)?,
        };
        Ok((r.get(0)?, act))
    })?;
    let mut out = Vec::new();
    for row in found {
        let (id, mut act): (i64, SubjectOp) = row?;
        act.parts = rows::parts_of(conn, id)?;
        out.push(act);
    }
    Ok(out)
}

/// The attachments of the acts about `subject`.
///
/// # Errors
/// The store's.
pub fn files_of_subject(conn: &Connection, subject: &Subject) -> Result<Vec<SubjectFile>> {
    files(conn, "subject", &subject.0)
}

/// The attachments of the act `op`.
///
/// # Errors
/// The store's.
pub fn files_of(conn: &Connection, op: &OpId) -> Result<Vec<SubjectFile>> {
    files(conn, "op_id", &op.0)
}

fn files(conn: &Connection, column: &str, value: &[u8; 16]) -> Result<Vec<SubjectFile>> {
    let sql = format!(
        "SELECT f.sha256, f.sealed, f.state FROM sync_file f JOIN sync_op o ON o.id = f.op WHERE o.{column} = ?1 ORDER BY f.id"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let files = statement.query_map([value], |r| {
        let raw: i64 = r.get(2)?;
        Ok(SubjectFile {
            sha256: Hash(r.get(0)?),
            sealed: r.get(1)?,
            complete: raw == file_state::COMPLETE || raw == file_state::GONE,
            kept: raw != file_state::GONE,
        })
    })?;
    Ok(files.collect::<Result<_, _>>()?)
}

/// Every sealed file an op still needs; what else lies in the folder is nobody's.
///
/// # Errors
/// The store's.
pub fn sealed_files(conn: &Connection) -> Result<Vec<[u8; 16]>> {
    let mut statement = conn.prepare_cached("SELECT sealed FROM sync_file WHERE state <> ?1")?;
    let files = statement.query_map([file_state::GONE], |r| r.get(0))?;
    Ok(files.collect::<Result<_, _>>()?)
}

/// Whether an op still needs this sealed file.
///
/// # Errors
/// The store's.
pub fn needs_file(conn: &Connection, sealed: &[u8; 16]) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sync_file WHERE sealed = ?1 AND state <> ?2)";
    let mut statement = conn.prepare_cached(sql)?;
    Ok(statement.query_row((sealed, file_state::GONE), |r| r.get(0))?)
}

/// Condition on `sync_op`: the city does not have the op for good, so that it must be mirrored and must survive.
pub const STILL_NEEDED: &str = "state <> 4";
const _: () = assert!(state::COVERED == 4);

/// Every op whose mirror entry must be there.
///
/// # Errors
/// The store's.
pub fn mirrored_ops(conn: &Connection) -> Result<Vec<OpId>> {
    let sql = format!("SELECT op_id FROM sync_op WHERE {STILL_NEEDED}");
    let mut statement = conn.prepare_cached(&sql)?;
    let ops = statement.query_map([], |r| Ok(OpId(r.get(0)?)))?;
    Ok(ops.collect::<Result<_, _>>()?)
}

fn shown(raw: i64) -> OpState {
    match raw {
        state::WAITING => OpState::Waiting,
        state::SENDING => OpState::Sending,
        state::WEDGED => OpState::Wedged,
        _ => OpState::Done,
    }
}

/// The headers by which the lane of an anonymous report reads what is its own (§6). `None`: there is no such lane, or no beacon was seen yet.
///
/// # Errors
/// The store's.
pub fn lane_pass(conn: &Connection, lane: &LaneId) -> Result<Option<[(String, String); 2]>> {
    let Some(lane) = rows::lane_by_name(conn, lane)? else {
        return Ok(None);
    };
    let Some(beacon) = trust::quotable(conn, false)? else {
        return Ok(None);
    };
    let proof = lane.key.sign_pull(&beacon);
    let hex = proof.iter().map(|b| format!("{b:02x}")).collect();
    Ok(Some([
        ("hues-lane".into(), hex),
        ("hues-beacon".into(), beacon.to_string()),
    ]))
}
