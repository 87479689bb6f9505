//! The units of Huế: what this app's own city is made of.
//!
//! Invariant: only units of the province with code 46, whatever else the edition holds.

use super::{built_in, Candidate, FormerUnit, Query, Unit};

/// Code of the city of Huế among the provinces and cities of Việt Nam.
pub const CODE: &str = "46";

/// How one asks in Huế: a ward of Huế is meant where no province is said.
pub const QUERY: Query<'static> = Query {
    home: Some(CODE),
    on: None,
};

/// The 40 units of today, by code.
pub fn current() -> impl Iterator<Item = Unit<'static>> {
    built_in().current_units().filter(is_hue)
}

/// The 133 units of 30 June 2025, by code.
pub fn former() -> impl Iterator<Item = FormerUnit<'static>> {
    let all = built_in().former_units();
    all.filter(|unit| unit.district.province.code == CODE)
}

/// The unit of today with that code.
#[must_use]
pub fn by_code(code: &str) -> Option<Unit<'static>> {
    built_in().by_code(code).filter(is_hue)
}

fn is_hue(unit: &Unit<'_>) -> bool {
    unit.province.code == CODE
}

/// The likeliest units of today for a point in degrees (WGS 84), the likeliest first; none when the point is not near Huế
/// (see [`contains`]) or is no point at all.
#[must_use]
pub fn likeliest_wards(lat: f64, lon: f64) -> Vec<Candidate<'static>> {
    super::nearest::likeliest(built_in(), Some(CODE), lat, lon)
}

/// Whether a point is in or near Huế (up to some kilometres outside, the lagoon and the near sea too). For a warning, never
/// for a refusal: it errs on the side of "in".
#[must_use]
pub fn contains(lat: f64, lon: f64) -> bool {
    super::nearest::is_near(built_in(), Some(CODE), lat, lon)
}
