//! A sign of damage is looked at twice: a read that failed or came short looks the same to SQLCipher as a page that is not what was written.
//!
//! Invariant: damage is told only when a second look at the file sees it too. What passes, and what the medium does not give although the file is long enough,
//! is the disk's doing: nobody is led to set a whole file aside because of it.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use crate::conn::whole;
use crate::disk::{Disk, Mode};
use crate::error::{Result, StoreError};
use crate::file::{connect, with_suffix};
use crate::keyfile::FileKey;

/// Bytes asked of the medium at once.
const PIECE: usize = 64 * 1024;

/// Where a connection's file lies, for a second look at it.
pub(crate) struct Origin {
    disk: Arc<dyn Disk>,
    database: PathBuf,
    key: FileKey,
}

impl Origin {
    pub(crate) fn new(disk: Arc<dyn Disk>, database: PathBuf, key: FileKey) -> Arc<Origin> {
        Arc::new(Origin {
            disk,
            database,
            key,
        })
    }

    /// What this failure really is. Costs a reading of the whole file when it is a sign of damage, nothing else.
    pub(crate) fn judge(&self, failure: StoreError) -> StoreError {
        self.judge_by(failure, || self.look_again())
    }

    /// The same, with another way to look again.
    pub(crate) fn judge_by(
        &self,
        failure: StoreError,
        again: impl FnOnce() -> Result<()>,
    ) -> StoreError {
        if !matches!(failure, StoreError::Corrupt(_)) || hues_env::planted!("damage-at-first-sight")
        {
            return failure;
        }
        match self.read_through().and_then(|()| again()) {
            Err(StoreError::Corrupt(_)) => failure,
            Err(other) => other,
            Ok(()) => StoreError::Io(ErrorKind::Other),
        }
    }

    /// Reads every byte the medium says there is.
    fn read_through(&self) -> Result<()> {
        let mut piece = vec![0; PIECE];
        for suffix in ["", "-wal"] {
            let file = match self
                .disk
                .open(&with_suffix(&self.database, suffix), Mode::Read)
            {
                Err(e) if e.kind() == ErrorKind::NotFound => continue,
                other => other?,
            };
            let (mut at, len) = (0, file.len()?);
            while at < len {
                let wanted = usize::try_from(len - at).map_or(PIECE, |left| left.min(PIECE));
                let part = piece.get_mut(..wanted).unwrap_or_default();
                if file.read_at(at, part)? < wanted {
                    return Err(StoreError::Io(ErrorKind::Other));
                }
                at += wanted as u64;
            }
        }
        Ok(())
    }

    /// Reads every page that is in use, log included, on a connection that has seen nothing yet.
    fn look_again(&self) -> Result<()> {
        whole(&connect(&*self.disk, &self.database, &self.key, false)?)
    }
}
