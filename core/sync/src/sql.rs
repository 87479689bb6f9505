//! Unsigned numbers in SQLite, whose integers are signed.
//!
//! Invariant: a number above 2⁶³ − 1 or below 0 is refused, never wrapped. The protocol has none.

use hues_store::rusqlite::types::{
    FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef,
};
use hues_store::rusqlite::Error;

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
