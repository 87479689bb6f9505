//! Our SQLite extensions, registered on every connection.

use rusqlite::Connection;

use crate::error::Result;

/// Registers the Vietnamese tokenizer.
pub(crate) fn register(_conn: &Connection) -> Result<()> {
    Ok(())
}
