//! Formats that Vietnamese citizens, shops and offices print and scan: read into typed values, and built where the format is
//! ours to write.
//!
//! Invariant: pure. No I/O, no clock (a reference date is passed in), no randomness, no panic, linear time and bounded memory
//! on any input. Nothing is repaired and nothing is guessed: an input is read, read with warnings, or refused with the rule it
//! breaks and the place where it breaks it. Each module names the clause it follows.

pub mod bank;
pub mod base32;
mod bhyt;
pub mod bits;
mod cccd_qr;
#[cfg(feature = "uniffi")]
pub mod crossing;
pub mod emv;
pub mod gs1;
pub mod gsm7;
mod mrz;
pub mod ocop;
mod office;
mod partial_date;
mod payload;
mod personal_id;
mod phone;
mod refusal;
mod sex;
#[cfg(test)]
mod vectors;
mod warning;

pub use bhyt::{
    benefit_on, Benefit, BhytNumber, BhytNumberWarning, BhytQr, BhytQrWarning, BhytShape,
    LivingArea,
};
pub use cccd_qr::{CccdQr, CccdWarning};
pub use hues_vietnam::{Date, Language};
pub use mrz::{
    mrz_repairs, transliterate, vietnamese_optional_data, Mrz, MrzChange, MrzFormat, MrzParts,
    MrzRepair, MrzSex, MrzWarning, MAX_REPAIRS,
};
pub use office::{AgencyCode, AgencyStyle, DossierCode, DossierScheme, ProcedureCode, MAX_AGENCY};
pub use partial_date::PartialDate;
pub use personal_id::{birth_place, BirthPlace, BirthPlaceKind, PersonalId, PersonalIdWarning};
pub use phone::{PhoneKind, PhoneNumber};
pub use refusal::{Place, Refusal, Rule};
pub use sex::Sex;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();

/// Longest payload any reader of this crate looks at, in bytes.
pub const MAX_BYTES: usize = 8 * 1024;
