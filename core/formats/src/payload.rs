//! What every reader asks of its payload first: that there is one, that it is bounded, that it holds no characters made to
//! deceive.
//!
//! Invariant: all checks are linear in the payload and allocate only where a text really changes.

use std::borrow::Cow;

use unicode_normalization::{is_nfc, UnicodeNormalization};

use crate::{Refusal, Rule, MAX_BYTES};

/// Refuses nothing at all and what is longer than [`MAX_BYTES`].
pub(crate) fn bounded(text: &str) -> Result<&str, Refusal> {
    if text.is_empty() {
        Err(Refusal::whole(Rule::Empty))
    } else if text.len() > MAX_BYTES {
        Err(Refusal::whole(Rule::TooLong))
    } else {
        Ok(text)
    }
}

/// Refuses control characters (C0, DEL, C1) and a byte order mark inside the text.
pub(crate) fn no_controls(text: &str) -> Result<(), Refusal> {
    let plain = |b: u8| (0x20..0x7f).contains(&b);
    if text.bytes().all(plain) {
        return Ok(());
    }
    match text
        .char_indices()
        .find(|(_, c)| c.is_control() || *c == '\u{feff}')
    {
        Some((at, _)) => Err(Refusal::byte(Rule::Charset, at)),
        None => Ok(()),
    }
}

/// Whether a character turns the direction of writing, so that what is shown differs from what is stored (Unicode UAX #9).
pub(crate) const fn turns_writing(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text as it is kept, and what had to be changed for it.
pub(crate) struct Kept<'a> {
    /// NFC, without characters that turn the direction of writing.
    pub text: Cow<'a, str>,
    /// It was not in NFC.
    pub was_not_nfc: bool,
    /// It had characters that turn the direction of writing.
    pub had_bidi: bool,
}

/// Brings a text field into NFC and takes out what turns the direction of writing.
pub(crate) fn kept(text: &str) -> Kept<'_> {
    // Nothing below U+0300 combines or turns anything: two bytes in UTF-8, the first below 0xCC.
    if text.bytes().all(|b| b < 0xcc) {
        return Kept {
            text: Cow::Borrowed(text),
            was_not_nfc: false,
            had_bidi: false,
        };
    }
    let had_bidi = text.chars().any(turns_writing);
    let text: Cow<'_, str> = if had_bidi {
        text.chars().filter(|c| !turns_writing(*c)).collect()
    } else {
        Cow::Borrowed(text)
    };
    let was_not_nfc = !is_nfc(&text);
    let text = if was_not_nfc {
        Cow::Owned(text.nfc().collect())
    } else {
        text
    };
    Kept {
        text,
        was_not_nfc,
        had_bidi,
    }
}

/// The value of a few ASCII digits; `None` for anything else, also for more digits than fit.
pub(crate) fn number(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        assert_eq!(bounded("").unwrap_err().rule, Rule::Empty);
        assert_eq!(
            bounded(&"a".repeat(MAX_BYTES + 1)).unwrap_err().rule,
            Rule::TooLong
        );
        assert!(bounded(&"a".repeat(MAX_BYTES)).is_ok());
    }

    #[test]
    fn controls_are_found_where_they_stand() {
        assert_eq!(
            no_controls("Huế\0").unwrap_err(),
            Refusal::byte(Rule::Charset, "Huế".len())
        );
        assert!(no_controls("a\u{85}").is_err());
        assert!(no_controls("a\u{feff}b").is_err());
        assert!(no_controls("Thành phố Huế").is_ok());
    }

    #[test]
    fn texts_are_composed_and_lose_what_turns_them() {
        let k = kept("Hue\u{302}\u{301}\u{202e}");
        assert_eq!(
            (k.text.as_ref(), k.was_not_nfc, k.had_bidi),
            ("Huế", true, true)
        );
        let k = kept("Huế");
        assert_eq!((k.was_not_nfc, k.had_bidi), (false, false));
        assert!(matches!(k.text, Cow::Borrowed(_)));
        let k = kept("Ơ Ư");
        assert!(!k.was_not_nfc);
    }

    #[test]
    fn only_ascii_digits_count() {
        assert_eq!(number("046"), Some(46));
        for wrong in ["", "+1", "４6", "٤", "99999999999"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
