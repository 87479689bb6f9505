//! WebP stills (RFC 9649). The decoder sees a file of one picture, put together from the chunks that make it.
//!
//! Its decoder holds the whole picture, so that the accepted size is smaller than for JPEG: 13 million pixels lossy.

use crate::clean::Picture;
use crate::guard::guarded;
use crate::pieces::Pieces;
use crate::png::over_white;
use crate::scale::Scaler;
use crate::{Kind, Limits, MediaError};
use image_webp::WebPDecoder;

/// Longest losslessly coded stream, bytes. Its tables grow with the stream, so that its length bounds them.
const LOSSLESS: usize = 4 * 1024 * 1024;

#[derive(Default)]
struct Chunks<'a> {
    /// Whole chunks with their headers and padding.
    lossy: Option<&'a [u8]>,
    lossless: Option<&'a [u8]>,
    alpha: Option<&'a [u8]>,
    exif: Option<&'a [u8]>,
}

/// Decodes and scales a WebP still; transparency over white.
///
/// # Errors
/// [`MediaError::Unsupported`] for an animation, [`MediaError::TooManyPixels`] by the declared size.
pub(crate) fn read<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Picture<'a>, MediaError> {
    let chunks = chunks(bytes)?;
    let Some((width, height)) = chunks
        .size()
        .filter(|(width, height)| *width > 0 && *height > 0)
    else {
        return Err(MediaError::Damaged);
    };
    let too_many = MediaError::TooManyPixels { width, height };
    if !limits.allows(width, height)
        || chunks.cost(width, height) > limits.memory.saturating_sub(4 * 1024 * 1024)
    {
        return Err(too_many);
    }
    let coded = chunks.lossless.or(chunks.alpha).map_or(0, <[u8]>::len);
    if coded > LOSSLESS {
        return Err(MediaError::TooManyBytes {
            bytes: coded,
            limit: LOSSLESS,
        });
    }
    let size = limits.fit(width, height);
    let (pixels, depth) = guarded(|| decode(&chunks, width, height))?;
    let mut scaler = Scaler::new((width, height), size);
    let mut line = Vec::with_capacity(width as usize * 3);
    for row in pixels.chunks_exact(width as usize * depth) {
        line.clear();
        match depth {
            4 => line.extend(
                row.chunks_exact(4)
                    .flat_map(|pixel| over_white([pixel[0], pixel[1], pixel[2]], pixel[3])),
            ),
            _ => line.extend_from_slice(row),
        }
        scaler.row(&line);
    }
    let rgb = scaler.finish().ok_or(MediaError::Damaged)?;
    Ok(Picture {
        rgb,
        size,
        exif: chunks.exif,
    })
}

fn decode(chunks: &Chunks<'_>, width: u32, height: u32) -> Result<(Vec<u8>, usize), MediaError> {
    let mut extended = Vec::new();
    let mut parts: Vec<&[u8]> = Vec::new();
    match (chunks.lossless, chunks.lossy, chunks.alpha) {
        (Some(lossless), _, _) => parts.push(lossless),
        (None, Some(lossy), None) => parts.push(lossy),
        (None, Some(lossy), Some(alpha)) => {
            extended.extend_from_slice(b"VP8X\x0A\0\0\0\x10\0\0\0");
            extended.extend_from_slice(&(width - 1).to_le_bytes()[..3]);
            extended.extend_from_slice(&(height - 1).to_le_bytes()[..3]);
            parts.extend([extended.as_slice(), alpha, lossy]);
        }
        (None, None, _) => return Err(MediaError::Damaged),
    }
    let length = parts.iter().map(|part| part.len()).sum::<usize>() + 4;
    let mut head = b"RIFF".to_vec();
    head.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    head.extend_from_slice(b"WEBP");
    parts.insert(0, &head);
    let damaged = |_| MediaError::Damaged;
    let mut decoder = WebPDecoder::new(Pieces::new(parts)).map_err(damaged)?;
    let length = decoder.output_buffer_size().ok_or(MediaError::Damaged)?;
    let area = width as usize * height as usize;
    if decoder.dimensions() != (width, height) || !matches!(length / area, 3 | 4) {
        return Err(MediaError::Damaged);
    }
    let mut pixels = vec![0; length];
    decoder.read_image(&mut pixels).map_err(damaged)?;
    Ok((pixels, length / area))
}

impl Chunks<'_> {
    /// The size the coded picture itself declares.
    fn size(&self) -> Option<(u32, u32)> {
        if let Some(chunk) = self.lossless {
            let header = u32::from_le_bytes(chunk.get(9..13)?.try_into().ok()?);
            return Some(((header & 0x3FFF) + 1, (header >> 14 & 0x3FFF) + 1));
        }
        let &[w0, w1, h0, h1] = self.lossy?.get(14..18)? else {
            return None;
        };
        Some((
            u32::from(u16::from_le_bytes([w0, w1]) & 0x3FFF),
            u32::from(u16::from_le_bytes([h0, h1]) & 0x3FFF),
        ))
    }

    /// Memory that decoding takes, by what the decoder allocates: planes, samples, a copy of the stream.
    fn cost(&self, width: u32, height: u32) -> usize {
        let area = width as usize * height as usize;
        match (self.lossless, self.lossy, self.alpha) {
            (Some(_), _, _) => area * 8,
            (None, lossy, Some(_)) => area * 11 + lossy.map_or(0, <[u8]>::len),
            (None, lossy, None) => area * 9 / 2 + lossy.map_or(0, <[u8]>::len),
        }
    }
}

fn chunks(bytes: &[u8]) -> Result<Chunks<'_>, MediaError> {
    let long = |at: usize| {
        bytes
            .get(at..at + 4)
            .and_then(|four| four.try_into().ok())
            .map(u32::from_le_bytes)
    };
    let declared = long(4).ok_or(MediaError::Damaged)? as usize;
    let file = bytes
        .get(..declared.saturating_add(8))
        .ok_or(MediaError::Damaged)?;
    let mut chunks = Chunks::default();
    let mut at = 12;
    while at < file.len() {
        let length = long(at + 4).ok_or(MediaError::Damaged)? as usize;
        let end = at + 8 + length;
        let body = file.get(at + 8..end).ok_or(MediaError::Damaged)?;
        // A chunk of odd length has a byte of padding; some writers forget it at the end of the file.
        let whole = file
            .get(at..end + length % 2)
            .or_else(|| file.get(at..end))
            .unwrap_or_default();
        let slot = match file.get(at..at + 4).unwrap_or_default() {
            b"VP8 " => &mut chunks.lossy,
            b"VP8L" => &mut chunks.lossless,
            b"ALPH" => &mut chunks.alpha,
            b"EXIF" => {
                let tiff = body.strip_prefix(b"Exif\0\0").unwrap_or(body);
                chunks.exif = chunks.exif.or(Some(tiff));
                at = end + length % 2;
                continue;
            }
            b"ANIM" | b"ANMF" => return Err(MediaError::Unsupported(Kind::WebP)),
            _ => {
                at = end + length % 2;
                continue;
            }
        };
        if slot.replace(whole).is_some() {
            return Err(MediaError::Damaged);
        }
        at = end + length % 2;
    }
    Ok(chunks)
}
