//! Other formats, and files made to hurt.

use super::metadata::{exif, xmp};
use super::scene::Scene;
use super::{progressive, Extras};
use crate::jpeg::encode::{Pixels, Steps};
use crate::jpeg::uniform_code;
use crate::jpeg::write::{frame, segment, start, Writer};

fn rgba(scene: &Scene, transparent: bool) -> Vec<u8> {
    let (width, height) = scene.size();
    let alpha = |x: usize| {
        if transparent {
            (x * 255 / width) as u8
        } else {
            255
        }
    };
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let [r, g, b] = scene.rgb(x, y);
            [r, g, b, alpha(x)]
        })
        .collect()
}

/// A PNG with transparency, growing from left to right, and (where `extras` has EXIF or XMP) `eXIf`, `tEXt` and `iTXt` chunks.
/// Empty if the encoder fails, which it does not for sizes of 1 to 65,535.
#[must_use]
pub fn generate_png(seed: u64, width: u32, height: u32, extras: &Extras) -> Vec<u8> {
    let write = || -> Result<Vec<u8>, png::EncodingError> {
        let mut out = Vec::new();
        let mut encoder = png::Encoder::new(&mut out, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header()?;
        if extras.exif {
            writer.write_chunk(png::chunk::ChunkType(*b"eXIf"), &exif(seed, extras))?;
            writer.write_chunk(
                png::chunk::ChunkType(*b"tEXt"),
                b"Author\0Nguyen Van Mau (invented)",
            )?;
        }
        if extras.xmp {
            let packet = [b"XML:com.adobe.xmp\0\0\0\0\0", xmp(extras).as_bytes()].concat();
            writer.write_chunk(png::chunk::ChunkType(*b"iTXt"), &packet)?;
        }
        writer.write_image_data(&rgba(&Scene::new(seed, width, height), true))?;
        writer.finish()?;
        if extras.trailing {
            out.extend_from_slice(b"trailing: 16.469812,107.577634");
        }
        Ok(out)
    };
    write().unwrap_or_default()
}

/// A lossless WebP, with EXIF and XMP where `extras` has them. At most 16,383 pixels a side; empty if the encoder fails.
#[must_use]
pub fn generate_webp(seed: u64, width: u32, height: u32, extras: &Extras) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = image_webp::WebPEncoder::new(&mut out);
    if extras.exif {
        encoder.set_exif_metadata(exif(seed, extras));
    }
    if extras.xmp {
        encoder.set_xmp_metadata(xmp(extras).into_bytes());
    }
    let pixels = rgba(&Scene::new(seed, width, height), true);
    match encoder.encode(&pixels, width, height, image_webp::ColorType::Rgba8) {
        Ok(()) => out,
        Err(_) => Vec::new(),
    }
}

/// A valid JPEG of one grey in any size up to 65,535 × 65,535: few bytes, many pixels.
#[must_use]
pub fn plain(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    let (width, height) = (usize::from(width), usize::from(height));
    if progressive {
        return progressive::plain(width, height);
    }
    let code = uniform_code();
    let codes = [(); 4].map(|()| code.clone());
    let mut writer = Writer::new((width, height), &Steps::of(90), &codes);
    let mut predictors = [0; 3];
    for place in 0..width.div_ceil(16) * height.div_ceil(16) * 6 {
        let component = (place % 6usize).saturating_sub(3);
        writer.block(component, &[0; 64], &mut predictors[component]);
    }
    writer.finish()
}

/// A JPEG that declares `width` × `height` pixels and holds almost none.
#[must_use]
pub fn bomb(width: u16, height: u16) -> Vec<u8> {
    let mut out = start(&Steps::of(90));
    frame(&mut out, 0xC0, (usize::from(width), usize::from(height)));
    let code = uniform_code();
    for which in [0x00, 0x01, 0x10, 0x11] {
        segment(&mut out, 0xC4, &[&[which], &code.counts, &code.symbols]);
    }
    segment(&mut out, 0xDA, &[&[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]]);
    out.extend_from_slice(&[0, 0, 0, 0xFF, 0xD9]);
    out
}

/// The beginning of a HEIC file as an iPhone writes it.
#[must_use]
pub fn heic() -> Vec<u8> {
    let mut out = b"\0\0\0\x24ftypheic\0\0\0\0mif1MiPrmiafMiHBheic\0\0\x0F\x2Fmeta".to_vec();
    out.resize(2_048, 0);
    out
}
