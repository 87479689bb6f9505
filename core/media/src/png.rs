//! PNG, row by row where the file allows it. The decoder sees only the chunks that make the picture.

use crate::clean::Picture;
use crate::guard::guarded;
use crate::pieces::Pieces;
use crate::scale::Scaler;
use crate::{Limits, MediaError};
use png::{ColorType, Decoder, Reader, Transformations};

/// Chunks of a file that matter.
struct Chunks<'a> {
    /// IHDR, PLTE, tRNS, IDAT and IEND with their frames; neighbours in one slice.
    picture: Vec<&'a [u8]>,
    exif: Option<&'a [u8]>,
    width: u32,
    height: u32,
    interlaced: bool,
}

/// Decodes and scales a PNG; transparency over white.
///
/// # Errors
/// [`MediaError::TooManyPixels`] by the declared size; an interlaced file must be held whole and may be less large.
pub(crate) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Picture<'a>, MediaError> {
    let Chunks {
        picture,
        exif,
        width,
        height,
        interlaced,
    } = chunks(bytes)?;
    let too_many = MediaError::TooManyPixels { width, height };
    if width == 0 || height == 0 {
        return Err(MediaError::Damaged);
    }
    if !limits.allows(width, height)
        || (interlaced && width as usize * height as usize * 4 > limits.decode_budget())
    {
        return Err(too_many);
    }
    let mut signed = vec![bytes.get(..8).unwrap_or_default()];
    signed.extend(picture);
    let size = limits.fit(width, height);
    let mut scaler = Scaler::new((width, height), size);
    guarded(|| {
        let mut decoder = Decoder::new_with_limits(
            Pieces::new(signed),
            png::Limits {
                bytes: limits.decode_budget(),
            },
        );
        decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
        let mut reader = decoder.read_info().map_err(|_| MediaError::Damaged)?;
        let kind = reader.output_color_type().0;
        let mut line = Vec::with_capacity(width as usize * 3);
        if interlaced {
            return whole(&mut reader, kind, &mut line, &mut scaler);
        }
        while let Some(row) = reader.next_row().map_err(|_| MediaError::Damaged)? {
            flatten(row.data(), kind, &mut line);
            scaler.row(&line);
        }
        Ok(())
    })?;
    let rgb = scaler.finish().ok_or(MediaError::Damaged)?;
    Ok(Picture { rgb, size, exif })
}

fn whole(
    reader: &mut Reader<Pieces<'_>>,
    kind: ColorType,
    line: &mut Vec<u8>,
    scaler: &mut Scaler,
) -> Result<(), MediaError> {
    let mut all = vec![0; reader.output_buffer_size().ok_or(MediaError::Damaged)?];
    let info = reader
        .next_frame(&mut all)
        .map_err(|_| MediaError::Damaged)?;
    for row in all.chunks_exact(info.line_size.max(1)) {
        flatten(row, kind, line);
        scaler.row(line);
    }
    Ok(())
}

/// One row of any colour type as RGB over white.
fn flatten(row: &[u8], kind: ColorType, line: &mut Vec<u8>) {
    line.clear();
    match kind {
        ColorType::Grayscale => line.extend(row.iter().flat_map(|grey| [*grey; 3])),
        ColorType::GrayscaleAlpha => {
            line.extend(
                row.chunks_exact(2)
                    .flat_map(|pixel| over_white([pixel[0]; 3], pixel[1])),
            );
        }
        ColorType::Rgba => {
            line.extend(
                row.chunks_exact(4)
                    .flat_map(|pixel| over_white([pixel[0], pixel[1], pixel[2]], pixel[3])),
            );
        }
        ColorType::Rgb | ColorType::Indexed => line.extend_from_slice(row),
    }
}

/// What a pixel of opacity `alpha` looks like on paper.
pub(crate) fn over_white(rgb: [u8; 3], alpha: u8) -> [u8; 3] {
    let alpha = u32::from(alpha);
    rgb.map(|value| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
}

fn chunks(bytes: &[u8]) -> Result<Chunks<'_>, MediaError> {
    let mut chunks = Chunks {
        picture: Vec::new(),
        exif: None,
        width: 0,
        height: 0,
        interlaced: false,
    };
    let mut at = 8;
    let mut end_of_picture = 0;
    loop {
        let head = bytes.get(at..at + 8).ok_or(MediaError::Damaged)?;
        let length = head
            .iter()
            .take(4)
            .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
        let end = length.checked_add(at + 12).ok_or(MediaError::Damaged)?;
        let whole = bytes.get(at..end).ok_or(MediaError::Damaged)?;
        let body = whole.get(8..8 + length).unwrap_or_default();
        let kind = head.get(4..).unwrap_or_default();
        if chunks.picture.is_empty() {
            let (&[w3, w2, w1, w0, h3, h2, h1, h0, _, _, _, _, interlace], b"IHDR") = (body, kind)
            else {
                return Err(MediaError::Damaged);
            };
            chunks.width = u32::from_be_bytes([w3, w2, w1, w0]);
            chunks.height = u32::from_be_bytes([h3, h2, h1, h0]);
            chunks.interlaced = interlace != 0;
        }
        match kind {
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" => {
                match chunks.picture.last_mut().filter(|_| end_of_picture == at) {
                    Some(last) => *last = bytes.get(at - last.len()..end).unwrap_or_default(),
                    None => chunks.picture.push(whole),
                }
                end_of_picture = end;
                // Parts of a picture lie together; a file of many islands is made to cost memory.
                if chunks.picture.len() > 16 {
                    return Err(MediaError::Damaged);
                }
            }
            b"eXIf" => chunks.exif = chunks.exif.or(Some(body)),
            _ => {}
        }
        if kind == b"IEND" {
            return Ok(chunks);
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transparency_lies_on_white() {
        assert_eq!(over_white([10, 20, 30], 255), [10, 20, 30]);
        assert_eq!(over_white([10, 20, 30], 0), [255; 3]);
        assert_eq!(over_white([0, 100, 200], 128), [127, 177, 227]);
    }
}
