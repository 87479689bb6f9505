//! The key envelope: the small file beside each database that holds its key, sealed in a vault slot.
//!
//! Invariant: three misfortunes stay three different errors. The checksum at the end (every version keeps it there)
//! tells a damaged envelope; only a whole one is believed about its version, so [`CryptoError::Newer`] is never a flipped
//! bit; and the key check tells a key that does not fit before the database is touched, so that a database
//! which then fails to open is known to be damaged.
//!
//! Layout of version 1, integers big-endian:
//! ```text
//!  8  magic "HUESKEY\0"
//!  2  version
//!  1+n  name of the file the key belongs to, UTF-8
//!  1+n  name of the vault slot, UTF-8
//!  1  class of the slot
//! 16  SQLCipher salt
//! 16  key check: HKDF-SHA-256(key, salt, "hues/key-check/v1")
//!      -- everything above is the AAD under which the slot seals the key --
//!  2+n  the sealed key, opaque: what the vault returned
//!  1  state: 0 being made, 1 born
//!  8  first bytes of SHA-256 over everything above
//! ```

use hues_env::Random;
use ring::digest::{digest, SHA256};

use crate::derive::derive;
use crate::error::CryptoError;
use crate::secret::{equal, SecretKey};

const MAGIC: &[u8; 8] = b"HUESKEY\0";
const CHECKSUM_LEN: usize = 8;
/// Upper bound of an envelope in bytes: hostile or damaged files are refused before they are read whole.
pub const MAX_ENVELOPE_LEN: usize = 16 * 1024;
/// Newest envelope version this release writes and reads.
pub const ENVELOPE_VERSION: u16 = 1;

/// Whether the database the envelope belongs to was ever completely made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// The envelope is durable, the database may be missing: making it is still allowed.
    Making,
    /// The database was durable once: if it is missing now, it was lost, and is never silently made anew.
    Born,
}

/// What binds a key to its place: authenticated when the slot seals the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyBinding {
    /// File the key belongs to (`core`, `people/3f…`), at most 255 bytes.
    pub file: String,
    /// Vault slot that seals the key, at most 255 bytes.
    pub slot: String,
    /// Class byte of that slot; its meaning belongs to the vault.
    pub class: u8,
    /// SQLCipher's salt. Kept here too, because the copy in the database dies with page 1.
    pub salt: [u8; 16],
    /// Derived from key and salt: recognises the key without showing it.
    pub key_check: [u8; 16],
}

impl KeyBinding {
    /// Binds a new `key` to `file` and `slot` under a fresh salt.
    #[must_use]
    pub fn new(
        key: &SecretKey,
        file: &str,
        slot: &str,
        class: u8,
        random: &mut dyn Random,
    ) -> KeyBinding {
        let mut salt = [0; 16];
        random.fill(&mut salt);
        KeyBinding {
            file: file.into(),
            slot: slot.into(),
            class,
            salt,
            key_check: key_check(key, &salt),
        }
    }

    /// The bytes the slot must authenticate.
    ///
    /// # Errors
    /// [`CryptoError::Unrepresentable`] when a name is over 255 bytes.
    pub fn aad(&self) -> Result<Vec<u8>, CryptoError> {
        let mut out = Vec::with_capacity(64 + self.file.len() + self.slot.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&ENVELOPE_VERSION.to_be_bytes());
        for name in [&self.file, &self.slot] {
            let len = u8::try_from(name.len())
                .map_err(|_| CryptoError::Unrepresentable("name over 255 bytes"))?;
            out.push(len);
            out.extend_from_slice(name.as_bytes());
        }
        out.push(self.class);
        out.extend_from_slice(&self.salt);
        out.extend_from_slice(&self.key_check);
        Ok(out)
    }

    /// Accepts `key` only if it is the one this binding was made for.
    ///
    /// # Errors
    /// [`CryptoError::WrongKey`].
    pub fn check(&self, key: &SecretKey) -> Result<(), CryptoError> {
        if equal(&key_check(key, &self.salt), &self.key_check) {
            Ok(())
        } else {
            Err(CryptoError::WrongKey)
        }
    }
}

/// A parsed envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// What the key belongs to.
    pub binding: KeyBinding,
    /// What the slot returned for the key under [`KeyBinding::aad`].
    pub sealed_key: Vec<u8>,
    /// Whether the database was ever complete.
    pub state: FileState,
}

impl Envelope {
    /// The file's bytes.
    ///
    /// # Errors
    /// [`CryptoError::Unrepresentable`] when a name or the sealed key is too long.
    pub fn encode(&self) -> Result<Vec<u8>, CryptoError> {
        let mut out = self.binding.aad()?;
        let len = u16::try_from(self.sealed_key.len())
            .map_err(|_| CryptoError::Unrepresentable("sealed key over 64 KiB"))?;
        out.extend_from_slice(&len.to_be_bytes());
        out.extend_from_slice(&self.sealed_key);
        out.push(match self.state {
            FileState::Making => 0,
            FileState::Born => 1,
        });
        let sum = checksum(&out);
        out.extend_from_slice(&sum);
        if out.len() > MAX_ENVELOPE_LEN {
            return Err(CryptoError::Unrepresentable("envelope over 16 KiB"));
        }
        Ok(out)
    }

    /// Reads the file's bytes.
    ///
    /// # Errors
    /// [`CryptoError::Damaged`] unless every byte is as written, [`CryptoError::Newer`] for a whole later version.
    pub fn decode(bytes: &[u8]) -> Result<Envelope, CryptoError> {
        if bytes.len() > MAX_ENVELOPE_LEN {
            return Err(CryptoError::Damaged("envelope too long"));
        }
        let (body, sum) = bytes
            .split_last_chunk::<CHECKSUM_LEN>()
            .ok_or(CryptoError::Damaged("envelope too short"))?;
        if !body.starts_with(MAGIC) || checksum(body) != *sum {
            return Err(CryptoError::Damaged("envelope checksum"));
        }
        let mut cursor = Cursor(&body[MAGIC.len()..]);
        let version = u16::from_be_bytes(cursor.array()?);
        if version > ENVELOPE_VERSION {
            return Err(CryptoError::Newer {
                found: version,
                known: ENVELOPE_VERSION,
            });
        }
        if version != ENVELOPE_VERSION {
            return Err(CryptoError::Damaged("envelope version"));
        }
        let binding = KeyBinding {
            file: cursor.name()?,
            slot: cursor.name()?,
            class: cursor.array::<1>()?[0],
            salt: cursor.array()?,
            key_check: cursor.array()?,
        };
        let sealed_len = u16::from_be_bytes(cursor.array()?);
        let sealed_key = cursor.take(usize::from(sealed_len))?.to_vec();
        let state = match cursor.array()? {
            [0u8] => FileState::Making,
            [1] => FileState::Born,
            _ => return Err(CryptoError::Damaged("envelope state")),
        };
        if !cursor.0.is_empty() {
            return Err(CryptoError::Damaged("bytes after the envelope"));
        }
        Ok(Envelope {
            binding,
            sealed_key,
            state,
        })
    }
}

fn key_check(key: &SecretKey, salt: &[u8; 16]) -> [u8; 16] {
    *derive::<16>(key, salt, "hues/key-check/v1", &[]).expose()
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_LEN] {
    let mut out = [0; CHECKSUM_LEN];
    out.copy_from_slice(&digest(&SHA256, bytes).as_ref()[..CHECKSUM_LEN]);
    out
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], CryptoError> {
        let (head, tail) = self
            .0
            .split_at_checked(n)
            .ok_or(CryptoError::Damaged("envelope cut short"))?;
        self.0 = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], CryptoError> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    fn name(&mut self) -> Result<String, CryptoError> {
        let [len] = self.array()?;
        let bytes = self.take(usize::from(len))?;
        String::from_utf8(bytes.to_vec()).map_err(|_| CryptoError::Damaged("envelope name"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hues_env::SeededRandom;
    use proptest::prelude::*;

    fn sample() -> (SecretKey, Envelope) {
        let mut random = SeededRandom::new(1);
        let key = SecretKey::random(&mut random);
        let binding = KeyBinding::new(&key, "core", "hues.core.0001", 1, &mut random);
        (
            key,
            Envelope {
                binding,
                sealed_key: vec![0xAB; 60],
                state: FileState::Born,
            },
        )
    }

    #[test]
    fn frozen_bytes() {
        insta::assert_snapshot!(hex::encode(sample().1.encode().unwrap()));
    }

    #[test]
    fn round_trips_and_knows_its_key() {
        let (key, envelope) = sample();
        let back = Envelope::decode(&envelope.encode().unwrap()).unwrap();
        assert_eq!(back, envelope);
        assert_eq!(back.binding.check(&key), Ok(()));
        let other = SecretKey::random(&mut SeededRandom::new(2));
        assert_eq!(back.binding.check(&other), Err(CryptoError::WrongKey));
    }

    #[test]
    fn a_whole_newer_envelope_is_newer_and_a_flipped_version_is_damage() {
        let mut bytes = sample().1.encode().unwrap();
        bytes[9] = 2;
        assert_eq!(
            Envelope::decode(&bytes),
            Err(CryptoError::Damaged("envelope checksum"))
        );
        let end = bytes.len() - CHECKSUM_LEN;
        let sum = checksum(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum);
        assert_eq!(
            Envelope::decode(&bytes),
            Err(CryptoError::Newer { found: 2, known: 1 })
        );
    }

    #[test]
    fn names_that_do_not_fit_are_refused() {
        let (_, mut envelope) = sample();
        envelope.binding.file = "x".repeat(256);
        assert!(matches!(
            envelope.encode(),
            Err(CryptoError::Unrepresentable(_))
        ));
    }

    proptest! {
        #[test]
        fn any_flip_or_cut_is_damage(at in any::<proptest::sample::Index>(), bit in 0u8..8) {
            let bytes = sample().1.encode().unwrap();
            let i = at.index(bytes.len());
            let mut flipped = bytes.clone();
            flipped[i] ^= 1 << bit;
            prop_assert!(matches!(Envelope::decode(&flipped), Err(CryptoError::Damaged(_))));
            prop_assert!(matches!(Envelope::decode(&bytes[..i]), Err(CryptoError::Damaged(_))));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Envelope::decode(&bytes);
            // With a right checksum too, so that the inner parser is reached.
            let mut body = MAGIC.to_vec();
            body.extend_from_slice(&[0, 1]);
            body.extend_from_slice(&bytes);
            let sum = checksum(&body);
            body.extend_from_slice(&sum);
            let _ = Envelope::decode(&body);
        }
    }
}
