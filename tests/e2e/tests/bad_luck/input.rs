//! What a person may put in that cannot be filed: refused by name and in words, and the draft is as it was.

use hues_core::feedback::{ReportList, Warning};
use hues_core::ports::Link;
use hues_core::HueError;
use hues_media::testkit::{generate, Extras};

use crate::world::{address, city, photo, pothole, refused_in_words, story, Case, Phone};

fn invalid(field: &str, rule: &str) -> HueError {
    HueError::Invalid {
        field: field.into(),
        rule: rule.into(),
    }
}

/// A small JPEG whose frame header (and its thumbnail's) says 30,000 × 30,000.
fn bomb() -> Vec<u8> {
    let mut bytes = photo(1);
    let frames: Vec<usize> = (0..bytes.len() - 9)
        .filter(|at| matches!(bytes[*at..], [0xff, 0xc0 | 0xc2, 0, 17, 8, ..]))
        .collect();
    let side = 30_000u16.to_be_bytes();
    for frame in &frames {
        bytes[frame + 5..frame + 7].copy_from_slice(&side);
        bytes[frame + 7..frame + 9].copy_from_slice(&side);
    }
    assert!(!frames.is_empty());
    bytes
}

/// A photo with so many bytes behind its picture.
fn heavy(bytes: usize) -> Vec<u8> {
    let mut photo = generate(7, 1_600, 1_200, &Extras::default());
    photo.resize(bytes, 0);
    photo
}

#[test]
fn photos_that_are_none_too_large_or_a_trap() {
    let case = Case::new(None);
    story(async {
        let core = case.open().unwrap();
        let feedback = core.feedback();
        let draft = feedback.new_draft(pothole("Ảnh")).await.unwrap().id;
        // Behind a picture the generator puts bytes that may go: the cut is in the picture.
        let mut cut = generate(2, 900, 700, &Extras::default());
        cut.truncate(cut.len() / 3);
        let mut lying = b"\x89PNG\r\n\x1a\n".to_vec();
        lying.extend(photo(3));
        let heic = [&[0, 0, 0, 24][..], b"ftypheic", &[0; 40]].concat();
        for (bytes, rule) in [
            (Vec::new(), "empty"),
            (b"<!doctype html>".to_vec(), "not-an-image"),
            (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "unsupported"),
            (b"%PDF-1.7".to_vec(), "unsupported"),
            (cut, "damaged"),
            (lying, "damaged"),
            (heic, "heic"),
            (bomb(), "too-many-pixels"),
            (heavy(33 << 20), "too-many-bytes"),
        ] {
            let refused = feedback.add_photo(draft.clone(), bytes).await;
            let error = refused.unwrap_err();
            refused_in_words(&error);
            assert_eq!(error, invalid("photo", rule));
            let kept = feedback.draft(draft.clone()).await.unwrap();
            assert_eq!((kept.input, kept.photos), (pothole("Ảnh"), Vec::new()));
        }
        // 25 MB is heavy and no sin.
        let taken = feedback.add_photo(draft.clone(), heavy(25 << 20)).await;
        let photos = taken.unwrap().photos;
        assert!(photos.len() == 1 && photos[0].bytes < 2 << 20, "{photos:?}");
        feedback.submit(draft).await.unwrap();
    });
}

#[test]
fn texts_of_every_act_within_their_bounds() {
    let city = city();
    story(async {
        let citizen = Phone::new(address(&city), "citizen", None).await;
        let officer = Phone::new(address(&city), "officer", Some("ioc")).await;
        let id = citizen.file("Nắp cống mất", &[]).await;
        citizen.delivered().await;
        officer.delivered().await;
        let (feedback, staff) = (citizen.core.feedback(), officer.core.officer());
        let long = "ệ".repeat(4_001);
        for (text, rule) in [
            ("", "empty"),
            (long.as_str(), "too-long"),
            ("a\u{0}b", "control"),
        ] {
            for error in [
                feedback
                    .supplement(id.clone(), text.into(), vec![])
                    .await
                    .err(),
                staff.refuse(id.clone(), text.into()).await.err(),
            ] {
                let error = error.unwrap();
                refused_in_words(&error);
                assert!(matches!(&error, HueError::Invalid { rule: r, .. } if r == rule));
            }
        }
        for text in [long.as_str(), "\u{202E}abc"] {
            for error in [
                feedback.withdraw(id.clone(), Some(text.into())).await.err(),
                staff.verify(id.clone(), Some(text.into())).await.err(),
            ] {
                refused_in_words(&error.unwrap());
            }
        }
        for error in [
            feedback.rate(id.clone(), 0, None).await.err(),
            feedback.rate(id.clone(), 5, None).await.err(),
            staff.assign(id.clone(), "khong-co".into()).await.err(),
            staff.assign(id.clone(), "ioc".into()).await.err(),
            feedback.report(ReportList::Mine, "0".into()).await.err(),
            feedback
                .report(ReportList::Mine, "0".repeat(32))
                .await
                .err(),
            feedback
                .list(ReportList::Mine, Some("x".into()), 5)
                .await
                .err(),
            feedback.submit("\u{0}".into()).await.err(),
            citizen.core.outbox().retry("z".repeat(32)).await.err(),
            citizen.core.export_proof("0".repeat(32), true).await.err(),
            citizen.core.photo("0".repeat(64)).await.err(),
            citizen
                .core
                .sign_in_sandbox("khong-ai".into(), None)
                .await
                .err(),
            citizen
                .core
                .sign_in_sandbox("citizen".into(), Some("ioc".into()))
                .await
                .err(),
        ] {
            refused_in_words(&error.unwrap());
        }
        // None of it left anything behind.
        for phone in [&citizen, &officer] {
            let status = phone.core.status().await.unwrap();
            assert_eq!((status.waiting, status.wedged), (0, 0));
        }
        assert_eq!(citizen.mine(&id).await.state, "received");
    });
}

/// A place outside Huế, and what comes without a network: told, and filed all the same.
#[test]
fn a_place_outside_hue_is_told_and_filed() {
    let city = city();
    story(async {
        let phone = Phone::new(address(&city), "citizen", None).await;
        phone.core.network_changed(Link::None).await.unwrap();
        let feedback = phone.core.feedback();
        let mut input = pothole("Cầu Rồng");
        let place = input.place.as_mut().unwrap();
        (place.lat, place.lon) = (16.0611, 108.2270);
        let draft = feedback.new_draft(input).await.unwrap();
        assert_eq!(draft.warnings, [Warning::OutsideHue]);
        let id = feedback.submit(draft.id).await.unwrap().id;
        phone.core.network_changed(Link::Good).await.unwrap();
        phone.delivered().await;
        assert_eq!(phone.mine(&id).await.state, "received");
    });
}
