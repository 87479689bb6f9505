//! Full-text search over a table of ours: the index, its upkeep, and pages of ranked matches.
//!
//! Invariant: an index answers only for the fold it was built with; when [`hues_sqlite_ext::FOLD_VERSION`] changes it is made anew,
//! a stretch at a time, resumably. Every match is reachable by paging: the order is class first (marks as typed, other
//! marks, beginnings of words), then newest, and a cursor stays valid while rows come and go.
//!
//! The index holds no text, only postings: what is shown comes from the table, so nothing is stored twice.

use rusqlite::{Connection, OptionalExtension};

use hues_sqlite_ext::{FOLD_VERSION, TOKENIZER};

use crate::error::{Result, StoreError};

mod check;
mod page;

pub use page::{Hit, MatchClass, SearchCursor, SearchPage, SearchRequest};

/// A full-text index over one table. Names come from our own schemas, never from outside.
#[derive(Debug, Clone, Copy)]
pub struct SearchIndex<'a> {
    /// Name of the index, a valid SQL identifier.
    pub name: &'a str,
    /// The table, with a rowid; what was inserted last has the greatest.
    pub table: &'a str,
    /// Its text columns (or expressions over its columns) that are searched.
    pub columns: &'a [&'a str],
}

/// Where an index stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexState {
    /// Every row is in it.
    Complete,
    /// Older rows are still missing: call [`SearchIndex::rebuild`] until this changes.
    Building,
}

impl SearchIndex<'_> {
    /// Makes the index where there is none, or anew where the fold changed. Call once after opening the file, in a
    /// transaction; cheap when there is nothing to do.
    ///
    /// # Errors
    /// The engine's.
    pub fn ensure(&self, conn: &Connection) -> Result<IndexState> {
        conn.execute_batch(
            "CREATE TABLE IF NOT EXISTS search_index(
                name TEXT PRIMARY KEY,
                fold INTEGER NOT NULL,
                built_to INTEGER NOT NULL,
                complete INTEGER NOT NULL)",
        )?;
        let fold = i64::from(FOLD_VERSION);
        let known: Option<(i64, bool)> = conn
            .query_row(
                "SELECT fold, complete FROM search_index WHERE name = ?1",
                [self.name],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        if let Some((found, complete)) = known {
            if found == fold {
                return Ok(if complete {
                    IndexState::Complete
                } else {
                    IndexState::Building
                });
            }
        }
        let columns: Vec<String> = (0..self.columns.len()).map(|i| format!("c{i}")).collect();
        conn.execute_batch(&format!(
            "DROP TABLE IF EXISTS {name};
             CREATE VIRTUAL TABLE {name} USING fts5({columns}, tokenize = '{TOKENIZER}', content = '', contentless_delete = 1);
             INSERT INTO {name}({name}, rank) VALUES ('secure-delete', 1);",
            name = self.name,
            columns = columns.join(", "),
        ))?;
        conn.execute(
            "INSERT INTO search_index VALUES (?1, ?2, ?3, 0)
             ON CONFLICT(name) DO UPDATE SET fold = excluded.fold, built_to = excluded.built_to, complete = 0",
            (self.name, fold, i64::MAX),
        )?;
        // An empty table is complete at once, which is the usual case of a new file.
        self.rebuild(conn, 1)
    }

    /// Brings the index up to date with row `rowid`: after an insert or update in the same transaction, and after a delete.
    ///
    /// # Errors
    /// The engine's.
    pub fn update(&self, conn: &Connection, rowid: i64) -> Result<()> {
        let texts = conn
            .prepare_cached(&format!(
                "SELECT {} FROM {} WHERE rowid = ?1",
                self.columns.join(", "),
                self.table
            ))?
            .query_row([rowid], |row| self.texts(row, 0))
            .optional()?;
        match texts {
            Some(texts) => self.put(conn, rowid, &texts),
            None => self.remove(conn, rowid),
        }
    }

    /// [`SearchIndex::update`] for a caller that has the row's texts in hand, one for each column.
    ///
    /// # Errors
    /// The engine's.
    pub fn put(&self, conn: &Connection, rowid: i64, texts: &[String]) -> Result<()> {
        self.remove(conn, rowid)?;
        self.insert(conn, rowid, texts)
    }

    /// Takes a row out of the index; one that is not in it is no error.
    ///
    /// # Errors
    /// The engine's.
    pub fn remove(&self, conn: &Connection, rowid: i64) -> Result<()> {
        conn.prepare_cached(&format!("DELETE FROM {} WHERE rowid = ?1", self.name))?
            .execute([rowid])?;
        Ok(())
    }

    /// Indexes up to `rows` more of the rows that are still missing, newest first. Each call is one short transaction; a
    /// kill between two loses nothing.
    ///
    /// # Errors
    /// The engine's.
    pub fn rebuild(&self, conn: &Connection, rows: usize) -> Result<IndexState> {
        let (built_to, complete): (i64, bool) = conn.query_row(
            "SELECT built_to, complete FROM search_index WHERE name = ?1",
            [self.name],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if complete {
            return Ok(IndexState::Complete);
        }
        let sql = format!(
            "SELECT rowid, {} FROM {} WHERE rowid < ?1 ORDER BY rowid DESC LIMIT ?2",
            self.columns.join(", "),
            self.table
        );
        let limit = i64::try_from(rows.max(1)).unwrap_or(i64::MAX);
        let batch: Vec<(i64, Vec<String>)> = conn
            .prepare_cached(&sql)?
            .query_map((built_to, limit), |row| {
                Ok((row.get(0)?, self.texts(row, 1)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        for (rowid, texts) in &batch {
            // A row written while the rebuild was under way is in the index already.
            self.put(conn, *rowid, texts)?;
        }
        let done = batch.len() < rows.max(1);
        let reached = batch.last().map_or(built_to, |(rowid, _)| *rowid);
        conn.execute(
            "UPDATE search_index SET built_to = ?2, complete = ?3 WHERE name = ?1",
            (self.name, reached, done),
        )?;
        Ok(if done {
            IndexState::Complete
        } else {
            IndexState::Building
        })
    }

    /// One page of matches for what a person typed; empty for text without a word.
    ///
    /// # Errors
    /// The engine's.
    pub fn search(&self, conn: &Connection, request: &SearchRequest<'_>) -> Result<SearchPage> {
        page::search(self, conn, request)
    }

    /// Merges the index's segments: in idle time, after much was written.
    ///
    /// # Errors
    /// The engine's.
    pub fn optimize(&self, conn: &Connection) -> Result<()> {
        conn.execute(
            &format!(
                "INSERT INTO {name}({name}) VALUES ('optimize')",
                name = self.name
            ),
            [],
        )?;
        Ok(())
    }

    fn insert(&self, conn: &Connection, rowid: i64, texts: &[String]) -> Result<()> {
        let columns: Vec<String> = (0..texts.len()).map(|i| format!("c{i}")).collect();
        let places: Vec<String> = (0..texts.len()).map(|i| format!("?{}", i + 2)).collect();
        let mut statement = conn.prepare_cached(&format!(
            "INSERT INTO {}(rowid, {}) VALUES (?1, {})",
            self.name,
            columns.join(", "),
            places.join(", ")
        ))?;
        statement.raw_bind_parameter(1, rowid)?;
        for (i, text) in texts.iter().enumerate() {
            statement.raw_bind_parameter(i + 2, text)?;
        }
        statement
            .raw_execute()
            .map(|_| ())
            .map_err(StoreError::from)
    }

    fn texts(&self, row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Vec<String>> {
        (first..first + self.columns.len())
            .map(|i| {
                row.get::<_, Option<String>>(i)
                    .map(Option::unwrap_or_default)
            })
            .collect()
    }
}
