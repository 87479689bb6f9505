//! A clock that is years off: before the first contact, at filing, while acts wait, over TLS, after a boot.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::Arc;

use base64::Engine as _;
use hues_city::{City, CityConfig, RunningCity};
use hues_core::ports::{
    Clock, ClockReading, HostError, HttpTransport, Link, SystemClock, TransportFailure,
    TransportReply, TransportRequest,
};
use hues_core::{verify_proof, HuesCore, Ports};

use crate::forger::get;
use crate::world::{address, city, exactly_once, story, Case};

const YEAR: i64 = 365 * 86_400_000;

/// The machine's clock, with a wall clock that can be put wrong and boots that can be counted.
#[derive(Default)]
struct Wrong {
    off: AtomicI64,
    boots: AtomicU64,
}

impl Wrong {
    fn by(off: i64) -> Arc<Wrong> {
        let wrong = Wrong::default();
        wrong.set(off);
        Arc::new(wrong)
    }

    fn set(&self, off: i64) {
        self.off.store(off, Ordering::SeqCst);
    }
}

impl Clock for Wrong {
    fn now(&self) -> ClockReading {
        let now = SystemClock.now();
        ClockReading {
            wall_ms: now.wall_ms + self.off.load(Ordering::SeqCst),
            boot: now.boot + self.boots.load(Ordering::SeqCst),
            ..now
        }
    }
}

fn now() -> i64 {
    SystemClock.now().wall_ms
}

#[test]
fn two_years_back_before_the_first_contact_and_at_filing() {
    let city = city();
    story(async {
        let start = now();
        let case = Case {
            clock: Wrong::by(-2 * YEAR),
            ..Case::new(Some(address(&city)))
        };
        let core = case.open().unwrap();
        core.start(Link::None).await.unwrap();
        let draft = core
            .feedback()
            .new_draft(crate::world::pothole("Đồng hồ sai."))
            .await
            .unwrap();
        core.feedback().submit(draft.id).await.unwrap();
        tokio::task::block_in_place(|| core.close());
        let phone = case.wake().await;
        phone.sign_in("citizen", None).await;
        let second = phone.file("Vẫn sai.", &[1]).await;
        phone.delivered().await;
        assert_eq!(phone.count().await, 2);
        // The city's time counts; the phone's is only a claim.
        let proof = phone
            .core
            .export_proof(second.clone(), false)
            .await
            .unwrap();
        let keys = get(&format!("{}/keys", city.url)).await;
        let verdict = verify_proof(&proof, &keys).unwrap();
        assert!(verdict.not_after >= start && verdict.not_before.unwrap() >= start - 60_000);
        assert!(verdict.claimed < start - YEAR);
        let report = phone.mine(&second).await;
        assert!(report.filed_at >= start - 1_000, "{report:?}");
    });
}

#[test]
fn years_back_and_ahead_while_a_draft_and_an_act_wait() {
    let city = city();
    story(async {
        let clock = Wrong::by(0);
        let case = Case {
            clock: clock.clone(),
            ..Case::new(Some(address(&city)))
        };
        let phone = case.wake().await;
        phone.sign_in("citizen", None).await;
        let mut filed = Vec::new();
        for (n, off) in [-2 * YEAR, 5 * YEAR, -30 * YEAR, 0].into_iter().enumerate() {
            let draft = phone.draft(&format!("Lần {n}"), &[n as u64]).await;
            // The network fails, so that there is a wait to be misread.
            phone.core.network_changed(Link::None).await.unwrap();
            clock.set(off);
            let feedback = phone.core.feedback();
            assert_eq!(feedback.drafts().await.unwrap().len(), 1);
            filed.push(feedback.submit(draft).await.unwrap().id);
            phone.core.status().await.unwrap();
            // A boot with that clock: waits survive by the wall alone.
            clock.boots.fetch_add(1, Ordering::SeqCst);
            phone.core.network_changed(Link::Good).await.unwrap();
            phone.delivered().await;
        }
        exactly_once(&city, &filed, 4, 4);
        // Newest first, whatever the clock said.
        let feedback = phone.core.feedback();
        let list = feedback.list(hues_core::feedback::ReportList::Mine, None, 10);
        let ids: Vec<String> = list
            .await
            .unwrap()
            .items
            .into_iter()
            .map(|i| i.id)
            .collect();
        assert!(ids.iter().eq(filed.iter().rev()));
    });
}

/// A city that speaks TLS, and the authority that vouches for it (DER).
fn city_with_tls() -> (RunningCity, Vec<u8>) {
    let city = City::start(CityConfig {
        tls: true,
        ..CityConfig::default()
    })
    .unwrap();
    let pem = std::fs::read_to_string(city.ca.as_ref().unwrap()).unwrap();
    let base64: String = pem.lines().filter(|l| !l.starts_with("-----")).collect();
    let authority = base64::engine::general_purpose::STANDARD
        .decode(base64)
        .unwrap();
    (city, authority)
}

#[test]
fn a_fresh_phone_two_years_back_reaches_the_city_over_tls() {
    let (city, authority) = city_with_tls();
    story(async {
        for off in [-2 * YEAR, 20 * YEAR] {
            let mut address = address(&city);
            address.tls_roots = vec![authority.clone()];
            let case = Case {
                clock: Wrong::by(off),
                ..Case::new(Some(address))
            };
            let phone = case.wake().await;
            let id = phone.file("Máy mới, đồng hồ sai.", &[]).await;
            // What signs in asks once more where the first answer was only the right time.
            let mut signed_in = false;
            for _ in 0..50 {
                phone.try_all().await;
                let tried = phone.core.sign_in_sandbox("citizen".into(), None).await;
                if tried.is_ok() {
                    signed_in = true;
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            assert!(signed_in, "{:?}", phone.core.status().await);
            phone.delivered().await;
            assert_eq!(phone.mine(&id).await.state, "received");
        }
    });
}

/// A host's transport on a phone whose clock is wrong: to it, no certificate is valid.
#[derive(Default)]
struct Doubtful(AtomicU64);

impl HttpTransport for Doubtful {
    fn send(&self, _: TransportRequest, reply: Arc<TransportReply>) -> Result<(), HostError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        reply.fail(TransportFailure::TlsClock);
        Ok(())
    }

    fn cancel(&self, _: u64) -> Result<(), HostError> {
        Ok(())
    }
}

#[test]
fn with_a_hosts_transport_the_right_time_still_comes_and_nothing_else_does() {
    let (city, authority) = city_with_tls();
    story(async {
        for known in [true, false] {
            let mut address = address(&city);
            address.tls_roots = if known {
                vec![authority.clone()]
            } else {
                Vec::new()
            };
            let case = Case {
                clock: Wrong::by(-2 * YEAR),
                ..Case::new(Some(address))
            };
            let host = Arc::new(Doubtful::default());
            let ports = Ports {
                transport: Some(host.clone()),
                ..case.ports()
            };
            let core = HuesCore::open(case.config(), ports).unwrap();
            core.start(Link::Good).await.unwrap();
            core.foreground_changed(true).await.unwrap();
            let mut age = None;
            for _ in 0..if known { 100 } else { 10 } {
                core.refresh().await.unwrap();
                core.settle(1_000).await.unwrap();
                age = core.status().await.unwrap().beacon_age_ms;
                if age.is_some() {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            // By the core's own connection, judged by the city's key; without roots of its own the core does not look away either.
            assert_eq!(age.is_some(), known);
            assert!(host.0.load(Ordering::SeqCst) > 0);
            let refused = core.sign_in_sandbox("citizen".into(), None).await;
            assert!(
                refused.is_err(),
                "credentials wait for the host's transport"
            );
            tokio::task::block_in_place(|| core.close());
        }
    });
}
