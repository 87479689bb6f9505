//! A file to play with: the real disk in a temporary directory, a vault in memory, a small schema.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hues_env::SeededRandom;
use hues_store::disk::{Disk, RealDisk};
use hues_store::doubles::MemoryVault;
use hues_store::vault::SlotClass;
use hues_store::{Durability, FileKind, FileOptions, Migration, Result, StoreFile, Writer};

pub const SCHEMA: &[Migration] = &[
    Migration {
        version: 1,
        sql: "CREATE TABLE note(id INTEGER PRIMARY KEY, body TEXT NOT NULL);",
    },
    Migration {
        version: 2,
        sql: "ALTER TABLE note ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;",
    },
];

pub fn kind(migrations: &[Migration]) -> FileKind<'_> {
    FileKind {
        name: "core",
        class: SlotClass::Background,
        migrations,
        options: FileOptions::default(),
    }
}

pub struct Phone {
    pub temp: tempfile::TempDir,
    pub disk: Arc<dyn Disk>,
    pub vault: MemoryVault,
    pub random: SeededRandom,
}

impl Phone {
    pub fn new() -> Phone {
        Phone {
            temp: tempfile::tempdir().unwrap(),
            disk: Arc::new(RealDisk),
            vault: MemoryVault::new(1),
            random: SeededRandom::new(2),
        }
    }

    pub fn dir(&self) -> PathBuf {
        self.temp.path().join("account")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    pub fn open(&mut self) -> Result<(StoreFile, Writer)> {
        self.open_as(SCHEMA)
    }

    pub fn open_as(&mut self, migrations: &[Migration]) -> Result<(StoreFile, Writer)> {
        StoreFile::open(
            self.disk.clone(),
            &self.dir(),
            &kind(migrations),
            &self.vault,
            &mut self.random,
        )
    }
}

pub fn add(writer: &mut Writer, body: &str) -> i64 {
    writer
        .write(Durability::Full, |tx| {
            tx.execute("INSERT INTO note(body) VALUES (?1)", [body])?;
            Ok(tx.last_insert_rowid())
        })
        .unwrap()
        .value
}

pub fn count(writer: &mut Writer) -> i64 {
    writer
        .read(|s| {
            Ok::<_, hues_store::StoreError>(
                s.query_row("SELECT count(*) FROM note", [], |r| r.get(0))?,
            )
        })
        .unwrap()
}

pub fn spoil(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 0xff;
    std::fs::write(path, bytes).unwrap();
}
