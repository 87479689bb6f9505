//! The two embedded tables, read once. Invariant: sorted by code, so that a look-up is a binary search.

use std::sync::LazyLock;

use super::{FormerUnit, Unit, UnitKind};
use crate::token::tokens;
use crate::tone::exact_words;

pub(super) static CURRENT: LazyLock<Vec<Unit>> = LazyLock::new(|| {
    rows(include_str!("../../data/hue_units.csv"), current, |unit| {
        unit.code
    })
});

pub(super) static FORMER: LazyLock<Vec<FormerUnit>> = LazyLock::new(|| {
    rows(
        include_str!("../../data/hue_former_units.csv"),
        former,
        |unit| unit.code,
    )
});

/// What names are compared by, in the order of [`CURRENT`].
pub(super) static CURRENT_NAMES: LazyLock<Vec<NameKey>> =
    LazyLock::new(|| CURRENT.iter().map(|unit| NameKey::of(unit.name)).collect());

/// What names are compared by, in the order of [`FORMER`].
pub(super) static FORMER_NAMES: LazyLock<Vec<NameKey>> =
    LazyLock::new(|| FORMER.iter().map(|unit| NameKey::of(unit.name)).collect());

/// Codes and folded names, without the kind, of the districts of 30 June 2025.
pub(super) static DISTRICTS: LazyLock<Vec<(&'static str, String)>> = LazyLock::new(|| {
    let mut districts: Vec<_> = FORMER
        .iter()
        .map(|old| (old.district_code, folded_words(without_kind(old.district))))
        .collect();
    districts.sort();
    districts.dedup();
    districts
});

fn without_kind(district: &str) -> &str {
    ["Quận ", "Huyện ", "Thị xã "]
        .iter()
        .find_map(|kind| district.strip_prefix(kind))
        .unwrap_or(district)
}

/// A name prepared for comparing.
pub(super) struct NameKey {
    /// Letters and marks count, the place of the tone does not.
    pub(super) exact: String,
    /// Only the letters count.
    pub(super) folded: String,
}

impl NameKey {
    pub(super) fn of(name: &str) -> NameKey {
        NameKey {
            exact: exact_words(name),
            folded: folded_words(name),
        }
    }
}

/// The folded words of a text, one space between them.
pub(super) fn folded_words(text: &str) -> String {
    tokens(text).map(|t| t.folded).collect::<Vec<_>>().join(" ")
}

/// The rows below the header. The files are ours and a test counts what they give, so a row that does not parse is left
/// out rather than a reason to fail at run time.
fn rows<T>(
    csv: &'static str,
    parse: fn(&'static str) -> Option<T>,
    code: fn(&T) -> &'static str,
) -> Vec<T> {
    let mut rows: Vec<T> = csv.lines().skip(1).filter_map(parse).collect();
    rows.sort_by_key(code);
    rows
}

/// `code,kind,name,lat,lon,area_km2`; no cell holds a comma.
fn current(line: &'static str) -> Option<Unit> {
    let mut cells = line.split(',');
    Some(Unit {
        code: cells.next()?,
        kind: kind(cells.next()?)?,
        name: cells.next()?,
        lat: number(cells.next()?)?,
        lon: number(cells.next()?)?,
        area_km2: number(cells.next()?)?,
    })
}

/// `code,kind,name,district_code,district,current_code,lat,lon,extent_km`; no cell holds a comma.
fn former(line: &'static str) -> Option<FormerUnit> {
    let mut cells = line.split(',');
    Some(FormerUnit {
        code: cells.next()?,
        kind: kind(cells.next()?)?,
        name: cells.next()?,
        district_code: cells.next()?,
        district: cells.next()?,
        current_code: cells.next()?,
        lat: number(cells.next()?)?,
        lon: number(cells.next()?)?,
        extent_km: number(cells.next()?)?,
    })
}

fn kind(word: &str) -> Option<UnitKind> {
    [UnitKind::Ward, UnitKind::Commune, UnitKind::Township]
        .into_iter()
        .find(|kind| kind.word() == word)
}

fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|n: &f64| n.is_finite())
}
