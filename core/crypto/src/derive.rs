//! One key from another: HKDF-SHA-256 (RFC 5869) with a label, so that one file key serves many purposes without any
//! two of them sharing bytes.
//!
//! Invariant: labels are versioned constants (`hues/…/v1`); a label is never reused for another meaning.

use ring::hkdf::{KeyType, Salt, HKDF_SHA256};

use crate::secret::{Secret, SecretKey};

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// The `N`-byte secret for `label` and `context` below `key`. Label and context are kept apart by a length prefix.
#[must_use]
pub fn derive<const N: usize>(
    key: &SecretKey,
    salt: &[u8],
    label: &str,
    context: &[u8],
) -> Secret<N> {
    const { assert!(N <= 255 * 32, "HKDF-SHA-256 gives at most 255 blocks") };
    let prk = Salt::new(HKDF_SHA256, salt).extract(key.expose());
    let label_len = (label.len() as u64).to_be_bytes();
    let info = [&label_len[..], label.as_bytes(), context];
    let mut out = [0; N];
    // Both steps can only refuse a length above 255 blocks, which the assertion above excludes at compile time.
    if prk
        .expand(&info, Length(N))
        .and_then(|okm| okm.fill(&mut out))
        .is_err()
    {
        unreachable!("N is within HKDF's bound")
    }
    Secret::take(&mut out)
}

/// The 32-byte key for `label` below `key`.
#[must_use]
pub fn derive_key(key: &SecretKey, label: &str) -> SecretKey {
    derive(key, &[], label, &[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use hues_env::SeededRandom;

    #[test]
    fn labels_salts_and_contexts_part_the_keys() {
        let key = SecretKey::random(&mut SeededRandom::new(1));
        let all = [
            derive::<32>(&key, b"", "a", b""),
            derive::<32>(&key, b"", "b", b""),
            derive::<32>(&key, b"s", "a", b""),
            derive::<32>(&key, b"", "a", b"c"),
            derive::<32>(&key, b"", "ac", b""),
        ];
        for (i, a) in all.iter().enumerate() {
            for b in &all[..i] {
                assert_ne!(a.expose(), b.expose());
            }
        }
        assert_eq!(derive_key(&key, "a").expose(), all[0].expose());
    }
}
