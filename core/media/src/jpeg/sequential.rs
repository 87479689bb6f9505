//! The common case: one scan holds the whole picture, rows are handed out as its MCUs are read, nothing is kept.

use super::blocks;
use super::header::Header;
use super::idct::Factors;
use super::strips::Strips;
use crate::MediaError;

/// Reads the only scan of `header`'s picture.
pub(super) fn stream(
    header: &mut Header<'_>,
    strips: &mut Strips,
    rows: &mut dyn FnMut(&[u8]),
) -> Result<(), MediaError> {
    let scan = header.next_scan()?.ok_or(MediaError::Damaged)?;
    let mut parts = Vec::new();
    for (index, dc, ac) in &scan.components {
        let component = header
            .frame
            .components
            .get(*index)
            .ok_or(MediaError::Damaged)?;
        let table = header.quantisation[component.table]
            .as_ref()
            .ok_or(MediaError::Damaged)?;
        let (dc, ac) = (header.dc[*dc].as_ref(), header.ac[*ac].as_ref());
        let (Some(dc), Some(ac)) = (dc, ac) else {
            return Err(MediaError::Damaged);
        };
        parts.push((
            *index,
            component.h,
            component.v,
            dc,
            ac,
            Factors::new(strips.side(*index), table),
        ));
    }
    let mut bits = super::bits::Bits::new(header.data, header.at);
    let mut predictors = [0i32; 4];
    let mut until_restart = header.restart;
    let (columns, lines) = header.frame.mcus();
    for _ in 0..lines {
        for column in 0..columns {
            if header.restart > 0 {
                if until_restart == 0 {
                    bits.restart()?;
                    predictors = [0; 4];
                    until_restart = header.restart;
                }
                until_restart -= 1;
            }
            for ((index, h, v, dc, ac, factors), predictor) in parts.iter().zip(&mut predictors) {
                for row in 0..*v {
                    for place in 0..*h {
                        let mut block = [0i16; 64];
                        blocks::sequential(&mut bits, dc, ac, predictor, &mut block)?;
                        strips.put(*index, (column * h + place, row), factors, &block, 8);
                    }
                }
            }
        }
        strips.emit(rows);
    }
    header.at = bits.end_of_scan();
    // A second scan would paint over what has been handed out: no encoder writes that.
    match header.next_scan()? {
        None => Ok(()),
        Some(_) => Err(MediaError::Damaged),
    }
}
