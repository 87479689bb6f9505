//! An address as people type it: `12/3 Lê Lợi, p Phú Hội, TP Huế`, `xa phu ho h phu vang hue`, `TP.HCM, Q1, P. Bến Nghé`.
//!
//! Invariant: what was taken for a unit and what is kept as the rest cover the text; a part that names a district or a province is never passed over, so that a ward of
//! the same name elsewhere is not offered. Work is bounded: 512 bytes, 64 words, a few hundred readings.

mod choose;
mod spans;
mod words;

use super::resolve::{Scope, MAX_TEXT};
use super::{Code, Edition, Province, Query, Resolved, UnitError, UnitStatus};

/// What an address says.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadAddress<'e> {
    /// The ward or commune it lies in.
    pub unit: Resolved<'e>,
    /// The words that are no unit, as they stand: number, street, hamlet.
    pub rest: String,
}

impl Edition {
    /// Reads an address, or a code of five digits. Any order of the levels, old (three) or new (two); with or without kinds, abbreviations, marks and commas. Without
    /// comma and kind a ward counts only where what follows it is a district or a province.
    ///
    /// # Errors
    ///
    /// See [`UnitError`]; also unknown: a text longer than 512 bytes, and one that names a province or district but no unit there.
    pub fn read_address(
        &self,
        text: &str,
        query: &Query<'_>,
    ) -> Result<ReadAddress<'_>, UnitError<'_>> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            return Err(UnitError::Unknown);
        }
        if Code::number(text, 5).is_some() {
            return Ok(ReadAddress {
                unit: self.resolve_code(text, query.on)?,
                rest: String::new(),
            });
        }
        let words = words::Words::of(text);
        let spans = spans::Spans::find(self, &words);
        let chosen = choose::choose(
            self,
            &words,
            &spans,
            &Scope::new(self, query, !text.is_ascii()),
        )?;
        Ok(ReadAddress {
            unit: chosen.unit,
            rest: words.rest(&chosen.taken),
        })
    }
}

impl<'e> ReadAddress<'e> {
    /// The province of today, where the units of the answer agree on one.
    #[must_use]
    pub fn province(&self) -> Option<Province<'e>> {
        let first = self.unit.successors.first()?.province;
        let all = &self.unit.successors;
        all.iter().all(|u| u.province == first).then_some(first)
    }

    /// The address in today's form: the rest, the unit, the province; none when a former unit was split.
    #[must_use]
    pub fn today(&self) -> Option<String> {
        let unit = self.unit.current()?;
        let rest = match self.rest.as_str() {
            "" => String::new(),
            rest => format!("{rest}, "),
        };
        Some(format!("{rest}{unit}"))
    }

    /// Whether it names a unit of today.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.unit.status == UnitStatus::Current
    }
}
