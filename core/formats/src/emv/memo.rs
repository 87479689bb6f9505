//! What a payment is for, in the letters that banks take.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::UnicodeNormalization;

/// Longest text of tags 62.01 to 62.08 (EMVCo QRCPS Merchant-Presented Mode 1.1, Additional Data Field Template, ID "62").
pub(super) const MAX: usize = 25;

/// A text in the letters that every bank of NAPAS 247 takes, for [`Draft::purpose`](super::Draft::purpose): Vietnamese letters
/// without their marks (đ as d), digits, space and `_@./#&+-`; anything else becomes a space, spaces are not repeated, and what
/// is longer than 25 characters is cut. May be empty.
#[must_use]
pub fn memo(text: &str) -> String {
    let mut memo = String::with_capacity(MAX);
    for c in text.nfd().filter(|c| !is_combining_mark(*c)) {
        let c = match c {
            'đ' => 'd',
            'Đ' => 'D',
            c if is_allowed(c) => c,
            _ => ' ',
        };
        if !(c == ' ' && (memo.is_empty() || memo.ends_with(' '))) {
            memo.push(c);
        }
        if memo.len() >= MAX {
            break;
        }
    }
    memo.truncate(memo.trim_end().len());
    memo
}

/// Letters that bank apps are known to take in the purpose of a payment.
pub(super) fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || " _@./#&+-".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_letters_stay() {
        assert_eq!(memo("Đặt cọc bún bò Huế"), "Dat coc bun bo Hue");
        assert_eq!(memo("  mè  xửng\n(2 hộp) "), "me xung 2 hop");
        assert_eq!(memo("Hue\u{302}\u{301}"), "Hue");
        assert_eq!(memo("Тест"), "");
        assert_eq!(memo(&"a".repeat(40)).len(), MAX);
    }
}
