//! Rows that phones pull: one revision stream a scope, tombstones, and the sum a phone checks itself against.
//!
//! Invariant: in a scope every row has exactly one entry in the revision stream, at its newest revision; count and sum of
//! the scope are those of its live rows. They change in one transaction with the rows.

use hues_protocol::page::row_sum;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::meta::{self, CityLog};
use crate::storage::{StorageError, Table, Tx};

/// Tombstones are kept this long; an older cursor pulls anew.
pub(super) const TOMBSTONE_MS: i64 = 90 * 86_400_000;

/// What a scope amounts to.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
pub(super) struct ScopeSum {
    pub(super) count: u64,
    pub(super) sum: u64,
    /// Revisions up to here may have lost their tombstones.
    pub(super) pruned: u64,
}

/// The newest state of one row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RowRecord {
    pub(super) revision: u64,
    pub(super) at: i64,
    /// Nothing: a tombstone.
    pub(super) body: Option<Value>,
}

/// One step of a scope's stream.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) row: RowRecord,
}

/// Puts a row; nothing happens if it already says the same.
pub(super) fn put(
    tx: &mut dyn Tx,
    log: &mut CityLog,
    scope: &str,
    (kind, id): (&str, &str),
    body: Value,
    now: i64,
) -> Result<(), StorageError> {
    let old = read(tx, scope, kind, id)?;
    if old
        .as_ref()
        .is_some_and(|old| old.body.as_ref() == Some(&body))
    {
        return Ok(());
    }
    replace(
        tx,
        log,
        scope,
        (kind, id),
        old,
        RowRecord {
            revision: 0,
            at: now,
            body: Some(body),
        },
    )
}

/// Leaves a tombstone, if the row is there.
pub(super) fn delete(
    tx: &mut dyn Tx,
    log: &mut CityLog,
    scope: &str,
    (kind, id): (&str, &str),
    now: i64,
) -> Result<(), StorageError> {
    match read(tx, scope, kind, id)? {
        Some(old) if old.body.is_some() => replace(
            tx,
            log,
            scope,
            (kind, id),
            Some(old),
            RowRecord {
                revision: 0,
                at: now,
                body: None,
            },
        ),
        _ => Ok(()),
    }
}

fn replace(
    tx: &mut dyn Tx,
    log: &mut CityLog,
    scope: &str,
    (kind, id): (&str, &str),
    old: Option<RowRecord>,
    mut new: RowRecord,
) -> Result<(), StorageError> {
    let mut sum = scope_sum(tx, scope)?;
    if let Some(old) = old {
        tx.delete(Table::Revision, &revision_key(scope, old.revision))?;
        if old.body.is_some() {
            sum.count = sum.count.saturating_sub(1);
            sum.sum = sum.sum.wrapping_sub(row_sum(kind, id, old.revision));
        }
    }
    log.revision += 1;
    new.revision = log.revision;
    if new.body.is_some() {
        sum.count += 1;
        sum.sum = sum.sum.wrapping_add(row_sum(kind, id, new.revision));
    }
    meta::put(tx, Table::Row, &row_key(scope, kind, id), &new)?;
    tx.put(
        Table::Revision,
        &revision_key(scope, new.revision),
        &name_key(kind, id),
    )?;
    meta::put(tx, Table::Scope, scope.as_bytes(), &sum)
}

/// Count, sum and pruning mark of a scope.
pub(super) fn scope_sum(tx: &dyn Tx, scope: &str) -> Result<ScopeSum, StorageError> {
    Ok(meta::get(tx, Table::Scope, scope.as_bytes())?.unwrap_or_default())
}

/// Up to `limit` changes after revision `after`.
pub(super) fn changes(
    tx: &dyn Tx,
    scope: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<Change>, StorageError> {
    let prefix = [scope.as_bytes(), &[0]].concat();
    let mut changes = Vec::new();
    for (_, name) in tx.scan(Table::Revision, &prefix, &after.to_be_bytes(), limit)? {
        let bad = StorageError::Value("revision");
        let text = std::str::from_utf8(&name).map_err(|_| StorageError::Value("revision"))?;
        let (kind, id) = text.split_once('\0').ok_or(bad)?;
        let row = read(tx, scope, kind, id)?.ok_or(StorageError::Value("row"))?;
        changes.push(Change {
            kind: kind.to_owned(),
            id: id.to_owned(),
            row,
        });
    }
    Ok(changes)
}

/// Changes looked at per pull for tombstones to forget.
const LOOK: usize = 8;

/// Forgets tombstones that are old enough.
pub(super) fn prune(tx: &mut dyn Tx, scope: &str, now: i64) -> Result<(), StorageError> {
    let mut sum = scope_sum(tx, scope)?;
    let before = sum.pruned;
    // Old tombstones lie at the beginning of the stream; a short look per pull keeps up with them.
    for change in changes(tx, scope, 0, LOOK)? {
        if change.row.body.is_none() && now - change.row.at > TOMBSTONE_MS {
            tx.delete(Table::Revision, &revision_key(scope, change.row.revision))?;
            tx.delete(Table::Row, &row_key(scope, &change.kind, &change.id))?;
            sum.pruned = sum.pruned.max(change.row.revision);
        }
    }
    if sum.pruned != before {
        meta::put(tx, Table::Scope, scope.as_bytes(), &sum)?;
    }
    Ok(())
}

fn read(tx: &dyn Tx, scope: &str, kind: &str, id: &str) -> Result<Option<RowRecord>, StorageError> {
    meta::get(tx, Table::Row, &row_key(scope, kind, id))
}

fn name_key(kind: &str, id: &str) -> Vec<u8> {
    [kind.as_bytes(), &[0], id.as_bytes()].concat()
}

fn row_key(scope: &str, kind: &str, id: &str) -> Vec<u8> {
    [scope.as_bytes(), &[0], &name_key(kind, id)].concat()
}

fn revision_key(scope: &str, revision: u64) -> Vec<u8> {
    [scope.as_bytes(), &[0], &revision.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{MemoryStorage, Storage};
    use serde_json::json;

    fn with(case: impl FnOnce(&mut dyn Tx, &mut CityLog)) {
        let mut storage = MemoryStorage::new();
        let mut log = CityLog {
            epoch: Default::default(),
            watermark: 0,
            head: 0,
            restores: 0,
            restored_at: None,
            revision: 0,
            signed_time: 0,
            duplicates: 0,
        };
        let done: Result<(), StorageError> = storage.transaction(|tx| {
            case(tx, &mut log);
            Ok(())
        });
        done.unwrap();
    }

    fn live_sum(tx: &dyn Tx) -> (u64, u64) {
        let live: Vec<_> = changes(tx, "s", 0, 999)
            .unwrap()
            .into_iter()
            .filter(|c| c.row.body.is_some())
            .collect();
        let sum = live.iter().fold(0u64, |sum, c| {
            sum.wrapping_add(row_sum(&c.kind, &c.id, c.row.revision))
        });
        (live.len() as u64, sum)
    }

    #[test]
    fn the_sum_is_that_of_the_live_rows() {
        with(|tx, log| {
            for id in ["a", "b", "c"] {
                put(tx, log, "s", ("report", id), json!({"id": id}), 1).unwrap();
            }
            put(tx, log, "s", ("report", "a"), json!({"id": "a", "n": 2}), 2).unwrap();
            put(tx, log, "s", ("report", "a"), json!({"id": "a", "n": 2}), 3).unwrap();
            delete(tx, log, "s", ("report", "b"), 4).unwrap();
            delete(tx, log, "s", ("report", "b"), 5).unwrap();
            delete(tx, log, "s", ("report", "never"), 5).unwrap();
            let sum = scope_sum(tx, "s").unwrap();
            assert_eq!((sum.count, sum.sum), live_sum(tx));
            assert_eq!(log.revision, 5, "what changed nothing takes no revision");
            let stream: Vec<_> = changes(tx, "s", 0, 9)
                .unwrap()
                .into_iter()
                .map(|c| (c.id, c.row.revision))
                .collect();
            assert_eq!(stream, [("c".into(), 3), ("a".into(), 4), ("b".into(), 5)]);
            assert_eq!(changes(tx, "s", 4, 9).unwrap().len(), 1);
        });
    }

    #[test]
    fn old_tombstones_go_and_leave_a_mark() {
        with(|tx, log| {
            put(tx, log, "s", ("report", "a"), json!(1), 0).unwrap();
            put(tx, log, "s", ("report", "b"), json!(1), 0).unwrap();
            delete(tx, log, "s", ("report", "a"), 0).unwrap();
            prune(tx, "s", TOMBSTONE_MS).unwrap();
            assert_eq!(scope_sum(tx, "s").unwrap().pruned, 0);
            prune(tx, "s", TOMBSTONE_MS + 1).unwrap();
            assert_eq!(
                (
                    scope_sum(tx, "s").unwrap().pruned,
                    changes(tx, "s", 0, 9).unwrap().len()
                ),
                (3, 1)
            );
            assert_eq!(scope_sum(tx, "s").unwrap().sum, live_sum(tx).1);
        });
    }
}
