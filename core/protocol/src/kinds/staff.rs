//! What an officer does: verify, refuse, assign, ask, answer, publish.
//!
//! Invariant: a publication holds exactly what everyone will read; nothing is added to it later.

use ciborium::value::Value;

use super::body::{code, nullable, shape, typed, typed_or_null, Body, FilePart, PartSet};
use crate::cbor::Malformed;
use crate::fields::{self, blob, or_null, Fields};
use crate::ids::Hash;
use crate::op::PartRole;
use crate::place::{CoarsePoint, Point};
use crate::refusal::Rule;
use crate::text::{LONG, SHORT};

/// Most photos of one publication: a report's own and an answer's.
pub const MAX_PUBLIC_PHOTOS: usize = 24;

/// `staff.verify`.
#[derive(Debug, Clone, PartialEq)]
pub struct Verify {
    /// For the colleagues.
    pub note: Option<String>,
}

/// `staff.refuse`.
#[derive(Debug, Clone, PartialEq)]
pub struct Refuse {
    /// Why, 1–4,000 scalars.
    pub reason: String,
}

/// `staff.assign`.
#[derive(Debug, Clone, PartialEq)]
pub struct Assign {
    /// Code of the handling unit.
    pub unit: String,
}

/// `staff.ask`.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// What the unit needs to know, 1–4,000 scalars.
    pub question: String,
}

/// `staff.answer`.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The unit's answer, 1–4,000 scalars.
    pub answer: String,
    /// Photos of what was done.
    pub files: Vec<FilePart>,
}

/// `staff.publish`.
#[derive(Debug, Clone, PartialEq)]
pub struct Publish {
    /// Code of the category.
    pub category: String,
    /// The text, perhaps with names taken out.
    pub text: String,
    /// Code of the ward.
    pub ward: Option<String>,
    /// The place, on the grid of the category's coarsening.
    pub place: Option<CoarsePoint>,
    /// SHA-256 of the photos to show.
    pub photos: Vec<Hash>,
    /// The unit's answer.
    pub answer: Option<String>,
}

impl Verify {
    pub(super) fn read(set: &PartSet<'_>) -> Result<Verify, Rule> {
        set.only(&[PartRole::UNIT])?;
        Ok(Verify {
            note: typed_or_null(set.need(PartRole::UNIT)?, 1, &SHORT)?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        vec![(PartRole::UNIT, Fields::new().with(1, nullable(&self.note)))]
    }
}

impl Refuse {
    pub(super) fn read(set: &PartSet<'_>) -> Result<Refuse, Rule> {
        set.only(&[PartRole::PUBLIC])?;
        Ok(Refuse {
            reason: typed(set.need(PartRole::PUBLIC)?, 1, &LONG)?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        vec![(
            PartRole::PUBLIC,
            Fields::new().with(1, self.reason.as_str()),
        )]
    }
}

impl Assign {
    pub(super) fn read(set: &PartSet<'_>) -> Result<Assign, Rule> {
        set.only(&[PartRole::UNIT])?;
        Ok(Assign {
            unit: shape(set.need(PartRole::UNIT)?.value(1).and_then(code))?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        vec![(PartRole::UNIT, Fields::new().with(1, self.unit.as_str()))]
    }
}

impl Ask {
    pub(super) fn read(set: &PartSet<'_>) -> Result<Ask, Rule> {
        set.only(&[PartRole::UNIT])?;
        Ok(Ask {
            question: typed(set.need(PartRole::UNIT)?, 1, &LONG)?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        vec![(
            PartRole::UNIT,
            Fields::new().with(1, self.question.as_str()),
        )]
    }
}

impl Answer {
    pub(super) fn read(set: &PartSet<'_>) -> Result<Answer, Rule> {
        set.only(&[PartRole::PUBLIC, PartRole::FILE])?;
        Ok(Answer {
            answer: typed(set.need(PartRole::PUBLIC)?, 1, &LONG)?,
            files: set.files()?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        let mut bodies = vec![(
            PartRole::PUBLIC,
            Fields::new().with(1, self.answer.as_str()),
        )];
        bodies.extend(FilePart::bodies(&self.files));
        bodies
    }
}

impl Publish {
    pub(super) fn read(set: &PartSet<'_>) -> Result<Publish, Rule> {
        set.only(&[PartRole::PUBLIC])?;
        let public = set.need(PartRole::PUBLIC)?;
        let photos = shape(public.list(5))?;
        if photos.len() > MAX_PUBLIC_PHOTOS {
            return Err(Rule::FilesMany);
        }
        Ok(Publish {
            category: shape(public.value(1).and_then(code))?,
            text: typed(public, 2, &LONG)?,
            ward: shape(public.nullable(3, code))?,
            place: shape(public.nullable(4, coarse_point))?,
            photos: shape(
                photos
                    .iter()
                    .map(|hash| fields::array(hash).map(Hash))
                    .collect(),
            )?,
            answer: typed_or_null(public, 6, &(0..=4_000))?,
        })
    }

    pub(super) fn to_bodies(&self) -> Vec<Body> {
        let place = self.place.map(|place| {
            Value::Array(vec![
                place.at.lat.into(),
                place.at.lon.into(),
                place.grid_m.into(),
            ])
        });
        let public = Fields::new()
            .with(1, self.category.as_str())
            .with(2, self.text.as_str())
            .with(3, nullable(&self.ward))
            .with(4, or_null(place))
            .with(
                5,
                Value::Array(self.photos.iter().map(|hash| blob(&hash.0)).collect()),
            )
            .with(6, nullable(&self.answer));
        vec![(PartRole::PUBLIC, public)]
    }
}

fn coarse_point(value: &Value) -> Result<CoarsePoint, Malformed> {
    let [lat, lon, grid] = fields::list(value)? else {
        return Err(Malformed("place"));
    };
    let place = CoarsePoint {
        at: Point {
            lat: fields::int(lat)?,
            lon: fields::int(lon)?,
        },
        grid_m: fields::uint(grid)?,
    };
    if place.is_valid() {
        Ok(place)
    } else {
        Err(Malformed("place not on its grid"))
    }
}
