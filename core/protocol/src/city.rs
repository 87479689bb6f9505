//! What the city signs, as one family: a label, the role that may sign it, the time it states, the key list it needs.
//!
//! Invariant: a value of type [`Signed`] came out of a check against a key list or was signed here; nothing else makes one.

use hues_crypto::sign::SigningKey;

use crate::cbor::Malformed;
use crate::fields::Fields;
use crate::ids::{Hash, Kid};
use crate::keys::Role;
use crate::sign1::{Sign1, MAX_OBJECT};

/// A kind of object that the city signs (§2).
pub trait CitySigned: Sized {
    /// The type label, key 0 of the payload.
    const LABEL: &'static str;
    /// The role a key needs to sign it.
    const ROLE: Role;
    /// Largest size of the signed bytes.
    const MAX: usize = MAX_OBJECT;

    /// Reads the payload's fields, whatever its label says.
    ///
    /// # Errors
    /// [`Malformed`] when a field is missing or of another type.
    fn from_fields(fields: &Fields) -> Result<Self, Malformed>;

    /// The payload's fields without the label.
    fn to_fields(&self) -> Fields;

    /// The object's own time, which must lie within its key's validity.
    fn time(&self) -> i64;

    /// The version of the key list the city had when it signed.
    fn keys_version(&self) -> u64;

    /// Signs with a key of the role.
    #[must_use]
    fn sign(self, key: &SigningKey) -> Signed<Self> {
        let payload = self.to_fields().with(0, Self::LABEL);
        let sign1 = Sign1::sign(
            payload,
            key,
            Some(Kid(hues_crypto::sign::kid(&key.public()))),
        );
        Signed { sign1, value: self }
    }
}

/// A city-signed object whose form is right and whose signer is not yet judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<T> {
    pub(crate) sign1: Sign1,
    pub(crate) value: T,
}

impl<T: CitySigned> Parsed<T> {
    /// Parses the form.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Parsed<T>, Malformed> {
        let sign1 = Sign1::parse(bytes, T::MAX)?;
        if sign1.kid().is_none() {
            return Err(Malformed("no kid"));
        }
        let value = T::from_fields(sign1.fields())?;
        Ok(Parsed { sign1, value })
    }

    /// What it says, unproven.
    #[must_use]
    pub fn unproven(&self) -> &T {
        &self.value
    }

    /// SHA-256 of the bytes.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash(self.sign1.hash())
    }
}

/// A city-signed object that a key list vouched for, with the bytes that were signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed<T> {
    pub(crate) sign1: Sign1,
    pub(crate) value: T,
}

impl<T> Signed<T> {
    /// The complete COSE bytes, to be kept and passed on as they are.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.sign1.bytes()
    }

    /// The complete COSE bytes, taken out.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.sign1.into_bytes()
    }

    /// H(x): SHA-256 of the bytes.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash(self.sign1.hash())
    }

    /// What it says.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// What it says, taken out.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }
}

impl<T> std::ops::Deref for Signed<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}
