//! The threads around a file: order, wake-up, lifecycle, death and damage.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use std::time::Duration;

use common::{spoil, Phone};
use hues_store::live::{apply, Row, Touch, Window};
use hues_store::{
    readable_rows, Db, Durability, Lifecycle, Pending, RowsOf, Snapshot, StoreError, READERS,
};

fn start(phone: &mut Phone) -> Db {
    let (file, writer) = phone.open().unwrap();
    Db::start(file, writer, READERS).unwrap()
}

fn add(db: &Db, body: &'static str) -> Pending<hues_store::Committed<i64>> {
    db.write(Durability::Normal, move |tx| {
        tx.execute("INSERT INTO note(body) VALUES (?1)", [body])?;
        Ok(tx.last_insert_rowid())
    })
}

fn count(s: &Snapshot<'_>) -> hues_store::Result<i64> {
    Ok(s.query_row("SELECT count(*) FROM note", [], |r| r.get(0))?)
}

#[test]
fn mutations_run_in_order_even_when_nobody_waits_for_them() {
    let mut phone = Phone::new();
    let db = start(&mut phone);
    for _ in 0..99 {
        drop(add(&db, "x"));
    }
    assert_eq!(add(&db, "x").wait().unwrap().value, 100);
    assert_eq!(db.read(count).wait(), Ok(100));
    drop(add(&db, "last"));
    drop(db);
    let (_file, mut writer) = phone.open().unwrap();
    assert_eq!(common::count(&mut writer), 101);
}

#[test]
fn a_panic_answers_closed_and_harms_nobody_else() {
    let mut phone = Phone::new();
    let db = start(&mut phone);
    let bad = db.write(Durability::Full, |tx| -> hues_store::Result<()> {
        tx.execute("INSERT INTO note(body) VALUES ('half')", [])?;
        panic!("a rule went wrong")
    });
    assert_eq!(bad.wait().err(), Some(StoreError::Closed));
    assert_eq!(
        db.read(|_| -> hues_store::Result<()> { panic!("so did a query") })
            .wait(),
        Err(StoreError::Closed)
    );
    assert_eq!(add(&db, "x").wait().unwrap().value, 1);
    assert_eq!(db.read(count).wait(), Ok(1));
}

#[test]
fn a_refusal_of_the_caller_keeps_its_type() {
    #[derive(Debug, PartialEq)]
    enum Refusal {
        Rule(u8),
        Store(StoreError),
    }
    impl From<StoreError> for Refusal {
        fn from(e: StoreError) -> Self {
            Refusal::Store(e)
        }
    }
    let mut phone = Phone::new();
    let db = start(&mut phone);
    let refused = db.try_write(Durability::Full, |tx| {
        tx.execute("INSERT INTO note(body) VALUES ('x')", [])
            .map_err(StoreError::from)?;
        Err::<(), _>(Refusal::Rule(7))
    });
    assert_eq!(refused.wait().unwrap().err(), Some(Refusal::Rule(7)));
    assert_eq!(db.read(count).wait(), Ok(0));
    assert_eq!(add(&db, "x").wait().unwrap().value, 1);
}

#[test]
fn a_window_follows_the_writer_until_it_is_dropped() {
    let mut phone = Phone::new();
    let db = start(&mut phone);
    let window = Window {
        name: "all".into(),
        touches: vec![Touch::table("note")],
    };
    let query = |s: &Snapshot<'_>| {
        let mut statement = s.prepare("SELECT id FROM note ORDER BY id")?;
        let rows = statement.query_map([], |r| r.get::<_, i64>(0))?;
        Ok(rows
            .map(|id| id.map(|id| Row::new(id.to_be_bytes(), 0, id)))
            .collect::<Result<Vec<_>, _>>()?)
    };
    let mut subscription = db.observe(window, query).wait().unwrap();
    let mut list = Vec::new();
    for _ in 0..20 {
        drop(add(&db, "x"));
    }
    while list.len() < 20 {
        let steps = subscription.wait(Duration::from_secs(20));
        assert!(
            !steps.is_empty(),
            "no news within 20 s: {} rows",
            list.len()
        );
        steps
            .into_iter()
            .for_each(|step| assert!(apply(&mut list, step)));
    }
    drop(db);
    assert!(subscription.wait(Duration::from_secs(20)).is_empty());
}

#[test]
fn the_background_empties_the_log_and_work_goes_on() {
    let mut phone = Phone::new();
    let db = start(&mut phone);
    for _ in 0..50 {
        drop(add(&db, "x"));
    }
    assert_eq!(db.read(count).wait().map(|n| n <= 50), Ok(true));
    db.lifecycle(Lifecycle::Background).wait().unwrap();
    assert_eq!(
        std::fs::metadata(phone.path("core.db-wal")).unwrap().len(),
        0
    );
    assert_eq!(add(&db, "x").wait().unwrap().value, 51);
    db.lifecycle(Lifecycle::Foreground).wait().unwrap();
    db.lifecycle(Lifecycle::LowMemory).wait().unwrap();
    assert_eq!(db.read(count).wait(), Ok(51));
}

#[test]
fn a_reader_that_met_damage_is_replaced() {
    let mut phone = Phone::new();
    let db = start(&mut phone);
    for _ in 0..400 {
        drop(add(
            &db,
            "a text long enough to fill some pages of the file with it, and then a little more",
        ));
    }
    db.lifecycle(Lifecycle::Background).wait().unwrap();
    let whole = std::fs::read(phone.path("core.db")).unwrap();
    spoil(&phone.path("core.db"), whole.len() - 2_000);
    let sum = |s: &Snapshot<'_>| {
        Ok(s.query_row("SELECT sum(length(body)) FROM note", [], |r| {
            r.get::<_, i64>(0)
        })?)
    };
    for _ in 0..4 {
        assert!(matches!(db.read(sum).wait(), Err(StoreError::Corrupt(_))));
    }
    std::fs::write(phone.path("core.db"), whole).unwrap();
    for _ in 0..4 {
        assert!(db.read(sum).wait().is_ok());
    }
}

#[test]
fn a_damaged_page_never_passes_for_data_wherever_in_a_value_it_lies() {
    let long: String = (0..6_000).map(|n| format!("{n};")).collect();
    let body = |conn: &hues_store::rusqlite::Connection| -> hues_store::Result<String> {
        Ok(conn.query_row("SELECT body FROM note WHERE id = 1", [], |r| r.get(0))?)
    };
    let mut caught = 0;
    for page in 2.. {
        let mut phone = Phone::new();
        let (file, mut writer) = phone.open().unwrap();
        let text = long.clone();
        writer
            .write(Durability::Full, |tx| {
                tx.execute("INSERT INTO note(body) VALUES (?1)", [&text])?;
                Ok(())
            })
            .unwrap();
        writer.checkpoint().unwrap();
        let database = file.database();
        drop((writer, file));
        if std::fs::metadata(&database).unwrap().len() < page * 4096 {
            break;
        }
        spoil(&database, (page as usize - 1) * 4096 + 100);
        let Ok((file, mut writer)) = phone.open() else {
            continue;
        };
        for read in [
            writer.read(|s| body(s)),
            file.reader().unwrap().read(|s| body(s)),
        ] {
            match read {
                Ok(text) => assert!(
                    text == long,
                    "page {page}: zeros passed for words, len {} of {}, first difference {:?}",
                    text.len(),
                    long.len(),
                    text.bytes().zip(long.bytes()).position(|(a, b)| a != b)
                ),
                Err(e) => {
                    assert!(matches!(e, StoreError::Corrupt(_)), "page {page}: {e:?}");
                    caught += 1;
                }
            }
        }
        // Salvage looks with other eyes, and takes no zeros for words either.
        let aside = file.look_aside(&database, body);
        assert!(
            matches!(&aside, Ok(text) if *text == long)
                || matches!(aside, Err(StoreError::Corrupt(_))),
            "page {page}"
        );
        let rows = RowsOf {
            table: "note",
            columns: "body",
            filter: "1",
        };
        readable_rows(&file, &database, &rows, |row| {
            assert!(row.get::<_, String>(1).is_ok_and(|text| text == long));
        });
        // Whoever cannot make sense of what was read is told of the damage, not of the nonsense.
        let nonsense = writer.try_write(Durability::Full, |tx| match body(tx) {
            Ok(text) if text == long => Ok(()),
            // As a parser would say of zeros.
            Ok(_) => Err(StoreError::Bounds("nonsense")),
            Err(e) => Err(e),
        });
        assert!(
            matches!(nonsense.map(|_| ()), Ok(()) | Err(StoreError::Corrupt(_))),
            "page {page}"
        );
    }
    assert!(caught >= 10, "the value's own pages were hit: {caught}");
}
