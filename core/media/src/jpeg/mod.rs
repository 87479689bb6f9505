//! JPEG (ITU-T T.81) read and written row by row.
//!
//! Why our own: the decoders of the ecosystem hold the whole picture at full size (200 million pixels: 600 MB), and the
//! one that can shrink while decoding starts threads that queue without bound. Reading one row of blocks at a time, at
//! 1/1, 1/2, 1/4 or 1/8 of the size, keeps a phone's largest photo within a few megabytes. The writer emits the few
//! markers a picture needs and knows no others. Tests hold both against independent decoders.

mod bits;
mod blocks;
mod dct;
pub(crate) mod encode;
mod frame;
mod header;
mod huffman;
mod idct;
mod optimal;
mod progressive;
mod sequential;
mod strips;
pub(crate) mod write;

pub(crate) use header::Header;
#[cfg(any(test, feature = "testkit"))]
pub(crate) use {optimal::Code, write::optimal_codes, write::uniform_code};

use crate::MediaError;
use progressive::Store;
use strips::Strips;

/// A way to decode that fits the memory, chosen before anything is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Samples a block keeps on each side: 8, 4, 2 or 1 for 1/1, 1/2, 1/4, 1/8 of the size.
    side: usize,
    /// Rows can stream: one scan holds everything.
    streams: bool,
    /// Size of the rows that come out.
    pub(crate) width: u32,
    /// Number of the rows that come out.
    pub(crate) height: u32,
}

impl Plan {
    /// The largest reduction that still leaves at least nine tenths of `long_edge`, or more of it where all
    /// coefficients must be held (progressive files) and `budget` bytes would not do. `None`: nothing fits.
    pub(crate) fn choose(header: &Header<'_>, long_edge: u32, budget: usize) -> Option<Plan> {
        let frame = &header.frame;
        let (width, height) = (u32::from(frame.width), u32::from(frame.height));
        let streams = header.streams();
        let enough = |shift: u32| {
            u64::from(width.max(height).div_ceil(1 << shift)) * 10 >= u64::from(long_edge) * 9
        };
        let wished = (1..=3).rev().find(|shift| enough(*shift)).unwrap_or(0);
        (wished..=3)
            .map(|shift| (shift, 8usize >> shift))
            .find(|(_, side)| {
                let held = if streams {
                    0
                } else {
                    Store::bytes(frame, *side)
                };
                held + Strips::bytes(frame, *side, streams) <= budget
            })
            .map(|(shift, side)| Plan {
                side,
                streams,
                width: width.div_ceil(1 << shift),
                height: height.div_ceil(1 << shift),
            })
    }
}

/// Decodes what `header` announced and hands out RGB rows of `plan.width` pixels from top to bottom.
///
/// # Errors
/// [`MediaError::Damaged`] for anything that does not follow the standard, data that ends early included.
pub(crate) fn decode(
    mut header: Header<'_>,
    plan: Plan,
    rows: &mut dyn FnMut(&[u8]),
) -> Result<(), MediaError> {
    let mut strips = Strips::new(&header, plan)?;
    if plan.streams {
        sequential::stream(&mut header, &mut strips, rows)
    } else {
        progressive::collect(&mut header, plan.side)?.render(&header, &mut strips, rows)
    }
}

/// Position in a block (row by row) of each coefficient in the order of the file (T.81 figure 5).
pub(crate) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

#[cfg(test)]
mod tests;
