//! More than one phone of the same person: a second one, and one that was restored from an old copy of itself.

use hues_core::feedback::ReportList;
use hues_core::ports::Link;
use hues_core::words::TextItem;

use crate::newer::copy_of;
use crate::world::{address, city, count, exactly_once, in_words, story, Case, Phone};

#[test]
fn a_second_phone_with_the_same_account() {
    let city = city();
    story(async {
        let first = Phone::new(address(&city), "citizen", None).await;
        let second = Phone::new(address(&city), "citizen", None).await;
        let a = first.file("Từ máy một", &[1]).await;
        let b = second.file("Từ máy hai", &[2]).await;
        first.delivered().await;
        second.delivered().await;
        first.delivered().await;
        for phone in [&first, &second] {
            assert_eq!(phone.count().await, 2);
            assert_eq!(phone.mine(&a).await.text, "Từ máy một");
            assert_eq!(phone.mine(&b).await.text, "Từ máy hai");
        }
        // An answer, and both phones rate it without a network: once counts, the other is told and let go.
        let officer = Phone::new(address(&city), "officer", Some("ioc")).await;
        let staff = officer.core.officer();
        staff.verify(a.clone(), None).await.unwrap();
        staff.assign(a.clone(), "ioc".into()).await.unwrap();
        staff
            .answer(a.clone(), "Đã vá xong.".into(), Vec::new())
            .await
            .unwrap();
        officer.delivered().await;
        for phone in [&first, &second] {
            phone.delivered().await;
            phone.core.network_changed(Link::None).await.unwrap();
        }
        first
            .core
            .feedback()
            .rate(a.clone(), 5, None)
            .await
            .unwrap();
        second
            .core
            .feedback()
            .rate(a.clone(), 1, None)
            .await
            .unwrap();
        first.core.network_changed(Link::Good).await.unwrap();
        first.delivered().await;
        second.core.network_changed(Link::Good).await.unwrap();
        for _ in 0..20 {
            second.try_all().await;
            if second.core.status().await.unwrap().wedged == 1 {
                break;
            }
        }
        let items = second.core.outbox().items(false).await.unwrap();
        let stuck = items.iter().find(|i| i.state == "wedged").unwrap();
        let rule = stuck.error.clone().unwrap();
        assert!(
            ["already-rated", "state"].contains(&rule.as_str()),
            "{rule}"
        );
        in_words(&TextItem::Rule { rule });
        second
            .core
            .outbox()
            .discard(stuck.op.clone())
            .await
            .unwrap();
        second.delivered().await;
        for phone in [&first, &second] {
            let report = phone.mine(&a).await;
            assert_eq!(report.state, "rated");
            assert_eq!(report.rating.unwrap().stars, 5);
        }
        let state = city.state().unwrap();
        assert_eq!(count(&state, "ops", |op| op["kind"] == "report.rate"), 1);
    });
}

#[test]
fn a_restored_old_copy_links_anew_and_says_so() {
    let city = city();
    story(async {
        let phone = Phone::new(address(&city), "citizen", None).await;
        phone.core.network_changed(Link::None).await.unwrap();
        let id = phone.file("Trước bản sao", &[1]).await;
        let case = phone.close().await;
        let old = copy_of(&case);
        // The phone lives on: it adds something, and all of it arrives.
        let phone = case.wake().await;
        let add = async |phone: &Phone, text: &str| {
            let feedback = phone.core.feedback();
            feedback
                .supplement(id.clone(), text.into(), Vec::new())
                .await
                .unwrap()
                .op
        };
        add(&phone, "Bổ sung của máy cũ").await;
        phone.delivered().await;
        exactly_once(&city, std::slice::from_ref(&id), 2, 1);
        phone.close().await;
        // Stolen; the copy of before comes back on another phone with the same keystore. She adds two things before it ever meets the city.
        let back: Phone = {
            let core = old.open().unwrap();
            core.start(Link::None).await.unwrap();
            Phone {
                core,
                case: Case::clone(&old),
            }
        };
        let mut mine = vec![add(&back, "Bổ sung sau khi khôi phục").await];
        mine.push(add(&back, "Bổ sung lần nữa").await);
        back.core.network_changed(Link::Good).await.unwrap();
        back.delivered().await;
        // The report was there already and is not there twice; what she wrote since is linked after what the copy did not know.
        exactly_once(&city, std::slice::from_ref(&id), 4, 1);
        let items = back.core.outbox().items(true).await.unwrap();
        for op in &mine {
            let item = items.iter().find(|i| i.op == *op).unwrap();
            assert!(item.relinked, "{item:?}");
            assert_eq!(item.state, "done");
        }
        in_words(&TextItem::OutboxState {
            state: "relinked".into(),
        });
        let report = back.mine(&id).await;
        let timeline = format!("{:?}", report.timeline);
        for text in [
            "Bổ sung của máy cũ",
            "Bổ sung sau khi khôi phục",
            "Bổ sung lần nữa",
        ] {
            assert!(timeline.contains(text), "{text}: {timeline}");
        }
        // Both copies at once: they tread on each other's lane and both get through.
        let other = case.wake().await;
        other.core.network_changed(Link::None).await.unwrap();
        back.core.network_changed(Link::None).await.unwrap();
        add(&other, "Máy A").await;
        add(&back, "Máy B").await;
        for phone in [&other, &back, &other] {
            phone.core.network_changed(Link::Good).await.unwrap();
            phone.delivered().await;
        }
        exactly_once(&city, std::slice::from_ref(&id), 6, 1);
        let feedback = other.core.feedback();
        let page = feedback.list(ReportList::Mine, None, 10).await;
        assert_eq!(page.unwrap().items.len(), 1);
    });
}
