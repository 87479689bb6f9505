//! Pixels to quantised blocks: colour conversion, 4:2:0 sampling, transform, quantiser.

use super::dct::{forward, Lanes, SCALE};
use super::ZIGZAG;

/// A picture that can be asked for any pixel.
pub(crate) trait Pixels {
    /// Width and height, both 1 to 65,535.
    fn size(&self) -> (usize, usize);
    /// The pixel at `x`, `y`, both within the size.
    fn rgb(&self, x: usize, y: usize) -> [u8; 3];
}

/// Luma is component 0, chroma 1 and 2.
pub(crate) type Component = usize;

/// Quantisation steps for luma and chroma, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Steps(pub(crate) [[u8; 64]; 2]);

/// T.81 table K.1, in the order of the file.
const LUMA: [u8; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// T.81 table K.2: its first 22 entries in the order of the file; the others are all 99.
const CHROMA: [u8; 22] = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99,
];

impl Steps {
    /// The steps of `quality` 1 to 100 by the Independent JPEG Group's scale.
    pub(crate) fn of(quality: u8) -> Self {
        let quality = u32::from(quality.clamp(1, 100));
        let percent = if quality < 50 {
            5_000 / quality
        } else {
            200 - quality * 2
        };
        let scaled = |base: u8| ((u32::from(base) * percent + 50) / 100).clamp(1, 255) as u8;
        let chroma = |i: usize| scaled(CHROMA.get(i).copied().unwrap_or(99));
        Steps([LUMA.map(scaled), std::array::from_fn(chroma)])
    }
}

/// Cuts a picture into MCUs of 16 × 16 pixels and hands out their blocks: four of luma, one of each chroma.
pub(crate) struct Blocks<'a, P> {
    pixels: &'a P,
    /// By class of component: what each coefficient is multiplied by.
    factors: [[f32; 64]; 2],
}

impl<'a, P: Pixels> Blocks<'a, P> {
    pub(crate) fn new(pixels: &'a P, steps: &Steps) -> Self {
        let mut factors = [[0.0; 64]; 2];
        for (factors, steps) in factors.iter_mut().zip(&steps.0) {
            for (place, step) in ZIGZAG.iter().zip(steps) {
                let place = usize::from(*place);
                factors[place] =
                    1.0 / (f32::from(*step) * SCALE[place / 8] * SCALE[place % 8] * 8.0);
            }
        }
        Blocks { pixels, factors }
    }

    /// Columns and rows of MCUs.
    pub(crate) fn mcus(&self) -> (usize, usize) {
        let (width, height) = self.pixels.size();
        (width.div_ceil(16), height.div_ceil(16))
    }

    /// Hands out every block: its component and its coefficients in the order of the file.
    pub(crate) fn each(&self, mut sink: impl FnMut(Component, &[i16; 64])) {
        let (columns, lines) = self.mcus();
        for line in 0..lines {
            for column in 0..columns {
                let mut mcu = self.sample(column * 16, line * 16);
                for (place, block) in mcu.iter_mut().enumerate() {
                    let component = place.saturating_sub(3);
                    sink(component, &self.quantise(block, component));
                }
            }
        }
    }

    /// The six blocks of an MCU, centred on zero. Pixels beyond the edge repeat the last one.
    fn sample(&self, left: usize, top: usize) -> [[Lanes; 8]; 6] {
        let (width, height) = self.pixels.size();
        let mut mcu = [[[0.0f32; 8]; 8]; 6];
        for y in 0..16 {
            let line = (top + y).min(height - 1);
            for x in 0..16 {
                let [r, g, b] = self
                    .pixels
                    .rgb((left + x).min(width - 1), line)
                    .map(f32::from);
                // ITU-T T.871 clause 7.
                mcu[y / 8 * 2 + x / 8][y % 8][x % 8] = 0.299 * r + 0.587 * g + 0.114 * b - 128.0;
                mcu[4][y / 2][x / 2] += (-0.168_735_9 * r - 0.331_264_1 * g + 0.5 * b) * 0.25;
                mcu[5][y / 2][x / 2] += (0.5 * r - 0.418_687_6 * g - 0.081_312_4 * b) * 0.25;
            }
        }
        mcu
    }

    fn quantise(&self, block: &mut [Lanes; 8], component: Component) -> [i16; 64] {
        forward(block);
        let factors = &self.factors[component.min(1)];
        let mut rows = [0i16; 64];
        for ((row, lanes), factors) in rows
            .chunks_exact_mut(8)
            .zip(block.iter())
            .zip(factors.chunks_exact(8))
        {
            for ((slot, value), factor) in row.iter_mut().zip(lanes).zip(factors) {
                // Rounds to nearest; the offset keeps the cast on one side of zero. Ten bits are all a baseline file has.
                *slot = ((value * factor + 16_384.5) as i32 - 16_384).clamp(-1_023, 1_023) as i16;
            }
        }
        let mut ordered = [0i16; 64];
        for (slot, place) in ordered.iter_mut().zip(ZIGZAG) {
            *slot = rows[usize::from(place)];
        }
        ordered
    }
}
