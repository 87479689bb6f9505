//! The administrative units of Việt Nam, then and now: 63 provinces, 696 districts and 10,035 communes on 30 June 2025, 34 provinces and 3,321 units since 1 July
//! 2025, and what became what.
//!
//! Invariant: a code is text of five digits and never changes its owner within one of the two lists, but the same code may
//! stand in both (a new ward took the code of an old one): look up in the list you mean. The data is that of
//! `data/README.md`; where a place lies is an estimate from points until a city loads its official boundaries.
//!
//! ```
//! use hues_vietnam::units::{built_in, Query, UnitStatus};
//! let units = built_in();
//! assert_eq!(units.by_code("19789").map(|u| u.full_name()).as_deref(), Some("Phường Thuận Hóa"));
//! let found = units.read_address("12/3 Lê Lợi, p Phú Hội, TP Huế", &Query::default())?;
//! assert_eq!(found.unit.status, UnitStatus::Former);
//! assert_eq!(found.unit.current().map(|u| u.name), Some("Thuận Hóa"));
//! assert_eq!(found.rest, "12/3 Lê Lợi");
//! # Ok::<(), hues_vietnam::units::UnitError>(())
//! ```

mod address;
mod answer;
mod boundary;
mod build;
mod changes;
mod edition;
pub mod hue;
mod key;
mod layout;
mod model;
mod nearest;
mod place_names;
mod question;
mod resolve;

use std::sync::LazyLock;

pub use address::ReadAddress;
pub use answer::{Resolved, UnitError, UnitStatus};
pub use boundary::{Boundaries, BoundaryBuildError, BoundaryError, Within};
pub use build::{build, BuildError, Tables};
pub use changes::{Change, Changes};
pub use edition::{Edition, EditionError, List};
pub use model::{Code, District, DistrictKind, FormerUnit, Province, ProvinceKind, Unit, UnitKind};
pub use nearest::{Candidate, MAX_CANDIDATES};
pub use question::{Question, QuestionError, Reply};
pub use resolve::{Address, Query};

static BUILT_IN: &[u8] = include_bytes!("../../data/units.pack");

/// The edition that the library brings along. Newer ones: [`Edition::parse`].
#[must_use]
pub fn built_in() -> &'static Edition {
    static EDITION: LazyLock<Edition> =
        LazyLock::new(|| Edition::parse(BUILT_IN).unwrap_or_else(|_| Edition::empty()));
    &EDITION
}

#[cfg(test)]
mod tests;
