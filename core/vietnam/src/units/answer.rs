//! What a question after a unit is answered with.
//!
//! Invariant: several possibilities are never narrowed to one by chance; they are listed, for the person to choose.

use super::{FormerUnit, Unit};
use crate::Language;

/// Whether what was asked for is a unit of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum UnitStatus {
    /// It is one of today's.
    Current,
    /// It is one of 30 June 2025.
    Former,
}

/// An answer: the units of today, and the former one when that is what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved<'e> {
    /// Current or former, as asked.
    pub status: UnitStatus,
    /// The unit of today; several when a former one was split, the one to propose first in front.
    pub successors: Vec<Unit<'e>>,
    /// The former unit that was named; none for an island district, which had no communes.
    pub former: Option<FormerUnit<'e>>,
    /// A former unit of this name went, at least partly, into another unit of today: an old paper may mean that one.
    pub also_former: bool,
    /// No province was said, and the name exists outside the home province too.
    pub home_assumed: bool,
}

impl<'e> Resolved<'e> {
    pub(super) fn current_unit(unit: Unit<'e>) -> Resolved<'e> {
        Resolved {
            status: UnitStatus::Current,
            successors: vec![unit],
            former: None,
            also_former: false,
            home_assumed: false,
        }
    }

    pub(super) fn former_unit(former: FormerUnit<'e>) -> Resolved<'e> {
        Resolved {
            status: UnitStatus::Former,
            successors: former.successors().collect(),
            former: Some(former),
            also_former: false,
            home_assumed: false,
        }
    }

    /// The unit of today; none when a former one was split, which the person must decide.
    #[must_use]
    pub fn current(&self) -> Option<Unit<'e>> {
        match self.successors.as_slice() {
            [unit] => Some(*unit),
            _ => None,
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError<'e> {
    /// No unit, of today or of 30 June 2025, has this code or name there.
    #[error("unknown-code")]
    Unknown,
    /// Several units fit; those of today are listed by code.
    #[error("ambiguous")]
    Ambiguous(Vec<Unit<'e>>),
}

impl UnitError<'_> {
    /// What to tell a person.
    #[must_use]
    pub fn text(&self, language: Language) -> &'static str {
        match (self, language) {
            (UnitError::Unknown, Language::Vi) => "Không tìm thấy đơn vị hành chính này.",
            (UnitError::Unknown, Language::En) => "No administrative unit by that code or name.",
            (UnitError::Ambiguous(_), Language::Vi) => {
                "Có nhiều đơn vị trùng tên; hãy chọn một, hoặc ghi rõ loại, huyện và tỉnh."
            }
            (UnitError::Ambiguous(_), Language::En) => {
                "Several units bear that name: choose one, or say its kind, district and province."
            }
        }
    }
}
