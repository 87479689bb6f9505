//! W10: a person's data made unreadable. The core destroys the key that seals the file's key; the bytes go afterwards. By hand there is one key, and a file is made
//! unreadable by writing it anew under another.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use hues_env::SeededRandom;
use hues_store::disk::RealDisk;
use hues_store::doubles::MemoryVault;
use hues_store::vault::{Slot, SlotClass, SlotVault, VaultError};
use hues_store::{Durability, FileKind, FileOptions, Home, Migration, StoreFile};

use crate::clock::Lap;
use crate::protocol::{Turn, Turns};
use crate::raw::{Raw, REPORT_SCHEMA};
use crate::side::Side;
use crate::work::bulk::{clear, insert};
use crate::Step;

const ROWS: usize = 20_000;

/// A vault that remembers when a slot was gone.
struct Watched {
    inner: MemoryVault,
    gone: Mutex<Option<Instant>>,
}

impl SlotVault for Watched {
    fn create(&self, slot: &Slot) -> Result<(), VaultError> {
        self.inner.create(slot)
    }

    fn seal(&self, slot: &Slot, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.inner.seal(slot, aad, plaintext)
    }

    fn open(
        &self,
        slot: &Slot,
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, VaultError> {
        self.inner.open(slot, aad, sealed)
    }

    fn destroy(&self, slot: &Slot) -> Result<(), VaultError> {
        self.inner.destroy(slot)?;
        *self.gone.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Ok(())
    }
}

/// A person's file in a home, erased: `gone_ms` until her key is destroyed, the turn until her files are gone too.
pub fn core(side: &Side) -> Step<Turns> {
    let side = side.clone();
    Ok(Box::new(move |_| {
        let folder = side.folder.join("shred");
        clear(&folder)?;
        let disk = Arc::new(RealDisk);
        let home = Home::open(disk.clone(), &folder)?;
        let account = home.create_account(&mut SeededRandom::new(4))?;
        let dir = home.account_dir(&account);
        let vault = Watched {
            inner: MemoryVault::new(5),
            gone: Mutex::default(),
        };
        let kind = FileKind {
            name: "person",
            class: SlotClass::Unlocked,
            migrations: &[Migration {
                version: 1,
                sql: REPORT_SCHEMA,
            }],
            options: FileOptions::default(),
        };
        let (file, mut writer) =
            StoreFile::open(disk, &dir, &kind, &vault, &mut SeededRandom::new(6))?;
        let rows: Vec<_> = side.inputs.ops("first")?.take(ROWS).collect::<Step<_>>()?;
        for batch in rows.chunks(500) {
            let _ = writer.write(Durability::Normal, |tx| {
                batch.iter().try_for_each(|op| Ok(insert(tx, op)?))
            })?;
        }
        writer.checkpoint()?;
        drop((writer, file));
        let (lap, started) = (Lap::start(), Instant::now());
        home.erase_file(&dir, "person", &vault)?;
        let took = lap.stop();
        let gone = vault.gone.lock().unwrap_or_else(PoisonError::into_inner);
        let gone = gone
            .ok_or("the key is still there")?
            .duration_since(started);
        Ok(Turn::of(took).with("gone_ms", gone.as_secs_f64() * 1e3))
    }))
}

/// `PRAGMA rekey`.
pub fn raw(side: &Side) -> Step<Turns> {
    let side = side.clone();
    Ok(Box::new(move |turn| {
        let folder = side.folder.join("shred");
        clear(&folder)?;
        let mut conn = Raw::new(&folder)?.writer()?;
        let tx = conn.transaction()?;
        for op in side.inputs.ops("first")?.take(ROWS) {
            insert(&tx, &op?)?;
        }
        tx.commit()?;
        let lap = Lap::start();
        conn.execute_batch(&format!("PRAGMA rekey = \"x'{turn:096x}'\""))?;
        Ok(Turn::of(lap.stop()))
    }))
}
