//! What a file says of itself: everything a transaction may change, read inside the transaction and again after the death.
//!
//! Invariant: read from the production tables, so that cursor, rows and outbox are compared as one state, not table by table.

use std::collections::{BTreeMap, BTreeSet};

use hues_store::rusqlite::Connection;
use hues_store::search::{SearchIndex, SearchRequest};
use hues_store::{Migration, StoreError};

/// Words that rows are made of.
pub(super) const WORDS: [&str; 12] = [
    "ổ gà",
    "đèn đường",
    "ngập",
    "cây đổ",
    "rác",
    "nắp cống",
    "vỉa hè",
    "nước sạch",
    "Lê Lợi",
    "Đống Đa",
    "chợ",
    "trường",
];

pub(super) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, sql: hues_sync::schema::SCHEMA },
    Migration {
        version: 2,
        sql: "CREATE TABLE power_row (id INTEGER PRIMARY KEY, row INTEGER NOT NULL UNIQUE, title TEXT NOT NULL, rev INTEGER NOT NULL);
              CREATE TABLE power_step (one INTEGER PRIMARY KEY CHECK (one = 1), step INTEGER NOT NULL, cursor INTEGER NOT NULL);
              INSERT INTO power_step VALUES (1, 0, 0);",
    },
    Migration { version: 3, sql: hues_sync::schema::SCHEMA_SIGNED },
];

pub(super) const INDEX: SearchIndex<'static> = SearchIndex {
    name: "power_fts",
    table: "power_row",
    columns: &["title"],
};

/// Op id, hash of the signed op, ids of its sealed photos.
pub(super) type ActRow = ([u8; 16], Vec<u8>, Vec<[u8; 16]>);

/// One committed state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct State {
    /// Which transaction made it.
    pub(super) step: i64,
    /// Revision of the newest page.
    pub(super) cursor: i64,
    /// Row → title and revision.
    pub(super) rows: BTreeMap<i64, (String, i64)>,
    /// Acts in their order: op id, hash of the signed op, sealed photos.
    pub(super) acts: Vec<ActRow>,
}

/// Reads it.
pub(super) fn read(conn: &Connection) -> Result<State, StoreError> {
    let (step, cursor) = conn.query_row("SELECT step, cursor FROM power_step", [], |r| {
        Ok((r.get(0)?, r.get(1)?))
    })?;
    let mut statement = conn.prepare_cached("SELECT row, title, rev FROM power_row")?;
    let rows = statement
        .query_map([], |r| Ok((r.get(0)?, (r.get(1)?, r.get(2)?))))?
        .collect::<Result<_, _>>()?;
    let mut statement = conn.prepare_cached("SELECT id, op_id, hash FROM sync_op ORDER BY id")?;
    let ops = statement
        .query_map([], |r| Ok((r.get::<_, i64>(0)?, r.get(1)?, r.get(2)?)))?
        .collect::<Result<Vec<_>, _>>()?;
    let mut acts = Vec::new();
    for (id, op_id, hash) in ops {
        let mut files =
            conn.prepare_cached("SELECT sealed FROM sync_file WHERE op = ?1 ORDER BY id")?;
        let files = files
            .query_map([id], |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        acts.push((op_id, hash, files));
    }
    Ok(State {
        step,
        cursor,
        rows,
        acts,
    })
}

/// Whether the index finds exactly the rows that have a word, for every word there is.
pub(super) fn index_is_the_table(
    conn: &Connection,
    state: &State,
) -> Result<Option<String>, StoreError> {
    for word in WORDS {
        let wanted: BTreeSet<i64> = {
            let mut rows = conn.prepare_cached("SELECT id, title FROM power_row")?;
            let rows = rows.query_map([], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?)))?;
            rows.collect::<Result<Vec<_>, _>>()?
                .into_iter()
                .filter(|(_, title)| title.contains(word))
                .map(|(id, _)| id)
                .collect()
        };
        let mut found = BTreeSet::new();
        let mut after = None;
        loop {
            let request = SearchRequest {
                typed: word,
                filter: "1",
                after,
                limit: 200,
                budget: 10_000,
            };
            let page = INDEX.search(conn, &request)?;
            found.extend(page.hits.iter().map(|hit| hit.rowid));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if found != wanted {
            let (found, wanted) = (found.len(), wanted.len());
            return Ok(Some(format!(
                "the index finds {found} rows with {word:?}, the table has {wanted} (step {})",
                state.step
            )));
        }
    }
    let indexed: i64 = conn.query_row("SELECT count(*) FROM power_fts", [], |r| r.get(0))?;
    let rows = state.rows.len() as i64;
    Ok((indexed != rows).then(|| format!("{indexed} rows in the index, {rows} in the table")))
}
