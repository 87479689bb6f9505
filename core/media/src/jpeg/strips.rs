//! One row of MCUs as samples, and its way to RGB rows.
//!
//! Chroma that is sampled at half or quarter is, where the picture is being reduced anyway, transformed at the size luma
//! gets: sharper than enlarging it, and nothing is left to enlarge. Otherwise samples are repeated, which is exactly
//! undone when the writer averages them again.

use super::frame::{Component, Frame};
use super::header::Header;
use super::idct::{inverse, Factors};
use super::Plan;
use crate::MediaError;

/// Samples of one component for one row of MCUs.
struct Strip {
    /// Blocks in a row of the strip.
    columns: usize,
    side: usize,
    samples: Vec<u8>,
    /// For each pixel of a row, the sample that colours it.
    column_of: Vec<u32>,
    /// One sample a pixel: where the sampling repeats them, they are laid out here first.
    spread: Vec<u8>,
    /// Rows of samples in the strip.
    rows: usize,
}

impl Strip {
    /// The samples of pixel row `y` of `of`, one a pixel.
    fn row(&mut self, y: usize, of: usize) -> &[u8] {
        let line = self.columns * self.side;
        let from = y * self.rows / of * line;
        let samples = self.samples.get(from..from + line).unwrap_or_default();
        let Some(last) = self.column_of.last() else {
            return samples;
        };
        if *last as usize + 1 == self.column_of.len() {
            return samples;
        }
        for (slot, column) in self.spread.iter_mut().zip(&self.column_of) {
            *slot = samples.get(*column as usize).copied().unwrap_or(0);
        }
        &self.spread
    }
}

/// All components' strips and the rows that come from them.
pub(super) struct Strips {
    strips: Vec<Strip>,
    rgb: bool,
    /// RGB rows in one strip.
    rows: usize,
    /// RGB rows still to come.
    left: usize,
    line: Vec<u8>,
}

/// Samples on each side of a block of `c`, when luma's have `side`.
pub(super) fn side_of(frame: &Frame, c: &Component, side: usize, streams: bool) -> usize {
    let (h, v) = frame.max_sampling();
    let even = h / c.h == v / c.v && h % c.h == 0 && v % c.v == 0;
    match h / c.h {
        ratio @ (2 | 4) if streams && even => (side * ratio).min(8),
        _ => side,
    }
}

impl Strips {
    /// Bytes that [`Strips::new`] will allocate, closely.
    pub(super) fn bytes(frame: &Frame, side: usize, streams: bool) -> usize {
        let width = usize::from(frame.width);
        let component = |c: &Component| {
            let own = side_of(frame, c, side, streams);
            frame.blocks(c).0 * own * c.v * own + width * 5
        };
        frame.components.iter().map(component).sum::<usize>() + width * 3
    }

    pub(super) fn new(header: &Header<'_>, plan: Plan) -> Result<Self, MediaError> {
        let frame = &header.frame;
        let (h, v) = frame.max_sampling();
        let width = plan.width as usize;
        let strip = |c: &Component| {
            let side = side_of(frame, c, plan.side, plan.streams);
            let columns = frame.blocks(c).0;
            let rows = c.v * side;
            let column_of = (0..width)
                .map(|x| (x * c.h * side / (h * plan.side)) as u32)
                .collect();
            Strip {
                columns,
                side,
                samples: vec![0; columns * side * rows],
                column_of,
                spread: vec![0; width],
                rows,
            }
        };
        Ok(Strips {
            strips: frame.components.iter().map(strip).collect(),
            rgb: header.is_rgb(),
            rows: v * plan.side,
            left: plan.height as usize,
            line: vec![0; width * 3],
        })
    }

    /// Samples on each side of the blocks of component `c`.
    pub(super) fn side(&self, c: usize) -> usize {
        self.strips.get(c).map_or(8, |strip| strip.side)
    }

    /// Transforms one block of component `c` to its place: `column` and `row` count blocks in this strip.
    #[inline]
    pub(super) fn put(
        &mut self,
        c: usize,
        (column, row): (usize, usize),
        factors: &Factors,
        block: &[i16],
        stride: usize,
    ) {
        let Some(strip) = self.strips.get_mut(c) else {
            return;
        };
        let line = strip.columns * strip.side;
        if let Some(out) = strip
            .samples
            .get_mut(row * strip.side * line + column * strip.side..)
        {
            inverse(factors, block, stride, out, line);
        }
    }

    /// Hands out the RGB rows of the finished strip.
    pub(super) fn emit(&mut self, rows: &mut dyn FnMut(&[u8])) {
        for y in 0..self.rows.min(self.left) {
            match self.strips.as_mut_slice() {
                [a, b, c] => {
                    let three = [
                        a.row(y, self.rows),
                        b.row(y, self.rows),
                        c.row(y, self.rows),
                    ];
                    colour(&mut self.line, three, self.rgb);
                }
                [grey, ..] => {
                    for (pixel, value) in self.line.chunks_exact_mut(3).zip(grey.row(y, self.rows))
                    {
                        pixel.fill(*value);
                    }
                }
                [] => {}
            }
            rows(&self.line);
        }
        self.left = self.left.saturating_sub(self.rows);
    }
}

fn colour(line: &mut [u8], [a, b, c]: [&[u8]; 3], rgb: bool) {
    let three = a.iter().zip(b).zip(c).map(|((a, b), c)| [*a, *b, *c]);
    if rgb {
        line.chunks_exact_mut(3)
            .zip(three)
            .for_each(|(pixel, three)| pixel.copy_from_slice(&three));
    } else {
        line.chunks_exact_mut(3)
            .zip(three)
            .for_each(|(pixel, three)| pixel.copy_from_slice(&to_rgb(three)));
    }
}

/// JFIF's conversion (ITU-T T.871 clause 7) in 16-bit fixed point.
#[inline]
fn to_rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let y = (i32::from(y) << 16) + (1 << 15);
    let (cb, cr) = (i32::from(cb) - 128, i32::from(cr) - 128);
    let clamp = |value: i32| (value >> 16).clamp(0, 255) as u8;
    [
        clamp(y + 91_881 * cr),
        clamp(y - 22_554 * cb - 46_802 * cr),
        clamp(y + 116_130 * cb),
    ]
}
