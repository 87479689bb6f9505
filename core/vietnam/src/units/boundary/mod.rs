//! Official boundaries of wards: which one a point lies in, exactly.
//!
//! Invariant: coordinates are whole multiples of 10⁻⁵ degree and the test counts in whole numbers, so that of areas which share a border a point lies in
//! exactly one: never in two, never between them. Rings are read where they lie; a loaded pack costs its bytes and a small table.
//!
//! The library brings no boundaries: those known to us may not be passed on. A city builds a pack of its own ([`Boundaries::build`]) and signs it; until
//! one is loaded, [`super::hue::likeliest_wards`] guesses and says so.

mod build;
mod read;

use std::borrow::Cow;
use std::ops::Range;

use super::Code;
use crate::{Date, Language};

pub use build::BoundaryBuildError;

/// Boundaries of the units of a city or province.
#[derive(Debug, Clone)]
pub struct Boundaries {
    bytes: Cow<'static, [u8]>,
    as_of: Date,
    source: Range<usize>,
    areas: Vec<Area>,
}

/// One unit: its box and where its rings lie.
#[derive(Debug, Clone)]
struct Area {
    code: u16,
    west: i32,
    south: i32,
    east: i32,
    north: i32,
    rings: Range<usize>,
}

/// Where a point lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Within {
    /// Code of the unit, five digits.
    pub code: Code,
    /// Metres to the unit's border. Where this is less than what the phone says of its own error, show the neighbours too.
    pub border_m: f64,
}

/// Why bytes are no boundaries that this release can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BoundaryError {
    /// More than 4 MiB.
    #[error("too long")]
    TooLong,
    /// A layout of another release.
    #[error("another layout")]
    Version,
    /// Broken; says where.
    #[error("format: {0}")]
    Format(&'static str),
}

impl BoundaryError {
    /// What to tell a person.
    #[must_use]
    pub fn text(&self, language: Language) -> &'static str {
        match (self, language) {
            (BoundaryError::Version, Language::Vi) => "Bản đồ ranh giới này cần bản ứng dụng khác.",
            (BoundaryError::Version, Language::En) => {
                "These boundaries need another version of the app."
            }
            (_, Language::Vi) => "Bản đồ ranh giới bị hỏng; vẫn dùng bản trước.",
            (_, Language::En) => "The boundaries are damaged; those before stay in use.",
        }
    }
}

impl Boundaries {
    /// The day the boundaries are of.
    #[must_use]
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// Where they come from.
    #[must_use]
    pub fn source(&self) -> &str {
        let text = self.bytes.get(self.source.clone()).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    /// The pack as bytes, as [`Boundaries::parse`] reads them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Codes of the units it has.
    pub fn codes(&self) -> impl Iterator<Item = Code> + '_ {
        self.areas.iter().map(|area| Code::new(area.code, 5))
    }

    /// The unit that a point in degrees (WGS 84) lies in; none outside all of them, on open water too, and for what is no point.
    #[must_use]
    pub fn locate(&self, lat: f64, lon: f64) -> Option<Within> {
        if !(-90.0..=90.0).contains(&lat) || !(-180.0..=180.0).contains(&lon) {
            return None;
        }
        let (x, y) = (whole(lon), whole(lat));
        let inside = |area: &&Area| {
            let in_box =
                (area.west..=area.east).contains(&x) && (area.south..=area.north).contains(&y);
            in_box
                && self
                    .edges(area)
                    .filter(|edge| edge.crosses_ray(x, y))
                    .count()
                    % 2
                    == 1
        };
        let area = self.areas.iter().find(inside)?;
        let metres = Metres::at(y);
        let to_border = self.edges(area).map(|edge| metres.distance(&edge, x, y));
        Some(Within {
            code: Code::new(area.code, 5),
            border_m: to_border.fold(f64::INFINITY, f64::min),
        })
    }

    fn edges(&self, area: &Area) -> read::Edges<'_> {
        let rings = self.bytes.get(area.rings.clone()).unwrap_or_default();
        read::Edges::new(rings, (area.west, area.south))
    }
}

/// 10⁻⁵ degree, about a metre.
const PER_DEGREE: f64 = 1e5;

/// Degrees as the pack keeps them.
fn whole(degrees: f64) -> i32 {
    (degrees * PER_DEGREE).round() as i32
}

/// A piece of border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edge {
    from: (i32, i32),
    to: (i32, i32),
}

impl Edge {
    /// Whether a ray from the point to the east crosses it. The lower end belongs to an edge, the upper does not, and a point on it lies east of it: what is
    /// on a border thus belongs to one side, the same from both.
    fn crosses_ray(&self, x: i32, y: i32) -> bool {
        let (low, high) = match self.from.1 <= self.to.1 {
            true => (self.from, self.to),
            false => (self.to, self.from),
        };
        if y < low.1 || y >= high.1 {
            return false;
        }
        let wide = |a: i32, b: i32| i64::from(a) - i64::from(b);
        // East of the edge when the turn low → high → point is to the right, or none.
        wide(high.0, low.0) * wide(y, low.1) > wide(x, low.0) * wide(high.1, low.1)
    }
}

/// Metres to a step of the grid, around one latitude.
struct Metres {
    east: f64,
    north: f64,
}

impl Metres {
    fn at(y: i32) -> Metres {
        let north = 111_195.0 / PER_DEGREE;
        Metres {
            east: north * (f64::from(y) / PER_DEGREE).to_radians().cos(),
            north,
        }
    }

    fn distance(&self, edge: &Edge, x: i32, y: i32) -> f64 {
        let flat = |p: (i32, i32)| {
            (
                (f64::from(p.0) - f64::from(x)) * self.east,
                (f64::from(p.1) - f64::from(y)) * self.north,
            )
        };
        let (a, b) = (flat(edge.from), flat(edge.to));
        let along = (b.0 - a.0, b.1 - a.1);
        let length = along.0 * along.0 + along.1 * along.1;
        let share = match length > 0.0 {
            true => (-(a.0 * along.0 + a.1 * along.1) / length).clamp(0.0, 1.0),
            false => 0.0,
        };
        (a.0 + share * along.0).hypot(a.1 + share * along.1)
    }
}

#[cfg(test)]
mod tests;
