//! The file key: made, sealed in its vault slot, kept in two copies of its envelope, opened and proven.
//!
//! Invariant: a [`FileKey`] in hand fits its file (the envelope's key check says so before the database is touched), and the
//! envelope survives the loss of either copy. The envelope is durable before the first byte it protects is written.

use std::path::{Path, PathBuf};

use hues_crypto::derive::derive_key;
use hues_crypto::envelope::{Envelope, FileState, KeyBinding, MAX_ENVELOPE_LEN};
use hues_crypto::SecretKey;
use hues_env::Random;
use zeroize::Zeroizing;

use crate::disk::{read, write_durably, Disk};
use crate::error::{Result, StoreError};
use crate::vault::{Slot, SlotClass, SlotVault, VaultError};

/// The proven key of one store file, and SQLCipher's salt.
pub struct FileKey {
    key: SecretKey,
    salt: [u8; 16],
}

impl FileKey {
    /// A key without an envelope, for a file that needs none (a test, a benchmark).
    #[must_use]
    pub fn random(random: &mut dyn Random) -> FileKey {
        let mut salt = [0; 16];
        random.fill(&mut salt);
        FileKey {
            key: SecretKey::random(random),
            salt,
        }
    }

    /// A second owner of the same key, for another connection or the mirror.
    #[must_use]
    pub fn duplicate(&self) -> FileKey {
        FileKey {
            key: self.key.duplicate(),
            salt: self.salt,
        }
    }

    /// The key of another kind of file kept beside the database: mirror, attachments, thumbnails.
    #[must_use]
    pub fn derived(&self, label: &str) -> SecretKey {
        derive_key(&self.key, label)
    }

    /// SQLCipher's raw-key form, 64 hex digits of key and 32 of salt: no key derivation is paid at open, and pages stay
    /// readable when page 1 (which holds the other copy of the salt) is gone.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(120));
        out.push_str("PRAGMA key = \"x'");
        for byte in self.key.expose().iter().chain(&self.salt) {
            for digit in [byte >> 4, byte & 15] {
                out.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
            }
        }
        out.push_str("'\"");
        out
    }
}

/// The envelope of file `name` in `dir`: two copies, `name.key` and `name.key2`.
pub(crate) struct KeyFile {
    copies: [PathBuf; 2],
    envelope: Envelope,
    repair: bool,
}

impl KeyFile {
    /// Reads the envelope, from whichever copy is whole. `None` when there is no copy at all.
    ///
    /// # Errors
    /// `Corrupt` when copies exist and none is whole, `Newer`, `Io`.
    pub(crate) fn load(disk: &dyn Disk, dir: &Path, name: &str) -> Result<Option<KeyFile>> {
        let copies = copies(dir, name);
        let mut found = Vec::new();
        let mut refusal = None;
        for path in &copies {
            match load_copy(disk, path, name) {
                Ok(Some(envelope)) => found.push(envelope),
                Ok(None) => {}
                Err(e @ (StoreError::Corrupt(_) | StoreError::Newer { .. })) => refusal = Some(e),
                Err(e) => return Err(e),
            }
        }
        let repair = found.len() < copies.len() || found.first() != found.last();
        // The first copy is written first, so it is the later state where the two differ.
        match found.into_iter().next() {
            Some(envelope) => Ok(Some(KeyFile {
                copies,
                envelope,
                repair,
            })),
            None => refusal.map_or(Ok(None), Err),
        }
    }

    /// Writes the copies anew where one was lost or behind. Call with the key proven.
    pub(crate) fn mend(&mut self, disk: &dyn Disk) -> Result<()> {
        if self.repair {
            self.store(disk)?;
            self.repair = false;
        }
        Ok(())
    }

    /// Makes a fresh key in a fresh slot, and its durable envelope.
    pub(crate) fn create(
        disk: &dyn Disk,
        dir: &Path,
        name: &str,
        vault: &dyn SlotVault,
        class: SlotClass,
        random: &mut dyn Random,
    ) -> Result<(KeyFile, FileKey)> {
        let slot = Slot {
            name: slot_name(random),
            class,
        };
        vault.create(&slot)?;
        let key = SecretKey::random(random);
        let binding = KeyBinding::new(&key, name, &slot.name, class.code(), random);
        let sealed_key = vault.seal(&slot, &binding.aad()?, key.expose())?;
        let salt = binding.salt;
        let envelope = Envelope {
            binding,
            sealed_key,
            state: FileState::Making,
        };
        let file = KeyFile {
            copies: copies(dir, name),
            envelope,
            repair: false,
        };
        // A failure half-way may leave a copy that counts, so the slot stays: an unused one is clutter, a destroyed one
        // would lock the file for ever.
        file.store(disk)?;
        Ok((file, FileKey { key, salt }))
    }

    /// Opens the key and proves it.
    ///
    /// # Errors
    /// `Locked`, `Vault`; `WrongKey` when the slot did not seal this key.
    pub(crate) fn open(&self, vault: &dyn SlotVault) -> Result<FileKey> {
        let binding = &self.envelope.binding;
        let plain = match vault.open(&self.slot()?, &binding.aad()?, &self.envelope.sealed_key) {
            Err(VaultError::Mismatch) => return Err(StoreError::WrongKey),
            other => other?,
        };
        let key = SecretKey::from_slice(&plain).map_err(|_| StoreError::WrongKey)?;
        binding.check(&key)?;
        Ok(FileKey {
            key,
            salt: binding.salt,
        })
    }

    /// The slot the envelope names.
    pub(crate) fn slot(&self) -> Result<Slot> {
        let class = SlotClass::from_code(self.envelope.binding.class)
            .ok_or(StoreError::Corrupt("slot class"))?;
        Ok(Slot {
            name: self.envelope.binding.slot.clone(),
            class,
        })
    }

    /// Whether the database was once complete and durable.
    pub(crate) fn is_born(&self) -> bool {
        self.envelope.state == FileState::Born
    }

    /// Remembers, durably, whether the database must exist.
    pub(crate) fn set_born(&mut self, disk: &dyn Disk, born: bool) -> Result<()> {
        if self.is_born() != born {
            self.envelope.state = if born {
                FileState::Born
            } else {
                FileState::Making
            };
            self.store(disk)?;
        }
        Ok(())
    }

    fn store(&self, disk: &dyn Disk) -> Result<()> {
        let bytes = self.envelope.encode()?;
        for path in &self.copies {
            write_durably(disk, path, &bytes)?;
        }
        Ok(())
    }
}

fn copies(dir: &Path, name: &str) -> [PathBuf; 2] {
    [
        dir.join(format!("{name}.key")),
        dir.join(format!("{name}.key2")),
    ]
}

fn load_copy(disk: &dyn Disk, path: &Path, name: &str) -> Result<Option<Envelope>> {
    let bytes = match read(disk, path, MAX_ENVELOPE_LEN as u64) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) if e.kind() == std::io::ErrorKind::FileTooLarge => {
            return Err(StoreError::Corrupt("key envelope"))
        }
        other => other?,
    };
    let envelope = Envelope::decode(&bytes)?;
    if envelope.binding.file != name {
        return Err(StoreError::Corrupt("key envelope of another file"));
    }
    Ok(Some(envelope))
}

fn slot_name(random: &mut dyn Random) -> String {
    format!("hues.{:016x}{:016x}", random.next_u64(), random.next_u64())
}
