//! Why the outbox or the engine refused.
//!
//! Invariant: no variant carries a key, a text a person wrote, or an address.

use hues_protocol::Malformed;
use hues_store::StoreError;
use thiserror::Error;

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SyncError {
    /// The file could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The op is not one that could be sent: too long, wrong parts, wrong kind.
    #[error("not a valid op: {0}")]
    Invalid(&'static str),
    /// No such op or lane in this file.
    #[error("not found")]
    NotFound,
    /// The op was handed over and the city has not refused it under its signature: it cannot be changed any more.
    #[error("its fate is unknown")]
    FateUnknown,
    /// There is no receipt yet.
    #[error("no receipt yet")]
    NoReceipt,
}

impl From<Malformed> for SyncError {
    fn from(e: Malformed) -> SyncError {
        SyncError::Invalid(e.0)
    }
}

impl From<hues_store::rusqlite::Error> for SyncError {
    fn from(e: hues_store::rusqlite::Error) -> SyncError {
        SyncError::Store(e.into())
    }
}

/// The crate's result.
pub type Result<T, E = SyncError> = std::result::Result<T, E>;
