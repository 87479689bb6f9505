//! The synchronous core of a database file: one [`Writer`], any number of [`Reader`]s, each a connection.
//!
//! Invariant: a mutation is one `IMMEDIATE` transaction that commits whole or leaves nothing; its durability is chosen before
//! it begins; what it changed is told only after it committed. Readers see one state of the file per call and cannot
//! write. No thread lives here: the laboratory drives these directly, [`crate::Db`] gives them threads.

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, TransactionBehavior, MAIN_DB};

use crate::changes::Changes;
use crate::doubt::Origin;
use crate::error::{Result, StoreError};

/// What a commit survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A power loss right after the call: what a person did.
    Full,
    /// The death of the process; a power loss may roll the newest such commits back, never a middle one: what a server
    /// can send again. A later `Full` commit makes all before it durable.
    Normal,
}

/// A mutation that was committed.
#[derive(Debug)]
pub struct Committed<R> {
    /// What the mutation returned.
    pub value: R,
    /// What it changed.
    pub changes: Changes,
}

/// The transaction a mutation runs in; dereferences to the connection.
pub struct Tx<'a> {
    conn: &'a Connection,
    changes: &'a Mutex<Changes>,
}

impl Tx<'_> {
    /// Marks a whole table as changed, for what SQLite's hook does not report: a `DELETE` without `WHERE`, rows removed by
    /// `REPLACE`, a virtual table.
    pub fn touch_table(&self, table: &str) {
        lock(self.changes).add_table(table);
    }
}

impl Deref for Tx<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.conn
    }
}

/// One consistent state of the file; dereferences to the connection.
pub struct Snapshot<'a>(&'a Connection);

impl Deref for Snapshot<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

/// The one connection that writes.
pub struct Writer {
    conn: Connection,
    origin: Arc<Origin>,
    changes: Arc<Mutex<Changes>>,
    durability: Option<Durability>,
}

impl Writer {
    pub(crate) fn new(mut conn: Connection, origin: Arc<Origin>) -> Result<Writer> {
        let changes = Arc::new(Mutex::new(Changes::default()));
        let seen = Arc::clone(&changes);
        conn.update_hook(Some(
            move |_: rusqlite::hooks::Action, schema: &str, table: &str, rowid: i64| {
                if schema == "main" {
                    lock(&seen).add_row(table, rowid);
                }
            },
        ))?;
        Ok(Writer {
            conn,
            origin,
            changes,
            durability: None,
        })
    }

    /// Runs `f` in one transaction and commits it with `durability`.
    ///
    /// # Errors
    /// What `f` returned, after a rollback; or the commit's own. [`StoreError::Io`] from a commit means its fate is unknown
    /// until the file is opened again: retry only what is idempotent by its id.
    pub fn write<R>(
        &mut self,
        durability: Durability,
        f: impl FnOnce(&Tx<'_>) -> Result<R>,
    ) -> Result<Committed<R>> {
        self.try_write(durability, f)
    }

    /// [`Writer::write`] for a caller with an error type of its own.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn try_write<R, E: From<StoreError>>(
        &mut self,
        durability: Durability,
        f: impl FnOnce(&Tx<'_>) -> Result<R, E>,
    ) -> Result<Committed<R>, E> {
        self.choose(durability)?;
        *lock(&self.changes) = Changes::default();
        let tx = begin(&mut self.conn, TransactionBehavior::Immediate)?;
        // On any way out but the commit, dropping the transaction rolls it back.
        let value = match f(&Tx {
            conn: &tx,
            changes: &self.changes,
        }) {
            Ok(value) => value,
            Err(e) => {
                drop(tx);
                unharmed_writer(&self.conn).map_err(|e| self.origin.judge(e))?;
                return Err(e);
            }
        };
        // A damaged page that was read makes the commit fail by itself, under another name.
        if let Err(e) = tx.commit() {
            unharmed_writer(&self.conn).map_err(|e| self.origin.judge(e))?;
            return Err(StoreError::from(e).into());
        }
        Ok(Committed {
            value,
            changes: std::mem::take(&mut *lock(&self.changes)),
        })
    }

    /// Runs `f` on one state of the file.
    ///
    /// # Errors
    /// What `f` returned.
    pub fn read<R, E: From<StoreError>>(
        &mut self,
        f: impl FnOnce(&Snapshot<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        snapshot(&mut self.conn, &self.origin, f)
    }

    /// Moves the log into the file and empties it. Readers in the middle of a read keep part of it back.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when a reader kept part of the log; harmless, try again later.
    pub fn checkpoint(&mut self) -> Result<()> {
        // A checkpoint under synchronous=OFF would not sync; both of ours do.
        let blocked: i64 = self
            .conn
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if blocked == 0 {
            Ok(())
        } else {
            Err(StoreError::Busy)
        }
    }

    /// Raises the page cache for a bulk of writes, or puts it back.
    ///
    /// # Errors
    /// The engine's.
    pub fn set_bulk(&mut self, bulk: bool) -> Result<()> {
        let mib = if bulk { BULK_CACHE_MIB } else { CACHE_MIB };
        self.conn.pragma_update(None, "cache_size", -1024 * mib)?;
        Ok(())
    }

    /// Gives back the memory that is not needed now.
    ///
    /// # Errors
    /// The engine's.
    pub fn shrink(&mut self) -> Result<()> {
        shrink(&self.conn)
    }

    /// Reads every page and checks its authentication code and the b-trees. Empties the log first: a page may be torn in the
    /// file and whole in the log, which is no damage.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] at the first fault, [`StoreError::Busy`] while a reader is in the middle of a read.
    pub fn verify(&mut self) -> Result<()> {
        self.checkpoint()?;
        let seen = verify(&self.conn);
        seen.map_err(|e| self.origin.judge_by(e, || verify(&self.conn)))
    }

    fn choose(&mut self, durability: Durability) -> Result<()> {
        if self.durability != Some(durability) {
            self.durability = None;
            let level = match durability {
                Durability::Full if hues_env::planted!("commit-not-synced") => "NORMAL",
                Durability::Full => "FULL",
                Durability::Normal => "NORMAL",
            };
            self.conn.pragma_update(None, "synchronous", level)?;
            self.durability = Some(durability);
        }
        Ok(())
    }
}

/// A connection that only reads.
pub struct Reader {
    conn: Connection,
    origin: Arc<Origin>,
}

impl Reader {
    pub(crate) fn new(conn: Connection, origin: Arc<Origin>) -> Result<Reader> {
        conn.pragma_update(None, "query_only", true)?;
        Ok(Reader { conn, origin })
    }

    /// Runs `f` on one state of the file.
    ///
    /// # Errors
    /// What `f` returned.
    pub fn read<R, E: From<StoreError>>(
        &mut self,
        f: impl FnOnce(&Snapshot<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        snapshot(&mut self.conn, &self.origin, f)
    }

    /// Gives back the memory that is not needed now.
    ///
    /// # Errors
    /// The engine's.
    pub fn shrink(&mut self) -> Result<()> {
        shrink(&self.conn)
    }
}

/// Page cache of every connection, MiB.
pub const CACHE_MIB: i64 = 8;
/// Page cache of the writer while a bulk lasts, MiB.
pub const BULK_CACHE_MIB: i64 = 32;

fn begin(
    conn: &mut Connection,
    behavior: TransactionBehavior,
) -> Result<rusqlite::Transaction<'_>> {
    Ok(conn.transaction_with_behavior(behavior)?)
}

fn snapshot<R, E: From<StoreError>>(
    conn: &mut Connection,
    origin: &Origin,
    f: impl FnOnce(&Snapshot<'_>) -> Result<R, E>,
) -> Result<R, E> {
    let tx = begin(conn, TransactionBehavior::Deferred)?;
    let result = f(&Snapshot(&tx));
    unharmed(&tx).map_err(|e| origin.judge(e))?;
    result
}

/// What SQLCipher says nothing of: for a page whose authentication code is wrong it gives zeros. A page of a tree is then seen to be malformed, but the last page
/// of a long value would pass for data.
const DAMAGED: StoreError = StoreError::Corrupt("page authentication");

/// Whether everything a read has read was whole: SQLCipher marks the file read-only where it was not.
pub(crate) fn unharmed(conn: &Connection) -> Result<()> {
    if hues_env::planted!("zeros-for-data") {
        return Ok(());
    }
    match conn.is_readonly(MAIN_DB)? {
        true => Err(DAMAGED),
        false => Ok(()),
    }
}

/// Whether everything a mutation that failed had read was whole, asked after its rollback. In a write SQLCipher only refuses every page from then on; those in
/// the cache it never sees, so the cache is given up first.
fn unharmed_writer(conn: &Connection) -> Result<()> {
    unharmed(conn)?;
    if hues_env::planted!("zeros-for-data") {
        return Ok(());
    }
    conn.execute_batch("PRAGMA shrink_memory")?;
    match conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())) {
        Ok(()) => Ok(()),
        Err(e) => Err(match StoreError::from(e) {
            StoreError::Sql(_) | StoreError::Io(std::io::ErrorKind::OutOfMemory) => DAMAGED,
            other => other,
        }),
    }
}

/// Runs `f` on one state of each of several files, all begun before any is read further: for an account's export.
///
/// # Errors
/// What `f` returned.
pub fn read_together<R, E: From<StoreError>>(
    readers: &mut [Reader],
    f: impl FnOnce(&[Snapshot<'_>]) -> Result<R, E>,
) -> Result<R, E> {
    let mut begun = Vec::with_capacity(readers.len());
    let origins: Vec<Arc<Origin>> = readers.iter().map(|r| r.origin.clone()).collect();
    for reader in readers {
        let tx = begin(&mut reader.conn, TransactionBehavior::Deferred)?;
        // A deferred transaction takes its snapshot at its first read.
        tx.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .map_err(StoreError::from)?;
        begun.push(tx);
    }
    let snapshots: Vec<Snapshot<'_>> = begun.iter().map(|tx| Snapshot(tx)).collect();
    let result = f(&snapshots);
    for (tx, origin) in begun.iter().zip(&origins) {
        unharmed(tx).map_err(|e| origin.judge(e))?;
    }
    result
}

fn shrink(conn: &Connection) -> Result<()> {
    conn.flush_prepared_statement_cache();
    Ok(conn.execute_batch("PRAGMA shrink_memory")?)
}

fn verify(conn: &Connection) -> Result<()> {
    let mut cipher = conn.prepare("PRAGMA cipher_integrity_check")?;
    if cipher.query([])?.next()?.is_some() {
        return Err(StoreError::Corrupt("page authentication"));
    }
    let verdict: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(StoreError::Corrupt("b-tree"))
    }
}

/// Reads every page that is in use, through the log as every query does.
pub(crate) fn whole(conn: &Connection) -> Result<()> {
    let verdict: String = conn.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    unharmed(conn)?;
    match verdict.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Corrupt("b-tree")),
    }
}

fn lock(changes: &Mutex<Changes>) -> MutexGuard<'_, Changes> {
    // A panic while the set was held leaves at worst too many rows in it; each mutation starts with an empty one.
    changes.lock().unwrap_or_else(PoisonError::into_inner)
}
