//! Outbox, machine and engine together, against a small city.

use hues_protocol::http::{HttpResponse, TransportError, JSON};
use serde_json::json;

use super::*;
use crate::machine::{Owner, Wait};
use crate::outbox::{AuthorWish, LaneRef, NewOp, OpState};
use crate::testkit::city::City;
use crate::testkit::phone::{Cost, Phone, ME};
use crate::{outbox, trust};

fn connected(seed: u64) -> (Phone, City) {
    let (mut phone, mut city) = (Phone::new(seed), City::new());
    phone.connect();
    phone.settle(&mut city);
    (phone, city)
}

fn states(phone: &mut Phone) -> Vec<OpState> {
    phone.list().iter().map(|op| op.state).collect()
}

#[test]
fn a_report_without_photo_costs_little() {
    let (mut phone, mut city) = connected(1);
    for chars in [200, 900] {
        let new = phone.report(AuthorWish::Sealed, chars, &[]);
        phone.act(Phone::own(), &new);
        let cost = phone.settle(&mut city);
        println!("{chars} characters: {cost:?}");
        assert!(cost.trips <= 3, "{cost:?}");
        // What HTTP itself adds (names of methods, status lines, HPACK) is counted by the network's own test.
        assert!(cost.bytes <= 6 * 1024, "{cost:?}");
    }
}

#[test]
fn an_act_before_the_first_contact_and_before_the_first_sign_in_arrives() {
    let (mut phone, mut city) = (Phone::new(2), City::new());
    let new = phone.report(AuthorWish::Sealed, 50, &[3_000, 70_000]);
    let filed = phone.act(LaneRef::New(Owner::Unclaimed), &new);
    phone.tell(Event::Link(Link::Good));
    phone.settle(&mut city);
    assert!(city.order.is_empty(), "nobody's name stands behind it yet");
    phone.write(|tx, _| outbox::adopt(tx, &ME)).unwrap();
    phone.sign_in(ME);
    phone.settle(&mut city);
    assert_eq!(city.order, [filed.op_id]);
    assert!(city.uploads.values().all(|u| u.index.is_some()) && city.uploads.len() == 2);
    let remirrored = phone
        .io
        .iter()
        .any(|io| matches!(io, Io::Mirror(again) if again.op_id == filed.op_id));
    assert!(remirrored, "it was signed again for its author part");
    let proof = phone
        .writer
        .read(|tx| outbox::proof(tx, &filed.op_id, true))
        .unwrap();
    let verdict = hues_protocol::proof::verify(&proof.encode(), &city.key_list()).unwrap();
    assert_eq!(verdict.op_id, filed.op_id);
    assert_eq!(verdict.not_before, None, "no beacon had been seen");
}

#[test]
fn the_words_go_before_the_photos_and_both_before_anything_is_forgotten() {
    let (mut phone, mut city) = connected(3);
    let new = phone.report(AuthorWish::Anonymous, 50, &[50_000]);
    let filed = phone.act(Phone::own(), &new);
    city.seen.clear();
    phone.settle(&mut city);
    assert_eq!(city.seen[0], "POST /ops");
    assert!(!phone
        .io
        .iter()
        .any(|io| matches!(io, Io::ForgetMirror(_) | Io::ForgetFile(_))));
    city.back_up();
    phone.tell(Event::Refresh);
    phone.settle(&mut city);
    assert!(phone.io.contains(&Io::ForgetMirror(filed.op_id)));
    assert!(phone.io.contains(&Io::ForgetFile(new.files[0].sealed)));
}

#[test]
fn an_answer_that_got_lost_is_no_second_act() {
    let (mut phone, mut city) = connected(4);
    let new = phone.rating(3);
    phone.act(Phone::own(), &new);
    let request = phone.open.remove(0);
    let body = crate::testkit::city::body_of(&request, |_| vec![]);
    city.answer(&request, body);
    phone.tell(Event::Http {
        id: request.id,
        outcome: Err(TransportError::Reset),
    });
    assert_eq!(states(&mut phone), [OpState::Sending]);
    assert_eq!(phone.list()[0].error.as_deref(), Some("network"));
    phone.restart();
    phone.connect();
    phone.settle(&mut city);
    assert_eq!(city.order, [new.op_id]);
    assert_eq!(states(&mut phone), [OpState::Done]);
}

#[test]
fn a_payment_is_asked_for_and_never_sent_twice_by_itself() {
    let (mut phone, mut city) = connected(5);
    let new = NewOp {
        query_only: true,
        ..phone.rating(3)
    };
    phone.act(Phone::own(), &new);
    phone.fail(TransportError::Timeout);
    city.seen.clear();
    phone.settle(&mut city);
    assert!(
        city.seen.iter().all(|s| s != "POST /ops"),
        "{:?}",
        city.seen
    );
    assert!(city.seen.iter().any(|s| s.starts_with("GET /ops/")));
    let view = phone.list().remove(0);
    assert_eq!(
        (view.state, view.error.as_deref(), view.editable),
        (OpState::Wedged, Some("not-arrived"), false)
    );
    phone.write(|tx, _| outbox::retry(tx, &new.op_id)).unwrap();
    phone.tell(Event::OutboxChanged);
    phone.settle(&mut city);
    assert_eq!(
        (city.order.clone(), states(&mut phone)),
        (vec![new.op_id], vec![OpState::Done]),
        "by the person's word"
    );
}

#[test]
fn a_refusal_wedges_its_lane_and_no_other_until_edited() {
    let (mut phone, mut city) = connected(6);
    city.refuse = Some(("report.rate".into(), "already-rated".into()));
    let bad = phone.rating(3);
    let lane = phone.act(Phone::own(), &bad).lane;
    let behind = phone.report(AuthorWish::Anonymous, 9, &[]);
    phone.act(LaneRef::Existing(lane), &behind);
    let other = phone.report(AuthorWish::Anonymous, 9, &[]);
    phone.act(Phone::own(), &other);
    phone.settle(&mut city);
    assert_eq!(city.order, [other.op_id]);
    assert_eq!(
        states(&mut phone),
        [OpState::Wedged, OpState::Waiting, OpState::Done]
    );
    assert_eq!(phone.list()[0].error.as_deref(), Some("already-rated"));
    let waits = phone.engine.lane_wait(
        &crate::testkit::phone::env(phone.now, &mut phone.random),
        &lane.0,
    );
    assert_eq!(waits, Some(Wait::Wedged));
    let better = phone.report(AuthorWish::Anonymous, 9, &[]);
    let id = better.op_id;
    phone
        .change(|tx, env| outbox::edit(tx, env, &bad.op_id, better))
        .unwrap();
    phone.settle(&mut city);
    assert_eq!(city.order, [other.op_id, id, behind.op_id]);
}

#[test]
fn a_city_restored_from_a_backup_gets_back_what_it_lost() {
    let (mut phone, mut city) = connected(7);
    let first = phone.rating(1);
    let lane = phone.act(Phone::own(), &first).lane;
    phone.settle(&mut city);
    city.back_up();
    let backup = (
        city.ops.clone(),
        city.heads.clone(),
        city.order.clone(),
        city.log,
    );
    let second = phone.report(AuthorWish::Anonymous, 20, &[9_000]);
    phone.act(LaneRef::Existing(lane), &second);
    phone.settle(&mut city);
    (city.ops, city.heads, city.order, city.log) = backup;
    city.uploads.clear();
    city.epoch = hues_protocol::ids::Epoch([2; 8]);
    phone.tell(Event::Refresh);
    phone.settle(&mut city);
    assert_eq!(city.order, [first.op_id, second.op_id]);
    assert!(
        city.uploads.values().any(|u| u.index.is_some()),
        "the photo as well"
    );
    assert_eq!(states(&mut phone), [OpState::Done, OpState::Done]);
}

#[test]
fn a_hole_heals_and_rows_stay_on_screen_meanwhile() {
    let (mut phone, mut city) = connected(8);
    city.page_rows = 2;
    city.rows = (1..=5)
        .map(|n| (n, "report".into(), format!("r{n}"), Some(json!({"n": n}))))
        .collect();
    phone.tell(Event::Refresh);
    phone.settle(&mut city);
    assert_eq!(phone.rows.rows.len(), 5);
    city.rows[0] = (6, "report".into(), "r1".into(), None);
    city.lie = 1; // the city's sum says there is a hole
    phone.tell(Event::Refresh);
    let mut cost = Cost::default();
    while phone.exchange(&mut city, &mut cost) {}
    assert_eq!(phone.rows.rows.len(), 4, "nothing vanished from the screen");
    city.lie = 0;
    phone.settle(&mut city);
    assert_eq!(phone.rows.rows.len(), 4);
    assert!(!phone
        .rows
        .rows
        .contains_key(&("report".into(), "r1".into())));
}

#[test]
fn a_city_that_never_sums_up_is_not_pulled_at_full_speed() {
    let (mut phone, mut city) = connected(9);
    city.page_rows = 2;
    city.rows = (1..=5)
        .map(|n| (n, "report".into(), format!("r{n}"), Some(json!({"n": n}))))
        .collect();
    city.lie = 7;
    phone.tell(Event::Refresh);
    city.seen.clear();
    phone.settle(&mut city);
    assert!(
        city.seen.len() < 60,
        "{} requests in an hour",
        city.seen.len()
    );
}

#[test]
fn a_row_of_an_unknown_kind_is_kept_and_applied_after_an_update() {
    let (mut phone, mut city) = connected(10);
    city.rows = vec![(1, "storm".into(), "s".into(), Some(json!({"wind": 12})))];
    phone.tell(Event::Refresh);
    phone.settle(&mut city);
    assert!(phone.rows.rows.is_empty());
    phone.rows.knows_more = true;
    phone.restart();
    phone.connect();
    assert_eq!(
        phone.rows.rows[&("storm".into(), "s".into())],
        json!({"wind": 12})
    );
}

#[test]
fn what_is_not_the_citys_changes_nothing() {
    let html = || HttpResponse {
        status: 200,
        headers: vec![("content-type".into(), "text/html".into())],
        body: b"<html>Welcome to the hotel".to_vec(),
    };
    let odd = |status, body: &str| HttpResponse {
        status,
        headers: vec![("content-type".into(), JSON.into())],
        body: body.as_bytes().to_vec(),
    };
    let nested = "[".repeat(200_000);
    for (n, answer) in [
        html(),
        odd(200, "{\"cut"),
        odd(200, &nested),
        odd(302, "{}"),
        odd(422, "{\"refusal\":\"refused\",\"rule\":\"text-long\"}"),
        odd(500, ""),
        odd(429, "{\"refusal\":\"retry-at\",\"rule\":\"busy\",\"at\":1}"),
        odd(409, "{}"),
    ]
    .into_iter()
    .enumerate()
    {
        let (mut phone, mut city) = connected(20 + n as u64);
        let new = phone.rating(3);
        phone.act(Phone::own(), &new);
        phone.respond(answer);
        let view = phone.list().remove(0);
        assert_eq!(
            (view.state, view.editable),
            (OpState::Sending, false),
            "answer {n}"
        );
        phone.settle(&mut city);
        assert_eq!(city.order, [new.op_id], "answer {n}");
    }
}

#[test]
fn a_receipt_for_another_act_closes_nothing() {
    let (mut phone, mut city) = connected(30);
    let [a, b] = [1, 2].map(|stars| phone.rating(stars));
    phone.act(Phone::own(), &a);
    phone.act(Phone::own(), &b);
    let requests = std::mem::take(&mut phone.open);
    let answers: Vec<_> = requests
        .iter()
        .map(|r| city.answer(r, crate::testkit::city::body_of(r, |_| vec![])))
        .collect();
    for (request, answer) in requests.iter().zip(answers.into_iter().rev()) {
        phone.tell(Event::Http {
            id: request.id,
            outcome: Ok(answer),
        });
    }
    assert_eq!(states(&mut phone), [OpState::Sending, OpState::Sending]);
    phone.settle(&mut city);
    assert_eq!(states(&mut phone), [OpState::Done, OpState::Done]);
    assert_eq!(city.order.len(), 2);
}

#[test]
fn a_newer_key_list_is_fetched_before_its_signatures_count() {
    let (mut phone, mut city) = connected(31);
    city.keys_version = 2;
    let new = phone.rating(3);
    phone.act(Phone::own(), &new);
    phone.settle(&mut city);
    assert_eq!(states(&mut phone), [OpState::Done]);
    let version = phone
        .writer
        .read(|tx| Ok::<_, crate::SyncError>(trust::keys(tx)?.unwrap().version()));
    assert_eq!(version.unwrap(), 2);
}

#[test]
fn a_session_that_ran_out_keeps_everything_and_a_stale_401_does_not_end_the_new_one() {
    let (mut phone, mut city) = connected(32);
    let new = phone.rating(3);
    phone.act(Phone::own(), &new);
    let gone = HttpResponse {
        status: 401,
        headers: vec![("content-type".into(), JSON.into())],
        body: b"{\"refusal\":\"sign-in\",\"rule\":\"session\"}".to_vec(),
    };
    let request = phone.open.remove(0);
    phone.sign_in(ME);
    phone.tell(Event::Http {
        id: request.id,
        outcome: Ok(gone.clone()),
    });
    assert!(
        !phone.io.contains(&Io::SignInNeeded),
        "that was the old token"
    );
    phone.settle(&mut city);
    assert_eq!(states(&mut phone), [OpState::Done]);
    let next = phone.rating(4);
    phone.act(Phone::own(), &next);
    phone.respond(gone);
    assert!(phone.io.contains(&Io::SignInNeeded));
    phone.settle(&mut city);
    assert_eq!(city.order.len(), 1, "kept, not sent");
    phone.tell(Event::Session {
        session: Session::None,
        token: None,
    });
    phone.sign_in(ME);
    phone.settle(&mut city);
    assert_eq!(city.order, [new.op_id, next.op_id]);
}

#[test]
fn a_store_that_refuses_leaves_the_engine_able_to_go_on() {
    let (mut phone, mut city) = connected(33);
    let new = phone.rating(3);
    phone.act(Phone::own(), &new);
    let request = phone.open.remove(0);
    let answer = city.answer(
        &request,
        crate::testkit::city::body_of(&request, |_| vec![]),
    );
    phone.writer.write(hues_store::Durability::Full, |tx| Ok(tx.execute_batch("CREATE TRIGGER full BEFORE UPDATE ON sync_op BEGIN SELECT raise(ABORT, 'full'); END")?)).unwrap();
    let mut env = crate::testkit::phone::env(phone.now, &mut phone.random);
    let told = phone.engine.handle(
        &mut phone.writer,
        &mut env,
        &mut phone.rows,
        Event::Http {
            id: request.id,
            outcome: Ok(answer),
        },
    );
    assert!(told.is_err());
    phone
        .writer
        .write(hues_store::Durability::Full, |tx| {
            Ok(tx.execute_batch("DROP TRIGGER full")?)
        })
        .unwrap();
    phone.tell(Event::Timer);
    phone.settle(&mut city);
    assert_eq!(
        (states(&mut phone), city.order.len()),
        (vec![OpState::Done], 1)
    );
}
