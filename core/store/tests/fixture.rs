//! Files of released formats, opened by every later release.
//!
//! `tests/fixtures/v1` holds a database, its envelope, a mirrored op and an attachment as the first release wrote them. A
//! fixture is never made anew: a format that changes gets a new directory, and the old one stays.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use std::path::{Path, PathBuf};

use common::{Phone, SCHEMA};
use hues_crypto::envelope::Envelope;
use hues_store::doubles::MemoryVault;
use hues_store::vault::{Slot, SlotClass, SlotVault};
use hues_store::{Durability, Migration, Mirror, SealedDir, StoreError};

fn fixture(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/v{version}"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The phone that wrote the fixture: its vault's key comes from the same seed.
fn phone_with(version: u32) -> Phone {
    let phone = Phone::new();
    copy(&fixture(version), &phone.dir());
    let envelope = Envelope::decode(&std::fs::read(phone.path("core.key")).unwrap()).unwrap();
    let slot = Slot {
        name: envelope.binding.slot,
        class: SlotClass::from_code(envelope.binding.class).unwrap(),
    };
    let vault = MemoryVault::new(1);
    vault.create(&slot).unwrap();
    Phone { vault, ..phone }
}

#[test]
fn version_1_is_read_and_brought_to_the_newest_schema() {
    let later = [
        SCHEMA[0],
        SCHEMA[1],
        Migration {
            version: 3,
            sql: "CREATE TABLE later(id INTEGER PRIMARY KEY)",
        },
    ];
    let mut phone = phone_with(1);
    let (file, mut writer) = phone.open_as(&later).unwrap();
    let body: String = writer
        .read(|s| {
            Ok::<_, StoreError>(
                s.query_row("SELECT body FROM note WHERE id = 1", [], |r| r.get(0))?,
            )
        })
        .unwrap();
    assert_eq!(body, "Cầu Trường Tiền ngập");
    writer.verify().unwrap();
    let mirrored = Mirror::open(&file).unwrap().get(&[1; 16]).unwrap();
    assert_eq!(
        (&mirrored.op[..], &mirrored.snapshot[..]),
        (&b"op"[..], &b"snapshot"[..])
    );
    let attachment = SealedDir::attachments(&file)
        .unwrap()
        .get(&[2; 16], 1 << 20)
        .unwrap();
    assert_eq!(attachment[..], [7; 70_000]);
}

/// Writes a fixture once: `HUES_WRITE_FIXTURE=1 cargo test -p hues-store --test fixture -- --ignored`.
#[test]
#[ignore = "writes into the source tree"]
fn write_fixture() {
    let target = fixture(1);
    assert_eq!(
        std::env::var("HUES_WRITE_FIXTURE").as_deref(),
        Ok("1"),
        "set HUES_WRITE_FIXTURE=1 to mean it"
    );
    assert!(
        !target.exists(),
        "a released fixture is never written again"
    );
    let mut phone = Phone::new();
    let (file, mut writer) = phone.open_as(&SCHEMA[..1]).unwrap();
    let _ = writer
        .write(Durability::Full, |tx| {
            Ok(tx.execute("INSERT INTO note(body) VALUES ('Cầu Trường Tiền ngập')", [])?)
        })
        .unwrap();
    Mirror::open(&file)
        .unwrap()
        .put(&[1; 16], b"op", b"snapshot", &mut phone.random)
        .unwrap();
    SealedDir::attachments(&file)
        .unwrap()
        .put(&[2; 16], &[7; 70_000], &mut phone.random)
        .unwrap();
    drop((writer, file));
    copy(&phone.dir(), &target);
}
