//! Our SQLite extensions, registered on every connection.

use rusqlite::Connection;

use crate::error::Result;

/// Registers the Vietnamese tokenizer `hues_vi`.
pub(crate) fn register(conn: &Connection) -> Result<()> {
    Ok(hues_sqlite_ext::register(conn)?)
}
