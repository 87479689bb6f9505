//! What a citizen does: file, supplement, rate, withdraw.
//!
//! Invariant: what `to_bodies` writes, `read` reads, and nothing that `read` refuses leaves the phone.

use std::collections::BTreeMap;

use ciborium::value::Value;

use super::body::{code, is_code, nullable, shape, typed, typed_or_null, Body, FilePart, PartSet};
use crate::author::Author;
use crate::cbor::Malformed;
use crate::fields::{self, or_null, Fields};
use crate::op::PartRole;
use crate::place::Point;
use crate::refusal::Rule;
use crate::text::{self, LONG, SHORT};

/// Most answers to extra questions.
pub const MAX_ANSWERS: usize = 32;

/// `report.new`.
#[derive(Debug, Clone, PartialEq)]
pub struct New {
    /// Code of the category.
    pub category: String,
    /// What happened, 1–4,000 scalars.
    pub text: String,
    /// Code of the ward, when the person chose one.
    pub ward: Option<String>,
    /// Answers to the category's extra questions, by question code.
    pub answers: BTreeMap<String, String>,
    /// The place in words.
    pub place_words: Option<String>,
    /// The exact place.
    pub place: Option<Place>,
    /// Who is behind it.
    pub author: Author,
    /// The photos.
    pub files: Vec<FilePart>,
}

/// An exact place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub at: Point,
    /// Radius of 68 % in metres, as the phone claims it.
    pub accuracy_m: Option<u64>,
    /// How it was found.
    pub source: PlaceSource,
}

/// How a place was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceSource {
    /// By the phone.
    Gps,
    /// The person set a pin.
    Pin,
}

/// `report.supplement`.
#[derive(Debug, Clone, PartialEq)]
pub struct Supplement {
    /// What was asked for, 1–4,000 scalars.
    pub text: String,
    /// More photos.
    pub files: Vec<FilePart>,
}

/// `report.rate`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// 1 to 5.
    pub stars: u8,
    /// Why, 0–1,000 scalars.
    pub text: Option<String>,
}

/// `report.withdraw`.
#[derive(Debug, Clone, PartialEq)]
pub struct Withdraw {
    /// Why.
    pub reason: Option<String>,
}

impl New {
    pub(super) fn read(set: &PartSet<'_>) -> Result<New, Rule> {
        set.only(&[
            PartRole::PUBLIC,
            PartRole::UNIT,
            PartRole::PLACE,
            PartRole::AUTHOR,
            PartRole::FILE,
        ])?;
        let (public, unit) = (set.need(PartRole::PUBLIC)?, set.need(PartRole::UNIT)?);
        Ok(New {
            category: shape(public.value(1).and_then(code))?,
            text: typed(public, 2, &LONG)?,
            ward: shape(public.nullable(3, code))?,
            answers: read_answers(shape(unit.value(1))?)?,
            place_words: typed_or_null(unit, 2, &SHORT)?,
            place: set.get(PartRole::PLACE).map(read_place).transpose()?,
            author: Author::from_fields(set.get(PartRole::AUTHOR).ok_or(Rule::Author)?)?,
            files: set.files()?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        let public = Fields::new()
            .with(1, self.category.as_str())
            .with(2, self.text.as_str())
            .with(3, nullable(&self.ward));
        let answers = self
            .answers
            .iter()
            .map(|(key, text)| (Value::from(key.as_str()), Value::from(text.as_str())));
        let unit = Fields::new()
            .with(1, Value::Map(answers.collect()))
            .with(2, nullable(&self.place_words));
        let mut bodies = vec![(PartRole::PUBLIC, public), (PartRole::UNIT, unit)];
        bodies.extend(self.place.map(|place| (PartRole::PLACE, place.to_fields())));
        bodies.push((PartRole::AUTHOR, self.author.to_fields()));
        bodies.extend(FilePart::bodies(&self.files));
        bodies
    }
}

fn read_answers(value: &Value) -> Result<BTreeMap<String, String>, Rule> {
    let map = value.as_map().ok_or(Rule::Body)?;
    if map.len() > MAX_ANSWERS {
        return Err(Rule::Body);
    }
    let read = |(key, value): &(Value, Value)| {
        let (key, value) = (shape(fields::text(key))?, shape(fields::text(value))?);
        if !is_code(&key) {
            return Err(Rule::Body);
        }
        text::check(&value, &SHORT)?;
        Ok((key, value))
    };
    map.iter().map(read).collect()
}

fn read_place(fields: &Fields) -> Result<Place, Rule> {
    let read = || {
        Ok::<_, Malformed>(Place {
            at: Point {
                lat: fields.int(1)?,
                lon: fields.int(2)?,
            },
            accuracy_m: fields.nullable(3, fields::uint)?,
            source: match fields.uint(4)? {
                1 => PlaceSource::Gps,
                2 => PlaceSource::Pin,
                _ => return Err(Malformed("place source")),
            },
        })
    };
    shape(read()).and_then(|place| {
        if place.at.is_valid() {
            Ok(place)
        } else {
            Err(Rule::Body)
        }
    })
}

impl Place {
    fn to_fields(self) -> Fields {
        let source: u64 = match self.source {
            PlaceSource::Gps => 1,
            PlaceSource::Pin => 2,
        };
        Fields::new()
            .with(1, self.at.lat)
            .with(2, self.at.lon)
            .with(3, or_null(self.accuracy_m))
            .with(4, source)
    }
}

impl Supplement {
    pub(super) fn read(set: &PartSet<'_>) -> Result<Supplement, Rule> {
        set.only(&[PartRole::UNIT, PartRole::FILE])?;
        Ok(Supplement {
            text: typed(set.need(PartRole::UNIT)?, 1, &LONG)?,
            files: set.files()?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        let mut bodies = vec![(PartRole::UNIT, Fields::new().with(1, self.text.as_str()))];
        bodies.extend(FilePart::bodies(&self.files));
        bodies
    }
}

impl Rate {
    pub(super) fn read(set: &PartSet<'_>) -> Result<Rate, Rule> {
        set.only(&[PartRole::UNIT])?;
        let unit = set.need(PartRole::UNIT)?;
        let stars = match shape(unit.int(1))? {
            stars @ 1..=5 => stars as u8,
            _ => return Err(Rule::Stars),
        };
        Ok(Rate {
            stars,
            text: typed_or_null(unit, 2, &SHORT)?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        vec![(
            PartRole::UNIT,
            Fields::new()
                .with(1, self.stars)
                .with(2, nullable(&self.text)),
        )]
    }
}

impl Withdraw {
    pub(super) fn read(set: &PartSet<'_>) -> Result<Withdraw, Rule> {
        set.only(&[PartRole::UNIT])?;
        Ok(Withdraw {
            reason: typed_or_null(set.need(PartRole::UNIT)?, 1, &SHORT)?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        vec![(
            PartRole::UNIT,
            Fields::new().with(1, nullable(&self.reason)),
        )]
    }
}
