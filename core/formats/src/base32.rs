//! Bytes in 32 letters and digits, for texts that are typed or read out: RFC 4648 section 6, and Crockford's alphabet, which has no
//! letters that look like digits.
//!
//! Invariant: one text for some bytes. Bits that fill the last letter up are zeros, and a text with others is refused.

use crate::payload::bounded;
use crate::{Refusal, Rule};

/// Which letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// `A` to `Z`, `2` to `7`; capital letters alone; `=` at the end may be there, and is then complete (RFC 4648, 6).
    Rfc4648,
    /// `0` to `9`, `A` to `Z` without `I`, `L`, `O` and `U`. Read in either case, `I` and `L` as 1, `O` as 0, hyphens passed over (Crockford, "Base 32").
    Crockford,
}

const RFC4648: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Crockford's five further symbols for a remainder of 37.
const CHECKS: &[u8; 5] = b"*~$=U";

impl Alphabet {
    const fn letters(self) -> &'static [u8; 32] {
        match self {
            Alphabet::Rfc4648 => RFC4648,
            Alphabet::Crockford => CROCKFORD,
        }
    }

    fn value(self, letter: u8) -> Option<u8> {
        let letter = match self {
            Alphabet::Rfc4648 => letter,
            Alphabet::Crockford => match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                upper => upper,
            },
        };
        let at = self.letters().iter().position(|l| *l == letter)?;
        u8::try_from(at).ok()
    }
}

/// The bytes as text, without padding.
#[must_use]
pub fn encode(bytes: &[u8], alphabet: Alphabet) -> String {
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(5));
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(&mut text, held >> bits, alphabet);
        }
    }
    if bits > 0 {
        push(&mut text, held << (5 - bits), alphabet);
    }
    text
}

fn push(text: &mut String, value: u32, alphabet: Alphabet) {
    text.push(char::from(alphabet.letters()[(value & 31) as usize]));
}

/// The bytes of a text; none for none.
///
/// # Errors
/// `too-long`, `charset` (a letter of another alphabet), `length` (no bytes have so many letters), `format` (padding that is not
/// complete, or set bits behind the last byte).
pub fn decode(text: &str, alphabet: Alphabet) -> Result<Vec<u8>, Refusal> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let letters = match alphabet {
        Alphabet::Rfc4648 => unpadded(bounded(text)?)?,
        Alphabet::Crockford => bounded(text)?,
    };
    let mut bytes = Vec::with_capacity(letters.len() * 5 / 8);
    let (mut held, mut bits, mut count) = (0_u32, 0, 0);
    for (at, letter) in letters.bytes().enumerate() {
        if letter == b'-' && alphabet == Alphabet::Crockford {
            continue;
        }
        let value = alphabet.value(letter);
        let value = value.ok_or_else(|| Refusal::byte(Rule::Charset, at))?;
        held = (held << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        count += 1;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8); // eight bits
        }
    }
    // One, three and six letters over are the last ones of no byte (RFC 4648, 6).
    if matches!(count % 8, 1 | 3 | 6) {
        return Err(Refusal::whole(Rule::Length));
    }
    if held & ((1 << bits) - 1) != 0 {
        return Err(Refusal::byte(Rule::Format, letters.len() - 1));
    }
    Ok(bytes)
}

/// Without padding, which must fill up to eight letters where it is there.
fn unpadded(text: &str) -> Result<&str, Refusal> {
    let letters = text.trim_end_matches('=');
    let complete = text.len().is_multiple_of(8) && text.len() - letters.len() < 8;
    match letters.len() == text.len() || complete {
        true => Ok(letters),
        false => Err(Refusal::byte(Rule::Format, letters.len())),
    }
}

/// Crockford's text with his check symbol behind it: the remainder by 37 of the bytes as one number. It finds every wrong letter and every
/// two neighbours that changed places.
#[must_use]
pub fn encode_checked(bytes: &[u8]) -> String {
    let mut text = encode(bytes, Alphabet::Crockford);
    let check = remainder(bytes);
    let symbol = CROCKFORD.iter().chain(CHECKS).nth(usize::from(check));
    text.push(symbol.map_or('0', |s| char::from(*s)));
    text
}

/// Reads [`encode_checked`].
///
/// # Errors
/// `empty`, `checksum`, and those of [`decode`].
pub fn decode_checked(text: &str) -> Result<Vec<u8>, Refusal> {
    let text = bounded(text)?.trim_end_matches('-');
    let (letters, symbol) = match text.char_indices().last() {
        Some((at, symbol)) => (text.get(..at).unwrap_or_default(), symbol),
        None => return Err(Refusal::whole(Rule::Empty)),
    };
    let bytes = decode(letters, Alphabet::Crockford)?;
    let upper = symbol.to_ascii_uppercase();
    let special = CHECKS.iter().position(|s| char::from(*s) == upper);
    let said = match special {
        Some(at) => u8::try_from(32 + at).ok(),
        None => u8::try_from(symbol)
            .ok()
            .and_then(|s| Alphabet::Crockford.value(s)),
    };
    match said.ok_or_else(|| Refusal::byte(Rule::Charset, letters.len()))? {
        said if said == remainder(&bytes) => Ok(bytes),
        _ => Err(Refusal::byte(Rule::Checksum, letters.len())),
    }
}

/// The remainder of the bytes, as one number with the padding bits of its text, by 37.
fn remainder(bytes: &[u8]) -> u8 {
    let padding = (5 - bytes.len() * 8 % 5) % 5;
    let number = bytes
        .iter()
        .fold(0_u32, |r, b| (r << 8 | u32::from(*b)) % 37);
    ((number << padding) % 37) as u8 // below 37
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648() {
        // Section 10.
        for (plain, text) in [
            ("", ""),
            ("f", "MY======"),
            ("fo", "MZXQ===="),
            ("foo", "MZXW6==="),
            ("foob", "MZXW6YQ="),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI======"),
        ] {
            let bare = text.trim_end_matches('=');
            assert_eq!(encode(plain.as_bytes(), Alphabet::Rfc4648), bare);
            for text in [text, bare] {
                assert_eq!(decode(text, Alphabet::Rfc4648).unwrap(), plain.as_bytes());
            }
        }
    }

    #[test]
    fn one_text_for_some_bytes() {
        let rule = |text: &str, a| decode(text, a).unwrap_err().rule;
        assert_eq!(rule("MZ", Alphabet::Rfc4648), Rule::Format);
        assert_eq!(rule("MY=", Alphabet::Rfc4648), Rule::Format);
        assert_eq!(rule("========", Alphabet::Rfc4648), Rule::Format);
        assert_eq!(rule("my", Alphabet::Rfc4648), Rule::Charset);
        assert_eq!(rule("M", Alphabet::Rfc4648), Rule::Length);
        assert_eq!(rule("MY0", Alphabet::Rfc4648), Rule::Charset);
        assert_eq!(rule("U0", Alphabet::Crockford), Rule::Charset);
        assert_eq!(rule("đ0", Alphabet::Crockford), Rule::Charset);
    }

    #[test]
    fn crockford_forgives_what_looks_alike() {
        let bytes = [0x01, 0x23, 0x45, 0x67, 0x89];
        let text = encode(&bytes, Alphabet::Crockford);
        assert_eq!(text, "04HMASW9");
        for alike in ["O4hm-asw9", "o4HM-ASW9", "04HMASW9"] {
            assert_eq!(decode(alike, Alphabet::Crockford).unwrap(), bytes);
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            for alphabet in [Alphabet::Rfc4648, Alphabet::Crockford] {
                let text = encode(&bytes, alphabet);
                prop_assert_eq!(&decode(&text, alphabet).unwrap(), &bytes);
                prop_assert!(text.len() * 5 < bytes.len() * 8 + 5);
            }
            prop_assert_eq!(decode_checked(&encode_checked(&bytes)).unwrap(), bytes);
        }

        #[test]
        fn one_wrong_letter_is_refused(bytes in prop::collection::vec(any::<u8>(), 1..40), at: prop::sample::Index, by in 1..32_usize) {
            let mut letters = encode_checked(&bytes).into_bytes();
            let at = at.index(letters.len() - 1);
            let value = CROCKFORD.iter().position(|l| *l == letters[at]).unwrap();
            letters[at] = CROCKFORD[(value + by) % 32];
            let changed = String::from_utf8(letters).unwrap();
            prop_assert!(decode_checked(&changed).is_err());
        }

        #[test]
        fn one_text_alone_is_accepted(text in "[A-Z2-7]{0,40}") {
            if let Ok(bytes) = decode(&text, Alphabet::Rfc4648) {
                prop_assert_eq!(encode(&bytes, Alphabet::Rfc4648), text);
            }
        }
    }
}
