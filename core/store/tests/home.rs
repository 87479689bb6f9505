//! The home: one owner, accounts, and erasing that begins with the keys.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use std::sync::Arc;

use common::{add, kind, Phone, SCHEMA};
use hues_store::vault::VaultError;
use hues_store::{read_together, Durability, FileKind, Home, Mirror, StoreError, StoreFile};

fn home(phone: &Phone) -> hues_store::Result<Home> {
    Home::open(phone.disk.clone(), &phone.temp.path().join("home"))
}

fn fill(phone: &mut Phone, home: &Home) -> [u8; 16] {
    let id = home.create_account(&mut phone.random).unwrap();
    for (dir, name) in [("", "core"), ("", "vault"), ("people", "0f")] {
        let kind = FileKind {
            name,
            ..kind(SCHEMA)
        };
        let dir = home.account_dir(&id).join(dir);
        let (file, mut writer) = StoreFile::open(
            phone.disk.clone(),
            &dir,
            &kind,
            &phone.vault,
            &mut phone.random,
        )
        .unwrap();
        add(&mut writer, "x");
        Mirror::open(&file)
            .unwrap()
            .put(&[1; 16], b"op", b"", &mut phone.random)
            .unwrap();
    }
    id
}

#[test]
fn a_home_opened_twice_is_busy_and_free_again_afterwards() {
    let phone = Phone::new();
    let first = home(&phone).unwrap();
    assert_eq!(home(&phone).err(), Some(StoreError::Busy));
    drop(first);
    home(&phone).unwrap();
}

#[test]
fn a_home_of_a_later_release_is_not_touched() {
    let phone = Phone::new();
    drop(home(&phone).unwrap());
    let path = phone.temp.path().join("home/version");
    for (text, error) in [
        ("hues-home/2\n", StoreError::Newer { found: 2, known: 1 }),
        ("hues-home/x\n", StoreError::Corrupt("home version")),
        ("", StoreError::Corrupt("home version")),
    ] {
        std::fs::write(&path, text).unwrap();
        assert_eq!(home(&phone).err(), Some(error));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn accounts_without_a_version_are_damage_and_not_a_new_home() {
    let mut phone = Phone::new();
    let open = home(&phone).unwrap();
    open.create_account(&mut phone.random).unwrap();
    drop(open);
    std::fs::remove_file(phone.temp.path().join("home/version")).unwrap();
    assert_eq!(
        home(&phone).err(),
        Some(StoreError::Corrupt("home version missing"))
    );
}

#[test]
fn deleting_an_account_destroys_its_slots_and_files_and_no_other() {
    let mut phone = Phone::new();
    let home = home(&phone).unwrap();
    let (gone, stays) = (fill(&mut phone, &home), fill(&mut phone, &home));
    assert_eq!(phone.vault.slot_count(), 6);
    home.delete_account(&gone, &phone.vault).unwrap();
    assert_eq!(phone.vault.slot_count(), 3);
    assert_eq!(home.accounts().unwrap(), [stays]);
    assert!(!home.account_dir(&gone).exists());
    assert_eq!(
        home.delete_account(&gone, &phone.vault),
        Err(StoreError::NotFound)
    );
}

#[test]
fn an_erasing_that_the_vault_interrupts_is_finished_later() {
    let mut phone = Phone::new();
    let open = home(&phone).unwrap();
    let id = fill(&mut phone, &open);
    phone.vault.refuse(Some(VaultError::Unavailable));
    assert_eq!(
        open.delete_account(&id, &phone.vault),
        Err(StoreError::Vault(VaultError::Unavailable))
    );
    assert!(open.accounts().unwrap().is_empty());
    drop(open);
    phone.vault.refuse(None);
    let open = home(&phone).unwrap();
    open.finish_erasing(&phone.vault).unwrap();
    assert_eq!(phone.vault.slot_count(), 0);
    assert!(!open.account_dir(&id).exists());
}

#[test]
fn erasing_a_person_leaves_the_rest_of_the_account() {
    let mut phone = Phone::new();
    let home = home(&phone).unwrap();
    let id = fill(&mut phone, &home);
    let people = home.account_dir(&id).join("people");
    home.erase_file(&people, "0f", &phone.vault).unwrap();
    assert_eq!(phone.vault.slot_count(), 2);
    assert_eq!(std::fs::read_dir(&people).unwrap().count(), 0);
    let dir = home.account_dir(&id);
    StoreFile::open(
        phone.disk.clone(),
        &dir,
        &kind(SCHEMA),
        &phone.vault,
        &mut phone.random,
    )
    .unwrap();
}

#[test]
fn a_wipe_leaves_no_slot_and_no_file() {
    let mut phone = Phone::new();
    let home = home(&phone).unwrap();
    fill(&mut phone, &home);
    fill(&mut phone, &home);
    let public = FileKind {
        name: "public",
        ..kind(SCHEMA)
    };
    drop(
        StoreFile::open(
            phone.disk.clone(),
            &home.public_dir(),
            &public,
            &phone.vault,
            &mut phone.random,
        )
        .unwrap(),
    );
    home.wipe(&phone.vault).unwrap();
    assert_eq!(
        (phone.vault.slot_count(), home.accounts().unwrap().len()),
        (0, 0)
    );
    assert!(!home.public_dir().exists());
    fill(&mut phone, &home);
}

#[test]
fn an_export_sees_one_state_of_all_files() {
    let mut phone = Phone::new();
    let (core, mut core_writer) = phone.open().unwrap();
    let vault = FileKind {
        name: "vault",
        ..kind(SCHEMA)
    };
    let (other, mut other_writer) = StoreFile::open(
        Arc::clone(&phone.disk),
        &phone.dir(),
        &vault,
        &phone.vault,
        &mut phone.random,
    )
    .unwrap();
    let mut readers = [core.reader().unwrap(), other.reader().unwrap()];
    let seen = read_together(&mut readers, |snapshots| {
        for writer in [&mut core_writer, &mut other_writer] {
            let _ = writer.write(Durability::Full, |tx| {
                Ok(tx.execute("INSERT INTO note(body) VALUES ('late')", [])?)
            })?;
        }
        let count = |i: usize| {
            snapshots[i].query_row("SELECT count(*) FROM note", [], |r| r.get::<_, i64>(0))
        };
        Ok::<_, StoreError>((count(0)?, count(1)?))
    });
    assert_eq!(seen, Ok((0, 0)));
}
