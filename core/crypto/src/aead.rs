//! Small messages sealed whole: ChaCha20-Poly1305 (RFC 8439) under a random nonce.
//!
//! Invariant: `sealed = nonce(12) ‖ ciphertext ‖ tag(16)`. Nonces are drawn at random, so one key seals at most 2³²
//! messages (NIST SP 800-38D's bound for 96-bit random nonces); files of many chunks use [`crate::sealed_file`] instead.

use hues_env::Random;
use ring::aead::{Aad, LessSafeKey, Nonce, UnboundKey, CHACHA20_POLY1305};
use zeroize::Zeroizing;

use crate::error::CryptoError;
use crate::secret::SecretKey;

/// Bytes of a nonce.
pub const NONCE_LEN: usize = 12;
/// Bytes of an authentication tag.
pub const TAG_LEN: usize = 16;
/// What sealing adds to a message.
pub const OVERHEAD: usize = NONCE_LEN + TAG_LEN;

/// Seals `plaintext` under `key`, bound to `aad` (which is not stored).
#[must_use]
pub fn seal(key: &SecretKey, aad: &[u8], plaintext: &[u8], random: &mut dyn Random) -> Vec<u8> {
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce);
    let mut out = Vec::with_capacity(plaintext.len() + OVERHEAD);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plaintext);
    let tag = seal_in_place(key, nonce, aad, &mut out[NONCE_LEN..]);
    out.extend_from_slice(&tag);
    out
}

/// Opens what [`seal`] made.
///
/// # Errors
/// [`CryptoError::Damaged`] for every failure: an AEAD cannot tell a wrong key or AAD from changed bytes.
pub fn open(key: &SecretKey, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let (nonce, body) = sealed
        .split_first_chunk::<NONCE_LEN>()
        .ok_or(CryptoError::Damaged("sealed message too short"))?;
    let mut buffer = Zeroizing::new(body.to_vec());
    let len = open_in_place(key, *nonce, aad, &mut buffer)?;
    buffer.truncate(len);
    Ok(buffer)
}

/// Encrypts `message` where it lies and gives its tag. The caller vouches that `nonce` is fresh for `key`.
pub(crate) fn seal_in_place(
    key: &SecretKey,
    nonce: [u8; NONCE_LEN],
    aad: &[u8],
    message: &mut [u8],
) -> [u8; TAG_LEN] {
    let mut out = [0; TAG_LEN];
    // ring refuses only messages of 256 GiB and more, which no buffer here can be.
    match ring_key(key).seal_in_place_separate_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(aad),
        message,
    ) {
        Ok(tag) => out.copy_from_slice(tag.as_ref()),
        Err(_) => unreachable!("a message in memory is below the cipher's bound"),
    }
    out
}

/// Decrypts `ciphertext ‖ tag` where it lies; the plaintext is the first `n` bytes, `n` being the result.
pub(crate) fn open_in_place(
    key: &SecretKey,
    nonce: [u8; NONCE_LEN],
    aad: &[u8],
    sealed: &mut [u8],
) -> Result<usize, CryptoError> {
    ring_key(key)
        .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(aad), sealed)
        .map(|plain| plain.len())
        .map_err(|_| CryptoError::Damaged("authentication failed"))
}

fn ring_key(key: &SecretKey) -> LessSafeKey {
    match UnboundKey::new(&CHACHA20_POLY1305, key.expose()) {
        Ok(key) => LessSafeKey::new(key),
        Err(_) => unreachable!("a SecretKey has the cipher's 32 bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hues_env::SeededRandom;
    use proptest::prelude::*;

    fn key(seed: u64) -> SecretKey {
        SecretKey::random(&mut SeededRandom::new(seed))
    }

    #[test]
    fn frozen_bytes() {
        let sealed = seal(&key(1), b"aad", b"hello", &mut SeededRandom::new(2));
        insta::assert_snapshot!(hex::encode(sealed));
    }

    proptest! {
        #[test]
        fn round_trips_and_refuses_any_change(
            plain in proptest::collection::vec(any::<u8>(), 0..300),
            aad in proptest::collection::vec(any::<u8>(), 0..20),
            at in any::<proptest::sample::Index>(),
            bit in 0u8..8,
        ) {
            let sealed = seal(&key(1), &aad, &plain, &mut SeededRandom::new(2));
            prop_assert_eq!(sealed.len(), plain.len() + OVERHEAD);
            prop_assert_eq!(&open(&key(1), &aad, &sealed).unwrap()[..], &plain[..]);
            prop_assert!(open(&key(3), &aad, &sealed).is_err());
            prop_assert!(open(&key(1), b"another context, longer than any", &sealed).is_err());
            prop_assert!(open(&key(1), &aad, &sealed[..at.index(sealed.len())]).is_err());
            let mut flipped = sealed.clone();
            flipped[at.index(sealed.len())] ^= 1 << bit;
            prop_assert!(open(&key(1), &aad, &flipped).is_err());
        }
    }
}
