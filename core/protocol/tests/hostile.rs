//! What comes from outside, bent and cut at random: every decoder answers with a type, never with a panic.
#![allow(clippy::unwrap_used)] // a test file: helpers outside #[test] fail loudly too

use hues_crypto::sign::SigningKey;
use hues_env::SeededRandom;
use hues_protocol::author::Author;
use hues_protocol::beacon::Beacon;
use hues_protocol::bundle::Bundle;
use hues_protocol::city::{CitySigned, Parsed, Signed};
use hues_protocol::config::Config;
use hues_protocol::ids::{Epoch, Hash, LaneId, OpHash, OpId, Subject};
use hues_protocol::keys::{KeyEntry, KeyList, KeyListBody, Role};
use hues_protocol::kinds::report::{New, Place, PlaceSource, Rate, Supplement, Withdraw};
use hues_protocol::kinds::staff::{Answer, Ask, Assign, Publish, Refuse, Verify};
use hues_protocol::kinds::{Act, FilePart, Kind};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::{OpHeader, SignedOp, MAX_KIND_VERSION, MAX_PARTS};
use hues_protocol::part::{references, Part};
use hues_protocol::place::Point;
use hues_protocol::proof::{verify, Proof};
use hues_protocol::receipt::Receipt;
use hues_protocol::{page::Page, Malformed};
use proptest::prelude::*;

const LATE: i64 = i64::MAX;

fn photo() -> FilePart {
    FilePart {
        sha256: Hash([6; 32]),
        bytes: 300_000,
        media_type: "image/jpeg".into(),
        width: 1600,
        height: 1200,
    }
}

fn report() -> New {
    New {
        category: "ha_tang.ngap_lut".into(),
        text: "Nước lên đến gối".into(),
        ward: Some("19789".into()),
        answers: [("do_sau".to_owned(), "dau_goi".to_owned())].into(),
        place_words: Some("trước chợ".into()),
        place: Some(Place {
            at: Point {
                lat: 164_637_000,
                lon: 1_075_909_000,
            },
            accuracy_m: None,
            source: PlaceSource::Pin,
        }),
        author: Author::Anonymous,
        files: vec![photo(); 8],
    }
}

fn every_act() -> Vec<Act> {
    let at = Point {
        lat: 164_637_000,
        lon: 1_075_909_000,
    };
    vec![
        Act::New(report()),
        Act::Supplement(Supplement {
            text: "thêm".into(),
            files: vec![photo()],
        }),
        Act::Rate(Rate {
            stars: 4,
            text: Some("tốt".into()),
        }),
        Act::Withdraw(Withdraw { reason: None }),
        Act::Tombstone,
        Act::Verify(Verify { note: None }),
        Act::Refuse(Refuse {
            reason: "trùng".into(),
        }),
        Act::Assign(Assign {
            unit: "ward:19789".into(),
        }),
        Act::Ask(Ask {
            question: "Ở đâu?".into(),
        }),
        Act::Answer(Answer {
            answer: "Đã vá".into(),
            files: vec![photo()],
        }),
        Act::Publish(Publish {
            category: "c".into(),
            text: "t".into(),
            ward: None,
            place: Some(at.coarsen(100)),
            photos: vec![Hash([6; 32])],
            answer: Some("Đã vá".into()),
        }),
    ]
}

/// An op as large as the limits allow: 12 parts, the longest kind, the largest numbers, `replaces` present.
fn largest_op(parts: &[Part], kind: &str, beacon: Hash) -> SignedOp {
    OpHeader {
        op_id: OpId([1; 16]),
        lane_key: [0; 32],
        sequence: LATE as u64,
        previous: OpHash([2; 32]),
        beacon: Some(beacon),
        kind: kind.to_owned(),
        kind_version: MAX_KIND_VERSION,
        parts: references(parts),
        claimed_time: LATE,
        subject: Subject([3; 16]),
        replaces: Some(OpHash([4; 32])),
    }
    .sign(&LaneKey::from_seed(&[7; 32]))
    .unwrap()
}

fn receipt_of(op: &SignedOp, key: &SigningKey) -> Signed<Receipt> {
    Receipt {
        op_id: op.header().op_id,
        lane: op.lane(),
        sequence: op.header().sequence,
        op_hash: op.hash(),
        time: LATE,
        epoch: Epoch([5; 8]),
        log_index: LATE as u64,
        watermark: LATE as u64,
        keys_version: LATE as u64,
    }
    .sign(key)
}

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn keys() -> KeyList {
    let entry = |role, n| KeyEntry {
        role,
        public: key(n).public(),
        not_before: 0,
        not_after: LATE,
    };
    let keys = vec![entry(Role::Receipts, 1), entry(Role::Beacons, 2)];
    KeyListBody {
        city: "x".into(),
        version: LATE as u64,
        issued: 0,
        expires: LATE,
        keys,
    }
    .sign(&key(0))
}

fn beacon() -> Signed<Beacon> {
    let large = LATE as u64;
    Beacon {
        time: LATE,
        nonce: [1; 16],
        epoch: Epoch([9; 8]),
        watermark: large,
        log_head: large,
        keys_version: large,
    }
    .sign(&key(2))
}

#[test]
fn every_act_comes_back_from_its_parts() {
    let acts = every_act();
    assert_eq!(acts.iter().map(Act::kind).collect::<Vec<_>>(), Kind::ALL);
    for act in acts {
        let parts = act.to_parts(&mut SeededRandom::new(1)).unwrap();
        assert!(parts.len() <= MAX_PARTS);
        assert_eq!(Act::from_parts(act.kind(), &parts), Ok(act));
    }
}

#[test]
fn a_compact_proof_of_the_largest_op_fits_a_qr_code() {
    let parts = Act::New(report())
        .to_parts(&mut SeededRandom::new(1))
        .unwrap();
    assert_eq!(parts.len(), MAX_PARTS);
    let beacon = beacon();
    let op = largest_op(&parts, &"k".repeat(40), beacon.hash());
    let proof = Proof::new(&op, &receipt_of(&op, &key(1)), Some(beacon.bytes()), &parts);
    let compact = proof.compact();
    assert!(compact.len() <= 1_200, "{} bytes", compact.len());
    let verdict = verify(&compact, &keys()).unwrap();
    assert_eq!(
        (verdict.parts_stated, verdict.parts.len(), verdict.width),
        (MAX_PARTS, 0, Some(0))
    );
    assert_eq!(verify(&proof.encode(), &keys()).unwrap().parts, parts);
}

#[test]
fn what_is_too_large_is_refused_before_it_is_parsed() {
    let large = vec![0xff; 4 << 20];
    assert_eq!(Proof::decode(&large), Err(Malformed("too long")));
    assert_eq!(Part::decode(&large), Err(Malformed("too long")));
    assert_eq!(Bundle::split(&large).err(), Some(Malformed("too long")));
    assert!(Page::parse(&large).is_err() && Config::parse(&large).is_err());
}

/// All decoders over the same bytes.
fn decode_all(bytes: &[u8]) {
    let keys = keys();
    let _ = SignedOp::decode(bytes);
    let _ = Bundle::decode(bytes);
    let _ = keys.check::<Receipt>(bytes);
    let _ = Parsed::<hues_protocol::pack::Pack>::parse(bytes);
    let _ = Parsed::<hues_protocol::notice::Notice>::parse(bytes);
    let _ = KeyList::trusted(bytes);
    let _ = verify(bytes, &keys);
    let _ = Page::parse(bytes);
    let _ = Config::parse(bytes);
    if let Ok(part) = Part::decode(bytes) {
        for kind in Kind::ALL {
            let _ = Act::from_parts(kind, std::slice::from_ref(&part));
        }
    }
}

fn samples() -> Vec<Vec<u8>> {
    let parts = Act::New(report())
        .to_parts(&mut SeededRandom::new(1))
        .unwrap();
    let beacon = beacon();
    let op = largest_op(&parts, "report.new", beacon.hash());
    let proof = Proof::new(
        &op,
        &receipt_of(&op, &key(1)),
        Some(beacon.bytes()),
        &parts[..2],
    );
    vec![
        op.bytes().to_vec(),
        parts[1].bytes().to_vec(),
        Bundle::new(op, parts).unwrap().encode(),
        beacon.into_bytes(),
        keys().bytes().to_vec(),
        proof.encode(),
        Config::builtin_json().as_bytes().to_vec(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn bent_and_cut_samples(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
        for mut bytes in samples() {
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            decode_all(&bytes);
            decode_all(&bytes[..cut.index(bytes.len())]);
        }
    }

    #[test]
    fn noise(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        decode_all(&bytes);
    }
}

#[test]
fn a_lane_is_part_of_what_a_receipt_says() {
    let op = largest_op(&[], "x", Hash([1; 32]));
    let good = receipt_of(&op, &key(1)).into_value();
    assert!(good.is_for(&op));
    assert!(!Receipt {
        lane: LaneId([0; 16]),
        ..good.clone()
    }
    .is_for(&op));
    assert!(!Receipt {
        sequence: 1,
        ..good.clone()
    }
    .is_for(&op));
    assert!(!Receipt {
        op_id: OpId([0; 16]),
        ..good.clone()
    }
    .is_for(&op));
    assert!(!Receipt {
        op_hash: OpHash([0; 32]),
        ..good
    }
    .is_for(&op));
}
