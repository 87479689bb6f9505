//! Vietnamese telephone numbers: E.164 and national form, what kind of line, and the mobile numbers of eleven digits of before
//! 2018.
//!
//! Invariant: a number is told by its prefix alone; whose network it is on today it does not say (numbers are portable since 2018). Short
//! numbers are kept as they are: they have no E.164 form and no zero before them.
//!
//! Source: numbering plan, Circular 22/2014/TT-BTTTT as amended by 27/2021/TT-BTTTT; area codes, Decision 2036/QĐ-BTTTT of 21/11/2016; mobile prefixes,
//! Decision 798/QĐ-BTTTT of 25/05/2018; ITU-T E.164 and E.123 (how numbers are written).

mod table;

use std::fmt;

use serde::Serialize;

use crate::payload::bounded;
use crate::{Refusal, Rule};

/// What kind of line a number reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "lowercase")]
pub enum PhoneKind {
    /// A mobile telephone.
    Mobile,
    /// A fixed line, also of the closed networks of state bodies.
    Landline,
    /// A service number: 1800, 1900, and the short ones of information and complaints.
    Hotline,
    /// Police, fire, ambulance, rescue, protection of children.
    Emergency,
}

/// A Vietnamese telephone number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct PhoneNumber {
    /// `+84…`; none for numbers that cannot be dialled from abroad.
    pub e164: Option<String>,
    /// As dialled at home: with its zero, or a short number as it is.
    pub national: String,
    /// What kind of line it is.
    #[serde(rename = "type")]
    pub kind: PhoneKind,
    /// The eleven digits a mobile number had before 15 September 2018, if it was given so.
    pub converted_from: Option<String>,
}

impl PhoneNumber {
    /// Reads a number as people type it: spaces, dots, dashes and one pair of parentheses do not matter; `+84`, `0084`, `84` and `0` may come first.
    ///
    /// # Errors
    ///
    /// `empty`, `too-long`, `charset`, `format` (a plus or parentheses out of place), `length`, `unknown-code` (another country, a
    /// prefix nobody was given).
    pub fn parse(text: &str) -> Result<PhoneNumber, Refusal> {
        let typed = Typed::read(bounded(text)?)?;
        let digits = typed.digits.as_str();
        if typed.has_plus {
            let subscriber = digits
                .strip_prefix("84")
                .ok_or(Refusal::whole(Rule::UnknownCode))?;
            return domestic(subscriber);
        }
        if let Some(kind) = table::short(digits) {
            return Ok(PhoneNumber {
                e164: None,
                national: digits.to_owned(),
                kind,
                converted_from: None,
            });
        }
        match digits.strip_prefix("00") {
            Some(abroad) => match abroad.strip_prefix("84") {
                Some(subscriber) => domestic(subscriber),
                None => Err(Refusal::whole(Rule::UnknownCode)),
            },
            None => match (digits.strip_prefix('0'), digits.strip_prefix("84")) {
                (Some(subscriber), _) => domestic(subscriber),
                // No number of the country begins with 84 and no zero: this is the form of directories without its plus.
                (None, Some(subscriber)) if digits.len() > 10 => domestic(subscriber),
                _ => Err(unknown(digits)),
            },
        }
    }
}

/// Not one of ours: too short to be any number, or of a prefix nobody has.
fn unknown(digits: &str) -> Refusal {
    let rule = match digits.len() {
        0..=2 | 12.. => Rule::Length,
        _ => Rule::UnknownCode,
    };
    Refusal::whole(rule)
}

/// A number without its zero or country code.
fn domestic(subscriber: &str) -> Result<PhoneNumber, Refusal> {
    if let Some(prefix) = table::before_2018(subscriber) {
        let kept = subscriber.get(3..).unwrap_or_default();
        if kept.len() != 7 {
            return Err(Refusal::whole(Rule::Length));
        }
        let mut number = dialled(&format!("{prefix}{kept}"), PhoneKind::Mobile);
        number.converted_from = Some(format!("0{subscriber}"));
        return Ok(number);
    }
    let line = table::line(subscriber).ok_or(Refusal::whole(Rule::UnknownCode))?;
    if subscriber.len() != line.digits {
        return Err(Refusal::whole(Rule::Length));
    }
    let mut number = dialled(subscriber, line.kind);
    if line.is_closed {
        number.e164 = None;
    }
    Ok(number)
}

fn dialled(subscriber: &str, kind: PhoneKind) -> PhoneNumber {
    PhoneNumber {
        e164: Some(format!("+84{subscriber}")),
        national: format!("0{subscriber}"),
        kind,
        converted_from: None,
    }
}

/// The national form, which every telephone in the country dials.
impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.national)
    }
}

/// Digits, and whether a plus stood before them.
struct Typed {
    digits: String,
    has_plus: bool,
}

impl Typed {
    fn read(text: &str) -> Result<Typed, Refusal> {
        let mut typed = Typed {
            digits: String::with_capacity(16),
            has_plus: false,
        };
        let mut parentheses = 0;
        for (at, character) in text.char_indices() {
            match character {
                '0'..='9' => typed.digits.push(character),
                ' ' | '\u{a0}' | '.' | '-' | '\u{2010}'..='\u{2013}' => {}
                '+' if typed.digits.is_empty() && !typed.has_plus => typed.has_plus = true,
                '(' if parentheses == 0 => parentheses = 1,
                ')' if parentheses == 1 => parentheses = 2,
                '+' | '(' | ')' => return Err(Refusal::byte(Rule::Format, at)),
                _ => return Err(Refusal::byte(Rule::Charset, at)),
            }
        }
        match (typed.digits.is_empty(), parentheses) {
            (true, _) => Err(Refusal::whole(Rule::Empty)),
            (false, 1) => Err(Refusal::whole(Rule::Format)),
            _ => Ok(typed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vectors() {
        crate::vectors::check("phone-number", |text, _| {
            PhoneNumber::parse(text).map(|number| serde_json::to_value(number).unwrap())
        });
    }

    proptest! {
        #[test]
        fn both_forms_are_one_number(subscriber in "(9[0-46-8]|3[2-9]|8[1-9])[0-9]{7}|2(4|8)[0-9]{8}|234[0-9]{7}") {
            let number = PhoneNumber::parse(&format!("0{subscriber}")).unwrap();
            prop_assert_eq!(number.to_string(), format!("0{subscriber}"));
            for form in [format!("+84{subscriber}"), format!("84{subscriber}"), format!("0084 {subscriber}"), format!("(0{}) {}", &subscriber[..2], &subscriber[2..])] {
                prop_assert_eq!(PhoneNumber::parse(&form), Ok(number.clone()), "{}", form);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9+(). -]{0,16}|.*") {
            if let Ok(number) = PhoneNumber::parse(&text) {
                let again = PhoneNumber::parse(&number.to_string()).unwrap();
                prop_assert_eq!((&again.national, again.kind, &again.e164), (&number.national, number.kind, &number.e164));
                if let Some(e164) = &number.e164 {
                    prop_assert_eq!(PhoneNumber::parse(e164).unwrap().national, number.national);
                }
            }
        }
    }
}
