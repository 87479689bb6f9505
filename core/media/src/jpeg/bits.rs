//! Bits of an entropy-coded segment (T.81 F.2.2.5). Never reads past a marker: zeros come instead and are counted, so
//! that data cut short is told from data that happens to be zero.

use crate::MediaError;

/// Reads bits, highest first, from `data` at a moving position.
pub(crate) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, aligned to the top.
    buffer: u64,
    /// How many bits of `buffer` count, invented ones included.
    count: u32,
    /// How many bits were invented since the last marker.
    invented: u64,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(data: &'a [u8], at: usize) -> Self {
        Bits {
            data,
            at,
            buffer: 0,
            count: 0,
            invented: 0,
        }
    }

    /// Makes at least 32 bits available: enough for one code (16) and its extra bits (16).
    #[inline]
    pub(crate) fn fill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if let Some(word) = self
            .data
            .get(self.at..self.at + 4)
            .and_then(|four| four.try_into().ok())
            .map(u32::from_be_bytes)
        {
            // No byte of the word is 0xFF: nothing is stuffed and no marker starts here.
            if (!word).wrapping_sub(0x0101_0101) & word & 0x8080_8080 == 0 {
                self.buffer |= u64::from(word) << (32 - self.count);
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        self.fill_slowly();
    }

    #[cold]
    fn fill_slowly(&mut self) {
        while self.count <= 56 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xFF), Some(0x00)) => {
                    self.at += 2;
                    0xFF
                }
                (Some(0xFF), _) | (None, _) => {
                    self.invented += 8;
                    0
                }
                (Some(byte), _) => {
                    self.at += 1;
                    *byte
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// The next `n` bits (1 to 16) without taking them. Needs a [`Bits::fill`] before.
    #[inline]
    pub(crate) fn peek(&self, n: u32) -> usize {
        (self.buffer >> (64 - n)) as usize
    }

    /// Takes `n` bits that were peeked at.
    #[inline]
    pub(crate) fn skip(&mut self, n: u32) {
        self.buffer <<= n;
        self.count = self.count.saturating_sub(n);
    }

    /// The next `n` bits (0 to 16). Needs a [`Bits::fill`] before.
    #[inline]
    pub(crate) fn take(&mut self, n: u32) -> i32 {
        if n == 0 {
            return 0;
        }
        let bits = self.peek(n);
        self.skip(n);
        bits as i32
    }

    /// The signed value of `n` extra bits (T.81 F.2.2.1, EXTEND). Needs a [`Bits::fill`] before.
    #[inline]
    pub(crate) fn extend(&mut self, n: u32) -> i32 {
        if n == 0 {
            return 0;
        }
        let value = self.take(n);
        if value < 1 << (n - 1) {
            value - (1 << n) + 1
        } else {
            value
        }
    }

    /// One bit.
    #[inline]
    pub(crate) fn bit(&mut self) -> bool {
        self.fill();
        self.take(1) == 1
    }

    /// Fails once an invented bit was taken.
    #[inline]
    pub(crate) fn check(&self) -> Result<(), MediaError> {
        if u64::from(self.count) < self.invented {
            return Err(MediaError::Damaged);
        }
        Ok(())
    }

    /// Drops the rest of the interval and takes the restart marker that must follow.
    pub(crate) fn restart(&mut self) -> Result<(), MediaError> {
        self.check()?;
        self.at = self.marker();
        match self.data.get(self.at + 1) {
            Some(0xD0..=0xD7) => *self = Bits::new(self.data, self.at + 2),
            _ => return Err(MediaError::Damaged),
        }
        Ok(())
    }

    /// Where the segment after this scan starts. A restart marker left over at the end, as some encoders write, is passed.
    pub(crate) fn end_of_scan(&self) -> usize {
        let mut rest = Bits::new(self.data, self.marker());
        while matches!(self.data.get(rest.at + 1), Some(0xD0..=0xD7)) {
            rest.at += 2;
            rest.at = rest.marker();
        }
        rest.at
    }

    /// Where the next marker starts, fill bytes skipped: at its 0xFF, or the end of the data.
    pub(crate) fn marker(&self) -> usize {
        let mut at = self.at;
        loop {
            match (self.data.get(at), self.data.get(at + 1)) {
                (Some(0xFF), Some(0x00)) => at += 2,
                (Some(0xFF), Some(0xFF)) => at += 1,
                (Some(0xFF), Some(_)) => return at,
                (Some(_), Some(_)) => at += 1,
                _ => return self.data.len(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffing_is_removed_and_a_marker_stops() {
        let data = [0xAB, 0xFF, 0x00, 0xCD, 0xFF, 0xD9];
        let mut bits = Bits::new(&data, 0);
        bits.fill();
        assert_eq!(
            [bits.take(8), bits.take(8), bits.take(8)],
            [0xAB, 0xFF, 0xCD]
        );
        assert!(bits.check().is_ok());
        assert_eq!(bits.marker(), 4);
        bits.fill();
        assert_eq!(bits.take(1), 0);
        assert_eq!(bits.check(), Err(MediaError::Damaged));
    }

    #[test]
    fn restart_markers_are_taken() {
        let data = [0x80, 0xFF, 0xFF, 0xD3, 0x40, 0xFF, 0xD9];
        let mut bits = Bits::new(&data, 0);
        assert!(bits.bit());
        bits.restart().unwrap();
        assert!(!bits.bit());
        assert!(bits.bit());
        assert_eq!(bits.restart(), Err(MediaError::Damaged));
    }

    #[test]
    fn extra_bits_are_signed() {
        let mut bits = Bits::new(&[0b0000_1111, 0b0111_0000], 0);
        bits.fill();
        assert_eq!(
            [bits.extend(4), bits.extend(4), bits.extend(2)],
            [-15, 15, -2]
        );
    }
}
