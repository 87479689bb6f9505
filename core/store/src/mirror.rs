//! The mirror: each unsent op once more, as one sealed file beside the database.
//!
//! Invariant: an op is in the database before it is in the mirror, and leaves the mirror only when the caller says that it
//! is no longer needed ([`Mirror::forget`]: the gateway's durable watermark has passed it). So whatever happens to
//! the database's pages, the mirror alone can rebuild the outbox. The store knows nothing of what the bytes mean.

use hues_env::Random;
use zeroize::Zeroizing;

use crate::error::{Result, StoreError};
use crate::file::StoreFile;
use crate::sealed::{within, SealedDir, SealedId};

/// Largest op plus snapshot the mirror takes, bytes.
pub const MIRROR_LIMIT: u64 = 4 * 1024 * 1024;

/// The mirror of one store file: `name.ops/`.
pub struct Mirror(SealedDir);

/// What the mirror holds of one op.
#[derive(Clone, PartialEq, Eq)]
pub struct Mirrored {
    /// The op's id.
    pub id: SealedId,
    /// The op's bytes as queued.
    pub op: Zeroizing<Vec<u8>>,
    /// The row as the person sees it, in the caller's encoding.
    pub snapshot: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Mirrored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Mirrored({} + {} bytes)",
            self.op.len(),
            self.snapshot.len()
        )
    }
}

impl Mirror {
    /// The mirror beside `file`.
    ///
    /// # Errors
    /// The disk's.
    pub fn open(file: &StoreFile) -> Result<Mirror> {
        Ok(Mirror(SealedDir::new(file, "ops", "hues/mirror/v1")?))
    }

    /// Mirrors an op after its commit; durable when this returns. Calling again replaces it.
    ///
    /// # Errors
    /// `Full`, `Io`: the op is safe in the database, only not twice; [`Mirror::missing`] finds it later. `Bounds` above
    /// [`MIRROR_LIMIT`].
    pub fn put(
        &self,
        id: &SealedId,
        op: &[u8],
        snapshot: &[u8],
        random: &mut dyn Random,
    ) -> Result<()> {
        within(
            op.len().saturating_add(snapshot.len()),
            MIRROR_LIMIT - 4,
            "mirrored op",
        )?;
        #[cfg(hues_planted)]
        if hues_env::planted!("plaintext-left") {
            self.0.leave(snapshot)?;
        }
        let op_len = u32::try_from(op.len()).map_err(|_| StoreError::Bounds("mirrored op"))?;
        let total = 4 + op.len() as u64 + snapshot.len() as u64;
        self.0.put_with(id, total, random, |out| {
            out.push(&op_len.to_be_bytes())?;
            out.push(op)?;
            out.push(snapshot)
        })
    }

    /// Reads one op back.
    ///
    /// # Errors
    /// `NotFound`, `Corrupt`, `WrongKey`, `Newer`, `Io`.
    pub fn get(&self, id: &SealedId) -> Result<Mirrored> {
        let bytes = self.0.get(id, MIRROR_LIMIT)?;
        let cut = || StoreError::Corrupt("mirrored op");
        let (len, rest) = bytes.split_first_chunk::<4>().ok_or_else(cut)?;
        let (op, snapshot) = rest
            .split_at_checked(u32::from_be_bytes(*len) as usize)
            .ok_or_else(cut)?;
        Ok(Mirrored {
            id: *id,
            op: Zeroizing::new(op.to_vec()),
            snapshot: Zeroizing::new(snapshot.to_vec()),
        })
    }

    /// Removes an op that is safe elsewhere. A power loss may bring the file back, so the caller asks again for what it
    /// no longer wants ([`Mirror::list`] against its own outbox).
    ///
    /// # Errors
    /// The disk's.
    pub fn forget(&self, id: &SealedId) -> Result<()> {
        self.0.remove(id)
    }

    /// Makes what was forgotten stay so: one sync for many.
    ///
    /// # Errors
    /// The disk's.
    pub fn sync(&self) -> Result<()> {
        self.0.sync()
    }

    /// Ids of all mirrored ops, ascending.
    ///
    /// # Errors
    /// The disk's.
    pub fn list(&self) -> Result<Vec<SealedId>> {
        self.0.list()
    }

    /// Which of `wanted` are not mirrored: what a full disk or a kill between commit and mirror left to do.
    ///
    /// # Errors
    /// The disk's.
    pub fn missing(&self, wanted: &[SealedId]) -> Result<Vec<SealedId>> {
        let there = self.list()?;
        Ok(wanted
            .iter()
            .filter(|id| there.binary_search(id).is_err())
            .copied()
            .collect())
    }
}
