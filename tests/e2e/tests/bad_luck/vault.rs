//! A keystore that refuses: at each of its calls once, in each way. What was said before stands, and the next call goes on.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use hues_core::feedback::ReportList;
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::{KeyVault, Link, SlotClass, VaultError};
use hues_core::{HueError, HuesCore, Ports, StorageReason};

use crate::world::{photo, pothole, refused_in_words, story, Case};

/// Refuses its n-th call.
struct Moody {
    inner: Arc<SoftwareVault>,
    calls: AtomicU64,
    bad: u64,
    error: VaultError,
}

impl Moody {
    fn turn(&self) -> Result<(), VaultError> {
        match self.calls.fetch_add(1, Ordering::SeqCst) + 1 {
            n if n == self.bad => Err(self.error.clone()),
            _ => Ok(()),
        }
    }

    fn hit(&self) -> bool {
        self.calls.load(Ordering::SeqCst) >= self.bad
    }
}

impl KeyVault for Moody {
    fn create(&self, name: String, class: SlotClass) -> Result<(), VaultError> {
        self.turn()?;
        self.inner.create(name, class)
    }

    fn seal(
        &self,
        name: String,
        associated: Vec<u8>,
        secret: Vec<u8>,
    ) -> Result<Vec<u8>, VaultError> {
        self.turn()?;
        self.inner.seal(name, associated, secret)
    }

    fn open(
        &self,
        name: String,
        associated: Vec<u8>,
        sealed: Vec<u8>,
    ) -> Result<Vec<u8>, VaultError> {
        self.turn()?;
        self.inner.open(name, associated, sealed)
    }

    fn destroy(&self, name: String) -> Result<(), VaultError> {
        self.turn()?;
        self.inner.destroy(name)
    }

    fn hardware(&self) -> Result<bool, VaultError> {
        self.inner.hardware()
    }
}

/// The call, once more when the vault refused it: by name, in words.
fn again<R>(error: &VaultError, mut call: impl FnMut() -> Result<R, HueError>) -> R {
    match call() {
        Ok(done) => done,
        Err(refused) => {
            refused_in_words(&refused);
            let wanted = match error {
                VaultError::Locked | VaultError::Failed => HueError::Locked,
                VaultError::Gone | VaultError::Mismatch => HueError::Storage {
                    reason: StorageReason::WrongKey,
                },
            };
            assert_eq!(refused, wanted);
            call().unwrap()
        }
    }
}

#[test]
fn refusing_at_each_call() {
    let errors = [
        VaultError::Locked,
        VaultError::Gone,
        VaultError::Mismatch,
        VaultError::Failed,
    ];
    for error in errors {
        let mut hits = 0;
        for bad in 1.. {
            let case = Case::new(None);
            let vault = Arc::new(Moody {
                inner: case.vault.clone(),
                calls: AtomicU64::new(0),
                bad,
                error: error.clone(),
            });
            let ports = || Ports::with_vault(vault.clone());
            let open = || again(&error, || HuesCore::open(case.config(), ports()));
            story(async {
                let core = open();
                core.start(Link::None).await.unwrap();
                let feedback = core.feedback();
                let waiting = feedback.new_draft(pothole("Bản nháp")).await.unwrap().id;
                let draft = feedback.new_draft(pothole("Phản ánh")).await.unwrap();
                feedback
                    .add_photo(draft.id.clone(), photo(1))
                    .await
                    .unwrap();
                let id = feedback.submit(draft.id).await.unwrap().id;
                drop(feedback);
                tokio::task::block_in_place(|| core.close());
                // Locked in between, in her pocket.
                let core = open();
                core.start(Link::None).await.unwrap();
                let feedback = core.feedback();
                let report = feedback.report(ReportList::Mine, id).await.unwrap();
                assert_eq!((report.text.as_str(), report.photos.len()), ("Phản ánh", 1));
                let kept = feedback.draft(waiting).await.unwrap();
                assert_eq!(kept.input.text, "Bản nháp");
                assert_eq!(core.outbox().items(false).await.unwrap().len(), 1);
                drop(feedback);
                // Erasing: keys first, and again where the vault would not.
                if let Err(refused) = core.delete_account(true).await {
                    refused_in_words(&refused);
                    core.delete_account(true).await.unwrap();
                }
                tokio::task::block_in_place(|| core.close());
                let core = open();
                let status = core.status().await.unwrap();
                assert_eq!((status.reports, status.drafts), (0, 0));
            });
            if !vault.hit() {
                break;
            }
            hits += 1;
        }
        assert!(hits >= 8, "the vault was asked only {hits} times");
    }
}
