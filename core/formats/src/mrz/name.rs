//! Names in a machine readable zone: `PRIMARY<<SECONDARY<SECONDARY`, letters alone.
//!
//! Invariant: reading never invents a letter: what the zone dropped (tones, đ, length) stays dropped.
//!
//! Source: ICAO Doc 9303 part 3 section 4.6 (names, punctuation, truncation) and section 6 table A (transliteration of Latin letters: Đ becomes
//! D, letters with tones, hats, breves and horns their base letter).

use unicode_normalization::UnicodeNormalization;

use crate::payload::bounded;
use crate::{Refusal, Rule};

/// The two identifiers of a name field, and whether it is full.
pub(super) struct Names {
    pub surname: String,
    pub given_names: String,
    pub is_full: bool,
}

/// Reads a name field; `None` when it has another shape.
pub(super) fn read(field: &[u8]) -> Option<Names> {
    let end = field.iter().rposition(|c| *c != b'<')? + 1;
    let text = std::str::from_utf8(field.get(..end)?).ok()?;
    let (surname, given) = text.split_once("<<").unwrap_or((text, ""));
    let is_shaped = |part: &str| {
        !part.starts_with('<')
            && !part.contains("<<")
            && part.bytes().all(|c| c.is_ascii_uppercase() || c == b'<')
    };
    if surname.is_empty() || !is_shaped(surname) || !is_shaped(given) {
        return None;
    }
    Some(Names {
        surname: surname.replace('<', " "),
        given_names: given.replace('<', " "),
        is_full: end == field.len(),
    })
}

/// Writes both identifiers, transliterated already, into a field; what does not fit is cut so that the field ends in a letter,
/// which tells that it was cut, and so that something of each identifier stays.
pub(super) fn write(surname: &str, given_names: &str, field: &mut [u8]) {
    let width = field.len();
    let surname = surname.replace(' ', "<");
    let given = given_names.replace(' ', "<");
    let text = if given.is_empty() {
        cut(&surname, width)
    } else {
        let primary = cut(&surname, width.saturating_sub(3));
        let room = width.saturating_sub(primary.len() + 2);
        format!("{primary}<<{}", cut(&given, room))
    };
    field.fill(b'<');
    for (place, character) in field.iter_mut().zip(text.bytes()) {
        *place = character;
    }
}

/// The first `room` characters. If they would end in a filler, the last part of two letters or more gives up its last letter,
/// so that the first letter of the next part still stands.
fn cut(text: &str, room: usize) -> String {
    let mut kept: Vec<char> = text.chars().take(room).collect();
    if kept.len() == text.len() || kept.last() != Some(&'<') {
        return kept.into_iter().collect();
    }
    kept.pop();
    let is_letter = |at: usize| kept.get(at).is_some_and(|c| *c != '<');
    let spare = (1..kept.len())
        .rev()
        .find(|at| is_letter(*at) && is_letter(*at - 1) && !is_letter(*at + 1));
    if let (Some(at), Some(next)) = (spare, text.chars().nth(room)) {
        kept.remove(at);
        kept.extend(['<', next]);
    }
    kept.into_iter().collect()
}

/// A name as people write it in the alphabet of machine readable zones: capital letters without marks, one space between parts.
///
/// `Nguyễn Thị Hương Giang` becomes `NGUYEN THI HUONG GIANG`. Hyphens separate, apostrophes and other punctuation fall away
/// (part 3 section 4.6).
///
/// # Errors
///
/// `empty`, `too-long`; `charset` for digits and for letters that table A of part 3 section 6 does not have.
pub fn transliterate(name: &str) -> Result<String, Refusal> {
    let mut zone = String::with_capacity(name.len());
    for (at, character) in bounded(name)?.char_indices() {
        for piece in std::iter::once(character).nfd() {
            match piece {
                'a'..='z' | 'A'..='Z' => zone.push(piece.to_ascii_uppercase()),
                ' ' | '-' | '\u{2010}' | '\u{2011}' | ',' => {
                    if !zone.is_empty() && !zone.ends_with(' ') {
                        zone.push(' ');
                    }
                }
                '\'' | '\u{2019}' | '\u{2bc}' | '.' => {}
                '\u{300}'..='\u{36f}' => {}
                _ => zone.push_str(special(piece).ok_or(Refusal::byte(Rule::Charset, at))?),
            }
        }
    }
    zone.truncate(zone.trim_end().len());
    if zone.is_empty() {
        return Err(Refusal::whole(Rule::Empty));
    }
    Ok(zone)
}

/// Letters of table A that are no base letter with a mark.
const fn special(letter: char) -> Option<&'static str> {
    Some(match letter {
        'Đ' | 'đ' | 'Ð' | 'ð' => "D",
        'Æ' | 'æ' => "AE",
        'Ø' | 'ø' | 'Œ' | 'œ' => "OE",
        'ß' | 'ẞ' => "SS",
        'Þ' | 'þ' => "TH",
        'Ł' | 'ł' => "L",
        'Ħ' | 'ħ' => "H",
        'Ŧ' | 'ŧ' => "T",
        'Ŋ' | 'ŋ' => "N",
        'ı' => "I",
        'Ĳ' | 'ĳ' => "IJ",
        'ĸ' => "Q",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn vietnamese_letters_lose_their_marks() {
        let cases = [
            ("Nguyễn Thị Hương Giang", "NGUYEN THI HUONG GIANG"),
            ("ĐỖ ĐỨC ƯỚC", "DO DUC UOC"),
            ("đặng  thùy-trâm", "DANG THUY TRAM"),
            ("Hue\u{302}\u{301}", "HUE"),
            ("H'Hen Niê", "HHEN NIE"),
            ("Strauß-Ångström", "STRAUSS ANGSTROM"),
        ];
        for (name, zone) in cases {
            assert_eq!(transliterate(name).unwrap(), zone);
        }
        for (name, rule) in [
            ("", Rule::Empty),
            ("-", Rule::Empty),
            ("Nam 2", Rule::Charset),
            ("Nguyễn\0", Rule::Charset),
            ("阮", Rule::Charset),
        ] {
            assert_eq!(transliterate(name).unwrap_err().rule, rule, "{name}");
        }
    }

    fn written(surname: &str, given: &str, width: usize) -> String {
        let mut field = vec![0; width];
        write(surname, given, &mut field);
        String::from_utf8(field).unwrap()
    }

    #[test]
    fn long_names_are_cut_to_a_letter() {
        assert_eq!(written("LE", "AN", 10), "LE<<AN<<<<");
        assert_eq!(written("NGUYEN", "THI HUONG", 15), "NGUYEN<<THI<HUO");
        assert_eq!(written("NGUYEN", "THI HUONG", 12), "NGUYEN<<TH<H");
        assert_eq!(written("ABCDEFGHIJKL", "XY", 10), "ABCDEFG<<X");
        assert_eq!(written("ABCDEFGHIJKL", "", 10), "ABCDEFGHIJ");
        assert_eq!(written("LE", "ANH B C", 11), "LE<<ANH<B<C");
        assert_eq!(written("LE", "ANH B C", 10), "LE<<AN<B<C");
        assert_eq!(written("A", "B CDEFG", 5), "A<<B<");
    }

    proptest! {
        #[test]
        fn any_name_is_written_and_read(surname in "[A-Z]{1,12}( [A-Z]{1,12}){0,3}", given in "([A-Z]{1,12}( [A-Z]{1,12}){0,3})?") {
            for width in [30, 31, 39] {
                let field = written(&surname, &given, width);
                let names = read(field.as_bytes()).unwrap();
                prop_assert!(names.surname.len() + names.given_names.len() <= width);
                prop_assert_eq!(names.given_names.is_empty(), given.is_empty());
                // A part of one letter has none to give up: its field may end in a filler and still be cut.
                let single_letters = given.split(' ').chain(surname.split(' ')).any(|part| part.len() < 2);
                if !names.is_full && !single_letters {
                    prop_assert_eq!(&names.surname, &surname);
                    prop_assert_eq!(&names.given_names, &given);
                }
            }
        }

        #[test]
        fn any_text_is_transliterated_or_refused(name in any::<String>()) {
            if let Ok(zone) = transliterate(&name) {
                prop_assert!(zone.bytes().all(|c| c.is_ascii_uppercase() || c == b' '));
                prop_assert_eq!(transliterate(&zone), Ok(zone));
            }
        }
    }
}
