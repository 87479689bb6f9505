//! The second look: reads a JPEG strictly and names everything in it that is not needed to show the picture.
//!
//! Shares no code with the writer or the decoder, on purpose: a mistake would have to be made twice. What passes is
//! SOI, one JFIF segment without thumbnail, DQT, SOF0, DHT, SOS, the coded samples and EOI, in that order, each of exactly
//! the length its own numbers demand; the samples are decoded code by code to see that nothing follows the last one.

mod data;

use data::Tables;

/// Something in a picture beside the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Finding {
    /// Not a JPEG at all.
    NotJpeg,
    /// EXIF: place, time, camera, maker note, thumbnail.
    Exif,
    /// XMP packet.
    Xmp,
    /// XMP that goes on in further segments, often with a whole second picture.
    ExtendedXmp,
    /// Photoshop's resource block, the home of IPTC captions and names.
    Iptc,
    /// Colour profile; it can name the device.
    Icc,
    /// Index of further pictures (CIPA DC-007), which follow the first.
    MultiPicture,
    /// Comment.
    Comment,
    /// A thumbnail in the JFIF header or a JFXX extension.
    Thumbnail,
    /// Another application segment, by number.
    App(u8),
    /// Bytes after the end of the picture.
    Trailing(usize),
    /// A marker that has no place, or not this place, in a minimal file.
    Misplaced(u8),
    /// A segment whose length and content disagree, a table nobody uses, or a header out of bounds: room to hide in.
    Malformed(u8),
    /// Coded data that ends before the last sample or goes on after it.
    Surplus,
    /// The file ends before its end marker.
    CutOff,
}

/// What [`scan`] saw.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// In the order of the file, at most 64.
    pub found: Vec<Finding>,
    /// Declared width, 0 if unknown.
    pub width: u16,
    /// Declared height, 0 if unknown.
    pub height: u16,
}

/// More findings than this say nothing new.
const MOST: usize = 64;

impl Findings {
    /// Nothing but a picture.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.found.is_empty()
    }

    /// Whether `finding` is among them.
    #[must_use]
    pub fn has(&self, finding: Finding) -> bool {
        self.found.contains(&finding)
    }

    fn add(&mut self, finding: Finding) {
        if self.found.len() < MOST {
            self.found.push(finding);
        }
    }
}

/// Place of a segment in the only order allowed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Start,
    Jfif,
    Quantisation,
    Frame,
    Huffman,
    Scan,
}

/// Reads `bytes` and names all that is not picture. Never panics; takes time in proportion to the length.
#[must_use]
pub fn scan(bytes: &[u8]) -> Findings {
    let mut findings = Findings::default();
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        findings.add(Finding::NotJpeg);
        return findings;
    }
    let mut tables = Tables::default();
    let mut stage = Stage::Start;
    let mut at = 2;
    loop {
        let Some(&[0xFF, marker]) = bytes.get(at..at + 2) else {
            findings.add(Finding::CutOff);
            return findings;
        };
        if marker == 0xD9 {
            if stage != Stage::Scan {
                findings.add(Finding::Misplaced(marker));
            }
            let after = bytes.len() - (at + 2);
            if after > 0 {
                findings.add(Finding::Trailing(after));
            }
            return findings;
        }
        // Markers without a segment: restarts, a second start, TEM.
        if matches!(marker, 0x00 | 0x01 | 0xD0..=0xD8 | 0xFF) {
            findings.add(Finding::Misplaced(marker));
            at += 2;
            continue;
        }
        let length = bytes
            .get(at + 2..at + 4)
            .map_or(0, |two| usize::from(two[0]) << 8 | usize::from(two[1]));
        let Some(body) = bytes.get(at + 4..at + 2 + length) else {
            findings.add(Finding::CutOff);
            return findings;
        };
        at += 2 + length;
        let reached = match marker {
            0xE0..=0xEF | 0xFE => {
                application(marker, body, stage, &mut findings);
                stage.max(Stage::Jfif)
            }
            0xDB => Stage::Quantisation,
            0xC0 => Stage::Frame,
            0xC4 => Stage::Huffman,
            0xDA => Stage::Scan,
            _ => {
                findings.add(Finding::Misplaced(marker));
                stage
            }
        };
        // One step forward, or another table of the same sort.
        let follows = reached as u8 == stage as u8 + 1
            || (reached == stage && !matches!(reached, Stage::Frame | Stage::Scan));
        if !follows {
            findings.add(Finding::Misplaced(marker));
        }
        stage = stage.max(reached);
        if !tables.take(marker, body) {
            findings.add(Finding::Malformed(marker));
        }
        if marker == 0xC0 && body.len() >= 5 {
            findings.height = u16::from(body[1]) << 8 | u16::from(body[2]);
            findings.width = u16::from(body[3]) << 8 | u16::from(body[4]);
        }
        if marker == 0xDA {
            let end = end_of_data(bytes, at);
            if !tables.exhausts(bytes.get(at..end).unwrap_or_default()) {
                findings.add(Finding::Surplus);
            }
            at = end;
        }
    }
}

/// Where the coded data ends: at the first 0xFF that is not a stuffed byte.
fn end_of_data(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        if *byte != 0xFF {
            at += 1;
        } else if bytes.get(at + 1) == Some(&0) {
            at += 2;
        } else {
            break;
        }
    }
    at
}

fn application(marker: u8, body: &[u8], stage: Stage, findings: &mut Findings) {
    let is = |name: &str| body.starts_with(name.as_bytes());
    let finding = match marker {
        0xFE => Finding::Comment,
        0xE0 if is("JFIF\0") && stage == Stage::Start => {
            // Version 1.01 or 1.02, any density, and 0 × 0 for the thumbnail, nothing after it.
            let plain = body.len() == 14
                && body[5] == 1
                && body[6] <= 2
                && body[7] <= 2
                && body[12..] == [0, 0];
            match plain {
                true => return,
                false => Finding::Thumbnail,
            }
        }
        0xE0 if is("JFXX\0") => Finding::Thumbnail,
        0xE1 if is("Exif\0") => Finding::Exif,
        0xE1 if is("http://ns.adobe.com/xmp/extension/\0") => Finding::ExtendedXmp,
        0xE1 if is("http://ns.adobe.com/xap/1.0/\0") => Finding::Xmp,
        0xE2 if is("ICC_PROFILE\0") => Finding::Icc,
        0xE2 if is("MPF\0") => Finding::MultiPicture,
        0xED if is("Photoshop 3.0\0") => Finding::Iptc,
        _ => Finding::App(marker & 15),
    };
    findings.add(finding);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jpeg::encode::Pixels;
    use crate::jpeg::write::smallest;

    struct Slope;
    impl Pixels for Slope {
        fn size(&self) -> (usize, usize) {
            (37, 21)
        }
        fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
            [(x * 7) as u8, (y * 12) as u8, ((x * y) % 256) as u8]
        }
    }

    fn with(at: usize, inserted: &[u8]) -> Findings {
        let mut bytes = smallest(&Slope, 80);
        bytes.splice(at..at, inserted.iter().copied());
        scan(&bytes)
    }

    #[test]
    fn the_writers_files_pass() {
        let findings = scan(&smallest(&Slope, 80));
        assert_eq!(
            (findings.found.as_slice(), findings.width, findings.height),
            (&[][..], 37, 21)
        );
    }

    #[test]
    fn every_hiding_place_is_found() {
        let end = smallest(&Slope, 80).len();
        assert!(with(20, b"\xFF\xFE\0\x05abc").has(Finding::Comment));
        assert!(with(20, b"\xFF\xE1\0\x0AExif\0\0ab").has(Finding::Exif));
        assert!(with(20, b"\xFF\xE5\0\x04ab").has(Finding::App(5)));
        assert!(with(20, b"\xFF\xEE\0\x0EAdobe\0\x64\0\0\0\0\x01").has(Finding::App(14)));
        assert!(with(20, b"\xFF\xDD\0\x04\0\0").has(Finding::Misplaced(0xDD)));
        assert!(with(20, b"\xFF").has(Finding::Misplaced(0xFF)));
        assert_eq!(with(end, b"ab").found, [Finding::Trailing(2)]);
        // Behind the last sample, before the end marker.
        assert_eq!(with(end - 2, b"hidden").found, [Finding::Surplus]);
        assert_eq!(with(end - 2, b"\xFF\xD0").found, [Finding::Misplaced(0xD0)]);
        assert!(with(end - 2, b"\xFF\xD0hidden").has(Finding::CutOff));
    }

    #[test]
    fn tables_of_a_wrong_length_are_found() {
        let mut bytes = smallest(&Slope, 80);
        // DQT follows the 20 bytes of SOI and JFIF: one more byte in it.
        bytes[23] += 1;
        bytes.insert(24, 9);
        assert!(scan(&bytes).has(Finding::Malformed(0xDB)));
        let mut bytes = smallest(&Slope, 80);
        bytes[18] = 1;
        assert!(scan(&bytes).has(Finding::Thumbnail));
    }
}
