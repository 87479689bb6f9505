//! The Vietnamese syllable: onset, rime and tone; what is one, how it is written with the tone in the old or the new place, and
//! where the syllables of a text stand.
//!
//! Invariant: what parses is written back to the same syllable, whatever the placement of its tone was. The inventory is the
//! spelling of the standard language (Decision 240/QĐ of 5 March 1984 on spelling and the school grammar): 27 onsets, the
//! rimes of `table.rs`; a rime that ends in p, t, c or ch takes only the tones sắc and nặng.

mod slips;
mod table;
#[cfg(test)]
mod tests;
mod write;

pub use slips::{fold_slips, read_slip, Slip, TypingMethod};
pub(crate) use table::is_bare;
pub use write::TonePlacement;

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::token::tokens;

/// One of the six tones, in the order of dictionaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Tone {
    /// No mark (`thanh ngang`); also what a syllable without its marks has.
    #[default]
    Ngang,
    /// Grave.
    Huyen,
    /// Hook above.
    Hoi,
    /// Tilde.
    Nga,
    /// Acute.
    Sac,
    /// Dot below.
    Nang,
}

impl Tone {
    /// The tone a combining mark stands for.
    pub(crate) fn of_mark(mark: char) -> Option<Tone> {
        Some(match mark {
            '\u{300}' => Tone::Huyen,
            '\u{309}' => Tone::Hoi,
            '\u{303}' => Tone::Nga,
            '\u{301}' => Tone::Sac,
            '\u{323}' => Tone::Nang,
            _ => return None,
        })
    }

    /// The combining mark; none for the level tone.
    pub(crate) fn mark(self) -> Option<char> {
        Some(match self {
            Tone::Ngang => return None,
            Tone::Huyen => '\u{300}',
            Tone::Hoi => '\u{309}',
            Tone::Nga => '\u{303}',
            Tone::Sac => '\u{301}',
            Tone::Nang => '\u{323}',
        })
    }
}

/// Longest syllable in letters: `nghiêng`.
const MAX_LETTERS: usize = 7;

/// A valid Vietnamese syllable, in small letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Syllable {
    onset: &'static str,
    rime: &'static str,
    tone: Tone,
}

impl Syllable {
    /// Reads one syllable, in any case, normal form and tone placement; `None` for what is none. A syllable written without its
    /// marks is one where the bare letters are (`hue` is, `duong` is not: `uo` without marks is no rime of an open list).
    ///
    /// ```
    /// use hues_vietnam::{Syllable, Tone};
    /// let s = Syllable::parse("Nghiêng").ok_or("a syllable")?;
    /// assert_eq!((s.onset(), s.rime(), s.tone()), ("ngh", "iêng", Tone::Ngang));
    /// assert!(Syllable::parse("Huế").is_some() && Syllable::parse("hues").is_none());
    /// assert!(Syllable::parse("mằt").is_none()); // a stopped rime takes sắc or nặng alone
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn parse(word: &str) -> Option<Syllable> {
        // Seven letters with three marks each, four bytes at most: what is longer is none.
        if word.len() > MAX_LETTERS * 8 {
            return None;
        }
        let mut tone = Tone::Ngang;
        let mut letters = String::with_capacity(16);
        for c in word.chars().flat_map(char::to_lowercase).nfd() {
            match Tone::of_mark(c) {
                Some(mark) if tone == Tone::Ngang => tone = mark,
                Some(_) => return None, // two tones
                None => letters.push(c),
            }
        }
        let letters: String = letters.nfc().collect();
        Syllable::of_letters(&letters, tone)
    }

    /// A syllable from its letters without tone, composed and small.
    pub(crate) fn of_letters(letters: &str, tone: Tone) -> Option<Syllable> {
        let (onset, rime) = table::split(letters)?;
        let stopped = rime.ends_with(['p', 't', 'c']) || rime.ends_with("ch");
        // Without its marks a stopped syllable stands, too: people leave them out.
        let fits = !stopped || matches!(tone, Tone::Sac | Tone::Nang | Tone::Ngang);
        fits.then_some(Syllable { onset, rime, tone })
    }

    /// The letters before the rime: `ngh`, `qu`, `gi`; empty where there are none. The u of `qu` is part of it.
    #[must_use]
    pub fn onset(&self) -> &'static str {
        self.onset
    }

    /// The vowels with what follows them, without tone. Of `gì` it is `i`: the letter stands for both.
    #[must_use]
    pub fn rime(&self) -> &'static str {
        self.rime
    }

    /// The tone.
    #[must_use]
    pub fn tone(&self) -> Tone {
        self.tone
    }
}

/// The words of a text that are Vietnamese syllables, with their byte ranges, in order; other words are passed over.
///
/// ```
/// let found: Vec<_> = hues_vietnam::syllables("Kiệt 14 Nguyễn Công Trứ, Huế").map(|(range, _)| range).collect();
/// assert_eq!(found.len(), 5);
/// ```
pub fn syllables(text: &str) -> impl Iterator<Item = (Range<usize>, Syllable)> + '_ {
    tokens(text).filter_map(|token| {
        let syllable = Syllable::parse(text.get(token.range.clone())?)?;
        Some((token.range, syllable))
    })
}

/// Longest word [`segment`] looks at, in letters.
const MAX_RUN: usize = 64;

/// Splits a word written without spaces (`thừathiênhuế`, a hashtag, a host name) into as few syllables as possible, a
/// consonant between two with the second (`đà nẵng`, not `đàn ẵng`); `None` where some letters belong to none. Byte ranges of the word. A word without any marks is cut as one whose
/// marks were left out.
///
/// ```
/// let word = "thừathiênhuế";
/// let parts = hues_vietnam::segment(word).map(|parts| parts.into_iter().map(|r| &word[r]).collect::<Vec<_>>());
/// assert_eq!(parts, Some(vec!["thừa", "thiên", "huế"]));
/// ```
#[must_use]
pub fn segment(word: &str) -> Option<Vec<Range<usize>>> {
    // Marks stay with their letters: cuts lie before letters alone.
    let mut cuts: Vec<usize> = word
        .char_indices()
        .filter(|(_, c)| !unicode_normalization::char::is_combining_mark(*c))
        .map(|(at, _)| at)
        .collect();
    if cuts.is_empty() || cuts.len() > MAX_RUN || cuts.first() != Some(&0) {
        return None;
    }
    cuts.push(word.len());
    let count = cuts.len();
    let is_syllable = |part: &str| match word.is_ascii() {
        true => table::is_bare(&part.to_ascii_lowercase()),
        false => Syllable::parse(part).is_some(),
    };
    // From the end: how few syllables the rest needs, and how long the first of them is.
    let mut best: Vec<Option<(usize, usize)>> = vec![None; count];
    *best.last_mut()? = Some((0, 0));
    for from in (0..count - 1).rev() {
        for to in from + 1..count.min(from + 1 + MAX_LETTERS) {
            let (Some(Some((needed, _))), Some(part)) = (
                best.get(to).copied(),
                word.get(*cuts.get(from)?..*cuts.get(to)?),
            ) else {
                continue;
            };
            let fewer = best.get(from)?.is_none_or(|(least, _)| needed + 1 < least);
            if fewer && is_syllable(part) {
                *best.get_mut(from)? = Some((needed + 1, to));
            }
        }
    }
    let mut parts = Vec::new();
    let mut from = 0;
    while from < count - 1 {
        let (_, to) = (*best.get(from)?)?;
        parts.push(*cuts.get(from)?..*cuts.get(to)?);
        from = to;
    }
    Some(parts)
}
