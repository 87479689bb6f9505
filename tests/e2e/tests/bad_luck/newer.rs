//! Files of a later release, and files that are damaged page by page.

use std::sync::Arc;

use hues_core::feedback::ReportList;
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::{KeyVault, Link};
use hues_core::{HueError, HuesCore, StorageReason};
use hues_env::SystemRandom;
use hues_lab::disk::{Fault, Plan, SimDisk};
use hues_store::disk::{Disk, RealDisk};
use hues_store::vault::{Slot, SlotClass, SlotVault, VaultError};
use hues_store::{FileKind, FileOptions, Migration, StoreFile};
use zeroize::Zeroizing;

use crate::world::{photo, pothole, refused_in_words, story, Case};

/// A later release's hands on the same keystore.
struct Later(Arc<SoftwareVault>);

impl SlotVault for Later {
    fn create(&self, _: &Slot) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }

    fn seal(&self, _: &Slot, _: &[u8], _: &[u8]) -> Result<Vec<u8>, VaultError> {
        Err(VaultError::Unavailable)
    }

    fn open(
        &self,
        slot: &Slot,
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let open = KeyVault::open(&*self.0, slot.name.clone(), aad.to_vec(), sealed.to_vec());
        open.map(Into::into).map_err(|_| VaultError::Mismatch)
    }

    fn destroy(&self, _: &Slot) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }
}

async fn filed(case: &Case, texts: &[&str]) -> Vec<String> {
    let core = case.open().unwrap();
    core.start(Link::None).await.unwrap();
    let feedback = core.feedback();
    let mut ids = Vec::new();
    for text in texts {
        let draft = feedback.new_draft(pothole(text)).await.unwrap();
        feedback
            .add_photo(draft.id.clone(), photo(ids.len() as u64))
            .await
            .unwrap();
        ids.push(feedback.submit(draft.id).await.unwrap().id);
    }
    drop(feedback);
    tokio::task::block_in_place(|| core.close());
    ids
}

#[test]
fn a_file_of_a_later_release_is_not_touched() {
    for name in ["core", "session"] {
        let case = Case::new(None);
        story(async { drop(filed(&case, &["Từ bản sau"]).await) });
        let migrations: Vec<Migration> = (1..100)
            .map(|version| Migration {
                version,
                sql: "CREATE TABLE IF NOT EXISTS later (x);",
            })
            .collect();
        let kind = FileKind {
            name,
            class: SlotClass::Background,
            migrations: &migrations,
            options: FileOptions::default(),
        };
        let vault = Later(case.vault.clone());
        let later = StoreFile::open(
            Arc::new(RealDisk),
            &case.account_dir(),
            &kind,
            &vault,
            &mut SystemRandom,
        );
        drop(later.unwrap());
        let before = std::fs::read(case.account_dir().join(format!("{name}.db"))).unwrap();
        for _ in 0..2 {
            let error = case.open().err().unwrap();
            let newer = StorageReason::Newer;
            assert_eq!(error, HueError::Storage { reason: newer });
            refused_in_words(&error);
            // Nor does a repair take it for damage.
            let repair = HuesCore::recover(case.config(), case.ports());
            assert_eq!(repair.err(), Some(HueError::Storage { reason: newer }));
        }
        let after = std::fs::read(case.account_dir().join(format!("{name}.db"))).unwrap();
        assert_eq!(before, after);
    }
}

/// Every page of every database of an account destroyed, one at a time: the phone says so, and the repair gives back what was entered.
#[test]
fn any_one_page_destroyed() {
    let case = Case::new(None);
    let texts = ["Trang một", "Trang hai", "Trang ba"];
    story(async {
        let ids = filed(&case, &texts).await;
        let core = case.open().unwrap();
        let feedback = core.feedback();
        let draft = feedback.new_draft(pothole("Bản nháp")).await.unwrap().id;
        feedback.add_photo(draft.clone(), photo(77)).await.unwrap();
        drop(feedback);
        core.foreground_changed(false).await.unwrap();
        tokio::task::block_in_place(|| core.close());
        let (mut seen, mut repaired) = (0, 0);
        let (mut drafts_kept, mut photos_kept) = (0, 0);
        for name in ["core.db", "session.db"] {
            let len = std::fs::read(case.account_dir().join(name)).unwrap().len();
            for page in 0..len / 4096 {
                seen += 1;
                let copy = copy_of(&case);
                let file = copy.account_dir().join(name);
                let mut bytes = std::fs::read(&file).unwrap();
                bytes[page * 4096..][..4096].fill(0xa5);
                std::fs::write(&file, bytes).unwrap();
                let core = match look(&copy, &ids).await {
                    Ok(core) => core,
                    Err(error) => {
                        repaired += 1;
                        let reason = StorageReason::Corrupt;
                        assert_eq!(error, HueError::Storage { reason }, "{name} {page}");
                        refused_in_words(&error);
                        HuesCore::recover(copy.config(), copy.ports())
                            .unwrap_or_else(|e| panic!("{name} {page}: {e:?}"))
                            .core
                    }
                };
                everything(&core, &ids, &texts).await;
                let feedback = core.feedback();
                let kept = feedback.draft(draft.clone()).await;
                if let Ok(kept) = &kept {
                    assert_eq!(kept.input.text, "Bản nháp");
                    photos_kept += kept.photos.len();
                    for shown in &kept.photos {
                        let photo = core.photo(shown.sha256.clone()).await;
                        assert!(hues_media::scan(&photo.unwrap()).is_clean());
                    }
                }
                drafts_kept += usize::from(kept.is_ok());
                // And it goes on.
                let next = feedback.new_draft(pothole("Nữa")).await.unwrap();
                feedback.submit(next.id).await.unwrap();
            }
        }
        assert!(seen > 20 && repaired > 5, "{repaired} of {seen}");
        // A draft lies in one page and its photo's row in another. Lost are those pages and the few that say where all tables are.
        assert!(drafts_kept * 10 >= seen * 8, "{drafts_kept} of {seen}");
        assert!(photos_kept * 10 >= seen * 8, "{photos_kept} of {seen}");
    });
}

/// On a disk that fails from some call of the repair on: whatever was done by then, the next start or the next repair ends it, and no act is taken for a
/// left-over.
#[test]
fn a_repair_cut_short_is_finished_at_the_next_start() {
    let texts = ["Sửa một", "Sửa hai"];
    let (mut cuts, mut starts) = (0, 0);
    for nth in (1..).step_by(5) {
        let disk = SimDisk::new();
        let case = Case::on(Arc::new(disk.clone()), &disk.root().join("home"), None);
        let mut done = false;
        story(async {
            let ids = filed(&case, &texts).await;
            assert!(disk.destroy_page(&database_on(&disk), 1, 4096, &mut SystemRandom));
            disk.plan(Some(Plan {
                fault: Fault::Io,
                nth,
                stays: true,
            }));
            let first = HuesCore::recover(case.config(), case.ports());
            done = disk.hits() == 0;
            cuts += usize::from(first.is_err());
            drop(first);
            // The process dies there.
            disk.kill();
            disk.plan(None);
            let core = match case.open() {
                Ok(core) => {
                    starts += 1;
                    Arc::new(core)
                }
                Err(error) => {
                    let reason = StorageReason::Corrupt;
                    assert_eq!(error, HueError::Storage { reason }, "{nth}");
                    HuesCore::recover(case.config(), case.ports()).unwrap().core
                }
            };
            everything(&core, &ids, &texts).await;
        });
        if done {
            break;
        }
    }
    assert!(cuts > 20 && starts > 3, "{cuts} cuts, {starts} starts");
}

fn database_on(disk: &SimDisk) -> std::path::PathBuf {
    let accounts = disk.root().join("home/accounts");
    let account = disk.list(&accounts).unwrap();
    let account = account.iter().find(|e| e.is_dir).unwrap();
    accounts.join(&account.name).join("core.db")
}

/// What the damage does not hide until later.
async fn look(case: &Case, ids: &[String]) -> Result<Arc<HuesCore>, HueError> {
    let core = case.open()?;
    let looked = async {
        core.start(Link::None).await?;
        core.status().await?;
        core.outbox().items(true).await?;
        for id in ids {
            let feedback = core.feedback();
            feedback.report(ReportList::Mine, id.clone()).await?;
        }
        core.feedback().drafts().await?;
        core.feedback().list(ReportList::Mine, None, 50).await?;
        core.feedback()
            .search(ReportList::Mine, "trang".into(), None, 50)
            .await?;
        core.feedback().inbox(None, 50).await?;
        let feedback = core.feedback();
        let next = feedback.new_draft(pothole("Sau đó")).await?;
        feedback.submit(next.id).await?;
        Ok::<_, HueError>(())
    }
    .await;
    match looked {
        Ok(()) => Ok(Arc::new(core)),
        Err(error) => {
            tokio::task::block_in_place(|| core.close());
            Err(error)
        }
    }
}

async fn everything(core: &HuesCore, ids: &[String], texts: &[&str]) {
    let feedback = core.feedback();
    for (id, text) in ids.iter().zip(texts) {
        let report = feedback.report(ReportList::Mine, id.clone()).await.unwrap();
        assert_eq!((report.text.as_str(), report.photos.len()), (*text, 1));
        assert!(core.photo(report.photos[0].sha256.clone()).await.is_ok());
    }
    let acts = core.outbox().items(false).await.unwrap();
    for id in ids {
        assert_eq!(acts.iter().filter(|act| act.report == *id).count(), 1);
    }
}

/// A copy of the phone's home under the same keystore.
pub fn copy_of(case: &Case) -> Case {
    let copy = Case::new(case.city.clone());
    copy_tree(&case.home, &copy.home);
    Case {
        vault: case.vault.clone(),
        clock: case.clock.clone(),
        ..copy
    }
}

fn copy_tree(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
