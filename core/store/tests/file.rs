//! Opening, writing and refusing: the promises of a store file, on the real disk.
#![allow(missing_docs)]

mod common;

use common::{add, count, kind, spoil, Phone, SCHEMA};
use hues_store::changes::TableChange;
use hues_store::vault::{SlotClass, VaultError};
use hues_store::{Durability, Migration, StoreError, StoreFile};

#[test]
fn a_file_is_made_written_closed_and_found_again() {
    let mut phone = Phone::new();
    let (file, mut writer) = phone.open().unwrap();
    add(&mut writer, "xin chào");
    let mut reader = file.reader().unwrap();
    let seen: String = reader
        .read(|s| Ok::<_, StoreError>(s.query_row("SELECT body FROM note", [], |r| r.get(0))?))
        .unwrap();
    assert_eq!(seen, "xin chào");
    drop((reader, writer, file));
    let (_, mut writer) = phone.open().unwrap();
    assert_eq!(count(&mut writer), 1);
    writer.verify().unwrap();
}

#[test]
fn the_file_is_kept_as_the_format_document_says() {
    let mut phone = Phone::new();
    let (_file, mut writer) = phone.open().unwrap();
    let pragma = |writer: &mut hues_store::Writer, name: &str| -> String {
        writer
            .read(|s| {
                let value: rusqlite::types::Value =
                    s.query_row(&format!("PRAGMA {name}"), [], |r| r.get(0))?;
                Ok::<_, StoreError>(match value {
                    rusqlite::types::Value::Integer(i) => i.to_string(),
                    rusqlite::types::Value::Text(t) => t,
                    other => format!("{other:?}"),
                })
            })
            .unwrap()
    };
    for (name, want) in [
        ("journal_mode", "wal"),
        ("page_size", "4096"),
        ("cipher_page_size", "4096"),
        ("cipher_hmac_algorithm", "HMAC_SHA256"),
        ("temp_store", "2"),
        ("foreign_keys", "1"),
        ("trusted_schema", "0"),
        ("cipher_memory_security", "0"),
        ("secure_delete", "1"),
        ("cache_size", "-8192"),
        ("journal_size_limit", "8388608"),
        ("user_version", "2"),
    ] {
        assert_eq!(pragma(&mut writer, name), want, "{name}");
    }
}

#[test]
fn a_commit_tells_what_it_changed_and_a_rollback_nothing() {
    let mut phone = Phone::new();
    let (_file, mut writer) = phone.open().unwrap();
    let done = writer
        .write(Durability::Normal, |tx| {
            Ok(tx.execute("INSERT INTO note(body) VALUES ('a'), ('b')", [])?)
        })
        .unwrap();
    assert_eq!(
        done.changes.table("note"),
        Some(&TableChange::Rows([1, 2].into()))
    );
    let refused = writer.write(Durability::Full, |tx| {
        tx.execute("DELETE FROM note WHERE id = 1", [])?;
        Err::<(), _>(StoreError::Bounds("mine"))
    });
    assert_eq!(refused.err(), Some(StoreError::Bounds("mine")));
    assert_eq!(count(&mut writer), 2);
    let next = writer
        .write(Durability::Full, |tx| {
            Ok(tx.execute("UPDATE note SET seen = 1 WHERE id = 2", [])?)
        })
        .unwrap();
    assert_eq!(
        next.changes.table("note"),
        Some(&TableChange::Rows([2].into()))
    );
}

#[test]
fn a_reader_sees_one_state_and_cannot_write() {
    let mut phone = Phone::new();
    let (file, mut writer) = phone.open().unwrap();
    let mut reader = file.reader().unwrap();
    reader
        .read(|s| {
            let count = || -> i64 {
                s.query_row("SELECT count(*) FROM note", [], |r| r.get(0))
                    .unwrap()
            };
            assert_eq!(count(), 0);
            add(&mut writer, "later");
            assert_eq!(count(), 0);
            assert!(s.execute("DELETE FROM note", []).is_err());
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(count(&mut writer), 1);
}

#[test]
fn a_panic_inside_a_mutation_leaves_nothing() {
    let mut phone = Phone::new();
    let (_file, mut writer) = phone.open().unwrap();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = writer.write(Durability::Full, |tx| -> hues_store::Result<()> {
            tx.execute("INSERT INTO note(body) VALUES ('half')", [])?;
            panic!("a rule went wrong");
        });
    }));
    assert!(panicked.is_err());
    assert_eq!(count(&mut writer), 0);
    add(&mut writer, "whole");
    assert_eq!(count(&mut writer), 1);
}

#[test]
fn migrations_run_once_and_a_newer_file_is_refused_untouched() {
    let mut phone = Phone::new();
    drop(phone.open_as(&SCHEMA[..1]).unwrap());
    let (_file, mut writer) = phone.open_as(SCHEMA).unwrap();
    add(&mut writer, "x");
    drop((_file, writer));
    assert_eq!(
        phone.open_as(&SCHEMA[..1]).err(),
        Some(StoreError::Newer { found: 2, known: 1 })
    );
    let (_file, mut writer) = phone.open().unwrap();
    assert_eq!(count(&mut writer), 1);
}

#[test]
fn a_migration_that_fails_leaves_the_old_version() {
    let mut phone = Phone::new();
    let (file, mut writer) = phone.open_as(&SCHEMA[..1]).unwrap();
    writer
        .write(Durability::Full, |tx| {
            Ok(tx.execute("INSERT INTO note(body) VALUES ('kept')", [])?)
        })
        .unwrap();
    drop((file, writer));
    let broken = [
        SCHEMA[0],
        SCHEMA[1],
        Migration {
            version: 3,
            sql: "CREATE TABLE a(x); SELECT nonsense;",
        },
    ];
    assert!(matches!(
        phone.open_as(&broken).err(),
        Some(StoreError::Sql(_))
    ));
    let (_file, mut writer) = phone.open_as(&SCHEMA[..1]).unwrap();
    assert_eq!(count(&mut writer), 1);
}

#[test]
fn migration_numbers_have_no_gap() {
    let mut phone = Phone::new();
    assert!(matches!(
        phone.open_as(&SCHEMA[1..]).err(),
        Some(StoreError::Bounds(_))
    ));
}

#[test]
fn wrong_key_damage_and_lock_are_three_errors() {
    let mut phone = Phone::new();
    let (file, mut writer) = phone.open().unwrap();
    add(&mut writer, "x");
    writer.checkpoint().unwrap();
    drop((file, writer));

    phone.vault.unlock_up_to(SlotClass::Background);
    drop(phone.open().unwrap());
    phone.vault.refuse(Some(VaultError::Locked));
    assert_eq!(phone.open().err(), Some(StoreError::Locked));
    phone.vault.refuse(Some(VaultError::Unavailable));
    assert_eq!(
        phone.open().err(),
        Some(StoreError::Vault(VaultError::Unavailable))
    );
    phone.vault.refuse(Some(VaultError::Mismatch));
    assert_eq!(phone.open().err(), Some(StoreError::WrongKey));
    phone.vault.refuse(None);

    spoil(&phone.path("core.db"), 200);
    assert_eq!(phone.open().err(), Some(StoreError::Corrupt("first page")));
}

#[test]
fn either_copy_of_the_envelope_is_enough_and_mended_and_none_is_damage() {
    let mut phone = Phone::new();
    drop(phone.open().unwrap());
    let whole = std::fs::read(phone.path("core.key")).unwrap();
    for copy in ["core.key", "core.key2"] {
        spoil(&phone.path(copy), 30);
        drop(phone.open().unwrap());
        assert_eq!(std::fs::read(phone.path(copy)).unwrap(), whole);
        std::fs::remove_file(phone.path(copy)).unwrap();
        drop(phone.open().unwrap());
        assert_eq!(std::fs::read(phone.path(copy)).unwrap(), whole);
    }
    spoil(&phone.path("core.key"), 30);
    spoil(&phone.path("core.key2"), 40);
    assert!(matches!(phone.open().err(), Some(StoreError::Corrupt(_))));
    std::fs::remove_file(phone.path("core.key")).unwrap();
    std::fs::remove_file(phone.path("core.key2")).unwrap();
    assert_eq!(
        phone.open().err(),
        Some(StoreError::Corrupt("key envelope missing"))
    );
}

#[test]
fn a_database_that_vanished_is_never_silently_made_anew() {
    let mut phone = Phone::new();
    drop(phone.open().unwrap());
    std::fs::remove_file(phone.path("core.db")).unwrap();
    assert_eq!(
        phone.open().err(),
        Some(StoreError::Corrupt("database missing"))
    );
    assert!(!phone.path("core.db").exists());
    std::fs::write(phone.path("core.db"), b"").unwrap();
    assert_eq!(
        phone.open().err(),
        Some(StoreError::Corrupt("database missing"))
    );
}

#[test]
fn quarantine_sets_aside_and_starts_anew_under_the_same_key() {
    let mut phone = Phone::new();
    let (file, mut writer) = phone.open().unwrap();
    add(&mut writer, "x");
    drop((file, writer));
    for round in 1..=2 {
        spoil(&phone.path("core.db"), 200);
        assert!(matches!(phone.open().err(), Some(StoreError::Corrupt(_))));
        let (_file, mut writer, aside) = StoreFile::quarantine_and_recreate(
            phone.disk.clone(),
            &phone.dir(),
            &kind(SCHEMA),
            &phone.vault,
        )
        .unwrap();
        assert_eq!(
            aside.database,
            Some(phone.path(&format!("core.aside/{round}.db")))
        );
        assert_eq!(count(&mut writer), 0);
        assert!(aside.database.unwrap().exists());
    }
    let (file, _writer) = phone.open().unwrap();
    let aside = file.set_aside().unwrap();
    assert_eq!(
        aside,
        [phone.path("core.aside/1.db"), phone.path("core.aside/2.db")]
    );
    assert_eq!(
        file.discard_aside(&phone.path("core.db")),
        Err(StoreError::NotFound)
    );
    file.discard_aside(&aside[0]).unwrap();
    assert_eq!(file.set_aside().unwrap(), aside[1..]);
}

#[test]
fn no_plaintext_reaches_the_disk() {
    let mut phone = Phone::new();
    let (_file, mut writer) = phone.open().unwrap();
    for _ in 0..50 {
        add(&mut writer, "marker-plaintext");
    }
    for entry in std::fs::read_dir(phone.dir()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(16).any(|w| w == b"marker-plaintext"));
    }
}

#[test]
fn file_names_are_bounded() {
    let mut phone = Phone::new();
    for name in ["", "../core", "a/b", "Core", &"x".repeat(65)] {
        let kind = hues_store::FileKind {
            name,
            ..kind(SCHEMA)
        };
        let refused = StoreFile::open(
            phone.disk.clone(),
            &phone.dir(),
            &kind,
            &phone.vault,
            &mut phone.random,
        );
        assert_eq!(refused.err(), Some(StoreError::Bounds("file name")));
    }
}
