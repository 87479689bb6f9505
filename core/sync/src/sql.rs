//! Statements kept prepared, and unsigned numbers in SQLite, whose integers are signed.
//!
//! Invariant: a number above 2⁶³ − 1 or below 0 is refused, never wrapped. The protocol has none.

use hues_store::rusqlite::types::{
    FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef,
};
use hues_store::rusqlite::{Connection, Error, Params, Row};

/// Runs a statement that is kept prepared: parsing one costs more than most of ours do.
pub(crate) fn run(conn: &Connection, sql: &str, params: impl Params) -> Result<usize, Error> {
    conn.prepare_cached(sql)?.execute(params)
}

/// Reads the one row of a query that is kept prepared.
pub(crate) fn one<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    conn.prepare_cached(sql)?.query_row(params, read)
}

/// An unsigned number on its way in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Num(pub u64);

impl ToSql for Num {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>, Error> {
        i64::try_from(self.0)
            .map(ToSqlOutput::from)
            .map_err(|e| Error::ToSqlConversionFailure(Box::new(e)))
    }
}

impl FromSql for Num {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Num> {
        let n = value.as_i64()?;
        u64::try_from(n)
            .map(Num)
            .map_err(|_| FromSqlError::OutOfRange(n))
    }
}
