//! Every rule by which an op is refused, and what a refusal, a fork and a second delivery leave behind.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

mod handset;

use handset::*;
use hues_crypto::sign::SigningKey;
use hues_protocol::author::Author;
use hues_protocol::bundle::Bundle;
use hues_protocol::fields::{blob, or_null, Fields};
use hues_protocol::fork::Fork;
use hues_protocol::ids::{OpHash, OpId, Subject};
use hues_protocol::kinds::report::{New, Rate, Withdraw};
use hues_protocol::kinds::staff::{Assign, Publish, Verify};
use hues_protocol::kinds::{Act, FilePart};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::{OpHeader, PartRole};
use hues_protocol::part::Part;
use hues_protocol::refusal::{Refusal, Rule};
use hues_protocol::sign1::Sign1;
use std::collections::BTreeSet;

/// A report edited so that it breaks one rule; signed as the phone's own checks would not let it be.
async fn broken(phone: &mut Phone, edit: impl Fn(&mut New)) -> String {
    let lane = phone.lane();
    let mut report = phone.report(&lane);
    edit(&mut report);
    let act = Act::New(report);
    let offer = phone.offer(&lane, &act);
    phone.refused(&offer).await
}

fn part(phone: &mut Phone, role: PartRole, body: Fields) -> Part {
    Part::new(role, body, &mut phone.random).unwrap()
}

/// The parts of a good report with one of them replaced.
fn with_part(phone: &mut Phone, lane: &Lane, role: PartRole, body: Fields) -> Vec<Part> {
    let act = Act::New(phone.report(lane));
    let replacement = part(phone, role, body);
    let parts = act.to_parts(&mut phone.random).unwrap();
    parts
        .into_iter()
        .map(|old| {
            if old.role() == role {
                replacement.clone()
            } else {
                old
            }
        })
        .collect()
}

#[tokio::test]
async fn each_rule_refuses_its_op() {
    let city = city();
    let mut citizen = Phone::new(&city, 1, Some("citizen")).await;
    let mut officer = Phone::new(&city, 2, Some("officer/ioc")).await;
    let mut unit = Phone::new(&city, 3, Some("officer2/cay_xanh")).await;
    let mut neighbour = Phone::new(&city, 4, Some("neighbour")).await;
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut hit = |rule: Rule, got: String| {
        assert_eq!(got, rule.name());
        seen.insert(got);
    };

    // What a report says.
    hit(
        Rule::CategoryUnknown,
        broken(&mut citizen, |r| r.category = "khong.co".into()).await,
    );
    hit(
        Rule::CategoryUnknown,
        broken(&mut citizen, |r| r.category = "ha_tang".into()).await,
    );
    hit(
        Rule::WardUnknown,
        broken(&mut citizen, |r| r.ward = Some("99999".into())).await,
    );
    hit(
        Rule::QuestionMissing,
        broken(&mut citizen, |r| r.answers.clear()).await,
    );
    hit(
        Rule::AnswerBad,
        broken(&mut citizen, |r| {
            drop(r.answers.insert("chan_duong".into(), "maybe".into()))
        })
        .await,
    );
    hit(
        Rule::AnswerBad,
        broken(&mut citizen, |r| {
            drop(r.answers.insert("hoi_la".into(), "x".into()))
        })
        .await,
    );
    let large = FilePart {
        bytes: 3 << 20,
        ..file_part(b"x")
    };
    hit(
        Rule::FileLarge,
        broken(&mut citizen, |r| r.files = vec![large.clone()]).await,
    );

    // What the phone's own checks would stop, so the parts are made by hand.
    let by_hand = [
        (
            Rule::TextEmpty,
            PartRole::PUBLIC,
            Fields::new()
                .with(1, "ha_tang.o_ga")
                .with(2, "  ")
                .with(3, "19789"),
        ),
        (
            Rule::TextLong,
            PartRole::PUBLIC,
            Fields::new()
                .with(1, "ha_tang.o_ga")
                .with(2, "ổ".repeat(4_001))
                .with(3, "19789"),
        ),
        (
            Rule::Body,
            PartRole::PUBLIC,
            Fields::new()
                .with(1, "ha_tang.o_ga")
                .with(2, "o\u{0302}")
                .with(3, "19789"),
        ),
        (Rule::Body, PartRole::UNIT, Fields::new().with(1, 7)),
        (
            Rule::AuthorTicket,
            PartRole::AUTHOR,
            Fields::new().with(1, 4),
        ),
        (Rule::Author, PartRole::AUTHOR, Fields::new().with(1, 9)),
    ];
    for (rule, role, body) in by_hand {
        let lane = citizen.lane();
        let parts = with_part(&mut citizen, &lane, role, body);
        let offer = citizen.offer_parts(&lane, "report.new", parts, |_| {});
        hit(rule, citizen.refused(&offer).await);
    }
    let lane = citizen.lane();
    let stranger = LaneKey::from_seed(&[9; 32]);
    let moved = Author::named(&SigningKey::from_seed(&[8; 32]), &stranger.public());
    let parts = with_part(&mut citizen, &lane, PartRole::AUTHOR, moved.to_fields());
    let offer = citizen.offer_parts(&lane, "report.new", parts, |_| {});
    hit(Rule::Author, citizen.refused(&offer).await);
    let nine: Vec<Part> = (0..9u8)
        .map(|n| part(&mut citizen, PartRole::FILE, file_part(&[n]).to_fields()))
        .collect();
    let text = part(
        &mut citizen,
        PartRole::UNIT,
        Fields::new().with(1, "thêm ảnh"),
    );
    let parts = std::iter::once(text).chain(nine).collect();
    let offer = citizen.offer_parts(&lane, "report.supplement", parts, |_| {});
    hit(Rule::FilesMany, citizen.refused(&offer).await);

    // Kinds, parts, signatures.
    let offer = citizen.offer_parts(&lane, "report.tomorrow", vec![], |_| {});
    hit(Rule::KindUnknown, citizen.refused(&offer).await);
    let parts = Act::New(citizen.report(&lane))
        .to_parts(&mut citizen.random)
        .unwrap();
    let offer = citizen.offer_parts(&lane, "report.new", parts, |header| header.kind_version = 2);
    hit(Rule::KindVersion, citizen.refused(&offer).await);
    let act = Act::New(citizen.report(&lane));
    let mut offer = citizen.offer(&lane, &act);
    let last = offer.parts.pop().unwrap();
    hit(
        Rule::PartMissing,
        refusal_of(&citizen, &raw_bundle(offer.op.bytes(), &offer.parts)).await,
    );
    let mut offer = citizen.offer(&lane, &act);
    offer.parts.pop();
    offer.parts.push(last);
    hit(
        Rule::PartHash,
        refusal_of(&citizen, &raw_bundle(offer.op.bytes(), &offer.parts)).await,
    );
    let mut forged = offer.op.bytes().to_vec();
    *forged.last_mut().unwrap() ^= 1;
    hit(
        Rule::Signature,
        refusal_of(&citizen, &raw_bundle(&forged, &[])).await,
    );
    let granted = OpHeader {
        ..offer.op.header().clone()
    }
    .to_fields()
    .with(12, blob(&[1]));
    let granted = Sign1::sign(granted, lane.key.signing_key(), None);
    hit(
        Rule::Grant,
        refusal_of(&citizen, &raw_bundle(granted.bytes(), &[])).await,
    );

    // Whose, in which state, by whom.
    let mut lane = citizen.lane();
    let report = citizen.report(&lane);
    let filed = citizen.take(&mut lane, &Act::New(report)).await;
    let withdraw = Act::Withdraw(Withdraw { reason: None });
    let parts = withdraw.to_parts(&mut citizen.random).unwrap();
    let reused = citizen.offer_parts(&lane, "report.withdraw", parts, |header| {
        header.op_id = filed.id();
    });
    hit(Rule::OpIdReused, citizen.refused(&reused).await);
    let mut theirs = neighbour.lane();
    theirs.subject = lane.subject;
    let offer = neighbour.offer(&theirs, &withdraw);
    hit(Rule::NotYours, neighbour.refused(&offer).await);
    let mut nothing = citizen.lane();
    nothing.subject = Subject([1; 16]);
    let offer = citizen.offer(&nothing, &withdraw);
    hit(Rule::SubjectUnknown, citizen.refused(&offer).await);
    let offer = citizen.offer(
        &lane,
        &Act::Rate(Rate {
            stars: 3,
            text: None,
        }),
    );
    hit(Rule::State, citizen.refused(&offer).await);
    let no_stars = part(
        &mut citizen,
        PartRole::UNIT,
        Fields::new().with(1, 6).with(2, or_null(None::<u64>)),
    );
    let offer = citizen.offer_parts(&lane, "report.rate", vec![no_stars], |_| {});
    hit(Rule::Stars, citizen.refused(&offer).await);
    let mut staff_lane = citizen.lane();
    staff_lane.subject = lane.subject;
    let offer = citizen.offer(&staff_lane, &Act::Verify(Verify { note: None }));
    hit(Rule::NotStaff, citizen.refused(&offer).await);
    let mut unit_lane = unit.lane();
    unit_lane.subject = lane.subject;
    let offer = unit.offer(&unit_lane, &Act::Verify(Verify { note: None }));
    hit(Rule::NotStaff, unit.refused(&offer).await);
    let mut work = officer.lane();
    work.subject = lane.subject;
    officer
        .take(&mut work, &Act::Verify(Verify { note: None }))
        .await;
    let offer = officer.offer(
        &work,
        &Act::Assign(Assign {
            unit: "mat_trang".into(),
        }),
    );
    hit(Rule::UnitUnknown, officer.refused(&offer).await);
    let parts = withdraw.to_parts(&mut citizen.random).unwrap();
    let offer = citizen.offer_parts(&lane, "report.withdraw", parts, |header| {
        header.replaces = Some(OpHash([3; 32]))
    });
    hit(Rule::Replaces, citizen.refused(&offer).await);
    let early = Publish {
        category: "ha_tang.o_ga".into(),
        text: "x".into(),
        ward: None,
        place: None,
        photos: vec![],
        answer: None,
    };
    let offer = officer.offer(&work, &Act::Publish(early));
    hit(Rule::State, officer.refused(&offer).await);

    // `wire.rs` meets the last three on a report that was answered.
    let elsewhere = [
        Rule::AlreadyRated,
        Rule::AlreadyPublished,
        Rule::PhotoUnknown,
    ]
    .map(|rule| rule.name().to_owned());
    let all: BTreeSet<String> = Rule::ALL
        .iter()
        .map(|rule| rule.name().to_owned())
        .collect();
    let missing: Vec<_> = all
        .iter()
        .filter(|rule| !seen.contains(*rule) && !elsewhere.contains(rule))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    let state = city.state().unwrap();
    assert_eq!(
        state["reports"].as_array().unwrap().len(),
        1,
        "what was refused changed nothing"
    );
    assert_eq!(
        (
            state["head"].as_u64(),
            state["ops"].as_array().unwrap().len()
        ),
        (Some(2), 2)
    );
}

/// A bundle that [`Bundle::new`] would not make.
fn raw_bundle(op: &[u8], parts: &[Part]) -> Vec<u8> {
    let parts: Vec<_> = parts.iter().map(|part| blob(part.bytes())).collect();
    let map = Fields::new()
        .with(0, "hues.bundle.v1")
        .with(1, blob(op))
        .with(2, parts);
    hues_protocol::cbor::encode(&map.to_value())
}

async fn refusal_of(phone: &Phone, bundle: &[u8]) -> String {
    let answer = phone.post("/ops", bundle.to_vec()).await;
    assert_eq!(
        answer.status,
        422,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    phone.signed::<Refusal>(&answer).rule.clone()
}

#[tokio::test]
async fn a_refused_op_stays_refused_and_its_place_is_filled_by_a_replacement_or_a_tombstone() {
    let city = city();
    let mut citizen = Phone::new(&city, 5, Some("citizen")).await;
    let mut lane = citizen.lane();
    let bad = New {
        ward: Some("99999".into()),
        ..citizen.report(&lane)
    };
    let refused = citizen.offer(&lane, &Act::New(bad));
    let first = citizen.send(&refused).await;
    assert_eq!(
        (first.status, first.body.clone()),
        (422, citizen.send(&refused).await.body),
        "the same bytes again"
    );
    assert_eq!(
        citizen.get(&format!("/ops/{}", refused.id())).await.body,
        first.body
    );

    let good = Act::New(citizen.report(&lane))
        .to_parts(&mut citizen.random)
        .unwrap();
    let replaced = Some(refused.op.hash());
    let again = citizen.offer_parts(&lane, "report.new", good.clone(), |header| {
        header.op_id = refused.id();
        header.replaces = replaced;
    });
    assert_eq!(citizen.refused(&again).await, "op-id-reused");
    let replacement = citizen.offer_parts(&lane, "report.new", good, |header| {
        header.replaces = replaced
    });
    assert_eq!(citizen.send(&replacement).await.status, 200);
    lane.taken(&replacement);

    let rate = citizen.offer(
        &lane,
        &Act::Rate(Rate {
            stars: 1,
            text: None,
        }),
    );
    assert_eq!(citizen.refused(&rate).await, "state");
    let tombstone = citizen.offer_parts(&lane, "lane.tombstone", vec![], |header| {
        header.replaces = Some(rate.op.hash())
    });
    assert_eq!(citizen.send(&tombstone).await.status, 200);
    lane.taken(&tombstone);
    citizen
        .take(
            &mut lane,
            &Act::Withdraw(Withdraw {
                reason: Some("đã hết".into()),
            }),
        )
        .await;
    assert_eq!(citizen.only("mine").await["state"], "withdrawn");
}

#[tokio::test]
async fn an_anonymous_first_op_that_was_refused_is_buried_without_a_session() {
    let city = city();
    let mut phone = Phone::new(&city, 8, None).await;
    let mut lane = phone.lane();
    let bad = New {
        ward: Some("99999".into()),
        author: Author::Anonymous,
        ..phone.report(&lane)
    };
    let refused = phone.offer(&lane, &Act::New(bad));
    assert_eq!(phone.refused(&refused).await, "ward-unknown");
    let tombstone = phone.offer_parts(&lane, "lane.tombstone", vec![], |header| {
        header.replaces = Some(refused.op.hash())
    });
    assert_eq!(phone.send(&tombstone).await.status, 200);
    lane.taken(&tombstone);
    let stranger = phone.lane();
    let nothing = phone.offer_parts(&stranger, "lane.tombstone", vec![], |header| {
        header.replaces = Some(refused.op.hash())
    });
    assert_eq!(
        phone.refused(&nothing).await,
        "replaces",
        "another lane's refused op"
    );
}

#[tokio::test]
async fn an_op_out_of_line_is_told_where_the_lane_stands() {
    let city = city();
    let mut citizen = Phone::new(&city, 6, Some("citizen")).await;
    let mut lane = citizen.lane();
    let withdraw = Act::Withdraw(Withdraw { reason: None });
    let parts = withdraw.to_parts(&mut citizen.random).unwrap();
    let early = citizen.offer_parts(&lane, "report.withdraw", parts.clone(), |header| {
        (header.sequence, header.previous) = (2, OpHash([4; 32]));
    });
    let answer = citizen.send(&early).await;
    let fork = citizen.signed::<Fork>(&answer);
    assert_eq!(
        (answer.status, fork.head_sequence, fork.lane),
        (409, 0, lane.key.id())
    );
    let report = citizen.report(&lane);
    let filed = citizen.take(&mut lane, &Act::New(report)).await;
    let wrong = citizen.offer_parts(&lane, "report.withdraw", parts, |header| {
        header.previous = OpHash([4; 32])
    });
    let answer = citizen.send(&wrong).await;
    let fork = citizen.signed::<Fork>(&answer);
    assert_eq!(
        (answer.status, fork.head_sequence, fork.head_hash),
        (409, 1, filed.op.hash())
    );
}

#[tokio::test]
async fn the_same_op_from_many_sides_at_once_is_taken_once() {
    let city = city();
    let mut citizen = Phone::new(&city, 7, Some("citizen")).await;
    let lane = citizen.lane();
    let act = Act::New(citizen.report(&lane));
    let bundle = citizen.offer(&lane, &act).bytes();
    let sends: Vec<_> = (0..16)
        .map(|_| {
            tokio::spawn(
                citizen
                    .request(reqwest::Method::POST, "/ops")
                    .body(bundle.clone())
                    .send(),
            )
        })
        .collect();
    let mut bodies = BTreeSet::new();
    for send in sends {
        let answer = Answer::of(send.await.unwrap().unwrap()).await;
        assert_eq!(answer.status, 200);
        bodies.insert(answer.body);
    }
    assert_eq!(bodies.len(), 1, "one receipt for all");
    let state = city.state().unwrap();
    assert_eq!(
        (
            state["head"].as_u64(),
            state["ops"][0]["deliveries"].as_u64()
        ),
        (Some(1), Some(16))
    );
    assert_eq!(
        Bundle::decode(&bundle)
            .unwrap()
            .op()
            .header()
            .op_id
            .to_string(),
        state["ops"][0]["op"]
    );
    assert_eq!(
        citizen.get(&format!("/ops/{}", OpId([0; 16]))).await.status,
        404
    );
}

#[tokio::test]
async fn after_a_restore_what_is_offered_again_gets_receipts_of_the_new_epoch() {
    let city = city();
    let mut citizen = Phone::new(&city, 8, Some("citizen")).await;
    let (mut lane, first) = citizen.report_with_photo(photo()).await;
    let before = citizen.signed::<hues_protocol::receipt::Receipt>(&citizen.send(&first).await);
    city.backup(Some("monday")).unwrap();
    let page = citizen.page("mine", None).await;
    let lost = citizen
        .take(&mut lane, &Act::Withdraw(Withdraw { reason: None }))
        .await;
    city.restore("latest").unwrap();

    let after = citizen.signed::<hues_protocol::receipt::Receipt>(&citizen.send(&first).await);
    assert_ne!(after.epoch, before.epoch);
    assert_eq!(
        (after.log_index, after.time),
        (before.log_index, before.time)
    );
    assert!(after.watermark >= after.log_index, "the backup holds it");
    assert_eq!(
        citizen.get(&format!("/ops/{}", lost.id())).await.status,
        404
    );
    let old_cursor = citizen
        .get(&format!(
            "/pull?scope=mine&cursor={}",
            page["next"].as_str().unwrap()
        ))
        .await;
    assert_eq!(
        (old_cursor.status, old_cursor.json()["refusal"].as_str()),
        (410, Some("reset-scope"))
    );
    let again = citizen.signed::<hues_protocol::receipt::Receipt>(&citizen.send(&lost).await);
    assert_eq!((again.epoch, again.log_index), (after.epoch, 3));
    let created = citizen
        .create(first.id(), &file_part(photo()).sha256, photo().len() as u64)
        .await;
    assert_eq!(
        (created.status, created.header("hues-epoch")),
        (200, after.epoch.to_string().as_str())
    );
    assert_eq!(citizen.only("mine").await["state"], "withdrawn");
    assert!(city.restore("never").is_err());
}

/// After a restore each phone brings back its own acts, in no order between them. One that comes before the report it is about is not refused: a refusal is
/// for good, and the act would be lost to its sender.
#[tokio::test]
async fn after_a_restore_an_act_that_comes_before_its_report_waits_for_it() {
    let city = city();
    let mut citizen = Phone::new(&city, 21, Some("citizen")).await;
    let mut officer = Phone::new(&city, 22, Some("officer/ioc")).await;
    let mut lane = citizen.lane();
    let new = Act::New(citizen.report(&lane));
    city.backup(Some("empty")).unwrap();
    let filed = citizen.take(&mut lane, &new).await;
    let mut work = officer.lane();
    work.subject = lane.subject;
    let verify = Act::Verify(Verify { note: None });
    let verified = officer.take(&mut work, &verify).await;
    city.restore("empty").unwrap();

    let early = officer.send(&verified).await;
    assert_eq!((early.status, early.body.is_empty()), (503, true));
    assert_eq!(citizen.send(&filed).await.status, 200);
    assert_eq!(officer.send(&verified).await.status, 200);
    assert_eq!(citizen.only("mine").await["state"], "verified");
    // What breaks a rule of its own is refused as ever.
    let again = officer.offer(&work, &verify);
    assert_eq!(officer.refused(&again).await, Rule::State.name());
}
