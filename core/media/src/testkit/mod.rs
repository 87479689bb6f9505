//! Photos full of private data, for the tests of everyone who handles photos. Behind the feature `testkit`.
//!
//! [`generate`] paints an invented street under water and writes it as a phone would, with every kind of metadata that a
//! photo can carry. All content follows from the seed; all names, places and numbers are invented.

mod metadata;
mod other;
mod progressive;
mod scene;

pub use other::{bomb, generate_png, generate_webp, heic, plain};

use crate::jpeg::encode::{Blocks, Steps};
use crate::jpeg::optimal_codes;
use crate::jpeg::write::Writer;
use scene::Scene;

/// What a generated photo carries beside its picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Extras {
    /// EXIF orientation, 1 to 8. The picture is stored as painted; this only says how to turn it.
    pub orientation: u8,
    /// Latitude and longitude in degrees, for EXIF and XMP.
    pub gps: Option<(f64, f64)>,
    /// `YYYY:MM:DD HH:MM:SS`, for EXIF; noted as UTC+7.
    pub taken_at: Option<&'static str>,
    /// An EXIF block at all; without it the fields above are not written.
    pub exif: bool,
    /// A maker note inside EXIF, in Apple's form.
    pub maker_note: bool,
    /// A thumbnail inside EXIF.
    pub thumbnail: bool,
    /// An XMP packet.
    pub xmp: bool,
    /// Extended XMP with a second picture in it (needs `xmp`).
    pub extended_xmp: bool,
    /// IPTC in a Photoshop resource block.
    pub iptc: bool,
    /// An ICC profile.
    pub icc: bool,
    /// A comment segment.
    pub comment: bool,
    /// A multi-picture index and a second picture after the end.
    pub multi_picture: bool,
    /// Bytes after the end of the picture.
    pub trailing: bool,
    /// Progressive instead of baseline.
    pub progressive: bool,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
}

impl Default for Extras {
    /// Everything, taken at the Huế citadel on 28 October 2025.
    fn default() -> Self {
        Extras {
            orientation: 6,
            gps: Some((16.469_812, 107.577_634)),
            taken_at: Some("2025:10:28 17:05:09"),
            exif: true,
            maker_note: true,
            thumbnail: true,
            xmp: true,
            extended_xmp: true,
            iptc: true,
            icc: true,
            comment: true,
            multi_picture: true,
            trailing: true,
            progressive: false,
            quality: 94,
        }
    }
}

impl Extras {
    /// A picture and nothing else.
    #[must_use]
    pub fn none() -> Self {
        Extras {
            orientation: 1,
            gps: None,
            taken_at: None,
            exif: false,
            maker_note: false,
            thumbnail: false,
            xmp: false,
            extended_xmp: false,
            iptc: false,
            icc: false,
            comment: false,
            multi_picture: false,
            trailing: false,
            progressive: false,
            quality: 90,
        }
    }
}

/// A photo of `width` × `height` pixels (each 1 to 65,535) as JPEG with `extras`. At the default
/// quality 12 megapixels make some 3 MB in half a second.
#[must_use]
pub fn generate(seed: u64, width: u32, height: u32, extras: &Extras) -> Vec<u8> {
    let scene = Scene::new(seed, width, height);
    let steps = Steps::of(extras.quality);
    let picture = if extras.progressive {
        progressive::encode(&scene, &steps)
    } else {
        let codes = optimal_codes(&Scene::new(seed, width.min(512), height.min(384)), &steps);
        let mut writer = Writer::new((width as usize, height as usize), &steps, &codes);
        let mut predictors = [0; 3];
        Blocks::new(&scene, &steps)
            .each(|component, block| writer.block(component, block, &mut predictors[component]));
        writer.finish()
    };
    metadata::dress(&picture, seed, extras)
}
