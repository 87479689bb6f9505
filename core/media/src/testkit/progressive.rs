//! A progressive writer for tests: spectral selection and successive approximation (T.81 annex G), without runs of blocks.

use crate::jpeg::encode::{Blocks, Pixels, Steps};
use crate::jpeg::write::{ac, frame, magnitude, segment, start, Writer};
use crate::jpeg::{uniform_code, Code};

/// All blocks of a picture, six an MCU.
struct Coefficients {
    blocks: Vec<[i16; 64]>,
    columns: usize,
    lines: usize,
    width: usize,
    height: usize,
}

impl Coefficients {
    /// The blocks of component `c` as a scan of its own visits them.
    fn own(&self, c: usize) -> impl Iterator<Item = &[i16; 64]> {
        let factor = if c == 0 { 1 } else { 2 };
        let (wide, high) = (
            self.width.div_ceil(8 * factor),
            self.height.div_ceil(8 * factor),
        );
        (0..high)
            .flat_map(move |y| (0..wide).map(move |x| (x, y)))
            .filter_map(move |(x, y)| {
                let at = match c {
                    0 => (y / 2 * self.columns + x / 2) * 6 + y % 2 * 2 + x % 2,
                    _ => (y * self.columns + x) * 6 + 3 + c,
                };
                self.blocks.get(at)
            })
    }
}

/// Encodes in eight scans: DC without its last bit, each component's AC without its last bit, then the last bits.
pub(super) fn encode(pixels: &impl Pixels, steps: &Steps) -> Vec<u8> {
    let blocks = Blocks::new(pixels, steps);
    let (columns, lines) = blocks.mcus();
    let (width, height) = pixels.size();
    let mut all = Coefficients {
        blocks: Vec::with_capacity(columns * lines * 6),
        columns,
        lines,
        width,
        height,
    };
    blocks.each(|_, block| all.blocks.push(*block));
    write(&all, start(steps))
}

/// A picture of `width` × `height` in one grey, as cheap to make as it is large.
pub(super) fn plain(width: usize, height: usize) -> Vec<u8> {
    let (columns, lines) = (width.div_ceil(16), height.div_ceil(16));
    // One zero block stands for all: `own` never finds another.
    let mut out = start(&Steps::of(90));
    frame(&mut out, 0xC2, (width, height));
    let codes = codes(&mut out);
    let mut writer = scan(out, &codes, &[1, 2, 3], [0, 0, 0]);
    for _ in 0..columns * lines * 6 {
        writer.symbol(0, 0, 0, 0);
    }
    let mut out = writer.end_scan();
    for c in 0..3u8 {
        let factor = if c == 0 { 1 } else { 2 };
        let mut writer = scan(out, &codes, &[c + 1], [1, 63, 0]);
        for _ in 0..width.div_ceil(8 * factor) * height.div_ceil(8 * factor) {
            writer.symbol(2, 0, 0, 0);
        }
        out = writer.end_scan();
    }
    out.extend_from_slice(&[0xFF, 0xD9]);
    out
}

fn codes(out: &mut Vec<u8>) -> [Code; 4] {
    let code = uniform_code();
    let dc = Code {
        counts: [0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        symbols: (0..12).collect(),
    };
    segment(
        out,
        0xC4,
        &[
            &[0x00],
            &dc.counts,
            &dc.symbols,
            &[0x10],
            &code.counts,
            &code.symbols,
        ],
    );
    [dc.clone(), dc, code.clone(), code]
}

/// Begins a scan of the components with `ids`; `band` is first and last coefficient and the two bit positions.
fn scan(mut out: Vec<u8>, codes: &[Code; 4], ids: &[u8], band: [u8; 3]) -> Writer {
    let list: Vec<u8> = ids.iter().flat_map(|id| [*id, 0x00]).collect();
    segment(&mut out, 0xDA, &[&[ids.len() as u8], &list, &band]);
    Writer::resume(out, codes)
}

fn write(all: &Coefficients, mut out: Vec<u8>) -> Vec<u8> {
    frame(&mut out, 0xC2, (all.width, all.height));
    let codes = codes(&mut out);

    let mut writer = scan(out, &codes, &[1, 2, 3], [0, 0, 0x01]);
    let mut predictors = [0i32; 3];
    for (place, block) in all
        .blocks
        .iter()
        .take(all.columns * all.lines * 6)
        .enumerate()
    {
        let predictor = &mut predictors[(place % 6).saturating_sub(3)];
        let value = i32::from(block[0] >> 1);
        let (size, bits) = magnitude(value - *predictor);
        *predictor = value;
        writer.symbol(0, size as u8, bits, size);
    }
    out = writer.end_scan();

    for c in 0..3 {
        let mut writer = scan(out, &codes, &[c as u8 + 1], [1, 63, 0x01]);
        for block in all.own(c) {
            // Toward zero: the point transform of AC coefficients divides.
            ac(&block.map(|value| value / 2), &mut |symbol, bits, size| {
                writer.symbol(2, symbol, bits, size)
            });
        }
        out = writer.end_scan();
    }
    for c in 0..3 {
        let mut writer = scan(out, &codes, &[c as u8 + 1], [1, 63, 0x10]);
        all.own(c).for_each(|block| refine(block, &mut writer));
        out = writer.end_scan();
    }

    let mut writer = scan(out, &codes, &[1, 2, 3], [0, 0, 0x10]);
    for block in &all.blocks {
        writer.raw((block[0] & 1) as u32, 1);
    }
    out = writer.end_scan();
    out.extend_from_slice(&[0xFF, 0xD9]);
    out
}

/// The last bit of a block's coefficients (T.81 G.1.2.3).
fn refine(block: &[i16; 64], writer: &mut Writer) {
    let last_new = (1..64)
        .rev()
        .find(|k| block[*k].unsigned_abs() == 1)
        .unwrap_or(0);
    let mut run = 0u8;
    let mut corrections: Vec<u32> = Vec::new();
    let flush = |writer: &mut Writer, corrections: &mut Vec<u32>| {
        corrections.drain(..).for_each(|bit| writer.raw(bit, 1));
    };
    for (k, value) in block.iter().enumerate().skip(1) {
        let size = value.unsigned_abs();
        if size == 0 {
            run += 1;
            continue;
        }
        while run > 15 && k <= last_new {
            writer.symbol(2, 0xF0, 0, 0);
            flush(writer, &mut corrections);
            run -= 16;
        }
        if size > 1 {
            corrections.push(u32::from(size & 1));
            continue;
        }
        writer.symbol(2, run << 4 | 1, u32::from(*value > 0), 1);
        flush(writer, &mut corrections);
        run = 0;
    }
    if run > 0 || !corrections.is_empty() {
        writer.symbol(2, 0, 0, 0);
        flush(writer, &mut corrections);
    }
}
