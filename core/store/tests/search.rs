//! Search: marks rank, every match is reached once, the index follows the table and rebuilds where it was cut.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::BTreeSet;

use common::Phone;
use hues_store::search::{Hit, IndexState, MatchClass, SearchIndex, SearchRequest};
use hues_store::{Durability, Migration, StoreError, Writer};
use proptest::prelude::*;

const SCHEMA: &[Migration] = &[Migration {
    version: 1,
    sql: "CREATE TABLE report(id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT, open INTEGER NOT NULL DEFAULT 1)",
}];
const INDEX: SearchIndex<'static> = SearchIndex {
    name: "report_fts",
    table: "report",
    columns: &["title", "body"],
};

fn put(writer: &mut Writer, id: i64, title: &str) {
    let _ = writer
        .write(Durability::Normal, |tx| {
            tx.execute(
                "INSERT INTO report(id, title) VALUES (?1, ?2) ON CONFLICT(id) DO UPDATE SET title = excluded.title",
                (id, title),
            )?;
            INDEX.update(tx, id)
        })
        .unwrap();
}

fn ensure(writer: &mut Writer) -> IndexState {
    writer
        .write(Durability::Normal, |tx| INDEX.ensure(tx))
        .unwrap()
        .value
}

fn all(writer: &mut Writer, typed: &str, filter: &str, limit: usize, budget: usize) -> Vec<Hit> {
    let (mut out, mut after) = (Vec::new(), None);
    for _ in 0..10_000 {
        let request = SearchRequest {
            typed,
            filter,
            after,
            limit,
            budget,
        };
        let page = writer.read(|s| INDEX.search(s, &request)).unwrap();
        assert!(page.hits.len() <= limit);
        out.extend(page.hits);
        match page.next {
            Some(next) => after = Some(next),
            None => return out,
        }
    }
    panic!("paging does not end");
}

fn ids(hits: &[Hit]) -> Vec<i64> {
    hits.iter().map(|hit| hit.rowid).collect()
}

#[test]
fn marks_as_typed_come_first_then_other_marks_then_beginnings_newest_first_in_each() {
    let mut phone = Phone::new();
    let (_file, mut writer) = phone.open_as(SCHEMA).unwrap();
    assert_eq!(ensure(&mut writer), IndexState::Complete);
    for (id, title) in [
        (1, "đường ngập"),
        (2, "dương xỉ"),
        (3, "Đường hỏng"),
        (4, "duong"),
        (5, "đườngray"),
        (6, "cầu"),
        (7, "ĐƯỜNG"),
    ] {
        put(&mut writer, id, title);
    }
    assert_eq!(
        ids(&all(&mut writer, "đường", "1", 10, 99)),
        [7, 3, 1, 4, 2, 5]
    );
    // Without marks none is wrong.
    assert_eq!(
        ids(&all(&mut writer, "duong", "1", 10, 99)),
        [7, 4, 3, 2, 1, 5]
    );
    assert_eq!(
        ids(&all(&mut writer, "đường ", "1", 10, 99)),
        [7, 3, 1, 4, 2]
    );
    assert_eq!(
        ids(&all(&mut writer, "đường", "report.id > 2", 10, 99)),
        [7, 3, 4, 5]
    );
    assert!(all(&mut writer, " .,* ", "1", 10, 99).is_empty());
    assert!(all(&mut writer, "\" OR 1=1 --", "1", 10, 99).is_empty());
}

#[test]
fn the_index_follows_updates_and_deletions() {
    let mut phone = Phone::new();
    let (_file, mut writer) = phone.open_as(SCHEMA).unwrap();
    ensure(&mut writer);
    put(&mut writer, 1, "cây đổ");
    put(&mut writer, 1, "đèn hỏng");
    assert!(all(&mut writer, "cay", "1", 10, 99).is_empty());
    assert_eq!(ids(&all(&mut writer, "den", "1", 10, 99)), [1]);
    let _ = writer
        .write(Durability::Normal, |tx| {
            tx.execute("DELETE FROM report WHERE id = 1", [])?;
            INDEX.update(tx, 1)
        })
        .unwrap();
    assert!(all(&mut writer, "den", "1", 10, 99).is_empty());
}

#[test]
fn a_rebuild_goes_on_where_it_was_cut_and_rows_written_meanwhile_are_found_once() {
    let mut phone = Phone::new();
    let (_file, mut writer) = phone.open_as(SCHEMA).unwrap();
    let _ = writer
        .write(Durability::Normal, |tx| {
            (1..=50).try_for_each(|id| {
                tx.execute(
                    "INSERT INTO report(id, title) VALUES (?1, 'ngập nước')",
                    [id],
                )
                .map(|_| ())
            })?;
            Ok(())
        })
        .unwrap();
    assert_eq!(ensure(&mut writer), IndexState::Building);
    let step = |writer: &mut Writer| {
        writer
            .write(Durability::Normal, |tx| INDEX.rebuild(tx, 20))
            .unwrap()
            .value
    };
    assert_eq!(step(&mut writer), IndexState::Building);
    put(&mut writer, 3, "ngập sâu");
    put(&mut writer, 99, "ngập");
    drop(writer);
    let (_file2, mut writer) = phone.open_as(SCHEMA).unwrap();
    assert_eq!(ensure(&mut writer), IndexState::Building);
    while step(&mut writer) == IndexState::Building {}
    assert_eq!(ensure(&mut writer), IndexState::Complete);
    let hits = ids(&all(&mut writer, "ngap", "1", 7, 99));
    assert_eq!(hits.len(), 51);
    assert_eq!(hits.iter().copied().collect::<BTreeSet<_>>().len(), 51);
}

#[test]
fn another_fold_makes_the_index_anew() {
    let mut phone = Phone::new();
    let (_file, mut writer) = phone.open_as(SCHEMA).unwrap();
    ensure(&mut writer);
    put(&mut writer, 1, "Huế");
    let _ = writer
        .write(Durability::Full, |tx| {
            Ok(tx.execute("UPDATE search_index SET fold = -1", [])?)
        })
        .unwrap();
    ensure(&mut writer);
    let _ = writer
        .write(Durability::Full, |tx| INDEX.rebuild(tx, 100))
        .unwrap();
    assert_eq!(ids(&all(&mut writer, "hue", "1", 10, 99)), [1]);
}

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "đường",
        "dương",
        "duong",
        "đườngray",
        "ngập",
        "ngáp",
        "ngapp",
        "Huế",
        "huệ",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn paging_reaches_every_match_once_in_one_order_whatever_the_page_and_the_budget(
        titles in proptest::collection::vec(proptest::collection::vec(word(), 1..4), 1..60),
        typed in proptest::collection::vec(word(), 1..3),
        limit in 1usize..9,
        budget in 1usize..40,
    ) {
        let mut phone = Phone::new();
        let (_file, mut writer) = phone.open_as(SCHEMA).unwrap();
        ensure(&mut writer);
        for (i, words) in titles.iter().enumerate() {
            put(&mut writer, i as i64 + 1, &words.join(" "));
        }
        let typed = typed.join(" ");
        let whole = all(&mut writer, &typed, "1", 1_000, 100_000);
        let matching: i64 = writer
            .read(|s| {
                let expression = hues_sqlite_ext::match_expression(&typed).unwrap();
                Ok::<_, StoreError>(s.query_row("SELECT count(*) FROM report_fts(?1)", [expression], |r| r.get(0))?)
            })
            .unwrap();
        prop_assert_eq!(whole.len() as i64, matching);
        let mut sorted = whole.clone();
        sorted.sort_by_key(|hit| (hit.class, -hit.rowid));
        prop_assert_eq!(&whole, &sorted);
        prop_assert_eq!(all(&mut writer, &typed, "1", limit, budget), whole);
    }
}

#[test]
fn classes_are_ordered_best_first() {
    assert!(
        MatchClass::AsTyped < MatchClass::OtherMarks
            && MatchClass::OtherMarks < MatchClass::Beginning
    );
}
