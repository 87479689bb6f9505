//! From lines to [`Mrz`].

use hues_vietnam::Date;

use super::birth::Parts;
use super::check::{check_digit, composite, value, CheckDigit};
use super::layout::{Layout, MrzFormat, MOST};
use super::{name, Mrz, MrzSex, MrzWarning};
use crate::payload::bounded;
use crate::{Place, Refusal, Rule};

/// All lines as one run of characters, every one of the zone's alphabet.
#[derive(Clone, Copy)]
pub(super) struct Zone {
    pub format: MrzFormat,
    characters: [u8; MOST],
}

impl Zone {
    /// Splits the lines and checks number, length and alphabet.
    pub(super) fn read(text: &str) -> Result<Zone, Refusal> {
        let text = bounded(text)?;
        let mut lines = [""; 3];
        let mut count = 0;
        for line in text.split('\n') {
            let place = lines.get_mut(count).ok_or(Refusal::whole(Rule::Format))?;
            *place = line.strip_suffix('\r').unwrap_or(line);
            count += 1;
        }
        let format = match (count, lines[0].len()) {
            (3, _) => MrzFormat::Td1,
            (2, 36) => MrzFormat::Td2,
            (2, _) => MrzFormat::Td3,
            _ => return Err(Refusal::whole(Rule::Format)),
        };
        let layout = format.layout();
        let mut characters = [b'<'; MOST];
        for (index, (line, into)) in lines
            .iter()
            .zip(characters.chunks_exact_mut(layout.width))
            .take(count)
            .enumerate()
        {
            let place = |column: usize| Place::Line {
                line: index as u32 + 1, // at most three
                column: column as u32 + 1,
            };
            // The alphabet first: a line of letters with tones is no line of the wrong length.
            if let Some(column) = line.bytes().position(|c| value(c).is_none()) {
                return Err(Refusal::new(Rule::Charset, place(column)));
            }
            if line.len() != layout.width {
                let column = line.len().min(layout.width);
                return Err(Refusal::new(Rule::Length, place(column)));
            }
            into.copy_from_slice(line.as_bytes());
        }
        Ok(Zone { format, characters })
    }

    pub(super) fn layout(&self) -> &'static Layout {
        self.format.layout()
    }

    pub(super) fn field(&self, range: &std::ops::Range<usize>) -> &[u8] {
        self.characters.get(range.clone()).unwrap_or_default()
    }

    pub(super) fn at(&self, position: usize) -> u8 {
        self.characters.get(position).copied().unwrap_or(b'<')
    }

    /// The same zone with another character there.
    pub(super) fn with(mut self, position: usize, character: u8) -> Zone {
        if let Some(place) = self.characters.get_mut(position) {
            *place = character;
        }
        self
    }

    /// Line and column, from 1.
    pub(super) fn place(&self, position: usize) -> (u32, u32) {
        let width = self.layout().width;
        ((position / width) as u32 + 1, (position % width) as u32 + 1)
    }

    fn refuse(&self, rule: Rule, position: usize) -> Refusal {
        let (line, column) = self.place(position);
        Refusal::new(rule, Place::Line { line, column })
    }

    /// The characters of a field without the fillers at its end.
    fn text(&self, range: &std::ops::Range<usize>) -> String {
        trimmed(self.field(range))
    }

    /// Up to three letters, then fillers.
    fn state(&self, range: &std::ops::Range<usize>) -> Result<String, Refusal> {
        let text = self.text(range);
        if text.is_empty() || !text.bytes().all(|c| c.is_ascii_uppercase()) {
            return Err(self.refuse(Rule::Format, range.start));
        }
        Ok(text)
    }
}

pub(super) fn read(text: &str, on: Option<Date>) -> Result<Mrz, Refusal> {
    judge(&Zone::read(text)?, on)
}

/// Check digits, then the shape of each element, then dates.
pub(super) fn judge(zone: &Zone, on: Option<Date>) -> Result<Mrz, Refusal> {
    let layout = zone.layout();
    let (document_number, optional_data) = number_and_optional(zone)?;
    check(zone, &layout.birth, layout.birth_check)?;
    check(zone, &layout.expiry, layout.expiry_check)?;
    if let Some(position) = layout.optional_check {
        // An empty field may have a filler for its check digit (part 4 section 4.2.2).
        let is_empty = zone.field(&layout.optional_data).iter().all(|c| *c == b'<');
        if !(is_empty && zone.at(position) == b'<') {
            check(zone, &layout.optional_data, position)?;
        }
    }
    let whole = composite(&zone.characters, layout.composite);
    if zone.at(layout.composite_check) != whole {
        return Err(zone.refuse(Rule::Checksum, layout.composite_check));
    }

    let document_code = document_code(zone)?;
    let issuing_state = zone.state(&layout.issuing_state)?;
    let nationality = zone.state(&layout.nationality)?;
    let personal_id = personal_id(zone, &issuing_state, &optional_data)?;
    let sex = match zone.at(layout.sex) {
        b'M' => MrzSex::Male,
        b'F' => MrzSex::Female,
        b'<' => MrzSex::Unspecified,
        _ => return Err(zone.refuse(Rule::Format, layout.sex)),
    };
    let names = name::read(zone.field(&layout.names))
        .ok_or(zone.refuse(Rule::Format, layout.names.start))?;
    let birth = Parts::read(zone.field(&layout.birth))
        .ok_or(zone.refuse(Rule::Format, layout.birth.start))?;
    let expiry = Parts::read(zone.field(&layout.expiry))
        .filter(|parts| parts.is_whole() || parts.is_empty())
        .ok_or(zone.refuse(Rule::Format, layout.expiry.start))?;
    for (parts, range) in [(birth, &layout.birth), (expiry, &layout.expiry)] {
        if !parts.may_be() {
            return Err(zone.refuse(Rule::Date, range.start));
        }
    }

    Ok(Mrz {
        format: zone.format,
        document_code,
        issuing_state,
        document_number,
        optional_data,
        optional_data_2: zone.text(&layout.optional_data_2),
        birth_yymmdd: as_text(zone.field(&layout.birth)),
        birth_date: match on {
            Some(on) => birth.latest(on)?,
            None => None,
        },
        sex,
        expiry_yymmdd: as_text(zone.field(&layout.expiry)),
        nationality,
        surname: names.surname,
        given_names: names.given_names,
        personal_id,
        warnings: if names.is_full {
            vec![MrzWarning::NameTruncated]
        } else {
            Vec::new()
        },
    })
}

/// A check digit stands there and agrees.
fn check(zone: &Zone, field: &std::ops::Range<usize>, position: usize) -> Result<(), Refusal> {
    if zone.at(position) == check_digit(zone.field(field)) {
        Ok(())
    } else {
        Err(zone.refuse(Rule::Checksum, position))
    }
}

/// The document number, whole, and the optional data without what belongs to the number.
fn number_and_optional(zone: &Zone) -> Result<(String, String), Refusal> {
    let layout = zone.layout();
    let number = zone.field(&layout.document_number);
    let goes_on = zone.format.has_long_numbers()
        && zone.at(layout.document_number_check) == b'<'
        && number.last() != Some(&b'<');
    if !goes_on {
        check(zone, &layout.document_number, layout.document_number_check)?;
        let text = trimmed(number);
        if text.is_empty() {
            return Err(zone.refuse(Rule::Format, layout.document_number.start));
        }
        return Ok((text, zone.text(&layout.optional_data)));
    }
    // The rest of the number, its check digit and a filler begin the optional data.
    let optional = zone.field(&layout.optional_data);
    let refused = || zone.refuse(Rule::Checksum, layout.document_number_check);
    let end = optional
        .iter()
        .position(|c| *c == b'<')
        .ok_or_else(refused)?;
    let (rest, behind) = optional.split_at(end);
    let (digit, rest) = rest.split_last().ok_or_else(refused)?;
    if rest.is_empty() || *digit != CheckDigit::default().add(number).add(rest).digit() {
        return Err(refused());
    }
    let mut whole = as_text(number);
    whole.push_str(&as_text(rest));
    Ok((whole, trimmed(behind.get(1..).unwrap_or_default())))
}

/// One letter of those the size has, then a letter or a filler.
fn document_code(zone: &Zone) -> Result<String, Refusal> {
    let range = &zone.layout().document_code;
    let refused = zone.refuse(Rule::Format, range.start);
    match zone.field(range) {
        &[first, second] if zone.format.kinds().contains(&first) => {
            // V is kept free of identity cards (parts 5 and 6), so that no visa is taken for one.
            let is_second = second.is_ascii_uppercase() && second != b'V' || second == b'<';
            is_second.then(|| trimmed(&[first, second])).ok_or(refused)
        }
        _ => Err(refused),
    }
}

/// `046190012345<<5`: the number on Vietnamese identity cards, two fillers and a check digit over all 14.
fn personal_id(zone: &Zone, state: &str, optional: &str) -> Result<Option<String>, Refusal> {
    let layout = zone.layout();
    if zone.format != MrzFormat::Td1 || state != "VNM" {
        return Ok(None);
    }
    let is_number = |text: &&str| text.bytes().all(|c| c.is_ascii_digit());
    let Some(id) = optional.get(..12).filter(is_number) else {
        return Ok(None);
    };
    match optional.get(12..) {
        Some("") => Ok(Some(id.to_owned())),
        Some(tail) if tail.len() == 3 && tail.starts_with("<<") => {
            let covered = optional.get(..14).unwrap_or_default();
            if optional.as_bytes().last() == Some(&check_digit(covered.as_bytes())) {
                Ok(Some(id.to_owned()))
            } else {
                Err(zone.refuse(Rule::Checksum, layout.optional_data.end - 1))
            }
        }
        _ => Ok(None),
    }
}

fn trimmed(field: &[u8]) -> String {
    let end = field
        .iter()
        .rposition(|c| *c != b'<')
        .map_or(0, |at| at + 1);
    as_text(field.get(..end).unwrap_or_default())
}

/// Characters of the zone are ASCII.
fn as_text(field: &[u8]) -> String {
    String::from_utf8_lossy(field).into_owned()
}
