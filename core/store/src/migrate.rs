//! Numbered migrations: the whole upgrade in one transaction, or none of it.
//!
//! Invariant: `user_version` is the number of the last migration applied. Numbers start at 1 and have no gap; a released
//! migration never changes (its result is kept as a fixture file that every later release opens).

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{Result, StoreError};

/// One step of a file's schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number: 1, 2, 3 …
    pub version: u32,
    /// The statements, run in order inside the upgrade's transaction. Schemas use rowid tables only: SQLite does not tell
    /// the update hook about `WITHOUT ROWID` tables, so live queries would miss them.
    pub sql: &'static str,
}

/// The version a list of migrations ends at.
///
/// # Errors
/// [`StoreError::Bounds`] when the numbers are not 1, 2, 3 …
pub fn newest(migrations: &[Migration]) -> Result<u32> {
    for (expected, migration) in (1u32..).zip(migrations) {
        if migration.version != expected {
            return Err(StoreError::Bounds("migration numbers"));
        }
    }
    u32::try_from(migrations.len()).map_err(|_| StoreError::Bounds("migration numbers"))
}

/// Brings the file to the newest version. Gives the version it had.
///
/// # Errors
/// [`StoreError::Newer`] for a file of a later release, which stays untouched; any other leaves the file at its old version.
pub(crate) fn migrate(conn: &mut Connection, migrations: &[Migration]) -> Result<u32> {
    let known = newest(migrations)?;
    let found = user_version(conn)?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if found == known {
        return Ok(found);
    }
    // A schema is what everything later stands on: never left to the operating system's good will.
    conn.execute_batch("PRAGMA synchronous = FULL")?;
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for migration in migrations.iter().filter(|m| m.version > found) {
        tx.execute_batch(migration.sql)?;
    }
    tx.pragma_update(None, "user_version", known)?;
    tx.commit()?;
    if found > 0 {
        // Bounded statistics for the query planner, as SQLite recommends after a schema change. A new file has no rows to count: tables of statistics about
        // nothing would be read by each connection at every open.
        conn.execute_batch("PRAGMA optimize = 0x10002")?;
    }
    Ok(found)
}

fn user_version(conn: &Connection) -> Result<u32> {
    let version: i64 = conn.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    u32::try_from(version).map_err(|_| StoreError::Corrupt("schema version"))
}
