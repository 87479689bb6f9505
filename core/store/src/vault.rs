//! What the store asks of the phone's keystore: slots that seal and open small secrets, and can be destroyed.
//!
//! Invariant: a slot's key never leaves the vault, so destroying the slot erases everything sealed under it, copies and
//! backups included. The calls are synchronous: a slot that would show a prompt is opened by the core's asynchronous port
//! first, which then answers from the opened session here, or with [`VaultError::Locked`].

use thiserror::Error;
use zeroize::Zeroizing;

/// When a slot may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotClass {
    /// Any time after the first unlock since boot, the screen locked or not.
    Background,
    /// While the phone is unlocked.
    Unlocked,
    /// After the person proved presence (biometrics, PIN).
    UserPresent,
}

impl SlotClass {
    /// The byte that stands for the class in a key envelope.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            SlotClass::Background => 1,
            SlotClass::Unlocked => 2,
            SlotClass::UserPresent => 3,
        }
    }

    /// The class of an envelope's byte; an unknown one is not guessed.
    #[must_use]
    pub fn from_code(code: u8) -> Option<SlotClass> {
        match code {
            1 => Some(SlotClass::Background),
            2 => Some(SlotClass::Unlocked),
            3 => Some(SlotClass::UserPresent),
            _ => None,
        }
    }
}

/// One slot of the vault: a name and the class it was created with.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// Random name, at most 255 bytes of `[a-z0-9.]`; says nothing about whose it is.
    pub name: String,
    /// When it opens.
    pub class: SlotClass,
}

/// Why the vault refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VaultError {
    /// Not now: the phone is locked, or the person is not present.
    #[error("locked")]
    Locked,
    /// The slot does not exist: never made, or destroyed (by us, by a new fingerprint, by a restore on another phone).
    #[error("no such slot")]
    NoSuchSlot,
    /// The slot exists, but these bytes under this AAD were not sealed by it.
    #[error("not sealed by this slot")]
    Mismatch,
    /// The keystore does not answer (a vendor bug, no memory, a host exception).
    #[error("unavailable")]
    Unavailable,
}

/// The keystore, as the store sees it.
pub trait SlotVault: Send + Sync {
    /// Makes the slot; an existing one of the same class is kept as it is.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`], [`VaultError::Locked`].
    fn create(&self, slot: &Slot) -> Result<(), VaultError>;
    /// Seals at most 1 KiB, bound to `aad`.
    ///
    /// # Errors
    /// Any [`VaultError`].
    fn seal(&self, slot: &Slot, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, VaultError>;
    /// Opens what this slot sealed under the same `aad`.
    ///
    /// # Errors
    /// Any [`VaultError`].
    fn open(
        &self,
        slot: &Slot,
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError>;
    /// Destroys the slot for good; a missing one is no error. Never asks for presence.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`].
    fn destroy(&self, slot: &Slot) -> Result<(), VaultError>;
}
