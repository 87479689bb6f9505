//! From values to lines: for test documents, demonstrations and printers of cards.
//!
//! Invariant: what is built is read back to the same values. An empty field of a passport's personal number gets a filler for its check
//! digit, where the standard allows `0` as well.

use hues_vietnam::Date;

use super::check::{check_digit, composite, CheckDigit};
use super::layout::{Layout, MOST};
use super::{name, transliterate, Mrz, MrzFormat, MrzSex};
use crate::{PartialDate, Refusal, Rule};

/// Elements of a zone as people write them: names with tones, dates with their century.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MrzParts<'a> {
    /// The size of the document.
    pub format: MrzFormat,
    /// One or two letters: `ID`, `I`, `P`.
    pub document_code: &'a str,
    /// Issuing state or organisation: `VNM`.
    pub issuing_state: &'a str,
    /// Letters, digits, and `<` for whatever else the number holds; more than nine go on in the optional data (not in passports).
    pub document_number: &'a str,
    /// What the issuer adds; see [`vietnamese_optional_data`].
    pub optional_data: &'a str,
    /// The second such field of a TD1.
    pub optional_data_2: &'a str,
    /// Date of birth, or as much of it as is known.
    pub birth: Option<PartialDate>,
    /// Sex.
    pub sex: MrzSex,
    /// Day of expiry; none for a document that never expires.
    pub expiry: Option<Date>,
    /// Nationality.
    pub nationality: &'a str,
    /// Primary identifier as people write it: `Nguyễn`.
    pub surname: &'a str,
    /// Secondary identifiers: `Thị Hương Giang`; may be empty.
    pub given_names: &'a str,
}

impl Mrz {
    /// Builds a zone; names are transliterated, and cut where they do not fit.
    ///
    /// # Errors
    ///
    /// The element that does not fit or has characters the zone does not have: `length`, `charset`, `format`, `empty`.
    pub fn build(parts: &MrzParts<'_>) -> Result<Mrz, Refusal> {
        let given_names = match parts.given_names {
            "" => String::new(),
            given => transliterate(given).map_err(|r| Refusal::field(r.rule, "given_names"))?,
        };
        let surname =
            transliterate(parts.surname).map_err(|r| Refusal::field(r.rule, "surname"))?;
        let (birth_yymmdd, birth_date) = match parts.birth {
            Some(birth) => (yymmdd(birth), Some(birth)),
            None => ("<<<<<<".to_owned(), None),
        };
        let draft = Mrz {
            format: parts.format,
            document_code: parts.document_code.to_owned(),
            issuing_state: parts.issuing_state.to_owned(),
            document_number: parts.document_number.to_owned(),
            optional_data: parts.optional_data.to_owned(),
            optional_data_2: parts.optional_data_2.to_owned(),
            birth_yymmdd,
            birth_date,
            sex: parts.sex,
            expiry_yymmdd: parts
                .expiry
                .map_or("<<<<<<".to_owned(), |day| yymmdd(day.into())),
            nationality: parts.nationality.to_owned(),
            surname,
            given_names,
            personal_id: None,
            warnings: Vec::new(),
        };
        fits(&draft)?;
        let mut built = Mrz::parse(&lines(&draft), None)?;
        built.birth_date = birth_date;
        Ok(built)
    }
}

/// The optional data of a Vietnamese identity card: the 12 digits, two fillers, their check digit.
///
/// # Errors
///
/// `charset` or `length` when it is no personal identification number.
pub fn vietnamese_optional_data(personal_id: &str) -> Result<String, Refusal> {
    crate::personal_id::Digits::read(personal_id)?;
    let mut data = format!("{personal_id}<<");
    data.push(char::from(check_digit(data.as_bytes())));
    Ok(data)
}

fn yymmdd(date: PartialDate) -> String {
    let two = |part: Option<u8>| part.map_or("<<".to_owned(), |n| format!("{n:02}"));
    let (year, month, day) = date.parts();
    format!("{:02}{}{}", year % 100, two(month), two(day))
}

/// Whether each element has the characters and the length of its field.
fn fits(mrz: &Mrz) -> Result<(), Refusal> {
    let layout = mrz.format.layout();
    let is_long = mrz.document_number.len() > layout.document_number.len();
    // A long number takes its rest, a check digit and a filler from the optional data.
    let taken = match is_long {
        true if !mrz.format.has_long_numbers() => {
            return Err(Refusal::field(Rule::Length, "document_number"))
        }
        true => mrz.document_number.len() - layout.document_number.len() + 2,
        false => 0,
    };
    let room = layout.optional_data.len();
    if taken > room {
        return Err(Refusal::field(Rule::Length, "document_number"));
    }
    let elements = [
        ("document_code", mrz.document_code.as_str(), 2),
        ("issuing_state", &mrz.issuing_state, 3),
        (
            "document_number",
            &mrz.document_number,
            layout.document_number.len() + room,
        ),
        ("optional_data", &mrz.optional_data, room - taken),
        (
            "optional_data_2",
            &mrz.optional_data_2,
            layout.optional_data_2.len(),
        ),
        ("nationality", &mrz.nationality, 3),
    ];
    for (field, text, most) in elements {
        if text.len() > most {
            return Err(Refusal::field(Rule::Length, field));
        }
        if text.bytes().any(|c| super::check::value(c).is_none()) {
            return Err(Refusal::field(Rule::Charset, field));
        }
        // A filler at the end is no part of an element, one inside a long number would end it.
        if text.ends_with('<') || (is_long && field == "document_number" && text.contains('<')) {
            return Err(Refusal::field(Rule::Format, field));
        }
    }
    Ok(())
}

/// The lines of a zone, its check digits computed; what does not fit its field is cut.
pub(super) fn lines(mrz: &Mrz) -> String {
    let layout = mrz.format.layout();
    let mut zone = [b'<'; MOST];
    put(&mut zone, layout.document_code.clone(), &mrz.document_code);
    put(&mut zone, layout.issuing_state.clone(), &mrz.issuing_state);
    put_number(&mut zone, layout, mrz);
    put(
        &mut zone,
        layout.optional_data_2.clone(),
        &mrz.optional_data_2,
    );
    put(&mut zone, layout.birth.clone(), &mrz.birth_yymmdd);
    put(&mut zone, layout.expiry.clone(), &mrz.expiry_yymmdd);
    put(&mut zone, layout.nationality.clone(), &mrz.nationality);
    let sex = match mrz.sex {
        MrzSex::Male => "M",
        MrzSex::Female => "F",
        MrzSex::Unspecified => "<",
    };
    put(&mut zone, layout.sex..layout.sex + 1, sex);
    if let Some(field) = zone.get_mut(layout.names.clone()) {
        name::write(&mrz.surname, &mrz.given_names, field);
    }
    put_check(&mut zone, layout.birth.clone(), layout.birth_check);
    put_check(&mut zone, layout.expiry.clone(), layout.expiry_check);
    if let Some(position) = layout
        .optional_check
        .filter(|_| !mrz.optional_data.is_empty())
    {
        put_check(&mut zone, layout.optional_data.clone(), position);
    }
    let whole = composite(&zone, layout.composite);
    set(&mut zone, layout.composite_check, whole);

    let rows: Vec<_> = zone
        .chunks_exact(layout.width)
        .take(layout.lines)
        .map(String::from_utf8_lossy)
        .collect();
    rows.join("\n")
}

/// The document number with its check digit, its rest where it is long, and the optional data.
fn put_number(zone: &mut [u8; MOST], layout: &Layout, mrz: &Mrz) {
    let head = layout.document_number.len();
    let optional = layout.optional_data.clone();
    put(zone, layout.document_number.clone(), &mrz.document_number);
    match mrz.document_number.get(head..) {
        Some(rest) if !rest.is_empty() => {
            let digit = CheckDigit::default()
                .add(mrz.document_number.as_bytes())
                .digit();
            put(
                zone,
                optional,
                &format!("{rest}{}<{}", char::from(digit), mrz.optional_data),
            );
        }
        _ => {
            put_check(
                zone,
                layout.document_number.clone(),
                layout.document_number_check,
            );
            put(zone, optional, &mrz.optional_data);
        }
    }
}

fn put(zone: &mut [u8; MOST], range: std::ops::Range<usize>, text: &str) {
    if let Some(field) = zone.get_mut(range) {
        for (place, character) in field.iter_mut().zip(text.bytes()) {
            *place = character;
        }
    }
}

fn put_check(zone: &mut [u8; MOST], field: std::ops::Range<usize>, position: usize) {
    let digit = check_digit(zone.get(field).unwrap_or_default());
    set(zone, position, digit);
}

fn set(zone: &mut [u8; MOST], position: usize, character: u8) {
    if let Some(place) = zone.get_mut(position) {
        *place = character;
    }
}
