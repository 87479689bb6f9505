//! A page of the phone's database is destroyed, each one in its turn, page 1 too: every unsent act comes back, and the drafts that did not lie there.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common::{close, config, copy, open, photo, pothole};
use hues_core::feedback::{AuthorKind, DraftInput, ReportList};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::Link;
use hues_core::{HueError, HuesCore, Ports, Recovered, StorageReason};

const PAGE: usize = 4096;

/// A phone in the dark: three reports, a supplement, a draft with a photo and an edit of a report.
struct Phone {
    home: tempfile::TempDir,
    vault: Arc<SoftwareVault>,
    reports: Vec<String>,
    drafts: Vec<(String, String, usize)>,
}

fn by(author: AuthorKind, text: &str) -> DraftInput {
    DraftInput {
        author,
        ..pothole(text)
    }
}

async fn phone() -> Phone {
    let (home, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(home.path(), &vault).unwrap();
    core.start(Link::None).await.unwrap();
    let feedback = core.feedback();
    let mut reports = Vec::new();
    for (n, author) in [AuthorKind::Sealed, AuthorKind::Anonymous, AuthorKind::Named]
        .into_iter()
        .enumerate()
    {
        let draft = feedback
            .new_draft(by(author, &format!("Phản ánh số {n}")))
            .await
            .unwrap();
        feedback
            .add_photo(draft.id.clone(), photo(n as u64))
            .await
            .unwrap();
        reports.push(feedback.submit(draft.id).await.unwrap());
    }
    feedback
        .supplement(reports[0].id.clone(), "Thêm một ý".into(), Vec::new())
        .await
        .unwrap();
    let draft = feedback.new_draft(pothole("Bản nháp một")).await.unwrap();
    feedback
        .add_photo(draft.id.clone(), photo(9))
        .await
        .unwrap();
    let edit = feedback.edit(reports[2].op.clone()).await.unwrap();
    // Into the file itself, as when the app leaves the screen.
    core.foreground_changed(false).await.unwrap();
    close(core).await;
    Phone {
        home,
        vault,
        reports: reports.into_iter().map(|r| r.id).collect(),
        drafts: vec![
            (draft.id, "Bản nháp một".into(), 1),
            (edit.id, "Phản ánh số 2".into(), 1),
        ],
    }
}

fn account(home: &Path) -> PathBuf {
    let mut all = std::fs::read_dir(home.join("accounts")).unwrap();
    all.next().unwrap().unwrap().path()
}

impl Phone {
    fn pages(&self) -> usize {
        let database = account(self.home.path()).join("core.db");
        std::fs::metadata(database).unwrap().len() as usize / PAGE
    }

    /// Repairs a copy of the phone whose database has lost `page`.
    fn without(&self, page: usize, mirror: bool) -> (tempfile::TempDir, Recovered) {
        let home = tempfile::tempdir().unwrap();
        copy(self.home.path(), home.path());
        let account = account(home.path());
        let mut bytes = std::fs::read(account.join("core.db")).unwrap();
        bytes[page * PAGE..(page + 1) * PAGE].fill(0x5a);
        std::fs::write(account.join("core.db"), bytes).unwrap();
        if !mirror {
            std::fs::remove_dir_all(account.join("core.ops")).unwrap();
        }
        let back = HuesCore::recover(config(home.path()), Ports::with_vault(self.vault.clone()));
        (home, back.unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_unsent_act_comes_back_whatever_page_is_lost() {
    let phone = phone().await;
    let mut whole = 0;
    for page in 0..phone.pages() {
        let (_home, back) = phone.without(page, true);
        assert_eq!(back.acts, 4, "page {}", page + 1);
        let feedback = back.core.feedback();
        for (n, id) in phone.reports.iter().enumerate() {
            let report = feedback.report(ReportList::Mine, id.clone()).await.unwrap();
            assert_eq!(report.text, format!("Phản ánh số {n}"));
            assert_eq!(report.photos.len(), 1);
            back.core
                .photo(report.photos[0].sha256.clone())
                .await
                .unwrap();
        }
        let drafts = feedback.drafts().await.unwrap();
        for draft in &drafts {
            let known = phone.drafts.iter().find(|(id, ..)| *id == draft.id);
            assert_eq!(known.unwrap().1, draft.input.text);
            for photo in &draft.photos {
                back.core.photo(photo.sha256.clone()).await.unwrap();
            }
        }
        let all = drafts.len() == phone.drafts.len()
            && drafts.iter().all(|d| d.photos.len() == 1)
            && drafts.iter().filter(|d| d.edits.is_some()).count() == 1;
        whole += usize::from(all);
        assert_eq!(back.drafts as usize, drafts.len());
    }
    // The first page, the schema's and the drafts' own: nothing else costs a draft.
    assert!(
        whole * 4 >= phone.pages() * 3,
        "{whole} of {}",
        phone.pages()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mirror_the_readable_rows_still_give_acts_back() {
    let phone = phone().await;
    let (mut whole, mut some) = (0, 0);
    for page in 1..phone.pages() {
        let (_home, back) = phone.without(page, false);
        whole += usize::from(back.acts == 4);
        some += usize::from(back.acts > 0);
    }
    assert!(whole * 2 >= phone.pages(), "{whole} of {}", phone.pages());
    assert!(
        some > whole,
        "a lost page costs what lay there, not everything"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn repaired_again_and_again_nothing_is_doubled_and_one_damaged_file_stays() {
    let phone = phone().await;
    let (home, back) = phone.without(0, true);
    drop(back);
    for _ in 0..3 {
        let mut config = config(home.path());
        config.account = None;
        let again = loop {
            match HuesCore::recover(config.clone(), Ports::with_vault(phone.vault.clone())) {
                Err(HueError::Busy) => {
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                }
                other => break other.unwrap(),
            }
        };
        assert_eq!(again.core.outbox().items(false).await.unwrap().len(), 4);
    }
    let aside = std::fs::read_dir(account(home.path()).join("core.aside")).unwrap();
    let databases = aside.filter(|e| {
        let name = e.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".db")
    });
    assert_eq!(databases.count(), 1);
}

#[tokio::test]
async fn a_destroyed_database_gives_every_unsent_report_back() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let mut filed = Vec::new();
    {
        let core = open(dir.path(), &vault).unwrap();
        for n in 0..3 {
            let mut input = pothole(&format!("Trước khi hỏng {n}"));
            input.author = if n == 2 {
                AuthorKind::Anonymous
            } else {
                AuthorKind::Sealed
            };
            let draft = core.feedback().new_draft(input).await.unwrap();
            filed.push(core.feedback().submit(draft.id).await.unwrap());
        }
        core.foreground_changed(false).await.unwrap();
    }
    let account = std::fs::read_dir(dir.path().join("accounts"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let database = account.join("core.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[..8192].fill(0x5a); // page 1 too
    std::fs::write(&database, bytes).unwrap();
    let error = open(dir.path(), &vault).err();
    assert_eq!(
        error,
        Some(HueError::Storage {
            reason: StorageReason::Corrupt
        }),
        "never recreated silently"
    );
    let back = HuesCore::recover(config(dir.path()), Ports::with_vault(vault.clone())).unwrap();
    assert_eq!(back.acts, 3);
    let core = back.core;
    for (n, report) in filed.iter().enumerate() {
        let found = core
            .feedback()
            .report(ReportList::Mine, report.id.clone())
            .await
            .unwrap();
        assert_eq!(found.text, format!("Trước khi hỏng {n}"));
    }
    assert_eq!(core.outbox().items(false).await.unwrap().len(), 3);
}
