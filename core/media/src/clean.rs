//! From any photo to a clean one. The order is the invariant: bound, decode, turn, write, look again, hand out.

use crate::facts::Facts;
use crate::jpeg::{self, write, Header, Plan};
use crate::orient::Upright;
use crate::scale::Scaler;
use crate::{png, scan, sniff, webp, Finding, Kind, Limits, MediaError, TakenAt};
use ring::digest::{digest, SHA256};

/// A picture and nothing but a picture, with what its original said kept apart for the phone's own use.
///
/// `original_sha256`, `taken_at` and `gps` are private: they are not in `jpeg`, must not travel, and `Debug` hides them.
#[derive(Clone, PartialEq)]
pub struct CleanPhoto {
    /// Baseline JPEG: SOI, JFIF, DQT, SOF0, DHT, SOS, EOI.
    pub jpeg: Vec<u8>,
    /// Width of `jpeg`, pixels, upright.
    pub width: u32,
    /// Height of `jpeg`, pixels, upright.
    pub height: u32,
    /// SHA-256 of the input as it was given. Stays on the phone: it recognises the original file.
    pub original_sha256: [u8; 32],
    /// The EXIF orientation (1 to 8) that was applied to the pixels; 1 where none was needed or noted.
    pub orientation_applied: u8,
    /// When the original says it was taken.
    pub taken_at: Option<TakenAt>,
    /// Where the original says it was taken: latitude and longitude in degrees (WGS 84). For a warning such as "this photo
    /// was taken more than 200 m from the pin"; never to be sent.
    pub gps: Option<(f64, f64)>,
}

impl std::fmt::Debug for CleanPhoto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CleanPhoto")
            .field("bytes", &self.jpeg.len())
            .field("width", &self.width)
            .field("height", &self.height)
            .field("orientation_applied", &self.orientation_applied)
            .finish_non_exhaustive()
    }
}

/// A decoded, scaled picture as it lies in the file, and where its EXIF block is.
pub(crate) struct Picture<'a> {
    pub(crate) rgb: Vec<u8>,
    pub(crate) size: (u32, u32),
    pub(crate) exif: Option<&'a [u8]>,
}

/// Turns the bytes of a photo into a clean JPEG: upright, long edge at most [`Limits::long_edge`], no metadata of any sort.
///
/// JPEG (baseline, extended 8-bit, progressive), PNG and still WebP are taken, told by content. The same input gives the
/// same output on every phone. Takes a few hundred milliseconds on a cheap phone: call it off the screen's thread.
///
/// # Errors
/// See [`MediaError`]; each has words. Nothing is returned that [`scan`] would not pass.
pub fn clean(bytes: &[u8], limits: &Limits) -> Result<CleanPhoto, MediaError> {
    if bytes.is_empty() {
        return Err(MediaError::Empty);
    }
    if bytes.len() > limits.input_bytes {
        return Err(MediaError::TooManyBytes {
            bytes: bytes.len(),
            limit: limits.input_bytes,
        });
    }
    let picture = match sniff(bytes) {
        Kind::Jpeg => from_jpeg(bytes, limits)?,
        Kind::Png => png::read(bytes, limits)?,
        Kind::WebP => webp::read(bytes, limits)?,
        Kind::Heic => return Err(MediaError::Heic),
        Kind::Unknown => return Err(MediaError::NotAnImage),
        other => return Err(MediaError::Unsupported(other)),
    };
    let facts = Facts::read(picture.exif);
    let upright = Upright::new(&picture.rgb, picture.size, facts.orientation);
    let (width, height) = upright.upright_size();
    let jpeg = encode(&upright, limits);
    let findings = scan(&jpeg);
    if let Some(finding) = findings.found.first() {
        return Err(MediaError::NotClean(*finding));
    }
    if (u32::from(findings.width), u32::from(findings.height)) != (width, height) {
        return Err(MediaError::NotClean(Finding::Malformed(0xC0)));
    }
    let mut original_sha256 = [0; 32];
    original_sha256.copy_from_slice(digest(&SHA256, bytes).as_ref());
    Ok(CleanPhoto {
        jpeg,
        width,
        height,
        original_sha256,
        orientation_applied: facts.orientation.tag(),
        taken_at: facts.taken_at,
        gps: facts.gps,
    })
}

fn from_jpeg<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Picture<'a>, MediaError> {
    let header = Header::read(bytes)?;
    let (width, height) = (
        u32::from(header.frame.width),
        u32::from(header.frame.height),
    );
    let too_many = MediaError::TooManyPixels { width, height };
    if !limits.allows(width, height) {
        return Err(too_many);
    }
    let plan = Plan::choose(&header, limits.long_edge, limits.decode_budget()).ok_or(too_many)?;
    let size = limits.fit(plan.width, plan.height);
    let exif = header.exif;
    let mut scaler = Scaler::new((plan.width, plan.height), size);
    jpeg::decode(header, plan, &mut |row| scaler.row(row))?;
    let rgb = scaler.finish().ok_or(MediaError::Damaged)?;
    Ok(Picture { rgb, size, exif })
}

/// Encodes at the wished quality, then in steps of eight down to 40 until the wished size is met.
fn encode(pixels: &Upright<'_>, limits: &Limits) -> Vec<u8> {
    let mut quality = limits.quality.clamp(1, 100);
    loop {
        let jpeg = write::smallest(pixels, quality);
        if jpeg.len() <= limits.target_bytes || quality <= 40 {
            return jpeg;
        }
        quality = quality.saturating_sub(8).max(40);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_says_nothing_private() {
        let photo = CleanPhoto {
            jpeg: vec![1, 2, 3],
            width: 4,
            height: 3,
            original_sha256: [0xAB; 32],
            orientation_applied: 6,
            taken_at: None,
            gps: Some((16.463_713, 107.590_866)),
        };
        assert_eq!(
            format!("{photo:?}"),
            "CleanPhoto { bytes: 3, width: 4, height: 3, orientation_applied: 6, .. }"
        );
    }
}
