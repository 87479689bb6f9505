//! The letters an SMS has room for: the GSM 7 bit default alphabet and its extension (3GPP TS 23.038, 6.2.1 and 6.2.1.1), how septets are
//! packed (6.1.2.1), and how many parts a text takes (3GPP TS 23.040, 9.2.3.24.1).
//!
//! Of the Vietnamese letters with marks it has only à è é ì ò ù and É; all others, đ among them, are missing ([`has`]): one of them makes
//! the whole SMS UCS-2, with 70 characters for 160. So a text that must fit is folded first.
//!
//! Invariant: a letter that is not in the alphabet is refused, never replaced.

use crate::{Refusal, Rule};

/// The default alphabet by its code; the escape (27) stands for the extension and is no letter.
const DEFAULT: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', 'Δ', '_',
    'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É', ' ', '!', '"', '#',
    '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6',
    '7', '8', '9', ':', ';', '<', '=', '>', '?', '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I',
    'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö',
    'Ñ', 'Ü', '§', '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];
/// The extension: behind an escape.
const EXTENSION: [(u8, char); 10] = [
    (0x0a, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2f, '\\'),
    (0x3c, '['),
    (0x3d, '~'),
    (0x3e, ']'),
    (0x40, '|'),
    (0x65, '€'),
];
const ESCAPE: u8 = 0x1b;

/// The septet of a letter, and whether an escape goes before it.
fn septet(letter: char) -> Option<(bool, u8)> {
    // Capital and small letters stand where ASCII has them.
    if letter.is_ascii_alphanumeric() || letter == ' ' {
        return Some((false, letter as u8));
    }
    if let Some((code, _)) = EXTENSION.iter().find(|(_, l)| *l == letter) {
        return Some((true, *code));
    }
    let code = DEFAULT.iter().position(|l| *l == letter)?;
    let code = u8::try_from(code).ok().filter(|code| *code != ESCAPE)?;
    Some((false, code))
}

/// Whether the alphabet, with its extension, has a letter.
#[must_use]
pub fn has(letter: char) -> bool {
    septet(letter).is_some()
}

/// A text as septets, one a byte.
///
/// # Errors
/// `charset` at the first letter the alphabet lacks.
pub fn encode(text: &str) -> Result<Vec<u8>, Refusal> {
    let mut septets = Vec::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        let (extended, code) = septet(letter).ok_or_else(|| Refusal::byte(Rule::Charset, at))?;
        if extended {
            septets.push(ESCAPE);
        }
        septets.push(code);
    }
    Ok(septets)
}

/// The text of septets, one a byte.
///
/// # Errors
/// `charset` where a byte is no septet or an escape is not followed by a letter of the extension, `truncated` where it is followed by nothing.
pub fn decode(septets: &[u8]) -> Result<String, Refusal> {
    let mut text = String::with_capacity(septets.len());
    let mut rest = septets.iter().enumerate();
    while let Some((at, code)) = rest.next() {
        let letter = if *code == ESCAPE {
            let (_, code) = rest
                .next()
                .ok_or_else(|| Refusal::byte(Rule::Truncated, at))?;
            EXTENSION.iter().find(|(c, _)| c == code).map(|(_, l)| *l)
        } else {
            DEFAULT.get(usize::from(*code)).copied()
        };
        text.push(letter.ok_or_else(|| Refusal::byte(Rule::Charset, at))?);
    }
    Ok(text)
}

/// Packs septets into bytes, the lowest bit first (23.038, 6.1.2.1.1); the bits above 7 of each are ignored. Seven bits left over are zeros, so that
/// the number of septets goes with the bytes.
#[must_use]
pub fn pack(septets: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; (septets.len() * 7).div_ceil(8)];
    for (n, septet) in septets.iter().enumerate() {
        let shifted = u16::from(septet & 0x7f) << (n * 7 % 8);
        for (byte, part) in bytes.iter_mut().skip(n * 7 / 8).zip(shifted.to_le_bytes()) {
            *byte |= part;
        }
    }
    bytes
}

/// Unpacks so many septets.
///
/// # Errors
/// `truncated` when the bytes hold fewer.
pub fn unpack(bytes: &[u8], count: usize) -> Result<Vec<u8>, Refusal> {
    if count > bytes.len() * 8 / 7 {
        return Err(Refusal::byte(Rule::Truncated, bytes.len()));
    }
    let byte = |at: usize| u16::from(bytes.get(at).copied().unwrap_or(0));
    let septet = |n: usize| {
        let at = n * 7 / 8;
        let both = byte(at) | byte(at + 1) << 8;
        (both >> (n * 7 % 8) & 0x7f) as u8 // seven bits
    };
    Ok((0..count).map(septet).collect())
}

/// How an SMS carries a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmsAlphabet {
    /// Seven bits a letter.
    Gsm7,
    /// Sixteen: the text has a letter that the default alphabet lacks.
    Ucs2,
}

/// What sending a text by SMS takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SmsSize {
    /// The alphabet of all its parts.
    pub alphabet: SmsAlphabet,
    /// Septets, or units of 16 bits.
    pub units: usize,
    /// How many messages: one of 160 septets (70 units), or several of 153 (67), a letter never cut in two.
    pub parts: usize,
}

/// What sending a text takes.
#[must_use]
pub fn sms_size(text: &str) -> SmsSize {
    let in_gsm7 = text.chars().all(has);
    let (alphabet, alone, each) = match in_gsm7 {
        true => (SmsAlphabet::Gsm7, 160, 153),
        false => (SmsAlphabet::Ucs2, 70, 67),
    };
    let width = |letter: char| match septet(letter) {
        Some((extended, _)) if in_gsm7 => 1 + usize::from(extended),
        _ => letter.len_utf16(),
    };
    let units = text.chars().map(width).sum();
    if units <= alone {
        return SmsSize {
            alphabet,
            units,
            parts: 1,
        };
    }
    let (mut parts, mut filled) = (1, 0);
    for letter in text.chars() {
        if filled + width(letter) > each {
            parts += 1;
            filled = 0;
        }
        filled += width(letter);
    }
    SmsSize {
        alphabet,
        units,
        parts,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Every Vietnamese letter with a mark, and đ.
    const MARKED: &str = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";

    #[test]
    fn the_vietnamese_letters_that_are_there() {
        assert_eq!(MARKED.chars().count(), 67);
        let there: String = MARKED.chars().filter(|l| has(*l)).collect();
        assert_eq!(there, "àèéìòù");
        let upper = MARKED.to_uppercase();
        let there: String = upper.chars().filter(|l| has(*l)).collect();
        assert_eq!(there, "É");
        assert_eq!(encode("Huế").unwrap_err(), Refusal::byte(Rule::Charset, 2));
    }

    #[test]
    fn known_packing() {
        // The example that every GSM manual has.
        let packed = pack(&encode("hellohello").unwrap());
        let expected = [0xe8, 0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9, 0xec, 0x37];
        assert_eq!(packed, expected);
        assert_eq!(decode(&unpack(&packed, 10).unwrap()).unwrap(), "hellohello");
        assert_eq!(unpack(&packed, 11).unwrap_err().rule, Rule::Truncated);
    }

    #[test]
    fn escapes() {
        assert_eq!(encode("€[").unwrap(), [0x1b, 0x65, 0x1b, 0x3c]);
        assert_eq!(decode(&[0x1b]).unwrap_err().rule, Rule::Truncated);
        assert_eq!(decode(&[0x1b, 0x41]).unwrap_err().rule, Rule::Charset);
        assert_eq!(decode(&[0x80]).unwrap_err().rule, Rule::Charset);
        assert!(!has('\u{1b}'));
    }

    #[test]
    fn parts() {
        let of = |text: &str| {
            let size = sms_size(text);
            (size.alphabet, size.units, size.parts)
        };
        assert_eq!(of(""), (SmsAlphabet::Gsm7, 0, 1));
        assert_eq!(of(&"a".repeat(160)), (SmsAlphabet::Gsm7, 160, 1));
        assert_eq!(of(&"a".repeat(161)), (SmsAlphabet::Gsm7, 161, 2));
        assert_eq!(of(&"ế".repeat(70)), (SmsAlphabet::Ucs2, 70, 1));
        assert_eq!(of(&"ế".repeat(71)), (SmsAlphabet::Ucs2, 71, 2));
        // An escape and its letter stay together: 152 + 2 do not fit 153.
        let text = "a".repeat(152) + "€" + &"a".repeat(152);
        assert_eq!(of(&text), (SmsAlphabet::Gsm7, 306, 3));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(septets in prop::collection::vec(0..128_u8, 0..200)) {
            prop_assert_eq!(&unpack(&pack(&septets), septets.len()).unwrap(), &septets);
            if let Ok(text) = decode(&septets) {
                prop_assert_eq!(encode(&text).unwrap(), septets);
            }
        }
    }
}
