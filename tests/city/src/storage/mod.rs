//! Where a gateway keeps its state: ordered tables of bytes under one transaction, and nothing more.
//!
//! Invariant: the rules see a [`Tx`] only. A transaction is all or nothing and durable once [`Storage::transaction`]
//! returned `Ok`; an `Err` from the body leaves no trace. The trait is small on purpose: any database with ordered keys
//! and serializable transactions can stand behind stateless gateway nodes; SQLite ([`SqliteStorage`]) does for one
//! machine, [`MemoryStorage`] for the laboratory.

mod memory;
mod sqlite;

pub use memory::MemoryStorage;
pub use sqlite::SqliteStorage;

use thiserror::Error;

/// The tables of a city. The number is what is stored: never reuse one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// Single values: keys of the city, epoch, watermark, counters, the newest beacon.
    Meta = 1,
    /// Log index (8 bytes, big-endian) → what got it.
    Log = 2,
    /// Op id → the committed op.
    Op = 3,
    /// H(op) → the refusal it was answered with.
    Refusal = 4,
    /// Lane id → head and owner.
    Lane = 5,
    /// Report id → the report as the intake sees it.
    Report = 6,
    /// Account name → account.
    Account = 7,
    /// SHA-256 of a session token → session.
    Session = 8,
    /// Device op key → the account that enrolled it.
    Device = 9,
    /// Scope ‖ 0 ‖ kind ‖ 0 ‖ id → the newest revision of a row.
    Row = 10,
    /// Scope ‖ 0 ‖ revision → kind ‖ 0 ‖ id.
    Revision = 11,
    /// Scope → live rows, checksum and pruning mark.
    Scope = 12,
    /// Upload id → upload.
    Upload = 13,
    /// Upload id ‖ offset (8 bytes, big-endian) → bytes.
    Chunk = 14,
    /// Op id ‖ file hash → upload id.
    OpFile = 15,
    /// File hash ‖ upload id → report it belongs to.
    Photo = 16,
    /// File hash → reports that show it to everyone.
    PublicPhoto = 17,
    /// Op id → the bundle as it came.
    Bundle = 19,
    /// H(beacon) → its time.
    Beacon = 20,
    /// Op id → H(op) of the newest refusal of that id.
    RefusedId = 18,
}

/// What can go wrong below the rules.
#[derive(Debug, Error)]
pub enum StorageError {
    /// SQLite said no.
    #[error("the city's database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A file could not be read, written or renamed.
    #[error("the city's files: {0}")]
    Io(#[from] std::io::Error),
    /// No backup of that name.
    #[error("there is no such backup")]
    NoBackup,
    /// A stored value that this edition cannot read.
    #[error("a stored value is not readable: {0}")]
    Value(&'static str),
}

/// One key and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Reads and writes inside one transaction.
pub trait Tx {
    /// The value under `key`, if any.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError>;

    /// Sets the value under `key`.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StorageError>;

    /// Removes `key`; nothing happens if it is not there.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), StorageError>;

    /// Up to `limit` pairs whose key begins with `prefix` and is greater than `prefix ‖ after` (from the first one if
    /// `after` is empty), in the order of the keys.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    fn scan(
        &self,
        table: Table,
        prefix: &[u8],
        after: &[u8],
        limit: usize,
    ) -> Result<Vec<Pair>, StorageError>;
}

/// A medium with transactions and named backups.
pub trait Storage: Send {
    /// Runs `body` in one transaction; commits durably if it returned `Ok`, undoes it all otherwise.
    ///
    /// # Errors
    /// What `body` returned, or the failure of the medium.
    fn transaction<T, E>(&mut self, body: impl FnOnce(&mut dyn Tx) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StorageError>;

    /// Keeps a whole copy of the committed state under `name`, durable when it returns.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails or the name is no plain file name.
    fn backup(&mut self, name: &str) -> Result<(), StorageError>;

    /// Goes back to the copy under `name`. What was committed since is gone, as after a real disaster.
    ///
    /// # Errors
    /// [`StorageError::NoBackup`] when there is none; then nothing changed.
    fn restore(&mut self, name: &str) -> Result<(), StorageError>;

    /// The names of the kept copies, sorted.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    fn backups(&self) -> Result<Vec<String>, StorageError>;
}

/// A backup's name becomes a file name, so it is letters, digits, `-`, `_` and `.` only, and no hidden file.
fn plain_name(name: &str) -> Result<&str, StorageError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.len() > 80 || name.starts_with('.') || !name.chars().all(plain) {
        return Err(StorageError::NoBackup);
    }
    Ok(name)
}

/// The first key after all keys that begin with `prefix`; none if there is no such key.
fn after_prefix(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests;
