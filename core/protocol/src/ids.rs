//! The names things have in the protocol, each its own type, so that a lane id is never passed for an op id.
//!
//! Invariant: in text (JSON, addresses, logs of ids that are no secret) an id is lower-case hexadecimal without dashes,
//! and nothing else parses.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// The text is not the lower-case hexadecimal form of this id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an id")]
pub struct NotAnId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                unhex(text).map($name)
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = NotAnId;
            fn try_from(bytes: &[u8]) -> Result<Self, NotAnId> {
                bytes.try_into().map($name).map_err(|_| NotAnId)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                String::deserialize(from)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

id!(
    /// Names one act of a person; also its idempotency key. A random UUID v4.
    OpId, 16
);
id!(
    /// The report an op is about. A random UUID v4 made by the phone.
    Subject, 16
);
id!(
    /// Names a lane: the first 16 bytes of SHA-256(`"hues.lane.v1"` ‖ lane public key).
    LaneId, 16
);
id!(
    /// A notice of the city.
    NoticeId, 16
);
id!(
    /// SHA-256 of the complete COSE bytes of an op.
    OpHash, 32
);
id!(
    /// SHA-256 of something that is no op: a beacon, a part, a file.
    Hash, 32
);
id!(
    /// Names one unbroken life of the city's log.
    Epoch, 8
);
id!(
    /// First 8 bytes of SHA-256 of a public key.
    Kid, 8
);

impl OpHash {
    /// What the first op of a lane names as the one before.
    pub const NONE: OpHash = OpHash([0; 32]);
}

fn unhex<const N: usize>(text: &str) -> Result<[u8; N], NotAnId> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return Err(NotAnId);
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Ok(out)
}

fn digit(c: u8) -> Result<u8, NotAnId> {
    match c {
        b'0'..=b'9' => Ok(c - b'0'),
        b'a'..=b'f' => Ok(c - b'a' + 10),
        _ => Err(NotAnId),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_hex_of_the_right_length() {
        let epoch: Epoch = "00a1b2c3d4e5f607".parse().unwrap();
        assert_eq!(epoch.0, [0, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 7]);
        assert_eq!(epoch.to_string(), "00a1b2c3d4e5f607");
        for bad in [
            "",
            "00A1b2c3d4e5f607",
            "00a1b2c3d4e5f60",
            "00a1b2c3d4e5f6070",
            "0x00a1b2c3d4e5f6",
            "đđđđ",
        ] {
            assert_eq!(bad.parse::<Epoch>(), Err(NotAnId), "{bad}");
        }
    }

    #[test]
    fn json_is_the_same_text() {
        let id = OpId([0xab; 16]);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<OpId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<OpId>("0").is_err());
    }
}
