//! A question after a unit as it comes from outside, and the answer as it is printed: what `hues inspect unit` and the shared vectors read.
//!
//! Invariant: exactly one of code, text and ward is asked.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde::Deserialize;
use serde_json::json;

use super::{hue, Address, Edition, Query, Resolved, UnitError, UnitStatus};
use crate::{Date, Language};

/// A question; unknown fields are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Question {
    /// An official code of five digits.
    pub code: Option<String>,
    /// An address as people type it.
    pub text: Option<String>,
    /// Ward, commune or township, with or without its kind.
    pub ward: Option<String>,
    /// Its district of before July 2025.
    pub district: Option<String>,
    /// Its province or city.
    pub province: Option<String>,
    /// The day of the paper.
    pub on: Option<Date>,
}

/// What a [`Question`] is answered with. Serializes to the fields that `docs/cli.md` names.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply<'e> {
    /// The unit.
    pub unit: Resolved<'e>,
    /// Words of the text that are no unit; none where no text was asked.
    pub rest: Option<String>,
}

/// Why a [`Question`] has no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum QuestionError<'e> {
    /// Not one of code, text and ward.
    #[error("format")]
    Format,
    /// See there.
    #[error("{0}")]
    Unit(UnitError<'e>),
}

impl<'e> From<UnitError<'e>> for QuestionError<'e> {
    fn from(e: UnitError<'e>) -> QuestionError<'e> {
        QuestionError::Unit(e)
    }
}

impl QuestionError<'_> {
    /// What to tell a person.
    #[must_use]
    pub fn text(&self, language: Language) -> &'static str {
        match (self, language) {
            (QuestionError::Format, Language::Vi) => {
                "Hãy hỏi bằng đúng một trong: code, text, ward."
            }
            (QuestionError::Format, Language::En) => "Ask with just one of code, text, ward.",
            (QuestionError::Unit(e), language) => e.text(language),
        }
    }
}

impl Edition {
    /// Answers a question as this app's city asks: where no province is said, a unit of Huế is meant before all others.
    ///
    /// # Errors
    ///
    /// See [`QuestionError`].
    pub fn answer(&self, question: &Question) -> Result<Reply<'_>, QuestionError<'_>> {
        let query = Query {
            on: question.on,
            ..hue::QUERY
        };
        let only = |unit| Reply { unit, rest: None };
        match (&question.code, &question.text, &question.ward) {
            (Some(code), None, None) => Ok(only(self.resolve_code(code, query.on)?)),
            (None, Some(text), None) => {
                let found = self.read_address(text, &query)?;
                Ok(Reply {
                    unit: found.unit,
                    rest: Some(found.rest),
                })
            }
            (None, None, Some(ward)) => {
                let address = Address {
                    ward,
                    district: question.district.as_deref(),
                    province: question.province.as_deref(),
                };
                Ok(only(self.resolve(&address, &query)?))
            }
            _ => Err(QuestionError::Format),
        }
    }
}

impl Resolved<'_> {
    /// Ids of what a person should know about the answer: `split` (several successors, none is *the* unit of today), `also-former`, `home-assumed`.
    #[must_use]
    pub fn warnings(&self) -> Vec<&'static str> {
        let all = [
            (self.current().is_none(), "split"),
            (self.also_former, "also-former"),
            (self.home_assumed, "home-assumed"),
        ];
        all.into_iter()
            .filter_map(|(is, id)| is.then_some(id))
            .collect()
    }
}

impl Serialize for Reply<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let found = &self.unit;
        let current = found.current();
        let successors: Vec<_> = found
            .successors
            .iter()
            .map(|u| json!({"code": u.code.as_str(), "name": u.full_name(), "province": u.province.name}))
            .collect();
        let former = found.former.map(|old| {
            json!({
                "code": old.code.as_str(),
                "name": old.full_name(),
                "district": old.district.full_name(),
                "province": old.district.province.full_name(),
            })
        });
        let status = match found.status {
            UnitStatus::Current => "current",
            UnitStatus::Former => "former",
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("status", status)?;
        map.serialize_entry("current_code", &current.map(|u| u.code.to_string()))?;
        map.serialize_entry("current_name", &current.map(|u| u.full_name()))?;
        map.serialize_entry(
            "province_code",
            &current.map(|u| u.province.code.to_string()),
        )?;
        map.serialize_entry("province_name", &current.map(|u| u.province.full_name()))?;
        map.serialize_entry("successors", &successors)?;
        map.serialize_entry("former", &former)?;
        map.serialize_entry("rest", &self.rest)?;
        map.serialize_entry("warnings", &found.warnings())?;
        map.end()
    }
}
