//! What a commit changed, row by row, so that screens re-run only the queries it can touch.
//!
//! Invariant: a change set is never too small. Above [`ROW_LIMIT`] rows of one table it forgets which and says "all".

use std::collections::{BTreeMap, BTreeSet};

/// Rows of one table a change set names before it gives up and says [`TableChange::All`].
pub const ROW_LIMIT: usize = 500;

/// Which rows of a table changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableChange {
    /// These rowids: inserted, updated or deleted.
    Rows(BTreeSet<i64>),
    /// Any of them.
    All,
}

/// The tables one commit changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    tables: BTreeMap<String, TableChange>,
}

impl Changes {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// What changed in `table`, if anything did.
    #[must_use]
    pub fn table(&self, table: &str) -> Option<&TableChange> {
        self.tables.get(table)
    }

    /// All changed tables with what changed in them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &TableChange)> {
        self.tables
            .iter()
            .map(|(name, change)| (name.as_str(), change))
    }

    /// Adds one row.
    pub fn add_row(&mut self, table: &str, rowid: i64) {
        match self.tables.get_mut(table) {
            Some(TableChange::All) => {}
            Some(TableChange::Rows(rows)) => {
                rows.insert(rowid);
                if rows.len() > ROW_LIMIT {
                    self.add_table(table);
                }
            }
            None => {
                self.tables
                    .insert(table.to_owned(), TableChange::Rows(BTreeSet::from([rowid])));
            }
        }
    }

    /// Adds a whole table.
    pub fn add_table(&mut self, table: &str) {
        self.tables.insert(table.to_owned(), TableChange::All);
    }

    /// Adds everything `later` holds.
    pub fn merge(&mut self, later: &Changes) {
        for (table, change) in later.iter() {
            match change {
                TableChange::All => self.add_table(table),
                TableChange::Rows(rows) => rows.iter().for_each(|row| self.add_row(table, *row)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rows_become_all_and_stay_so() {
        let mut changes = Changes::default();
        (0..=ROW_LIMIT as i64).for_each(|i| changes.add_row("t", i));
        changes.add_row("t", 9_999);
        changes.add_row("u", 1);
        assert_eq!(changes.table("t"), Some(&TableChange::All));
        assert_eq!(
            changes.table("u"),
            Some(&TableChange::Rows(BTreeSet::from([1])))
        );
        let mut sum = Changes::default();
        sum.add_row("u", 2);
        sum.merge(&changes);
        assert_eq!(
            sum.table("u"),
            Some(&TableChange::Rows(BTreeSet::from([1, 2])))
        );
        assert_eq!(sum.table("t"), Some(&TableChange::All));
    }
}
