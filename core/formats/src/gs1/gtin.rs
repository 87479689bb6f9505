//! Global Trade Item Numbers (GS1 General Specifications 3.3.2, 7.9.1: the check digit).
//!
//! Invariant: a [`Gtin`] has a right check digit and is written as it was read; it compares by its 14 digits.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::payload::bounded;
use crate::{Refusal, Rule};

/// How many digits a number was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum GtinFormat {
    /// Eight: small packages.
    Gtin8,
    /// Twelve: North America (UPC-A).
    Gtin12,
    /// Thirteen: shops everywhere (EAN-13).
    Gtin13,
    /// Fourteen: cases, and any GTIN in AI 01.
    Gtin14,
}

impl GtinFormat {
    /// The stable id: `GTIN-13`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            GtinFormat::Gtin8 => "GTIN-8",
            GtinFormat::Gtin12 => "GTIN-12",
            GtinFormat::Gtin13 => "GTIN-13",
            GtinFormat::Gtin14 => "GTIN-14",
        }
    }

    /// How many digits.
    #[must_use]
    pub const fn digits(self) -> usize {
        match self {
            GtinFormat::Gtin8 => 8,
            GtinFormat::Gtin12 => 12,
            GtinFormat::Gtin13 => 13,
            GtinFormat::Gtin14 => 14,
        }
    }

    fn of(digits: usize) -> Option<GtinFormat> {
        match digits {
            8 => Some(GtinFormat::Gtin8),
            12 => Some(GtinFormat::Gtin12),
            13 => Some(GtinFormat::Gtin13),
            14 => Some(GtinFormat::Gtin14),
            _ => None,
        }
    }
}

/// A number of a product or a package of it.
#[derive(Debug, Clone, Copy)]
pub struct Gtin {
    format: GtinFormat,
    /// Fourteen ASCII digits, zeros in front.
    digits: [u8; 14],
}

impl Gtin {
    /// Reads 8, 12, 13 or 14 digits.
    ///
    /// # Errors
    /// `empty`, `too-long`, `charset` (other than ASCII digits), `length`, `checksum`.
    pub fn parse(text: &str) -> Result<Gtin, Refusal> {
        let bytes = bounded(text)?.as_bytes();
        if let Some(at) = bytes.iter().position(|b| !b.is_ascii_digit()) {
            return Err(Refusal::byte(Rule::Charset, at));
        }
        let format = GtinFormat::of(bytes.len()).ok_or(Refusal::whole(Rule::Length))?;
        if !check_digit_agrees(bytes) {
            return Err(Refusal::byte(Rule::Checksum, bytes.len() - 1));
        }
        let mut digits = [b'0'; 14];
        for (to, from) in digits.iter_mut().rev().zip(bytes.iter().rev()) {
            *to = *from;
        }
        Ok(Gtin { format, digits })
    }

    /// How it was written.
    #[must_use]
    pub const fn format(&self) -> GtinFormat {
        self.format
    }

    /// Fourteen digits, zeros in front: what is stored and compared (GS1 General Specifications 3.3.2).
    #[must_use]
    pub fn gtin14(&self) -> &str {
        std::str::from_utf8(&self.digits).unwrap_or_default()
    }

    /// Whether the number was given out by GS1 Viet Nam (prefix 893, GS1 General Specifications, GS1 Prefixes). It says who registered
    /// the company, not where a thing was made.
    #[must_use]
    pub fn is_of_gs1_vietnam(&self) -> bool {
        self.in_13()
            .is_some_and(|thirteen| thirteen.starts_with("893"))
    }

    /// Whether the number means something inside one shop or region alone: prefixes 02, 04, 20 to 29, and of GTIN-8 0 and 2
    /// (GS1 General Specifications, GS1 Prefixes and GS1-8 Prefixes).
    #[must_use]
    pub fn is_restricted(&self) -> bool {
        if let Some(eight) = self.gtin14().strip_prefix("000000") {
            return eight.starts_with(['0', '2']);
        }
        self.in_13().is_some_and(|thirteen| {
            thirteen.starts_with('2') || thirteen.starts_with("02") || thirteen.starts_with("04")
        })
    }

    /// Without the digit for the packing level; none of a GTIN-8.
    fn in_13(&self) -> Option<&str> {
        let fourteen = self.gtin14();
        match fourteen.starts_with("000000") {
            true => None,
            false => fourteen.get(1..),
        }
    }
}

impl PartialEq for Gtin {
    fn eq(&self, other: &Gtin) -> bool {
        self.digits == other.digits
    }
}

impl Eq for Gtin {}

impl std::hash::Hash for Gtin {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.digits.hash(state);
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = 14 - self.format.digits();
        f.write_str(self.gtin14().get(from..).unwrap_or_default())
    }
}

impl Serialize for Gtin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Gtin", 2)?;
        out.serialize_field("format", self.format.id())?;
        out.serialize_field("gtin14", self.gtin14())?;
        out.end()
    }
}

/// The check digit for these digits, which lack it: weights 3 and 1 from the right (GS1 General Specifications 7.9.1). `None` for
/// anything but ASCII digits.
#[must_use]
pub fn check_digit(body: &str) -> Option<u8> {
    if !body.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(((10 - weighted(body.as_bytes(), 3) % 10) % 10) as u8)
}

/// Whether the last of some ASCII digits is the check digit of the others.
pub(super) fn check_digit_agrees(digits: &[u8]) -> bool {
    weighted(digits, 1).is_multiple_of(10)
}

/// Sum of digits, weighted 1 and 3 in turns; `last` is the weight of the last one.
fn weighted(digits: &[u8], last: u32) -> u32 {
    let mut weight = last;
    let mut sum = 0;
    for digit in digits.iter().rev() {
        sum += weight * u32::from(digit & 15);
        weight = 4 - weight;
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prefixes() {
        let of = |body: &str| {
            let digit = check_digit(body).unwrap();
            Gtin::parse(&format!("{body}{digit}")).unwrap()
        };
        assert!(of("893850597419").is_of_gs1_vietnam());
        assert!(of("1893850597419").is_of_gs1_vietnam());
        assert!(!of("401234511111").is_of_gs1_vietnam());
        assert!(of("200000000001").is_restricted());
        assert!(!of("893850597419").is_restricted());
        assert!(of("2000001").is_restricted());
        assert!(!of("8930001").is_of_gs1_vietnam());
    }

    #[test]
    fn vectors() {
        crate::vectors::check("gtin", |input, _| {
            Gtin::parse(input).map(|gtin| {
                let mut value = serde_json::to_value(gtin).unwrap();
                value["warnings"] = serde_json::json!([]);
                value
            })
        });
    }

    proptest! {
        #[test]
        fn one_changed_digit_is_refused(body in "[0-9]{7}|[0-9]{11,13}", at: prop::sample::Index, by in 1..10_u8) {
            let text = format!("{body}{}", check_digit(&body).unwrap());
            let gtin = Gtin::parse(&text).unwrap();
            prop_assert_eq!(gtin.to_string(), text.clone());
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(Gtin::parse(&changed).unwrap_err().rule, Rule::Checksum);
        }
    }
}
