//! Electronic identification codes of agencies: `000.00.04.G18` and `G09.20`.
//!
//! Invariant: the two styles are read, not turned into each other: the level codes of one agency may differ between the two
//! decisions, and only the city's table knows which belong together.
//!
//! Source: QCVN 102:2016/BTTTT (levels from the lowest to the highest, the authority last); Decision 20/2020/QĐ-TTg (the authority
//! first, levels downwards, at most 35 characters).

use std::fmt;

use serde::Serialize;

use crate::payload::bounded;
use crate::{Refusal, Rule};

/// The longest code of an agency, in characters.
pub const MAX_AGENCY: usize = 35;

/// Which end the authority stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "kebab-case")]
pub enum AgencyStyle {
    /// `000.00.04.G18`: QCVN 102:2016/BTTTT.
    AuthorityLast,
    /// `G09.20`: Decision 20/2020/QĐ-TTg.
    AuthorityFirst,
}

/// The code of an agency.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct AgencyCode {
    /// The code as written.
    pub raw: String,
    /// The ministry, province or body at the top: a capital letter and two digits (`H57` Huế).
    pub authority: String,
    /// The levels below it, the highest first; in the older style `00` and `000` mean that there is none.
    pub levels: Vec<String>,
    /// Where the authority stands. An authority alone counts as the newer style.
    pub style: AgencyStyle,
}

impl AgencyCode {
    /// Reads a code.
    ///
    /// # Errors
    ///
    /// `empty`, `too-long` (more than [`MAX_AGENCY`] characters), `charset`, `format`.
    pub fn parse(text: &str) -> Result<AgencyCode, Refusal> {
        if let Some(at) = bounded(text)?
            .bytes()
            .position(|c| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'.'))
        {
            return Err(Refusal::byte(Rule::Charset, at));
        }
        if text.len() > MAX_AGENCY {
            return Err(Refusal::whole(Rule::TooLong));
        }
        let parts: Vec<&str> = text.split('.').collect();
        let (authority, levels, style) = match parts.as_slice() {
            [first, below @ ..] if is_authority(first) => {
                (*first, below.to_vec(), AgencyStyle::AuthorityFirst)
            }
            [below @ .., last] if is_authority(last) => (
                *last,
                below.iter().rev().copied().collect(),
                AgencyStyle::AuthorityLast,
            ),
            _ => return Err(Refusal::whole(Rule::Format)),
        };
        if !levels.iter().all(|level| is_level(level)) {
            return Err(Refusal::whole(Rule::Format));
        }
        Ok(AgencyCode {
            raw: text.to_owned(),
            authority: authority.to_owned(),
            levels: levels.into_iter().map(str::to_owned).collect(),
            style,
        })
    }
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.raw)
    }
}

/// A capital letter and two digits.
fn is_authority(part: &str) -> bool {
    matches!(part.as_bytes(), [letter, a, b] if letter.is_ascii_uppercase() && a.is_ascii_digit() && b.is_ascii_digit())
}

/// Two or three digits.
fn is_level(part: &str) -> bool {
    matches!(part.len(), 2 | 3) && part.bytes().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_styles() {
        let old = AgencyCode::parse("000.00.04.G18").unwrap();
        assert_eq!(
            (old.authority.as_str(), old.style),
            ("G18", AgencyStyle::AuthorityLast)
        );
        assert_eq!(old.levels, ["04", "00", "000"]);
        let new = AgencyCode::parse("G09.20").unwrap();
        assert_eq!(
            (new.authority.as_str(), new.style),
            ("G09", AgencyStyle::AuthorityFirst)
        );
        assert_eq!(new.levels, ["20"]);
        assert!(AgencyCode::parse("H57").unwrap().levels.is_empty());
        for (text, rule) in [
            ("", Rule::Empty),
            ("h57", Rule::Charset),
            ("H57.", Rule::Format),
            ("20", Rule::Format),
            ("00.H57.20", Rule::Format),
            ("H5.20", Rule::Format),
            ("H57.2", Rule::Format),
            ("Ｈ57", Rule::Charset),
            ("H57.20.20.20.20.20.20.20.20.20.20.20", Rule::TooLong),
        ] {
            assert_eq!(AgencyCode::parse(text).unwrap_err().rule, rule, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-H0-9.]{0,20}|.*") {
            if let Ok(code) = AgencyCode::parse(&text) {
                prop_assert_eq!(code.to_string(), text);
                prop_assert_eq!(code.authority.len(), 3);
            }
        }
    }
}
