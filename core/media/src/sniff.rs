//! What a file is, told by its first bytes. A name or a declared type is never asked: both lie.

/// Kind of a file by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// JPEG (ITU-T T.81): accepted.
    Jpeg,
    /// PNG (ISO/IEC 15948), first frame of an animated one: accepted.
    Png,
    /// WebP still picture (RFC 9649): accepted.
    WebP,
    /// HEIF container with HEVC pictures, what an iPhone stores: refused with words of its own, as the system converts it.
    Heic,
    /// HEIF container with AV1 pictures.
    Avif,
    /// JPEG XL, bare or in a container.
    JpegXl,
    /// GIF.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF, and the raw formats of cameras that are built on it.
    Tiff,
    /// MP4, QuickTime or 3GP video.
    Video,
    /// PDF.
    Pdf,
    /// Anything else.
    Unknown,
}

/// Tells the kind of `bytes` from its signature. Looks at no more than 64 bytes; says nothing about the rest of the file.
#[must_use]
pub fn sniff(bytes: &[u8]) -> Kind {
    let signatures: [(&[u8], Kind); 9] = [
        (&[0xFF, 0xD8, 0xFF], Kind::Jpeg),
        (&[0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A], Kind::Png),
        (b"GIF87a", Kind::Gif),
        (b"GIF89a", Kind::Gif),
        (b"II*\0", Kind::Tiff),
        (b"MM\0*", Kind::Tiff),
        (b"%PDF-", Kind::Pdf),
        (&[0xFF, 0x0A], Kind::JpegXl),
        (b"\0\0\0\x0CJXL \r\n\x87\n", Kind::JpegXl),
    ];
    if let Some((_, kind)) = signatures
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
    {
        return *kind;
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Kind::WebP;
    }
    // "BM" alone is too short to trust: the reserved words of the header must be zero as well.
    if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        return Kind::Bmp;
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return base_media(bytes);
    }
    Kind::Unknown
}

/// Files of the ISO base media family (ISO/IEC 14496-12): the brands in the `ftyp` box decide.
fn base_media(bytes: &[u8]) -> Kind {
    const HEVC: [&[u8]; 8] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs",
    ];
    let declared = bytes
        .get(..4)
        .and_then(|size| size.try_into().ok())
        .map_or(0, u32::from_be_bytes) as usize;
    let end = declared.clamp(12, 64).min(bytes.len());
    let brands = bytes.get(8..end).unwrap_or_default();
    // Major brand first, then (after its version) the compatible ones: `mif1` alone does not tell AV1 from HEVC.
    let mut all = brands
        .chunks_exact(4)
        .enumerate()
        .filter(|(place, _)| *place != 1)
        .map(|(_, brand)| brand);
    let mut heif = false;
    for brand in all.by_ref() {
        match brand {
            b"avif" | b"avis" => return Kind::Avif,
            _ if HEVC.contains(&brand) => return Kind::Heic,
            b"mif1" | b"msf1" | b"mif2" => heif = true,
            _ => {}
        }
    }
    if heif {
        Kind::Heic
    } else {
        Kind::Video
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_come_from_content() {
        let cases: [(&[u8], Kind); 16] = [
            (b"\xFF\xD8\xFF\xE0", Kind::Jpeg),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Kind::Png),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Kind::WebP),
            (b"RIFF\x10\0\0\0AVI LIST", Kind::Unknown),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Kind::Heic),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Kind::Avif),
            (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", Kind::Avif),
            (b"\0\0\0\x18ftypisom\0\0\0\0isommp41", Kind::Video),
            (b"GIF89a\x01\0", Kind::Gif),
            (b"BM\x3A\0\0\0\0\0\0\0", Kind::Bmp),
            (b"BMW is no bitmap", Kind::Unknown),
            (b"II*\0\x08\0\0\0", Kind::Tiff),
            (b"%PDF-1.7", Kind::Pdf),
            (b"<svg xmlns=''/>", Kind::Unknown),
            (b"", Kind::Unknown),
        ];
        for (bytes, kind) in cases {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
        }
    }
}
