//! State in memory: a map per table and an undo list. For the laboratory and for tests.
//!
//! Invariant: behaves like the SQLite storage to the byte; `tests.rs` runs the same cases over both.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::{after_prefix, plain_name, Pair, Storage, StorageError, Table, Tx};

type Key = (Table, Vec<u8>);
type Map = BTreeMap<Key, Vec<u8>>;

/// Tables in memory. Cloning it copies the whole state: a snapshot.
#[derive(Debug, Clone, Default)]
pub struct MemoryStorage {
    map: Map,
    backups: BTreeMap<String, Map>,
}

impl MemoryStorage {
    /// An empty one.
    #[must_use]
    pub fn new() -> MemoryStorage {
        MemoryStorage::default()
    }
}

struct MemoryTx<'a> {
    map: &'a mut Map,
    undo: Vec<(Key, Option<Vec<u8>>)>,
}

impl Tx for MemoryTx<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.map.get(&(table, key.to_vec())).cloned())
    }

    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StorageError> {
        let key = (table, key.to_vec());
        let old = self.map.insert(key.clone(), value.to_vec());
        self.undo.push((key, old));
        Ok(())
    }

    fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), StorageError> {
        let key = (table, key.to_vec());
        if let Some(old) = self.map.remove(&key) {
            self.undo.push((key, Some(old)));
        }
        Ok(())
    }

    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: &[u8],
        limit: usize,
    ) -> Result<Vec<Pair>, StorageError> {
        let start = [prefix, after].concat();
        let from = if after.is_empty() {
            Bound::Included((table, start))
        } else {
            Bound::Excluded((table, start))
        };
        let end = after_prefix(prefix);
        let inside = |key: &[u8]| end.as_ref().is_none_or(|end| key < end.as_slice());
        let rows = self.map.range((from, Bound::Unbounded));
        Ok(rows
            .take_while(|((t, key), _)| *t == table && inside(key))
            .take(limit)
            .map(|((_, key), value)| (key.clone(), value.clone()))
            .collect())
    }
}

impl Storage for MemoryStorage {
    fn transaction<T, E>(&mut self, body: impl FnOnce(&mut dyn Tx) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StorageError>,
    {
        let mut tx = MemoryTx {
            map: &mut self.map,
            undo: Vec::new(),
        };
        let result = body(&mut tx);
        if result.is_err() {
            let MemoryTx { map, undo } = tx;
            for (key, old) in undo.into_iter().rev() {
                match old {
                    Some(value) => map.insert(key, value),
                    None => map.remove(&key),
                };
            }
        }
        result
    }

    fn backup(&mut self, name: &str) -> Result<(), StorageError> {
        self.backups
            .insert(plain_name(name)?.to_owned(), self.map.clone());
        Ok(())
    }

    fn restore(&mut self, name: &str) -> Result<(), StorageError> {
        self.map = self
            .backups
            .get(name)
            .ok_or(StorageError::NoBackup)?
            .clone();
        Ok(())
    }

    fn backups(&self) -> Result<Vec<String>, StorageError> {
        Ok(self.backups.keys().cloned().collect())
    }
}
