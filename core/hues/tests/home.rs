//! The home: who may open it, whose accounts lie in it, what leaves with a person, what an older one holds.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::path::Path;

use common::{close, config, copy, invalid, open, photo, pothole};
use hues_core::feedback::{AuthorKind, ReportList};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::{Link, VaultError};
use hues_core::{CoreConfig, HueError, HuesCore, Ports, StorageReason};

#[tokio::test]
async fn a_home_has_one_owner() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    assert_eq!(open(dir.path(), &vault).err(), Some(HueError::Busy));
    drop(core);
    assert!(open(dir.path(), &vault).is_ok());
}

#[tokio::test]
async fn a_refusing_vault_and_a_foreign_one_are_told_apart_from_damage() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    drop(open(dir.path(), &vault).unwrap());
    vault.refuse(Some(VaultError::Locked));
    assert_eq!(open(dir.path(), &vault).err(), Some(HueError::Locked));
    vault.refuse(None);
    let other = SoftwareVault::in_memory();
    assert_eq!(
        open(dir.path(), &other).err(),
        Some(HueError::Storage {
            reason: StorageReason::WrongKey
        })
    );
    assert!(open(dir.path(), &vault).is_ok(), "nothing was harmed by it");
}

#[tokio::test]
async fn a_home_of_a_newer_version_is_not_touched() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    drop(open(dir.path(), &vault).unwrap());
    std::fs::write(dir.path().join("version"), "hues-home/99\n").unwrap();
    assert_eq!(
        open(dir.path(), &vault).err(),
        Some(HueError::Storage {
            reason: StorageReason::Newer
        })
    );
}

#[tokio::test]
async fn a_second_person_has_an_account_of_her_own_in_the_same_home() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let of = |account: Option<String>| CoreConfig {
        account,
        ..config(dir.path())
    };
    let first = HuesCore::open(of(None), Ports::with_vault(vault.clone())).unwrap();
    let draft = first.feedback().new_draft(pothole("Của chị Lan")).await;
    first.feedback().submit(draft.unwrap().id).await.unwrap();
    let second = first.add_account().await.unwrap();
    let all = first.accounts().await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all.iter().filter(|a| a.open).count(), 1);
    let lan = all.into_iter().find(|a| a.open).unwrap().id;
    assert_ne!(lan, second);
    close(first).await;

    let core = HuesCore::open(of(Some(second.clone())), Ports::with_vault(vault.clone())).unwrap();
    assert_eq!(core.status().await.unwrap().reports, 0, "nothing of Lan's");
    close(core).await;
    // The last one opened opens again by itself.
    let core = HuesCore::open(of(None), Ports::with_vault(vault.clone())).unwrap();
    let open = core.accounts().await.unwrap();
    assert_eq!(open.iter().find(|a| a.open).unwrap().id, second);
    core.delete_account(false).await.unwrap();
    close(core).await;

    let core = HuesCore::open(of(None), Ports::with_vault(vault.clone())).unwrap();
    let status = core.status().await.unwrap();
    assert_eq!(
        (status.reports, status.waiting),
        (1, 1),
        "Lan's is there, unsent"
    );
    assert_eq!(core.accounts().await.unwrap().len(), 1);
    close(core).await;
    let gone = HuesCore::open(of(Some(second)), Ports::with_vault(vault)).err();
    assert_eq!(gone, Some(HueError::NotFound));
}

#[tokio::test]
async fn an_account_is_exported_and_erased() {
    let (dir, vault, out) = (
        tempfile::tempdir().unwrap(),
        SoftwareVault::in_memory(),
        tempfile::tempdir().unwrap(),
    );
    let core = open(dir.path(), &vault).unwrap();
    let draft = core
        .feedback()
        .new_draft(pothole("Mang theo"))
        .await
        .unwrap();
    core.feedback()
        .add_photo(draft.id.clone(), photo(4))
        .await
        .unwrap();
    core.feedback().submit(draft.id).await.unwrap();
    let folder = out.path().join("export");
    core.export_account(folder.to_str().unwrap().into())
        .await
        .unwrap();
    let json = std::fs::read_to_string(folder.join("account.json")).unwrap();
    assert!(json.contains("Mang theo"));
    assert_eq!(std::fs::read_dir(folder.join("photos")).unwrap().count(), 1);
    assert_eq!(
        core.export_account(folder.to_str().unwrap().into())
            .await
            .unwrap_err(),
        invalid("folder", "not-empty")
    );
    assert_eq!(
        core.delete_account(false).await.unwrap_err(),
        HueError::Refused {
            rule: "unsent".into()
        }
    );
    core.delete_account(true).await.unwrap();
    drop(core);
    let core = open(dir.path(), &vault).unwrap();
    assert_eq!(core.status().await.unwrap().reports, 0);
}

/// `tests/fixtures/home-1` is a home as this crate wrote it before drafts could edit. It is never made anew.
#[tokio::test]
async fn a_home_of_the_first_schema_opens_with_everything_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/home-1");
    copy(&old, dir.path());
    let vault = SoftwareVault::in_file(dir.path().join("vault.keys"), false).unwrap();
    let core = open(dir.path(), &vault).unwrap();
    core.start(Link::None).await.unwrap();
    let feedback = core.feedback();
    let mine = feedback.list(ReportList::Mine, None, 10).await.unwrap();
    let texts: Vec<_> = mine.items.iter().map(|r| r.text.as_str()).collect();
    assert_eq!(
        texts,
        ["Nước ngập đường Bà Triệu", "Ổ gà lớn trước chợ Đông Ba"]
    );
    let drafts = feedback.drafts().await.unwrap();
    assert_eq!(drafts.len(), 1);
    assert_eq!((drafts[0].photos.len(), &drafts[0].edits), (1, &None));
    core.photo(drafts[0].photos[0].sha256.clone())
        .await
        .unwrap();
    let waiting = core.outbox().items(false).await.unwrap();
    assert_eq!(waiting.len(), 2);
    // What waited since then can be edited now.
    let draft = feedback.edit(waiting[1].op.clone()).await.unwrap();
    assert_eq!(draft.input.author, AuthorKind::Anonymous);
    assert_eq!(draft.photos.len(), 1);
}
