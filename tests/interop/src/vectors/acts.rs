//! Vectors of ops and of the acts in bundles.

use hues_crypto::hpke::HpkeError;
use hues_env::{Random, SeededRandom};
use hues_protocol::author::Author;
use hues_protocol::bundle::Bundle;
use hues_protocol::fields::{blob, Fields};
use hues_protocol::ids::{Hash, OpHash, OpId, Subject};
use hues_protocol::keys::Role;
use hues_protocol::kinds::report::{New, Place, PlaceSource, Rate};
use hues_protocol::kinds::staff::{Assign, Publish};
use hues_protocol::kinds::{Act, FilePart};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::{OpHeader, PartRole};
use hues_protocol::part::{references, Part};
use hues_protocol::place::Point;
use hues_protocol::sign1::Sign1;
use serde_json::json;

use super::{hexed, VectorFile};
use crate::world::{World, NOW};

fn header(random: &mut SeededRandom, parts: &[Part], sequence: u64) -> OpHeader {
    OpHeader {
        op_id: OpId(random.uuid_v4()),
        lane_key: [0; 32],
        sequence,
        previous: if sequence == 1 {
            OpHash::NONE
        } else {
            OpHash([8; 32])
        },
        beacon: Some(Hash([2; 32])),
        kind: "report.new".to_owned(),
        kind_version: 1,
        parts: references(parts),
        claimed_time: NOW,
        subject: Subject(random.uuid_v4()),
        replaces: None,
    }
}

pub(super) fn ops() -> VectorFile {
    let mut file = VectorFile::new("ops", "op headers, §3: verified under their own lane key");
    let random = &mut SeededRandom::new(11);
    let lane = LaneKey::from_seed(&[3; 32]);
    let part = Part::with_salt(PartRole::PUBLIC, Fields::new().with(1, "x"), [4; 16])
        .into_iter()
        .collect::<Vec<_>>();
    let first = OpHeader {
        lane_key: lane.public(),
        ..header(random, &part, 1)
    };
    let later = OpHeader {
        beacon: None,
        replaces: Some(OpHash([9; 32])),
        kind: "lane.tombstone".into(),
        parts: vec![],
        ..first.clone()
    };
    let later = OpHeader {
        sequence: 2,
        previous: OpHash([8; 32]),
        ..later
    };
    let sign = |fields: Fields| hexed(Sign1::sign(fields, lane.signing_key(), None).bytes());
    file.frozen("first of its lane", "op", sign(first.to_fields()));
    file.frozen("tombstone without a beacon", "op", sign(later.to_fields()));
    file.frozen(
        "unknown keys are kept",
        "op",
        sign(first.to_fields().with(77, "later")),
    );
    file.wanted(
        "another label",
        "op",
        sign(first.to_fields().with(0, "hues.op.v2")),
        json!("label"),
    );
    file.wanted(
        "grant",
        "op",
        sign(first.to_fields().with(12, 1)),
        json!("grant"),
    );
    file.wanted(
        "another lane's key",
        "op",
        sign(first.to_fields().with(2, blob(&[1; 32]))),
        json!("signature"),
    );
    for (name, fields) in [
        ("sequence 0", first.to_fields().with(3, 0)),
        ("sequence 2 without previous", first.to_fields().with(3, 2)),
        ("kind in capitals", first.to_fields().with(6, "Report")),
        (
            "kind of 41 letters",
            first.to_fields().with(6, "a".repeat(41)),
        ),
        ("negative time", first.to_fields().with(9, -1)),
        (
            "op id of 15 bytes",
            first.to_fields().with(1, blob(&[1; 15])),
        ),
        (
            "replaces null",
            first.to_fields().with(11, ciborium::Value::Null),
        ),
    ] {
        file.wanted(name, "op", sign(fields), json!("malformed"));
    }
    let with_kid = Sign1::sign(
        first.to_fields(),
        lane.signing_key(),
        Some(hues_protocol::Kid([1; 8])),
    );
    file.wanted(
        "an op names no kid",
        "op",
        hexed(with_kid.bytes()),
        json!("malformed"),
    );
    file
}

/// Acts of several kinds, good and each breaking one rule.
pub(super) fn bundles(world: &World) -> Result<VectorFile, HpkeError> {
    let mut file = VectorFile::new(
        "bundles",
        "bundles and what their parts say, §3 and §6: the kind, or the refusal rule",
    );
    let random = &mut SeededRandom::new(12);
    let lane = LaneKey::from_seed(&[3; 32]);
    let photo = FilePart {
        sha256: Hash([6; 32]),
        bytes: 312_345,
        media_type: "image/jpeg".into(),
        width: 1600,
        height: 1200,
    };
    let disclosure = world.keys.keys_of(Role::Disclosure, NOW).next().cloned();
    let sealed =
        disclosure.and_then(|key| Author::sealed(&world.device, &lane.public(), &key, random).ok());
    let report = New {
        category: "ha_tang.ngap_lut".into(),
        text: "Nước lên đến gối, xe không qua được".into(),
        ward: Some("19789".into()),
        answers: [("do_sau".to_owned(), "dau_goi".to_owned())].into(),
        place_words: Some("trước chợ".into()),
        place: Some(Place {
            at: Point {
                lat: 164_637_000,
                lon: 1_075_909_000,
            },
            accuracy_m: Some(12),
            source: PlaceSource::Gps,
        }),
        author: sealed.unwrap_or(Author::Anonymous),
        files: vec![photo; 8],
    };
    let publish = Publish {
        category: report.category.clone(),
        text: report.text.clone(),
        ward: None,
        place: Some(
            Point {
                lat: 164_637_000,
                lon: 1_075_909_000,
            }
            .coarsen(100),
        ),
        photos: vec![Hash([6; 32])],
        answer: None,
    };
    let named = New {
        author: Author::named(&world.device, &lane.public()),
        ..report.clone()
    };
    let stranger = New {
        author: Author::named(&world.device, &[1; 32]),
        ..report.clone()
    };
    let mut add = |name: &str, act: Act, bend: &dyn Fn(OpHeader) -> OpHeader, out: Option<&str>| {
        let parts = act.to_parts(random).unwrap_or_default();
        let plain = OpHeader {
            kind: act.kind().name().to_owned(),
            ..header(random, &parts, 1)
        };
        let bundle = bend(plain)
            .sign(&lane)
            .ok()
            .and_then(|op| Bundle::new(op, parts).ok());
        let input = hexed(&bundle.map(|bundle| bundle.encode()).unwrap_or_default());
        match out {
            Some(rule) => file.wanted(name, "bundle", input, json!(rule)),
            None => file.frozen(name, "bundle", input),
        }
    };
    let same = |header: OpHeader| header;
    add(
        "a sealed report with eight photos",
        Act::New(report.clone()),
        &same,
        None,
    );
    add("a named report", Act::New(named), &same, None);
    add(
        "an anonymous report",
        Act::New(New {
            author: Author::Anonymous,
            place: None,
            files: vec![],
            ..report
        }),
        &same,
        None,
    );
    add(
        "a rating",
        Act::Rate(Rate {
            stars: 5,
            text: None,
        }),
        &same,
        None,
    );
    add(
        "an assignment to a ward",
        Act::Assign(Assign {
            unit: "ward:19789".into(),
        }),
        &same,
        None,
    );
    add("a publication", Act::Publish(publish), &same, None);
    let replaces = |header: OpHeader| OpHeader {
        replaces: Some(OpHash([7; 32])),
        ..header
    };
    add("a tombstone", Act::Tombstone, &replaces, None);
    add(
        "a tombstone that replaces nothing",
        Act::Tombstone,
        &same,
        Some("replaces"),
    );
    add(
        "an author certified for another lane",
        Act::New(stranger),
        &same,
        Some("author"),
    );
    let rename = |kind: &'static str, version| {
        move |header: OpHeader| OpHeader {
            kind: kind.into(),
            kind_version: version,
            ..header
        }
    };
    add(
        "a kind of a later protocol",
        Act::Rate(Rate {
            stars: 5,
            text: None,
        }),
        &rename("report.sing", 1),
        Some("kind-unknown"),
    );
    add(
        "a later version of a kind",
        Act::Rate(Rate {
            stars: 5,
            text: None,
        }),
        &rename("report.rate", 2),
        Some("kind-version"),
    );
    add(
        "parts of another kind",
        Act::Rate(Rate {
            stars: 5,
            text: None,
        }),
        &rename("staff.refuse", 1),
        Some("body"),
    );
    bent_bodies(&mut file, &lane);
    Ok(file)
}

/// Bodies that no honest writer makes, under good signatures.
fn bent_bodies(file: &mut VectorFile, lane: &LaneKey) {
    let random = &mut SeededRandom::new(13);
    let unit = |fields: Fields| vec![(PartRole::UNIT, fields)];
    let public = |fields: Fields| vec![(PartRole::PUBLIC, fields)];
    let null = || ciborium::Value::Null;
    for (name, kind, bodies, out) in [
        (
            "six stars",
            "report.rate",
            unit(Fields::new().with(1, 6).with(2, null())),
            "stars",
        ),
        (
            "no stars",
            "report.rate",
            unit(Fields::new().with(1, 0).with(2, null())),
            "stars",
        ),
        (
            "stars in words",
            "report.rate",
            unit(Fields::new().with(1, "five").with(2, null())),
            "body",
        ),
        (
            "text key left out",
            "report.rate",
            unit(Fields::new().with(1, 5)),
            "body",
        ),
        (
            "empty reason",
            "staff.refuse",
            public(Fields::new().with(1, "")),
            "text-empty",
        ),
        (
            "white space",
            "staff.refuse",
            public(Fields::new().with(1, " \n\u{a0}")),
            "text-empty",
        ),
        (
            "4,000 scalars outside the BMP",
            "staff.refuse",
            public(Fields::new().with(1, "🌊".repeat(4_000))),
            "",
        ),
        (
            "4,001 scalars",
            "staff.refuse",
            public(Fields::new().with(1, "đ".repeat(4_001))),
            "text-long",
        ),
        (
            "NFD",
            "staff.refuse",
            public(Fields::new().with(1, "Hue\u{0302}\u{0301}")),
            "body",
        ),
        (
            "control character",
            "staff.refuse",
            public(Fields::new().with(1, "a\u{7}")),
            "body",
        ),
        (
            "unit code with a space",
            "staff.assign",
            unit(Fields::new().with(1, "a b")),
            "body",
        ),
        (
            "a part too many",
            "staff.refuse",
            [public(Fields::new().with(1, "x")), unit(Fields::new())].concat(),
            "body",
        ),
        (
            "a role twice",
            "report.withdraw",
            [
                unit(Fields::new().with(1, null())),
                unit(Fields::new().with(1, null())),
            ]
            .concat(),
            "body",
        ),
        ("no parts", "report.withdraw", vec![], "body"),
    ] {
        let parts: Vec<Part> = bodies
            .into_iter()
            .filter_map(|(role, body)| Part::new(role, body, random).ok())
            .collect();
        let header = OpHeader {
            kind: kind.to_owned(),
            ..header(random, &parts, 1)
        };
        let bundle = header
            .sign(lane)
            .ok()
            .and_then(|op| Bundle::new(op, parts).ok());
        let input = hexed(&bundle.map(|bundle| bundle.encode()).unwrap_or_default());
        match out {
            "" => file.frozen(name, "bundle", input),
            rule => file.wanted(name, "bundle", input, json!(rule)),
        }
    }
}
