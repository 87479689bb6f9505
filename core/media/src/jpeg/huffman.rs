//! Huffman tables of the file (T.81 annex C and F.2.2.3): nine bits by look-up, the few longer codes by comparison.

use super::bits::Bits;
use crate::MediaError;

const FAST: u32 = 9;

/// A decoding table.
#[derive(Clone)]
pub(crate) struct Huffman {
    /// By the next nine bits: length of the code and its symbol; length 0 where the code is longer.
    fast: [(u8, u8); 1 << FAST],
    /// By length: first code of the next length, aligned to 16 bits.
    limit: [u32; 17],
    /// By length: index of the first symbol minus the first code.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Huffman {
    /// From the numbers of codes of each length and the symbols in order.
    ///
    /// # Errors
    /// [`MediaError::Damaged`] if the codes do not fit their lengths.
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, MediaError> {
        let mut table = Huffman {
            fast: [(0, 0); 1 << FAST],
            limit: [0; 17],
            offset: [0; 17],
            symbols: symbols.to_vec(),
        };
        let mut code = 0u32;
        let mut index = 0usize;
        for (length, count) in (1u32..).zip(counts) {
            table.offset[length as usize] = index as i32 - code as i32;
            for _ in 0..*count {
                let symbol = *symbols.get(index).ok_or(MediaError::Damaged)?;
                if code >= 1 << length {
                    return Err(MediaError::Damaged);
                }
                if length <= FAST {
                    let first = (code << (FAST - length)) as usize;
                    let span = 1 << (FAST - length);
                    table
                        .fast
                        .iter_mut()
                        .skip(first)
                        .take(span)
                        .for_each(|slot| *slot = (length as u8, symbol));
                }
                code += 1;
                index += 1;
            }
            table.limit[length as usize] = code << (16 - length);
            code <<= 1;
        }
        if index != symbols.len() {
            return Err(MediaError::Damaged);
        }
        Ok(table)
    }

    /// Takes one code. Fills `bits`, so that 16 extra bits may be taken after it.
    ///
    /// # Errors
    /// [`MediaError::Damaged`] for a code that is not in the table.
    #[inline]
    pub(crate) fn decode(&self, bits: &mut Bits<'_>) -> Result<u8, MediaError> {
        bits.fill();
        let (length, symbol) = self.fast[bits.peek(FAST)];
        if length != 0 {
            bits.skip(u32::from(length));
            return Ok(symbol);
        }
        self.decode_long(bits)
    }

    fn decode_long(&self, bits: &mut Bits<'_>) -> Result<u8, MediaError> {
        let ahead = bits.peek(16);
        for length in FAST as usize + 1..=16 {
            if (ahead as u32) < self.limit[length] {
                let index = (ahead >> (16 - length)) as i32 + self.offset[length];
                bits.skip(length as u32);
                return usize::try_from(index)
                    .ok()
                    .and_then(|index| self.symbols.get(index))
                    .copied()
                    .ok_or(MediaError::Damaged);
            }
        }
        Err(MediaError::Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_codes() {
        // Codes 0, 10, 110 … with one of each length up to 12.
        let mut counts = [0u8; 16];
        counts[..12].fill(1);
        let symbols: Vec<u8> = (0..12).collect();
        let table = Huffman::new(&counts, &symbols).unwrap();
        let data = [0b0101_1111, 0b1111_1100, 0];
        let mut bits = Bits::new(&data, 0);
        assert_eq!(
            [
                table.decode(&mut bits),
                table.decode(&mut bits),
                table.decode(&mut bits)
            ],
            [Ok(0), Ok(1), Ok(11)]
        );
        let mut bits = Bits::new(&[0xFF, 0x00, 0xFF, 0x00], 0);
        assert_eq!(table.decode(&mut bits), Err(MediaError::Damaged));
    }

    #[test]
    fn impossible_tables_are_refused() {
        let mut counts = [0u8; 16];
        counts[0] = 3;
        assert!(Huffman::new(&counts, &[1, 2, 3]).is_err());
        counts[0] = 1;
        assert!(Huffman::new(&counts, &[]).is_err());
        assert!(Huffman::new(&counts, &[1, 2]).is_err());
    }
}
