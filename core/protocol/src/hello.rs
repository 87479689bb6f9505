//! `GET /hello`: what a city can do and where its log stands. Unsigned: a hint for what to fetch, never evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cbor::{Malformed, MAX_UINT};
use crate::ids::Epoch;
use crate::json;

/// The protocol version this crate speaks.
pub const PROTOCOL: u32 = 1;
/// Largest answer in bytes.
pub const MAX_HELLO: usize = 16 * 1024;

/// The answer to `GET /hello`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The city's name.
    pub city: String,
    /// Protocol versions it speaks.
    pub protocol: ProtocolRange,
    /// Features beyond the protocol version.
    #[serde(default)]
    pub features: Vec<String>,
    /// Its limits.
    pub limits: Limits,
    /// The life of its log.
    pub epoch: Epoch,
    /// Highest log index its backup surely holds.
    pub watermark: u64,
    /// Highest log index given out.
    pub head: u64,
    /// Version of its key list.
    pub keys_version: u64,
    /// Versions of its packs by name.
    #[serde(default)]
    pub packs: BTreeMap<String, u64>,
    /// What a later protocol adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// An inclusive range of protocol versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProtocolRange {
    /// Lowest.
    pub min: u32,
    /// Highest.
    pub max: u32,
}

/// What the city takes at most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a bundle.
    pub bundle_bytes: u64,
    /// Bytes of a file.
    pub file_bytes: u64,
    /// Rows of a page.
    pub page_rows: u64,
    /// What a later protocol adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Hello {
    /// Parses the answer.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Hello, Malformed> {
        let hello: Hello = json::parse(bytes, MAX_HELLO)?;
        if hello.protocol.min == 0 || hello.protocol.min > hello.protocol.max {
            return Err(Malformed("protocol range"));
        }
        if [hello.watermark, hello.head, hello.keys_version]
            .iter()
            .any(|n| *n > MAX_UINT)
        {
            return Err(Malformed("number"));
        }
        Ok(hello)
    }

    /// Whether this release can talk to the city.
    #[must_use]
    pub fn speaks(&self, version: u32) -> bool {
        (self.protocol.min..=self.protocol.max).contains(&version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parses_and_keeps_the_unknown() {
        let value = json!({"city": "Huế", "protocol": {"min": 1, "max": 2}, "features": ["x"],
            "limits": {"bundle_bytes": 65536, "file_bytes": 2097152, "page_rows": 200, "new": 1},
            "epoch": "0102030405060708", "watermark": 1, "head": 2, "keys_version": 3, "packs": {"config": 4}, "new": {}});
        let hello = Hello::parse(value.to_string().as_bytes()).unwrap();
        assert_eq!(serde_json::to_value(&hello).unwrap(), value);
        assert!(hello.speaks(1) && hello.speaks(2) && !hello.speaks(3));
        let mut odd = value;
        odd["protocol"]["min"] = 3.into();
        assert!(Hello::parse(odd.to_string().as_bytes()).is_err());
        assert!(Hello::parse(b"<html>login</html>").is_err());
    }
}
