//! Writes a baseline JPEG: SOI, JFIF, DQT, SOF0, DHT, SOS, data, EOI. There is no code here for any other marker, so that
//! none can slip out.

use super::encode::{Blocks, Component, Pixels, Steps};
use super::optimal::Code;

/// JFIF 1.01, no unit, square pixels, thumbnail of 0 × 0 (ITU-T T.871 clause 10.1).
pub(crate) const JFIF: [u8; 14] = [b'J', b'F', b'I', b'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0];

/// Encodes `pixels` with the shortest Huffman tables. Holds all coefficients: three bytes a pixel.
pub(crate) fn smallest(pixels: &impl Pixels, quality: u8) -> Vec<u8> {
    let steps = Steps::of(quality);
    let blocks = Blocks::new(pixels, &steps);
    let (columns, lines) = blocks.mcus();
    let mut coefficients: Vec<i16> = Vec::with_capacity(columns * lines * 384);
    let mut frequency = [[0u32; 256]; 4];
    let mut predictors = [0; 3];
    blocks.each(|component, block| {
        coefficients.extend_from_slice(block);
        let class = component.min(1);
        symbols(block, &mut predictors[component], |table, symbol, _, _| {
            frequency[table * 2 + class][usize::from(symbol)] += 1;
        });
    });
    let codes = frequency.map(|frequency| Code::best(&frequency));
    let mut writer = Writer::new(pixels.size(), &steps, &codes);
    let mut predictors = [0; 3];
    for (place, block) in coefficients.chunks_exact(64).enumerate() {
        let component = (place % 6).saturating_sub(3);
        if let Ok(block) = block.try_into() {
            writer.block(component, block, &mut predictors[component]);
        }
    }
    writer.finish()
}

/// Codes fit for pictures like `sample`, with a word for every symbol there is. The caller's picture need not be held.
#[cfg(any(test, feature = "testkit"))]
pub(crate) fn optimal_codes(sample: &impl Pixels, steps: &Steps) -> [Code; 4] {
    let mut frequency = [[0u32; 256]; 4];
    for (table, frequency) in frequency.iter_mut().enumerate() {
        let dc = table < 2;
        frequency
            .iter_mut()
            .enumerate()
            .filter(|(symbol, _)| (*symbol < 12) == dc || !dc)
            .for_each(|(_, count)| *count = 1);
    }
    let mut predictors = [0; 3];
    Blocks::new(sample, steps).each(|component, block| {
        let class = component.min(1);
        symbols(block, &mut predictors[component], |table, symbol, _, _| {
            frequency[table * 2 + class][usize::from(symbol)] += 8;
        });
    });
    frequency.map(|frequency| Code::best(&frequency))
}

/// A code with a word for every byte.
#[cfg(any(test, feature = "testkit"))]
pub(crate) fn uniform_code() -> Code {
    Code::best(&[1; 256])
}

/// The bytes before the entropy-coded data, and the stream after them.
pub(crate) struct Writer {
    out: Vec<u8>,
    words: [[(u16, u8); 256]; 4],
    buffer: u64,
    count: u32,
}

/// A marker and its segment.
pub(crate) fn segment(out: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length = parts.iter().map(|part| part.len()).sum::<usize>() + 2;
    out.extend_from_slice(&[0xFF, marker]);
    out.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// SOI, JFIF and the quantisation tables.
pub(crate) fn start(steps: &Steps) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    segment(&mut out, 0xE0, &[&JFIF]);
    segment(&mut out, 0xDB, &[&[0], &steps.0[0], &[1], &steps.0[1]]);
    out
}

/// SOF with 4:2:0 sampling; 0xC0 for baseline.
pub(crate) fn frame(out: &mut Vec<u8>, marker: u8, (width, height): (usize, usize)) {
    let side = |side: usize| u16::try_from(side).unwrap_or(u16::MAX).to_be_bytes();
    segment(
        out,
        marker,
        &[
            &[8],
            &side(height),
            &side(width),
            &[3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1],
        ],
    );
}

impl Writer {
    /// Writes everything before the data. `codes`: DC luma, DC chroma, AC luma, AC chroma.
    pub(crate) fn new(size: (usize, usize), steps: &Steps, codes: &[Code; 4]) -> Self {
        let mut out = start(steps);
        frame(&mut out, 0xC0, size);
        for (code, which) in codes.iter().zip([0x00, 0x01, 0x10, 0x11]) {
            segment(&mut out, 0xC4, &[&[which], &code.counts, &code.symbols]);
        }
        segment(&mut out, 0xDA, &[&[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]]);
        Writer {
            out,
            words: codes.each_ref().map(Code::words),
            buffer: 0,
            count: 0,
        }
    }

    /// A stream that goes on after `out`.
    #[cfg(any(test, feature = "testkit"))]
    pub(crate) fn resume(out: Vec<u8>, codes: &[Code; 4]) -> Self {
        Writer {
            out,
            words: codes.each_ref().map(Code::words),
            buffer: 0,
            count: 0,
        }
    }

    /// Writes one block.
    pub(crate) fn block(&mut self, component: Component, block: &[i16; 64], predictor: &mut i32) {
        let class = component.min(1);
        symbols(block, predictor, |table, symbol, extra, size| {
            self.symbol(table * 2 + class, symbol, extra, size)
        });
    }

    /// Writes `symbol` by table `table` and `size` extra bits.
    pub(crate) fn symbol(&mut self, table: usize, symbol: u8, extra: u32, size: u32) {
        let (code, length) = self.words[table & 3][usize::from(symbol)];
        self.bits(u32::from(code), u32::from(length));
        self.bits(extra, size);
    }

    /// Writes `size` bare bits.
    #[cfg(any(test, feature = "testkit"))]
    pub(crate) fn raw(&mut self, value: u32, size: u32) {
        self.bits(value, size);
    }

    fn bits(&mut self, value: u32, size: u32) {
        self.buffer = self.buffer << size | u64::from(value);
        self.count += size;
        while self.count >= 8 {
            self.count -= 8;
            let byte = (self.buffer >> self.count) as u8;
            self.out.push(byte);
            if byte == 0xFF {
                self.out.push(0);
            }
        }
    }

    /// Fills the last byte with ones (T.81 F.1.2.3) and gives back what was written.
    pub(crate) fn end_scan(mut self) -> Vec<u8> {
        let missing = (8 - self.count % 8) % 8;
        self.bits((1 << missing) - 1, missing);
        self.out
    }

    /// The finished file.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut out = self.end_scan();
        out.extend_from_slice(&[0xFF, 0xD9]);
        out
    }
}

/// Size and bits of a coefficient (T.81 F.1.2.1 and F.1.2.2): negative values as their complement.
#[inline]
pub(crate) fn magnitude(value: i32) -> (u32, u32) {
    let size = 32 - value.unsigned_abs().leading_zeros();
    let bits = if value < 0 { value - 1 } else { value };
    (size, bits as u32 & ((1 << size) - 1))
}

/// The symbols of a block: table (0 for DC, 1 for AC), symbol, extra bits and their number.
#[inline]
fn symbols(block: &[i16; 64], predictor: &mut i32, mut emit: impl FnMut(usize, u8, u32, u32)) {
    let dc = i32::from(block[0]);
    let (size, bits) = magnitude(dc - *predictor);
    *predictor = dc;
    emit(0, size as u8, bits, size);
    ac(block, &mut |symbol, bits, size| emit(1, symbol, bits, size));
}

/// The symbols of a block's coefficients but the first.
#[inline]
pub(crate) fn ac(block: &[i16; 64], emit: &mut impl FnMut(u8, u32, u32)) {
    let mut run = 0u8;
    for value in block.iter().skip(1) {
        if *value == 0 {
            run += 1;
            continue;
        }
        while run > 15 {
            emit(0xF0, 0, 0);
            run -= 16;
        }
        let (size, bits) = magnitude(i32::from(*value));
        emit(run << 4 | size as u8, bits, size);
        run = 0;
    }
    if run > 0 {
        emit(0, 0, 0);
    }
}
