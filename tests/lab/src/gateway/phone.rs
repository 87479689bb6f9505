//! What the attacker signs: lanes, ops and bundles like a phone's, and ones no phone would make.
//!
//! Invariant: words are invented and carry a mark of their own, so that a leak of them is found wherever it comes up.

use std::collections::BTreeMap;

use hues_crypto::hash::sha256;
use hues_crypto::sign::SigningKey;
use hues_env::{Random as _, SystemRandom};
use hues_protocol::author::Author;
use hues_protocol::bundle;
use hues_protocol::config::{Category, Config, QuestionType};
use hues_protocol::fields::{blob, Fields};
use hues_protocol::ids::{Hash, LaneId, OpHash, OpId, Subject};
use hues_protocol::keys::{KeyList, Role};
use hues_protocol::kinds::report::{New, Place, PlaceSource};
use hues_protocol::kinds::{Act, FilePart};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::{OpHeader, SignedOp};
use hues_protocol::part::{references, Part};
use hues_protocol::place::Point;

use super::model::{not_tried, Checked};

/// Words that only the unit and the intake may read.
pub(super) const UNIT_ONLY: &str = "hues-lab-unit-only";
/// The exact place of every report made here: digits that no publication may show.
pub(super) const EXACT: Point = Point {
    lat: 164_637_123,
    lon: 1_075_909_457,
};

/// One lane and how far it got.
pub(super) struct Lane {
    pub(super) key: LaneKey,
    pub(super) subject: Subject,
    pub(super) sequence: u64,
    pub(super) previous: OpHash,
}

impl Lane {
    pub(super) fn fresh() -> Lane {
        Lane::about(Subject(SystemRandom.uuid_v4()))
    }

    pub(super) fn about(subject: Subject) -> Lane {
        Lane {
            key: LaneKey::generate(&mut SystemRandom),
            subject,
            sequence: 0,
            previous: OpHash::NONE,
        }
    }

    /// The same lane in the hands of a phone that was restored from a copy made now.
    pub(super) fn copy(&self) -> Lane {
        Lane {
            key: LaneKey::from_seed(self.key.expose_seed()),
            ..*self
        }
    }

    pub(super) fn id(&self) -> LaneId {
        self.key.id()
    }

    /// The city took it: the lane moves on.
    pub(super) fn taken(&mut self, offer: &Offer) {
        self.sequence = offer.op.header().sequence;
        self.previous = offer.op.hash();
    }

    pub(super) fn offer(&self, act: &Act) -> Checked<Offer> {
        let parts = act
            .to_parts(&mut SystemRandom)
            .map_err(|rule| not_tried(format!("cannot make the op: {rule}")))?;
        self.sign(act.kind().name(), parts, |_| {})
    }

    /// Signs whatever it is, after `edit`.
    pub(super) fn sign(
        &self,
        kind: &str,
        parts: Vec<Part>,
        edit: impl FnOnce(&mut OpHeader),
    ) -> Checked<Offer> {
        let mut header = self.header(kind, &parts);
        edit(&mut header);
        let op = header
            .sign(&self.key)
            .map_err(|why| not_tried(format!("cannot sign the op: {why}")))?;
        Ok(Offer { op, parts })
    }

    pub(super) fn header(&self, kind: &str, parts: &[Part]) -> OpHeader {
        OpHeader {
            op_id: OpId(SystemRandom.uuid_v4()),
            lane_key: self.key.public(),
            sequence: self.sequence + 1,
            previous: self.previous,
            beacon: None,
            kind: kind.to_owned(),
            kind_version: 1,
            parts: references(parts),
            claimed_time: 1_761_638_400_000,
            subject: self.subject,
            replaces: None,
        }
    }
}

/// An op with its parts.
#[derive(Clone)]
pub(super) struct Offer {
    pub(super) op: SignedOp,
    pub(super) parts: Vec<Part>,
}

impl Offer {
    pub(super) fn id(&self) -> OpId {
        self.op.header().op_id
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        bundle_of(self.op.bytes(), &self.parts)
    }

    pub(super) fn says(&self) -> String {
        let header = self.op.header();
        format!(
            "{} {} (place {} of its lane)",
            header.kind, header.op_id, header.sequence
        )
    }
}

/// A bundle of any bytes: not held to what a good one is.
pub(super) fn bundle_of(op: &[u8], parts: &[Part]) -> Vec<u8> {
    let parts = parts.iter().map(|part| blob(part.bytes())).collect();
    let map = Fields::new()
        .with(0, bundle::LABEL)
        .with(1, blob(op))
        .with(2, ciborium::value::Value::Array(parts));
    hues_protocol::cbor::encode(&map.to_value())
}

/// What is needed to write a report that this city takes.
pub(super) struct Form {
    pub(super) category: String,
    pub(super) grid_m: u64,
    answers: BTreeMap<String, String>,
}

impl Form {
    /// The first category one can file under, its required questions answered.
    pub(super) fn of(config: &Config) -> Option<Form> {
        let category = config.categories.iter().find(|c| !c.group)?;
        Some(Form {
            category: category.code.clone(),
            grid_m: category.coarsen_m,
            answers: answers(category),
        })
    }

    pub(super) fn report(&self, author: Author, mark: &str) -> New {
        New {
            category: self.category.clone(),
            text: format!("Thử cổng {mark}"),
            ward: None,
            answers: self.answers.clone(),
            place_words: Some(format!("{UNIT_ONLY}-{mark}")),
            place: Some(Place {
                at: EXACT,
                accuracy_m: Some(12),
                source: PlaceSource::Gps,
            }),
            author,
            files: Vec::new(),
        }
    }
}

fn answers(category: &Category) -> BTreeMap<String, String> {
    let answer = |kind: &QuestionType, first: Option<String>| match kind {
        QuestionType::Number => "1".to_owned(),
        QuestionType::YesNo => "yes".to_owned(),
        _ => first.unwrap_or_else(|| "x".to_owned()),
    };
    category
        .questions
        .iter()
        .filter(|question| question.required)
        .map(|q| {
            let first = q.options.first().map(|option| option.code.clone());
            (q.code.clone(), answer(&q.kind, first))
        })
        .collect()
}

/// A sealed author where the city has a disclosure key, else a named one.
pub(super) fn author(keys: &KeyList, at: i64, device: &SigningKey, lane: &Lane) -> Checked<Author> {
    let public = lane.key.public();
    match keys.keys_of(Role::Disclosure, at).next() {
        None => Ok(Author::named(device, &public)),
        Some(disclosure) => Author::sealed(device, &public, disclosure, &mut SystemRandom)
            .map_err(|why| not_tried(format!("the disclosure key of the list: {why}"))),
    }
}

/// A clean picture of some kilobytes.
pub(super) fn photo(seed: u64) -> Checked<(Vec<u8>, FilePart)> {
    let raw = hues_media::testkit::generate(seed, 320, 240, &hues_media::testkit::Extras::none());
    let clean = hues_media::clean(&raw, &hues_media::Limits::default())
        .map_err(|why| not_tried(format!("cannot make a photo: {why}")))?;
    let part = file_part(&clean.jpeg, clean.width.into(), clean.height.into());
    Ok((clean.jpeg, part))
}

pub(super) fn file_part(bytes: &[u8], width: u64, height: u64) -> FilePart {
    FilePart {
        sha256: Hash(sha256(bytes)),
        bytes: bytes.len() as u64,
        media_type: "image/jpeg".into(),
        width,
        height,
    }
}
