//! The eight EXIF orientations (Exif 3.0, tag 0x0112) as a view: pixels stay where they are, the reading turns.

use crate::jpeg::encode::Pixels;

/// How the stored picture must be turned to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// From the tag's value; anything but 1 to 8 means upright, as every viewer takes it.
    pub(crate) fn new(tag: u16) -> Self {
        Orientation(
            u8::try_from(tag)
                .ok()
                .filter(|value| (1..=8).contains(value))
                .unwrap_or(1),
        )
    }

    /// The tag's value, 1 for upright.
    pub(crate) fn tag(self) -> u8 {
        self.0
    }

    /// Orientations 5 to 8 swap width and height.
    fn transposes(self) -> bool {
        self.0 >= 5
    }
}

/// A stored RGB picture seen upright.
pub(crate) struct Upright<'a> {
    rgb: &'a [u8],
    stored: (usize, usize),
    orientation: Orientation,
}

impl<'a> Upright<'a> {
    /// `rgb` holds `width` × `height` pixels of three bytes.
    pub(crate) fn new(
        rgb: &'a [u8],
        (width, height): (u32, u32),
        orientation: Orientation,
    ) -> Self {
        Upright {
            rgb,
            stored: (width as usize, height as usize),
            orientation,
        }
    }

    /// Width and height as seen upright.
    pub(crate) fn upright_size(&self) -> (u32, u32) {
        let (width, height) = self.size();
        (width as u32, height as u32)
    }
}

impl Pixels for Upright<'_> {
    fn size(&self) -> (usize, usize) {
        let (width, height) = self.stored;
        if self.orientation.transposes() {
            (height, width)
        } else {
            (width, height)
        }
    }

    #[inline]
    fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        let (width, height) = self.stored;
        let (right, bottom) = (width - 1, height - 1);
        let (x, y) = match self.orientation.0 {
            2 => (right - x, y),
            3 => (right - x, bottom - y),
            4 => (x, bottom - y),
            5 => (y, x),
            6 => (y, bottom - x),
            7 => (right - y, bottom - x),
            8 => (right - y, x),
            _ => (x, y),
        };
        let at = (y * width + x) * 3;
        match self.rgb.get(at..at + 3) {
            Some(&[r, g, b]) => [r, g, b],
            _ => [0; 3],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stored 3 × 2: `abc` over `def`. The upright readings are spelled out from the standard's figure.
    #[test]
    fn all_eight() {
        let rgb: Vec<u8> = b"abcdef".iter().flat_map(|letter| [*letter; 3]).collect();
        let expected = [
            "abc/def", "cba/fed", "fed/cba", "def/abc", "ad/be/cf", "da/eb/fc", "fc/eb/da",
            "cf/be/ad",
        ];
        for (tag, expected) in (1..).zip(expected) {
            let view = Upright::new(&rgb, (3, 2), Orientation::new(tag));
            let (width, height) = view.size();
            let rows: Vec<String> = (0..height)
                .map(|y| (0..width).map(|x| char::from(view.rgb(x, y)[0])).collect())
                .collect();
            assert_eq!(rows.join("/"), expected, "orientation {tag}");
        }
        assert_eq!(Orientation::new(0).tag(), 1);
        assert_eq!(Orientation::new(300).tag(), 1);
    }
}
