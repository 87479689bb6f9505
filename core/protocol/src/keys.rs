//! The key list: which city key may say what, signed by the one root a phone pins.
//!
//! Invariant: a [`KeyList`] in hand was signed by the root it was checked against, or was given by a person as trusted; an
//! object is good only under a key whose role belongs to its label. Rollback and expiry never replace the kept list.

use ciborium::value::Value;
use hues_crypto::sign::{kid, PublicKey, SigningKey};
use thiserror::Error;

use crate::cbor::Malformed;
use crate::city::{CitySigned, Parsed, Signed};
use crate::fields::{self, blob, Fields};
use crate::ids::Kid;
use crate::sign1::{Sign1, MAX_OBJECT};

/// Type label of a key list.
pub const LABEL: &str = "hues.keys.v1";

/// What a key may sign (or, for [`Role::Disclosure`], open).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Receipts, refusals and forks.
    Receipts,
    /// Signed time.
    Beacons,
    /// Device certificates.
    Leases,
    /// Dated data.
    Packs,
    /// Commands to phones (reserved).
    Commands,
    /// An X25519 key: sealed authors are sealed to it.
    Disclosure,
    /// The ledger (reserved).
    Ledger,
    /// Notices.
    Units,
    /// A role of a later protocol: kept, never used.
    Other(u64),
}

impl Role {
    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u64 {
        match self {
            Role::Receipts => 1,
            Role::Beacons => 2,
            Role::Leases => 3,
            Role::Packs => 4,
            Role::Commands => 5,
            Role::Disclosure => 6,
            Role::Ledger => 7,
            Role::Units => 8,
            Role::Other(n) => n,
        }
    }

    /// The role of a number.
    #[must_use]
    pub fn from_number(n: u64) -> Role {
        match n {
            1 => Role::Receipts,
            2 => Role::Beacons,
            3 => Role::Leases,
            4 => Role::Packs,
            5 => Role::Commands,
            6 => Role::Disclosure,
            7 => Role::Ledger,
            8 => Role::Units,
            n => Role::Other(n),
        }
    }
}

/// One key of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEntry {
    /// What it may do.
    pub role: Role,
    /// The public key (Ed25519; X25519 for [`Role::Disclosure`]).
    pub public: PublicKey,
    /// First instant it is good for, milliseconds since 1970.
    pub not_before: i64,
    /// Last instant it is good for, included.
    pub not_after: i64,
}

impl KeyEntry {
    /// The key's short name.
    #[must_use]
    pub fn kid(&self) -> Kid {
        Kid(kid(&self.public))
    }

    fn covers(&self, time: i64) -> bool {
        (self.not_before..=self.not_after).contains(&time)
    }
}

/// What a key list says, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyListBody {
    /// The city's name.
    pub city: String,
    /// Grows with every list.
    pub version: u64,
    /// When it was signed.
    pub issued: i64,
    /// Last instant it may be used for new things.
    pub expires: i64,
    /// The keys.
    pub keys: Vec<KeyEntry>,
}

/// A signed key list.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyList {
    sign1: Sign1,
    body: KeyListBody,
}

/// Why a city-signed object is not believed. The order is the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TrustError {
    /// Not of the form of the protocol.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Another type label than expected.
    #[error("wrong label")]
    Label,
    /// No key of that name, or of another role, or not valid at the object's time.
    #[error("no such key for this")]
    Key,
    /// The signature does not verify.
    #[error("bad signature")]
    Signature,
    /// The object wants a newer key list than this one.
    #[error("key list is older than the object needs")]
    KeysOlder,
}

/// Why an offered key list does not replace the kept one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeysRefused {
    /// Not of the form of the protocol.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Not labelled as a key list.
    #[error("wrong label")]
    Label,
    /// Not signed by the pinned root.
    #[error("not signed by the pinned root")]
    Root,
    /// Expired by the newest beacon.
    #[error("expired")]
    Expired,
    /// A lower version than the kept one, or the same version with another content.
    #[error("rollback")]
    Rollback,
}

impl KeyListBody {
    /// Signs the list with the root.
    #[must_use]
    pub fn sign(self, root: &SigningKey) -> KeyList {
        let keys = self.keys.iter().map(|key| {
            Value::Array(vec![
                key.role.number().into(),
                blob(&key.kid().0),
                blob(&key.public),
                key.not_before.into(),
                key.not_after.into(),
            ])
        });
        let payload = Fields::new()
            .with(0, LABEL)
            .with(1, self.city.as_str())
            .with(2, self.version)
            .with(3, self.issued)
            .with(4, self.expires)
            .with(5, Value::Array(keys.collect()));
        KeyList {
            sign1: Sign1::sign(payload, root, Some(Kid(kid(&root.public())))),
            body: self,
        }
    }

    fn from_fields(fields: &Fields) -> Result<KeyListBody, Malformed> {
        let keys = fields
            .list(5)?
            .iter()
            .map(parse_entry)
            .collect::<Result<Vec<_>, _>>()?;
        for (i, key) in keys.iter().enumerate() {
            if keys[..i]
                .iter()
                .any(|other| other.public == key.public || other.kid() == key.kid())
            {
                return Err(Malformed("one key, two entries"));
            }
        }
        Ok(KeyListBody {
            city: fields.text(1)?.to_owned(),
            version: fields.uint(2)?,
            issued: fields.time(3)?,
            expires: fields.time(4)?,
            keys,
        })
    }
}

fn parse_entry(value: &Value) -> Result<KeyEntry, Malformed> {
    let [role, kid, public, not_before, not_after] = fields::list(value)? else {
        return Err(Malformed("key entry"));
    };
    let entry = KeyEntry {
        role: Role::from_number(fields::uint(role)?),
        public: fields::array(public)?,
        not_before: fields::time(not_before)?,
        not_after: fields::time(not_after)?,
    };
    if entry.kid() == Kid(fields::array(kid)?) {
        Ok(entry)
    } else {
        Err(Malformed("kid is not the key's"))
    }
}

impl KeyList {
    /// Reads a list that its giver vouches for (the file named by `--keys`, a copy kept in the encrypted store). Nothing
    /// about the signer is checked; use [`KeyList::accept`] for what came over the network.
    ///
    /// # Errors
    /// [`KeysRefused::Malformed`] or [`KeysRefused::Label`].
    pub fn trusted(bytes: &[u8]) -> Result<KeyList, KeysRefused> {
        let sign1 = Sign1::parse(bytes, MAX_OBJECT)?;
        if sign1.kid().is_none() {
            return Err(Malformed("no kid").into());
        }
        let body = KeyListBody::from_fields(sign1.fields())?;
        if sign1.label() != LABEL {
            return Err(KeysRefused::Label);
        }
        Ok(KeyList { sign1, body })
    }

    /// Judges a list from outside: signed by `root`, not expired at `newest_beacon` (when one is known), not below `kept`.
    /// The very list that is kept is accepted again.
    ///
    /// # Errors
    /// [`KeysRefused`]; the caller goes on with the kept list.
    pub fn accept(
        bytes: &[u8],
        root: &PublicKey,
        kept: Option<&KeyList>,
        newest_beacon: Option<i64>,
    ) -> Result<KeyList, KeysRefused> {
        let new = KeyList::trusted(bytes)?;
        if !new.is_signed_by(root) {
            return Err(KeysRefused::Root);
        }
        if newest_beacon.is_some_and(|now| now > new.body.expires) {
            return Err(KeysRefused::Expired);
        }
        match kept {
            Some(kept) if new.version() < kept.version() => Err(KeysRefused::Rollback),
            Some(kept) if new.version() == kept.version() && new.bytes() != kept.bytes() => {
                Err(KeysRefused::Rollback)
            }
            _ => Ok(new),
        }
    }

    /// Whether `root` signed this list.
    #[must_use]
    pub fn is_signed_by(&self, root: &PublicKey) -> bool {
        self.sign1.kid() == Some(Kid(kid(root))) && self.sign1.verifies(root)
    }

    /// Judges a city-signed object: form, label, key with its role and time, signature, version.
    ///
    /// # Errors
    /// [`TrustError`], the first check that fails.
    pub fn check<T: CitySigned>(&self, bytes: &[u8]) -> Result<Signed<T>, TrustError> {
        let parsed = Parsed::<T>::parse(bytes)?;
        self.judge(&parsed)?;
        Ok(Signed {
            sign1: parsed.sign1,
            value: parsed.value,
        })
    }

    /// The checks of [`KeyList::check`] on an object that is already parsed.
    ///
    /// # Errors
    /// [`TrustError`], the first check that fails.
    pub fn judge<T: CitySigned>(&self, object: &Parsed<T>) -> Result<(), TrustError> {
        self.judge_signer(object)?;
        if self.version() < object.value.keys_version() {
            return Err(TrustError::KeysOlder);
        }
        Ok(())
    }

    /// Label, key and signature, without the version.
    pub(crate) fn judge_signer<T: CitySigned>(&self, object: &Parsed<T>) -> Result<(), TrustError> {
        if object.sign1.label() != T::LABEL {
            return Err(TrustError::Label);
        }
        let key = self
            .body
            .keys
            .iter()
            .find(|key| {
                Some(key.kid()) == object.sign1.kid()
                    && key.role == T::ROLE
                    && key.covers(object.value.time())
            })
            .ok_or(TrustError::Key)?;
        if !object.sign1.verifies(&key.public) {
            return Err(TrustError::Signature);
        }
        Ok(())
    }

    /// The keys of `role` that are valid at `time`.
    pub fn keys_of(&self, role: Role, time: i64) -> impl Iterator<Item = &KeyEntry> {
        self.body
            .keys
            .iter()
            .filter(move |key| key.role == role && key.covers(time))
    }

    /// What the list says.
    #[must_use]
    pub fn body(&self) -> &KeyListBody {
        &self.body
    }

    /// The list's version.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.body.version
    }

    /// The complete COSE bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.sign1.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beacon::Beacon;
    use crate::ids::Epoch;

    fn key(n: u8) -> SigningKey {
        SigningKey::from_seed(&[n; 32])
    }

    fn entry(role: Role, n: u8) -> KeyEntry {
        KeyEntry {
            role,
            public: key(n).public(),
            not_before: 100,
            not_after: 200,
        }
    }

    fn list(version: u64) -> KeyList {
        let keys = vec![entry(Role::Receipts, 1), entry(Role::Beacons, 2)];
        KeyListBody {
            city: "Huế".into(),
            version,
            issued: 100,
            expires: 180,
            keys,
        }
        .sign(&key(0))
    }

    fn beacon(time: i64, keys_version: u64) -> Beacon {
        Beacon {
            time,
            nonce: [5; 16],
            epoch: Epoch([1; 8]),
            watermark: 3,
            log_head: 4,
            keys_version,
        }
    }

    #[test]
    fn a_good_object_passes_and_each_fault_has_its_name() {
        let keys = list(7);
        let check = |signed: Signed<Beacon>| keys.check::<Beacon>(signed.bytes()).map(|b| b.time);
        assert_eq!(check(beacon(150, 7).sign(&key(2))), Ok(150));
        assert_eq!(
            check(beacon(100, 7).sign(&key(2))),
            Ok(100),
            "both ends included"
        );
        assert_eq!(
            check(beacon(200, 7).sign(&key(2))),
            Ok(200),
            "both ends included"
        );
        assert_eq!(
            check(beacon(201, 7).sign(&key(2))),
            Err(TrustError::Key),
            "after the key"
        );
        assert_eq!(
            check(beacon(150, 7).sign(&key(1))),
            Err(TrustError::Key),
            "another role"
        );
        assert_eq!(
            check(beacon(150, 7).sign(&key(3))),
            Err(TrustError::Key),
            "unknown key"
        );
        assert_eq!(
            check(beacon(150, 8).sign(&key(2))),
            Err(TrustError::KeysOlder)
        );
        let relabelled = beacon(150, 7).to_fields().with(0, "hues.receipt.v1");
        let relabelled = Sign1::sign(relabelled, &key(2), Some(Kid(kid(&key(2).public()))));
        assert_eq!(
            keys.check::<Beacon>(relabelled.bytes()).err(),
            Some(TrustError::Label)
        );
        let mut forged = beacon(150, 7).sign(&key(2)).into_bytes();
        *forged.last_mut().unwrap() ^= 1;
        assert_eq!(
            keys.check::<Beacon>(&forged).err(),
            Some(TrustError::Signature)
        );
    }

    #[test]
    fn the_kept_list_stays_unless_the_new_one_is_better() {
        let (root, kept) = (key(0).public(), list(7));
        let accept = |bytes: &[u8], beacon| {
            KeyList::accept(bytes, &root, Some(&kept), beacon).map(|l| l.version())
        };
        assert_eq!(accept(list(8).bytes(), Some(180)), Ok(8));
        assert_eq!(accept(list(7).bytes(), None), Ok(7));
        assert_eq!(accept(list(6).bytes(), None), Err(KeysRefused::Rollback));
        assert_eq!(
            accept(list(8).bytes(), Some(181)),
            Err(KeysRefused::Expired)
        );
        let other = list(8).body().clone().sign(&key(9));
        assert_eq!(accept(other.bytes(), None), Err(KeysRefused::Root));
        let mut twin = list(7).body().clone();
        twin.expires += 1;
        assert_eq!(
            accept(twin.sign(&key(0)).bytes(), None),
            Err(KeysRefused::Rollback),
            "same version, other content"
        );
        assert!(matches!(
            accept(b"<html>", None),
            Err(KeysRefused::Malformed(_))
        ));
        assert!(accept(beacon(150, 7).sign(&key(0)).bytes(), None).is_err());
    }

    #[test]
    fn one_key_has_one_role() {
        let mut body = list(7).body().clone();
        body.keys.push(KeyEntry {
            role: Role::Packs,
            ..body.keys[0].clone()
        });
        let bytes = body.sign(&key(0));
        assert!(matches!(
            KeyList::trusted(bytes.bytes()),
            Err(KeysRefused::Malformed(_))
        ));
    }

    #[test]
    fn roles_have_their_numbers() {
        assert!((0..20).all(|n| Role::from_number(n).number() == n));
    }
}
