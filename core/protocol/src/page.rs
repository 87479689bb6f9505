//! A page of a scope: rows that changed, in the order of their revisions, and at the end the sum that shows a hole.
//!
//! Invariant: a [`Page`] is bounded (200 rows, 1 MiB, nesting 16) and its revisions grow; [`Page::check`] ties it to what was
//! asked. Rows of an unknown kind and unknown fields are kept.

use hues_crypto::hash::sha256_of;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::cbor::{Malformed, MAX_UINT};
use crate::ids::Epoch;
use crate::json;

/// Largest page in bytes, after decompression.
pub const MAX_PAGE: usize = 1024 * 1024;
/// Most rows of a page.
pub const MAX_ROWS: usize = 200;
/// Longest cursor, scope, kind and row id in bytes.
const MAX_CURSOR: usize = 512;
const MAX_NAME: usize = 128;

/// One page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The scope that was asked for.
    pub scope: String,
    /// The cursor that was asked with.
    pub from: Option<String>,
    /// The cursor to ask with next.
    pub next: String,
    /// Whether there is more right now.
    pub more: bool,
    /// The life of the city's log.
    pub epoch: Epoch,
    /// Highest log index the city's backup surely holds.
    pub watermark: u64,
    /// The changes, by growing revision.
    pub rows: Vec<Row>,
    /// Live rows in the scope; there when `more` is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Sum over the live rows; there when `more` is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Checksum>,
    /// What a later protocol adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One changed row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its revision in the scope.
    pub rev: u64,
    /// What it is (`report`, `notice`, or something of a later release).
    pub kind: String,
    /// Its id within the kind.
    pub id: String,
    /// Put or delete.
    pub op: RowOp,
    /// The whole row; there for a put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// What a later protocol adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowOp {
    /// It is now as its body says.
    Put,
    /// It is no longer in the scope.
    Del,
}

/// Why a page is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PageError {
    /// Not of the form of the protocol.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Of another scope than asked for.
    #[error("another scope")]
    Scope,
    /// Does not start where it was asked to.
    #[error("another cursor")]
    From,
    /// Revisions that do not grow: a repeated or reordered page.
    #[error("revisions do not grow")]
    Revisions,
    /// Promises more without getting anywhere.
    #[error("no progress")]
    Stuck,
}

impl Page {
    /// Parses and bounds a page.
    ///
    /// # Errors
    /// [`PageError::Malformed`] or [`PageError::Revisions`].
    pub fn parse(bytes: &[u8]) -> Result<Page, PageError> {
        let page: Page = json::parse(bytes, MAX_PAGE)?;
        page.check_form()?;
        Ok(page)
    }

    /// Judges a page against the request: scope and cursor echoed, revisions above `last_rev` (the highest one already
    /// applied in this scope, 0 for none), progress made.
    ///
    /// # Errors
    /// [`PageError`].
    pub fn check(&self, scope: &str, cursor: Option<&str>, last_rev: u64) -> Result<(), PageError> {
        if self.scope != scope {
            return Err(PageError::Scope);
        }
        if self.from.as_deref() != cursor {
            return Err(PageError::From);
        }
        if self.rows.first().is_some_and(|row| row.rev <= last_rev) {
            return Err(PageError::Revisions);
        }
        if self.more && (self.rows.is_empty() || Some(self.next.as_str()) == cursor) {
            return Err(PageError::Stuck);
        }
        Ok(())
    }

    fn check_form(&self) -> Result<(), PageError> {
        let bad = |why| Err(PageError::Malformed(Malformed(why)));
        if self.rows.len() > MAX_ROWS {
            return bad("too many rows");
        }
        if self.next.is_empty() || self.next.len() > MAX_CURSOR || self.scope.len() > MAX_NAME {
            return bad("cursor or scope");
        }
        if self.more != self.count.is_none() || self.more != self.checksum.is_none() {
            return bad("count and checksum belong to the last page");
        }
        if self.watermark > MAX_UINT || self.rows.iter().any(|row| row.rev > MAX_UINT) {
            return bad("number");
        }
        if !self.rows.iter().all(Row::is_well_formed) {
            return bad("row");
        }
        if self.rows.windows(2).any(|pair| pair[0].rev >= pair[1].rev) {
            return Err(PageError::Revisions);
        }
        Ok(())
    }
}

impl Row {
    fn is_well_formed(&self) -> bool {
        let named = |name: &str| {
            !name.is_empty() && name.len() <= MAX_NAME && !name.chars().any(char::is_control)
        };
        let body = match self.op {
            RowOp::Put => self.body.as_ref().is_some_and(Value::is_object),
            RowOp::Del => self.body.is_none(),
        };
        self.rev > 0 && named(&self.kind) && named(&self.id) && body
    }
}

/// The sum over the live rows of a scope: it does not depend on their order, so it is kept up by adding and taking away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Checksum(pub u64);

impl Checksum {
    /// With one more live row.
    #[must_use]
    pub fn plus(self, kind: &str, id: &str, rev: u64) -> Checksum {
        Checksum(self.0.wrapping_add(row_sum(kind, id, rev)))
    }

    /// With one live row less.
    #[must_use]
    pub fn minus(self, kind: &str, id: &str, rev: u64) -> Checksum {
        Checksum(self.0.wrapping_sub(row_sum(kind, id, rev)))
    }
}

/// First 8 bytes, big-endian, of SHA-256(kind ‖ 0x00 ‖ id ‖ 0x00 ‖ decimal rev).
#[must_use]
pub fn row_sum(kind: &str, id: &str, rev: u64) -> u64 {
    let hash = sha256_of(&[
        kind.as_bytes(),
        &[0],
        id.as_bytes(),
        &[0],
        rev.to_string().as_bytes(),
    ]);
    hash[..8]
        .iter()
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

impl std::fmt::Display for Checksum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Checksum {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Checksum {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // Eight bytes in the protocol's hexadecimal, like an epoch.
        Epoch::deserialize(from).map(|bytes| Checksum(u64::from_be_bytes(bytes.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn page() -> Value {
        json!({"scope": "mine", "from": null, "next": "c1", "more": false, "epoch": "0102030405060708", "watermark": 12,
            "rows": [
                {"rev": 7, "kind": "report", "id": "aa", "op": "put", "body": {"later": 1}},
                {"rev": 9, "kind": "of-tomorrow", "id": "bb", "op": "del", "why": "x"}],
            "count": 1, "checksum": "00a1b2c3d4e5f607", "news": [1]})
    }

    fn parse(page: &Value) -> Result<Page, PageError> {
        Page::parse(page.to_string().as_bytes())
    }

    fn with(change: impl FnOnce(&mut Value)) -> Result<Page, PageError> {
        let mut value = page();
        change(&mut value);
        parse(&value)
    }

    #[test]
    fn round_trip_keeps_what_is_unknown() {
        let parsed = parse(&page()).unwrap();
        assert_eq!(serde_json::to_value(&parsed).unwrap(), page());
        assert_eq!(parsed.check("mine", None, 6), Ok(()));
    }

    #[test]
    fn ties_to_the_request() {
        let parsed = parse(&page()).unwrap();
        assert_eq!(parsed.check("inbox", None, 0), Err(PageError::Scope));
        assert_eq!(parsed.check("mine", Some("c0"), 0), Err(PageError::From));
        assert_eq!(
            parsed.check("mine", None, 7),
            Err(PageError::Revisions),
            "repeats what was applied"
        );
        let more = |v: &mut Value| {
            v["more"] = true.into();
            v.as_object_mut().unwrap().remove("count");
            v.as_object_mut().unwrap().remove("checksum");
        };
        assert_eq!(with(more).unwrap().check("mine", None, 0), Ok(()));
        let stuck = with(|v| {
            more(v);
            v["from"] = "c1".into();
        });
        assert_eq!(
            stuck.unwrap().check("mine", Some("c1"), 0),
            Err(PageError::Stuck)
        );
    }

    #[test]
    fn odd_pages_are_refused() {
        assert_eq!(
            with(|v| v["rows"][1]["rev"] = 7.into()),
            Err(PageError::Revisions)
        );
        for (why, result) in [
            (
                "id of another type",
                with(|v| v["rows"][0]["id"] = 0.into()),
            ),
            ("empty id", with(|v| v["rows"][0]["id"] = "".into())),
            ("revision 0", with(|v| v["rows"][0]["rev"] = 0.into())),
            (
                "negative revision",
                with(|v| v["rows"][0]["rev"] = (-1).into()),
            ),
            (
                "fractional revision",
                with(|v| v["rows"][0]["rev"] = 7.5.into()),
            ),
            (
                "unknown row op",
                with(|v| v["rows"][0]["op"] = "merge".into()),
            ),
            (
                "put without body",
                with(|v| v["rows"][0]["body"] = Value::Null),
            ),
            (
                "body that is no object",
                with(|v| v["rows"][0]["body"] = json!([1])),
            ),
            ("empty cursor", with(|v| v["next"] = "".into())),
            (
                "upper-case checksum",
                with(|v| v["checksum"] = "00A1B2C3D4E5F607".into()),
            ),
            (
                "no checksum at the end",
                with(|v| drop(v.as_object_mut().unwrap().remove("checksum"))),
            ),
            ("short epoch", with(|v| v["epoch"] = "01".into())),
            (
                "201 rows",
                with(|v| {
                    v["rows"] = (1..=201)
                        .map(|n| json!({"rev": n, "kind": "k", "id": "i", "op": "del"}))
                        .collect()
                }),
            ),
        ] {
            assert!(
                matches!(result, Err(PageError::Malformed(_))),
                "{why}: {result:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_sum_does_not_depend_on_order(rows in prop::collection::vec(("[a-z]{1,6}", "[0-9a-f]{1,8}", 1u64..1000), 0..20)) {
            let forward = rows.iter().fold(Checksum::default(), |sum, (k, i, r)| sum.plus(k, i, *r));
            let backward = rows.iter().rev().fold(Checksum::default(), |sum, (k, i, r)| sum.plus(k, i, *r));
            prop_assert_eq!(forward, backward);
            let empty = rows.iter().fold(forward, |sum, (k, i, r)| sum.minus(k, i, *r));
            prop_assert_eq!(empty, Checksum::default());
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Page::parse(&bytes);
        }
    }
}
