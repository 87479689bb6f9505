//! Ed25519 signatures (RFC 8032) over `ring`.
//!
//! Invariant: a signing key is held as its 32-byte seed in memory that wipes itself, is never printed or cloned, and is
//! expanded only for the length of one signature (`ring`'s expanded key does not wipe itself, so it is not kept).

use std::fmt;

use hues_env::Random;
use ring::signature::{Ed25519KeyPair, KeyPair, UnparsedPublicKey, ED25519};
use zeroize::Zeroizing;

use crate::hash::sha256;

/// An Ed25519 public key, 32 bytes.
pub type PublicKey = [u8; 32];
/// An Ed25519 signature, 64 bytes.
pub type Signature = [u8; 64];

/// An Ed25519 key pair.
pub struct SigningKey {
    seed: Box<Zeroizing<[u8; 32]>>,
    public: PublicKey,
}

impl SigningKey {
    /// The key of a seed (RFC 8032 §5.1.5). The caller wipes its own copy.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> SigningKey {
        let mut public = [0; 32];
        copy(&mut public, expand(seed).public_key().as_ref());
        SigningKey {
            seed: Box::new(Zeroizing::new(*seed)),
            public,
        }
    }

    /// A fresh key.
    #[must_use]
    pub fn generate(random: &mut dyn Random) -> SigningKey {
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(seed.as_mut_slice());
        SigningKey::from_seed(&seed)
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The seed, for sealing it at rest. Do not copy it anywhere else.
    #[must_use]
    pub fn expose_seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// Signs `message`. Deterministic: the same key and message give the same 64 bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        let mut out = [0; 64];
        copy(&mut out, expand(&self.seed).sign(message).as_ref());
        out
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(..)")
    }
}

/// Whether `signature` is `public`'s over `message`. A key or signature of the wrong length is simply not good, nor is
/// anything under a key of small order.
#[must_use]
pub fn verify(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    !has_small_order(public)
        && UnparsedPublicKey::new(&ED25519, public)
            .verify(message, signature)
            .is_ok()
}

/// Whether a key is one of the eight points of small order, in any of their encodings. RFC 8032 lets them pass and *ring*
/// follows it; but under such a key one signature fits many messages, so it binds nobody to anything.
fn has_small_order(public: &[u8]) -> bool {
    let Ok(mut y) = <PublicKey>::try_from(public) else {
        return false;
    };
    y[31] &= 0x7f; // the sign of x
    SMALL_ORDER.contains(&y)
}

/// The 255-bit number whose lowest byte is `last` and all others are ones: p is the one with 0xed.
const fn near_prime(last: u8) -> PublicKey {
    let mut y = [0xff; 32];
    y[0] = last;
    y[31] = 0x7f;
    y
}

/// The y of the points of small order: 0, 1, −1, the two of order 8, and the encodings of 0 and 1 that are not reduced.
const SMALL_ORDER: [PublicKey; 7] = [
    [0; 32],
    {
        let mut y = [0; 32];
        y[0] = 1;
        y
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    near_prime(0xec),
    near_prime(0xed),
    near_prime(0xee),
];

/// The short name of a public key: the first 8 bytes of its SHA-256.
#[must_use]
pub fn kid(public: &[u8; 32]) -> [u8; 8] {
    let mut out = [0; 8];
    copy(&mut out, &sha256(public));
    out
}

fn expand(seed: &[u8; 32]) -> Ed25519KeyPair {
    // `ring` refuses only a seed that is not 32 bytes long; the type excludes that.
    #[allow(clippy::expect_used)]
    Ed25519KeyPair::from_seed_unchecked(seed).expect("32 bytes are a seed")
}

/// Copies as many bytes as both have; the lengths are equal by the definition of Ed25519.
fn copy(to: &mut [u8], from: &[u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use hues_env::SeededRandom;

    /// RFC 8032 §7.1, test 1.
    #[test]
    fn rfc_8032_vector() {
        let seed = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec,
            0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03,
            0x1c, 0xae, 0x7f, 0x60,
        ];
        let key = SigningKey::from_seed(&seed);
        assert_eq!(key.public()[..4], [0xd7, 0x5a, 0x98, 0x01]);
        let signature = key.sign(b"");
        assert_eq!(signature[..4], [0xe5, 0x56, 0x43, 0x00]);
        assert_eq!(
            signature[60..],
            [0x24, 0x65, 0x51, 0x41, 0x43, 0x8e, 0x7a, 0x10, 0x0b][5..]
        );
        assert!(verify(&key.public(), b"", &signature));
    }

    #[test]
    fn any_flip_is_refused() {
        let key = SigningKey::generate(&mut SeededRandom::new(1));
        let signature = key.sign(b"words");
        assert!(!verify(&key.public(), b"word", &signature));
        for at in 0..64 {
            let mut bad = signature;
            bad[at] ^= 1;
            assert!(!verify(&key.public(), b"words", &bad));
        }
        assert!(!verify(&key.public()[..31], b"words", &signature));
        assert!(!verify(&key.public(), b"words", &signature[..63]));
    }

    /// Found by fuzzing: under a key of small order a signature that nobody made fits one message in a few.
    #[test]
    fn a_key_of_small_order_signs_nothing() {
        for mut public in SMALL_ORDER {
            for sign in [0, 0x80] {
                public[31] |= sign;
                // R of small order and S = 0: good when R = −H(…)·A, that is, soon.
                for r in SMALL_ORDER {
                    let mut signature = [0; 64];
                    signature[..32].copy_from_slice(&r);
                    for n in 0..32u8 {
                        assert!(!verify(&public, &[n], &signature));
                    }
                }
            }
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(
            format!("{:?}", SigningKey::from_seed(&[7; 32])),
            "SigningKey(..)"
        );
    }
}
