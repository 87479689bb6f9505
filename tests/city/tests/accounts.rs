//! Two people, one phone: what is one's own stays one's own, and nothing unsent is lost by changing over.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;

use common::{address, city, exactly_once, get, pothole, story};
use hues_city::RunningCity;
use hues_core::feedback::ReportList;
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::Link;
use hues_core::{verify_proof, CoreConfig, HueError, HuesCore, Ports};

/// One phone's home and vault, opened again and again.
struct Handset {
    home: tempfile::TempDir,
    vault: Arc<SoftwareVault>,
}

impl Handset {
    fn new() -> Handset {
        Handset {
            home: tempfile::tempdir().unwrap(),
            vault: SoftwareVault::in_memory(),
        }
    }

    async fn open(&self, city: &RunningCity, account: Option<String>, link: Link) -> HuesCore {
        let config = CoreConfig {
            home: self.home.path().to_str().unwrap().to_owned(),
            city: Some(address(city, Vec::new())),
            account,
            local_address: None,
        };
        let core = HuesCore::open(config, Ports::with_vault(self.vault.clone())).unwrap();
        core.start(link).await.unwrap();
        core
    }
}

async fn file(core: &HuesCore, text: &str) -> String {
    let feedback = core.feedback();
    let draft = feedback.new_draft(pothole(text)).await.unwrap();
    feedback.submit(draft.id).await.unwrap().id
}

/// Its files are closed when this returns.
async fn close(core: HuesCore) {
    tokio::task::spawn_blocking(|| core.close()).await.unwrap();
}

async fn sync(core: &HuesCore) {
    for _ in 0..2 {
        core.refresh().await.unwrap();
        assert!(core.settle(20_000).await.unwrap());
    }
}

#[test]
fn a_second_person_never_reads_the_first_ones_reports() {
    let city = city();
    story(async {
        let phone = Handset::new();
        // Lan signs in, reads what she filed elsewhere, files nothing here, and signs out.
        let elsewhere = Handset::new().open(&city, None, Link::Good).await;
        elsewhere
            .sign_in_sandbox("citizen".into(), None)
            .await
            .unwrap();
        let id = file(&elsewhere, "Cống nghẹt trước nhà").await;
        sync(&elsewhere).await;
        exactly_once(&city.state().unwrap(), &[&id], 1, 0);
        let lan = phone.open(&city, None, Link::Good).await;
        lan.sign_in_sandbox("citizen".into(), None).await.unwrap();
        sync(&lan).await;
        let hers = lan.feedback().report(ReportList::Mine, id.clone()).await;
        assert_eq!(hers.unwrap().text, "Cống nghẹt trước nhà");
        lan.sign_out().await.unwrap();
        close(lan).await;

        // A restart later it is still hers.
        let core = phone.open(&city, None, Link::Good).await;
        let refused = core.sign_in_sandbox("neighbour".into(), None).await;
        assert_eq!(
            refused.unwrap_err(),
            HueError::Refused {
                rule: "account-other".into()
            }
        );
        let room = core.add_account().await.unwrap();
        close(core).await;

        let minh = phone.open(&city, Some(room.clone()), Link::Good).await;
        minh.sign_in_sandbox("neighbour".into(), None)
            .await
            .unwrap();
        sync(&minh).await;
        let his = minh
            .feedback()
            .list(ReportList::Mine, None, 10)
            .await
            .unwrap();
        assert!(his.items.is_empty(), "{:?}", his.items);
        let names: Vec<_> = minh.accounts().await.unwrap();
        let open = names.iter().find(|a| a.open).unwrap();
        assert_eq!((&open.id, open.name.is_some()), (&room, true));
        assert!(
            names.iter().any(|a| !a.open && a.name.is_none()),
            "Lan signed out"
        );
    });
}

#[test]
fn after_signing_out_ones_own_reports_are_kept_and_not_shown_and_filing_stays_open() {
    let city = city();
    story(async {
        let phone = Handset::new();
        let lan = phone.open(&city, None, Link::Good).await;
        lan.sign_in_sandbox("citizen".into(), None).await.unwrap();
        let id = file(&lan, "Rác chưa thu gom").await;
        sync(&lan).await;
        lan.sign_out().await.unwrap();
        let hidden = |core: &HuesCore| {
            let (feedback, id) = (core.feedback(), id.clone());
            async move {
                let mine = ReportList::Mine;
                assert_eq!(
                    feedback.list(mine, None, 10).await.unwrap_err(),
                    HueError::SignInNeeded
                );
                assert_eq!(
                    feedback.report(mine, id).await.unwrap_err(),
                    HueError::SignInNeeded
                );
                assert_eq!(
                    feedback
                        .search(mine, "rac".into(), None, 10)
                        .await
                        .unwrap_err(),
                    HueError::SignInNeeded
                );
                feedback.list(ReportList::Public, None, 10).await.unwrap();
            }
        };
        hidden(&lan).await;
        close(lan).await;
        let lan = phone.open(&city, None, Link::Good).await;
        hidden(&lan).await;
        let later = file(&lan, "Gửi khi đã đăng xuất").await;
        assert_eq!(lan.status().await.unwrap().waiting, 1);
        lan.sign_in_sandbox("citizen".into(), None).await.unwrap();
        sync(&lan).await;
        let mine = lan
            .feedback()
            .list(ReportList::Mine, None, 10)
            .await
            .unwrap();
        assert_eq!(mine.items.len(), 2);
        exactly_once(&city.state().unwrap(), &[&id, &later], 2, 0);
    });
}

#[test]
fn what_one_person_could_not_send_leaves_when_her_account_is_open_again() {
    let city = city();
    story(async {
        let phone = Handset::new();
        let lan = phone.open(&city, None, Link::Good).await;
        lan.sign_in_sandbox("citizen".into(), None).await.unwrap();
        sync(&lan).await;
        lan.network_changed(Link::None).await.unwrap();
        let id = file(&lan, "Nước ngập tới đầu gối").await;
        let hers = lan.accounts().await.unwrap()[0].id.clone();
        let room = lan.add_account().await.unwrap();
        close(lan).await;

        let minh = phone.open(&city, Some(room), Link::Good).await;
        minh.sign_in_sandbox("neighbour".into(), None)
            .await
            .unwrap();
        sync(&minh).await;
        let there = minh.feedback().report(ReportList::Mine, id.clone()).await;
        assert_eq!(there.unwrap_err(), HueError::NotFound);
        close(minh).await;

        let lan = phone.open(&city, Some(hers), Link::Good).await;
        sync(&lan).await;
        exactly_once(&city.state().unwrap(), &[&id], 1, 0);
        assert_eq!(lan.status().await.unwrap().waiting, 0);
    });
}

#[test]
fn a_phone_nobody_looked_at_still_proves_a_lower_bound() {
    let city = city();
    story(async {
        let phone = Handset::new();
        let core = phone.open(&city, None, Link::Good).await;
        core.sign_in_sandbox("citizen".into(), None).await.unwrap();
        sync(&core).await;
        core.network_changed(Link::None).await.unwrap();
        let id = file(&core, "Cây đổ chắn đường").await;
        core.network_changed(Link::Good).await.unwrap();
        sync(&core).await;
        let proof = core.export_proof(id, false).await.unwrap();
        let (_, keys) = get(&city.url, "/keys", None);
        let verdict = verify_proof(&proof, &keys).unwrap();
        assert!(
            verdict.not_before.is_some_and(|t| t <= verdict.not_after),
            "{verdict:?}"
        );
    });
}
