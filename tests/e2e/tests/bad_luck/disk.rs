//! A full disk under the whole phone: each write of a day fails once, and then all from there on, until there is room again.
//!
//! Invariant: a call that says yes has saved; one that says no has changed nothing that a person sees, says "full" in words, and does it when there is room.

use std::future::Future;
use std::sync::Arc;

use hues_core::feedback::ReportList;
use hues_core::ports::Link;
use hues_core::{HueError, HuesCore, StorageReason};
use hues_lab::disk::{Fault, Plan, SimDisk};

use crate::world::{
    address, city, exactly_once, photo, pothole, refused_in_words, story, Case, Phone,
};

const FULL: HueError = HueError::Storage {
    reason: StorageReason::Full,
};

/// A disk, how it fails, and whether it did.
struct Full {
    disk: SimDisk,
    hit: bool,
}

impl Full {
    fn at(nth: u64, stays: bool) -> Full {
        let disk = SimDisk::new();
        disk.plan(Some(Plan {
            fault: Fault::Full,
            nth,
            stays,
        }));
        Full { disk, hit: false }
    }

    /// The call; refused, it is `unchanged`, and done once there is room.
    async fn step<R, F: Future<Output = Result<R, HueError>>>(
        &mut self,
        call: impl Fn() -> F,
        unchanged: impl AsyncFn(),
    ) -> R {
        let first = call().await;
        self.hit |= self.disk.hits() > 0;
        match first {
            Ok(done) => done,
            Err(error) => {
                assert!(self.hit, "{error:?}");
                assert_eq!(error, FULL);
                refused_in_words(&error);
                self.disk.plan(None);
                unchanged().await;
                call().await.unwrap()
            }
        }
    }
}

async fn nothing() {}

/// A day without a network; whether a write failed in it.
async fn day(nth: u64, stays: bool) -> bool {
    let mut full = Full::at(nth, stays);
    let disk = full.disk.clone();
    let case = Case::on(Arc::new(disk.clone()), &disk.root().join("home"), None);
    let core = full.step(async || case.open(), nothing).await;
    full.step(|| core.start(Link::None), nothing).await;
    let feedback = core.feedback();

    let drafts = async |n: usize| assert_eq!(feedback.drafts().await.unwrap().len(), n);
    let draft = full
        .step(
            || feedback.new_draft(pothole("Bản đầu")),
            async || drafts(0).await,
        )
        .await
        .id;
    let is = async |text: &str, photos: usize| {
        let kept = feedback.draft(draft.clone()).await.unwrap();
        assert_eq!(
            (kept.input.text.as_str(), kept.photos.len()),
            (text, photos)
        );
    };
    full.step(
        || feedback.save_draft(draft.clone(), pothole("Bản hai")),
        async || is("Bản đầu", 0).await,
    )
    .await;
    full.step(
        || feedback.add_photo(draft.clone(), photo(1)),
        async || is("Bản hai", 0).await,
    )
    .await;
    let other = full
        .step(
            || feedback.new_draft(pothole("Bản khác")),
            async || drafts(1).await,
        )
        .await
        .id;
    let filed = full
        .step(
            || feedback.submit(draft.clone()),
            async || {
                is("Bản hai", 1).await;
                assert_eq!(core.outbox().items(true).await.unwrap(), []);
                assert_eq!(core.status().await.unwrap().reports, 0);
            },
        )
        .await;
    let acts = async |n: usize| {
        assert_eq!(core.outbox().items(true).await.unwrap().len(), n);
    };
    full.step(
        || feedback.supplement(filed.id.clone(), "Thêm nữa".into(), vec![photo(2)]),
        async || acts(1).await,
    )
    .await;
    full.step(
        || feedback.discard_draft(other.clone()),
        async || drafts(1).await,
    )
    .await;
    full.step(|| core.foreground_changed(false), nothing).await;
    full.step(|| core.foreground_changed(true), nothing).await;
    drop(feedback);
    tokio::task::block_in_place(|| core.close());

    // Opening is possible with a disk that is still full, or a moment later.
    let core = full.step(async || case.open(), nothing).await;
    full.hit |= disk.hits() > 0;
    disk.plan(None);
    whole(&core, &filed.id).await;
    tokio::task::block_in_place(|| core.close());
    whole(&case.open().unwrap(), &filed.id).await;
    full.hit
}

/// Everything of the day is there, once.
async fn whole(core: &HuesCore, id: &str) {
    let report = core
        .feedback()
        .report(ReportList::Mine, id.to_owned())
        .await
        .unwrap();
    assert_eq!(report.text, "Bản hai");
    for shown in &report.photos {
        assert!(core.photo(shown.sha256.clone()).await.is_ok());
    }
    let acts = core.outbox().items(true).await.unwrap();
    assert_eq!(acts.len(), 2, "{acts:?}");
    assert_eq!(core.feedback().drafts().await.unwrap(), []);
}

/// `every`: only each so-manieth write, to stay short.
fn days(stays: bool, every: u64) {
    let mut hits = 0;
    for nth in (1..).step_by(every as usize) {
        let mut hit = false;
        story(async { hit = day(nth, stays).await });
        if !hit {
            break;
        }
        hits += 1;
    }
    assert!(hits * every > 100, "only {hits} writes failed");
}

#[test]
fn full_at_each_write_once() {
    days(false, 1);
}

#[test]
fn full_from_each_write_on() {
    days(true, 1);
}

/// Filed while there was room, sent while there is none: whatever write fails, all arrives once.
#[test]
fn full_while_it_talks_to_the_city() {
    let city = city();
    story(async {
        let (mut reports, mut hits, mut misses) = (Vec::new(), 0, 0);
        let disk = SimDisk::new();
        let case = Case::on(
            Arc::new(disk.clone()),
            &disk.root().join("home"),
            Some(address(&city)),
        );
        let phone: Phone = case.wake().await;
        phone.sign_in("citizen", None).await;
        for nth in 1.. {
            phone.core.network_changed(Link::None).await.unwrap();
            let text = format!("Lần {nth}");
            let id = phone.file(&text, &[nth]).await;
            disk.plan(Some(Plan {
                fault: Fault::Full,
                nth: 1 + (nth - 1) * 3,
                stays: nth % 2 == 0,
            }));
            // A refusal here is the engine's to remember.
            for error in [
                phone.core.network_changed(Link::Good).await.err(),
                phone.core.refresh().await.err(),
                phone.core.settle(5_000).await.err(),
            ]
            .into_iter()
            .flatten()
            {
                assert_eq!(error, FULL);
            }
            phone.keeps(&id, &text, 1).await;
            let hit = disk.hits() > 0;
            disk.plan(None);
            phone.core.network_changed(Link::Good).await.unwrap();
            phone.delivered().await;
            reports.push(id);
            (hits, misses) = (hits + u64::from(hit), misses + u64::from(!hit));
            if misses >= 2 {
                break;
            }
        }
        assert!(hits >= 10, "only {hits} deliveries met a full disk");
        exactly_once(&city, &reports, reports.len(), reports.len());
        for id in &reports {
            assert_eq!(phone.mine(id).await.state, "received");
        }
    });
}
