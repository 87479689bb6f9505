//! The picture: sky, houses, lamps and brown water, with grain like a small sensor's.

use crate::jpeg::encode::Pixels;

/// A well-mixed number from a seed and a position (the finaliser of MurmurHash3).
pub(super) fn mix(seed: u64, value: u64) -> u64 {
    let mut x = seed ^ value.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ x >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    x = (x ^ x >> 33).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    x ^ x >> 33
}

/// A painted scene; pixels are computed when asked for, so that a large one costs no memory.
pub(super) struct Scene {
    seed: u64,
    width: i64,
    height: i64,
    houses: Vec<[i64; 5]>,
    lamps: Vec<[i64; 3]>,
}

impl Scene {
    pub(super) fn new(seed: u64, width: u32, height: u32) -> Self {
        let (width, height) = (i64::from(width.max(1)), i64::from(height.max(1)));
        let pick = |n: u64, below: i64| (mix(seed, n) % below.max(1) as u64) as i64;
        let houses = (0..7).map(|n| {
            let left = pick(n * 5, width);
            let top = height / 4 + pick(n * 5 + 1, height / 3 + 1);
            [
                left,
                top,
                left + width / 9 + pick(n * 5 + 2, width / 9 + 1),
                height * 7 / 10,
                pick(n * 5 + 3, 1 << 24),
            ]
        });
        let lamps = (0..4).map(|n| {
            [
                pick(100 + n, width),
                pick(200 + n, height / 2 + 1),
                width / 40 + 2,
            ]
        });
        Scene {
            seed,
            width,
            height,
            houses: houses.collect(),
            lamps: lamps.collect(),
        }
    }
}

impl Pixels for Scene {
    fn size(&self) -> (usize, usize) {
        (self.width as usize, self.height as usize)
    }

    fn rgb(&self, x: usize, y: usize) -> [u8; 3] {
        let (x, y) = (x as i64, y as i64);
        let down = y * 255 / self.height;
        let mut colour = if down > 165 {
            let ripple = (mix(self.seed, (x / 23 + y / 5 * 4_099) as u64) % 24) as i64;
            [
                112 + ripple - (down - 165) / 3,
                92 + ripple - (down - 165) / 4,
                60 + ripple / 2,
            ]
        } else {
            [150 - down / 3, 160 - down / 4, 170 - down / 6]
        };
        if let Some([left, top, ..]) = self
            .houses
            .iter()
            .find(|[l, t, r, b, _]| x >= *l && x < *r && y >= *t && y < *b)
        {
            let house = self
                .houses
                .iter()
                .find(|h| h[0] == *left && h[1] == *top)
                .map_or(0, |h| h[4]);
            let window = (x - left) / 40 % 2 == 1 && (y - top) / 56 % 2 == 1;
            colour = [house >> 16 & 127, house >> 8 & 127, house & 127].map(|part| {
                if window {
                    40
                } else {
                    part + 64
                }
            });
        }
        for [left, top, radius] in &self.lamps {
            let distance = (x - left) * (x - left) + (y - top) * (y - top);
            if distance < radius * radius {
                colour = [250, 235, 180];
            }
        }
        let grain = mix(self.seed, (y * self.width + x) as u64);
        let noise = |shift: u32| ((grain >> shift & 15) as i64) - 8;
        [
            colour[0] + noise(0),
            colour[1] + noise(4),
            colour[2] + noise(8),
        ]
        .map(|part| part.clamp(0, 255) as u8)
    }
}
