//! Walks the segments of a JPEG: up to the first scan to learn what it is, then from scan to scan.
//!
//! Only tables, frame and scans are read. Of the application segments two notes are kept (the EXIF block's place and how
//! colours are coded); everything else is stepped over by its length and reaches no decoder.

use super::frame::Frame;
use super::huffman::Huffman;
use crate::{Kind, MediaError};

/// What is known of a file when its first scan begins, and where it goes on.
pub(crate) struct Header<'a> {
    pub(crate) data: &'a [u8],
    /// Where the next marker, or after [`Header::next_scan`] the entropy-coded data, starts.
    pub(crate) at: usize,
    pub(crate) frame: Frame,
    /// Quantisation tables in the order of a block's rows.
    pub(crate) quantisation: [Option<[u16; 64]>; 4],
    pub(crate) dc: [Option<Huffman>; 4],
    pub(crate) ac: [Option<Huffman>; 4],
    /// MCUs between restart markers, 0 for none.
    pub(crate) restart: usize,
    /// The TIFF structure of the first EXIF segment.
    pub(crate) exif: Option<&'a [u8]>,
    jfif: bool,
    adobe: Option<u8>,
    first: Option<Scan>,
}

/// A scan header (T.81 B.2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scan {
    /// Component index, DC table, AC table.
    pub(crate) components: Vec<(usize, usize, usize)>,
    /// First and last coefficient.
    pub(crate) band: (usize, usize),
    /// Whether the scan refines what earlier scans brought.
    pub(crate) refines: bool,
    /// Which bit the scan brings.
    pub(crate) low: u32,
}

impl<'a> Header<'a> {
    /// Reads up to the first scan.
    ///
    /// # Errors
    /// [`MediaError::Damaged`], or [`MediaError::Unsupported`] for rare sorts.
    pub(crate) fn read(data: &'a [u8]) -> Result<Self, MediaError> {
        if !data.starts_with(&[0xFF, 0xD8]) {
            return Err(MediaError::Damaged);
        }
        let nothing = Frame {
            progressive: false,
            width: 0,
            height: 0,
            components: Vec::new(),
        };
        let mut header = Header {
            data,
            at: 2,
            frame: nothing,
            quantisation: [None; 4],
            dc: [const { None }; 4],
            ac: [const { None }; 4],
            restart: 0,
            exif: None,
            jfif: false,
            adobe: None,
            first: None,
        };
        header.first = header.walk()?;
        if header.first.is_none() {
            return Err(MediaError::Damaged);
        }
        Ok(header)
    }

    /// Whether the first scan alone holds the whole picture, so that its rows can be handed out as they come.
    pub(crate) fn streams(&self) -> bool {
        let all = self
            .first
            .as_ref()
            .is_some_and(|scan| scan.components.len() == self.frame.components.len());
        !self.frame.progressive && all
    }

    /// The next scan, [`Header::at`] standing at its data; `None` at the end of the picture.
    ///
    /// # Errors
    /// As [`Header::read`]; a file without its end marker is damaged.
    pub(crate) fn next_scan(&mut self) -> Result<Option<Scan>, MediaError> {
        match self.first.take() {
            Some(scan) => Ok(Some(scan)),
            None => self.walk(),
        }
    }

    /// Whether three components are red, green and blue instead of luma and chroma. The rule of the common decoders:
    /// JFIF means luma and chroma, else Adobe's flag, else the letters RGB as component ids.
    pub(crate) fn is_rgb(&self) -> bool {
        let ids: Vec<u8> = self.frame.components.iter().map(|c| c.id).collect();
        match (self.jfif, self.adobe) {
            (true, _) => false,
            (false, Some(transform)) => transform == 0,
            (false, None) => ids == *b"RGB",
        }
    }

    fn walk(&mut self) -> Result<Option<Scan>, MediaError> {
        loop {
            let (marker, body) = self.segment()?;
            match marker {
                0xD9 => return Ok(None),
                0xDA => return self.scan(body).map(Some),
                0xC4 => self.huffman(body)?,
                0xDB => self.quantise(body)?,
                0xDD => {
                    self.restart = body
                        .try_into()
                        .map(u16::from_be_bytes)
                        .map_err(|_| MediaError::Damaged)?
                        .into()
                }
                0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                    if !self.frame.components.is_empty() {
                        return Err(MediaError::Damaged);
                    }
                    self.frame = Frame::parse(marker, body)?;
                }
                0xE0 if body.starts_with(b"JFIF\0") => self.jfif = true,
                0xE1 => self.exif = self.exif.or_else(|| body.strip_prefix(b"Exif\0\0")),
                0xEE if body.starts_with(b"Adobe") => self.adobe = body.get(11).copied(),
                0xE0..=0xEF | 0xFE => {}
                // Arithmetic conditioning, number of lines, hierarchy.
                0xCC | 0xDC | 0xDE | 0xDF => return Err(MediaError::Unsupported(Kind::Jpeg)),
                _ => return Err(MediaError::Damaged),
            }
        }
    }

    /// Steps over one marker and its segment. Fill bytes before a marker are allowed (T.81 B.1.1.2), other bytes are not.
    fn segment(&mut self) -> Result<(u8, &'a [u8]), MediaError> {
        let byte = |at: usize| self.data.get(at).copied().ok_or(MediaError::Damaged);
        if byte(self.at)? != 0xFF {
            return Err(MediaError::Damaged);
        }
        let mut at = self.at + 1;
        while byte(at)? == 0xFF {
            at += 1;
        }
        let marker = byte(at)?;
        if marker == 0xD9 {
            self.at = at + 1;
            return Ok((marker, &[]));
        }
        let length = usize::from(u16::from_be_bytes([byte(at + 1)?, byte(at + 2)?]));
        let end = at + 1 + length;
        let body = self.data.get(at + 3..end).ok_or(MediaError::Damaged)?;
        self.at = end;
        Ok((marker, body))
    }

    fn quantise(&mut self, mut body: &[u8]) -> Result<(), MediaError> {
        while let [which, rest @ ..] = body {
            let (wide, index) = (usize::from(which >> 4), usize::from(which & 15));
            let length = 64 * (wide + 1);
            let slot = self
                .quantisation
                .get_mut(index)
                .filter(|_| wide < 2)
                .ok_or(MediaError::Damaged)?;
            let values = rest.get(..length).ok_or(MediaError::Damaged)?;
            let mut table = [0u16; 64];
            for (place, value) in super::ZIGZAG.iter().zip(values.chunks_exact(wide + 1)) {
                table[usize::from(*place)] = value
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | u16::from(*byte));
            }
            *slot = Some(table);
            body = rest.get(length..).unwrap_or_default();
        }
        Ok(())
    }

    fn huffman(&mut self, mut body: &[u8]) -> Result<(), MediaError> {
        while let [which, rest @ ..] = body {
            let counts: &[u8; 16] = rest
                .get(..16)
                .and_then(|counts| counts.try_into().ok())
                .ok_or(MediaError::Damaged)?;
            let total: usize = counts.iter().map(|count| usize::from(*count)).sum();
            let symbols = rest
                .get(16..16 + total)
                .filter(|_| total <= 256)
                .ok_or(MediaError::Damaged)?;
            let tables = match which >> 4 {
                0 => &mut self.dc,
                1 => &mut self.ac,
                _ => return Err(MediaError::Damaged),
            };
            let slot = tables
                .get_mut(usize::from(which & 15))
                .ok_or(MediaError::Damaged)?;
            *slot = Some(Huffman::new(counts, symbols)?);
            body = rest.get(16 + total..).unwrap_or_default();
        }
        Ok(())
    }

    fn scan(&self, body: &[u8]) -> Result<Scan, MediaError> {
        let (count, rest) = body.split_first().ok_or(MediaError::Damaged)?;
        let list = rest
            .get(..usize::from(*count) * 2)
            .ok_or(MediaError::Damaged)?;
        let &[first, last, bits] = rest.get(list.len()..).unwrap_or_default() else {
            return Err(MediaError::Damaged);
        };
        let mut components: Vec<(usize, usize, usize)> = Vec::new();
        for pair in list.chunks_exact(2) {
            let index = self
                .frame
                .components
                .iter()
                .position(|c| c.id == pair[0])
                .ok_or(MediaError::Damaged)?;
            // Components come in the frame's order (T.81 B.2.3), each once.
            if components.last().is_some_and(|before| before.0 >= index)
                || pair[1] >> 4 > 3
                || pair[1] & 15 > 3
            {
                return Err(MediaError::Damaged);
            }
            components.push((index, usize::from(pair[1] >> 4), usize::from(pair[1] & 15)));
        }
        let (high, low) = (u32::from(bits >> 4), u32::from(bits & 15));
        let scan = Scan {
            band: (usize::from(first), usize::from(last)),
            refines: high != 0,
            low,
            components,
        };
        let fits = if self.frame.progressive {
            let dc = scan.band == (0, 0);
            let ac = scan.band.0 >= 1
                && scan.band.0 <= scan.band.1
                && scan.band.1 <= 63
                && scan.components.len() == 1;
            (dc || ac) && low <= 13 && (high == 0 || high == low + 1)
        } else {
            // Some cameras leave the band of a sequential scan empty; it has no other meaning than "all".
            high == 0 && low == 0
        };
        if scan.components.is_empty() || !fits {
            return Err(MediaError::Damaged);
        }
        Ok(scan)
    }
}
