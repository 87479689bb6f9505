//! Words that are signed and still must not be believed, and data of the city that goes back, runs out or takes something away.

use hues_core::feedback::Problem;
use hues_core::words::TextItem;
use hues_core::HueError;
use hues_protocol::beacon::Beacon;
use hues_protocol::city::Parsed;
use hues_protocol::ids::{OpHash, OpId};
use hues_protocol::receipt::Receipt;

use crate::forger::{announce, forged, get, Forger};
use crate::proxy::{Asked, Proxy, Reply};
use crate::world::{city, exactly_once, in_words, pothole, refused_in_words, story, Phone};

/// While the city's answers are made `bad`, a report with a photo is filed; then all is honest and it is there once.
fn survives(bad: impl Fn(&Forger, &Asked, Reply) -> Option<Reply> + Send + Sync + 'static) {
    let city = city();
    let proxy = Proxy::before(Some(&city));
    let forger = std::sync::Arc::new(Forger::of(&city));
    story(async {
        let phone = Phone::new(forger.before(&proxy), "citizen", None).await;
        let before = phone.file("Trước khi bị lừa.", &[1]).await;
        phone.delivered().await;
        let hand = forger.clone();
        proxy.spoil(move |asked, honest| bad(&hand, asked, honest));
        let during = phone.file("Trong khi bị lừa.", &[2]).await;
        for _ in 0..3 {
            phone.try_all().await;
        }
        phone.keeps(&during, "Trong khi bị lừa.", 1).await;
        assert!(unsent(&phone, &during).await, "it was believed");
        assert_eq!(phone.core.status().await.unwrap().wedged, 0);
        assert!(proxy.honest() > 0, "nothing was forged");
        phone.delivered().await;
        exactly_once(&city, &[before, during.clone()], 2, 2);
        assert_eq!(phone.mine(&during).await.state, "received");
        let proof = phone
            .core
            .export_proof(during.clone(), false)
            .await
            .unwrap();
        let verdict = hues_core::verify_proof(&proof, &forger.list(1, 3_650)).unwrap();
        assert_eq!(verdict.report, during);
    });
}

/// The phone still has something of this report to send, whatever the city shows of it.
async fn unsent(phone: &Phone, report: &str) -> bool {
    let items = phone.core.outbox().items(false).await.unwrap();
    items
        .iter()
        .any(|item| item.report == report && item.state != "done")
}

/// Every word on an op is forged so.
fn receipts(change: impl Fn(&Forger, &[u8]) -> Vec<u8> + Send + Sync + 'static) {
    survives(move |forger, asked, honest| {
        let about = asked.is("/ops") && honest.status == 200;
        about.then(|| {
            let body = change(forger, &honest.body);
            honest.body(body)
        })
    });
}

#[test]
fn a_receipt_for_another_op() {
    receipts(|forger, honest| {
        forged::<Receipt>(honest, &forger.receipts, |r| r.op_id = OpId([7; 16]))
    });
}

#[test]
fn a_receipt_with_id_zero() {
    receipts(|forger, honest| {
        forged::<Receipt>(honest, &forger.receipts, |r| r.op_id = OpId([0; 16]))
    });
}

#[test]
fn a_receipt_for_other_bytes_or_another_place() {
    receipts(|forger, honest| {
        forged::<Receipt>(honest, &forger.receipts, |r| r.op_hash = OpHash([7; 32]))
    });
    receipts(|forger, honest| forged::<Receipt>(honest, &forger.receipts, |r| r.sequence += 1));
}

#[test]
fn a_receipt_by_a_key_of_another_role() {
    receipts(|forger, honest| forged::<Receipt>(honest, &forger.packs, |_| {}));
}

#[test]
fn a_receipt_from_outside_the_keys_time() {
    receipts(|forger, honest| {
        forged::<Receipt>(honest, &forger.receipts, |r| r.time = 1_000_000_000_000)
    });
}

#[test]
fn a_receipt_with_a_bad_signature() {
    receipts(|_, honest| {
        let mut bytes = honest.to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        bytes
    });
}

#[test]
fn the_receipt_of_the_op_before_once_more() {
    let kept = std::sync::Mutex::new(None::<Vec<u8>>);
    let city = city();
    let proxy = Proxy::before(Some(&city));
    story(async {
        let phone = Phone::new(proxy.address(city.root), "citizen", None).await;
        // The first receipt is let through and kept; each later one is the first again.
        proxy.spoil(move |asked, honest| {
            if !asked.is("/ops") || honest.status != 200 {
                return None;
            }
            let mut kept = kept.lock().unwrap();
            let first = kept.get_or_insert_with(|| honest.body.clone()).clone();
            Some(honest.body(first))
        });
        let first = phone.file("Thứ nhất.", &[]).await;
        phone.delivered().await;
        let second = phone.file("Thứ hai.", &[]).await;
        phone.try_all().await;
        phone.try_all().await;
        assert!(!unsent(&phone, &first).await);
        assert!(unsent(&phone, &second).await, "it was believed");
        assert!(proxy.honest() > 1);
        phone.delivered().await;
        exactly_once(&city, &[first, second], 2, 0);
    });
}

#[test]
fn another_signed_object_for_a_receipt() {
    let city = city();
    let proxy = Proxy::before(Some(&city));
    story(async {
        let beacon = get(&format!("{}/beacon", city.url)).await;
        assert!(Parsed::<Beacon>::parse(&beacon).is_ok());
        let phone = Phone::at(proxy.address(city.root)).await;
        proxy.spoil(move |asked, honest| asked.is("/ops").then(|| honest.body(beacon.clone())));
        phone.sign_in("citizen", None).await;
        let id = phone.file("Phản ánh.", &[]).await;
        phone.try_all().await;
        assert!(unsent(&phone, &id).await, "it was believed");
        assert!(proxy.honest() > 0);
        phone.delivered().await;
        exactly_once(&city, &[id], 1, 0);
    });
}

/// A key list that is offered and must not be taken: the phone goes on with the one it has.
fn offered(list: impl Fn(&Forger) -> Vec<u8> + Send + Sync + 'static) {
    let city = city();
    let proxy = Proxy::before(Some(&city));
    let forger = std::sync::Arc::new(Forger::of(&city));
    story(async {
        let phone = Phone::at(forger.before(&proxy)).await;
        // The phone starts with list 5.
        let (five, hand) = (forger.list(5, 3_650), forger.clone());
        proxy.always(move |asked, honest| asked.is("/keys").then(|| honest.body(five.clone())));
        phone.sign_in("citizen", None).await;
        let before = phone.file("Trước.", &[]).await;
        phone.delivered().await;
        proxy.spoil(move |asked, honest| {
            if asked.is("/keys") {
                return Some(honest.body(list(&hand)));
            }
            announce(asked, &honest, 9, 1)
        });
        let during = phone.file("Trong lúc.", &[3]).await;
        let case = phone.close().await;
        let phone = case.wake().await;
        for _ in 0..3 {
            phone.try_all().await;
        }
        phone.keeps(&during, "Trong lúc.", 1).await;
        assert!(proxy.honest() > 0);
        phone.delivered().await;
        exactly_once(&city, &[before, during.clone()], 2, 1);
        // The old keys still judge: a receipt by a key the offered list took in does not count.
        assert_eq!(phone.mine(&during).await.state, "received");
    });
}

#[test]
fn a_key_list_that_is_older() {
    offered(|forger| forger.list(4, 3_650));
}

#[test]
fn a_key_list_that_has_expired() {
    offered(|forger| forger.list(9, 300));
}

#[test]
fn a_key_list_of_another_root() {
    let stranger = city();
    let other = Forger::of(&stranger);
    offered(move |_| other.list(9, 3_650));
}

#[test]
fn a_category_that_vanished_while_the_draft_waited() {
    let city = city();
    let proxy = Proxy::before(Some(&city));
    let forger = Forger::of(&city);
    story(async {
        let phone = Phone::new(forger.before(&proxy), "citizen", None).await;
        let draft = phone.draft("Ổ gà chờ đã lâu.", &[1, 2]).await;
        let gone = forger.pack(50, 3_650, |config| {
            let list = config["categories"].as_array_mut().unwrap();
            list.retain(|c| c["code"] != "ha_tang.o_ga");
        });
        proxy.spoil(move |asked, honest| {
            if asked.is("/packs") {
                return Some(honest.body(gone.clone()));
            }
            announce(asked, &honest, 1, 50)
        });
        phone.core.foreground_changed(false).await.unwrap();
        let case = phone.close().await;
        let phone = case.wake().await;
        for _ in 0..40 {
            phone.try_all().await;
            if phone.core.status().await.unwrap().config_version == 50 {
                break;
            }
        }
        assert_eq!(phone.core.status().await.unwrap().config_version, 50);
        let feedback = phone.core.feedback();
        let kept = feedback.draft(draft.clone()).await.unwrap();
        assert_eq!(
            (kept.input.text.as_str(), kept.photos.len()),
            ("Ổ gà chờ đã lâu.", 2)
        );
        let problem = Problem {
            field: "category".into(),
            rule: "category-gone".into(),
        };
        assert_eq!(kept.problems, [problem]);
        let error = feedback.submit(draft.clone()).await.unwrap_err();
        refused_in_words(&error);
        assert!(matches!(error, HueError::Invalid { .. }));
        // Another category, and it goes with all its photos.
        let categories = feedback.categories().await.unwrap();
        assert!(categories.iter().all(|c| c.code != "ha_tang.o_ga"));
        let mut input = pothole("Ổ gà chờ đã lâu.");
        let other = categories
            .iter()
            .find(|c| !c.group && c.questions.is_empty())
            .unwrap();
        (input.category, input.answers) = (Some(other.code.clone()), Vec::new());
        feedback.save_draft(draft.clone(), input).await.unwrap();
        let id = feedback.submit(draft).await.unwrap().id;
        phone.delivered().await;
        exactly_once(&city, &[id], 1, 2);
    });
}

#[test]
fn a_pack_that_goes_back_runs_out_or_contradicts_itself_changes_nothing() {
    let city = city();
    let proxy = Proxy::before(Some(&city));
    let forger = std::sync::Arc::new(Forger::of(&city));
    story(async {
        let mut case = Phone::at(forger.before(&proxy)).await.close().await;
        let serve = |pack: Vec<u8>, version: u64| {
            proxy.spoil(move |asked, honest| {
                if asked.is("/packs") {
                    return Some(honest.body(pack.clone()));
                }
                announce(asked, &honest, 1, version)
            });
        };
        let name = |edition: &'static str| {
            move |config: &mut serde_json::Value| config["edition"] = edition.into()
        };
        serve(forger.pack(50, 3_650, name("2025-10-28")), 50);
        let phone = case.wake().await;
        for _ in 0..40 {
            phone.try_all().await;
            if phone.core.status().await.unwrap().config_version == 50 {
                break;
            }
        }
        case = phone.close().await;
        let dangling = |config: &mut serde_json::Value| {
            config["categories"][1]["parent"] = "khong-co".into();
        };
        let mut flipped = forger.pack(60, 3_650, name("flipped"));
        *flipped.last_mut().unwrap() ^= 1;
        let bad = [
            (forger.pack(49, 3_650, name("older")), 60),
            (forger.pack(50, 3_650, name("twin")), 60),
            (forger.pack(60, 300, name("expired")), 60),
            (forger.pack(60, 3_650, dangling), 60),
            (
                forger.pack(60, 3_650, |config| {
                    *config = serde_json::json!({"edition": 7})
                }),
                60,
            ),
            (flipped, 60),
        ];
        for (pack, version) in bad {
            serve(pack, version);
            let phone = case.wake().await;
            for _ in 0..3 {
                phone.try_all().await;
            }
            assert!(proxy.hits() > 1, "the pack was not asked for");
            let status = phone.core.status().await.unwrap();
            assert_eq!(
                (status.config_version, status.config_edition.as_str()),
                (50, "2025-10-28")
            );
            case = phone.close().await;
        }
        // Nothing of it keeps a report from leaving, and a better one is still taken.
        serve(forger.pack(61, 3_650, name("2025-10-29")), 61);
        let phone = case.wake().await;
        phone.sign_in("citizen", None).await;
        let id = phone.file("Vẫn gửi được.", &[]).await;
        phone.delivered().await;
        exactly_once(&city, &[id], 1, 0);
        assert_eq!(
            phone.core.status().await.unwrap().config_edition,
            "2025-10-29"
        );
        in_words(&TextItem::Rule {
            rule: "category-gone".into(),
        });
    });
}
