//! Numbers of few bits, one after the other, the highest bit first: what a message that must fit one SMS is made of.
//!
//! Invariant: what was written is read back with the same widths; a number that does not fit is refused and not cut; padding is zeros.

use crate::{Refusal, Rule};

/// The widest number.
pub const MAX_WIDTH: u32 = 64;

/// Appends numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BitWriter {
    bytes: Vec<u8>,
    bits: usize,
}

impl BitWriter {
    /// Nothing written.
    #[must_use]
    pub fn new() -> BitWriter {
        BitWriter::default()
    }

    /// Appends the lowest `width` bits (0 to 64).
    ///
    /// # Errors
    /// `range` when the number needs more bits, or the width is above 64; nothing is written then.
    pub fn push(&mut self, number: u64, width: u32) -> Result<(), Refusal> {
        let fits = width <= MAX_WIDTH && number.checked_shr(width).unwrap_or(0) == 0;
        if !fits {
            return Err(Refusal::byte(Rule::Range, self.bytes.len()));
        }
        for at in (0..width).rev() {
            let bit = (number >> at & 1) as u8; // one bit
            match self.bytes.last_mut() {
                Some(last) if !self.bits.is_multiple_of(8) => *last |= bit << (7 - self.bits % 8),
                _ => self.bytes.push(bit << 7),
            }
            self.bits += 1;
        }
        Ok(())
    }

    /// How many bits were written.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.bits
    }

    /// All of it, the last byte filled up with zeros.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Takes numbers off.
#[derive(Debug, Clone)]
pub struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    /// From the first bit on.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> BitReader<'a> {
        BitReader { bytes, at: 0 }
    }

    /// The next number of `width` bits (0 to 64).
    ///
    /// # Errors
    /// `truncated` when fewer are left, `range` for a width above 64; nothing is taken then.
    pub fn take(&mut self, width: u32) -> Result<u64, Refusal> {
        if width > MAX_WIDTH {
            return Err(Refusal::byte(Rule::Range, self.at / 8));
        }
        if self.left() < width as usize {
            return Err(Refusal::byte(Rule::Truncated, self.at / 8));
        }
        let mut number = 0;
        for _ in 0..width {
            let byte = self.bytes.get(self.at / 8).copied().unwrap_or(0);
            number = number << 1 | u64::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Ok(number)
    }

    /// How many bits are left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.bytes.len() * 8 - self.at
    }

    /// Ends here: only zeros that fill the last byte up may be left.
    ///
    /// # Errors
    /// `trailing-data` when a whole byte or a set bit is left.
    pub fn end(mut self) -> Result<(), Refusal> {
        let trailing = Refusal::byte(Rule::TrailingData, self.at.div_ceil(8));
        let left = self.left();
        if left >= 8 || self.take(left as u32)? != 0 {
            return Err(trailing);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_highest_bit_comes_first() {
        let mut writer = BitWriter::new();
        writer.push(0b101, 3).unwrap();
        writer.push(0b1_1111_0000, 9).unwrap();
        assert_eq!(writer.bits(), 12);
        assert_eq!(writer.into_bytes(), [0b1011_1111, 0b0000_0000]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut writer = BitWriter::new();
        assert_eq!(writer.push(8, 3).unwrap_err().rule, Rule::Range);
        assert_eq!(writer.push(1, 0).unwrap_err().rule, Rule::Range);
        assert_eq!(writer.push(0, 65).unwrap_err().rule, Rule::Range);
        assert!(writer.push(u64::MAX, 64).is_ok());
        assert!(writer.push(0, 0).is_ok());
        let mut reader = BitReader::new(&[0x80]);
        assert_eq!(reader.take(9).unwrap_err().rule, Rule::Truncated);
        assert_eq!(reader.clone().end().unwrap_err().rule, Rule::TrailingData);
        assert_eq!(reader.take(1), Ok(1));
        assert!(reader.clone().end().is_ok());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers in prop::collection::vec((any::<u64>(), 0..=64_u32), 0..40)) {
            let mut writer = BitWriter::new();
            let fit = |(n, width): (u64, u32)| (if width == 64 { n } else { n & ((1 << width) - 1) }, width);
            for (n, width) in numbers.iter().copied().map(fit) {
                writer.push(n, width).unwrap();
            }
            let bytes = writer.into_bytes();
            let mut reader = BitReader::new(&bytes);
            for (n, width) in numbers.iter().copied().map(fit) {
                prop_assert_eq!(reader.take(width), Ok(n));
            }
            prop_assert!(reader.end().is_ok());
        }
    }
}
