//! Whether an index says what its table says: the invariant the laboratory checks, and what a repair may ask.

use rusqlite::Connection;

use hues_sqlite_ext::TOKENIZER;

use super::SearchIndex;
use crate::error::Result;

impl SearchIndex<'_> {
    /// The rows whose postings are not those of their own words: missing, left over, or stale. Empty when index and table agree. Reads the whole table into
    /// a second index in memory; not for a screen.
    ///
    /// # Errors
    /// The engine's.
    pub fn gaps(&self, conn: &Connection) -> Result<Vec<i64>> {
        let texts: Vec<String> = (self.columns.iter())
            .map(|column| format!("coalesce({column}, '')"))
            .collect();
        let columns: Vec<String> = (0..self.columns.len()).map(|i| format!("c{i}")).collect();
        let columns = columns.join(", ");
        conn.execute_batch(&format!(
            "CREATE VIRTUAL TABLE temp.gaps_wanted USING fts5({columns}, tokenize = '{TOKENIZER}', content = '', contentless_delete = 1);
             INSERT INTO temp.gaps_wanted(rowid, {columns}) SELECT rowid, {texts} FROM main.{table};
             CREATE VIRTUAL TABLE temp.gaps_is USING fts5vocab(main, {name}, instance);
             CREATE VIRTUAL TABLE temp.gaps_should USING fts5vocab(temp, gaps_wanted, instance);",
            texts = texts.join(", "),
            table = self.table,
            name = self.name,
        ))?;
        let compared = compare(conn);
        conn.execute_batch(
            "DROP TABLE temp.gaps_is; DROP TABLE temp.gaps_should; DROP TABLE temp.gaps_wanted;",
        )?;
        compared
    }
}

fn compare(conn: &Connection) -> Result<Vec<i64>> {
    const POSTING: &str = "doc, term, col, offset";
    let sql = format!(
        "SELECT DISTINCT doc FROM (
             SELECT * FROM (SELECT {POSTING} FROM temp.gaps_is EXCEPT SELECT {POSTING} FROM temp.gaps_should)
             UNION ALL
             SELECT * FROM (SELECT {POSTING} FROM temp.gaps_should EXCEPT SELECT {POSTING} FROM temp.gaps_is)
         ) ORDER BY doc"
    );
    let mut statement = conn.prepare(&sql)?;
    let gaps = statement.query_map([], |row| row.get(0))?;
    Ok(gaps.collect::<rusqlite::Result<_>>()?)
}
