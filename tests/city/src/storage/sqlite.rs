//! State in one SQLite file: write-ahead log, every commit synced, one connection that owns the file.
//!
//! Invariant: what a commit returned `Ok` for survives SIGKILL and power loss (`synchronous=FULL`); a second process
//! on the same folder is refused (`locking_mode=EXCLUSIVE`). A backup is `VACUUM INTO`: a whole, consistent file, synced
//! before it gets its name.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{
    params, Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior,
};

use crate::fault::LastWill;

use super::{after_prefix, plain_name, Pair, Storage, StorageError, Table, Tx};

/// A city's state in `DIR/city.db`, with its backups in `DIR/backups/`; or, without a folder, in memory.
#[derive(Debug)]
pub struct SqliteStorage {
    connection: Connection,
    dir: Option<PathBuf>,
    /// Backups of a database without a folder.
    kept: Vec<(String, Vec<(u8, Pair)>)>,
    last_will: Arc<LastWill>,
}

impl SqliteStorage {
    /// Opens or creates the state in `dir`.
    ///
    /// # Errors
    /// [`StorageError`] when the folder or the file cannot be used, also when another city has it open.
    pub fn open(dir: &Path) -> Result<SqliteStorage, StorageError> {
        fs::create_dir_all(dir.join("backups"))?;
        let connection = connect(&dir.join("city.db"), None)?;
        Ok(SqliteStorage {
            connection,
            dir: Some(dir.to_owned()),
            kept: Vec::new(),
            last_will: Arc::default(),
        })
    }

    /// Opens or creates the state in one file, on the SQLite VFS of that name (the system's without one): how the laboratory puts a city on its disk.
    /// Backups stay in memory.
    ///
    /// # Errors
    /// [`StorageError`] when the file cannot be used.
    pub fn open_on(file: &Path, vfs: Option<&str>) -> Result<SqliteStorage, StorageError> {
        Ok(SqliteStorage {
            connection: connect(file, vfs)?,
            dir: None,
            kept: Vec::new(),
            last_will: Arc::default(),
        })
    }

    /// SQLite's own check of the whole file.
    ///
    /// # Errors
    /// [`StorageError::Value`] when it is damaged; the medium's.
    pub fn verify(&self) -> Result<(), StorageError> {
        let verdict: String =
            self.connection
                .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
        match verdict.as_str() {
            "ok" => Ok(()),
            _ => Err(StorageError::Value("the database is damaged")),
        }
    }

    /// A database that lives as long as the value.
    ///
    /// # Errors
    /// [`StorageError`] when SQLite cannot allocate it.
    pub fn in_memory() -> Result<SqliteStorage, StorageError> {
        let connection = Connection::open_in_memory()?;
        create(&connection)?;
        Ok(SqliteStorage {
            connection,
            dir: None,
            kept: Vec::new(),
            last_will: Arc::default(),
        })
    }

    /// A death before the next commit, to be ordered from outside.
    pub(crate) fn last_will(&self) -> Arc<LastWill> {
        Arc::clone(&self.last_will)
    }

    fn backup_path(&self, name: &str) -> Result<Option<PathBuf>, StorageError> {
        let name = plain_name(name)?;
        Ok(self
            .dir
            .as_ref()
            .map(|dir| dir.join("backups").join(format!("{name}.db"))))
    }
}

fn connect(path: &Path, vfs: Option<&str>) -> Result<Connection, StorageError> {
    let connection = match vfs {
        None => Connection::open(path)?,
        Some(vfs) => Connection::open_with_flags_and_vfs(path, OpenFlags::default(), vfs)?,
    };
    connection.execute_batch(
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
    )?;
    create(&connection)?;
    Ok(connection)
}

fn create(connection: &Connection) -> Result<(), StorageError> {
    connection.set_prepared_statement_cache_capacity(16);
    Ok(connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS kv (t INTEGER NOT NULL, k BLOB NOT NULL, v BLOB NOT NULL, PRIMARY KEY (t, k)) WITHOUT ROWID;",
    )?)
}

struct SqliteTx<'a>(Transaction<'a>);

impl Tx for SqliteTx<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StorageError> {
        let mut read = self
            .0
            .prepare_cached("SELECT v FROM kv WHERE t = ?1 AND k = ?2")?;
        Ok(read
            .query_row(params![table as u8, key], |row| row.get(0))
            .optional()?)
    }

    fn put(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<(), StorageError> {
        let sql = "INSERT INTO kv (t, k, v) VALUES (?1, ?2, ?3) ON CONFLICT (t, k) DO UPDATE SET v = excluded.v";
        self.0
            .prepare_cached(sql)?
            .execute(params![table as u8, key, value])?;
        Ok(())
    }

    fn delete(&mut self, table: Table, key: &[u8]) -> Result<(), StorageError> {
        self.0
            .prepare_cached("DELETE FROM kv WHERE t = ?1 AND k = ?2")?
            .execute(params![table as u8, key])?;
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
        // "After nothing" includes the prefix itself; a key and its successor share no key in between.
        let sql = if after.is_empty() {
            "SELECT k, v FROM kv WHERE t = ?1 AND k >= ?2 AND (?3 IS NULL OR k < ?3) ORDER BY k LIMIT ?4"
        } else {
            "SELECT k, v FROM kv WHERE t = ?1 AND k > ?2 AND (?3 IS NULL OR k < ?3) ORDER BY k LIMIT ?4"
        };
        let mut read = self.0.prepare_cached(sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = read.query_map(
            params![table as u8, start, after_prefix(prefix), limit],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Storage for SqliteStorage {
    fn transaction<T, E>(&mut self, body: impl FnOnce(&mut dyn Tx) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StorageError>,
    {
        let begun = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate);
        let mut tx = SqliteTx(begun.map_err(StorageError::from)?);
        let value = body(&mut tx)?; // dropping the transaction undoes it
        self.last_will.before_commit();
        tx.0.commit().map_err(StorageError::from)?;
        Ok(value)
    }

    fn backup(&mut self, name: &str) -> Result<(), StorageError> {
        let Some(path) = self.backup_path(name)? else {
            let mut read = self.connection.prepare("SELECT t, k, v FROM kv")?;
            let rows = read.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
            let copy = rows.collect::<Result<_, _>>()?;
            self.kept.retain(|(kept, _)| kept != name);
            self.kept.push((name.to_owned(), copy));
            return Ok(());
        };
        let partial = path.with_extension("part");
        remove_if_there(&partial)?;
        let to = partial.to_str().ok_or(StorageError::NoBackup)?;
        self.connection.execute("VACUUM INTO ?1", [to])?;
        File::open(&partial)?.sync_all()?;
        fs::rename(&partial, &path)?;
        sync_parent(&path)
    }

    fn restore(&mut self, name: &str) -> Result<(), StorageError> {
        let Some((from, dir)) = self.backup_path(name)?.zip(self.dir.clone()) else {
            let copy = self
                .kept
                .iter()
                .find(|(kept, _)| kept == name)
                .ok_or(StorageError::NoBackup)?;
            let tx = self.connection.transaction()?;
            tx.execute("DELETE FROM kv", [])?;
            for (table, (key, value)) in &copy.1 {
                tx.execute(
                    "INSERT INTO kv (t, k, v) VALUES (?1, ?2, ?3)",
                    params![table, key, value],
                )?;
            }
            return Ok(tx.commit()?);
        };
        if !from.is_file() {
            return Err(StorageError::NoBackup);
        }
        let live = dir.join("city.db");
        // The old connection must let go of the file, its log and its lock before the copy takes the name.
        drop(std::mem::replace(
            &mut self.connection,
            Connection::open_in_memory()?,
        ));
        let partial = dir.join("city.restoring");
        fs::copy(&from, &partial)?;
        File::open(&partial)?.sync_all()?;
        remove_if_there(&dir.join("city.db-wal"))?;
        remove_if_there(&dir.join("city.db-shm"))?;
        fs::rename(&partial, &live)?;
        sync_parent(&live)?;
        self.connection = connect(&live, None)?;
        Ok(())
    }

    fn backups(&self) -> Result<Vec<String>, StorageError> {
        let mut names: Vec<String> = match &self.dir {
            None => self.kept.iter().map(|(name, _)| name.clone()).collect(),
            Some(dir) => fs::read_dir(dir.join("backups"))?
                .filter_map(|entry| {
                    entry
                        .ok()?
                        .file_name()
                        .to_str()?
                        .strip_suffix(".db")
                        .map(str::to_owned)
                })
                .collect(),
        };
        names.sort();
        Ok(names)
    }
}

fn remove_if_there(path: &Path) -> Result<(), StorageError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn sync_parent(path: &Path) -> Result<(), StorageError> {
    if let Some(parent) = path.parent() {
        File::open(parent)?.sync_all()?;
    }
    Ok(())
}
