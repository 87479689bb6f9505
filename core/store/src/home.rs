//! The home: the directory a phone keeps everything in, and who may be in it.
//!
//! Invariant: one process at a time holds a home, a home of a later release is not touched, and erasing destroys the keys
//! before it touches a file, so that an erasure cut short has erased already. The app gives a directory that the phone's cloud
//! backup leaves out: a restored copy would hold files whose slots are gone.
//!
//! ```text
//! home/version            "hues-home/1"
//! home/lock               advisory lock of the owner
//! home/current            the account that was opened last
//! home/public/            what anyone may see; nothing lies there yet
//! home/accounts/<32 hex>/ core.db, session.db, and what lies beside each
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hues_env::Random;

use crate::disk::{ensure_dir, read, remove_tree, sweep_temporary, write_durably, Disk, LockGuard};
use crate::error::{Result, StoreError};
use crate::keyfile::KeyFile;
use crate::vault::{SlotVault, VaultError};

/// Newest layout of a home this release knows.
pub const HOME_VERSION: u32 = 1;

/// Random id of an account's directory; says nothing about whose it is.
pub type AccountId = [u8; 16];

/// An open home. Dropping it frees it for another process.
pub struct Home {
    disk: Arc<dyn Disk>,
    root: PathBuf,
    _lock: LockGuard,
}

impl Home {
    /// Opens the home in `root`, or makes it.
    ///
    /// # Errors
    /// `Busy` when another process holds it, `Newer`, `Corrupt` when there are accounts but no version, `Full`, `Io`.
    pub fn open(disk: Arc<dyn Disk>, root: &Path) -> Result<Home> {
        ensure_dir(&*disk, root)?;
        let lock = disk.lock(&root.join("lock"))?;
        sweep_temporary(&*disk, root)?;
        let home = Home {
            disk,
            root: root.into(),
            _lock: lock,
        };
        match home.version()? {
            Some(HOME_VERSION) => {}
            Some(found) if found > HOME_VERSION => {
                return Err(StoreError::Newer {
                    found,
                    known: HOME_VERSION,
                })
            }
            Some(_) => return Err(StoreError::Corrupt("home version")),
            None if home.disk.list(&home.accounts_dir())?.is_empty() => home.make()?,
            None => return Err(StoreError::Corrupt("home version missing")),
        }
        Ok(home)
    }

    /// The disk the home lies on.
    #[must_use]
    pub fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    /// Where the public cache is to lie; made with the home, empty so far.
    #[must_use]
    pub fn public_dir(&self) -> PathBuf {
        self.root.join("public")
    }

    /// Where an account's files lie.
    #[must_use]
    pub fn account_dir(&self, id: &AccountId) -> PathBuf {
        self.accounts_dir().join(hex(id))
    }

    /// The accounts in this home, by id; those being erased are none any more.
    ///
    /// # Errors
    /// The disk's.
    pub fn accounts(&self) -> Result<Vec<AccountId>> {
        let mut out = Vec::new();
        for id in self.all_accounts()? {
            if !self.disk.exists(&self.erasing(&id))? {
                out.push(id);
            }
        }
        Ok(out)
    }

    /// The account that was opened last, if it is still there; else the first there is.
    ///
    /// # Errors
    /// The disk's.
    pub fn current_account(&self) -> Result<Option<AccountId>> {
        let all = self.accounts()?;
        let last = self.last_opened()?.filter(|id| all.contains(id));
        Ok(last.or(all.first().copied()))
    }

    /// Remembers the account to open next time.
    ///
    /// # Errors
    /// `Full`, `Io`.
    pub fn remember_account(&self, id: &AccountId) -> Result<()> {
        let last = self.last_opened()?;
        if last == Some(*id) || (last.is_none() && self.accounts()? == [*id]) {
            return Ok(());
        }
        let line = format!("{}\n", hex(id));
        let file = self.root.join(CURRENT);
        Ok(write_durably(&*self.disk, &file, line.as_bytes())?)
    }

    /// What [`Home::remember_account`] wrote. Only a hint: one that cannot be read is none.
    fn last_opened(&self) -> Result<Option<AccountId>> {
        use std::io::ErrorKind::{FileTooLarge, NotFound};
        match read(&*self.disk, &self.root.join(CURRENT), 64) {
            Ok(bytes) => Ok(std::str::from_utf8(&bytes)
                .ok()
                .and_then(|text| unhex(text.trim_end()))),
            Err(e) if matches!(e.kind(), NotFound | FileTooLarge) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    /// Makes the directory of a new account, durably.
    ///
    /// # Errors
    /// `Full`, `Io`.
    pub fn create_account(&self, random: &mut dyn Random) -> Result<AccountId> {
        let mut id = AccountId::default();
        random.fill(&mut id);
        self.disk.create_dir(&self.account_dir(&id))?;
        self.disk.sync_dir(&self.accounts_dir())?;
        Ok(id)
    }

    /// Erases an account: remembers the wish durably, destroys its slots, then removes its files. Close its files first.
    ///
    /// # Errors
    /// `Vault`, `Full`, `Io`: the account is no longer listed once the wish is durable; [`Home::finish_erasing`] goes on.
    pub fn delete_account(&self, id: &AccountId, vault: &dyn SlotVault) -> Result<()> {
        let dir = self.account_dir(id);
        if !self.disk.exists(&dir)? {
            return Err(StoreError::NotFound);
        }
        self.mark(id)?;
        self.destroy_slots(&dir, vault)?;
        remove_tree_marked_last(&*self.disk, &dir)
    }

    /// Erases one file of an account and what lies beside it (a person, a realm): slot first.
    ///
    /// # Errors
    /// `Vault`, `Io`: call again.
    pub fn erase_file(&self, dir: &Path, name: &str, vault: &dyn SlotVault) -> Result<()> {
        destroy_slot(&*self.disk, dir, name, vault)?;
        let prefix = format!("{name}.");
        // The envelope goes last: while it is there, a call again finds the slot.
        let (keys, others): (Vec<_>, Vec<_>) = self
            .disk
            .list(dir)?
            .into_iter()
            .filter(|entry| entry.name.starts_with(&prefix))
            .partition(|entry| entry.name.ends_with(".key") || entry.name.ends_with(".key2"));
        for entry in others.into_iter().chain(keys) {
            let path = dir.join(&entry.name);
            if entry.is_dir {
                remove_tree(&*self.disk, &path)?;
            } else {
                self.disk.remove(&path)?;
            }
        }
        Ok(self.disk.sync_dir(dir)?)
    }

    /// Erases everything: all wishes are remembered first, then all slots are destroyed, then all files go. The home stays
    /// open and empty.
    ///
    /// # Errors
    /// `Vault`, `Full`, `Io`: what is marked stays marked; call again or [`Home::finish_erasing`].
    pub fn wipe(&self, vault: &dyn SlotVault) -> Result<()> {
        let all = self.all_accounts()?;
        // A full disk must not keep a wipe from destroying keys: the marks are for finishing later, not a condition.
        let marked: Result<Vec<()>> = all.iter().map(|id| self.mark(id)).collect();
        let mut refused = None;
        let dirs: Vec<_> = all
            .iter()
            .map(|id| self.account_dir(id))
            .chain(std::iter::once(self.public_dir()))
            .collect();
        for dir in &dirs {
            if let Err(e) = self.destroy_slots(dir, vault) {
                refused = refused.or(Some(e));
            }
        }
        if let Some(e) = refused {
            return Err(e);
        }
        for dir in &dirs {
            remove_tree_marked_last(&*self.disk, dir)?;
        }
        marked.map(|_| ())
    }

    /// Goes on with every erasure that was cut short. Call at start.
    ///
    /// # Errors
    /// `Vault`, `Io`: call again.
    pub fn finish_erasing(&self, vault: &dyn SlotVault) -> Result<()> {
        for id in self.all_accounts()? {
            if self.disk.exists(&self.erasing(&id))? {
                let dir = self.account_dir(&id);
                self.destroy_slots(&dir, vault)?;
                remove_tree_marked_last(&*self.disk, &dir)?;
            }
        }
        Ok(())
    }

    fn version(&self) -> Result<Option<u32>> {
        let bytes = match read(&*self.disk, &self.root.join("version"), 64) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) if e.kind() == std::io::ErrorKind::FileTooLarge => {
                return Err(StoreError::Corrupt("home version"))
            }
            other => other?,
        };
        let text = std::str::from_utf8(&bytes)
            .ok()
            .and_then(|text| text.trim_end().strip_prefix("hues-home/"));
        text.and_then(|number| number.parse().ok())
            .map(Some)
            .ok_or(StoreError::Corrupt("home version"))
    }

    fn make(&self) -> Result<()> {
        self.disk.create_dir(&self.accounts_dir())?;
        self.disk.create_dir(&self.public_dir())?;
        Ok(write_durably(
            &*self.disk,
            &self.root.join("version"),
            format!("hues-home/{HOME_VERSION}\n").as_bytes(),
        )?)
    }

    fn mark(&self, id: &AccountId) -> Result<()> {
        Ok(write_durably(&*self.disk, &self.erasing(id), b"")?)
    }

    fn erasing(&self, id: &AccountId) -> PathBuf {
        self.account_dir(id).join(ERASING)
    }

    fn all_accounts(&self) -> Result<Vec<AccountId>> {
        let entries = self.disk.list(&self.accounts_dir())?;
        Ok(entries
            .iter()
            .filter(|entry| entry.is_dir)
            .filter_map(|entry| unhex(&entry.name))
            .collect())
    }

    fn accounts_dir(&self) -> PathBuf {
        self.root.join("accounts")
    }

    /// Destroys the slot of every file in `dir` and the directories below.
    fn destroy_slots(&self, dir: &Path, vault: &dyn SlotVault) -> Result<()> {
        for entry in self.disk.list(dir)? {
            if entry.is_dir {
                self.destroy_slots(&dir.join(&entry.name), vault)?;
            } else if let Some(name) = entry
                .name
                .strip_suffix(".key")
                .or(entry.name.strip_suffix(".key2"))
            {
                destroy_slot(&*self.disk, dir, name, vault)?;
            }
        }
        Ok(())
    }
}

const ERASING: &str = "erasing";
const CURRENT: &str = "current";

fn destroy_slot(disk: &dyn Disk, dir: &Path, name: &str, vault: &dyn SlotVault) -> Result<()> {
    // An envelope that no copy of can be read names no slot: the key is beyond anyone's reach already.
    let slot = match KeyFile::load(disk, dir, name) {
        Ok(Some(envelope)) => envelope.slot()?,
        Ok(None) | Err(StoreError::Corrupt(_)) => return Ok(()),
        Err(e) => return Err(e),
    };
    match vault.destroy(&slot) {
        Err(VaultError::NoSuchSlot) => Ok(()),
        other => Ok(other?),
    }
}

/// Removes an account's directory so that its mark is the last file to go.
fn remove_tree_marked_last(disk: &dyn Disk, dir: &Path) -> Result<()> {
    for entry in disk.list(dir)? {
        let path = dir.join(&entry.name);
        if entry.is_dir {
            remove_tree(disk, &path)?;
        } else if entry.name != ERASING {
            disk.remove(&path)?;
        }
    }
    if disk.exists(dir)? {
        disk.sync_dir(dir)?;
    }
    Ok(remove_tree(disk, dir)?)
}

fn hex(id: &AccountId) -> String {
    format!("{:032x}", u128::from_be_bytes(*id))
}

fn unhex(name: &str) -> Option<AccountId> {
    let id = u128::from_str_radix(name, 16).ok()?.to_be_bytes();
    (hex(&id) == name).then_some(id)
}
