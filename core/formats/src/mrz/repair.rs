//! What a misread zone may have said: look-alike characters exchanged until every check digit agrees.
//!
//! Invariant: these are offers for a person to compare with the card, never results. Each names every character it changed; a
//! check digit is one digit, so a wrong offer passes it once in ten.

use hues_vietnam::Date;

use super::read::{judge, Zone};
use super::Mrz;

/// More offers than this help nobody.
pub const MAX_REPAIRS: usize = 8;

/// One character taken for another.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MrzChange {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What was read.
    pub from: String,
    /// What it may have been.
    pub to: String,
}

/// A zone that passes, and what had to be changed for it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct MrzRepair {
    /// What the zone would say.
    pub mrz: Mrz,
    /// Every character that was changed; at least one.
    pub changes: Vec<MrzChange>,
}

/// Offers what a refused zone may have said. Empty when it is not refused, when it has another shape, or when nothing fits.
///
/// Characters in places for digits become their look-alike digit and those in places for letters their look-alike letter;
/// where both may stand (numbers, optional data), one exchange is tried, then two. Fewest changes first, at most [`MAX_REPAIRS`].
#[must_use]
pub fn mrz_repairs(text: &str, on: Option<Date>) -> Vec<MrzRepair> {
    let Ok(read) = Zone::read(text) else {
        return Vec::new();
    };
    if judge(&read, on).is_ok() {
        return Vec::new();
    }
    let forced = forced(read);
    let mut offers = Vec::new();
    offer(&mut offers, &read, &forced, on);
    if !offers.is_empty() {
        return offers;
    }
    let exchanges: Vec<(usize, u8)> = mixed_places(&forced)
        .flat_map(|at| look_alikes(forced.at(at)).iter().map(move |to| (at, *to)))
        .collect();
    for (at, to) in &exchanges {
        offer(&mut offers, &read, &forced.with(*at, *to), on);
    }
    if !offers.is_empty() {
        return offers;
    }
    for (index, (first, to_first)) in exchanges.iter().enumerate() {
        for (second, to_second) in exchanges.iter().skip(index + 1) {
            if first != second {
                let both = forced.with(*first, *to_first).with(*second, *to_second);
                offer(&mut offers, &read, &both, on);
            }
        }
    }
    offers
}

/// Keeps a zone that passes.
fn offer(offers: &mut Vec<MrzRepair>, read: &Zone, tried: &Zone, on: Option<Date>) {
    if offers.len() >= MAX_REPAIRS {
        return;
    }
    if let Ok(mrz) = judge(tried, on) {
        let changes = changes(read, tried);
        if !changes.is_empty() {
            offers.push(MrzRepair { mrz, changes });
        }
    }
}

fn changes(read: &Zone, tried: &Zone) -> Vec<MrzChange> {
    let layout = read.layout();
    (0..layout.lines * layout.width)
        .filter(|at| read.at(*at) != tried.at(*at))
        .map(|at| {
            let (line, column) = read.place(at);
            MrzChange {
                line,
                column,
                from: char::from(read.at(at)).to_string(),
                to: char::from(tried.at(at)).to_string(),
            }
        })
        .collect()
}

/// Digits where only digits may stand, letters where only letters may.
fn forced(zone: Zone) -> Zone {
    let layout = zone.layout();
    let digits = layout
        .birth
        .clone()
        .chain(layout.expiry.clone())
        .chain([
            layout.birth_check,
            layout.expiry_check,
            layout.composite_check,
        ])
        .chain(
            (zone.at(layout.document_number_check) != b'<').then_some(layout.document_number_check),
        );
    let letters = layout
        .document_code
        .clone()
        .chain(layout.issuing_state.clone())
        .chain(layout.nationality.clone())
        .chain(layout.names.clone());
    let zone = digits.fold(zone, |zone, at| match as_digit(zone.at(at)) {
        Some(digit) => zone.with(at, digit),
        None => zone,
    });
    letters.fold(zone, |zone, at| match as_letter(zone.at(at)) {
        Some(letter) => zone.with(at, letter),
        None => zone,
    })
}

/// Places where letters and digits may stand.
fn mixed_places(zone: &Zone) -> impl Iterator<Item = usize> {
    let layout = zone.layout();
    layout
        .document_number
        .clone()
        .chain(layout.optional_data.clone())
        .chain(layout.optional_data_2.clone())
        .chain(layout.optional_check)
}

/// The digit a letter is taken for.
const fn as_digit(letter: u8) -> Option<u8> {
    Some(match letter {
        b'O' | b'D' | b'Q' => b'0',
        b'I' | b'L' => b'1',
        b'Z' => b'2',
        b'S' => b'5',
        b'G' => b'6',
        b'B' => b'8',
        _ => return None,
    })
}

/// The letter a digit is taken for most often.
const fn as_letter(digit: u8) -> Option<u8> {
    Some(match digit {
        b'0' => b'O',
        b'1' => b'I',
        b'2' => b'Z',
        b'5' => b'S',
        b'6' => b'G',
        b'8' => b'B',
        _ => return None,
    })
}

/// Everything a character is taken for, letters and digits alike.
const fn look_alikes(character: u8) -> &'static [u8] {
    match character {
        b'0' => b"ODQ",
        b'O' => b"0DQ",
        b'D' => b"0O",
        b'Q' => b"0O",
        b'1' => b"IL",
        b'I' => b"1L",
        b'L' => b"1I",
        b'2' => b"Z",
        b'Z' => b"2",
        b'5' => b"S",
        b'S' => b"5",
        b'6' => b"G",
        b'G' => b"6",
        b'8' => b"B",
        b'B' => b"8",
        _ => b"",
    }
}
