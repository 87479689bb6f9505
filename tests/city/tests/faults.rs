//! The same phones in bad luck: each fault strikes, and everything still arrives exactly once.
//!
//! Invariant: a test counts where its fault hit; one that hit nothing proves nothing and fails.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::{city, count, exactly_once, story, Phone};
use hues_city::fault::{FaultKind, FaultOrder};
use hues_city::{City, CityConfig, RunningCity};

fn order(kind: FaultKind) -> FaultOrder {
    FaultOrder {
        kind,
        carrier: None,
        for_s: None,
        times: None,
        path: None,
    }
}

fn hits(city: &RunningCity, word: &str) -> u64 {
    city.faults()
        .iter()
        .filter(|fault| fault.kind.word() == word)
        .map(|fault| fault.hits)
        .sum()
}

/// Files two reports with three photos while `orders` are in force; they arrive once.
fn survives(orders: Vec<FaultOrder>) -> RunningCity {
    let city = city();
    story(async {
        let phone = Phone::new(&city, "citizen", None).await;
        for order in orders {
            city.fault(order).unwrap();
        }
        let first = phone.file("Ổ gà.", &[1, 2]).await;
        let second = phone.file("Ổ gà khác.", &[3]).await;
        phone.delivered().await;
        exactly_once(&city.state().unwrap(), &[&first, &second], 2, 3);
        for id in [first, second] {
            let report = phone.mine(&id).await;
            assert_eq!(report.state, "received");
            assert!(report.photos.iter().all(|photo| photo.state == "received"));
        }
    });
    for fault in city.faults() {
        assert!(fault.hits > 0, "{fault:?} hit nothing");
    }
    city
}

#[test]
fn an_outage_of_two_seconds() {
    survives(vec![FaultOrder {
        for_s: Some(2),
        ..order(FaultKind::Outage)
    }]);
}

#[test]
fn an_outage_of_one_carrier_is_no_outage_of_the_other() {
    let city = city();
    story(async {
        let hers = Phone::on(&city, "citizen", None, Some("127.0.1.1")).await;
        let his = Phone::on(&city, "neighbour", None, Some("127.0.1.2")).await;
        city.fault(FaultOrder {
            carrier: Some("viettel".into()),
            ..order(FaultKind::Outage)
        })
        .unwrap();
        let dark = hers.file("Trong vùng mất sóng.", &[]).await;
        let fine = his.file("Vẫn có sóng.", &[]).await;
        his.delivered().await;
        hers.core.refresh().await.unwrap();
        hers.core.settle(5_000).await.unwrap();
        assert_ne!(hers.mine(&dark).await.state, "received");
        exactly_once(&city.state().unwrap(), &[&fine], 1, 0);
        assert!(hits(&city, "outage") > 0);
        city.clear_faults();
        hers.delivered().await;
        exactly_once(&city.state().unwrap(), &[&fine, &dark], 2, 0);
    });
}

#[test]
fn a_gateway_that_fails_before_it_commits() {
    survives(vec![FaultOrder {
        times: Some(4),
        ..order(FaultKind::ErrorBefore)
    }]);
}

#[test]
fn a_gateway_that_fails_after_it_committed() {
    let on = |path: &str, times| FaultOrder {
        times: Some(times),
        path: Some(path.into()),
        ..order(FaultKind::ErrorAfter)
    };
    let city = survives(vec![on("/ops", 2), on("/files", 2)]);
    let committed = city
        .faults()
        .iter()
        .flat_map(|f| f.details.clone())
        .filter(|d| d.contains("committed op"))
        .count();
    assert!(committed > 0, "{:?}", city.faults());
    let state = city.state().unwrap();
    assert_eq!(count(&state, "refusals", |_| true), 0);
}

#[test]
fn requests_delivered_twice() {
    let city = survives(vec![order(FaultKind::Duplicate)]);
    let state = city.state().unwrap();
    assert_eq!(
        count(&state, "ops", |op| op["deliveries"].as_u64() >= Some(2)),
        2
    );
}

#[test]
fn connections_cut_again_and_again() {
    survives(vec![FaultOrder {
        times: Some(8),
        ..order(FaultKind::Cut { bytes: 12_000 })
    }]);
}

#[test]
fn a_captive_portal() {
    survives(vec![FaultOrder {
        times: Some(6),
        ..order(FaultKind::Portal)
    }]);
}

#[test]
fn a_slow_link() {
    survives(vec![
        order(FaultKind::Rate { bytes_s: 60_000 }),
        FaultOrder {
            times: Some(5),
            ..order(FaultKind::Latency { ms: 120 })
        },
    ]);
}

#[test]
fn a_city_that_comes_back_from_a_backup() {
    let city = city();
    story(async {
        let phone = Phone::new(&city, "citizen", None).await;
        let kept = phone.file("Trước bản sao lưu.", &[1]).await;
        phone.delivered().await;
        city.backup(Some("evening")).unwrap();
        let lost = phone.file("Sau bản sao lưu.", &[2, 3]).await;
        phone.delivered().await;
        let before = city.state().unwrap();
        exactly_once(&before, &[&kept, &lost], 2, 3);

        city.restore("evening").unwrap();
        let after = city.state().unwrap();
        exactly_once(&after, &[&kept], 1, 1);
        assert_ne!(after["epoch"], before["epoch"]);
        // The phone notices the new epoch by itself and brings what the city lost.
        for _ in 0..100 {
            phone.delivered().await;
            if city.state().unwrap()["head"] == before["head"] {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        exactly_once(&city.state().unwrap(), &[&kept, &lost], 2, 3);
        phone.delivered().await;
        for id in [kept, lost] {
            let report = phone.mine(&id).await;
            assert_eq!(report.state, "received");
            assert!(report.photos.iter().all(|photo| photo.state == "received"));
        }
    });
}

#[test]
fn a_city_stopped_and_started_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let config = |listen| CityConfig {
        data: Some(data.path().to_owned()),
        listen,
        ..CityConfig::default()
    };
    let city = City::start(config(CityConfig::default().listen)).unwrap();
    let listen = city.url.strip_prefix("http://").unwrap().parse().unwrap();
    story(async {
        let phone = Phone::new(&city, "citizen", None).await;
        let first = phone.file("Trước khi tắt.", &[1]).await;
        phone.delivered().await;
        let root = city.root;
        // On a thread of its own, where stopping may wait until the folder is free.
        std::thread::spawn(move || city.stop()).join().unwrap();
        let second = phone.file("Trong khi tắt.", &[2]).await;
        phone.core.settle(3_000).await.unwrap();

        let city = City::start(config(listen)).unwrap();
        assert_eq!(city.root, root);
        phone.delivered().await;
        exactly_once(&city.state().unwrap(), &[&first, &second], 2, 2);
    });
}
