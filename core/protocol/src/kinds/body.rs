//! The parts of one act, sorted by role, and the bodies shared between kinds.
//!
//! Invariant: each role but `file` occurs at most once, and a role the kind does not list is refused.

use std::ops::RangeInclusive;

use ciborium::value::Value;

use crate::cbor::Malformed;
use crate::fields::{self, blob, or_null, Fields};
use crate::ids::Hash;
use crate::op::PartRole;
use crate::part::Part;
use crate::refusal::Rule;
use crate::text;

/// Most files of one act.
pub const MAX_FILES: usize = 8;
/// Longest code of a category, unit, ward or question, in bytes.
const MAX_CODE: usize = 64;

/// A part before it is salted.
pub(super) type Body = (PartRole, Fields);

/// What a file part commits to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart {
    /// SHA-256 of the cleaned file.
    pub sha256: Hash,
    /// Its length in bytes.
    pub bytes: u64,
    /// Media type, `image/jpeg`.
    pub media_type: String,
    /// Width in pixels.
    pub width: u64,
    /// Height in pixels.
    pub height: u64,
}

impl FilePart {
    /// The part's body.
    #[must_use]
    pub fn to_fields(&self) -> Fields {
        Fields::new()
            .with(1, blob(&self.sha256.0))
            .with(2, self.bytes)
            .with(3, self.media_type.as_str())
            .with(4, self.width)
            .with(5, self.height)
    }

    /// Reads a part's body.
    ///
    /// # Errors
    /// [`Rule::Body`].
    pub fn from_fields(fields: &Fields) -> Result<FilePart, Rule> {
        let read = || {
            Ok::<_, Malformed>(FilePart {
                sha256: Hash(fields.array(1)?),
                bytes: fields.uint(2)?,
                media_type: fields.text(3)?.to_owned(),
                width: fields.uint(4)?,
                height: fields.uint(5)?,
            })
        };
        let file = shape(read())?;
        let printable = file.media_type.bytes().all(|b| b.is_ascii_graphic());
        if printable && (3..=MAX_CODE).contains(&file.media_type.len()) && file.bytes > 0 {
            Ok(file)
        } else {
            Err(Rule::Body)
        }
    }

    pub(super) fn bodies(files: &[FilePart]) -> impl Iterator<Item = Body> + '_ {
        files.iter().map(|file| (PartRole::FILE, file.to_fields()))
    }
}

/// The parts of one act by role.
#[derive(Debug)]
pub struct PartSet<'a> {
    parts: &'a [Part],
}

impl<'a> PartSet<'a> {
    /// Takes the parts in.
    ///
    /// # Errors
    /// [`Rule::Body`] when a role other than `file` occurs twice.
    pub fn new(parts: &'a [Part]) -> Result<PartSet<'a>, Rule> {
        let twice = |role: PartRole| parts.iter().filter(|part| part.role() == role).count() > 1;
        if parts
            .iter()
            .map(Part::role)
            .any(|role| role != PartRole::FILE && twice(role))
        {
            return Err(Rule::Body);
        }
        Ok(PartSet { parts })
    }

    /// The body of the part with this role, when it is there.
    #[must_use]
    pub fn get(&self, role: PartRole) -> Option<&'a Fields> {
        self.parts
            .iter()
            .find(|part| part.role() == role)
            .map(Part::body)
    }

    /// The body of the part with this role.
    ///
    /// # Errors
    /// [`Rule::Body`] when it is not there.
    pub fn need(&self, role: PartRole) -> Result<&'a Fields, Rule> {
        self.get(role).ok_or(Rule::Body)
    }

    /// That no part has a role other than these.
    ///
    /// # Errors
    /// [`Rule::Body`].
    pub fn only(&self, roles: &[PartRole]) -> Result<(), Rule> {
        if self.parts.iter().all(|part| roles.contains(&part.role())) {
            Ok(())
        } else {
            Err(Rule::Body)
        }
    }

    /// The files, in order.
    ///
    /// # Errors
    /// [`Rule::FilesMany`] or [`Rule::Body`].
    pub fn files(&self) -> Result<Vec<FilePart>, Rule> {
        let files: Vec<&Part> = self
            .parts
            .iter()
            .filter(|part| part.role() == PartRole::FILE)
            .collect();
        if files.len() > MAX_FILES {
            return Err(Rule::FilesMany);
        }
        files
            .into_iter()
            .map(|part| FilePart::from_fields(part.body()))
            .collect()
    }
}

/// A shape that does not fit is the rule `body`.
pub(super) fn shape<T>(read: Result<T, Malformed>) -> Result<T, Rule> {
    read.map_err(|_| Rule::Body)
}

/// A typed text within its limit.
pub(super) fn typed(
    fields: &Fields,
    key: u64,
    limit: &RangeInclusive<usize>,
) -> Result<String, Rule> {
    let text = shape(fields.text(key))?;
    text::check(text, limit)?;
    Ok(text.to_owned())
}

/// A typed text within its limit, or null.
pub(super) fn typed_or_null(
    fields: &Fields,
    key: u64,
    limit: &RangeInclusive<usize>,
) -> Result<Option<String>, Rule> {
    let text = shape(fields.nullable(key, fields::text))?;
    text.as_deref()
        .map_or(Ok(()), |text| text::check(text, limit))?;
    Ok(text)
}

/// A code: 1 to 64 bytes of `[A-Za-z0-9._:-]`.
pub(super) fn code(value: &Value) -> Result<String, Malformed> {
    fields::text(value).and_then(|code| {
        if is_code(&code) {
            Ok(code)
        } else {
            Err(Malformed("code"))
        }
    })
}

pub(super) fn is_code(code: &str) -> bool {
    (1..=MAX_CODE).contains(&code.len())
        && code
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'-'))
}

/// `text`, or null.
pub(super) fn nullable(text: &Option<String>) -> Value {
    or_null(text.as_deref())
}
