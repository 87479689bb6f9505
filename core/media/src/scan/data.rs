//! Tables and coded samples, read only to account for every byte of them.

/// A Huffman table as lists of codes by length.
#[derive(Default, Clone)]
struct Codes {
    counts: [u8; 16],
    symbols: Vec<u8>,
}

/// What the segments before the scan declared.
#[derive(Default)]
pub(super) struct Tables {
    quantisation: [bool; 4],
    /// DC 0 and 1, AC 0 and 1.
    huffman: [Option<Codes>; 4],
    /// Component ids, blocks an MCU and quantisation table.
    components: Vec<(u8, usize, usize)>,
    mcus: usize,
    /// Huffman tables by component of the scan.
    used: Vec<(usize, usize, usize)>,
}

impl Tables {
    /// Takes a segment; false if its length and its content disagree or it declares what a minimal file has no use for.
    pub(super) fn take(&mut self, marker: u8, body: &[u8]) -> bool {
        match marker {
            0xDB => self.quantisation(body),
            0xC0 => self.frame(body),
            0xC4 => self.huffman(body),
            0xDA => self.scan(body),
            _ => true,
        }
    }

    fn quantisation(&mut self, body: &[u8]) -> bool {
        !body.is_empty()
            && body.len().is_multiple_of(65)
            && body.chunks_exact(65).all(|table| {
                let slot = self.quantisation.get_mut(usize::from(table[0]));
                slot.is_some_and(|slot| !std::mem::replace(slot, true)) && !table[1..].contains(&0)
            })
    }

    fn frame(&mut self, body: &[u8]) -> bool {
        let &[8, h1, h0, w1, w0, count, ref list @ ..] = body else {
            return false;
        };
        if list.len() != usize::from(count) * 3 || !matches!(count, 1 | 3) {
            return false;
        }
        let sampling = |c: &[u8]| (usize::from(c[1] >> 4), usize::from(c[1] & 15));
        let components: Vec<&[u8]> = list.chunks_exact(3).collect();
        let h = components.iter().map(|c| sampling(c).0).max().unwrap_or(0);
        let v = components.iter().map(|c| sampling(c).1).max().unwrap_or(0);
        if !(1..=2).contains(&h) || !(1..=2).contains(&v) {
            return false;
        }
        let side = |high: u8, low: u8, factor: usize| {
            (usize::from(high) << 8 | usize::from(low)).div_ceil(8 * factor)
        };
        self.mcus = side(w1, w0, h) * side(h1, h0, v);
        self.components = components
            .iter()
            .map(|c| (c[0], sampling(c).0 * sampling(c).1, usize::from(c[2])))
            .collect();
        let distinct = self
            .components
            .iter()
            .enumerate()
            .all(|(i, c)| self.components[..i].iter().all(|d| d.0 != c.0));
        // Every table that came is used, and every table used has come.
        let used = |table: usize| self.components.iter().any(|c| c.2 == table);
        let matched = self
            .quantisation
            .iter()
            .enumerate()
            .all(|(table, there)| *there == used(table));
        self.mcus > 0 && distinct && matched && self.components.iter().all(|c| c.1 > 0 && c.2 < 4)
    }

    fn huffman(&mut self, mut body: &[u8]) -> bool {
        while let [which, rest @ ..] = body {
            let index = match which {
                0x00 | 0x01 => usize::from(*which),
                0x10 | 0x11 => usize::from(which - 0x10) + 2,
                _ => return false,
            };
            let Some(counts) = rest
                .get(..16)
                .and_then(|counts| <[u8; 16]>::try_from(counts).ok())
            else {
                return false;
            };
            let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let Some(symbols) = rest.get(16..16 + total) else {
                return false;
            };
            // Kraft: the codes fit, and the code of all ones is free.
            let room: usize = (1..)
                .zip(counts)
                .map(|(length, count)| usize::from(count) << (16usize - length))
                .sum();
            let twice = symbols
                .iter()
                .enumerate()
                .any(|(i, symbol)| symbols[..i].contains(symbol));
            let largest = if index < 2 { 11 } else { 0xFA };
            if self.huffman[index].is_some()
                || total == 0
                || room >= 1 << 16
                || twice
                || symbols.iter().any(|s| *s > largest)
            {
                return false;
            }
            self.huffman[index] = Some(Codes {
                counts,
                symbols: symbols.to_vec(),
            });
            body = &rest[16 + total..];
        }
        true
    }

    fn scan(&mut self, body: &[u8]) -> bool {
        let Some((count, rest)) = body.split_first() else {
            return false;
        };
        let pairs = usize::from(*count) * 2;
        if usize::from(*count) != self.components.len()
            || rest.len() != pairs + 3
            || rest[pairs..] != [0, 63, 0]
        {
            return false;
        }
        self.used.clear();
        for (pair, (id, blocks, _)) in rest.chunks_exact(2).zip(&self.components) {
            let (dc, ac) = (usize::from(pair[1] >> 4), usize::from(pair[1] & 15));
            if pair[0] != *id || dc > 1 || ac > 1 {
                return false;
            }
            self.used.push((*blocks, dc, ac + 2));
        }
        let needed = |table: usize| {
            self.used
                .iter()
                .any(|(_, dc, ac)| table == *dc || table == *ac)
        };
        self.huffman
            .iter()
            .enumerate()
            .all(|(table, codes)| codes.is_some() == needed(table))
    }

    /// Whether `data` holds exactly the samples the frame declares and then only the ones that fill the last byte.
    pub(super) fn exhausts(&self, data: &[u8]) -> bool {
        let mut bits = Bits {
            data,
            at: 0,
            bit: 0,
        };
        self.read(&mut bits).is_some() && bits.only_padding_left()
    }

    fn read(&self, bits: &mut Bits<'_>) -> Option<()> {
        let tables: Option<Vec<(usize, &Codes, &Codes)>> = self
            .used
            .iter()
            .map(|(blocks, dc, ac)| {
                Some((
                    *blocks,
                    self.huffman[*dc].as_ref()?,
                    self.huffman[*ac].as_ref()?,
                ))
            })
            .collect();
        let tables = tables.filter(|tables| !tables.is_empty())?;
        for _ in 0..self.mcus {
            for (blocks, dc, ac) in &tables {
                for _ in 0..*blocks {
                    let size = bits.symbol(dc)?;
                    bits.skip(size)?;
                    let mut at = 1;
                    while at < 64 {
                        let symbol = bits.symbol(ac)?;
                        match (symbol >> 4, symbol & 15) {
                            (0, 0) => break,
                            (15, 0) => at += 16,
                            (_, 0) => return None,
                            (run, size) => {
                                at += usize::from(run) + 1;
                                bits.skip(size)?;
                            }
                        }
                    }
                    if at > 64 {
                        return None;
                    }
                }
            }
        }
        Some(())
    }
}

/// A bit at a time: slow, short and obviously right.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    bit: u32,
}

impl Bits<'_> {
    fn next(&mut self) -> Option<usize> {
        let byte = *self.data.get(self.at)?;
        let value = usize::from(byte >> (7 - self.bit) & 1);
        self.bit += 1;
        if self.bit == 8 {
            self.bit = 0;
            // The zero stuffed after 0xFF carries nothing.
            self.at += if byte == 0xFF { 2 } else { 1 };
        }
        Some(value)
    }

    fn skip(&mut self, n: u8) -> Option<()> {
        (0..n).try_for_each(|_| self.next().map(|_| ()))
    }

    /// Follows the canonical code (T.81 figure F.16).
    fn symbol(&mut self, codes: &Codes) -> Option<u8> {
        let (mut code, mut first, mut index) = (0usize, 0usize, 0usize);
        for count in codes.counts {
            let count = usize::from(count);
            code = code << 1 | self.next()?;
            first <<= 1;
            if code < first + count {
                return codes.symbols.get(index + code.checked_sub(first)?).copied();
            }
            index += count;
            first += count;
        }
        None
    }

    fn only_padding_left(&mut self) -> bool {
        while self.bit != 0 {
            if self.next() != Some(1) {
                return false;
            }
        }
        self.at == self.data.len()
    }
}
