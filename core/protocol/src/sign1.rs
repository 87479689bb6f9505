//! COSE_Sign1 (RFC 9052 §4.2) in the one form the protocol takes: untagged, Ed25519, payload present, nothing unprotected.
//!
//! Invariant: a [`Sign1`] keeps the bytes that were signed. They are sent, stored and hashed as they are, never rebuilt.
//! Parsing does not verify: who may have signed is another question (the lane key's for ops, the key list's for the city).

use ciborium::value::Value;
use hues_crypto::hash::sha256;
use hues_crypto::sign::{verify, PublicKey, Signature, SigningKey};

use crate::cbor::{self, Malformed};
use crate::fields::{self, blob, Fields};
use crate::ids::Kid;

/// Largest signed object, except a pack.
pub const MAX_OBJECT: usize = 8 * 1024;
/// Largest signed pack.
pub const MAX_PACK: usize = 1024 * 1024;

/// COSE algorithm identifier of EdDSA.
const EDDSA: i64 = -8;

/// A signed object, parsed but not verified.
#[derive(Clone, PartialEq)]
pub struct Sign1 {
    bytes: Vec<u8>,
    kid: Option<Kid>,
    protected: Vec<u8>,
    payload: Vec<u8>,
    signature: Signature,
    fields: Fields,
}

impl Sign1 {
    /// Parses at most `max` bytes.
    ///
    /// # Errors
    /// [`Malformed`] when the envelope, its headers or the payload's outer form are not those of §1.
    pub fn parse(bytes: &[u8], max: usize) -> Result<Sign1, Malformed> {
        let outer = cbor::decode(bytes, max)?;
        let [protected, unprotected, payload, signature] = fields::list(&outer)? else {
            return Err(Malformed("not four elements"));
        };
        if unprotected.as_map().is_none_or(|map| !map.is_empty()) {
            return Err(Malformed("unprotected header"));
        }
        let (protected, payload) = (fields::bytes(protected)?, fields::bytes(payload)?);
        let fields = Fields::from_value(cbor::decode(payload, max)?)?;
        fields.text(0)?;
        Ok(Sign1 {
            kid: parse_protected(protected)?,
            protected: protected.to_vec(),
            payload: payload.to_vec(),
            signature: fields::array(signature)?,
            fields,
            bytes: bytes.to_vec(),
        })
    }

    /// Signs `payload` with `key`; `kid` is named in the protected header when given (the city's objects).
    #[must_use]
    pub fn sign(payload: Fields, key: &SigningKey, kid: Option<Kid>) -> Sign1 {
        let protected = encode_protected(kid);
        let payload_bytes = cbor::encode(&payload.to_value());
        let signature = key.sign(&to_be_signed(&protected, &payload_bytes));
        let bytes = cbor::encode(&Value::Array(vec![
            blob(&protected),
            Value::Map(Vec::new()),
            blob(&payload_bytes),
            blob(&signature),
        ]));
        Sign1 {
            bytes,
            kid,
            protected,
            payload: payload_bytes,
            signature,
            fields: payload,
        }
    }

    /// Whether `public` made the signature.
    #[must_use]
    pub fn verifies(&self, public: &PublicKey) -> bool {
        verify(
            public,
            &to_be_signed(&self.protected, &self.payload),
            &self.signature,
        )
    }

    /// The complete COSE bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The complete COSE bytes, taken out.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// H(x): SHA-256 of the complete COSE bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        sha256(&self.bytes)
    }

    /// The key id of the protected header: present on what the city signs, absent on an op.
    #[must_use]
    pub fn kid(&self) -> Option<Kid> {
        self.kid
    }

    /// The payload's fields; key 0 is text.
    #[must_use]
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The type label, key 0.
    #[must_use]
    pub fn label(&self) -> &str {
        self.fields.text(0).unwrap_or_default()
    }
}

/// Label and size alone: the payload may be somebody's words.
impl std::fmt::Debug for Sign1 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sign1({:?}, {} bytes)", self.label(), self.bytes.len())
    }
}

/// `{1: -8}` or `{1: -8, 4: kid}` and nothing else.
fn parse_protected(bytes: &[u8]) -> Result<Option<Kid>, Malformed> {
    let map = Fields::from_value(cbor::decode(bytes, 64)?)?;
    let kid = map.optional(4, fields::array)?.map(Kid);
    if encode_protected(kid) == bytes {
        Ok(kid)
    } else {
        Err(Malformed("protected header"))
    }
}

fn encode_protected(kid: Option<Kid>) -> Vec<u8> {
    let mut map = Fields::new().with(1, EDDSA);
    if let Some(kid) = kid {
        map.set(4, blob(&kid.0));
    }
    cbor::encode(&map.to_value())
}

/// The Sig_structure of RFC 9052 §4.4 with an empty `external_aad`.
fn to_be_signed(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    cbor::encode(&Value::Array(vec![
        Value::from("Signature1"),
        blob(protected),
        blob(&[]),
        blob(payload),
    ]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(kid: Option<Kid>) -> Sign1 {
        Sign1::sign(
            Fields::new().with(0, "hues.test.v1").with(1, 7),
            &SigningKey::from_seed(&[9; 32]),
            kid,
        )
    }

    #[test]
    fn round_trip_keeps_the_bytes() {
        for kid in [None, Some(Kid([4; 8]))] {
            let signed = sample(kid);
            let parsed = Sign1::parse(signed.bytes(), MAX_OBJECT).unwrap();
            assert_eq!(parsed, signed);
            assert_eq!((parsed.kid(), parsed.label()), (kid, "hues.test.v1"));
            assert!(parsed.verifies(&SigningKey::from_seed(&[9; 32]).public()));
            assert!(!parsed.verifies(&SigningKey::from_seed(&[8; 32]).public()));
        }
    }

    #[test]
    fn coset_reads_and_verifies_it_too() {
        use coset::CborSerializable;
        let signed = sample(Some(Kid([4; 8])));
        let theirs = coset::CoseSign1::from_slice(signed.bytes()).unwrap();
        assert_eq!(
            theirs.protected.header.alg,
            Some(coset::RegisteredLabelWithPrivate::Assigned(
                coset::iana::Algorithm::EdDSA
            ))
        );
        assert_eq!(theirs.protected.header.key_id, vec![4; 8]);
        let public = SigningKey::from_seed(&[9; 32]).public();
        theirs
            .verify_signature(b"", |signature, data| {
                if verify(&public, data, signature) {
                    Ok(())
                } else {
                    Err(())
                }
            })
            .unwrap();
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let signed = sample(None);
        let public = SigningKey::from_seed(&[9; 32]).public();
        for bit in 0..signed.bytes().len() * 8 {
            let mut bytes = signed.bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(
                !Sign1::parse(&bytes, MAX_OBJECT).is_ok_and(|bad| bad.verifies(&public)),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn other_headers_are_refused() {
        let with = |protected: &[u8], unprotected: Value| {
            let payload = cbor::encode(&Fields::new().with(0, "x").to_value());
            let bytes = cbor::encode(&Value::Array(vec![
                blob(protected),
                unprotected,
                blob(&payload),
                blob(&[0; 64]),
            ]));
            Sign1::parse(&bytes, MAX_OBJECT)
        };
        let empty = || Value::Map(vec![]);
        assert!(with(b"\xa1\x01\x27", empty()).is_ok());
        assert!(with(b"\xa1\x01\x26", empty()).is_err(), "ES256");
        assert!(
            with(b"\xa2\x01\x27\x05\x40", empty()).is_err(),
            "one more header"
        );
        assert!(with(b"\xa2\x01\x27\x04\x40", empty()).is_err(), "short kid");
        assert!(with(b"", empty()).is_err(), "empty protected");
        assert!(
            with(
                b"\xa1\x01\x27",
                Value::Map(vec![(Value::from(4), blob(&[0; 8]))])
            )
            .is_err(),
            "unprotected kid"
        );
        assert!(with(b"\xa1\x01\x27", Value::Null).is_err());
    }
}
