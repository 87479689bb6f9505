//! The city says no under its signature: the lane stops, the person is told why, and edits, retries or takes it back.

use hues_core::ports::Link;
use hues_core::words::TextItem;
use hues_core::HueError;

use crate::forger::{announce, Forger};
use crate::proxy::Proxy;
use crate::world::{
    address, city, count, exactly_once, in_words, pothole, refused_in_words, story, Phone,
};

async fn stuck(phone: &Phone) -> hues_core::outbox::OutboxItem {
    for _ in 0..40 {
        phone.try_all().await;
        let items = phone.core.outbox().items(false).await.unwrap();
        if let Some(item) = items.into_iter().find(|i| i.state == "wedged") {
            in_words(&TextItem::Rule {
                rule: item.error.clone().unwrap(),
            });
            return item;
        }
    }
    panic!(
        "nothing is stuck: {:#?}",
        phone.core.outbox().items(true).await
    );
}

/// The phone knows a category that the city does not take (an edition of another day): refused, signed.
#[test]
fn a_refused_report_is_retried_edited_and_taken_back() {
    let city = city();
    let proxy = Proxy::before(Some(&city));
    let forger = Forger::of(&city);
    story(async {
        let case = Phone::at(forger.before(&proxy)).await.close().await;
        let pack = forger.pack(50, 3_650, |config| {
            let list = config["categories"].as_array_mut().unwrap();
            let mut lantern = list
                .iter()
                .find(|c| c["code"] == "ha_tang.o_ga")
                .unwrap()
                .clone();
            lantern["code"] = "ha_tang.den_long".into();
            list.push(lantern);
        });
        proxy.spoil(move |asked, honest| {
            if asked.is("/packs") {
                return Some(honest.body(pack.clone()));
            }
            announce(asked, &honest, 1, 50)
        });
        let phone = case.wake().await;
        phone.sign_in("citizen", None).await;
        for _ in 0..40 {
            phone.try_all().await;
            if phone.core.status().await.unwrap().config_version == 50 {
                break;
            }
        }
        let feedback = phone.core.feedback();
        let file = async |text: &str, seed: u64| {
            let draft = phone.draft(text, &[seed]).await;
            let mut input = pothole(text);
            input.category = Some("ha_tang.den_long".into());
            feedback.save_draft(draft.clone(), input).await.unwrap();
            feedback.submit(draft).await.unwrap()
        };

        // Edited.
        let first = file("Đèn lồng rơi", 1).await;
        let item = stuck(&phone).await;
        assert_eq!((item.op.as_str(), item.editable), (first.op.as_str(), true));
        assert_eq!(item.error.as_deref(), Some("category-unknown"));
        assert_eq!(phone.mine(&first.id).await.state, "stuck");
        // Other lanes go on meanwhile.
        let other = phone.file("Việc khác", &[9]).await;
        for _ in 0..20 {
            phone.try_all().await;
            if phone.mine(&other).await.state == "received" {
                break;
            }
        }
        assert_eq!(phone.mine(&other).await.state, "received");
        // Retried: the city says the same again.
        phone.core.outbox().retry(item.op.clone()).await.unwrap();
        assert_eq!(stuck(&phone).await.op, first.op);
        let draft = feedback.edit(item.op).await.unwrap();
        assert_eq!(
            (draft.input.text.as_str(), draft.photos.len()),
            ("Đèn lồng rơi", 1)
        );
        feedback
            .save_draft(draft.id.clone(), pothole("Đèn lồng rơi, ổ gà"))
            .await
            .unwrap();
        let edited = feedback.submit(draft.id).await.unwrap();
        assert_eq!(edited.id, first.id);
        phone.delivered().await;
        exactly_once(&city, &[edited.id.clone(), other.clone()], 2, 2);
        let report = phone.mine(&edited.id).await;
        assert_eq!(
            (report.state.as_str(), report.text.as_str()),
            ("received", "Đèn lồng rơi, ổ gà")
        );
        let error = feedback.edit(edited.op).await.unwrap_err();
        assert_eq!(
            error,
            HueError::Refused {
                rule: "sent-already".into()
            }
        );
        refused_in_words(&error);

        // Taken back: a draft again, nothing of it with the city but the mark that its place is empty.
        let second = file("Đèn lồng tắt", 2).await;
        let item = stuck(&phone).await;
        phone.core.outbox().discard(item.op).await.unwrap();
        phone.delivered().await;
        let drafts = feedback.drafts().await.unwrap();
        assert_eq!(drafts.len(), 1);
        assert_eq!(
            (drafts[0].input.text.as_str(), drafts[0].photos.len()),
            ("Đèn lồng tắt", 1)
        );
        let state = city.state().unwrap();
        assert_eq!(count(&state, "reports", |r| r["id"] == *second.id), 0);
        let mut input = pothole("Đèn lồng tắt");
        input.place_words = Some("bờ sông".into());
        feedback
            .save_draft(drafts[0].id.clone(), input)
            .await
            .unwrap();
        let again = feedback.submit(drafts[0].id.clone()).await.unwrap();
        phone.delivered().await;
        assert_eq!(phone.mine(&again.id).await.state, "received");
        let state = city.state().unwrap();
        assert_eq!(state["reports"].as_array().unwrap().len(), 3);
        assert_eq!(phone.core.status().await.unwrap().wedged, 0);
        assert_eq!(feedback.drafts().await.unwrap(), []);
    });
}

#[test]
fn two_officers_do_the_same_without_a_network() {
    let city = city();
    story(async {
        let citizen = Phone::new(address(&city), "citizen", None).await;
        let id = citizen.file("Cây đổ", &[]).await;
        citizen.delivered().await;
        let one = Phone::new(address(&city), "officer", Some("ioc")).await;
        let two = Phone::new(address(&city), "officer", Some("ioc")).await;
        for officer in [&one, &two] {
            officer.delivered().await;
            officer.core.network_changed(Link::None).await.unwrap();
            let staff = officer.core.officer();
            staff.verify(id.clone(), None).await.unwrap();
        }
        // The second one goes on in the same breath; that waits behind what is stuck.
        let staff = two.core.officer();
        staff.assign(id.clone(), "ioc".into()).await.unwrap();
        one.core.network_changed(Link::Good).await.unwrap();
        one.delivered().await;
        two.core.network_changed(Link::Good).await.unwrap();
        let item = stuck(&two).await;
        assert_eq!(
            (item.kind.as_str(), item.error.as_deref()),
            ("staff.verify", Some("state"))
        );
        let items = two.core.outbox().items(false).await.unwrap();
        let behind = items.iter().find(|i| i.kind == "staff.assign").unwrap();
        assert_eq!(behind.behind.as_deref(), Some(item.op.as_str()));
        two.core.outbox().retry(item.op.clone()).await.unwrap();
        assert_eq!(stuck(&two).await.op, item.op);
        two.core.outbox().discard(item.op).await.unwrap();
        two.delivered().await;
        citizen.delivered().await;
        assert_eq!(citizen.mine(&id).await.state, "assigned");
        let state = city.state().unwrap();
        assert_eq!(count(&state, "ops", |op| op["kind"] == "staff.verify"), 1);
        assert_eq!(count(&state, "ops", |op| op["kind"] == "staff.assign"), 1);
    });
}
