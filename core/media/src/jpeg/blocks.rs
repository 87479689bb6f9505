//! One block of coefficients of a sequential scan (T.81 F.2.2).

use super::bits::Bits;
use super::huffman::Huffman;
use super::ZIGZAG;
use crate::MediaError;

/// Reads the next block into `out` (zeroed by the caller, rows of eight), `predictor` being the DC value before it.
///
/// # Errors
/// [`MediaError::Damaged`] for codes that do not exist, runs beyond the block and data that ended.
#[inline]
pub(super) fn sequential(
    bits: &mut Bits<'_>,
    dc: &Huffman,
    ac: &Huffman,
    predictor: &mut i32,
    out: &mut [i16; 64],
) -> Result<(), MediaError> {
    *predictor = predictor.wrapping_add(dc_difference(bits, dc)?);
    out[0] = *predictor as i16;
    let mut at = 1;
    while at < 64 {
        let symbol = ac.decode(bits)?;
        let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 {
            if run != 15 {
                break;
            }
            at += 16;
            continue;
        }
        at += run;
        let place = *ZIGZAG.get(at).ok_or(MediaError::Damaged)?;
        out[usize::from(place & 63)] = bits.extend(size) as i16;
        at += 1;
    }
    bits.check()
}

/// The difference of a DC coefficient to the one before (T.81 F.2.2.1).
#[inline]
pub(super) fn dc_difference(bits: &mut Bits<'_>, dc: &Huffman) -> Result<i32, MediaError> {
    let size = u32::from(dc.decode(bits)?);
    if size > 15 {
        return Err(MediaError::Damaged);
    }
    Ok(bits.extend(size))
}
