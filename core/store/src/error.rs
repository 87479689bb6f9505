//! Everything that can go wrong in the store, and how SQLite's and the system's codes become it.
//!
//! Invariant: this is the one place that reads result codes. A full disk, a transient I/O error and a locked vault
//! never look like damage, so none of them can lead anyone to set a file aside; and no variant carries a path, a key, an
//! SQL text or a value.

use hues_crypto::CryptoError;
use rusqlite::ffi;
use thiserror::Error;

use crate::vault::VaultError;

/// Why the store refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// No room left on the device. Nothing was lost; the same call works once there is room.
    #[error("the disk is full")]
    Full,
    /// The bytes are not what was written. The file stays as it is until [`crate::StoreFile::quarantine_and_recreate`]
    /// sets it aside.
    #[error("damaged: {0}")]
    Corrupt(&'static str),
    /// The file is whole, but this key is not its own.
    #[error("the key does not fit the file")]
    WrongKey,
    /// Written by a later release: nothing was touched.
    #[error("version {found} is newer than {known}")]
    Newer {
        /// Version found on disk.
        found: u32,
        /// Newest version this release knows.
        known: u32,
    },
    /// The vault slot needs the phone to be unlocked, or its owner to be present.
    #[error("the vault slot is locked")]
    Locked,
    /// Another process or connection holds what is needed.
    #[error("busy")]
    Busy,
    /// There is no such file, account or entry.
    #[error("not found")]
    NotFound,
    /// The system could not read or write. The fate of a commit that ends so is unknown until the file is opened again.
    #[error("input or output failed: {0:?}")]
    Io(std::io::ErrorKind),
    /// The vault answered with something other than "locked".
    #[error("vault: {0}")]
    Vault(VaultError),
    /// The database engine refused a statement: a constraint, or a mistake in our own SQL. Extended SQLite result code.
    #[error("SQLite code {0}")]
    Sql(i32),
    /// The engine was built without encryption: refused before a byte is written.
    #[error("the database engine does not encrypt")]
    Unencrypted,
    /// The store was closed, or its thread is gone.
    #[error("the store is closed")]
    Closed,
    /// A bound was exceeded (a name, a size, a count). Says which.
    #[error("out of bounds: {0}")]
    Bounds(&'static str),
}

/// The store's result.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

impl From<std::io::Error> for StoreError {
    fn from(e: std::io::Error) -> Self {
        use std::io::ErrorKind::{NotFound, QuotaExceeded, StorageFull, UnexpectedEof, WouldBlock};
        match e.kind() {
            StorageFull | QuotaExceeded => StoreError::Full,
            NotFound => StoreError::NotFound,
            WouldBlock => StoreError::Busy,
            UnexpectedEof => StoreError::Corrupt("file cut short"),
            kind => StoreError::Io(kind),
        }
    }
}

impl From<CryptoError> for StoreError {
    fn from(e: CryptoError) -> Self {
        match e {
            CryptoError::Damaged(what) => StoreError::Corrupt(what),
            CryptoError::WrongKey => StoreError::WrongKey,
            CryptoError::Newer { found, known } => StoreError::Newer {
                found: found.into(),
                known: known.into(),
            },
            CryptoError::Unrepresentable(what) => StoreError::Bounds(what),
            CryptoError::Length => StoreError::Bounds("announced length"),
            CryptoError::Io(kind) => std::io::Error::from(kind).into(),
        }
    }
}

impl From<VaultError> for StoreError {
    fn from(e: VaultError) -> Self {
        match e {
            VaultError::Locked => StoreError::Locked,
            other => StoreError::Vault(other),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(e: rusqlite::Error) -> Self {
        match e {
            rusqlite::Error::SqliteFailure(failure, _) => from_code(failure.extended_code),
            rusqlite::Error::SqlInputError { error, .. } => from_code(error.extended_code),
            rusqlite::Error::QueryReturnedNoRows => StoreError::NotFound,
            // A column of another type than our schema says: the file holds what we never wrote.
            rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..) => StoreError::Corrupt("column type"),
            _ => StoreError::Sql(ffi::SQLITE_MISUSE),
        }
    }
}

/// Maps an extended SQLite result code.
fn from_code(code: i32) -> StoreError {
    match code {
        // The engine asked for bytes a whole file has: the file is shorter than its own header says.
        ffi::SQLITE_IOERR_SHORT_READ => return StoreError::Corrupt("file cut short"),
        ffi::SQLITE_IOERR_CORRUPTFS | ffi::SQLITE_IOERR_DATA => return StoreError::Corrupt("page"),
        ffi::SQLITE_IOERR_NOMEM => return StoreError::Io(std::io::ErrorKind::OutOfMemory),
        _ => {}
    }
    match code & 0xff {
        ffi::SQLITE_FULL => StoreError::Full,
        ffi::SQLITE_CORRUPT => StoreError::Corrupt("page"),
        ffi::SQLITE_NOTADB => StoreError::Corrupt("first page"),
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => StoreError::Busy,
        ffi::SQLITE_CANTOPEN => StoreError::Io(std::io::ErrorKind::NotFound),
        ffi::SQLITE_READONLY | ffi::SQLITE_PERM => {
            StoreError::Io(std::io::ErrorKind::PermissionDenied)
        }
        ffi::SQLITE_NOMEM => StoreError::Io(std::io::ErrorKind::OutOfMemory),
        ffi::SQLITE_IOERR => StoreError::Io(std::io::ErrorKind::Other),
        _ => StoreError::Sql(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_failing_one_never_look_like_damage() {
        for code in [
            ffi::SQLITE_FULL,
            ffi::SQLITE_IOERR_WRITE,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_CANTOPEN,
            ffi::SQLITE_BUSY_SNAPSHOT,
        ] {
            assert!(
                !matches!(
                    from_code(code),
                    StoreError::Corrupt(_) | StoreError::WrongKey
                ),
                "{code}"
            );
        }
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        assert_eq!(StoreError::from(full), StoreError::Full);
    }

    #[test]
    fn damage_is_named() {
        for code in [
            ffi::SQLITE_CORRUPT_VTAB,
            ffi::SQLITE_NOTADB,
            ffi::SQLITE_IOERR_SHORT_READ,
        ] {
            assert!(matches!(from_code(code), StoreError::Corrupt(_)), "{code}");
        }
    }
}
