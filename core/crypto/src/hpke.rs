//! HPKE base mode (RFC 9180) in the one suite of the protocol: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
//! ChaCha20-Poly1305. It seals something to a key whose holder is not there: the author of a report to the city's
//! disclosure key.
//!
//! Invariant: every sealing draws a fresh ephemeral key from the `Random` it is given; nothing is sealed twice under one.

use std::fmt;

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{CryptoRng, RngCore};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use hues_env::Random;
use thiserror::Error;
use zeroize::Zeroizing;

type Suite = X25519HkdfSha256;

/// Something sealed: the ephemeral public key and the ciphertext with its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The encapsulated key (`enc` of RFC 9180), 32 bytes.
    pub enc: [u8; 32],
    /// Ciphertext and the 16-byte tag.
    pub ciphertext: Vec<u8>,
}

/// Why sealing or opening did not happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HpkeError {
    /// The recipient's public key is no usable X25519 key (of low order, say).
    #[error("unusable public key")]
    PublicKey,
    /// It was not sealed to this key with this info and aad, or was changed since.
    #[error("does not open")]
    Open,
}

/// An X25519 private key that opens what was sealed to its public half.
pub struct OpeningKey(Box<Zeroizing<[u8; 32]>>);

impl OpeningKey {
    /// The key of these 32 secret bytes. The caller wipes its own copy.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> OpeningKey {
        OpeningKey(Box::new(Zeroizing::new(*bytes)))
    }

    /// A fresh key.
    #[must_use]
    pub fn generate(random: &mut dyn Random) -> OpeningKey {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(bytes.as_mut_slice());
        OpeningKey::from_bytes(&bytes)
    }

    /// The public half, 32 bytes.
    ///
    /// # Errors
    /// Never for 32 bytes; the type of the primitive demands it.
    pub fn public(&self) -> Result<[u8; 32], HpkeError> {
        Ok(Suite::sk_to_pk(&self.private()?).to_bytes().into())
    }

    /// The secret bytes, for sealing them at rest.
    #[must_use]
    pub fn expose_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Opens `sealed`.
    ///
    /// # Errors
    /// [`HpkeError::Open`] when key, info, aad or bytes differ from those of the sealing.
    pub fn open(
        &self,
        info: &[u8],
        aad: &[u8],
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, HpkeError> {
        let enc =
            <Suite as Kem>::EncappedKey::from_bytes(&sealed.enc).map_err(|_| HpkeError::Open)?;
        hpke::single_shot_open::<ChaCha20Poly1305, HkdfSha256, Suite>(
            &OpModeR::Base,
            &self.private()?,
            &enc,
            info,
            &sealed.ciphertext,
            aad,
        )
        .map(Zeroizing::new)
        .map_err(|_| HpkeError::Open)
    }

    fn private(&self) -> Result<<Suite as Kem>::PrivateKey, HpkeError> {
        <Suite as Kem>::PrivateKey::from_bytes(self.0.as_slice()).map_err(|_| HpkeError::Open)
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpeningKey(..)")
    }
}

/// Seals `plaintext` to `public`.
///
/// # Errors
/// [`HpkeError::PublicKey`] when `public` cannot be used.
pub fn seal(
    random: &mut dyn Random,
    public: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<Sealed, HpkeError> {
    let public = <Suite as Kem>::PublicKey::from_bytes(public).map_err(|_| HpkeError::PublicKey)?;
    let (enc, ciphertext) = hpke::single_shot_seal::<ChaCha20Poly1305, HkdfSha256, Suite, _>(
        &OpModeS::Base,
        &public,
        info,
        plaintext,
        aad,
        &mut Adapter(random),
    )
    .map_err(|_| HpkeError::PublicKey)?;
    Ok(Sealed {
        enc: enc.to_bytes().into(),
        ciphertext,
    })
}

/// Lends the house's randomness to the primitive's own trait.
struct Adapter<'a>(&'a mut dyn Random);

impl RngCore for Adapter<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut b = [0; 4];
        self.0.fill(&mut b);
        u32::from_le_bytes(b)
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill(dest);
    }
}

/// True of [`hues_env::SystemRandom`], which is what a phone passes in.
impl CryptoRng for Adapter<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use hues_env::SeededRandom;

    fn unhex<const N: usize>(text: &str) -> [u8; N] {
        let mut out = [0; N];
        for (i, byte) in out.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap();
        }
        out
    }

    /// RFC 9180 appendix A.2.1 (this suite, base mode), first encryption.
    #[test]
    fn rfc_9180_vector_opens() {
        let key = OpeningKey::from_bytes(&unhex(
            "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
        ));
        assert_eq!(
            key.public().unwrap(),
            unhex::<32>("4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a")
        );
        let sealed = Sealed {
            enc: unhex("1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"),
            ciphertext: unhex::<45>(
                "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
            )
            .to_vec(),
        };
        let plain = key
            .open(b"Ode on a Grecian Urn", b"Count-0", &sealed)
            .unwrap();
        assert_eq!(plain.as_slice(), b"Beauty is truth, truth beauty");
    }

    #[test]
    fn opens_only_as_sealed() {
        let mut random = SeededRandom::new(3);
        let key = OpeningKey::generate(&mut random);
        let sealed = seal(
            &mut random,
            &key.public().unwrap(),
            b"info",
            b"aad",
            b"secret",
        )
        .unwrap();
        assert_eq!(
            key.open(b"info", b"aad", &sealed).unwrap().as_slice(),
            b"secret"
        );
        assert_eq!(key.open(b"other", b"aad", &sealed), Err(HpkeError::Open));
        assert_eq!(key.open(b"info", b"other", &sealed), Err(HpkeError::Open));
        assert_eq!(
            OpeningKey::generate(&mut random).open(b"info", b"aad", &sealed),
            Err(HpkeError::Open)
        );
        let mut bad = sealed.clone();
        bad.ciphertext[0] ^= 1;
        assert_eq!(key.open(b"info", b"aad", &bad), Err(HpkeError::Open));
        assert_eq!(
            key.open(
                b"info",
                b"aad",
                &Sealed {
                    ciphertext: vec![],
                    ..sealed
                }
            ),
            Err(HpkeError::Open)
        );
    }

    #[test]
    fn each_sealing_is_fresh() {
        let mut random = SeededRandom::new(3);
        let public = OpeningKey::generate(&mut random).public().unwrap();
        let mut once = || seal(&mut random, &public, b"", b"", b"x").unwrap();
        assert_ne!(once(), once());
    }

    #[test]
    fn a_low_order_key_is_refused() {
        assert_eq!(
            seal(&mut SeededRandom::new(1), &[0; 32], b"", b"", b"x"),
            Err(HpkeError::PublicKey)
        );
    }
}
