//! Live windows: the differences a subscriber takes always lead to what a fresh query answers.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use common::{add, Phone};
use hues_env::Mono;
use hues_store::live::{apply, Diff, LiveHub, Row, Subscription, Touch, Window, INTERVAL_MS};
use hues_store::{Durability, Reader, Result, Snapshot, StoreError, Writer};
use proptest::prelude::*;

fn window(name: &str, touches: Vec<Touch>) -> Window {
    Window {
        name: name.into(),
        touches,
    }
}

fn newest(limit: i64) -> impl FnMut(&Snapshot<'_>) -> Result<Vec<Row<String>>> {
    move |s| {
        let mut statement = s.prepare_cached(
            "SELECT id, body, seen FROM note ORDER BY seen DESC, id DESC LIMIT ?1",
        )?;
        let rows = statement.query_map([limit], |r| {
            let (id, body, seen): (i64, String, i64) = (r.get(0)?, r.get(1)?, r.get(2)?);
            Ok(Row::new(
                id.to_be_bytes(),
                body.len() as u64 * 1000 + seen as u64,
                body,
            ))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn fold(list: &mut Vec<Row<String>>, subscription: &mut Subscription<String>) -> usize {
    let steps = subscription.take();
    let count = steps.len();
    for step in steps {
        assert!(apply(list, step));
    }
    count
}

fn commit(writer: &mut Writer, hub: &mut LiveHub, now: u64, sql: &str) {
    let done = writer
        .write(Durability::Normal, |tx| Ok(tx.execute_batch(sql)?))
        .unwrap();
    hub.changed(&done.changes, Mono(now));
}

struct Stage {
    _phone: Phone,
    writer: Writer,
    reader: Reader,
    hub: LiveHub,
}

fn stage() -> Stage {
    let mut phone = Phone::new();
    let (file, writer) = phone.open().unwrap();
    let reader = file.reader().unwrap();
    Stage {
        _phone: phone,
        writer,
        reader,
        hub: LiveHub::new(),
    }
}

#[test]
fn first_the_state_then_differences_at_most_once_an_interval() {
    let mut s = stage();
    add(&mut s.writer, "a");
    let mut sub = s
        .hub
        .register(
            &window("w", vec![Touch::table("note")]),
            newest(10),
            &mut s.reader,
            Mono(0),
        )
        .unwrap();
    assert!(matches!(&sub.take()[..], [Diff::Reset { rows }] if rows.len() == 1));

    commit(
        &mut s.writer,
        &mut s.hub,
        1_000,
        "INSERT INTO note(body) VALUES ('b')",
    );
    assert_eq!(s.hub.next_due(), Some(Mono(1_000)));
    assert_eq!(s.hub.run_due(Mono(1_000), &mut s.reader), Ok(1));
    assert!(matches!(&sub.take()[..], [Diff::Insert { index: 0, .. }]));

    for ms in 1..5 {
        commit(
            &mut s.writer,
            &mut s.hub,
            1_000 + ms,
            "INSERT INTO note(body) VALUES ('c')",
        );
        assert_eq!(s.hub.run_due(Mono(1_000 + ms), &mut s.reader), Ok(0));
    }
    assert_eq!(s.hub.next_due(), Some(Mono(1_000 + INTERVAL_MS)));
    assert_eq!(
        s.hub.run_due(Mono(1_000 + INTERVAL_MS), &mut s.reader),
        Ok(1)
    );
    assert_eq!(sub.take().len(), 4);
    assert_eq!(s.hub.next_due(), None);
}

#[test]
fn what_cannot_touch_a_window_does_not_run_it() {
    let mut s = stage();
    for _ in 0..3 {
        add(&mut s.writer, "x");
    }
    let one = window("one", vec![Touch::rows("note", [2])]);
    let _sub = s
        .hub
        .register(&one, newest(10), &mut s.reader, Mono(0))
        .unwrap();
    commit(
        &mut s.writer,
        &mut s.hub,
        100,
        "UPDATE note SET seen = 1 WHERE id = 1",
    );
    commit(
        &mut s.writer,
        &mut s.hub,
        100,
        "CREATE TABLE other(a); INSERT INTO other VALUES (2)",
    );
    assert_eq!(s.hub.next_due(), None);
    commit(
        &mut s.writer,
        &mut s.hub,
        100,
        "UPDATE note SET seen = 1 WHERE id = 2",
    );
    assert_eq!(s.hub.next_due(), Some(Mono(100)));
}

#[test]
fn equal_windows_share_a_run_and_dropping_the_last_holder_ends_it() {
    let mut s = stage();
    let w = window("w", vec![Touch::table("note")]);
    let first = s
        .hub
        .register(&w, newest(10), &mut s.reader, Mono(0))
        .unwrap();
    let mut second = s
        .hub
        .register(&w, newest(10), &mut s.reader, Mono(0))
        .unwrap();
    assert_eq!(s.hub.window_count(), 1);
    commit(
        &mut s.writer,
        &mut s.hub,
        100,
        "INSERT INTO note(body) VALUES ('a')",
    );
    assert_eq!(s.hub.run_due(Mono(100), &mut s.reader), Ok(1));
    drop(first);
    assert_eq!(second.take().len(), 2);
    commit(
        &mut s.writer,
        &mut s.hub,
        200,
        "INSERT INTO note(body) VALUES ('b')",
    );
    drop(second);
    assert_eq!(s.hub.run_due(Mono(200), &mut s.reader), Ok(0));
    assert_eq!(s.hub.window_count(), 0);
}

#[test]
fn a_slow_consumer_gets_the_present_instead_of_a_backlog() {
    let mut s = stage();
    let w = window("w", vec![Touch::table("note")]);
    let mut sub = s
        .hub
        .register(&w, newest(10), &mut s.reader, Mono(0))
        .unwrap();
    for i in 1..200 {
        commit(
            &mut s.writer,
            &mut s.hub,
            i * 100,
            "INSERT INTO note(body) VALUES ('a')",
        );
        s.hub.run_due(Mono(i * 100), &mut s.reader).unwrap();
    }
    let mut list = Vec::new();
    assert!(fold(&mut list, &mut sub) <= 64);
    let fresh = s.reader.read(|snapshot| newest(10)(snapshot)).unwrap();
    assert_eq!(list, fresh);
}

#[test]
fn a_query_that_fails_is_tried_again() {
    let mut s = stage();
    let mut fails = false;
    let mut inner = newest(10);
    let query = move |snapshot: &Snapshot<'_>| {
        fails = !fails;
        if fails {
            inner(snapshot)
        } else {
            Err(StoreError::Busy)
        }
    };
    let w = window("w", vec![Touch::table("note")]);
    let mut sub = s.hub.register(&w, query, &mut s.reader, Mono(0)).unwrap();
    commit(
        &mut s.writer,
        &mut s.hub,
        100,
        "INSERT INTO note(body) VALUES ('a')",
    );
    assert_eq!(
        s.hub.run_due(Mono(100), &mut s.reader),
        Err(StoreError::Busy)
    );
    let again = s.hub.next_due().unwrap();
    assert_eq!(s.hub.run_due(again, &mut s.reader), Ok(1));
    assert_eq!(sub.take().len(), 2);
}

#[derive(Debug, Clone)]
enum Act {
    Add(u8),
    Change(i64, u8),
    Raise(i64, i64),
    Remove(i64),
    Pass(u64),
    Take,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => any::<u8>().prop_map(Act::Add),
        2 => (1i64..12, any::<u8>()).prop_map(|(id, n)| Act::Change(id, n)),
        2 => (1i64..12, 0i64..4).prop_map(|(id, n)| Act::Raise(id, n)),
        2 => (1i64..12).prop_map(Act::Remove),
        3 => (0u64..120).prop_map(Act::Pass),
        2 => Just(Act::Take),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn folded_differences_are_the_fresh_query(acts in proptest::collection::vec(act(), 1..60), limit in 1i64..8) {
        let mut s = stage();
        let w = window("w", vec![Touch::table("note")]);
        let mut eager = s.hub.register(&w, newest(limit), &mut s.reader, Mono(0)).unwrap();
        let mut lazy = s.hub.register(&w, newest(limit), &mut s.reader, Mono(0)).unwrap();
        let (mut now, mut seen, mut slept) = (0, Vec::new(), Vec::new());
        for act in acts {
            let text = |n: u8| "x".repeat(usize::from(n));
            match act {
                Act::Add(n) => commit(&mut s.writer, &mut s.hub, now, &format!("INSERT INTO note(body) VALUES ('{}')", text(n))),
                Act::Change(id, n) => commit(&mut s.writer, &mut s.hub, now, &format!("UPDATE note SET body = '{}' WHERE id = {id}", text(n))),
                Act::Raise(id, n) => commit(&mut s.writer, &mut s.hub, now, &format!("UPDATE note SET seen = {n} WHERE id = {id}")),
                Act::Remove(id) => commit(&mut s.writer, &mut s.hub, now, &format!("DELETE FROM note WHERE id = {id}")),
                Act::Pass(ms) => { now += ms; s.hub.run_due(Mono(now), &mut s.reader).unwrap(); }
                Act::Take => { fold(&mut seen, &mut eager); }
            }
        }
        while let Some(due) = s.hub.next_due() {
            s.hub.run_due(due, &mut s.reader).unwrap();
        }
        fold(&mut seen, &mut eager);
        fold(&mut slept, &mut lazy);
        let fresh = s.reader.read(|snapshot| newest(limit)(snapshot)).unwrap();
        prop_assert_eq!(&seen, &fresh);
        prop_assert_eq!(&slept, &fresh);
    }
}
