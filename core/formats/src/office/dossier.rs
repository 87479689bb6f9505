//! Dossier codes: `H57.20-261124-0012` and `000.00.04.G18-20261124-0092637` of public services, `03706/2026/07906` of social
//! insurance.
//!
//! Invariant: the raw text is the identity; what is taken out of it is for showing and sorting.
//!
//! Source: Circular 03/2025/TT-VPCP and, before it, Circular 01/2018/TT-VPCP (code of the agency, day of receipt, number of the day that
//! grows past four digits); days with two and with four digits of the year are in use side by side.

use std::fmt;

use serde::Serialize;

use super::agency::AgencyCode;
use crate::payload::{bounded, number};
use crate::{Date, PartialDate, Refusal, Rule};

/// Whose scheme a code follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "kebab-case")]
pub enum DossierScheme {
    /// Public services: agency, day, number.
    Dossier,
    /// Social insurance: office, year, number.
    SocialInsurance,
}

/// What a dossier code says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct DossierCode {
    /// The code as written: its identity.
    pub raw: String,
    /// Whose scheme it follows.
    pub scheme: DossierScheme,
    /// The agency that received it: its code, or the five digits of a social insurance office.
    pub agency: String,
    /// The authority at the top of the agency (`H57`); none in social insurance.
    pub authority: Option<String>,
    /// The day of receipt; of social insurance the year alone.
    pub date: PartialDate,
    /// The number of that day, or of the year.
    pub sequence: u64,
}

/// Digits of a number at most, so that it fits.
const MOST_DIGITS: usize = 18;

impl DossierCode {
    /// Reads a code of either scheme.
    ///
    /// # Errors
    ///
    /// `empty`, `too-long`, `charset`, `format` (neither scheme), `length` (day or number), `date` (no such day).
    pub fn parse(text: &str) -> Result<DossierCode, Refusal> {
        let is_of_it =
            |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, b'.' | b'-' | b'/');
        if let Some(at) = bounded(text)?.bytes().position(|c| !is_of_it(c)) {
            return Err(Refusal::byte(Rule::Charset, at));
        }
        let split = |by| text.split(by).collect::<Vec<_>>();
        match (split('-').as_slice(), split('/').as_slice()) {
            ([agency, day, sequence], [_]) => public_service(text, agency, day, sequence),
            ([_], [office, year, sequence]) => social_insurance(text, office, year, sequence),
            _ => Err(Refusal::whole(Rule::Format)),
        }
    }
}

fn public_service(
    raw: &str,
    agency: &str,
    day: &str,
    sequence: &str,
) -> Result<DossierCode, Refusal> {
    let code = AgencyCode::parse(agency).map_err(|_| Refusal::field(Rule::Format, "agency"))?;
    Ok(DossierCode {
        raw: raw.to_owned(),
        scheme: DossierScheme::Dossier,
        agency: code.raw,
        authority: Some(code.authority),
        date: PartialDate::Day { date: day_of(day)? },
        sequence: counted(sequence, 4)?,
    })
}

fn social_insurance(
    raw: &str,
    office: &str,
    year: &str,
    sequence: &str,
) -> Result<DossierCode, Refusal> {
    let is_office = office.len() == 5 && number(office).is_some();
    if !is_office {
        return Err(Refusal::field(Rule::Format, "agency"));
    }
    let year = number(year)
        .filter(|_| year.len() == 4)
        .and_then(|year| PartialDate::from_parts(year, None, None).ok())
        .ok_or(Refusal::field(Rule::Date, "date"))?;
    Ok(DossierCode {
        raw: raw.to_owned(),
        scheme: DossierScheme::SocialInsurance,
        agency: office.to_owned(),
        authority: None,
        date: year,
        sequence: counted(sequence, 1)?,
    })
}

/// `yyMMdd` of this century, or `yyyyMMdd`.
fn day_of(text: &str) -> Result<Date, Refusal> {
    let whole = match text.len() {
        6 => format!("20{text}"),
        8 => text.to_owned(),
        _ => return Err(Refusal::field(Rule::Length, "date")),
    };
    let part = |range| whole.get(range).and_then(number);
    part(0..4)
        .zip(part(4..6))
        .zip(part(6..8))
        .and_then(|((year, month), day)| Date::from_ymd(year as i32, month, day).ok())
        .ok_or(Refusal::field(Rule::Date, "date"))
}

/// At least `least` digits.
fn counted(text: &str, least: usize) -> Result<u64, Refusal> {
    if !text.bytes().all(|c| c.is_ascii_digit()) {
        return Err(Refusal::field(Rule::Format, "sequence"));
    }
    if !(least..=MOST_DIGITS).contains(&text.len()) {
        return Err(Refusal::field(Rule::Length, "sequence"));
    }
    text.parse()
        .map_err(|_| Refusal::field(Rule::Length, "sequence"))
}

impl fmt::Display for DossierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.raw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vectors() {
        crate::vectors::check("dossier-code", |text, _| {
            DossierCode::parse(text).map(|code| serde_json::to_value(code).unwrap())
        });
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[A-H0-9./-]{0,30}|.*|(000\\.00\\.[0-9]{2}\\.)?H57-[0-9]{6}-[0-9]{4,7}") {
            if let Ok(code) = DossierCode::parse(&text) {
                prop_assert!(text.ends_with(&code.sequence.to_string()));
                prop_assert!(text.starts_with(&code.agency));
                prop_assert_eq!(code.to_string(), text);
            }
        }
    }
}
