//! The administrative units of Huế: the 40 wards and communes of today and the 133 they were made of on 1 July 2025.
//!
//! Invariant: a code is text of five digits and never changes its owner within one of the two lists, but the same code may
//! stand in both (a new ward took the code of an old one): look up in the list you mean. The data is that of
//! `data/README.md`; where a place lies is an estimate from points until a city loads its official boundaries.

mod nearest;
mod resolve;
mod table;

pub use nearest::{is_in_hue, likeliest_wards, Candidate, MAX_CANDIDATES};
pub use resolve::{resolve, Address, Resolved, UnitError, UnitStatus};

use std::fmt;

/// Code of the city of Huế among the provinces and cities of Việt Nam.
pub const HUE_CODE: &str = "46";

/// Kinds of unit at the level of the commune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnitKind {
    /// Phường.
    Ward,
    /// Xã.
    Commune,
    /// Thị trấn; none since 1 July 2025.
    Township,
}

impl UnitKind {
    /// The Vietnamese word, in lower case.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            UnitKind::Ward => "phường",
            UnitKind::Commune => "xã",
            UnitKind::Township => "thị trấn",
        }
    }
}

/// A unit of today.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Official code, five digits.
    pub code: &'static str,
    /// Ward or commune.
    pub kind: UnitKind,
    /// The name without the kind: `Thuận Hóa`.
    pub name: &'static str,
    /// Latitude of a point inside, degrees (WGS 84).
    pub lat: f64,
    /// Longitude of that point, degrees.
    pub lon: f64,
    /// Area in km².
    pub area_km2: f64,
}

/// A unit as it was on 30 June 2025.
#[derive(Debug, Clone, PartialEq)]
pub struct FormerUnit {
    /// Official code, five digits.
    pub code: &'static str,
    /// Ward, commune or township.
    pub kind: UnitKind,
    /// The name without the kind.
    pub name: &'static str,
    /// Official code of its district, three digits.
    pub district_code: &'static str,
    /// Its district with the kind: `Quận Thuận Hóa`.
    pub district: &'static str,
    /// Code of the unit of today it became part of, as a whole.
    pub current_code: &'static str,
    /// Latitude of its middle (approximate), degrees (WGS 84).
    pub lat: f64,
    /// Longitude of its middle, degrees.
    pub lon: f64,
    /// About half its width, km.
    pub extent_km: f64,
}

impl Unit {
    /// The name as it is written in full: `Phường Thuận Hóa`.
    #[must_use]
    pub fn full_name(&self) -> String {
        full_name(self.kind, self.name)
    }
}

impl FormerUnit {
    /// The name as it was written in full: `Phường Phú Hội`.
    #[must_use]
    pub fn full_name(&self) -> String {
        full_name(self.kind, self.name)
    }

    /// The unit of today it belongs to.
    #[must_use]
    pub fn current(&self) -> Option<&'static Unit> {
        by_code(self.current_code)
    }
}

fn full_name(kind: UnitKind, name: &str) -> String {
    let kind = match kind {
        UnitKind::Ward => "Phường",
        UnitKind::Commune => "Xã",
        UnitKind::Township => "Thị trấn",
    };
    format!("{kind} {name}")
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full_name())
    }
}

/// The 40 units of today, by code.
#[must_use]
pub fn current() -> &'static [Unit] {
    &table::CURRENT
}

/// The 133 units of 30 June 2025, by code.
#[must_use]
pub fn former() -> &'static [FormerUnit] {
    &table::FORMER
}

/// The unit of today with that code.
#[must_use]
pub fn by_code(code: &str) -> Option<&'static Unit> {
    current()
        .binary_search_by(|unit| unit.code.cmp(code))
        .ok()
        .and_then(|i| current().get(i))
}

/// The unit of 30 June 2025 with that code.
#[must_use]
pub fn former_by_code(code: &str) -> Option<&'static FormerUnit> {
    former()
        .binary_search_by(|unit| unit.code.cmp(code))
        .ok()
        .and_then(|i| former().get(i))
}

/// What the unit of 30 June 2025 with that code is today.
#[must_use]
pub fn current_of(former_code: &str) -> Option<&'static Unit> {
    former_by_code(former_code)?.current()
}

/// The units of 30 June 2025 that make up the unit of today with that code.
pub fn made_of(current_code: &str) -> impl Iterator<Item = &'static FormerUnit> + '_ {
    former()
        .iter()
        .filter(move |unit| unit.current_code == current_code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lists_are_whole() {
        assert_eq!((current().len(), former().len()), (40, 133));
        let wards = current()
            .iter()
            .filter(|u| u.kind == UnitKind::Ward)
            .count();
        assert_eq!((wards, current().len() - wards), (21, 19));
        assert!(former().iter().all(|old| old.current().is_some()));
        assert!(current()
            .iter()
            .all(|new| made_of(new.code).next().is_some()));
    }

    #[test]
    fn codes_are_the_official_ones() {
        let name = |code| by_code(code).map(Unit::full_name);
        assert_eq!(name("19789").as_deref(), Some("Phường Thuận Hóa"));
        assert_eq!(name("19753").as_deref(), Some("Phường Phú Xuân"));
        assert_eq!(name("20137").as_deref(), Some("Xã Chân Mây - Lăng Cô"));
        assert_eq!(name("19786"), None);
        let became = |code| {
            Some((
                former_by_code(code)?.full_name(),
                current_of(code)?.full_name(),
            ))
        };
        assert_eq!(
            became("19786"),
            Some(("Phường Phú Hội".into(), "Phường Thuận Hóa".into()))
        );
        assert_eq!(by_code(""), None);
        assert_eq!(former_by_code("\u{1f30a}"), None);
    }

    #[test]
    fn names_that_moved_are_kept_apart() {
        let moved = |district: &str, name: &str| {
            let old = former()
                .iter()
                .find(|u| u.district.ends_with(district) && u.name == name);
            old.and_then(FormerUnit::current).map(Unit::full_name)
        };
        assert_eq!(moved("Phú Vang", "Phú Xuân").as_deref(), Some("Xã Phú Hồ"));
        assert_eq!(moved("A Lưới", "Phú Vinh").as_deref(), Some("Xã A Lưới 3"));
        assert_eq!(
            moved("Hương Trà", "Hương Xuân").as_deref(),
            Some("Phường Kim Trà")
        );
    }
}
