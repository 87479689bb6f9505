//! The other side: what somebody would write by hand on rusqlite and SQLCipher, with the fewest statements that leave the same rows.
//!
//! Invariant: connections are set up as `hues-store` sets up its own; a test compares every pragma.

use std::path::{Path, PathBuf};

use hues_env::{Random, SeededRandom};
use hues_protocol::ids::Subject;
use hues_store::search::SearchIndex;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::inputs::OpLine;
use crate::Step;

/// The schema of the phone's file, statement for statement.
const SCHEMA: [&str; 5] = [
    hues_sync::schema::SCHEMA,
    include_str!("../../../core/hues/src/feedback/schema_v1.sql"),
    include_str!("../../../core/hues/src/feedback/schema_v2.sql"),
    include_str!("../../../core/hues/src/account/schema_v1.sql"),
    hues_sync::schema::SCHEMA_SIGNED,
];

/// The part of it that lists read.
pub const REPORT_SCHEMA: &str = include_str!("../../../core/hues/src/feedback/schema_v1.sql");

/// The index beside it.
const INDEX: SearchIndex<'static> = SearchIndex {
    name: "report_search",
    table: "report",
    columns: &["words"],
};

/// A file of raw SQLCipher, and the small second one a phone has (its session).
pub struct Raw {
    folder: PathBuf,
    key: String,
}

impl Raw {
    /// What an earlier [`Raw::new`] left in `folder`.
    pub fn at(folder: &Path) -> Raw {
        let mut key = [0; 48];
        SeededRandom::new(3).fill(&mut key);
        Raw {
            folder: folder.to_owned(),
            key: key.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// An empty file in `folder` under the phone's schema.
    pub fn new(folder: &Path) -> Step<Raw> {
        std::fs::create_dir_all(folder)?;
        let raw = Raw::at(folder);
        let conn = raw.connect("raw.db")?;
        for sql in SCHEMA {
            conn.execute_batch(sql)?;
        }
        INDEX.ensure(&conn)?;
        conn.execute("INSERT INTO sync_scope (name) VALUES ('public')", [])?;
        raw.connect("session.db")?
            .execute_batch("CREATE TABLE session (name TEXT PRIMARY KEY, value BLOB NOT NULL)")?;
        Ok(raw)
    }

    /// A connection that writes, with `synchronous = NORMAL`.
    pub fn writer(&self) -> Step<Connection> {
        let conn = self.connect("raw.db")?;
        conn.pragma_update(None, "synchronous", "NORMAL")?;
        Ok(conn)
    }

    /// A connection that reads.
    pub fn reader(&self) -> Step<Connection> {
        let conn = self.connect("raw.db")?;
        conn.pragma_update(None, "query_only", true)?;
        Ok(conn)
    }

    /// The connection to the small file.
    pub fn session(&self) -> Step<Connection> {
        self.connect("session.db")
    }

    fn connect(&self, name: &str) -> Step<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE
            | OpenFlags::SQLITE_OPEN_CREATE;
        let conn = Connection::open_with_flags(self.folder.join(name), flags)?;
        conn.execute_batch(&format!("PRAGMA key = \"x'{}'\"", self.key))?;
        conn.execute_batch(
            "PRAGMA cipher_page_size = 4096;
             PRAGMA cipher_hmac_algorithm = HMAC_SHA256;
             PRAGMA journal_mode = WAL;
             PRAGMA temp_store = MEMORY;
             PRAGMA foreign_keys = ON;
             PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;
             PRAGMA mmap_size = 0;
             PRAGMA journal_size_limit = 8388608;
             PRAGMA busy_timeout = 5000;
             PRAGMA fullfsync = ON;
             PRAGMA checkpoint_fullfsync = ON;
             PRAGMA secure_delete = OFF;
             PRAGMA cache_size = -8192;",
        )?;
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.set_prepared_statement_cache_capacity(128);
        hues_sqlite_ext::register(&conn)?;
        Ok(conn)
    }
}

/// What the list shows of a report, owned, as any list needs it: id, state, category, summary, ward, photos, filed, due, pending.
pub type Line = (
    String,
    String,
    String,
    String,
    Option<String>,
    u32,
    i64,
    Option<String>,
    bool,
);

/// A page of the public list below `before`.
pub fn page(conn: &Connection, before: i64, limit: u32) -> Step<Vec<Line>> {
    let lines = lines(conn, before, limit)?;
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// The columns of a line, for [`line()`].
pub const LINE: &str =
    "seq, id, state, category, summary, ward, photo_count, filed_at, due, pending";

/// [`page`] with the place of each line in the list.
pub fn lines(conn: &Connection, before: i64, limit: u32) -> rusqlite::Result<Vec<(i64, Line)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {LINE} FROM report WHERE scope = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3"
    ))?;
    let lines = statement.query_map(("public", before, limit), line)?;
    lines.collect()
}

/// Reads a line selected by [`LINE`].
pub fn line(r: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, Line)> {
    Ok((
        r.get(0)?,
        (
            hex(&r.get::<_, [u8; 16]>(1)?),
            r.get(2)?,
            r.get(3)?,
            r.get(4)?,
            r.get(5)?,
            r.get(6)?,
            r.get(7)?,
            r.get(8)?,
            r.get::<_, i64>(9)? > 0,
        ),
    ))
}

/// Reports in the file.
pub fn count(conn: &Connection) -> Step<u64> {
    let count: i64 = conn.query_row("SELECT count(DISTINCT id) FROM report", [], |r| r.get(0))?;
    Ok(count.unsigned_abs())
}

/// The id of an op's row, as it is stored.
pub fn id(op: &OpLine) -> [u8; 16] {
    u128::from_str_radix(&op.id, 16)
        .unwrap_or_default()
        .to_be_bytes()
}

/// The id of an op's row, as it is written.
pub fn name(op: &OpLine) -> String {
    Subject(id(op)).to_string()
}

fn hex(bytes: &[u8; 16]) -> String {
    format!("{:032x}", u128::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::Arc;

    use hues_store::disk::RealDisk;
    use hues_store::{Durability, FileKey, FileOptions, Migration, StoreFile};

    const PRAGMAS: [&str; 16] = [
        "journal_mode",
        "synchronous",
        "temp_store",
        "foreign_keys",
        "trusted_schema",
        "cell_size_check",
        "mmap_size",
        "journal_size_limit",
        "busy_timeout",
        "fullfsync",
        "checkpoint_fullfsync",
        "secure_delete",
        "cache_size",
        "page_size",
        "cipher_page_size",
        "cipher_hmac_algorithm",
    ];

    fn pragmas(conn: &Connection) -> Vec<(&'static str, String)> {
        let value = |name: &str| {
            conn.query_row(&format!("PRAGMA {name}"), [], |row| {
                row.get::<_, rusqlite::types::Value>(0)
            })
        };
        PRAGMAS
            .iter()
            .map(|name| (*name, format!("{:?}", value(name).unwrap())))
            .collect()
    }

    #[test]
    fn connections_are_set_up_as_the_stores() {
        let dir = tempfile::tempdir().unwrap();
        let raw = Raw::new(&dir.path().join("raw")).unwrap();
        let migrations = [Migration {
            version: 1,
            sql: "CREATE TABLE t(x)",
        }];
        let key = FileKey::random(&mut SeededRandom::new(1));
        let (file, mut writer) = StoreFile::open_with_key(
            Arc::new(RealDisk),
            dir.path(),
            "core",
            key,
            &migrations,
            FileOptions {
                secure_delete: false,
            },
        )
        .unwrap();
        let ours = writer
            .write(Durability::Normal, |tx| Ok(pragmas(tx)))
            .unwrap()
            .value;
        assert_eq!(pragmas(&raw.writer().unwrap()), ours);
        let reading = file
            .reader()
            .unwrap()
            .read(|tx| Ok::<_, hues_store::StoreError>(pragmas(tx)))
            .unwrap();
        assert_eq!(pragmas(&raw.reader().unwrap()), reading);
    }
}
