//! A report's whole life between three phones and the city, over loopback.
//!
//! Invariant: what a person sees on one phone is what another person did on theirs; the public sees only what was published.

#![allow(clippy::unwrap_used)]

mod common;

use common::{city, count, exactly_once, get, story, Phone, PLACE};
use hues_core::feedback::ReportList;
use hues_core::verify_proof;

#[test]
fn a_report_from_filing_to_rating() {
    let city = city();
    story(async {
        let citizen = Phone::new(&city, "citizen", None).await;
        let officer = Phone::new(&city, "officer", Some("ioc")).await;
        let neighbour = Phone::new(&city, "neighbour", None).await;

        let id = citizen.file("Ổ gà sâu trước cổng trường.", &[1, 2]).await;
        assert_eq!(citizen.mine(&id).await.text, "Ổ gà sâu trước cổng trường.");
        citizen.delivered().await;
        let report = citizen.mine(&id).await;
        assert_eq!(
            (report.state.as_str(), report.photos.len()),
            ("received", 2)
        );
        assert!(
            report.photos.iter().all(|photo| photo.state == "received"),
            "{:?}",
            report.photos
        );
        assert!(report.due.is_some() && report.proof);
        exactly_once(&city.state().unwrap(), &[&id], 1, 2);

        // The officer, one act after the other, each seen by the citizen.
        let desk = officer.core.officer();
        officer.delivered().await;
        let seen = desk.report(id.clone()).await.unwrap();
        assert_eq!(
            (seen.text.as_str(), seen.photos.len()),
            ("Ổ gà sâu trước cổng trường.", 2)
        );
        let file = officer
            .core
            .photo(seen.photos[0].sha256.clone())
            .await
            .unwrap();
        assert_eq!(file.len() as u64, seen.photos[0].bytes);
        desk.verify(id.clone(), None).await.unwrap();
        officer.delivered().await;
        desk.assign(id.clone(), "ha_tang_do_thi".into())
            .await
            .unwrap();
        desk.ask(id.clone(), "Ổ gà ở làn nào?".into())
            .await
            .unwrap();
        officer.delivered().await;
        citizen.delivered().await;
        let asked = citizen.mine(&id).await;
        assert_eq!(
            (asked.state.as_str(), asked.ask.as_deref()),
            ("need_info", Some("Ổ gà ở làn nào?"))
        );

        citizen
            .core
            .feedback()
            .supplement(id.clone(), "Làn trong cùng.".into(), vec![common::photo(3)])
            .await
            .unwrap();
        citizen.delivered().await;
        officer.delivered().await;
        assert_eq!(desk.report(id.clone()).await.unwrap().photos.len(), 3);
        desk.answer(id.clone(), "Đã vá xong.".into(), vec![common::photo(4)])
            .await
            .unwrap();
        officer.delivered().await;
        citizen.delivered().await;
        let answered = citizen.mine(&id).await;
        assert_eq!(answered.state, "answered");
        assert_eq!(answered.answer.unwrap().text, "Đã vá xong.");

        // Nobody else has heard of it; then the officer publishes.
        neighbour.delivered().await;
        let public = neighbour
            .core
            .feedback()
            .list(ReportList::Public, None, 10)
            .await
            .unwrap();
        assert!(public.items.is_empty());
        let preview = desk.preview(id.clone()).await.unwrap();
        desk.publish(preview.clone()).await.unwrap();
        officer.delivered().await;
        neighbour.delivered().await;
        let public = neighbour
            .core
            .feedback()
            .report(ReportList::Public, id.clone())
            .await
            .unwrap();
        assert_eq!(public.text, preview.text);
        let place = public.place.unwrap();
        assert!((place.lat, place.lon) != PLACE && public.place_grid_m == Some(100));
        assert!(public.place_words.is_none() && public.answers.is_empty());
        let shown = neighbour
            .core
            .photo(public.photos[0].sha256.clone())
            .await
            .unwrap();
        assert!(!shown.is_empty());

        citizen
            .core
            .feedback()
            .rate(id.clone(), 5, Some("Nhanh lắm".into()))
            .await
            .unwrap();
        citizen.delivered().await;
        let rated = citizen.mine(&id).await;
        assert_eq!(
            (rated.state.as_str(), rated.rating.unwrap().stars),
            ("rated", 5)
        );
        assert!(rated.published);

        let inbox = citizen.core.feedback().inbox(None, 50).await.unwrap();
        assert_eq!(
            inbox.len(),
            5,
            "verified, assigned, asked, answered, published: {inbox:#?}"
        );
        assert!(inbox
            .iter()
            .all(|notice| notice.report.as_deref() == Some(id.as_str())));
        assert!(neighbour
            .core
            .feedback()
            .inbox(None, 50)
            .await
            .unwrap()
            .is_empty());
        let state = city.state().unwrap();
        exactly_once(&state, &[&id], 8, 4);
        assert_eq!(count(&state, "refusals", |_| true), 0);
    });
}

#[test]
fn a_proof_stands_on_the_citys_keys_alone() {
    let (city, other) = (city(), common::city());
    story(async {
        let citizen = Phone::new(&city, "citizen", None).await;
        let id = citizen.file("Nắp cống mất.", &[]).await;
        citizen.delivered().await;
        let proof = citizen.core.export_proof(id.clone(), false).await.unwrap();
        let (status, keys) = get(&city.url, "/keys", None);
        assert_eq!(status, 200);
        let verdict = verify_proof(&proof, &keys).unwrap();
        assert_eq!(
            (verdict.report, verdict.text.as_deref()),
            (id.clone(), Some("Nắp cống mất."))
        );
        assert!(verdict.not_before.unwrap() <= verdict.not_after);
        let compact = citizen.core.export_proof(id, true).await.unwrap();
        assert!(compact.len() <= 1_200 && verify_proof(&compact, &keys).unwrap().text.is_none());
        let (_, others) = get(&other.url, "/keys", None);
        assert!(verify_proof(&proof, &others).is_err());
    });
}
