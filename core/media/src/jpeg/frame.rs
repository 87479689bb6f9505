//! The frame header (T.81 B.2.2): size, components and how they are sampled. A [`Frame`] that exists is one we can decode.

use crate::{Kind, MediaError};

/// One colour component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) id: u8,
    /// Horizontal sampling factor, 1 to 4.
    pub(crate) h: usize,
    /// Vertical sampling factor, 1 to 4.
    pub(crate) v: usize,
    /// Which quantisation table, 0 to 3.
    pub(crate) table: usize,
}

/// A frame of 8-bit samples, Huffman coded, one or three components.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) progressive: bool,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) components: Vec<Component>,
}

impl Frame {
    /// Parses the segment of marker 0xFF`marker`.
    ///
    /// # Errors
    /// [`MediaError::Unsupported`] for sorts of JPEG that no phone writes, [`MediaError::Damaged`] for nonsense.
    pub(crate) fn parse(marker: u8, body: &[u8]) -> Result<Frame, MediaError> {
        if !matches!(marker, 0xC0..=0xC2) {
            return Err(MediaError::Unsupported(Kind::Jpeg));
        }
        let &[precision, h1, h0, w1, w0, count, ref list @ ..] = body else {
            return Err(MediaError::Damaged);
        };
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        if list.len() != usize::from(count) * 3 || width == 0 || count == 0 {
            return Err(MediaError::Damaged);
        }
        // Height 0 announces a DNL segment after the picture; four components are CMYK.
        if precision != 8 || height == 0 || !matches!(count, 1 | 3) {
            return Err(MediaError::Unsupported(Kind::Jpeg));
        }
        let mut components: Vec<Component> = list
            .chunks_exact(3)
            .map(|c| Component {
                id: c[0],
                h: usize::from(c[1] >> 4),
                v: usize::from(c[1] & 15),
                table: usize::from(c[2]),
            })
            .collect();
        let sane = |c: &Component| (1..=4).contains(&c.h) && (1..=4).contains(&c.v) && c.table < 4;
        let twins = |a: &Component| components.iter().filter(|b| a.id == b.id).count() > 1;
        let blocks: usize = components.iter().map(|c| c.h * c.v).sum();
        if !components.iter().all(sane)
            || components.iter().any(twins)
            || (count > 1 && blocks > 10)
        {
            return Err(MediaError::Damaged);
        }
        // A lone component has nothing to be sampled against: its factors mean nothing (T.81 A.2.2).
        if let [only] = components.as_mut_slice() {
            (only.h, only.v) = (1, 1);
        }
        Ok(Frame {
            progressive: marker == 0xC2,
            width,
            height,
            components,
        })
    }

    /// Largest horizontal and vertical sampling factors.
    pub(crate) fn max_sampling(&self) -> (usize, usize) {
        let h = self.components.iter().map(|c| c.h).max().unwrap_or(1);
        let v = self.components.iter().map(|c| c.v).max().unwrap_or(1);
        (h, v)
    }

    /// Columns and rows of MCUs.
    pub(crate) fn mcus(&self) -> (usize, usize) {
        let (h, v) = self.max_sampling();
        (
            usize::from(self.width).div_ceil(8 * h),
            usize::from(self.height).div_ceil(8 * v),
        )
    }

    /// Columns and rows of blocks that component `c` has in an interleaved scan.
    pub(crate) fn blocks(&self, c: &Component) -> (usize, usize) {
        let (columns, rows) = self.mcus();
        (columns * c.h, rows * c.v)
    }

    /// Columns and rows of blocks of `c` in a scan of its own: without the padding to whole MCUs (T.81 A.2.2).
    pub(crate) fn own_blocks(&self, c: &Component) -> (usize, usize) {
        let (h, v) = self.max_sampling();
        let blocks =
            |side: u16, own: usize, max: usize| (usize::from(side) * own).div_ceil(max).div_ceil(8);
        (blocks(self.width, c.h, h), blocks(self.height, c.v, v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_blocks() {
        let body = [8, 0, 17, 0, 33, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
        let frame = Frame::parse(0xC0, &body).unwrap();
        assert_eq!((frame.width, frame.height, frame.mcus()), (33, 17, (3, 2)));
        assert_eq!(frame.blocks(&frame.components[0]), (6, 4));
        assert_eq!(frame.own_blocks(&frame.components[0]), (5, 3));
        assert_eq!(frame.own_blocks(&frame.components[1]), (3, 2));
    }

    #[test]
    fn what_is_not_taken() {
        let body = [8, 0, 17, 0, 33, 1, 1, 0x11, 0];
        let with = |at: usize, value: u8| {
            let mut body = body;
            body[at] = value;
            Frame::parse(0xC0, &body)
        };
        assert!(Frame::parse(0xC0, &body).is_ok());
        assert_eq!(
            Frame::parse(0xC3, &body),
            Err(MediaError::Unsupported(Kind::Jpeg))
        );
        assert_eq!(with(0, 12), Err(MediaError::Unsupported(Kind::Jpeg)));
        assert_eq!(with(2, 0), Err(MediaError::Unsupported(Kind::Jpeg)));
        for (at, value) in [(4, 0), (5, 0), (5, 2), (7, 0x01), (7, 0x15), (8, 4)] {
            assert_eq!(with(at, value), Err(MediaError::Damaged), "byte {at}");
        }
    }
}
