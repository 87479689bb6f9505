//! Pages that repeat, skip, promise more than there is, or bring what this release does not know.

use hues_core::feedback::ReportList;
use hues_protocol::page::Checksum;
use serde_json::{json, Value};

use crate::proxy::{Asked, Proxy};
use crate::world::{city, exactly_once, story, Phone};

/// Three reports lie with the city; her second phone pulls them while pages are made `bad`, then honestly.
fn heals(bad: impl Fn(&Asked, &mut Value) -> bool + Send + Sync + 'static) {
    let city = city();
    let proxy = Proxy::before(Some(&city));
    story(async {
        let first = Phone::new(proxy.address(city.root), "citizen", None).await;
        let mut ids = Vec::new();
        for n in 0..3 {
            ids.push(first.file(&format!("Phản ánh {n}"), &[]).await);
        }
        first.delivered().await;
        proxy.spoil(move |asked, honest| {
            if !asked.is("/pull") || honest.status != 200 {
                return None;
            }
            let mut page = honest.json();
            bad(asked, &mut page).then(|| honest.body(page.to_string()))
        });
        let second = Phone::at(proxy.address(city.root)).await;
        let signed_in = second.core.sign_in_sandbox("citizen".into(), None).await;
        signed_in.unwrap();
        let own = second.file("Từ máy thứ hai", &[]).await;
        for _ in 0..4 {
            second.try_all().await;
        }
        second.keeps(&own, "Từ máy thứ hai", 0).await;
        second.core.status().await.unwrap();
        let hits = proxy.honest();
        assert!((1..100).contains(&hits), "{hits} pages were spoilt");
        ids.push(own);
        // Whole and once, on both.
        for phone in [&second, &first] {
            for _ in 0..100 {
                phone.delivered().await;
                if phone.count().await == 4 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            assert_eq!(phone.count().await, 4);
            for id in &ids {
                assert_eq!(phone.mine(id).await.state, "received", "{id}");
            }
            let feedback = phone.core.feedback();
            let public = feedback.list(ReportList::Public, None, 10).await;
            assert_eq!(public.unwrap().items.len(), 0);
        }
        exactly_once(&city, &ids, 4, 0);
    });
}

fn rows(page: &mut Value) -> &mut Vec<Value> {
    page["rows"].as_array_mut().unwrap()
}

/// The sums of a last page follow what was done to its rows.
fn count_again(page: &mut Value) {
    let mut sum = Checksum::default();
    for row in rows(page).iter() {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        sum = sum.plus(&text("kind"), &text("id"), row["rev"].as_u64().unwrap());
    }
    if page["more"] == false {
        page["count"] = rows(page).len().into();
        page["checksum"] = sum.to_string().into();
    }
}

#[test]
fn a_page_that_skips_a_row() {
    heals(|_, page| !rows(page).is_empty() && rows(page).remove(0).is_object());
}

#[test]
fn a_page_that_skips_a_row_and_its_sum_says_so_too() {
    heals(|_, page| {
        if rows(page).len() < 2 {
            return false;
        }
        rows(page).remove(0);
        count_again(page);
        true
    });
}

#[test]
fn a_page_that_repeats_a_row_or_itself() {
    heals(|asked, page| {
        let Some(last) = rows(page).last().cloned() else {
            // The same page for the next cursor as well.
            page["rows"] = json!([]);
            return !asked.path.contains("cursor");
        };
        rows(page).push(last);
        true
    });
}

#[test]
fn a_page_of_another_cursor_or_scope() {
    heals(|asked, page| {
        page["from"] = "00-1-00".into();
        if asked.path.len() % 2 == 0 {
            page["scope"] = "public".into();
        }
        true
    });
}

#[test]
fn a_page_that_promises_more_and_brings_nothing() {
    heals(|_, page| {
        page["rows"] = json!([]);
        page["more"] = true.into();
        let map = page.as_object_mut().unwrap();
        map.remove("count");
        map.remove("checksum");
        true
    });
}

#[test]
fn a_next_cursor_that_leads_nowhere() {
    heals(|_, page| {
        page["next"] = "di-dau-day".into();
        true
    });
}

#[test]
fn revisions_from_the_far_future() {
    heals(|asked, page| {
        if !asked.is("/pull?scope=mine") || rows(page).is_empty() {
            return false;
        }
        for (n, row) in rows(page).iter_mut().enumerate() {
            row["rev"] = (9_000_000_000_000_000u64 + n as u64).into();
        }
        count_again(page);
        true
    });
}

#[test]
fn rows_of_an_unknown_kind_and_rows_that_say_nothing() {
    heals(|asked, page| {
        if !asked.is("/pull?scope=mine") || page["more"] == true {
            return false;
        }
        let last = rows(page).last().map_or(0, |r| r["rev"].as_u64().unwrap());
        for (n, (kind, id, body)) in [
            ("lantern", "x1", json!({"light": [1, 2, {"deep": true}]})),
            ("report", "0", json!({"state": "received"})),
            (
                "report",
                "00000000000000000000000000000000",
                json!({"id": 0}),
            ),
            (
                "report",
                "00000000000000000000000000000001",
                json!({"text": 7, "state": []}),
            ),
            (
                "notice",
                "00000000000000000000000000000002",
                json!({"cose": "not base64"}),
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let rev = last + 1 + n as u64;
            rows(page).push(json!({"rev": rev, "kind": kind, "id": id, "op": "put", "body": body}));
        }
        count_again(page);
        true
    });
}
