//! The QR code of the health insurance card, in its published shapes: 10, 15 and 17 segments.
//!
//! `card code|name|birth|sex|address|facility|from|to|issued|management code|parent|area|five years|check string|$`; the shape of 17 puts
//! the benefit level and the issuing office before the `$`, the oldest one ends after the day of issue. Names, address and office are
//! the hexadecimal of UTF-8; `-` is nothing; dates are `dd/MM/yyyy`, `MM/yyyy` or `yyyy`.
//!
//! Invariant: the check string's algorithm is not published: it is kept, not judged, and the code proves nothing.
//!
//! Source: cards of Decision 1666/QĐ-BHXH of 2020 and of Decision 1313/QĐ-BHXH of 2014 as three independent public readers agree on them; no
//! official description of the code is published.

use std::fmt;

use serde::Serialize;

use super::number::{shape, BhytNumber};
use crate::payload::{bounded, kept, no_controls, number};
use crate::warning::warnings;
use crate::{PartialDate, Place, Refusal, Rule, Sex};

warnings! {
    /// What is odd about the QR code of a health insurance card.
    BhytQrWarning {
        /// The `$` at the end is missing.
        NoTerminator, "no-terminator", "Thiếu ký tự $ kết thúc mã.", "The closing $ is missing.";
        /// A text was not in Unicode NFC; it is now.
        NotNfc, "not-nfc", "Chữ có dấu được ghi ở dạng tách rời.", "Accented letters are written in pieces.";
        /// A code that no list has: living area or benefit level. It is kept.
        UnknownCode, "unknown-code", "Có mã không thuộc danh mục (khu vực hoặc mức hưởng).", "A code is not in its list (living area or benefit level).";
        /// A text held characters that turn the direction of writing; they were taken out.
        BidiControl, "bidi-control", "Có ký tự đảo chiều chữ, có thể để đánh lừa người đọc.", "There are characters that turn the writing direction, perhaps to deceive.";
    }
}

/// Areas where people are insured without regard to the level of the facility (Health Insurance Law article 22 (5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum LivingArea {
    /// Communes with difficult conditions.
    K1,
    /// Communes with especially difficult conditions.
    K2,
    /// Islands.
    K3,
}

/// What the QR code of a health insurance card says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct BhytQr {
    /// Segments of the payload, the one of the `$` counted.
    pub segments: u8,
    /// The number of the card in one of its three shapes; see [`BhytQr::number`].
    pub card_code: String,
    /// Full name.
    pub full_name: String,
    /// Birth date, or as much of it as the card says.
    pub birth_date: Option<PartialDate>,
    /// Sex.
    pub sex: Sex,
    /// Address; not on newer cards.
    pub address: Option<String>,
    /// The facility of first care: province and code, five characters.
    pub facility_code: Option<String>,
    /// Valid from.
    pub valid_from: Option<PartialDate>,
    /// Valid to; newer cards have none.
    pub valid_to: Option<PartialDate>,
    /// Day of issue.
    pub issue_date: Option<PartialDate>,
    /// Management code of the insurer.
    pub management_code: Option<String>,
    /// Name of a child's parent or guardian.
    pub parent_name: Option<String>,
    /// Living area, if one of the three.
    pub living_area: Option<LivingArea>,
    /// The code of the living area as it stands (`4` is none of them).
    pub living_area_code: Option<String>,
    /// The day from which five years without a gap are reached.
    pub five_years_from: Option<PartialDate>,
    /// The insurer's check string, as it stands.
    pub check_string: Option<String>,
    /// Benefit level as printed; 17 segments only.
    pub benefit_level: Option<u8>,
    /// Issuing office; 17 segments only.
    pub issuing_office: Option<String>,
    /// What is odd about it.
    pub warnings: Vec<BhytQrWarning>,
}

/// Fields of the three shapes, without the `$`.
const SHAPES: [usize; 3] = [9, 14, 16];
const MOST: usize = 16;

impl BhytQr {
    /// Reads the text of the code.
    ///
    /// # Errors
    ///
    /// `empty`, `too-long`, `charset`, `field-count`, `hex`, `utf8`, `sex`, `date`, `length` and `format` (card or facility code).
    pub fn parse(text: &str) -> Result<BhytQr, Refusal> {
        let text = bounded(text)?;
        no_controls(text)?;
        let mut fields = [""; MOST];
        let (segments, is_closed) = split(text, &mut fields)?;
        let mut reader = Reader::default();
        let [code, name, birth, sex, address, facility, from, to, issued, management, parent, area, five, check, level, office] =
            fields;

        shape(code).map_err(|r| Refusal::field(r.rule, "card_code"))?;
        let full_name = reader
            .hex(name, "full_name")?
            .ok_or(Refusal::field(Rule::Empty, "full_name"))?;
        let living_area = reader.area(area);
        let benefit_level = reader.level(level)?;
        let read = BhytQr {
            segments,
            card_code: code.to_owned(),
            full_name,
            birth_date: date(birth, "birth_date")?,
            sex: match sex {
                "1" => Sex::Male,
                "2" => Sex::Female,
                _ => return Err(Refusal::field(Rule::Sex, "sex")),
            },
            address: reader.hex(address, "address")?,
            facility_code: facility_code(facility)?,
            valid_from: date(from, "valid_from")?,
            valid_to: date(to, "valid_to")?,
            issue_date: date(issued, "issue_date")?,
            management_code: plain(management),
            parent_name: reader.hex(parent, "parent_name")?,
            living_area,
            living_area_code: plain(area),
            five_years_from: date(five, "five_years_from")?,
            check_string: plain(check),
            benefit_level,
            issuing_office: reader.hex(office, "issuing_office")?,
            warnings: Vec::new(),
        };
        let noticed = [
            (!is_closed, BhytQrWarning::NoTerminator),
            (reader.not_nfc, BhytQrWarning::NotNfc),
            (reader.unknown_code, BhytQrWarning::UnknownCode),
            (reader.bidi, BhytQrWarning::BidiControl),
        ];
        let warnings = noticed.iter().filter(|(is, _)| *is).map(|(_, what)| *what);
        Ok(BhytQr {
            warnings: warnings.collect(),
            ..read
        })
    }

    /// The card's number, taken apart; `on` is the day the benefit is asked for.
    ///
    /// # Errors
    ///
    /// `unknown-code` when the benefit digit of a card of 15 characters is none of 1 to 5.
    pub fn number(&self, on: Option<hues_vietnam::Date>) -> Result<BhytNumber, Refusal> {
        BhytNumber::parse(&self.card_code, on)
    }
}

/// Splits by `|`, takes the `$` away and checks the count; segments as counted, and whether there was a `$`. An empty last
/// segment is a `$` that was lost.
fn split<'a>(text: &'a str, fields: &mut [&'a str; MOST]) -> Result<(u8, bool), Refusal> {
    let refused = Refusal::whole(Rule::FieldCount);
    let segments = text.bytes().filter(|c| *c == b'|').count() + 1;
    if segments > MOST + 1 {
        return Err(refused);
    }
    let (body, last) = text.rsplit_once('|').ok_or(refused.clone())?;
    let last = last.trim_matches(' ');
    let is_closed = last == "$";
    let has_end = is_closed || last.is_empty();
    let (body, count) = match has_end {
        true => (body, segments - 1),
        false => (text, segments),
    };
    if !SHAPES.contains(&count) {
        return Err(refused);
    }
    for (index, (field, segment)) in fields.iter_mut().zip(body.split('|')).enumerate() {
        if segment.contains('$') {
            return Err(Refusal::new(Rule::Charset, Place::Number(index as u32 + 1)));
        }
        *field = segment.trim_matches(' ');
    }
    Ok((segments as u8, is_closed)) // at most 17
}

/// A field as it stands; `-` and nothing are nothing.
fn plain(field: &str) -> Option<String> {
    (!is_nothing(field)).then(|| field.to_owned())
}

fn is_nothing(field: &str) -> bool {
    matches!(field, "" | "-")
}

/// `dd/MM/yyyy`, `d/M/yyyy`, `MM/yyyy` or `yyyy`.
fn date(field: &str, name: &'static str) -> Result<Option<PartialDate>, Refusal> {
    if is_nothing(field) {
        return Ok(None);
    }
    let refused = Refusal::field(Rule::Date, name);
    let mut parts = field.rsplit('/');
    let year = parts.next().filter(|year| year.len() == 4).and_then(number);
    let mut part = || match parts.next() {
        Some(text) if text.len() <= 2 => number(text).map(Some).ok_or(refused.clone()),
        Some(_) => Err(refused.clone()),
        None => Ok(None),
    };
    let (month, day) = (part()?, part()?);
    if parts.next().is_some() {
        return Err(refused);
    }
    year.and_then(|year| PartialDate::from_parts(year, month, day).ok())
        .map(Some)
        .ok_or(refused)
}

/// `46 - 001`, with any dash and any spaces, or `46001`: two digits of the province and three letters or digits.
fn facility_code(field: &str) -> Result<Option<String>, Refusal> {
    if is_nothing(field) {
        return Ok(None);
    }
    let is_filling = |c: &char| matches!(c, ' ' | '-' | '\u{2010}'..='\u{2015}');
    let code: String = field.chars().filter(|c| !is_filling(c)).collect();
    let is_shaped = code.len() == 5
        && code.bytes().take(2).all(|c| c.is_ascii_digit())
        && code
            .bytes()
            .all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    is_shaped
        .then_some(Some(code))
        .ok_or(Refusal::field(Rule::Format, "facility_code"))
}

/// What the texts had to be cleaned of, and codes no list has.
#[derive(Default)]
struct Reader {
    not_nfc: bool,
    bidi: bool,
    unknown_code: bool,
}

impl Reader {
    /// The text of a hexadecimal field.
    fn hex(&mut self, field: &str, name: &'static str) -> Result<Option<String>, Refusal> {
        if is_nothing(field) {
            return Ok(None);
        }
        let bytes = decoded(field).ok_or(Refusal::field(Rule::Hex, name))?;
        let text = String::from_utf8(bytes).map_err(|_| Refusal::field(Rule::Utf8, name))?;
        no_controls(&text).map_err(|r| Refusal::field(r.rule, name))?;
        let kept = kept(&text);
        self.not_nfc |= kept.was_not_nfc;
        self.bidi |= kept.had_bidi;
        Ok(Some(kept.text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    fn area(&mut self, field: &str) -> Option<LivingArea> {
        match field {
            "1" | "K1" => Some(LivingArea::K1),
            "2" | "K2" => Some(LivingArea::K2),
            "3" | "K3" => Some(LivingArea::K3),
            "4" => None,
            _ => {
                self.unknown_code |= !is_nothing(field);
                None
            }
        }
    }

    fn level(&mut self, field: &str) -> Result<Option<u8>, Refusal> {
        if is_nothing(field) {
            return Ok(None);
        }
        let level = field.parse::<u8>().ok().filter(|level| *level <= 9);
        match level {
            Some(level) if field.len() == 1 => {
                self.unknown_code |= !(1..=5).contains(&level);
                Ok(Some(level))
            }
            _ => Err(Refusal::field(Rule::Format, "benefit_level")),
        }
    }
}

/// The bytes of hexadecimal digits of either case.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
            _ => None,
        })
        .collect()
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// The payload again, in the shape it came in, with its `$`.
impl fmt::Display for BhytQr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = SHAPES
            .into_iter()
            .rev()
            .find(|shape| *shape <= usize::from(self.segments));
        let sex = match self.sex {
            Sex::Male => "1",
            Sex::Female => "2",
        };
        let facility = self.facility_code.as_ref().map(|code| {
            let (province, rest) = code.split_at_checked(2).unwrap_or((code, ""));
            format!("{province} - {rest}")
        });
        let level = self.benefit_level.map(|level| level.to_string());
        let all = [
            Some(self.card_code.clone()),
            Some(encoded(&self.full_name)),
            self.birth_date.map(day_month_year),
            Some(sex.to_owned()),
            self.address.as_deref().map(encoded),
            facility,
            self.valid_from.map(day_month_year),
            self.valid_to.map(day_month_year),
            self.issue_date.map(day_month_year),
            self.management_code.clone(),
            self.parent_name.as_deref().map(encoded),
            self.living_area_code.clone(),
            self.five_years_from.map(day_month_year),
            self.check_string.clone(),
            level,
            self.issuing_office.as_deref().map(encoded),
        ];
        for field in all.iter().take(fields.unwrap_or(MOST)) {
            write!(f, "{}|", field.as_deref().unwrap_or("-"))?;
        }
        f.write_str("$")
    }
}

fn encoded(text: &str) -> String {
    let mut hex = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        for nibble in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    hex
}

fn day_month_year(date: PartialDate) -> String {
    match date.parts() {
        (year, Some(month), Some(day)) => format!("{day:02}/{month:02}/{year:04}"),
        (year, Some(month), None) => format!("{month:02}/{year:04}"),
        (year, None, _) => format!("{year:04}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CARD: &str = "0100000000|5452e1baa64e205448e1bb8a204de1baaa55|01/02/1990|2|-|46 - 001|01/01/2026|-|02/01/2026|46010100000000|-|4|01/01/2030|0123456789abcdef-0001|4|5468c3a06e68207068e1bb91204875e1babf|$";

    #[test]
    fn vectors() {
        crate::vectors::check("bhyt-qr", |text, _| {
            BhytQr::parse(text).map(|card| serde_json::to_value(card).unwrap())
        });
    }

    #[test]
    fn a_card_comes_back_character_by_character() {
        assert_eq!(BhytQr::parse(CARD).unwrap().to_string(), CARD);
    }

    #[test]
    fn the_number_is_taken_apart() {
        let old = CARD.replacen("0100000000", "CN3460123456789", 1);
        let number = BhytQr::parse(&old)
            .unwrap()
            .number("2026-01-01".parse().ok())
            .unwrap();
        assert_eq!(
            (number.benefit_printed, number.benefit_level),
            (Some(3), Some(2))
        );
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_back(
            code in "[A-Z]{2}[1-5][0-9]{12}|[0-9]{10}|[0-9]{12}",
            name in "[A-ZÀ-Ỹ][A-ZÀ-Ỹ ]{0,20}[A-Z]",
            birth in "0[1-9]/1[0-2]/19[0-9]{2}|1[0-2]/19[0-9]{2}|19[0-9]{2}|-",
            area in "[1-4]|-",
            fields in prop::sample::select(vec![9, 14, 16]),
        ) {
            let name = encoded(&name);
            let all = [code.as_str(), &name, &birth, "1", "-", "46 - C01", "01/01/2026", "31/12/2026", "-", "46010100000000", "-", &area, "-", "x", "3", "-"];
            let text = format!("{}|$", all[..fields].join("|"));
            let card = BhytQr::parse(&text).unwrap();
            let again = BhytQr::parse(&card.to_string()).unwrap();
            prop_assert_eq!(again.to_string(), card.to_string());
            if card.warnings.is_empty() {
                prop_assert_eq!(card.to_string(), text);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), at in any::<prop::sample::Index>()) {
            let _ = BhytQr::parse(&text);
            let mut hostile = CARD.to_owned();
            hostile.insert_str(at.index(CARD.len()), &text);
            if let Ok(card) = BhytQr::parse(&hostile) {
                prop_assert!(BhytQr::parse(&card.to_string()).is_ok());
            }
        }
    }
}
