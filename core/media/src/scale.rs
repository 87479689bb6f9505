//! Shrinks a picture while its rows stream by: each output pixel is the mean of the area it covers.
//!
//! Area averaging rings nowhere, needs no look-ahead and one row of sums; the full-size picture is never held.

/// Takes RGB rows of a picture from top to bottom and builds the smaller picture.
pub(crate) struct Scaler {
    input: (usize, usize),
    output: (usize, usize),
    /// The current row squeezed to the output width, 8.8 fixed point.
    squeezed: Vec<u32>,
    /// Sums of the output row being built, weighted by how much of each input row it covers.
    sums: Vec<u32>,
    /// How much of the output row being built is filled, in parts of `input.1`.
    filled: usize,
    rows: usize,
    pixels: Vec<u8>,
}

impl Scaler {
    /// A scaler from `input` to `output` (width, height), neither zero, `output` nowhere larger, `input` at most 65,535.
    pub(crate) fn new(input: (u32, u32), output: (u32, u32)) -> Self {
        let output = (output.0 as usize, output.1 as usize);
        let input = (input.0 as usize, input.1 as usize);
        let sums = if input == output { 0 } else { output.0 * 3 };
        Scaler {
            input,
            output,
            squeezed: vec![0; sums],
            sums: vec![0; sums],
            filled: 0,
            rows: 0,
            pixels: Vec::with_capacity(output.0 * output.1 * 3),
        }
    }

    /// Takes the next row: three bytes a pixel. Rows beyond the declared height and rows of a wrong width are ignored,
    /// so that [`Scaler::finish`] sees them missing.
    pub(crate) fn row(&mut self, rgb: &[u8]) {
        if rgb.len() != self.input.0 * 3 || self.rows >= self.input.1 {
            return;
        }
        self.rows += 1;
        if self.input == self.output {
            self.pixels.extend_from_slice(rgb);
            return;
        }
        self.squeeze(rgb);
        // An input row is `output.1` parts high, an output row `input.1` parts.
        let mut left = self.output.1;
        while left > 0 {
            let part = left.min(self.input.1 - self.filled);
            for (sum, value) in self.sums.iter_mut().zip(&self.squeezed) {
                *sum += value * part as u32;
            }
            self.filled += part;
            left -= part;
            if self.filled == self.input.1 {
                self.emit();
            }
        }
    }

    /// The finished picture, three bytes a pixel, or nothing if rows are missing.
    pub(crate) fn finish(self) -> Option<Vec<u8>> {
        (self.rows == self.input.1 && self.pixels.len() == self.output.0 * self.output.1 * 3)
            .then_some(self.pixels)
    }

    fn squeeze(&mut self, rgb: &[u8]) {
        let (width, wanted) = (self.input.0, self.output.0);
        let scale = 256.0 / width as f32;
        let mut sums = [0u32; 3];
        let mut filled = 0;
        let mut out = self.squeezed.chunks_exact_mut(3);
        for pixel in rgb.chunks_exact(3) {
            let mut left = wanted;
            while left > 0 {
                let part = left.min(width - filled);
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(*value) * part as u32;
                }
                filled += part;
                left -= part;
                if filled == width {
                    if let Some(slot) = out.next() {
                        for (slot, sum) in slot.iter_mut().zip(sums) {
                            *slot = (sum as f32 * scale + 0.5) as u32;
                        }
                    }
                    sums = [0; 3];
                    filled = 0;
                }
            }
        }
    }

    fn emit(&mut self) {
        let scale = 1.0 / (256.0 * self.input.1 as f32);
        self.pixels.extend(
            self.sums
                .iter()
                .map(|sum| (*sum as f32 * scale + 0.5) as u8),
        );
        self.sums.fill(0);
        self.filled = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(input: (u32, u32), output: (u32, u32), pixel: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
        let mut scaler = Scaler::new(input, output);
        for y in 0..input.1 {
            let row: Vec<u8> = (0..input.0).flat_map(|x| pixel(x, y)).collect();
            scaler.row(&row);
        }
        scaler.finish().unwrap()
    }

    #[test]
    fn white_stays_white_at_any_size() {
        for (input, output) in [
            ((65_535, 3), (2_048, 1)),
            ((3, 65_535), (1, 2_048)),
            ((4_001, 7), (2_048, 4)),
            ((5, 5), (5, 5)),
        ] {
            let pixels = run(input, output, |_, _| [255; 3]);
            assert_eq!(pixels.len() as u32, output.0 * output.1 * 3);
            assert!(pixels.iter().all(|value| *value == 255), "{input:?}");
        }
    }

    #[test]
    fn each_pixel_is_the_mean_of_its_area() {
        let pixels = run((6, 2), (3, 1), |x, y| [(x * 10) as u8, (y * 100) as u8, 7]);
        assert_eq!(pixels, [5, 50, 7, 25, 50, 7, 45, 50, 7]);
        // 3 -> 2: the middle pixel is shared by halves.
        let pixels = run((3, 1), (2, 1), |x, _| [[30, 60, 90][x as usize], 0, 0]);
        assert_eq!(pixels, [40, 0, 0, 80, 0, 0]);
    }

    #[test]
    fn missing_rows_are_noticed() {
        let mut scaler = Scaler::new((4, 4), (2, 2));
        scaler.row(&[0; 12]);
        scaler.row(&[0; 11]);
        assert!(scaler.finish().is_none());
    }
}
