//! The author part: who is behind a lane, for nobody but those the sender chose.
//!
//! Invariant: a certificate binds the device op key to one lane key, so that an author part cannot be moved to another
//! lane; the sealed form is bound to the lane by the AEAD as well.

use ciborium::value::Value;
use hues_crypto::hpke::{self, OpeningKey, Sealed};
use hues_crypto::sign::{verify, PublicKey, Signature, SigningKey};
use hues_env::Random;
use thiserror::Error;

use crate::cbor;
use crate::fields::{blob, Fields};
use crate::ids::Kid;
use crate::keys::KeyEntry;
use crate::lane::lane_id;
use crate::refusal::Rule;

const CERT_LABEL: &[u8] = b"hues.lane-cert.v1";
const HPKE_INFO: &[u8] = b"hues.author.v1";
/// A sealed author is 32 + 64 bytes, some framing and a tag; more is no author.
const MAX_CIPHERTEXT: usize = 256;

/// The author part's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// Intake sees the device op key.
    Named(LaneCertificate),
    /// Only the holder of the disclosure key can see it.
    Sealed {
        /// Which disclosure key.
        kid: Kid,
        /// The sealed certificate.
        sealed: Sealed,
    },
    /// Nothing.
    Anonymous,
}

/// A device op key's word that a lane is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneCertificate {
    /// The device op key; the city's device certificate says whose it is.
    pub device_key: PublicKey,
    /// Ed25519 over `"hues.lane-cert.v1"` ‖ lane public key.
    pub signature: Signature,
}

/// Why an author part could not be made or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AuthorError {
    /// The disclosure key cannot be used.
    #[error("unusable disclosure key")]
    DisclosureKey,
    /// Not sealed to this key, or for another lane, or changed.
    #[error("does not open")]
    Open,
    /// It opened, but the certificate inside is not good for this lane.
    #[error("bad lane certificate")]
    Certificate,
    /// The author is not sealed.
    #[error("not sealed")]
    NotSealed,
}

impl LaneCertificate {
    /// Certifies the lane of `lane_key`.
    #[must_use]
    pub fn issue(device: &SigningKey, lane_key: &PublicKey) -> LaneCertificate {
        LaneCertificate {
            device_key: device.public(),
            signature: device.sign(&message(lane_key)),
        }
    }

    /// Whether it certifies the lane of `lane_key`.
    #[must_use]
    pub fn covers(&self, lane_key: &PublicKey) -> bool {
        verify(&self.device_key, &message(lane_key), &self.signature)
    }

    fn to_fields(self, fields: Fields) -> Fields {
        fields
            .with(2, blob(&self.device_key))
            .with(3, blob(&self.signature))
    }

    fn from_fields(fields: &Fields) -> Result<LaneCertificate, cbor::Malformed> {
        Ok(LaneCertificate {
            device_key: fields.array(2)?,
            signature: fields.array(3)?,
        })
    }
}

impl Author {
    /// A named author.
    #[must_use]
    pub fn named(device: &SigningKey, lane_key: &PublicKey) -> Author {
        Author::Named(LaneCertificate::issue(device, lane_key))
    }

    /// A sealed author, to the disclosure key of the key list.
    ///
    /// # Errors
    /// [`AuthorError::DisclosureKey`].
    pub fn sealed(
        device: &SigningKey,
        lane_key: &PublicKey,
        disclosure: &KeyEntry,
        random: &mut dyn Random,
    ) -> Result<Author, AuthorError> {
        let inner = LaneCertificate::issue(device, lane_key).to_fields(Fields::new());
        let plain = cbor::encode(&inner.to_value());
        let sealed = hpke::seal(
            random,
            &disclosure.public,
            HPKE_INFO,
            &lane_id(lane_key).0,
            &plain,
        )
        .map_err(|_| AuthorError::DisclosureKey)?;
        Ok(Author::Sealed {
            kid: disclosure.kid(),
            sealed,
        })
    }

    /// Opens a sealed author and verifies the certificate in it. Every opening is to be told to the reporter.
    ///
    /// # Errors
    /// [`AuthorError`].
    pub fn open(
        &self,
        key: &OpeningKey,
        lane_key: &PublicKey,
    ) -> Result<LaneCertificate, AuthorError> {
        let Author::Sealed { sealed, .. } = self else {
            return Err(AuthorError::NotSealed);
        };
        let plain = key
            .open(HPKE_INFO, &lane_id(lane_key).0, sealed)
            .map_err(|_| AuthorError::Open)?;
        let certificate = cbor::decode(&plain, MAX_CIPHERTEXT)
            .and_then(Fields::from_value)
            .and_then(|fields| LaneCertificate::from_fields(&fields))
            .map_err(|_| AuthorError::Certificate)?;
        if certificate.covers(lane_key) {
            Ok(certificate)
        } else {
            Err(AuthorError::Certificate)
        }
    }

    /// Whether nobody is behind it.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        matches!(self, Author::Anonymous)
    }

    /// Whether it may stand on the lane of `lane_key`: a named author's certificate must cover it.
    ///
    /// # Errors
    /// [`Rule::Author`].
    pub fn check(&self, lane_key: &PublicKey) -> Result<(), Rule> {
        match self {
            Author::Named(certificate) if !certificate.covers(lane_key) => Err(Rule::Author),
            _ => Ok(()),
        }
    }

    /// The part's body.
    #[must_use]
    pub fn to_fields(&self) -> Fields {
        match self {
            Author::Named(certificate) => certificate.to_fields(Fields::new().with(1, 1)),
            Author::Sealed { kid, sealed } => Fields::new()
                .with(1, 2)
                .with(4, blob(&kid.0))
                .with(5, blob(&sealed.enc))
                .with(6, Value::Bytes(sealed.ciphertext.clone())),
            Author::Anonymous => Fields::new().with(1, 3),
        }
    }

    /// Reads a part's body.
    ///
    /// # Errors
    /// [`Rule::AuthorTicket`] for the reserved kind, [`Rule::Author`] for everything else that is no author.
    pub fn from_fields(fields: &Fields) -> Result<Author, Rule> {
        let read = || match fields.uint(1)? {
            1 => LaneCertificate::from_fields(fields)
                .map(Author::Named)
                .map(Ok),
            2 => Ok(Ok(Author::Sealed {
                kid: Kid(fields.array(4)?),
                sealed: Sealed {
                    enc: fields.array(5)?,
                    ciphertext: fields.bytes(6)?.to_vec(),
                },
            })),
            3 => Ok(Ok(Author::Anonymous)),
            4 => Ok(Err(Rule::AuthorTicket)),
            _ => Err(cbor::Malformed("author kind")),
        };
        match read().map_err(|_: cbor::Malformed| Rule::Author)?? {
            Author::Sealed { sealed, .. } if sealed.ciphertext.len() > MAX_CIPHERTEXT => {
                Err(Rule::Author)
            }
            author => Ok(author),
        }
    }
}

fn message(lane_key: &PublicKey) -> Vec<u8> {
    [CERT_LABEL, lane_key].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Role;
    use hues_env::SeededRandom;

    fn disclosure(key: &OpeningKey) -> KeyEntry {
        KeyEntry {
            role: Role::Disclosure,
            public: key.public().unwrap(),
            not_before: 0,
            not_after: 9,
        }
    }

    #[test]
    fn every_kind_comes_back() {
        let (device, lane) = (
            SigningKey::from_seed(&[1; 32]),
            SigningKey::from_seed(&[2; 32]).public(),
        );
        let key = OpeningKey::from_bytes(&[3; 32]);
        let sealed =
            Author::sealed(&device, &lane, &disclosure(&key), &mut SeededRandom::new(1)).unwrap();
        for author in [Author::named(&device, &lane), sealed, Author::Anonymous] {
            assert_eq!(Author::from_fields(&author.to_fields()), Ok(author.clone()));
            assert_eq!(author.check(&lane), Ok(()));
        }
    }

    #[test]
    fn a_seal_opens_for_its_holder_and_lane_alone() {
        let (device, lane) = (
            SigningKey::from_seed(&[1; 32]),
            SigningKey::from_seed(&[2; 32]).public(),
        );
        let key = OpeningKey::from_bytes(&[3; 32]);
        let author =
            Author::sealed(&device, &lane, &disclosure(&key), &mut SeededRandom::new(1)).unwrap();
        assert_eq!(
            author.open(&key, &lane).unwrap().device_key,
            device.public()
        );
        assert_eq!(
            author.open(&OpeningKey::from_bytes(&[4; 32]), &lane),
            Err(AuthorError::Open)
        );
        assert_eq!(author.open(&key, &[9; 32]), Err(AuthorError::Open));
        assert_eq!(
            Author::Anonymous.open(&key, &lane),
            Err(AuthorError::NotSealed)
        );
    }

    #[test]
    fn a_certificate_does_not_move_to_another_lane() {
        let device = SigningKey::from_seed(&[1; 32]);
        assert_eq!(
            Author::named(&device, &[2; 32]).check(&[3; 32]),
            Err(Rule::Author)
        );
    }

    #[test]
    fn reserved_and_odd_kinds() {
        assert_eq!(
            Author::from_fields(&Fields::new().with(1, 4)),
            Err(Rule::AuthorTicket)
        );
        assert_eq!(
            Author::from_fields(&Fields::new().with(1, 5)),
            Err(Rule::Author)
        );
        assert_eq!(
            Author::from_fields(&Fields::new().with(1, 1)),
            Err(Rule::Author)
        );
        assert_eq!(Author::from_fields(&Fields::new()), Err(Rule::Author));
    }
}
