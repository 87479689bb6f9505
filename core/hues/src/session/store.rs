//! `session.db`: the token and whom it belongs to, under a key of its own, so that signing out everywhere is destroying one slot.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use hues_env::SystemRandom;
use hues_store::disk::Disk;
use hues_store::rusqlite::OptionalExtension;
use hues_store::vault::{SlotClass, SlotVault};
use hues_store::{
    Durability, FileKind, FileOptions, Home, Migration, StoreError, StoreFile, Writer,
};

use super::Kept;
use crate::account::breaks;
use crate::error::HueError;

const SCHEMA: [Migration; 1] = [Migration {
    version: 1,
    sql: "CREATE TABLE session (name TEXT PRIMARY KEY, value BLOB NOT NULL);",
}];

const KIND: FileKind<'static> = FileKind {
    name: "session",
    class: SlotClass::Background,
    migrations: &SCHEMA,
    options: FileOptions {
        secure_delete: true,
    },
};

/// The open session file.
pub(crate) struct SessionFile(Mutex<Open>);

struct Open {
    file: StoreFile,
    /// None after a failure: what a connection believes of its file may be wrong then, and the next use makes a new one.
    writer: Option<Writer>,
}

impl SessionFile {
    /// Opens it in an account's folder, or makes it.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        vault: &dyn SlotVault,
    ) -> Result<SessionFile, HueError> {
        let (file, writer) = StoreFile::open(disk, dir, &KIND, vault, &mut SystemRandom)?;
        Ok(SessionFile::of(file, writer))
    }

    /// After damage: makes the file anew. What it held, the city gives again at the next sign-in.
    pub(crate) fn recover(
        disk: Arc<dyn Disk>,
        dir: &Path,
        vault: &dyn SlotVault,
    ) -> Result<SessionFile, HueError> {
        let opened = StoreFile::open(disk.clone(), dir, &KIND, vault, &mut SystemRandom);
        let whole = opened.and_then(|(file, mut writer)| writer.verify().map(|()| (file, writer)));
        let (file, writer) = match whole {
            Ok(whole) => whole,
            Err(StoreError::Corrupt(_)) => {
                let (file, writer, _) =
                    StoreFile::quarantine_and_recreate(disk, dir, &KIND, vault)?;
                for aside in file.set_aside()? {
                    file.discard_aside(&aside)?;
                }
                (file, writer)
            }
            Err(e) => return Err(e.into()),
        };
        Ok(SessionFile::of(file, writer))
    }

    fn of(file: StoreFile, writer: Writer) -> SessionFile {
        let writer = Some(writer);
        SessionFile(Mutex::new(Open { file, writer }))
    }

    /// The session that was kept.
    pub(crate) fn load(&self) -> Result<Option<Kept>, HueError> {
        let bytes: Option<zeroize::Zeroizing<Vec<u8>>> = self
            .with(|writer| {
                writer.read(|tx| {
                    Ok::<_, HueError>(
                        tx.query_row(
                            "SELECT value FROM session WHERE name = 'session'",
                            [],
                            |r| r.get::<_, Vec<u8>>(0),
                        )
                        .optional()?,
                    )
                })
            })?
            .map(zeroize::Zeroizing::new);
        bytes
            .map(|bytes| {
                serde_json::from_slice(&bytes).map_err(|_| HueError::internal("session-json"))
            })
            .transpose()
    }

    /// The session kept in an account that is not open; none where it cannot be read.
    pub(crate) fn peek(home: &Home, id: &[u8; 16], vault: &dyn SlotVault) -> Option<Kept> {
        let dir = home.account_dir(id);
        let made = home.disk().exists(&dir.join("session.key")).ok()?;
        made.then(|| {
            SessionFile::open(home.disk().clone(), &dir, vault)
                .ok()?
                .load()
                .ok()?
        })?
    }

    /// Keeps a session, or forgets it.
    pub(crate) fn save(&self, kept: Option<&Kept>) -> Result<(), HueError> {
        match kept {
            Some(kept) => {
                let json =
                    serde_json::to_vec(kept).map_err(|_| HueError::internal("session-json"))?;
                self.put("session", &zeroize::Zeroizing::new(json))
            }
            None => self.with(|writer| {
                let sql = "DELETE FROM session WHERE name = 'session'";
                let done = writer.try_write(Durability::Full, |tx| {
                    Ok::<_, HueError>(tx.execute(sql, [])?)
                })?;
                drop(done);
                Ok(())
            }),
        }
    }

    /// Keeps the city's certificate of this phone's op key.
    pub(crate) fn save_certificate(&self, cose: &[u8]) -> Result<(), HueError> {
        self.put("device", cose)
    }

    /// Reads every page.
    pub(crate) fn verify(&self) -> Result<(), HueError> {
        self.with(|writer| Ok(writer.verify()?))
    }

    fn put(&self, name: &str, value: &[u8]) -> Result<(), HueError> {
        self.with(|writer| {
            let sql =
                "INSERT INTO session VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
            let done = writer.try_write(Durability::Full, |tx| {
                Ok::<_, HueError>(tx.execute(sql, (name, value))?)
            })?;
            drop(done);
            Ok(())
        })
    }

    fn with<R>(&self, f: impl FnOnce(&mut Writer) -> Result<R, HueError>) -> Result<R, HueError> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match open.writer.take() {
            Some(writer) => writer,
            None => open.file.writer()?,
        };
        let done = f(&mut writer);
        if hues_env::planted!("session-connection-kept") || !done.as_ref().err().is_some_and(breaks)
        {
            open.writer = Some(writer);
        }
        done
    }
}
