//! In-memory doubles of the store's ports, for tests, the laboratory and the development shell.
//!
//! Invariant: a double behaves like the real thing at the port's edge, refusals included; it is no model of a keystore's
//! strength and is never a phone's vault.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hues_crypto::{aead, SecretKey};
use hues_env::{Random, SeededRandom};
use zeroize::Zeroizing;

use crate::vault::{Slot, SlotClass, SlotVault, VaultError};

/// A vault in memory. Survives what the test makes the phone go through as long as the value lives.
pub struct MemoryVault(Mutex<Inner>);

struct Inner {
    random: SeededRandom,
    slots: BTreeMap<Slot, SecretKey>,
    refusing: Option<VaultError>,
    locked_above: SlotClass,
}

impl MemoryVault {
    /// An empty vault whose keys come from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> MemoryVault {
        MemoryVault(Mutex::new(Inner {
            random: SeededRandom::new(seed),
            slots: BTreeMap::new(),
            refusing: None,
            locked_above: SlotClass::UserPresent,
        }))
    }

    /// Makes every call fail with `error` until called with `None`.
    pub fn refuse(&self, error: Option<VaultError>) {
        self.inner().refusing = error;
    }

    /// Opens slots up to `class` and answers [`VaultError::Locked`] for those above: `Background` is a locked phone.
    pub fn unlock_up_to(&self, class: SlotClass) {
        self.inner().locked_above = class;
    }

    /// How many slots exist.
    #[must_use]
    pub fn slot_count(&self) -> usize {
        self.inner().slots.len()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn admitted(&self, slot: &Slot) -> Result<MutexGuard<'_, Inner>, VaultError> {
        let inner = self.inner();
        match inner.refusing {
            Some(error) => Err(error),
            None if slot.class > inner.locked_above => Err(VaultError::Locked),
            None => Ok(inner),
        }
    }
}

impl SlotVault for MemoryVault {
    fn create(&self, slot: &Slot) -> Result<(), VaultError> {
        let mut inner = self.admitted(slot)?;
        if !inner.slots.contains_key(slot) {
            let key = SecretKey::random(&mut inner.random);
            inner.slots.insert(slot.clone(), key);
        }
        Ok(())
    }

    fn seal(&self, slot: &Slot, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut inner = self.admitted(slot)?;
        let mut nonces = inner.random.fork();
        let key = inner.slots.get(slot).ok_or(VaultError::NoSuchSlot)?;
        Ok(aead::seal(
            key,
            aad,
            plaintext,
            &mut nonces as &mut dyn Random,
        ))
    }

    fn open(
        &self,
        slot: &Slot,
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let inner = self.admitted(slot)?;
        let key = inner.slots.get(slot).ok_or(VaultError::NoSuchSlot)?;
        aead::open(key, aad, sealed).map_err(|_| VaultError::Mismatch)
    }

    fn destroy(&self, slot: &Slot) -> Result<(), VaultError> {
        let mut inner = self.inner();
        match inner.refusing {
            Some(error) => Err(error),
            None => {
                inner.slots.remove(slot);
                Ok(())
            }
        }
    }
}
