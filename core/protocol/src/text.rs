//! Texts a person typed: their one form and how long they are.
//!
//! Invariant: a typed text on the wire is in NFC (Unicode Annex 15) and holds no control character but line feed and tab;
//! its length is counted in Unicode scalars, so that a limit is the same for every keyboard.

use std::ops::RangeInclusive;

use unicode_normalization::{is_nfc, UnicodeNormalization};

use crate::refusal::Rule;

/// The limit of texts for which the protocol states no other.
pub const SHORT: RangeInclusive<usize> = 0..=1_000;
/// The limit of the texts a report consists of.
pub const LONG: RangeInclusive<usize> = 1..=4_000;

/// The form in which a typed text is kept: NFC, line feeds, no other control characters but tabs. Nothing visible is lost.
#[must_use]
pub fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .nfc()
        .filter(|c| !is_forbidden(*c))
        .collect()
}

/// Length in Unicode scalars after NFC.
#[must_use]
pub fn length(text: &str) -> usize {
    text.nfc().count()
}

/// Whether `text` is in the form [`clean`] gives.
#[must_use]
pub fn is_clean(text: &str) -> bool {
    is_nfc(text) && !text.chars().any(is_forbidden)
}

/// Checks form and length. White space alone counts as empty where a text must be there.
///
/// # Errors
/// [`Rule::TextLong`], [`Rule::TextEmpty`], or [`Rule::Body`] for a text that is not clean.
pub fn check(text: &str, limit: &RangeInclusive<usize>) -> Result<(), Rule> {
    // One scalar has at most 4 bytes and NFC at most triples a text in UTF-8: what is far too long is not normalised first.
    if text.len() > 16 * limit.end() + 16 || length(text) > *limit.end() {
        return Err(Rule::TextLong);
    }
    if *limit.start() > 0 && text.trim().is_empty() {
        return Err(Rule::TextEmpty);
    }
    if is_clean(text) {
        Ok(())
    } else {
        Err(Rule::Body)
    }
}

fn is_forbidden(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scalars_are_counted_after_nfc() {
        let nfd = "e\u{0302}\u{0323}".repeat(4_000);
        assert_eq!(
            length(&nfd),
            4_000,
            "e + circumflex + dot below is one letter, ệ"
        );
        assert_eq!(check(&clean(&nfd), &LONG), Ok(()));
        assert_eq!(
            check(&nfd, &LONG),
            Err(Rule::Body),
            "typed texts travel in NFC"
        );
        assert_eq!(check(&"đ".repeat(4_001), &LONG), Err(Rule::TextLong));
        assert_eq!(check(&"🌊".repeat(4_000), &LONG), Ok(()));
        assert_eq!(check(" \n\t\u{a0}", &LONG), Err(Rule::TextEmpty));
        assert_eq!(check("", &SHORT), Ok(()));
    }

    #[test]
    fn control_characters_go_lines_stay() {
        assert_eq!(
            clean("một\r\nhai\rba\u{0}\u{7}\u{1b}[2J\u{85}\tbốn"),
            "một\nhai\nba[2J\tbốn"
        );
        assert_eq!(check("a\u{7}", &LONG), Err(Rule::Body));
    }

    proptest! {
        #[test]
        fn clean_is_clean_and_a_fixed_point(text in any::<String>()) {
            let once = clean(&text);
            prop_assert!(is_clean(&once));
            prop_assert_eq!(clean(&once), once);
        }
    }
}
