//! What a damaged file still gives: every readable row of the database set aside, and the mirror.
//!
//! Invariant: the union of both. Damage in one place costs what lay there and nothing else: unreadable rows are stepped
//! over, an unreadable mirror file is counted, and neither ends the salvage.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::conn::unharmed;
use crate::error::{Result, StoreError};
use crate::file::StoreFile;
use crate::mirror::{Mirror, Mirrored};
use crate::sealed::SealedId;

/// Where the ops lie in the database. Names come from our own schemas, never from outside.
#[derive(Debug, Clone, Copy)]
pub struct OpTable<'a> {
    /// The table, with a rowid.
    pub table: &'a str,
    /// 16-byte id.
    pub id: &'a str,
    /// Blob with the op's bytes.
    pub op: &'a str,
    /// SQL expression for the snapshot; `x''` for none.
    pub snapshot: &'a str,
    /// Which rows to take: a condition on the table's columns; `1` for all.
    pub filter: &'a str,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Salvage {
    /// Every op found, by id. Where both hold one, it is the mirror's: its bytes are authenticated as one.
    pub ops: BTreeMap<SealedId, Mirrored>,
    /// How many came from rows alone.
    pub from_rows_only: usize,
    /// Stretches of rows that could not be read.
    pub unreadable_stretches: usize,
    /// Mirror files that could not be read.
    pub unreadable_files: usize,
}

/// Collects what `aside` (a database set aside, if there is one) and the mirror of `file` still hold.
///
/// # Errors
/// Only what keeps the mirror's directory from being listed; damage is counted, not returned.
pub fn salvage(file: &StoreFile, aside: Option<&Path>, ops: &OpTable<'_>) -> Result<Salvage> {
    let mut out = Salvage::default();
    let mirror = Mirror::open(file)?;
    for id in mirror.list()? {
        match mirror.get(&id) {
            Ok(mirrored) => {
                out.ops.insert(id, mirrored);
            }
            Err(_) => out.unreadable_files += 1,
        }
    }
    if let Some(path) = aside {
        let OpTable {
            table,
            id,
            op,
            snapshot,
            filter,
        } = *ops;
        let columns = format!("{id}, {op}, {snapshot}");
        let rows = RowsOf {
            table,
            columns: &columns,
            filter,
        };
        out.unreadable_stretches = readable_rows(file, path, &rows, |row| {
            // A row of another shape is damage too.
            if let Ok(mirrored) = mirrored(row) {
                if !out.ops.contains_key(&mirrored.id) {
                    out.from_rows_only += 1;
                    out.ops.insert(mirrored.id, mirrored);
                }
            }
        });
    }
    Ok(out)
}

/// Which rows of a database set aside to read. Names come from our own schemas, never from outside.
#[derive(Debug, Clone, Copy)]
pub struct RowsOf<'a> {
    /// The table, with a rowid.
    pub table: &'a str,
    /// SQL expressions, comma-separated: columns 1, 2, … of the row that is given; column 0 is the rowid.
    pub columns: &'a str,
    /// A condition on the table's columns; `1` for all.
    pub filter: &'a str,
}

/// Gives every row of `aside` that can still be read to `take`, in rowid order; a row may be given twice. Says how many stretches of rows had to be
/// stepped over.
pub fn readable_rows(
    file: &StoreFile,
    aside: &Path,
    rows: &RowsOf<'_>,
    mut take: impl FnMut(&rusqlite::Row<'_>),
) -> usize {
    let mut walk = Walk {
        file,
        path: aside,
        rows,
        conn: None,
    };
    walk.all(&mut take)
}

/// Walks a table that may have holes.
struct Walk<'a> {
    file: &'a StoreFile,
    path: &'a Path,
    rows: &'a RowsOf<'a>,
    conn: Option<Connection>,
}

impl Walk<'_> {
    fn all(&mut self, take: &mut dyn FnMut(&rusqlite::Row<'_>)) -> usize {
        let (mut from, mut stretches) = (0i64, 0);
        loop {
            let mut last = None;
            let done = self.scan(from, i64::MAX, &mut |rowid, row| {
                last = Some(rowid);
                take(row);
            });
            if done.is_ok() {
                return stretches;
            }
            stretches += 1;
            from = last.map_or(from, |rowid| rowid.saturating_add(1));
            match self.next_readable(from) {
                Some(next) => from = next,
                None => return stretches,
            }
        }
    }

    /// The first rowid after an unreadable stretch that starts at `bad`: doubling steps out of it, then halving back. Rows
    /// of one lost page are neighbours, so this costs a few dozen probes instead of one a row.
    fn next_readable(&mut self, bad: i64) -> Option<i64> {
        let mut step = 1i64;
        let (mut low, mut high) = loop {
            let probe = bad.checked_add(step)?;
            match self.probe(probe) {
                Ok(true) => break (bad + step / 2, probe),
                // Nothing at or after it, readably so: the stretch reached the end of the table.
                Ok(false) => return self.halve(bad + step / 2, probe),
                Err(_) => step = step.checked_mul(2)?,
            }
        };
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.probe(middle).is_ok() {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(high)
    }

    fn halve(&mut self, mut low: i64, mut high: i64) -> Option<i64> {
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match self.probe(middle) {
                Ok(true) => return Some(middle),
                Ok(false) => high = middle,
                Err(_) => low = middle,
            }
        }
        None
    }

    /// Whether there is a readable row at or after `rowid`.
    fn probe(&mut self, rowid: i64) -> Result<bool> {
        let mut found = false;
        self.scan(rowid, 1, &mut |_, _| found = true)?;
        Ok(found)
    }

    fn scan(
        &mut self,
        from: i64,
        limit: i64,
        take: &mut dyn FnMut(i64, &rusqlite::Row<'_>),
    ) -> Result<()> {
        let RowsOf {
            table,
            columns,
            filter,
        } = *self.rows;
        let sql = format!(
            "SELECT rowid, {columns} FROM {table} WHERE rowid >= ?1 AND ({filter}) ORDER BY rowid LIMIT ?2"
        );
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.file.connect_aside(self.path)?,
        };
        let result = (|| {
            let mut statement = conn.prepare(&sql)?;
            let mut rows = statement.query((from, limit))?;
            while let Some(row) = rows.next()? {
                unharmed(&conn)?;
                take(row.get(0)?, row);
            }
            Ok::<_, StoreError>(())
        })();
        // SQLCipher remembers a page that failed: only a fresh connection reads on.
        if result.is_ok() {
            self.conn = Some(conn);
        }
        result
    }
}

fn mirrored(row: &rusqlite::Row<'_>) -> Result<Mirrored> {
    Ok(Mirrored {
        id: row.get(1)?,
        op: Zeroizing::new(row.get(2)?),
        snapshot: Zeroizing::new(row.get(3)?),
    })
}
