//! The city and this phone disagree on a lane's head: a restored old copy here, or a restored backup there.
//!
//! Invariant: every act keeps its op id, so that whatever the city has after all is taken once. What the city lost is offered
//! again as it was; only what cannot follow its head is signed again.

use super::rows::{self, file_state, state};
use super::sign;
use super::types::Remirror;
use crate::error::{Result, SyncError};
use crate::sql::run;
use hues_protocol::fork::Fork;
use hues_protocol::ids::{OpHash, OpId};
use hues_store::rusqlite::Connection;

/// What was done about a fork.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forked {
    /// The city lost what it had receipted: these acts are offered again, unchanged.
    OfferedAgain(Vec<OpId>),
    /// These acts were signed again after the city's head.
    Relinked(Vec<Remirror>),
    /// The city's head is exactly what the op follows: it contradicts itself.
    Nonsense,
}

/// Brings the lane of `sent` in line with the city's head.
///
/// # Errors
/// The store's; `NotFound`.
pub fn settle(conn: &Connection, sent: &OpId, fork: &Fork) -> Result<Forked> {
    let head = rows::op_by_id(conn, sent)?.ok_or(SyncError::NotFound)?;
    let lane = rows::lane_by_row(conn, head.lane)?;
    let previous = head.signed()?.header().previous;
    if head.seq == fork.head_sequence + 1 && previous == fork.head_hash {
        return Ok(Forked::Nonsense);
    }
    let all = rows::ops_from(conn, lane.id, 1)?;
    let whole_before_head = all
        .iter()
        .zip(1u64..)
        .take_while(|(row, seq)| row.seq == *seq)
        .count() as u64
        >= head.seq;
    let known = fork.head_sequence == 0 && fork.head_hash == OpHash::NONE
        || all
            .iter()
            .any(|row| row.seq == fork.head_sequence && row.hash == fork.head_hash);
    if known && whole_before_head && fork.head_sequence < head.seq {
        let offered = offer_again(conn, &all, fork.head_sequence)?;
        return Ok(if offered.is_empty() {
            Forked::Nonsense
        } else {
            Forked::OfferedAgain(offered)
        });
    }
    let open: Vec<_> = all.iter().filter(|row| row.seq >= head.seq).collect();
    let from = open.first().map_or(head.seq, |row| row.seq);
    let again = sign::rechain(conn, &lane, from, fork.head_sequence, fork.head_hash)?;
    for row in open {
        run(
            conn,
            "UPDATE sync_op SET relinked = 1 WHERE id = ?1",
            [row.id],
        )?;
    }
    Ok(Forked::Relinked(again))
}

fn offer_again(conn: &Connection, all: &[rows::OpRow], after: u64) -> Result<Vec<OpId>> {
    let mut out = Vec::new();
    for row in all
        .iter()
        .filter(|r| r.seq > after && [state::RECEIPTED, state::COVERED].contains(&r.state))
    {
        offer_op_again(conn, row.id)?;
        out.push(row.op_id);
    }
    Ok(out)
}

/// Back to *sending*: its bytes were handed over, and the city of this epoch has not receipted them.
pub(crate) fn offer_op_again(conn: &Connection, op: i64) -> Result<()> {
    run(conn,
        "UPDATE sync_op SET state = ?2, handed = 1, absent = 0, tries = 0, next_try = NULL, error = NULL WHERE id = ?1",
        (op, state::SENDING),
    )?;
    // Its photos follow once it has its receipt; the addresses they had are of another life of the city.
    run(
        conn,
        "UPDATE sync_file SET state = ?2, path = NULL WHERE op = ?1 AND state IN (?3, ?4)",
        (
            op,
            file_state::EARLY,
            file_state::OPEN,
            file_state::COMPLETE,
        ),
    )?;
    Ok(())
}
