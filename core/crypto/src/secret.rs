//! Key bytes that wipe themselves and cannot be printed.
//!
//! Invariant: the bytes live in one heap cell that is zeroed on drop; moving the value moves the pointer, so no stale
//! copy stays on a stack. `Debug` shows nothing, there is no `Clone`, no serde and no `Display`.

use hues_env::Random;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::CryptoError;

/// `N` secret bytes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Secret<const N: usize>(Box<[u8; N]>);

/// A 256-bit symmetric key.
pub type SecretKey = Secret<32>;

impl<const N: usize> Secret<N> {
    /// Fresh bytes from `random`.
    #[must_use]
    pub fn random(random: &mut dyn Random) -> Self {
        let mut cell = Box::new([0; N]);
        random.fill(cell.as_mut_slice());
        Secret(cell)
    }

    /// Takes over existing bytes and wipes the array they came in.
    #[must_use]
    pub fn take(bytes: &mut [u8; N]) -> Self {
        let cell = Box::new(*bytes);
        bytes.zeroize();
        Secret(cell)
    }

    /// Copies `bytes`; the caller wipes its own.
    ///
    /// # Errors
    /// [`CryptoError::Damaged`] when there are not exactly `N`.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, CryptoError> {
        let mut cell = Box::new([0; N]);
        if bytes.len() != N {
            return Err(CryptoError::Damaged("key length"));
        }
        cell.copy_from_slice(bytes);
        Ok(Secret(cell))
    }

    /// The bytes, for handing to a primitive. Do not copy them.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// A second owner of the same bytes. Named, so that a copy of a key is always a decision.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Secret(Box::new(*self.0))
    }
}

impl<const N: usize> std::fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Equality in time that depends on the length only.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    let differ = a
        .iter()
        .zip(b)
        .fold(0, |acc, (x, y)| std::hint::black_box(acc | (x ^ y)));
    a.len() == b.len() && differ == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use hues_env::SeededRandom;

    #[test]
    fn debug_shows_nothing() {
        let key = SecretKey::random(&mut SeededRandom::new(1));
        assert_eq!(format!("{key:?}"), "Secret(..)");
    }

    #[test]
    fn take_wipes_its_source() {
        let mut bytes = [7u8; 32];
        let key = SecretKey::take(&mut bytes);
        assert_eq!(bytes, [0; 32]);
        assert_eq!(key.expose(), &[7; 32]);
    }

    #[test]
    fn from_slice_wants_the_exact_length() {
        assert!(SecretKey::from_slice(&[0; 31]).is_err());
        assert!(SecretKey::from_slice(&[0; 32]).is_ok());
    }

    #[test]
    fn equal_sees_every_byte_and_the_length() {
        assert!(equal(b"abc", b"abc"));
        assert!(!equal(b"abc", b"abd"));
        assert!(!equal(b"abc", b"abcd"));
    }
}
