//! The fold over bytes: eight ASCII bytes at a time, one table look-up for each Vietnamese letter, the rule for the rest.
//!
//! Invariant: gives exactly what folding character by character gives (tests compare every scalar and random texts); the
//! tables are computed from `fold_table.rs` when this is compiled, so there is one source of truth.

use crate::fold::fold_char;
use crate::fold_table::{ADDITIONAL, ADDITIONAL_FIRST, BY_RULE, LATIN, LATIN_FIRST};

/// Table entry: the character leaves nothing (a combining mark).
const DROPPED: u8 = 1;
/// Table entry: take the slow way.
const SLOW: u8 = 0;

/// First code point of [`TWO_BYTES`].
const TWO_FIRST: u32 = 0x80;

/// U+0080 to U+036F: the ASCII letter each folds to, [`DROPPED`] or [`SLOW`].
static TWO_BYTES: [u8; 0x370 - 0x80] = two_bytes();

/// U+1E00 to U+1EFF: the ASCII letter each folds to, or [`SLOW`].
static THREE_BYTES: [u8; 256] = three_bytes();

const fn two_bytes() -> [u8; 0x370 - 0x80] {
    let mut table = [SLOW; 0x370 - 0x80];
    let mut i = 0;
    while i < LATIN.len() {
        table[(LATIN_FIRST - TWO_FIRST) as usize + i] = ascii(LATIN[i]);
        i += 1;
    }
    // The marks of decomposed text. U+0345 is the one whose other case is a letter.
    let mut mark = 0x300;
    while mark < 0x370 {
        if mark != 0x345 {
            table[mark - TWO_FIRST as usize] = DROPPED;
        }
        mark += 1;
    }
    table
}

const fn three_bytes() -> [u8; 256] {
    let mut table = [SLOW; 256];
    let mut i = 0;
    while i < ADDITIONAL.len() {
        table[i] = ascii(ADDITIONAL[i]);
        i += 1;
    }
    table
}

const fn ascii(folded: char) -> u8 {
    if folded.is_ascii() && folded != BY_RULE {
        folded as u8
    } else {
        SLOW
    }
}

/// Bytes handled in one step.
const STEP: usize = 8;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// The fold of `text`. `None` never comes (a test says so); it spares a panic where the compiler cannot see that.
pub(crate) fn fold(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    // Room for a whole step beyond the end; only the slow way can need more and then asks for it.
    let mut out = vec![0u8; bytes.len() + STEP];
    let (mut at, mut len) = (0, 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let word = first_bytes(rest);
        // All eight are written, those that are no ASCII are written over by what comes next.
        out.get_mut(len..len + STEP)?
            .copy_from_slice(&lower(word).to_le_bytes());
        let run = ((word & HIGH_BITS).trailing_zeros() / 8) as usize;
        if run > 0 {
            let run = run.min(rest.len());
            (at, len) = (at + run, len + run);
            if run == STEP {
                continue;
            }
        }
        let Some(&[lead, second, ref more @ ..]) = bytes.get(at..) else {
            break; // the text ends with ASCII
        };
        let (entry, width) = match lead {
            0xC2..=0xCD => (two(lead, second), 2),
            0xE1 => (three(second, more), 3),
            _ => (SLOW, 0),
        };
        match entry {
            SLOW => (at, len) = slow(text, at, &mut out, len)?,
            DROPPED => at += width,
            letter => {
                *out.get_mut(len)? = letter;
                (at, len) = (at + width, len + 1);
            }
        }
    }
    out.truncate(len);
    String::from_utf8(out).ok()
}

/// The first eight bytes, little end first; beyond the end of the text stand zeros.
#[inline]
fn first_bytes(rest: &[u8]) -> u64 {
    if let Some(eight) = rest.first_chunk::<STEP>() {
        return u64::from_le_bytes(*eight);
    }
    rest.iter()
        .rev()
        .fold(0, |word, &byte| word << 8 | u64::from(byte))
}

/// ASCII capitals among eight bytes made small, each for itself; the other bytes come out as something.
#[inline]
fn lower(word: u64) -> u64 {
    let seven_bits = word & !HIGH_BITS;
    let from_a = seven_bits + 0x3F3F_3F3F_3F3F_3F3F;
    let after_z = seven_bits + 0x2525_2525_2525_2525;
    let capitals = from_a & !after_z & HIGH_BITS;
    word | capitals >> 2
}

#[inline]
fn two(lead: u8, second: u8) -> u8 {
    let code = u32::from(lead & 0x1F) << 6 | u32::from(second & 0x3F);
    let place = code.wrapping_sub(TWO_FIRST) as usize;
    TWO_BYTES.get(place).copied().unwrap_or(SLOW)
}

#[inline]
fn three(second: u8, more: &[u8]) -> u8 {
    let Some(&third) = more.first() else {
        return SLOW;
    };
    let code = 0x1000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F);
    let place = code.wrapping_sub(ADDITIONAL_FIRST) as usize;
    THREE_BYTES.get(place).copied().unwrap_or(SLOW)
}

/// One character by the rule; gives the places to go on at.
fn slow(text: &str, at: usize, out: &mut Vec<u8>, len: usize) -> Option<(usize, usize)> {
    let c = text.get(at..)?.chars().next()?;
    let mut end = len;
    fold_char(c, |folded| {
        let mut buffer = [0; 4];
        let encoded = folded.encode_utf8(&mut buffer).as_bytes();
        if out.len() < end + encoded.len() {
            out.resize(end + encoded.len(), 0);
        }
        if let Some(place) = out.get_mut(end..end + encoded.len()) {
            place.copy_from_slice(encoded);
        }
        end += encoded.len();
    });
    let at = at + c.len_utf8();
    let needed = end + (text.len() - at) + STEP;
    if out.len() < needed {
        out.resize(needed, 0);
    }
    Some((at, end))
}
