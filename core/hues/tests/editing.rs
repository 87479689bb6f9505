//! Editing what has not left: a report whole, another act in its words; nothing is lost on the way.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{open, photo, pothole};
use hues_core::feedback::{AuthorKind, DraftInput, ReportList};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::Link;
use hues_core::{HueError, HuesCore};

/// A report with two photos that waits.
async fn filed(core: &HuesCore) -> (String, String) {
    core.start(Link::None).await.unwrap();
    let feedback = core.feedback();
    let draft = feedback.new_draft(pothole("Ổ gà trước chợ")).await.unwrap();
    feedback
        .add_photo(draft.id.clone(), photo(1))
        .await
        .unwrap();
    feedback
        .add_photo(draft.id.clone(), photo(2))
        .await
        .unwrap();
    let filed = feedback.submit(draft.id).await.unwrap();
    (filed.id, filed.op)
}

#[tokio::test]
async fn a_report_is_edited_whole_and_keeps_its_id_its_lane_and_the_photos_left_in() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let (id, op) = filed(&core).await;
    let feedback = core.feedback();
    let lane = core.outbox().items(false).await.unwrap()[0].lane.clone();

    let draft = feedback.edit(op.clone()).await.unwrap();
    assert_eq!(draft.edits.as_deref(), Some(op.as_str()));
    assert_eq!(draft.input.text, "Ổ gà trước chợ");
    assert_eq!(draft.photos.len(), 2);
    assert!(
        draft.photos.iter().all(|p| p.width > 0 && p.height > 0),
        "{:?}",
        draft.photos
    );
    assert_eq!(
        feedback.edit(op.clone()).await.unwrap().id,
        draft.id,
        "one edit of one op"
    );

    let gone = draft.photos[0].sha256.clone();
    feedback
        .remove_photo(draft.id.clone(), gone.clone())
        .await
        .unwrap();
    // The first filing still stands, with both photos readable.
    let before = feedback.report(ReportList::Mine, id.clone()).await.unwrap();
    assert_eq!(
        (before.text.as_str(), before.photos.len()),
        ("Ổ gà trước chợ", 2)
    );
    core.photo(gone.clone()).await.unwrap();

    feedback
        .add_photo(draft.id.clone(), photo(3))
        .await
        .unwrap();
    let input = DraftInput {
        text: "Ổ gà rất sâu trước chợ Đông Ba".into(),
        ..draft.input
    };
    feedback.save_draft(draft.id.clone(), input).await.unwrap();
    let again = feedback.submit(draft.id).await.unwrap();
    assert_eq!(again.id, id);

    let after = feedback.report(ReportList::Mine, id).await.unwrap();
    assert_eq!(after.text, "Ổ gà rất sâu trước chợ Đông Ba");
    assert_eq!(after.photos.len(), 2);
    for photo in &after.photos {
        core.photo(photo.sha256.clone()).await.unwrap();
    }
    assert_eq!(
        core.photo(gone).await.unwrap_err(),
        HueError::Offline,
        "no longer on the phone"
    );
    let outbox = core.outbox().items(false).await.unwrap();
    assert_eq!(outbox.len(), 1, "{outbox:?}");
    assert_eq!((outbox[0].lane.clone(), outbox[0].photos_open), (lane, 2));
    assert!(feedback.drafts().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_edit_that_is_thrown_away_leaves_the_report_as_it_was() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let (id, op) = filed(&core).await;
    let feedback = core.feedback();
    let draft = feedback.edit(op).await.unwrap();
    feedback.discard_draft(draft.id).await.unwrap();
    let report = feedback.report(ReportList::Mine, id).await.unwrap();
    assert_eq!(report.photos.len(), 2);
    for photo in &report.photos {
        core.photo(photo.sha256.clone()).await.unwrap();
    }
}

#[tokio::test]
async fn taken_back_while_it_is_edited_it_stays_that_one_draft() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let (id, op) = filed(&core).await;
    let feedback = core.feedback();
    let draft = feedback.edit(op.clone()).await.unwrap();
    core.outbox().discard(op).await.unwrap();
    let drafts = feedback.drafts().await.unwrap();
    assert_eq!(drafts.len(), 1);
    assert_eq!((&drafts[0].id, &drafts[0].edits), (&draft.id, &None));
    for photo in &drafts[0].photos {
        core.photo(photo.sha256.clone()).await.unwrap();
    }
    assert_eq!(
        feedback.report(ReportList::Mine, id).await.unwrap_err(),
        HueError::NotFound
    );
    let filed = feedback.submit(draft.id.clone()).await.unwrap();
    assert_eq!(filed.id, draft.id, "a report of its own now");
}

#[tokio::test]
async fn who_becomes_anonymous_starts_anew_so_that_nothing_ties_it_to_the_name_before() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let (id, op) = filed(&core).await;
    let feedback = core.feedback();
    let lane = core.outbox().items(false).await.unwrap()[0].lane.clone();
    let draft = feedback.edit(op).await.unwrap();
    let input = DraftInput {
        author: AuthorKind::Anonymous,
        ..draft.input
    };
    feedback.save_draft(draft.id.clone(), input).await.unwrap();
    let again = feedback.submit(draft.id).await.unwrap();
    assert_ne!(again.id, id);
    let outbox = core.outbox().items(false).await.unwrap();
    assert_eq!(outbox.len(), 1, "{outbox:?}");
    assert_ne!(outbox[0].lane, lane, "another lane, another key");
    assert_eq!(outbox[0].report, again.id);
    let report = feedback.report(ReportList::Mine, again.id).await.unwrap();
    assert_eq!(report.photos.len(), 2);
    for photo in &report.photos {
        core.photo(photo.sha256.clone()).await.unwrap();
    }
}

#[tokio::test]
async fn an_act_gets_other_words_and_one_without_words_says_so() {
    let (dir, vault) = (tempfile::tempdir().unwrap(), SoftwareVault::in_memory());
    let core = open(dir.path(), &vault).unwrap();
    let (id, first) = filed(&core).await;
    let feedback = core.feedback();
    let added = feedback
        .supplement(id.clone(), "Gần cổng số 2".into(), vec![photo(4)])
        .await
        .unwrap();
    assert_eq!(
        feedback.edit(added.op.clone()).await.unwrap_err(),
        HueError::Refused {
            rule: "edit-words-only".into()
        }
    );
    assert_eq!(
        core.outbox()
            .edit(added.op.clone(), " \n".into())
            .await
            .unwrap_err(),
        HueError::Invalid {
            field: "text".into(),
            rule: "empty".into()
        }
    );
    let again = core
        .outbox()
        .edit(added.op.clone(), "Gần cổng số 3".into())
        .await
        .unwrap();
    assert_eq!(again.op, added.op, "it never left: it is the same act");
    // The filing before it in the lane changes: what follows is signed again behind it.
    core.outbox()
        .edit(first, "Ổ gà, sửa lại".into())
        .await
        .unwrap();
    let outbox = core.outbox().items(false).await.unwrap();
    assert_eq!(
        outbox.iter().map(|o| o.photos_open).collect::<Vec<_>>(),
        [2, 1]
    );
    let report = feedback.report(ReportList::Mine, id).await.unwrap();
    assert_eq!(report.text, "Ổ gà, sửa lại");
    assert!(
        report
            .timeline
            .iter()
            .any(|t| t.text.as_deref() == Some("Gần cổng số 3")),
        "{:?}",
        report.timeline
    );
    drop(core);

    // A restart finds all of it, and the mirror agrees with the file.
    let core = open(dir.path(), &vault).unwrap();
    core.start(Link::None).await.unwrap();
    assert_eq!(core.outbox().items(false).await.unwrap().len(), 2);
}
