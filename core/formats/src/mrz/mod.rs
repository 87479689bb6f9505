//! Machine readable zones of travel documents and identity cards (ICAO Doc 9303 parts 3 to 6): TD1, TD2 and TD3.
//!
//! Invariant: every check digit there is agrees, or the zone is refused; a damaged character is never mended here. What a
//! misread zone *may* have said is [`mrz_repairs`]' to offer, apart and marked. The zone is not signed: input help, never proof.
//!
//! Order of judgement: length, alphabet, check digits, shape of each element, dates.

mod birth;
mod build;
mod check;
mod layout;
mod name;
mod read;
mod repair;

use std::fmt;

use hues_vietnam::Date;
use serde::Serialize;

use crate::warning::warnings;
use crate::{PartialDate, Refusal};

pub use build::{vietnamese_optional_data, MrzParts};
pub use layout::MrzFormat;
pub use name::transliterate;
pub use repair::{mrz_repairs, MrzChange, MrzRepair, MAX_REPAIRS};

warnings! {
    /// What is odd about a machine readable zone.
    MrzWarning {
        /// The names fill their field to the last character: they may have been cut (part 3 section 4.6).
        NameTruncated, "name-truncated", "Họ tên dài hết phần dành cho tên, có thể đã bị cắt.", "The names fill their field and may have been cut.";
    }
}

/// Sex as a machine readable zone says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "lowercase")]
pub enum MrzSex {
    /// `M`.
    Male,
    /// `F`.
    Female,
    /// `<`.
    Unspecified,
}

/// What a machine readable zone says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Mrz {
    /// The size of the document.
    pub format: MrzFormat,
    /// One or two characters: `ID`, `I`, `P`, `PN`.
    pub document_code: String,
    /// Issuing state or organisation, up to three letters (part 3 section 5): `VNM`, `D`.
    pub issuing_state: String,
    /// The number of the document, also one of more than nine characters; no fillers at its end.
    pub document_number: String,
    /// What the issuer adds, without fillers at its end, without what belongs to a long document number.
    pub optional_data: String,
    /// The second such field of a TD1; empty in other sizes.
    pub optional_data_2: String,
    /// Date of birth as printed, `YYMMDD`, unknown parts as `<<`.
    pub birth_yymmdd: String,
    /// The latest such day not after the reference date, or as much of it as is known; none without a reference date.
    pub birth_date: Option<PartialDate>,
    /// Sex.
    pub sex: MrzSex,
    /// Day of expiry as printed, `YYMMDD`; `<<<<<<` where the document never expires.
    pub expiry_yymmdd: String,
    /// Nationality, up to three letters.
    pub nationality: String,
    /// Primary identifier, a space between its parts.
    pub surname: String,
    /// Secondary identifiers, a space between them; may be empty.
    pub given_names: String,
    /// The 12 digits a Vietnamese identity card repeats in the optional data; none on other documents.
    pub personal_id: Option<String>,
    /// What is odd about it.
    pub warnings: Vec<MrzWarning>,
}

impl Mrz {
    /// Reads two or three lines, split by LF or CRLF. `on` is the reference date for the century of birth.
    ///
    /// # Errors
    ///
    /// `empty`, `too-long`, `format` (number of lines, shape of an element), `length` (of a line), `charset`, `checksum`, `date`
    /// (no such day, or not before `on`).
    pub fn parse(text: &str, on: Option<Date>) -> Result<Mrz, Refusal> {
        read::read(text, on)
    }
}

/// The lines, LF between them, none at the end.
impl fmt::Display for Mrz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&build::lines(self))
    }
}

#[cfg(test)]
mod tests;
