//! The key vault: Android Keystore, iOS Keychain, a file for tests. It keeps keys that never leave it; the core hands it 32-byte file keys to seal.
//!
//! Erasing a class of data is destroying its slot: without the slot the sealed file key is noise, and so is the file.

/// When the keys of a slot may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum SlotClass {
    /// After the first unlock since boot, also with the screen locked: the outbox must empty in a pocket.
    Background,
    /// Only while the phone is unlocked.
    Unlocked,
    /// Only with the person present (fingerprint, face, code).
    UserPresent,
}

/// Why the vault did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
pub enum VaultError {
    /// Not now: the phone is locked or was not unlocked since boot.
    #[error("the vault is locked")]
    Locked,
    /// The slot or its key is gone (reset keystore, restored phone, wiped).
    #[error("the slot is gone")]
    Gone,
    /// The sealed bytes or the associated data do not belong to this slot.
    #[error("the sealed key does not belong to this slot")]
    Mismatch,
    /// The keystore failed otherwise.
    #[error("the vault failed")]
    Failed,
}

#[cfg(feature = "uniffi")]
impl From<uniffi::UnexpectedUniFFICallbackError> for VaultError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        // The reason carries the host's stack trace: dropped on purpose.
        VaultError::Failed
    }
}

/// The platform's keystore, as the core needs it. All methods answer at once (no prompt): the core calls only slots of the background
/// class this way.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait KeyVault: Send + Sync {
    /// Makes the slot's key if it is not there. `name` is `[a-z0-9/.-]{1,80}`.
    fn create(&self, name: String, class: SlotClass) -> Result<(), VaultError>;
    /// Encrypts up to 64 bytes under the slot's key, bound to `associated`.
    fn seal(
        &self,
        name: String,
        associated: Vec<u8>,
        secret: Vec<u8>,
    ) -> Result<Vec<u8>, VaultError>;
    /// Decrypts what [`KeyVault::seal`] gave, with the same `associated`.
    fn open(
        &self,
        name: String,
        associated: Vec<u8>,
        sealed: Vec<u8>,
    ) -> Result<Vec<u8>, VaultError>;
    /// Destroys the slot's key for good. A slot that is not there is no error.
    fn destroy(&self, name: String) -> Result<(), VaultError>;
    /// Whether keys live in hardware.
    fn hardware(&self) -> Result<bool, VaultError>;
}

/// A host's vault as the store takes it.
pub(crate) struct SlotAdapter(pub std::sync::Arc<dyn KeyVault>);

impl hues_store::vault::SlotVault for SlotAdapter {
    fn create(&self, slot: &hues_store::vault::Slot) -> Result<(), hues_store::vault::VaultError> {
        Ok(self.0.create(slot.name.clone(), slot.class.into())?)
    }

    fn seal(
        &self,
        slot: &hues_store::vault::Slot,
        aad: &[u8],
        plaintext: &[u8],
    ) -> Result<Vec<u8>, hues_store::vault::VaultError> {
        Ok(self
            .0
            .seal(slot.name.clone(), aad.to_vec(), plaintext.to_vec())?)
    }

    fn open(
        &self,
        slot: &hues_store::vault::Slot,
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<zeroize::Zeroizing<Vec<u8>>, hues_store::vault::VaultError> {
        Ok(self
            .0
            .open(slot.name.clone(), aad.to_vec(), sealed.to_vec())?
            .into())
    }

    fn destroy(&self, slot: &hues_store::vault::Slot) -> Result<(), hues_store::vault::VaultError> {
        Ok(self.0.destroy(slot.name.clone())?)
    }
}

impl From<VaultError> for hues_store::vault::VaultError {
    fn from(e: VaultError) -> Self {
        match e {
            VaultError::Locked => hues_store::vault::VaultError::Locked,
            VaultError::Gone => hues_store::vault::VaultError::NoSuchSlot,
            VaultError::Mismatch => hues_store::vault::VaultError::Mismatch,
            VaultError::Failed => hues_store::vault::VaultError::Unavailable,
        }
    }
}

impl From<hues_store::vault::SlotClass> for SlotClass {
    fn from(class: hues_store::vault::SlotClass) -> Self {
        match class {
            hues_store::vault::SlotClass::Background => SlotClass::Background,
            hues_store::vault::SlotClass::Unlocked => SlotClass::Unlocked,
            hues_store::vault::SlotClass::UserPresent => SlotClass::UserPresent,
        }
    }
}
