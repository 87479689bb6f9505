//! What crosses to Kotlin and Swift: one call, plain values or records out.
//!
//! Invariant: nothing is decided here. Types cross as they are defined; only a function whose arguments borrow has a sister here.

use crate::units::{self, Question, QuestionError, Unit, UnitError, UnitStatus};
use crate::Date;

/// A [`Date`] by the name it has in Kotlin and Swift, where it crosses as its text `YYYY-MM-DD`.
pub type IsoDate = Date;

uniffi::custom_type!(IsoDate, String, {
    lower: |date| date.to_string(),
    try_lift: |text| Ok(text.parse::<Date>()?),
});

/// The search form of a text: no tones, no case, đ as d; the same for canonically equal texts.
#[uniffi::export]
pub fn fold_text(text: &str) -> String {
    crate::fold(text)
}

/// An administrative unit of today.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PresentUnit {
    /// Its code of five digits.
    pub code: String,
    /// Its name with its kind: `Phường Thuận Hóa`.
    pub name: String,
    /// The code of its province, two digits.
    pub province_code: String,
    /// The name of its province.
    pub province: String,
}

impl From<&Unit<'_>> for PresentUnit {
    fn from(unit: &Unit<'_>) -> PresentUnit {
        PresentUnit {
            code: unit.code.as_str().to_owned(),
            name: unit.full_name(),
            province_code: unit.province.code.as_str().to_owned(),
            province: unit.province.name.to_owned(),
        }
    }
}

/// An administrative unit that was asked for, of today or of 30 June 2025.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FoundUnit {
    /// Current or former, as asked.
    pub status: UnitStatus,
    /// The unit of today; none when a former one was split, which the person must decide.
    pub current: Option<PresentUnit>,
    /// All units of today it became, the one to propose first in front.
    pub successors: Vec<PresentUnit>,
    /// The code of the former unit that was named.
    pub former_code: Option<String>,
    /// Its name with its kind.
    pub former_name: Option<String>,
    /// Words of the text that are no unit.
    pub rest: Option<String>,
    /// What a person should know: `split`, `also-former`, `home-assumed`.
    pub warnings: Vec<String>,
}

/// Why no unit was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum UnitFindError {
    /// The day is none.
    #[error("date")]
    NoDay,
    /// No unit has this code or name.
    #[error("unknown-code")]
    Unknown,
    /// Several fit; the person chooses.
    #[error("ambiguous")]
    Ambiguous {
        /// Those of today.
        units: Vec<PresentUnit>,
    },
}

/// Finds a unit by its code of five digits; `on` is the day of the paper it stands on, `YYYY-MM-DD`.
///
/// # Errors
///
/// See [`UnitFindError`].
#[uniffi::export]
pub fn find_unit_by_code(code: String, on: Option<String>) -> Result<FoundUnit, UnitFindError> {
    found(Question {
        code: Some(code),
        on: day(on)?,
        ..Question::default()
    })
}

/// Finds the unit of an address as people type it: `12/3 Lê Lợi, p Phú Hội, TP Huế`. Where no province is said, Huế is meant before all others.
///
/// # Errors
///
/// See [`UnitFindError`].
#[uniffi::export]
pub fn find_unit(address: String, on: Option<String>) -> Result<FoundUnit, UnitFindError> {
    found(Question {
        text: Some(address),
        on: day(on)?,
        ..Question::default()
    })
}

fn day(on: Option<String>) -> Result<Option<Date>, UnitFindError> {
    on.map(|on| on.parse())
        .transpose()
        .map_err(|_| UnitFindError::NoDay)
}

fn found(question: Question) -> Result<FoundUnit, UnitFindError> {
    let reply = units::built_in().answer(&question).map_err(|e| match e {
        QuestionError::Unit(UnitError::Ambiguous(units)) => UnitFindError::Ambiguous {
            units: units.iter().map(PresentUnit::from).collect(),
        },
        _ => UnitFindError::Unknown,
    })?;
    let unit = reply.unit;
    Ok(FoundUnit {
        status: unit.status,
        current: unit.current().as_ref().map(PresentUnit::from),
        successors: unit.successors.iter().map(PresentUnit::from).collect(),
        former_code: unit.former.map(|old| old.code.as_str().to_owned()),
        former_name: unit.former.map(|old| old.full_name()),
        warnings: unit.warnings().into_iter().map(str::to_owned).collect(),
        rest: reply.rest,
    })
}
