//! Whose account this is, from the first sign-in on.
//!
//! Invariant: it lies beside what it guards, in the same file, and outlives the session: nobody else ever signs in over another's reports.

use rusqlite::{Connection, OptionalExtension};

use crate::error::HueError;

/// The schema, version 1.
pub(super) const SCHEMA_V1: &str = include_str!("schema_v1.sql");

/// The account's pseudonym; `None` before the first sign-in. A file of an earlier release says it by its lanes.
pub(super) fn read(tx: &Connection) -> Result<Option<[u8; 16]>, HueError> {
    let kept = tx
        .query_row("SELECT account FROM owner", [], |r| r.get(0))
        .optional()?;
    match kept {
        Some(account) => Ok(Some(account)),
        None => Ok(tx.query_row("SELECT max(owner) FROM sync_lane", [], |r| r.get(0))?),
    }
}

/// Remembers it.
pub(crate) fn save(tx: &Connection, account: &[u8; 16]) -> Result<(), HueError> {
    tx.execute(
        "INSERT INTO owner (id, account) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET account = ?1",
        [account],
    )?;
    Ok(())
}
