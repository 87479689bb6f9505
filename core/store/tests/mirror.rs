//! The mirror, and the promise it is for: with any one page destroyed, every unsent op survives.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;

use common::{kind, Phone};
use hues_store::{salvage, Durability, Migration, Mirror, OpTable, StoreError, StoreFile};

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    sql:
        "CREATE TABLE outbox(seq INTEGER PRIMARY KEY, op_id BLOB NOT NULL UNIQUE, op BLOB NOT NULL);
          CREATE TABLE other(id INTEGER PRIMARY KEY, body TEXT);",
}];
const OPS: OpTable<'static> = OpTable {
    table: "outbox",
    id: "op_id",
    op: "op",
    snapshot: "x''",
    filter: "1",
};
const PAGE: usize = 4096;

fn id(i: u8) -> [u8; 16] {
    [i; 16]
}

fn fill(phone: &mut Phone, ops: u8, mirrored: bool) {
    let (file, mut writer) = phone.open_as(SCHEMA).unwrap();
    let mirror = Mirror::open(&file).unwrap();
    for i in 0..ops {
        let op = vec![i; 900];
        writer
            .write(Durability::Full, |tx| {
                tx.execute(
                    "INSERT INTO outbox(op_id, op) VALUES (?1, ?2)",
                    (id(i), &op),
                )?;
                Ok(tx.execute("INSERT INTO other(body) VALUES (?1)", ["x".repeat(500)])?)
            })
            .unwrap();
        if mirrored {
            mirror
                .put(&id(i), &op, b"as seen", &mut phone.random)
                .unwrap();
        }
    }
    writer.checkpoint().unwrap();
}

#[test]
fn an_op_is_mirrored_read_back_and_forgotten() {
    let mut phone = Phone::new();
    let (file, _writer) = phone.open_as(SCHEMA).unwrap();
    let mirror = Mirror::open(&file).unwrap();
    mirror
        .put(&id(2), b"op", b"snapshot", &mut phone.random)
        .unwrap();
    mirror.put(&id(1), b"", b"", &mut phone.random).unwrap();
    assert_eq!(mirror.list().unwrap(), [id(1), id(2)]);
    let back = mirror.get(&id(2)).unwrap();
    assert_eq!(
        (&back.op[..], &back.snapshot[..]),
        (&b"op"[..], &b"snapshot"[..])
    );
    assert_eq!(mirror.missing(&[id(1), id(3)]).unwrap(), [id(3)]);
    mirror.forget(&id(2)).unwrap();
    mirror.forget(&id(2)).unwrap();
    assert_eq!(mirror.get(&id(2)).err(), Some(StoreError::NotFound));
    let huge = vec![0; 5 << 20];
    assert!(matches!(
        mirror.put(&id(9), &huge, b"", &mut phone.random),
        Err(StoreError::Bounds(_))
    ));
}

#[test]
fn a_mirror_file_under_another_name_is_refused() {
    let mut phone = Phone::new();
    let (file, _writer) = phone.open_as(SCHEMA).unwrap();
    let mirror = Mirror::open(&file).unwrap();
    mirror.put(&id(1), b"op", b"", &mut phone.random).unwrap();
    let name = |i: u8| file.beside("ops").join(format!("{i:02x}").repeat(16));
    std::fs::copy(name(1), name(2)).unwrap();
    assert_eq!(mirror.get(&id(2)).err(), Some(StoreError::WrongKey));
}

#[test]
fn with_any_one_page_destroyed_every_unsent_op_survives() {
    let mut phone = Phone::new();
    let ops = 24;
    fill(&mut phone, ops, true);
    let whole = std::fs::read(phone.path("core.db")).unwrap();
    assert!(whole.len() > 8 * PAGE);
    for page in 0..whole.len() / PAGE {
        let mut spoiled = whole.clone();
        spoiled[page * PAGE..(page + 1) * PAGE].fill(0x5a);
        std::fs::write(phone.path("core.db"), spoiled).unwrap();
        // Page 1 shows at once; any other at the latest when its content is asked for.
        let found = phone
            .open_as(SCHEMA)
            .and_then(|(_, mut writer)| writer.verify());
        assert!(
            matches!(found, Err(StoreError::Corrupt(_))),
            "page {}: {found:?}",
            page + 1
        );
        let (file, mut writer, aside) = StoreFile::quarantine_and_recreate(
            phone.disk.clone(),
            &phone.dir(),
            &kind(SCHEMA),
            &phone.vault,
        )
        .unwrap();
        let saved = salvage(&file, aside.database.as_deref(), &OPS).unwrap();
        let ids: BTreeSet<_> = saved.ops.keys().copied().collect();
        assert_eq!(ids, (0..ops).map(id).collect(), "page {}", page + 1);
        assert!(saved
            .ops
            .values()
            .all(|m| m.op[..] == vec![m.id[0]; 900][..]));
        writer.verify().unwrap();
    }
}

#[test]
fn without_a_mirror_the_readable_rows_are_saved_and_only_the_lost_page_is_missing() {
    let mut phone = Phone::new();
    let ops = 60;
    fill(&mut phone, ops, false);
    let whole = std::fs::read(phone.path("core.db")).unwrap();
    let (mut best, mut worst) = (0, usize::from(ops));
    for page in 1..whole.len() / PAGE {
        let mut spoiled = whole.clone();
        spoiled[page * PAGE..(page + 1) * PAGE].fill(0x5a);
        std::fs::write(phone.path("core.db"), spoiled).unwrap();
        let (file, _writer, aside) = StoreFile::quarantine_and_recreate(
            phone.disk.clone(),
            &phone.dir(),
            &kind(SCHEMA),
            &phone.vault,
        )
        .unwrap();
        let saved = salvage(&file, aside.database.as_deref(), &OPS).unwrap();
        best = best.max(saved.ops.len());
        if saved.unreadable_stretches == 1 && !saved.ops.is_empty() {
            worst = worst.min(saved.ops.len());
        }
    }
    // Four rows lie on a page: a lost leaf costs those and no other.
    assert_eq!((best, worst), (usize::from(ops), usize::from(ops) - 4));
}

#[test]
fn a_query_that_meets_a_destroyed_page_says_so_and_the_rest_of_the_file_still_reads() {
    let mut phone = Phone::new();
    fill(&mut phone, 60, false);
    let whole = std::fs::read(phone.path("core.db")).unwrap();
    let (mut met, mut both) = (0, 0);
    for page in 1..whole.len() / PAGE {
        let mut spoiled = whole.clone();
        spoiled[page * PAGE..(page + 1) * PAGE].fill(0x5a);
        std::fs::write(phone.path("core.db"), spoiled).unwrap();
        let Ok((file, _writer)) = phone.open_as(SCHEMA) else {
            continue;
        };
        // SQLCipher lets no connection read on after a page that failed, so each question gets its own.
        let sum = |sql: &str| {
            file.reader()
                .unwrap()
                .read(|s| Ok::<i64, StoreError>(s.query_row(sql, [], |r| r.get(0))?))
        };
        let (ops, others) = (
            sum("SELECT sum(length(op)) FROM outbox"),
            sum("SELECT sum(length(body)) FROM other"),
        );
        for answer in [&ops, &others] {
            assert!(
                matches!(answer, Ok(_) | Err(StoreError::Corrupt(_))),
                "page {}: {answer:?}",
                page + 1
            );
        }
        met += usize::from(ops.is_err());
        both += usize::from(ops.is_err() && others.is_err());
    }
    // Only the planner's statistics concern every statement.
    assert!(met > 10 && both <= 2, "{met} {both}");
}
