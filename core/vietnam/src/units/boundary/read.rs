//! The bytes of a boundary pack.
//!
//! Invariant: `VNBOUND1`, date (4), length of the source (2) and count of areas (2), little-endian; the source; for each area its code (2), west, south, east, north
//! (4 each) and the length of its rings (4); then the rings of each. A ring is a count of points and the points, each as the difference to the one before, in variable-length
//! numbers (seven bits a byte, the sign in the lowest); the first differs from the south-west corner of the box. Rings close themselves; what lies in two rings is a hole.

use std::borrow::Cow;

use super::{Area, Boundaries, BoundaryError, Edge};
use crate::Date;

pub(super) const MAGIC: &[u8; 8] = b"VNBOUND1";
pub(super) const HEADER: usize = 16;
pub(super) const AREA: usize = 22;
/// Longest pack read, in bytes.
pub(super) const MAX_BYTES: usize = 4 << 20;
/// Shortest ring that encloses something.
pub(super) const MIN_POINTS: u32 = 3;

impl Boundaries {
    /// Reads a pack: at most 4 MiB, every ring walked once, in linear time. Keeps the bytes.
    ///
    /// # Errors
    ///
    /// See [`BoundaryError`].
    pub fn parse(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Boundaries, BoundaryError> {
        let bytes = bytes.into();
        if bytes.len() > MAX_BYTES {
            return Err(BoundaryError::TooLong);
        }
        match bytes.get(..MAGIC.len()) {
            Some(magic) if magic == MAGIC => {}
            Some(magic) if magic.starts_with(&MAGIC[..MAGIC.len() - 1]) => {
                return Err(BoundaryError::Version)
            }
            _ => return Err(BoundaryError::Format("magic")),
        }
        let number = |at: usize, len: usize| super::super::layout::number(&bytes, at, len);
        let date = number(8, 4);
        let text = format!(
            "{:04}-{:02}-{:02}",
            date / 10_000,
            date / 100 % 100,
            date % 100
        );
        let as_of: Date = text.parse().map_err(|_| BoundaryError::Format("date"))?;
        let source = HEADER..HEADER + number(12, 2) as usize;
        let is_text = bytes
            .get(source.clone())
            .is_some_and(|text| std::str::from_utf8(text).is_ok());
        if !is_text {
            return Err(BoundaryError::Format("source"));
        }
        let count = number(14, 2) as usize;
        let mut at = source.end + count * AREA;
        let mut areas = Vec::new();
        for i in 0..count {
            let row = source.end + i * AREA;
            let side = |n: usize| number(row + 2 + 4 * n, 4) as i32;
            let end = at.saturating_add(number(row + 18, 4) as usize);
            let area = Area {
                code: number(row, 2) as u16,
                west: side(0),
                south: side(1),
                east: side(2),
                north: side(3),
                rings: at..end,
            };
            if end > bytes.len() || !is_sound(&area, &bytes) {
                return Err(BoundaryError::Format("area"));
            }
            at = end;
            areas.push(area);
        }
        let rises = areas.windows(2).all(|w| w[0].code < w[1].code);
        if !rises || at != bytes.len() {
            return Err(BoundaryError::Format("areas"));
        }
        Ok(Boundaries {
            bytes,
            as_of,
            source,
            areas,
        })
    }
}

/// The rings are whole, within the box and on the globe.
fn is_sound(area: &Area, bytes: &[u8]) -> bool {
    let on_globe = area.west >= -18_000_000
        && area.east <= 18_000_000
        && area.south >= -9_000_000
        && area.north <= 9_000_000;
    let rings = bytes.get(area.rings.clone()).unwrap_or_default();
    let mut edges = Edges::new(rings, (area.west, area.south));
    let in_box = |p: (i32, i32)| {
        (area.west..=area.east).contains(&p.0) && (area.south..=area.north).contains(&p.1)
    };
    on_globe
        && edges
            .by_ref()
            .all(|edge| in_box(edge.from) && in_box(edge.to))
        && edges.is_done()
}

/// The edges of all rings of an area, read on the way.
#[derive(Debug, Clone)]
pub(super) struct Edges<'b> {
    bytes: &'b [u8],
    corner: (i32, i32),
    /// Points of the ring still to come.
    left: u32,
    first: (i32, i32),
    last: (i32, i32),
    /// The closing edge is still owed.
    open: bool,
}

impl<'b> Edges<'b> {
    pub(super) fn new(bytes: &'b [u8], corner: (i32, i32)) -> Edges<'b> {
        Edges {
            bytes,
            corner,
            left: 0,
            first: corner,
            last: corner,
            open: false,
        }
    }

    fn is_done(&self) -> bool {
        self.bytes.is_empty() && self.left == 0 && !self.open
    }

    fn unsigned(&mut self) -> Option<u32> {
        let mut number = 0u32;
        for shift in (0..32).step_by(7) {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            let bits = u32::from(byte & 0x7f);
            number |= bits.checked_shl(shift).filter(|n| n >> shift == bits)?;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn point(&mut self) -> Option<(i32, i32)> {
        let mut difference = || {
            let number = self.unsigned()?;
            Some((number >> 1) as i32 ^ -((number & 1) as i32))
        };
        let (x, y) = (difference()?, difference()?);
        Some((self.last.0.checked_add(x)?, self.last.1.checked_add(y)?))
    }
}

impl Iterator for Edges<'_> {
    type Item = Edge;

    fn next(&mut self) -> Option<Edge> {
        if self.left == 0 {
            if self.open {
                self.open = false;
                return Some(Edge {
                    from: self.last,
                    to: self.first,
                });
            }
            // A ring that cannot be read ends the walk; `is_done` then says no.
            let points = self.unsigned().filter(|n| *n >= MIN_POINTS)?;
            self.last = self.corner;
            self.open = true;
            self.left = points - 1;
            self.first = self.point()?;
            self.last = self.first;
        }
        let from = self.last;
        self.last = self.point()?;
        self.left -= 1;
        Some(Edge {
            from,
            to: self.last,
        })
    }
}
