//! What lies beside an account: the session file, and the vault all of it is sealed in.

use std::path::Path;
use std::sync::Arc;

use hues_store::disk::Disk;
use hues_store::vault::SlotVault;

use super::Ticket;
use crate::error::HueError;
use crate::ids;
use crate::ports::{KeyVault, SlotAdapter};
use crate::session::{Kept, SessionFile};

/// A host's vault as the files take it.
#[must_use]
pub fn slots(vault: Arc<dyn KeyVault>) -> Arc<dyn SlotVault> {
    Arc::new(SlotAdapter(vault))
}

/// The file beside an account in which a core keeps its session.
pub struct SessionSlot(SessionFile);

impl SessionSlot {
    /// Opens it in an account's folder, or makes it.
    ///
    /// # Errors
    /// `Storage`.
    pub fn open(
        disk: Arc<dyn Disk>,
        dir: &Path,
        vault: &dyn SlotVault,
    ) -> Result<SessionSlot, HueError> {
        SessionFile::open(disk, dir, vault).map(SessionSlot)
    }

    /// The session that was kept.
    ///
    /// # Errors
    /// `Storage`.
    pub fn load(&self) -> Result<Option<Ticket>, HueError> {
        let kept = self.0.load()?;
        kept.map(|kept| {
            let account = ids::unhex(&kept.account);
            Ok(Ticket {
                account: account.ok_or_else(|| HueError::internal("session-account"))?,
                token: kept.token,
                staff: kept.staff,
            })
        })
        .transpose()
    }

    /// Reads every page of the file.
    ///
    /// # Errors
    /// `Storage{corrupt}` at the first fault.
    pub fn verify(&self) -> Result<(), HueError> {
        self.0.verify()
    }

    /// Keeps a session.
    ///
    /// # Errors
    /// `Storage`.
    pub fn save(&self, ticket: &Ticket) -> Result<(), HueError> {
        self.0.save(Some(&Kept {
            token: ticket.token.clone(),
            account: ids::hex(&ticket.account),
            name: String::new(),
            staff: ticket.staff.clone(),
        }))
    }
}
