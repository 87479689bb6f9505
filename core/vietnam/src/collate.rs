//! Vietnamese order: letters first (a ă â b c d đ e ê …), then tones (ngang huyền hỏi ngã sắc nặng), then small before capital.
//!
//! Two keys, both plain bytes that any database compares: [`sort_key`] weighs the letters of a whole text before its first tone,
//! as CLDR's `vi` collation does (a test compares with ICU4X); [`dictionary_key`] goes syllable by syllable, as printed
//! dictionaries do. Invariant: canonically equal texts have one key; keys of other texts differ in letters, tones or case.

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;

use crate::syllable::Tone;

/// Version of the keys: a stored column of keys made by another version is made anew.
pub const COLLATION_VERSION: u32 = 1;

/// The key of a text in CLDR's Vietnamese order. Compare keys as bytes.
///
/// For ASCII and Vietnamese letters it agrees with `vi` of CLDR; other letters follow by code point, other signs stand before
/// digits, marks that Vietnamese does not have count after the tones.
///
/// ```
/// let mut words = ["đa", "dạ", "da", "dã", "Da", "ăn", "an", "âm"];
/// words.sort_by_key(|w| hues_vietnam::sort_key(w));
/// assert_eq!(words, ["an", "ăn", "âm", "da", "Da", "dã", "dạ", "đa"]);
/// ```
#[must_use]
pub fn sort_key(text: &str) -> Vec<u8> {
    let mut key = Key::default();
    key.push_all(text);
    key.joined()
}

/// The key of a text in the order of printed dictionaries: the first syllable with its tone decides before the letters of the
/// second (`ba hoa` stands before `bà con`). What separates syllables are spaces and hyphens.
///
/// ```
/// let mut words = ["bà con", "ba hoa", "bàn", "ba"];
/// words.sort_by_key(|w| hues_vietnam::dictionary_key(w));
/// assert_eq!(words, ["ba", "ba hoa", "bà con", "bàn"]);
/// ```
#[must_use]
pub fn dictionary_key(text: &str) -> Vec<u8> {
    let mut joined = Vec::with_capacity(text.len() * 3);
    let mut case = Vec::new();
    for syllable in text.split([' ', '\u{a0}', '-']).filter(|s| !s.is_empty()) {
        let mut key = Key::default();
        key.push_all(syllable);
        joined.extend_from_slice(&key.letters);
        joined.push(LEVEL);
        joined.extend_from_slice(&key.tones);
        // An end of a syllable is before any more letters: `ba hoa` before `bà`, `bà con` before `bàn`.
        joined.push(LEVEL);
        case.append(&mut key.case);
    }
    joined.push(END);
    joined.append(&mut case);
    joined
}

/// Compares two texts by [`sort_key`]. To sort many, make the keys once.
#[must_use]
pub fn compare(a: &str, b: &str) -> Ordering {
    sort_key(a).cmp(&sort_key(b))
}

/// Ends a key of syllables.
const END: u8 = 0;
/// Stands between two levels, below every weight.
const LEVEL: u8 = 1;
/// A letter without tone, in the second level.
const NO_TONE: u8 = 2;
/// A mark that Vietnamese does not have, in the second level; its code point follows.
const OTHER_MARK: u8 = 0x10;
const SMALL: u8 = 2;
const CAPITAL: u8 = 3;

/// First weight of each kind of character in the first level; signs that are not ASCII stand between signs and digits.
const SIGN: u8 = 0x10;
const OTHER_SIGN: u8 = 0x38;
const DIGIT: u8 = 0x40;
const LETTER: u8 = 0x50;
const OTHER_LETTER: u8 = 0xE0;

/// The order of ASCII spaces and signs in the root collation of CLDR.
const SIGNS: &str = "\t\n\u{b}\u{c}\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// The alphabet with its letters of foreign words; i with its marks is one letter.
const LETTERS: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";

/// The three levels of a text.
#[derive(Default)]
struct Key {
    letters: Vec<u8>,
    tones: Vec<u8>,
    case: Vec<u8>,
}

impl Key {
    fn push_all(&mut self, text: &str) {
        let mut chars = text.nfd().peekable();
        let mut marks: Vec<char> = Vec::new();
        while let Some(c) = chars.next() {
            marks.clear();
            while let Some(mark) =
                chars.next_if(|c| unicode_normalization::char::is_combining_mark(*c))
            {
                marks.push(mark);
            }
            self.push(c, &mut marks);
        }
    }

    /// One character with its marks: that of a Vietnamese letter is part of it, the rest are tones.
    fn push(&mut self, c: char, marks: &mut Vec<char>) {
        if unicode_normalization::char::is_combining_mark(c) {
            return self.mark(c); // a mark with nothing before it
        }
        if is_ignored(c) {
            return;
        }
        let small = c
            .to_lowercase()
            .next()
            .filter(|_| c.to_lowercase().count() == 1);
        let letter = small.unwrap_or(c);
        let (letter, taken) = with_mark(letter, marks);
        if let Some(taken) = taken {
            marks.remove(taken);
        }
        self.letter(letter);
        self.tones.push(NO_TONE);
        let is_capital = small.is_some_and(|small| small != c);
        self.case.push(if is_capital { CAPITAL } else { SMALL });
        for mark in marks {
            self.mark(*mark);
        }
    }

    fn letter(&mut self, letter: char) {
        let place = |list: &str| list.chars().position(|l| l == letter).map(|p| p as u8);
        if let Some(place) = place(LETTERS) {
            self.letters.push(LETTER + place);
        } else if letter.is_ascii_digit() {
            self.letters.push(DIGIT + (letter as u8 - b'0'));
        } else if let Some(place) = place(SIGNS) {
            self.letters.push(SIGN + place);
        } else {
            let kind = if letter.is_alphanumeric() {
                OTHER_LETTER
            } else {
                OTHER_SIGN
            };
            self.letters.push(kind);
            self.code(letter, |key| &mut key.letters);
        }
    }

    fn mark(&mut self, mark: char) {
        match Tone::of_mark(mark) {
            Some(tone) => self.tones.push(NO_TONE + 1 + tone as u8),
            None => {
                self.tones.push(OTHER_MARK);
                self.code(mark, |key| &mut key.tones);
            }
        }
        self.case.push(SMALL);
    }

    /// A code point in four bytes that are all above [`LEVEL`].
    fn code(&mut self, c: char, level: impl Fn(&mut Key) -> &mut Vec<u8>) {
        let code = u32::from(c);
        for shift in [18, 12, 6, 0] {
            level(self).push(LEVEL + 1 + (code >> shift & 0x3F) as u8);
        }
    }

    fn joined(mut self) -> Vec<u8> {
        let mut key = self.letters;
        key.push(LEVEL);
        key.append(&mut self.tones);
        key.push(LEVEL);
        key.append(&mut self.case);
        key
    }
}

/// The letter a base makes with one of its marks, and which mark that is. Circumflex, breve and horn bind where nothing of the
/// same class stands between (the dot below may).
fn with_mark(base: char, marks: &[char]) -> (char, Option<usize>) {
    for (place, mark) in marks.iter().enumerate() {
        let letter = match (base, mark) {
            ('a', '\u{306}') => 'ă',
            ('a', '\u{302}') => 'â',
            ('e', '\u{302}') => 'ê',
            ('o', '\u{302}') => 'ô',
            ('o', '\u{31b}') => 'ơ',
            ('u', '\u{31b}') => 'ư',
            _ if canonical_class(*mark) == ABOVE => break, // it blocks what comes after
            _ => continue,
        };
        return (letter, Some(place));
    }
    (base, None)
}

const ABOVE: u8 = 230;

fn canonical_class(mark: char) -> u8 {
    unicode_normalization::char::canonical_combining_class(mark)
}

/// What CLDR passes over: controls, joiners and marks of direction.
fn is_ignored(c: char) -> bool {
    (c.is_control() && !SIGNS.contains(c) && c != '\u{85}')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
