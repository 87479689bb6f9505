//! A phone that has never seen the city: everything a citizen does is saved, checked, shown and kept, and every refusal has words.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{invalid, open, photo, pothole};
use hues_core::feedback::{
    Answer, AuthorKind, DraftInput, Place, PlaceSource, ReportList, Warning,
};
use hues_core::live::{apply, ReportListener, ReportStep};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::{HostError, Link};
use hues_core::words::{text, Language, TextForm, TextItem};
use hues_core::HueError;

#[tokio::test]
async fn a_report_filed_in_the_dark_is_still_there_after_a_restart() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let id = {
        let core = open(dir.path(), &vault).unwrap();
        core.start(Link::None).await.unwrap();
        let feedback = core.feedback();
        let draft = feedback
            .new_draft(pothole("Ổ gà lớn trước chợ Đông Ba"))
            .await
            .unwrap();
        assert!(draft.problems.is_empty(), "{:?}", draft.problems);
        let draft = feedback.add_photo(draft.id, photo(1)).await.unwrap();
        assert_eq!(draft.photos.len(), 1);
        let filed = feedback.submit(draft.id.clone()).await.unwrap();
        assert_eq!((filed.state.as_str(), &filed.id), ("queued", &draft.id));
        assert_eq!(
            feedback.draft(draft.id).await.unwrap_err(),
            HueError::NotFound,
            "the draft became the report"
        );
        filed.id
    };
    let core = open(dir.path(), &vault).unwrap();
    core.start(Link::None).await.unwrap();
    let report = core.feedback().report(ReportList::Mine, id).await.unwrap();
    assert_eq!(report.state, "queued");
    assert_eq!(report.text, "Ổ gà lớn trước chợ Đông Ba");
    assert_eq!(report.photos.len(), 1);
    assert_eq!(report.pending, ["report.new"]);
    let bytes = core.photo(report.photos[0].sha256.clone()).await.unwrap();
    assert!(
        hues_media::scan(&bytes).is_clean(),
        "nothing but the picture is on the phone"
    );
    let outbox = core.outbox().items(false).await.unwrap();
    assert_eq!(outbox.len(), 1);
    assert_eq!(
        (
            outbox[0].state.as_str(),
            outbox[0].editable,
            outbox[0].photos_open
        ),
        ("waiting", true, 1)
    );
    let status = core.status().await.unwrap();
    assert_eq!(
        (
            status.waiting,
            status.unclaimed,
            status.reports,
            status.config_version
        ),
        (1, 1, 1, 0)
    );
}

#[tokio::test]
async fn every_wrong_input_is_named_and_nothing_is_lost() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let feedback = core.feedback();
    let refused = |input: DraftInput| {
        let feedback = feedback.clone();
        async move {
            let draft = feedback.new_draft(input.clone()).await.unwrap();
            let error = feedback.submit(draft.id.clone()).await.unwrap_err();
            let kept = feedback.draft(draft.id).await.unwrap();
            assert_eq!(kept.input, input, "the draft is as it was entered");
            for language in [Language::Vi, Language::En] {
                let words = text(
                    &TextItem::Failure {
                        error: error.clone(),
                    },
                    language,
                    TextForm::Long,
                );
                assert!(
                    words.len() > 10 && !words.contains("{code}"),
                    "{error:?}: {words}"
                );
            }
            error
        }
    };
    assert_eq!(refused(pothole("  \n ")).await, invalid("text", "empty"));
    assert_eq!(
        refused(pothole(&"ệ".repeat(4_001))).await,
        invalid("text", "too-long")
    );
    assert_eq!(
        refused(pothole("bell \u{7}")).await,
        invalid("text", "control")
    );
    assert_eq!(
        refused(pothole("turned \u{202E} around")).await,
        invalid("text", "control")
    );
    let mut input = pothole("Đèn hỏng");
    input.category = None;
    assert_eq!(refused(input.clone()).await, invalid("category", "empty"));
    input.category = Some("ha_tang".into());
    assert_eq!(
        refused(input.clone()).await,
        invalid("category", "category-group")
    );
    input.category = Some("vanished".into());
    assert_eq!(refused(input).await, invalid("category", "category-gone"));
    let mut input = pothole("Thiếu câu trả lời");
    input.answers.clear();
    assert_eq!(
        refused(input.clone()).await,
        invalid("chan_duong", "question-missing")
    );
    input.answers = vec![Answer {
        question: "chan_duong".into(),
        value: "maybe".into(),
    }];
    assert_eq!(refused(input).await, invalid("chan_duong", "answer-bad"));
    let mut input = pothole("Phường lạ");
    input.ward = Some("99999".into());
    assert_eq!(refused(input).await, invalid("ward", "ward-unknown"));
    let mut input = pothole("Trên sao Hỏa");
    input.place = Some(Place {
        lat: 123.0,
        lon: 0.0,
        accuracy_m: None,
        source: PlaceSource::Pin,
    });
    assert_eq!(refused(input).await, invalid("place", "place-range"));
    assert_eq!(
        core.outbox().items(false).await.unwrap(),
        [],
        "nothing of it was queued"
    );
}

#[tokio::test]
async fn nfd_and_emoji_of_4000_scalars_are_filed_in_nfc() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let feedback = core.feedback();
    // 3,999 letters in decomposed form (three scalars each) and one emoji: 4,000 after NFC.
    let typed = format!("{}🌊", "e\u{302}\u{323}".repeat(3_999));
    let draft = feedback.new_draft(pothole(&typed)).await.unwrap();
    let filed = feedback.submit(draft.id).await.unwrap();
    let report = feedback.report(ReportList::Mine, filed.id).await.unwrap();
    assert_eq!(report.text, format!("{}🌊", "ệ".repeat(3_999)));
}

#[tokio::test]
async fn photos_that_are_none_are_refused_with_words() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let feedback = core.feedback();
    let draft = feedback.new_draft(pothole("Ảnh lạ")).await.unwrap();
    let mut lying = photo(3);
    lying.truncate(lying.len() / 3);
    let heic = [&[0, 0, 0, 24][..], b"ftypheic", &[0; 40]].concat();
    for (bytes, rule) in [
        (Vec::new(), "empty"),
        (b"<html>not a photo</html>".to_vec(), "not-an-image"),
        (lying, "damaged"),
        (heic, "heic"),
    ] {
        assert_eq!(
            feedback
                .add_photo(draft.id.clone(), bytes)
                .await
                .unwrap_err(),
            invalid("photo", rule)
        );
    }
    for seed in 0..8 {
        feedback
            .add_photo(draft.id.clone(), photo(seed))
            .await
            .unwrap();
    }
    let again = feedback
        .add_photo(draft.id.clone(), photo(0))
        .await
        .unwrap();
    assert_eq!(again.photos.len(), 8, "the same photo twice is one photo");
    assert_eq!(
        feedback
            .add_photo(draft.id.clone(), photo(99))
            .await
            .unwrap_err(),
        invalid("photo", "files-many")
    );
    let fewer = feedback
        .remove_photo(draft.id.clone(), again.photos[0].sha256.clone())
        .await
        .unwrap();
    assert_eq!(fewer.photos.len(), 7);
    feedback.discard_draft(draft.id).await.unwrap();
    assert_eq!(feedback.drafts().await.unwrap(), []);
}

#[tokio::test]
async fn warnings_inform_and_never_block() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let feedback = core.feedback();
    let mut input = pothole("Cầu Rồng");
    input.place = Some(Place {
        lat: 16.0611,
        lon: 108.2270,
        accuracy_m: Some(500),
        source: PlaceSource::Gps,
    });
    let draft = feedback.new_draft(input).await.unwrap();
    assert_eq!(draft.warnings, [Warning::OutsideHue, Warning::PlaceVague]);
    feedback.submit(draft.id).await.unwrap();
    let mut input = pothole("Không rõ ở đâu");
    input.place = None;
    assert_eq!(
        feedback.new_draft(input).await.unwrap().warnings,
        [Warning::NoPlace]
    );
    // What the server could still record is said before an anonymous report is filed.
    let mut input = pothole("Không nêu tên");
    input.author = AuthorKind::Anonymous;
    assert_eq!(
        feedback.new_draft(input).await.unwrap().warnings,
        [Warning::Anonymous]
    );
    let wards = feedback.likely_wards(16.4637, 107.5909);
    assert!(!wards.is_empty() && wards.len() <= 3 && wards.iter().all(|w| w.confidence > 0.0));
}

#[tokio::test]
async fn what_never_left_can_be_taken_back_and_becomes_a_draft_again() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let feedback = core.feedback();
    let draft = feedback.new_draft(pothole("Viết nhầm")).await.unwrap();
    let draft = feedback.add_photo(draft.id, photo(5)).await.unwrap();
    let filed = feedback.submit(draft.id).await.unwrap();
    core.outbox().discard(filed.op).await.unwrap();
    assert_eq!(core.outbox().items(true).await.unwrap(), []);
    assert_eq!(
        feedback
            .report(ReportList::Mine, filed.id)
            .await
            .unwrap_err(),
        HueError::NotFound
    );
    let drafts = feedback.drafts().await.unwrap();
    assert_eq!(drafts.len(), 1);
    assert_eq!(
        (drafts[0].input.text.as_str(), drafts[0].photos.len()),
        ("Viết nhầm", 1)
    );
    let filed = feedback.submit(drafts[0].id.clone()).await.unwrap();
    let report = feedback.report(ReportList::Mine, filed.id).await.unwrap();
    assert!(
        core.photo(report.photos[0].sha256.clone()).await.is_ok(),
        "its photo came along"
    );
}

#[tokio::test]
async fn search_finds_without_tones_and_puts_exact_tones_first() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let feedback = core.feedback();
    for text in [
        "Đường ngập sâu",
        "Dương xỉ mọc dại",
        "Đèn đường hỏng",
        "Cây đổ ở đường Lê Lợi",
    ] {
        let draft = feedback.new_draft(pothole(text)).await.unwrap();
        feedback.submit(draft.id).await.unwrap();
    }
    let texts = |query: &'static str| {
        let feedback = feedback.clone();
        async move {
            let mut found = Vec::new();
            let mut cursor = None;
            loop {
                let page = feedback
                    .search(ReportList::Mine, query.into(), cursor, 2)
                    .await
                    .unwrap();
                found.extend(page.items.into_iter().map(|i| i.text));
                cursor = page.next;
                if cursor.is_none() {
                    return found;
                }
            }
        }
    };
    assert_eq!(texts("duong").await.len(), 4);
    let exact = texts("đường").await;
    assert_eq!(exact.len(), 4);
    assert_eq!(
        exact.last().unwrap(),
        "Dương xỉ mọc dại",
        "other tones come last"
    );
    assert_eq!(texts("le loi").await, ["Cây đổ ở đường Lê Lợi"]);
    assert_eq!(texts("' OR 1=1 --").await, Vec::<String>::new());
}

#[derive(Default)]
struct Screen(Mutex<Vec<hues_core::feedback::ReportSummary>>);

impl ReportListener for Screen {
    fn on_steps(&self, steps: Vec<ReportStep>) -> Result<(), HostError> {
        assert!(apply(&mut self.0.lock().unwrap(), steps));
        Ok(())
    }
}

#[tokio::test]
async fn a_watched_list_follows_and_stops() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let feedback = core.feedback();
    let screen = Arc::new(Screen::default());
    let watch = feedback
        .watch(ReportList::Mine, 2, screen.clone())
        .await
        .unwrap();
    for n in 0..3 {
        let draft = feedback
            .new_draft(pothole(&format!("Phản ánh {n}")))
            .await
            .unwrap();
        feedback.submit(draft.id).await.unwrap();
    }
    let shows = |wanted: &'static [&'static str]| {
        let screen = screen.clone();
        async move {
            for _ in 0..200 {
                let now: Vec<String> = screen
                    .0
                    .lock()
                    .unwrap()
                    .iter()
                    .map(|i| i.text.clone())
                    .collect();
                if now == wanted {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            false
        }
    };
    assert!(
        shows(&["Phản ánh 2", "Phản ánh 1"]).await,
        "{:?}",
        screen.0.lock().unwrap()
    );
    watch.cancel();
    let draft = feedback.new_draft(pothole("Sau khi dừng")).await.unwrap();
    feedback.submit(draft.id).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(
        shows(&["Phản ánh 2", "Phản ánh 1"]).await,
        "a cancelled watch hears nothing"
    );
}

#[tokio::test]
async fn no_word_of_a_citizen_lies_in_plain_on_the_disk() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let marker = "mot-dau-vet-rat-rieng";
    let draft = core.feedback().new_draft(pothole(marker)).await.unwrap();
    core.feedback()
        .add_photo(draft.id.clone(), photo(9))
        .await
        .unwrap();
    core.feedback().submit(draft.id).await.unwrap();
    let mut files = vec![dir.path().to_path_buf()];
    let mut seen = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        seen += 1;
        for needle in [marker.as_bytes(), b"JFIF", b"SQLite format 3"] {
            assert!(
                !bytes.windows(needle.len()).any(|w| w == needle),
                "{} in {}",
                String::from_utf8_lossy(needle),
                path.display()
            );
        }
    }
    assert!(seen > 5);
}
