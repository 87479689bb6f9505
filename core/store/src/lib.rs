//! Encrypted SQLite files: keys, migrations, one writer, readers, live queries, full text.
//!
//! Invariant: nothing a person entered is lost by this crate. A commit says how durable it is and is; damage is named,
//! set aside and salvaged, never papered over with an empty file. The synchronous core ([`StoreFile`], [`Writer`],
//! [`Reader`]) has no thread, clock or randomness of its own; [`Db`] is the thin shell that gives it threads.

pub mod changes;
mod conn;
mod db;
pub mod disk;
pub mod doubles;
mod doubt;
mod error;
mod ext;
mod file;
mod home;
mod keyfile;
pub mod live;
mod migrate;
mod mirror;
mod pending;
mod salvage;
mod sealed;
pub mod search;
pub mod vault;

pub use changes::Changes;
pub use conn::{
    read_together, Committed, Durability, Reader, Snapshot, Tx, Writer, BULK_CACHE_MIB, CACHE_MIB,
};
pub use db::{Db, Lifecycle, Seat, Told, READERS};
pub use error::{Result, StoreError};
pub use file::{FileKind, FileOptions, Quarantined, StoreFile};
pub use home::{AccountId, Home, HOME_VERSION};
pub use keyfile::FileKey;
pub use migrate::{newest, Migration};
pub use mirror::{Mirror, Mirrored, MIRROR_LIMIT};
pub use pending::Pending;
/// The engine, so that every floor above uses this one.
pub use rusqlite;
pub use salvage::{readable_rows, salvage, OpTable, RowsOf, Salvage};
pub use sealed::{Pieces, SealedDir, SealedId, SealedSource};

/// The README's example, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
