//! The personal identification number (số định danh cá nhân), 12 digits: `046` registration code, `1` century and sex, `90`
//! year of birth, `012345` random.
//!
//! Invariant: says no more than the number does: no day, no check (there is no check digit), and never that it was issued.
//!
//! Source: Identity Law 26/2023/QH15 article 12; Decree 137/2015/NĐ-CP article 13 (structure); Circular 59/2021/TT-BCA article 4
//! (codes of place, century and sex).

mod places;

use hues_vietnam::Date;
use serde::Serialize;

use crate::payload::bounded;
use crate::warning::warnings;
use crate::{Refusal, Rule, Sex};

pub use places::{birth_place, BirthPlace, BirthPlaceKind};

warnings! {
    /// What is odd about a personal identification number.
    PersonalIdWarning {
        /// Its first three digits are neither one of the 63 province codes nor a country code.
        UnknownCode, "unknown-code", "Ba số đầu không có trong danh mục nơi đăng ký khai sinh.", "The first three digits are not in the list of places of birth registration.";
    }
}

/// What a personal identification number says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PersonalId {
    /// The 12 digits.
    pub personal_id: String,
    /// The first three: where the birth was registered.
    pub registration_code: String,
    /// The place of that code, where a list has it.
    pub registered_in: Option<BirthPlace>,
    /// Sex as registered.
    pub sex: Sex,
    /// The century: 20 is 1900 to 1999.
    pub century: u8,
    /// The year of birth.
    pub birth_year: u16,
    /// What is odd about it.
    pub warnings: Vec<PersonalIdWarning>,
}

impl PersonalId {
    /// Reads a number; `on` is the day from which it is judged, if any.
    ///
    /// # Errors
    ///
    /// `empty`, `too-long`, `charset` (anything but ASCII digits), `length` (not 12), `date` (born in a year after `on`).
    pub fn parse(text: &str, on: Option<Date>) -> Result<PersonalId, Refusal> {
        let digits = Digits::read(bounded(text)?)?;
        if on.is_some_and(|on| i32::from(digits.birth_year()) > on.year()) {
            return Err(Refusal::field(Rule::Date, "birth_year"));
        }
        let registration_code = text.get(..3).unwrap_or_default();
        let registered_in = birth_place(registration_code);
        let warnings = match registered_in {
            Some(_) => Vec::new(),
            None => vec![PersonalIdWarning::UnknownCode],
        };
        Ok(PersonalId {
            personal_id: text.to_owned(),
            registration_code: registration_code.to_owned(),
            registered_in,
            sex: digits.sex(),
            century: digits.century(),
            birth_year: digits.birth_year(),
            warnings,
        })
    }
}

impl std::fmt::Display for PersonalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.personal_id)
    }
}

/// The 12 digits, for readers of cards that carry the number.
#[derive(Clone, Copy)]
pub(crate) struct Digits([u8; 12]);

impl Digits {
    /// Twelve ASCII digits; refused by `charset`, then by `length`.
    pub(crate) fn read(text: &str) -> Result<Digits, Refusal> {
        if let Some(at) = text.bytes().position(|b| !b.is_ascii_digit()) {
            return Err(Refusal::byte(Rule::Charset, at));
        }
        match text.as_bytes().try_into() {
            Ok(digits) => Ok(Digits(digits)),
            Err(_) => Err(Refusal::whole(Rule::Length)),
        }
    }

    fn digit(self, at: usize) -> u8 {
        self.0.get(at).map_or(0, |b| b - b'0')
    }

    /// Even digits are male, odd ones female.
    pub(crate) fn sex(self) -> Sex {
        if self.digit(3).is_multiple_of(2) {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// 0 and 1 are the 20th century, 8 and 9 the 24th.
    pub(crate) fn century(self) -> u8 {
        20 + self.digit(3) / 2
    }

    pub(crate) fn birth_year(self) -> u16 {
        (u16::from(self.century()) - 1) * 100
            + u16::from(self.digit(4)) * 10
            + u16::from(self.digit(5))
    }

    /// Whether a list has its first three digits.
    pub(crate) fn place_is_known(self) -> bool {
        let code = self.0.get(..3).unwrap_or_default();
        std::str::from_utf8(code).is_ok_and(|code| places::listed(code).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vectors() {
        crate::vectors::check("personal-id", |text, on| {
            PersonalId::parse(text, on).map(|id| serde_json::to_value(id).unwrap())
        });
    }

    #[test]
    fn every_century_and_sex() {
        let expected = [
            ('0', Sex::Male, 20, 1990),
            ('1', Sex::Female, 20, 1990),
            ('2', Sex::Male, 21, 2090),
            ('3', Sex::Female, 21, 2090),
            ('4', Sex::Male, 22, 2190),
            ('5', Sex::Female, 22, 2190),
            ('6', Sex::Male, 23, 2290),
            ('7', Sex::Female, 23, 2290),
            ('8', Sex::Male, 24, 2390),
            ('9', Sex::Female, 24, 2390),
        ];
        for (digit, sex, century, birth_year) in expected {
            let id = PersonalId::parse(&format!("046{digit}90012345"), None).unwrap();
            assert_eq!(
                (id.sex, id.century, id.birth_year),
                (sex, century, birth_year)
            );
            assert!(id.warnings.is_empty());
        }
    }

    proptest! {
        #[test]
        fn any_twelve_digits_come_back(text in "[0-9]{12}") {
            let id = PersonalId::parse(&text, None).unwrap();
            prop_assert_eq!(id.to_string(), text);
            prop_assert!((1900..2400).contains(&id.birth_year));
            prop_assert_eq!(id.warnings.is_empty(), id.registered_in.is_some());
        }

        #[test]
        fn anything_else_is_refused(text in any::<String>()) {
            let is_number = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
            prop_assert_eq!(PersonalId::parse(&text, None).is_ok(), is_number);
        }
    }
}
