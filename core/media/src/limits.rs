//! What a photo may cost. Every bound is checked before the cost arises, on declared sizes where there are any.

/// Bounds for [`crate::clean`]. The default is what the app uses; tests and other hosts may tighten it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest accepted input, bytes. 32 MiB takes every photo of the phones sold in Vietnam, 25 MB ones included.
    pub input_bytes: usize,
    /// Most pixels an input may declare. The largest phone sensors give 16,320 × 12,240 = 199.8 million.
    pub pixels: u64,
    /// Memory that cleaning may take beside the input, bytes. What would need more is refused before it is allocated.
    pub memory: usize,
    /// Longest edge of the output, pixels. Smaller photos are never enlarged.
    pub long_edge: u32,
    /// JPEG quality of the first attempt, 1 to 100 in the scale of the Independent JPEG Group.
    pub quality: u8,
    /// Wished size of the output, bytes: quality falls in steps down to 40 until it fits, then what came is taken.
    pub target_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            input_bytes: 32 * 1024 * 1024,
            pixels: 200_000_000,
            memory: 64 * 1024 * 1024,
            long_edge: 2_048,
            quality: 80,
            target_bytes: 600 * 1024,
        }
    }
}

/// Longest edge of any accepted input: a JPEG cannot declare more, and a PNG row of more would be a bomb by itself.
pub(crate) const MAX_SIDE: u32 = 65_535;

impl Limits {
    /// Whether a declared size is within bounds.
    pub(crate) fn allows(&self, width: u32, height: u32) -> bool {
        width <= MAX_SIDE
            && height <= MAX_SIDE
            && u64::from(width) * u64::from(height) <= self.pixels
    }

    /// Size of the output for a picture of `width` × `height`: same shape, long edge at most [`Limits::long_edge`].
    pub(crate) fn fit(&self, width: u32, height: u32) -> (u32, u32) {
        let long = width.max(height);
        let edge = self.long_edge.max(1);
        if long <= edge {
            return (width, height);
        }
        let scaled = |side: u32| {
            let exact = (u64::from(side) * u64::from(edge) + u64::from(long) / 2) / u64::from(long);
            u32::try_from(exact).unwrap_or(edge).max(1)
        };
        (scaled(width), scaled(height))
    }

    /// What is left of the memory for decoding once the scaled picture and the encoder have their share.
    pub(crate) fn decode_budget(&self) -> usize {
        let edge = self.long_edge as usize;
        self.memory
            .saturating_sub(edge * edge * 3 + 4 * 1024 * 1024)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitting_keeps_the_shape_and_never_enlarges() {
        let limits = Limits::default();
        assert_eq!(limits.fit(4_000, 3_000), (2_048, 1_536));
        assert_eq!(limits.fit(3_000, 4_000), (1_536, 2_048));
        assert_eq!(limits.fit(640, 480), (640, 480));
        assert_eq!(limits.fit(65_535, 1), (2_048, 1));
    }

    #[test]
    fn a_bomb_is_seen_from_its_declared_size() {
        let limits = Limits::default();
        assert!(!limits.allows(30_000, 30_000));
        assert!(!limits.allows(65_536, 1));
        assert!(limits.allows(16_320, 12_240));
    }
}
