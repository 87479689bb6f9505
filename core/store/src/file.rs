//! One encrypted database file with all that lies beside it: opened, migrated, read, and set aside when damaged.
//!
//! Invariant: opening never destroys. A missing or damaged database that once was complete is
//! [`StoreError::Corrupt`] and stays where it is; a new one is made only for an envelope that says none was ever complete, or by
//! [`StoreFile::quarantine_and_recreate`], which renames the old one first.
//!
//! Beside `name.db` lie `name.db-wal`, `name.db-shm`, `name.key`, `name.key2`, `name.ops/` (the mirror),
//! `name.files/` (attachments) and `name.aside/` (databases set aside).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use hues_env::Random;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::conn::{unharmed, Reader, Writer, CACHE_MIB};
use crate::disk::{ensure_dir, sweep_temporary, Disk, Mode};
use crate::doubt::Origin;
use crate::error::{Result, StoreError};
use crate::keyfile::{FileKey, KeyFile};
use crate::migrate::{migrate, newest, Migration};
use crate::vault::{SlotClass, SlotVault};

/// How a file is kept.
#[derive(Debug, Clone, Copy)]
pub struct FileOptions {
    /// Overwrite deleted content with zeros: for files whose key outlives what is deleted from them (vault, people).
    pub secure_delete: bool,
}

impl Default for FileOptions {
    fn default() -> Self {
        FileOptions {
            secure_delete: true,
        }
    }
}

/// What a kind of file is: its name, who may open it, its schema.
#[derive(Debug, Clone, Copy)]
pub struct FileKind<'a> {
    /// Name without extension: `[a-z0-9-]`, at most 64 bytes.
    pub name: &'a str,
    /// Class of the vault slot that seals its key.
    pub class: SlotClass,
    /// Its schema, oldest first.
    pub migrations: &'a [Migration],
    /// How it is kept.
    pub options: FileOptions,
}

/// An encrypted database file that can be connected to.
pub struct StoreFile {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    name: String,
    key: FileKey,
    options: FileOptions,
    origin: Arc<Origin>,
}

/// Where a damaged database went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// The database set aside, by this call or by one it completes; its log, if there was one, lies beside it. `None` when
    /// there was nothing to set aside.
    pub database: Option<PathBuf>,
}

impl StoreFile {
    /// Opens the file in `dir`, or makes it when it never existed, and brings it to the newest schema.
    ///
    /// # Errors
    /// `WrongKey`, `Corrupt`, `Newer` tell the three misfortunes apart; `Locked` and `Vault` are the slot's; `Full`, `Io`,
    /// `Busy` pass. None of them changes anything on disk but what the next call completes.
    pub fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        kind: &FileKind<'_>,
        vault: &dyn SlotVault,
        random: &mut dyn Random,
    ) -> Result<(StoreFile, Writer)> {
        check_name(kind.name)?;
        newest(kind.migrations)?;
        ensure_dir(&*disk, dir)?;
        sweep_temporary(&*disk, dir)?;
        let (mut envelope, key) = match KeyFile::load(&*disk, dir, kind.name)? {
            Some(envelope) => {
                if !envelope.is_born() && newest_aside(&*disk, dir, kind.name)?.is_some() {
                    // Going on here would hand out an empty file where the caller must salvage first.
                    return Err(StoreError::Corrupt("repair was interrupted"));
                }
                let key = envelope.open(vault)?;
                (envelope, key)
            }
            None if has_content(&*disk, &database(dir, kind.name))? => {
                return Err(StoreError::Corrupt("key envelope missing"))
            }
            None => KeyFile::create(&*disk, dir, kind.name, vault, kind.class, random)?,
        };
        let file = StoreFile::at(disk, dir, kind.name, key, kind.options);
        let writer = file.open_database(&mut envelope, kind.migrations)?;
        // A file opens with one copy of its envelope, too; a full disk is no reason to refuse it.
        let _ = envelope.mend(&*file.disk);
        Ok((file, writer))
    }

    /// Opens a file by a key in hand, without an envelope: for tests and benchmarks. A missing file is made.
    ///
    /// # Errors
    /// As [`StoreFile::open`]; a wrong key looks like damage here, since nothing proved it before.
    pub fn open_with_key(
        disk: Arc<dyn Disk>,
        dir: &Path,
        name: &str,
        key: FileKey,
        migrations: &[Migration],
        options: FileOptions,
    ) -> Result<(StoreFile, Writer)> {
        check_name(name)?;
        ensure_dir(&*disk, dir)?;
        let file = StoreFile::at(disk, dir, name, key, options);
        let mut conn = file.connect(true)?;
        migrate(&mut conn, migrations)?;
        file.disk.sync_dir(&file.dir)?;
        let writer = Writer::new(conn, file.origin.clone())?;
        Ok((file, writer))
    }

    /// A further connection that only reads.
    ///
    /// # Errors
    /// As [`StoreFile::open`].
    pub fn reader(&self) -> Result<Reader> {
        Reader::new(self.connect(false)?, self.origin.clone())
    }

    /// The writing connection anew, after the first one was dropped (a phone coming back from the background).
    ///
    /// # Errors
    /// As [`StoreFile::open`].
    pub fn writer(&self) -> Result<Writer> {
        Writer::new(self.connect(true)?, self.origin.clone())
    }

    /// The proven key, for what lies beside the database.
    #[must_use]
    pub fn key(&self) -> &FileKey {
        &self.key
    }

    /// The disk the file lies on.
    #[must_use]
    pub fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// Name of the file without extension.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Path of a directory beside the database: `name.suffix`.
    #[must_use]
    pub fn beside(&self, suffix: &str) -> PathBuf {
        self.dir.join(format!("{}.{suffix}", self.name))
    }

    /// Path of the database itself.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        database(&self.dir, &self.name)
    }

    /// Sets a damaged database aside under `name.aside/` and makes a new, empty one under the same key, so that the mirror
    /// stays readable. Interrupted, it is simply called again. What can be read of the old one is
    /// [`crate::salvage`]'s.
    ///
    /// # Errors
    /// As [`StoreFile::open`]. `NotFound` when there is no envelope.
    pub fn quarantine_and_recreate(
        disk: Arc<dyn Disk>,
        dir: &Path,
        kind: &FileKind<'_>,
        vault: &dyn SlotVault,
    ) -> Result<(StoreFile, Writer, Quarantined)> {
        check_name(kind.name)?;
        let mut envelope = KeyFile::load(&*disk, dir, kind.name)?.ok_or(StoreError::NotFound)?;
        let key = envelope.open(vault)?;
        let file = StoreFile::at(disk, dir, kind.name, key, kind.options);
        if !envelope.is_born() {
            // An earlier call was interrupted while making the new database: nothing was acknowledged in it yet, and
            // what is to be salvaged is the one set aside before.
            match file.open_database(&mut envelope, kind.migrations) {
                Err(StoreError::Corrupt(_)) => {}
                other => {
                    let database = newest_aside(&*file.disk, dir, kind.name)?.map(|(_, path)| path);
                    return other.map(|writer| (file, writer, Quarantined { database }));
                }
            }
        }
        let quarantined = set_aside(&*file.disk, dir, kind.name)?;
        envelope.set_born(&*file.disk, false)?;
        let writer = file.open_database(&mut envelope, kind.migrations)?;
        Ok((file, writer, quarantined))
    }

    /// The databases set aside and not yet discarded, oldest first. Ask at every start: a repair may have been cut between
    /// making the new database and salvaging the old one.
    ///
    /// # Errors
    /// The disk's.
    pub fn set_aside(&self) -> Result<Vec<PathBuf>> {
        let aside = aside_dir(&self.dir, &self.name);
        Ok(aside_numbers(&*self.disk, &aside)?
            .into_iter()
            .map(|number| aside.join(format!("{number}.db")))
            .collect())
    }

    /// Removes a database that was set aside, once what it held is safe in this file.
    ///
    /// # Errors
    /// `NotFound` for a path that [`StoreFile::set_aside`] does not list; the disk's.
    pub fn discard_aside(&self, path: &Path) -> Result<()> {
        if !self.set_aside()?.iter().any(|known| known == path) {
            return Err(StoreError::NotFound);
        }
        for suffix in ["-shm", "-wal", ""] {
            self.disk.remove(&with_suffix(path, suffix))?;
        }
        Ok(self.disk.sync_dir(&aside_dir(&self.dir, &self.name))?)
    }

    /// Looks something up in a database set aside, on a connection of its own: it may fail at any statement, and then only for this look.
    ///
    /// # Errors
    /// What `f` returns; `Corrupt` when the database cannot be opened, or what was read of it is not whole.
    pub fn look_aside<R, E: From<StoreError>>(
        &self,
        path: &Path,
        f: impl FnOnce(&Connection) -> Result<R, E>,
    ) -> Result<R, E> {
        let conn = self.connect_aside(path)?;
        let result = f(&conn);
        unharmed(&conn)?;
        result
    }

    /// A read-only connection to a database set aside, for salvage. It may fail at any statement.
    pub(crate) fn connect_aside(&self, path: &Path) -> Result<Connection> {
        // Read-write, because a log that was set aside with it can only be replayed so.
        let conn = connect(&*self.disk, path, &self.key, false)?;
        conn.pragma_update(None, "query_only", true)?;
        Ok(conn)
    }

    fn at(
        disk: Arc<dyn Disk>,
        dir: &Path,
        name: &str,
        key: FileKey,
        options: FileOptions,
    ) -> StoreFile {
        let origin = Origin::new(disk.clone(), database(dir, name), key.duplicate());
        StoreFile {
            disk,
            dir: dir.into(),
            name: name.into(),
            key,
            options,
            origin,
        }
    }

    fn open_database(&self, envelope: &mut KeyFile, migrations: &[Migration]) -> Result<Writer> {
        if envelope.is_born() && !has_content(&*self.disk, &self.database())? {
            return Err(StoreError::Corrupt("database missing"));
        }
        let opened = self.try_open_database(envelope, migrations);
        opened.map_err(|e| self.origin.judge(e))
    }

    fn try_open_database(
        &self,
        envelope: &mut KeyFile,
        migrations: &[Migration],
    ) -> Result<Writer> {
        let mut conn = self.try_connect(true)?;
        migrate(&mut conn, migrations)?;
        let mut writer = Writer::new(conn, self.origin.clone())?;
        if !envelope.is_born() {
            // SQLite deletes the log of an empty database file, and does not sync the name of a new one: until the first
            // pages are in the file itself and its name is durable, the envelope must not promise that it exists.
            writer.checkpoint()?;
            self.disk.sync_dir(&self.dir)?;
            envelope.set_born(&*self.disk, true)?;
        }
        Ok(writer)
    }

    fn connect(&self, create: bool) -> Result<Connection> {
        self.try_connect(create).map_err(|e| self.origin.judge(e))
    }

    fn try_connect(&self, create: bool) -> Result<Connection> {
        let conn = connect(&*self.disk, &self.database(), &self.key, create)?;
        let secure_delete = if self.options.secure_delete {
            "ON"
        } else {
            "OFF"
        };
        conn.execute_batch(&format!("PRAGMA secure_delete = {secure_delete}"))?;
        Ok(conn)
    }
}

/// The first key of a process makes SQLCipher set itself up, and two first keys at once may fail (once in some hundred starts): one goes ahead, alone.
static FIRST_KEY: Once = Once::new();

fn set_up_cipher() {
    FIRST_KEY.call_once(|| {
        // Whatever is wrong shows, with its reason, in the real connection that follows.
        let _ = Connection::open_in_memory().and_then(|conn| {
            conn.execute_batch(QUIET)?;
            conn.execute_batch(
                "PRAGMA key = 'no file, no secret'; SELECT count(*) FROM sqlite_schema;",
            )
        });
    });
}

/// Opens one connection and proves that the key reads the file.
pub(crate) fn connect(
    disk: &dyn Disk,
    path: &Path,
    key: &FileKey,
    create: bool,
) -> Result<Connection> {
    set_up_cipher();
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let conn = match disk.vfs() {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    let cipher: String = conn
        .query_row("PRAGMA cipher_version", [], |row| row.get(0))
        .unwrap_or_default();
    if cipher.is_empty() {
        return Err(StoreError::Unencrypted);
    }
    conn.execute_batch(QUIET)?;
    conn.execute_batch(&key.pragma())?;
    conn.execute_batch(CIPHER)?;
    // The first read: a page 1 that this proven key does not authenticate is a damaged page.
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    conn.execute_batch(PRAGMAS)?;
    conn.pragma_update(None, "cache_size", -1024 * CACHE_MIB)?;
    // Otherwise a cached statement is compiled anew whenever a bound value could change its plan, which for a list is at every page.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    crate::ext::register(&conn)?;
    Ok(conn)
}

/// SQLCipher would print to stderr, which on a phone is the system log.
const QUIET: &str = "PRAGMA cipher_log_level = NONE;";
/// Fixed for ever in every file: SHA-256 has hardware support on phones, SHA-512 (the default) has not.
const CIPHER: &str = "PRAGMA cipher_page_size = 4096; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;";
/// `cipher_memory_security` is left off on purpose: it costs up to 38-fold and cannot be turned off again.
const PRAGMAS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA temp_store = MEMORY;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
    PRAGMA mmap_size = 0;
    PRAGMA journal_size_limit = 8388608;
    PRAGMA busy_timeout = 5000;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
";
/// Prepared statements kept per connection.
const STATEMENTS: usize = 128;

/// Renames the database and its log into `name.aside/`, names durable on both sides.
///
/// The database goes first: interrupted between the two, it is missing, which no open passes over, and the next call
/// moves the log after it. The other way round, the database would open without the commits in its log.
fn set_aside(disk: &dyn Disk, dir: &Path, name: &str) -> Result<Quarantined> {
    let from = database(dir, name);
    let aside = aside_dir(dir, name);
    // The log's index is a cache, rebuilt from the log.
    disk.remove(&with_suffix(&from, "-shm"))?;
    let newest = newest_aside(disk, dir, name)?;
    let to = if disk.exists(&from)? {
        ensure_dir(disk, &aside)?;
        let number = newest.map_or(1, |(number, _)| number.saturating_add(1));
        let to = aside.join(format!("{number}.db"));
        disk.rename(&from, &to)?;
        to
    } else {
        match newest {
            Some((_, path)) => path,
            None => return Ok(Quarantined { database: None }),
        }
    };
    let (log, log_aside) = (with_suffix(&from, "-wal"), with_suffix(&to, "-wal"));
    if disk.exists(&log)? && !disk.exists(&log_aside)? {
        disk.rename(&log, &log_aside)?;
    }
    disk.sync_dir(&aside)?;
    disk.sync_dir(dir)?;
    Ok(Quarantined { database: Some(to) })
}

/// The database that was set aside last, and its number.
fn newest_aside(disk: &dyn Disk, dir: &Path, name: &str) -> Result<Option<(u32, PathBuf)>> {
    let aside = aside_dir(dir, name);
    let newest = aside_numbers(disk, &aside)?.pop();
    Ok(newest.map(|number| (number, aside.join(format!("{number}.db")))))
}

fn aside_numbers(disk: &dyn Disk, aside: &Path) -> Result<Vec<u32>> {
    let entries = disk.list(aside)?;
    let mut numbers: Vec<u32> = entries
        .iter()
        .filter_map(|entry| entry.name.strip_suffix(".db")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn aside_dir(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.aside"))
}

fn has_content(disk: &dyn Disk, path: &Path) -> Result<bool> {
    Ok(disk.exists(path)? && disk.open(path, Mode::Read)?.len()? > 0)
}

fn database(dir: &Path, name: &str) -> PathBuf {
    dir.join(format!("{name}.db"))
}

pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn check_name(name: &str) -> Result<()> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !name.is_empty() && name.len() <= 64 && name.bytes().all(plain) {
        Ok(())
    } else {
        Err(StoreError::Bounds("file name"))
    }
}
