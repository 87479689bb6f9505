//! Numbers, money, dates and times as people say them, in Vietnamese and English: for receipts and screen readers.
//!
//! Invariant: what is said in words can be read back to the very number (tests hold the inverse). Nothing is rounded.

mod day;
mod decimal;
mod en;
mod relative;
#[cfg(test)]
mod tests;
mod vi;

pub(crate) use day::weekday;
pub use day::{date_text, time_text, DateForm, TimeForm};
pub use decimal::decimal_words;
pub use relative::{relative_day, relative_time};

use crate::language::Language;

/// Greatest number said in words, in both directions from zero: 10^18.
pub const MAX_SPOKEN: u64 = 1_000_000_000_000_000_000;

/// Greatest sum said in words: 999,999,999,999,999 đồng.
pub const MAX_DONG: u64 = 999_999_999_999_999;

/// Whose Vietnamese; English has one form here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Speech {
    /// `nghìn`, `linh`, `ngày kia`: the form of papers and receipts.
    #[default]
    Northern,
    /// `ngàn`, `lẻ`, `ngày mốt`.
    Southern,
}

/// Why something is not said in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Not written in ASCII digits (with one decimal point where decimals are taken).
    #[error("not a number in ASCII digits")]
    Format,
    /// Beyond [`MAX_SPOKEN`], for money beyond [`MAX_DONG`].
    #[error("a number too large for words")]
    Range,
}

/// A whole number in words: `một trăm linh năm`, `one hundred five` (English without *and*).
///
/// Rules, as Vietnamese primary schools teach them: `mốt`, `tư` and `lăm` after `mươi`, `lăm` after `mười`; `linh` (`lẻ`)
/// for tens that are missing; a group of three that is empty is silent, any other after a higher one keeps its hundreds
/// (`không trăm`); what lies above 10^9 is one number before `tỷ`.
///
/// ```
/// use hues_vietnam::{number_words, Language, Speech};
/// let said = number_words(1_001_021, Language::Vi, Speech::Northern)?;
/// assert_eq!(said, "một triệu không trăm linh một nghìn không trăm hai mươi mốt");
/// assert_eq!(number_words(-24, Language::Vi, Speech::Southern)?, "âm hai mươi tư");
/// # Ok::<(), hues_vietnam::WordsError>(())
/// ```
///
/// # Errors
///
/// [`WordsError::Range`].
pub fn number_words(number: i64, language: Language, speech: Speech) -> Result<String, WordsError> {
    let size = number.unsigned_abs();
    if size > MAX_SPOKEN {
        return Err(WordsError::Range);
    }
    let mut said = String::with_capacity(128);
    if number < 0 {
        say(&mut said, minus(language));
    }
    whole(&mut said, size, language, speech);
    Ok(said)
}

/// A sum of đồng in words, as a receipt states it: `Một trăm nghìn đồng`, `One hundred thousand dong`.
///
/// ```
/// use hues_vietnam::{money_text, Language, Speech};
/// assert_eq!(money_text(180_000, Language::Vi, Speech::Northern)?, "Một trăm tám mươi nghìn đồng");
/// assert_eq!(money_text(180_000, Language::Vi, Speech::Southern)?, "Một trăm tám mươi ngàn đồng");
/// # Ok::<(), hues_vietnam::WordsError>(())
/// ```
///
/// # Errors
///
/// [`WordsError::Range`].
pub fn money_text(dong: u64, language: Language, speech: Speech) -> Result<String, WordsError> {
    if dong > MAX_DONG {
        return Err(WordsError::Range);
    }
    let mut said = String::with_capacity(128);
    whole(&mut said, dong, language, speech);
    say(
        &mut said,
        match language {
            Language::Vi => "đồng",
            Language::En => "dong",
        },
    );
    Ok(capital(&said))
}

/// A sum as it is written for [`money_text`]: ASCII digits alone, no sign, point or space.
///
/// # Errors
///
/// [`WordsError::Format`], [`WordsError::Range`] above [`MAX_DONG`].
pub fn read_dong(digits: &str) -> Result<u64, WordsError> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(WordsError::Format);
    }
    digits
        .parse()
        .ok()
        .filter(|dong| *dong <= MAX_DONG)
        .ok_or(WordsError::Range)
}

fn whole(said: &mut String, number: u64, language: Language, speech: Speech) {
    match language {
        Language::Vi => vi::whole(said, number, speech),
        Language::En => en::whole(said, number),
    }
}

fn minus(language: Language) -> &'static str {
    match language {
        Language::Vi => "âm",
        Language::En => "minus",
    }
}

/// Appends a word, one space before it.
fn say(said: &mut String, word: &str) {
    if !said.is_empty() {
        said.push(' ');
    }
    said.push_str(word);
}

/// The same with a capital at the beginning.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}
