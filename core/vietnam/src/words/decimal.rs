//! Decimal numbers in words, for quantities on receipts: `2.5` kg is *hai phẩy năm*.

use super::{en, minus, say, vi, whole, Speech, WordsError, MAX_SPOKEN};
use crate::language::Language;

/// Longest fraction taken, in digits.
const MAX_FRACTION: usize = 9;

/// A plain decimal number (`12.75`, `-0.5`: ASCII digits, a point, at most nine digits after it) in words.
///
/// Vietnamese says the fraction as schools teach it: its zeros one by one, then the rest as a number (`0.05`: *không phẩy
/// không năm*; `12.75`: *mười hai phẩy bảy mươi lăm*). English says its digits. Zeros at the end are said: they were written.
///
/// # Errors
///
/// [`WordsError`]; a point without digits on both sides is refused.
pub fn decimal_words(
    number: &str,
    language: Language,
    speech: Speech,
) -> Result<String, WordsError> {
    let (is_negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (before, fraction) = match digits.split_once('.') {
        Some((before, fraction)) => (before, Some(fraction)),
        None => (digits, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(before) || !fraction.is_none_or(is_digits) {
        return Err(WordsError::Format);
    }
    if fraction.is_some_and(|f| f.len() > MAX_FRACTION) {
        return Err(WordsError::Range);
    }
    let size = before
        .parse()
        .ok()
        .filter(|size| *size <= MAX_SPOKEN)
        .ok_or(WordsError::Range)?;
    let mut said = String::with_capacity(64);
    if is_negative {
        say(&mut said, minus(language));
    }
    whole(&mut said, size, language, speech);
    if let Some(fraction) = fraction {
        say_fraction(&mut said, fraction, language, speech);
    }
    Ok(said)
}

fn say_fraction(said: &mut String, fraction: &str, language: Language, speech: Speech) {
    match language {
        Language::Vi => {
            say(said, "phẩy");
            let rest = fraction.trim_start_matches('0');
            for _ in rest.len()..fraction.len() {
                say(said, vi::digit(0));
            }
            if let Ok(rest) = rest.parse() {
                whole(said, rest, language, speech);
            }
        }
        Language::En => {
            say(said, "point");
            for digit in fraction.bytes() {
                say(said, en::small(u64::from(digit - b'0')));
            }
        }
    }
}
