//! The number of a health insurance card in its three shapes: 15 characters, 10 digits, 12 digits.
//!
//! Invariant: no check digit is published, none is invented. Object and province codes are kept raw; only the benefit digit is a
//! closed list.
//!
//! Source: Decision 1351/QĐ-BHXH of 16/11/2015 (15 characters: object 2, benefit 1, province 2, social insurance number 10), as amended by
//! 1697/QĐ-BHXH of 2023 and 1018/QĐ-BHXH of 2024; Decision 1666/QĐ-BHXH of 2020 (10 digits on cards since 01/04/2021); the personal
//! identification number in its place since 15/08/2025.

use hues_vietnam::Date;
use serde::Serialize;

use super::benefit::benefit_on;
use crate::payload::bounded;
use crate::warning::warnings;
use crate::{Refusal, Rule};

warnings! {
    /// What is odd about a health insurance number.
    BhytNumberWarning {
        /// A day was asked for on which no table says what the printed level means.
        BenefitUnknown, "benefit-unknown", "Chưa có bảng mức hưởng cho ngày này.", "No benefit table covers this day.";
    }
}

/// The three shapes of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "lowercase")]
pub enum BhytShape {
    /// Object, benefit, province and social insurance number: `DN4460123456789`.
    Card15,
    /// The social insurance number alone.
    Bhxh10,
    /// The personal identification number.
    Personal12,
}

/// What a health insurance number says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct BhytNumber {
    /// Its shape.
    pub shape: BhytShape,
    /// The number in capitals, without spaces and dashes.
    pub number: String,
    /// Whom the insurance covers, two letters (`DN` employees, `TE` children under six); 15 characters only.
    pub object_code: Option<String>,
    /// The level printed, 1 to 5; 15 characters only.
    pub benefit_printed: Option<u8>,
    /// The level that counts on the reference date; none without one.
    pub benefit_level: Option<u8>,
    /// The share of the costs that this level pays, in percent.
    pub benefit_percent: Option<u8>,
    /// The province of issue, two digits as in the list of before 1 July 2025; 15 characters only.
    pub province: Option<String>,
    /// The social insurance number, 10 digits; not in the personal identification number.
    pub bhxh_number: Option<String>,
    /// What is odd about it.
    pub warnings: Vec<BhytNumberWarning>,
}

impl BhytNumber {
    /// Reads a number as people type it: case, spaces and dashes do not matter. `on` is the day the benefit is asked for.
    ///
    /// # Errors
    ///
    /// `empty`, `too-long`, `charset`, `length` (none of 10, 12 and 15), `format` (letters where digits stand), `unknown-code` (the
    /// benefit digit).
    pub fn parse(text: &str, on: Option<Date>) -> Result<BhytNumber, Refusal> {
        let number = normalised(bounded(text)?)?;
        let shape = shape(&number)?;
        let mut read = BhytNumber {
            shape,
            number: String::new(),
            object_code: None,
            benefit_printed: None,
            benefit_level: None,
            benefit_percent: None,
            province: None,
            bhxh_number: None,
            warnings: Vec::new(),
        };
        match shape {
            BhytShape::Card15 => read.split_card(&number, on)?,
            BhytShape::Bhxh10 => read.bhxh_number = Some(number.clone()),
            BhytShape::Personal12 => {}
        }
        read.number = number;
        Ok(read)
    }

    fn split_card(&mut self, number: &str, on: Option<Date>) -> Result<(), Refusal> {
        let part = |range: std::ops::Range<usize>| number.get(range).unwrap_or_default();
        let printed = match part(2..3).parse() {
            Ok(level @ 1..=5) => level,
            _ => return Err(Refusal::field(Rule::UnknownCode, "benefit_printed")),
        };
        self.object_code = Some(part(0..2).to_owned());
        self.benefit_printed = Some(printed);
        self.province = Some(part(3..5).to_owned());
        self.bhxh_number = Some(part(5..15).to_owned());
        if let Some(on) = on {
            match benefit_on(part(0..2), printed, on) {
                Some(benefit) => {
                    self.benefit_level = Some(benefit.level);
                    self.benefit_percent = Some(benefit.percent);
                }
                None => self.warnings.push(BhytNumberWarning::BenefitUnknown),
            }
        }
        Ok(())
    }
}

impl std::fmt::Display for BhytNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.number)
    }
}

/// Capitals and digits alone.
fn normalised(text: &str) -> Result<String, Refusal> {
    let mut number = String::with_capacity(15);
    for (at, character) in text.char_indices() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => number.push(character.to_ascii_uppercase()),
            ' ' | '\u{a0}' | '-' | '\u{2010}'..='\u{2013}' => {}
            _ => return Err(Refusal::byte(Rule::Charset, at)),
        }
    }
    if number.is_empty() {
        return Err(Refusal::whole(Rule::Empty));
    }
    Ok(number)
}

/// The shape of a number without spaces and dashes.
pub(super) fn shape(number: &str) -> Result<BhytShape, Refusal> {
    let (shape, letters) = match number.len() {
        15 => (BhytShape::Card15, 2),
        10 => (BhytShape::Bhxh10, 0),
        12 => (BhytShape::Personal12, 0),
        _ => return Err(Refusal::field(Rule::Length, "number")),
    };
    let is_shaped = number.bytes().enumerate().all(|(at, c)| {
        if at < letters {
            c.is_ascii_uppercase()
        } else {
            c.is_ascii_digit()
        }
    });
    is_shaped
        .then_some(shape)
        .ok_or(Refusal::field(Rule::Format, "number"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vectors() {
        crate::vectors::check("bhyt-number", |text, on| {
            BhytNumber::parse(text, on).map(|number| serde_json::to_value(number).unwrap())
        });
    }

    proptest! {
        #[test]
        fn numbers_come_back_however_they_are_typed(number in "[A-Z]{2}[1-5][0-9]{12}|[0-9]{10}|[0-9]{12}", at in any::<prop::sample::Index>(), gap in "[ -]{0,3}") {
            let read = BhytNumber::parse(&number, None).unwrap();
            prop_assert_eq!(read.to_string(), number.clone());
            let mut typed = number.to_lowercase();
            typed.insert_str(at.index(number.len()), &gap);
            prop_assert_eq!(BhytNumber::parse(&typed, None), Ok(read));
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            if let Ok(read) = BhytNumber::parse(&text, "2026-01-01".parse().ok()) {
                prop_assert!(matches!(read.number.len(), 10 | 12 | 15));
                prop_assert_eq!(BhytNumber::parse(&read.number, "2026-01-01".parse().ok()), Ok(read));
            }
        }
    }
}
