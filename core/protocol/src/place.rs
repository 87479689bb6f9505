//! Places: exact as a phone gives them, coarse as everyone may read them.
//!
//! Invariant: a coarse place lies on the grid, so that it says no more than its cell, however often it is published.

/// Units of 10⁻⁷ degree of latitude in one metre, rounded: 10⁷ ÷ 111,132.
const LAT_PER_METRE: i64 = 90;
/// Units of 10⁻⁷ degree of longitude in one metre at 16.4° N, where Huế lies, rounded: 10⁷ ÷ (111,320 × cos 16.4°).
const LON_PER_METRE: i64 = 94;

/// A point in units of 10⁻⁷ degree (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Latitude × 10⁷, −900,000,000 to 900,000,000.
    pub lat: i64,
    /// Longitude × 10⁷, −1,800,000,000 to 1,800,000,000.
    pub lon: i64,
}

/// A point that was moved to a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CoarsePoint {
    /// The grid point.
    pub at: Point,
    /// Distance of the grid's lines in metres, 0 for an exact point.
    pub grid_m: u64,
}

/// Widest grid, in metres.
pub const MAX_GRID_M: u64 = 100_000;

impl Point {
    /// Whether it is on the globe.
    #[must_use]
    pub fn is_valid(self) -> bool {
        (-900_000_000..=900_000_000).contains(&self.lat)
            && (-1_800_000_000..=1_800_000_000).contains(&self.lon)
    }

    /// The nearest point of a grid of `grid_m` metres: latitude a multiple of 90 × `grid_m`, longitude of 94 × `grid_m`.
    #[must_use]
    pub fn coarsen(self, grid_m: u64) -> CoarsePoint {
        let grid_m = grid_m.min(MAX_GRID_M);
        let step = grid_m as i64;
        let at = Point {
            lat: nearest(self.lat, LAT_PER_METRE * step),
            lon: nearest(self.lon, LON_PER_METRE * step),
        };
        CoarsePoint { at, grid_m }
    }
}

impl CoarsePoint {
    /// Whether the point lies on the globe and on its grid.
    #[must_use]
    pub fn is_valid(self) -> bool {
        self.at.is_valid() && self.grid_m <= MAX_GRID_M && self.at.coarsen(self.grid_m) == self
    }
}

/// The multiple of `step` nearest to `n`, the higher one at half way.
fn nearest(n: i64, step: i64) -> i64 {
    if step == 0 {
        n
    } else {
        (n + step / 2).div_euclid(step) * step
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_coarse_point_is_on_the_grid_and_near(lat in -800_000_000i64..800_000_000, lon in -1_700_000_000i64..1_700_000_000, grid in 0u64..2_000) {
            let point = Point { lat, lon };
            let coarse = point.coarsen(grid);
            prop_assert!(coarse.is_valid());
            prop_assert_eq!(coarse.at.coarsen(grid), coarse);
            prop_assert!((coarse.at.lat - lat).abs() <= 45 * grid as i64);
            prop_assert!((coarse.at.lon - lon).abs() <= 47 * grid as i64);
        }
    }

    #[test]
    fn off_the_grid_or_the_globe() {
        let hue = Point {
            lat: 164_637_000,
            lon: 1_075_909_000,
        };
        assert!(hue.coarsen(100).is_valid());
        assert!(!CoarsePoint {
            at: hue,
            grid_m: 100
        }
        .is_valid());
        assert!(CoarsePoint { at: hue, grid_m: 0 }.is_valid());
        assert!(!Point {
            lat: 900_000_001,
            lon: 0
        }
        .is_valid());
    }
}
