//! Answers of the city, of captive portals, of proxies and of forgers: what each means for what was asked.
#![allow(clippy::unwrap_used)] // a test file: helpers outside #[test] fail loudly too

use hues_crypto::sign::SigningKey;
use hues_protocol::beacon::Beacon;
use hues_protocol::city::CitySigned;
use hues_protocol::classify::{
    self, Alien, CreateAnswer, OffsetAnswer, OpAnswer, Outcome, PageAnswer, PatchAnswer,
    QueryAnswer, Setback, WakeAnswer,
};
use hues_protocol::fork::Fork;
use hues_protocol::http::{HttpResponse, TransportError, COSE, JSON};
use hues_protocol::ids::{Epoch, LaneId, OpHash, OpId, Subject};
use hues_protocol::keys::{KeyEntry, KeyList, KeyListBody, Role, TrustError};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::{OpHeader, SignedOp};
use hues_protocol::page::PageError;
use hues_protocol::receipt::Receipt;
use hues_protocol::refusal::Refusal;

const EPOCH: Epoch = Epoch([5; 8]);

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

fn keys() -> KeyList {
    let entry = |role, n| KeyEntry {
        role,
        public: key(n).public(),
        not_before: 0,
        not_after: 100,
    };
    let keys = vec![entry(Role::Receipts, 1), entry(Role::Beacons, 2)];
    KeyListBody {
        city: "x".into(),
        version: 3,
        issued: 0,
        expires: 100,
        keys,
    }
    .sign(&key(0))
}

fn op() -> SignedOp {
    OpHeader {
        op_id: OpId([1; 16]),
        lane_key: [0; 32],
        sequence: 1,
        previous: OpHash::NONE,
        beacon: None,
        kind: "report.withdraw".into(),
        kind_version: 1,
        parts: vec![],
        claimed_time: 0,
        subject: Subject([1; 16]),
        replaces: None,
    }
    .sign(&LaneKey::from_seed(&[9; 32]))
    .unwrap()
}

fn receipt() -> Receipt {
    Receipt {
        op_id: op().header().op_id,
        lane: op().lane(),
        sequence: 1,
        op_hash: op().hash(),
        time: 50,
        epoch: EPOCH,
        log_index: 7,
        watermark: 3,
        keys_version: 3,
    }
}

fn answer(status: u16, content_type: &str, body: &[u8]) -> Outcome {
    Ok(HttpResponse {
        status,
        headers: vec![("content-type".into(), content_type.into())],
        body: body.to_vec(),
    })
}

fn tus(status: u16, headers: &[(&str, &str)]) -> Outcome {
    let headers = [("tus-resumable", "1.0.0")].iter().chain(headers);
    let headers = headers
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Ok(HttpResponse {
        status,
        headers,
        body: vec![],
    })
}

fn judged(outcome: &Outcome) -> Result<OpAnswer, Setback> {
    classify::op(outcome, &op(), &keys())
}

#[test]
fn the_citys_own_words_on_an_op() {
    let good = receipt().sign(&key(1));
    assert_eq!(
        judged(&answer(200, COSE, good.bytes())),
        Ok(OpAnswer::Receipt(good))
    );
    let refusal = Refusal {
        op_id: op().header().op_id,
        op_hash: op().hash(),
        rule: "of-tomorrow".into(),
        time: 50,
        epoch: EPOCH,
        keys_version: 3,
    }
    .sign(&key(1));
    assert_eq!(
        judged(&answer(422, COSE, refusal.bytes())),
        Ok(OpAnswer::Refused(refusal))
    );
    let fork = |lane| {
        Fork {
            lane,
            head_sequence: 0,
            head_hash: OpHash::NONE,
            time: 50,
            epoch: EPOCH,
            keys_version: 3,
        }
        .sign(&key(1))
    };
    assert_eq!(
        judged(&answer(409, COSE, fork(op().lane()).bytes())),
        Ok(OpAnswer::Fork(fork(op().lane())))
    );
    let other = fork(LaneId([0; 16]));
    assert_eq!(
        judged(&answer(409, COSE, other.bytes())),
        Err(Setback::Alien(Alien::Other))
    );
}

#[test]
fn what_is_not_the_citys_word_on_this_op() {
    let cose = |receipt: Receipt, n| answer(200, COSE, receipt.sign(&key(n)).bytes());
    let other = Receipt {
        op_id: OpId([2; 16]),
        ..receipt()
    };
    assert_eq!(
        judged(&cose(other, 1)),
        Err(Setback::Alien(Alien::Other)),
        "a receipt for another op"
    );
    assert_eq!(
        judged(&cose(receipt(), 2)),
        Err(Setback::Alien(Alien::Trust(TrustError::Key))),
        "the beacon key"
    );
    let newer = Receipt {
        keys_version: 4,
        ..receipt()
    };
    assert_eq!(judged(&cose(newer.clone(), 1)), Err(Setback::KeysNeeded));
    assert_eq!(
        judged(&cose(newer, 7)),
        Err(Setback::KeysNeeded),
        "an unknown key of a newer list"
    );
    let mut forged = receipt().sign(&key(1)).into_bytes();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(
        judged(&answer(200, COSE, &forged)),
        Err(Setback::Alien(Alien::Trust(TrustError::Signature)))
    );
    let good = receipt().sign(&key(1)).into_bytes();
    assert_eq!(
        judged(&answer(200, "text/html", &good)),
        Err(Setback::Alien(Alien::ContentType))
    );
    assert_eq!(
        judged(&answer(200, COSE, b"<html>")),
        Err(Setback::Alien(Alien::Body))
    );
    assert_eq!(
        judged(&answer(422, COSE, &good)),
        Err(Setback::Alien(Alien::Body)),
        "a receipt is no refusal"
    );
    assert_eq!(
        judged(&answer(302, "text/html", b"")),
        Err(Setback::Alien(Alien::Status(302)))
    );
    assert_eq!(
        judged(&answer(404, JSON, b"{}")),
        Err(Setback::Alien(Alien::Status(404))),
        "not listed for this request"
    );
}

#[test]
fn setbacks_that_any_request_may_meet() {
    assert_eq!(
        judged(&Err(TransportError::Reset)),
        Err(Setback::Transport(TransportError::Reset))
    );
    assert_eq!(
        judged(&answer(500, "text/html", b"oops")),
        Err(Setback::Fault(500))
    );
    assert_eq!(
        judged(&answer(503, "text/html", b"oops")),
        Err(Setback::Fault(503))
    );
    let json = |status, body: &str| judged(&answer(status, JSON, body.as_bytes())).unwrap_err();
    assert_eq!(
        json(401, r#"{"refusal":"sign-in","rule":"session-old"}"#),
        Setback::SignIn
    );
    assert_eq!(
        json(426, r#"{"refusal":"update","rule":"protocol"}"#),
        Setback::Update
    );
    let later = Setback::RetryAt {
        at: 60,
        after_s: None,
    };
    assert_eq!(
        json(503, r#"{"refusal":"retry-at","rule":"busy","at":60}"#),
        later
    );
    assert_eq!(
        json(429, r#"{"refusal":"retry-at","rule":"busy","at":60}"#),
        later
    );
    assert_eq!(
        json(401, r#"{"refusal":"update","rule":"x"}"#),
        Setback::Alien(Alien::Body),
        "a refusal under the wrong status"
    );
    assert_eq!(
        judged(&answer(401, "text/html", b"portal")),
        Err(Setback::Alien(Alien::ContentType))
    );
    assert_eq!(
        json(400, r#"{"refusal":"refused","rule":"form"}"#),
        Setback::Refused {
            status: 400,
            rule: "form".into()
        }
    );
}

#[test]
fn what_became_of_an_op() {
    let ask = |outcome: &Outcome| classify::op_query(outcome, &op(), &keys());
    let unknown = answer(404, JSON, br#"{"refusal":"refused","rule":"unknown"}"#);
    assert_eq!(ask(&unknown), Ok(QueryAnswer::Unknown));
    assert_eq!(
        ask(&answer(404, "text/html", b"not found")),
        Err(Setback::Alien(Alien::ContentType)),
        "a portal's 404 says nothing"
    );
    assert_eq!(
        ask(&answer(
            404,
            JSON,
            br#"{"refusal":"refused","rule":"other"}"#
        )),
        Err(Setback::Alien(Alien::Body))
    );
    let good = receipt().sign(&key(1));
    assert_eq!(
        ask(&answer(200, COSE, good.bytes())),
        Ok(QueryAnswer::Receipt(good))
    );
}

#[test]
fn pages_and_wake_ups() {
    let page = br#"{"scope":"mine","from":null,"next":"c","more":false,"epoch":"0505050505050505","watermark":1,"rows":[],"count":0,"checksum":"0000000000000000"}"#;
    let ask = |outcome: &Outcome, scope| classify::page(outcome, scope, None, 0);
    assert!(matches!(
        ask(&answer(200, JSON, page), "mine"),
        Ok(PageAnswer::Page(_))
    ));
    assert_eq!(
        ask(&answer(200, JSON, page), "inbox"),
        Ok(PageAnswer::Odd(PageError::Scope))
    );
    assert_eq!(
        ask(&answer(200, JSON, &page[..50]), "mine"),
        Err(Setback::Alien(Alien::Body))
    );
    assert_eq!(
        ask(&answer(200, "application/json", page), "mine"),
        Err(Setback::Alien(Alien::ContentType))
    );
    assert_eq!(
        ask(
            &answer(410, JSON, br#"{"refusal":"reset-scope","rule":"epoch"}"#),
            "mine"
        ),
        Ok(PageAnswer::Reset)
    );
    assert_eq!(
        ask(&answer(410, "text/html", b"gone"), "mine"),
        Err(Setback::Alien(Alien::ContentType))
    );
    assert_eq!(
        classify::wake(&answer(200, JSON, br#"{"head":9}"#)),
        Ok(WakeAnswer::Head(9))
    );
    assert_eq!(classify::wake(&answer(204, "", b"")), Ok(WakeAnswer::Quiet));
}

#[test]
fn a_beacon_does_not_go_back() {
    let beacon = Beacon {
        time: 50,
        nonce: [1; 16],
        epoch: EPOCH,
        watermark: 1,
        log_head: 2,
        keys_version: 3,
    }
    .sign(&key(2));
    let ask = |newest| {
        classify::beacon(&answer(200, COSE, beacon.bytes()), &keys(), newest).map(|b| b.time)
    };
    assert_eq!(ask(None), Ok(50));
    assert_eq!(ask(Some(50)), Ok(50));
    assert_eq!(ask(Some(51)), Err(Setback::Alien(Alien::Other)));
}

#[test]
fn uploads() {
    let created = |location| classify::file_created(&tus(201, &[("location", location)]));
    assert_eq!(
        created("/files/a-1"),
        Ok(CreateAnswer::Created("/files/a-1".into()))
    );
    for elsewhere in [
        "https://else.where/files/a",
        "//else.where",
        "/files/",
        "/files/../ops",
        "/files/a?b",
        "/ops",
    ] {
        assert_eq!(
            created(elsewhere),
            Err(Setback::Alien(Alien::Body)),
            "{elsewhere}"
        );
    }
    let done = [
        ("upload-offset", "10"),
        ("hues-index", "4"),
        ("hues-epoch", "0505050505050505"),
    ];
    let complete = classify::Complete {
        log_index: 4,
        epoch: EPOCH,
    };
    assert_eq!(
        classify::file_patched(&tus(204, &done), 10),
        Ok(PatchAnswer::Complete(complete))
    );
    assert_eq!(
        classify::file_patched(&tus(204, &done[..1]), 10),
        Ok(PatchAnswer::Offset(10)),
        "not whole without its index"
    );
    assert_eq!(
        classify::file_patched(&tus(204, &done[..2]), 10),
        Err(Setback::Alien(Alien::Body)),
        "an index without an epoch"
    );
    assert_eq!(
        classify::file_patched(&tus(204, &[("upload-offset", "11")]), 10),
        Err(Setback::Alien(Alien::Body)),
        "past the end"
    );
    assert_eq!(
        classify::file_patched(&tus(409, &[]), 10),
        Ok(PatchAnswer::Conflict)
    );
    assert_eq!(
        classify::file_patched(&tus(460, &[]), 10),
        Ok(PatchAnswer::ChecksumBad)
    );
    assert_eq!(
        classify::file_offset(&tus(404, &[]), 10),
        Ok(OffsetAnswer::Gone)
    );
    assert_eq!(
        classify::file_offset(&answer(404, "text/html", b""), 10),
        Err(Setback::Alien(Alien::ContentType)),
        "a portal's 404"
    );
}
