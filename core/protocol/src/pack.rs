//! A pack: signed, dated data, such as the city's categories.
//!
//! Invariant: the last good pack is kept; a bad, older or expired one never takes its place.

use thiserror::Error;

use crate::cbor::Malformed;
use crate::city::{CitySigned, Signed};
use crate::fields::{blob, Fields};
use crate::keys::{KeyList, Role, TrustError};
use crate::sign1::MAX_PACK;

/// `hues.pack.v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pack {
    /// Which data (`config`).
    pub name: String,
    /// Grows with every edition.
    pub version: u64,
    /// When it was signed.
    pub issued: i64,
    /// Last instant it should be taken anew; a kept one is used beyond, with its age shown.
    pub expires: i64,
    /// UTF-8 JSON.
    pub content: Vec<u8>,
    /// Version of the key list.
    pub keys_version: u64,
}

/// Why an offered pack does not replace the kept one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PackRefused {
    /// Not vouched for by the key list.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// Another pack than the one asked for.
    #[error("another pack")]
    Name,
    /// Expired by the newest beacon.
    #[error("expired")]
    Expired,
    /// A lower version than the kept one, or the same version with other bytes.
    #[error("rollback")]
    Rollback,
    /// Signed, but its content is not usable by this release.
    #[error("content: {0}")]
    Content(String),
}

/// What is kept of a pack, for judging the next one.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// Version of the kept pack.
    pub version: u64,
    /// Its COSE bytes.
    pub bytes: &'a [u8],
}

/// The loader rule. `read` turns the content into its typed form; a pack whose content it refuses is refused whole.
///
/// # Errors
/// [`PackRefused`]; the caller goes on with the kept pack or the built-in edition.
pub fn accept<T>(
    bytes: &[u8],
    name: &str,
    keys: &KeyList,
    kept: Option<Kept<'_>>,
    newest_beacon: Option<i64>,
    read: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<(Signed<Pack>, T), PackRefused> {
    let pack: Signed<Pack> = keys.check(bytes)?;
    if pack.name != name {
        return Err(PackRefused::Name);
    }
    if newest_beacon.is_some_and(|now| now > pack.expires) {
        return Err(PackRefused::Expired);
    }
    if kept.is_some_and(|kept| {
        pack.version < kept.version || pack.version == kept.version && kept.bytes != bytes
    }) {
        return Err(PackRefused::Rollback);
    }
    let content = read(&pack.content).map_err(PackRefused::Content)?;
    Ok((pack, content))
}

impl CitySigned for Pack {
    const LABEL: &'static str = "hues.pack.v1";
    const ROLE: Role = Role::Packs;
    const MAX: usize = MAX_PACK;

    fn from_fields(fields: &Fields) -> Result<Pack, Malformed> {
        Ok(Pack {
            name: fields.text(1)?.to_owned(),
            version: fields.uint(2)?,
            issued: fields.time(3)?,
            expires: fields.time(4)?,
            content: fields.bytes(5)?.to_vec(),
            keys_version: fields.uint(6)?,
        })
    }

    fn to_fields(&self) -> Fields {
        Fields::new()
            .with(1, self.name.as_str())
            .with(2, self.version)
            .with(3, self.issued)
            .with(4, self.expires)
            .with(5, blob(&self.content))
            .with(6, self.keys_version)
    }

    fn time(&self) -> i64 {
        self.issued
    }

    fn keys_version(&self) -> u64 {
        self.keys_version
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyEntry, KeyListBody};
    use hues_crypto::sign::SigningKey;

    fn pack(name: &str, version: u64, content: &[u8]) -> Vec<u8> {
        Pack {
            name: name.into(),
            version,
            issued: 5,
            expires: 50,
            content: content.into(),
            keys_version: 1,
        }
        .sign(&SigningKey::from_seed(&[4; 32]))
        .into_bytes()
    }

    fn keys() -> KeyList {
        let public = SigningKey::from_seed(&[4; 32]).public();
        let keys = vec![KeyEntry {
            role: Role::Packs,
            public,
            not_before: 0,
            not_after: 100,
        }];
        KeyListBody {
            city: "x".into(),
            version: 1,
            issued: 0,
            expires: 100,
            keys,
        }
        .sign(&SigningKey::from_seed(&[0; 32]))
    }

    #[test]
    fn the_last_good_pack_stays() {
        let (keys, second) = (keys(), pack("config", 2, b"good"));
        let kept = Some(Kept {
            version: 2,
            bytes: &second,
        });
        let offer = |bytes: &[u8], now| {
            accept(bytes, "config", &keys, kept, now, |c| {
                if c == b"good" {
                    Ok(1)
                } else {
                    Err("bad".to_owned())
                }
            })
            .map(|(pack, _)| pack.version)
        };
        assert_eq!(offer(&pack("config", 3, b"good"), Some(50)), Ok(3));
        assert_eq!(offer(&second, None), Ok(2));
        assert_eq!(
            offer(&pack("config", 1, b"good"), None),
            Err(PackRefused::Rollback)
        );
        assert_eq!(
            offer(&pack("other", 3, b"good"), None),
            Err(PackRefused::Name)
        );
        assert_eq!(
            offer(&pack("config", 3, b"good"), Some(51)),
            Err(PackRefused::Expired)
        );
        assert_eq!(
            offer(&pack("config", 3, b"odd"), None),
            Err(PackRefused::Content("bad".into()))
        );
        assert!(matches!(offer(b"<html>", None), Err(PackRefused::Trust(_))));
    }
}
