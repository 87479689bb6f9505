//! What crosses to Kotlin and Swift: one call for a payload, a record out.
//!
//! Invariant: nothing is decided here. Types cross as they are defined; a function here takes its arguments as the other side has them (a
//! day as text) and calls the one reader there is. A new kind is one function.

use crate::ocop::{certificate, Certificate, Score};
use crate::{
    AgencyCode, BhytNumber, BhytQr, CccdQr, Date, DossierCode, Language, Mrz, MrzRepair,
    PersonalId, PhoneNumber, ProcedureCode, Refusal, Rule,
};

/// Why a payload was refused: what [`Refusal`] says, as an exception.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum ReadError {
    /// It breaks a rule.
    #[error("{} at {place}", rule.id())]
    Refused {
        /// The rule; it has words for people.
        rule: Rule,
        /// Where: `birth_date`, `byte 5`, `line 2, column 7`, `whole`.
        place: String,
    },
}

impl From<Refusal> for ReadError {
    fn from(refusal: Refusal) -> ReadError {
        ReadError::Refused {
            rule: refusal.rule,
            place: refusal.place.to_string(),
        }
    }
}

#[uniffi::export]
impl Rule {
    /// The stable id.
    pub fn code(&self) -> String {
        self.id().to_owned()
    }

    /// What the rule says, for people.
    pub fn words(&self, language: Language) -> String {
        self.text(language).to_owned()
    }
}

/// A reference date, `YYYY-MM-DD`.
fn day(on: Option<String>) -> Result<Option<Date>, Refusal> {
    on.map(|on| on.parse())
        .transpose()
        .map_err(|_| Refusal::field(Rule::Date, "on"))
}

/// Reads the QR code of a citizen card.
///
/// # Errors
///
/// See [`CccdQr::parse`].
#[uniffi::export]
pub fn read_cccd_qr(text: &str) -> Result<CccdQr, ReadError> {
    Ok(CccdQr::parse(text)?)
}

/// Reads a personal identification number; `on` is the day it is judged by, `YYYY-MM-DD`.
///
/// # Errors
///
/// See [`PersonalId::parse`]; `date` at `on` when that is no day.
#[uniffi::export]
pub fn read_personal_id(text: &str, on: Option<String>) -> Result<PersonalId, ReadError> {
    Ok(PersonalId::parse(text, day(on)?)?)
}

/// Reads a machine readable zone; `on` is the reference date for the century of birth, `YYYY-MM-DD`.
///
/// # Errors
///
/// See [`Mrz::parse`]; `date` at `on` when that is no day.
#[uniffi::export]
pub fn read_mrz(text: &str, on: Option<String>) -> Result<Mrz, ReadError> {
    Ok(Mrz::parse(text, day(on)?)?)
}

/// What a refused machine readable zone may have said: offers for a person to compare with the card, never results.
///
/// # Errors
///
/// `date` at `on` when that is no day.
#[uniffi::export]
pub fn offer_mrz_repairs(text: &str, on: Option<String>) -> Result<Vec<MrzRepair>, ReadError> {
    Ok(crate::mrz_repairs(text, day(on)?))
}

/// Reads a health insurance number; `on` is the day the benefit is asked for, `YYYY-MM-DD`.
///
/// # Errors
///
/// See [`BhytNumber::parse`]; `date` at `on` when that is no day.
#[uniffi::export]
pub fn read_bhyt_number(text: &str, on: Option<String>) -> Result<BhytNumber, ReadError> {
    Ok(BhytNumber::parse(text, day(on)?)?)
}

/// Reads the QR code of a health insurance card.
///
/// # Errors
///
/// See [`BhytQr::parse`].
#[uniffi::export]
pub fn read_bhyt_qr(text: &str) -> Result<BhytQr, ReadError> {
    Ok(BhytQr::parse(text)?)
}

/// Reads the code of a dossier.
///
/// # Errors
///
/// See [`DossierCode::parse`].
#[uniffi::export]
pub fn read_dossier_code(text: &str) -> Result<DossierCode, ReadError> {
    Ok(DossierCode::parse(text)?)
}

/// Reads the code of an agency.
///
/// # Errors
///
/// See [`AgencyCode::parse`].
#[uniffi::export]
pub fn read_agency_code(text: &str) -> Result<AgencyCode, ReadError> {
    Ok(AgencyCode::parse(text)?)
}

/// The code of an administrative procedure, if it is one.
///
/// # Errors
///
/// See [`ProcedureCode::parse`].
#[uniffi::export]
pub fn read_procedure_code(text: &str) -> Result<String, ReadError> {
    Ok(ProcedureCode::parse(text)?.to_string())
}

/// An OCOP certificate of the day `issued` as seen on the day `on`, both `YYYY-MM-DD`; `score` in points.
///
/// # Errors
///
/// See [`crate::ocop::certificate`]; `date` at `on` when one of both is no day; `range` for a score that is none.
#[uniffi::export]
pub fn ocop_certificate(
    issued: String,
    on: String,
    score: Option<f64>,
    revoked: bool,
) -> Result<Certificate, ReadError> {
    let no_day = || Refusal::field(Rule::Date, "on");
    let issued = day(Some(issued))?.ok_or_else(no_day)?;
    let on = day(Some(on))?.ok_or_else(no_day)?;
    let score = score.map(Score::from_points).transpose()?;
    Ok(certificate(issued, on, score, revoked)?)
}

/// Reads a Vietnamese telephone number.
///
/// # Errors
///
/// See [`PhoneNumber::parse`].
#[uniffi::export]
pub fn read_phone_number(text: &str) -> Result<PhoneNumber, ReadError> {
    Ok(PhoneNumber::parse(text)?)
}
