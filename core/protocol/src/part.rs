//! A part: what one circle of readers may see of an op, salted, committed to by its hash.
//!
//! Invariant: a part keeps the bytes whose hash the header holds; who has the part and the header can verify both.

use ciborium::value::Value;
use hues_crypto::hash::sha256;
use hues_env::Random;

use crate::cbor::{self, Malformed};
use crate::fields::{blob, Fields};
use crate::ids::Hash;
use crate::op::{part_role, PartRef, PartRole};

/// Type label of a part.
pub const LABEL: &str = "hues.part.v1";
/// Largest part.
pub const MAX_PART: usize = 32 * 1024;

/// One part.
#[derive(Clone, PartialEq)]
pub struct Part {
    bytes: Vec<u8>,
    role: PartRole,
    salt: [u8; 16],
    body: Fields,
}

impl Part {
    /// Makes a part with a fresh salt.
    ///
    /// # Errors
    /// [`Malformed`] when the body does not fit into [`MAX_PART`].
    pub fn new(role: PartRole, body: Fields, random: &mut dyn Random) -> Result<Part, Malformed> {
        let mut salt = [0; 16];
        random.fill(&mut salt);
        Part::with_salt(role, body, salt)
    }

    /// Makes a part with a given salt.
    ///
    /// # Errors
    /// [`Malformed`] when the body does not fit into [`MAX_PART`].
    pub fn with_salt(role: PartRole, body: Fields, salt: [u8; 16]) -> Result<Part, Malformed> {
        let map = Fields::new()
            .with(0, LABEL)
            .with(1, role.0)
            .with(2, blob(&salt))
            .with(3, body.to_value());
        let bytes = cbor::encode(&map.to_value());
        if bytes.len() > MAX_PART {
            return Err(Malformed("too long"));
        }
        Ok(Part {
            bytes,
            role,
            salt,
            body,
        })
    }

    /// Reads a part.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Part, Malformed> {
        let map = Fields::from_value(cbor::decode(bytes, MAX_PART)?)?;
        if map.text(0)? != LABEL {
            return Err(Malformed("part label"));
        }
        Ok(Part {
            role: part_role(map.value(1)?)?,
            salt: map.array(2)?,
            body: Fields::from_value(map.value(3)?.clone())?,
            bytes: bytes.to_vec(),
        })
    }

    /// The bytes that are hashed, stored and sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash(sha256(&self.bytes))
    }

    /// The role it states.
    #[must_use]
    pub fn role(&self) -> PartRole {
        self.role
    }

    /// The random bytes that keep its hash from being guessed.
    #[must_use]
    pub fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Fields {
        &self.body
    }

    /// What a header says of it.
    #[must_use]
    pub fn reference(&self) -> PartRef {
        PartRef {
            role: self.role,
            hash: self.hash(),
        }
    }
}

/// Role and hash alone: the body is somebody's words.
impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Part({:?}, {:?})", self.role, self.hash())
    }
}

/// The references of `parts` in a header's order: by role, files in the order given.
#[must_use]
pub fn references(parts: &[Part]) -> Vec<PartRef> {
    let mut refs: Vec<PartRef> = parts.iter().map(Part::reference).collect();
    refs.sort_by_key(|part| part.role);
    refs
}

/// A list of parts as the byte strings of a bundle or proof.
pub(crate) fn to_value(parts: &[Part]) -> Value {
    Value::Array(parts.iter().map(|part| blob(part.bytes())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hues_env::SeededRandom;

    #[test]
    fn round_trip() {
        let part = Part::new(
            PartRole::UNIT,
            Fields::new().with(1, "Cây đổ"),
            &mut SeededRandom::new(1),
        )
        .unwrap();
        assert_eq!(Part::decode(part.bytes()).unwrap(), part);
    }

    #[test]
    fn the_salt_hides_what_is_guessable() {
        let mut random = SeededRandom::new(1);
        let mut make = || Part::new(PartRole::UNIT, Fields::new().with(1, 5), &mut random).unwrap();
        assert_ne!(make().hash(), make().hash());
    }

    #[test]
    fn what_is_no_part_is_refused() {
        let good = Fields::new()
            .with(0, LABEL)
            .with(1, 2)
            .with(2, blob(&[0; 16]))
            .with(3, Value::Map(vec![]));
        let decode = |map: Fields| Part::decode(&cbor::encode(&map.to_value()));
        assert!(decode(good.clone()).is_ok());
        assert!(
            decode(good.clone().with(4, 1)).is_ok(),
            "unknown keys are kept"
        );
        assert!(decode(good.clone().with(0, "hues.part.v2")).is_err());
        assert!(decode(good.clone().with(1, 0)).is_err());
        assert!(decode(good.clone().with(2, blob(&[0; 15]))).is_err());
        assert!(decode(good.with(3, "text")).is_err());
        assert!(Part::with_salt(
            PartRole::UNIT,
            Fields::new().with(1, "x".repeat(MAX_PART)),
            [0; 16]
        )
        .is_err());
    }
}
