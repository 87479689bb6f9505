//! A running city and the real phone core beside it, for the tests of this folder.
//!
//! Invariant: nothing here knows the wire. Phones are `hues-core` as an app has it; what the city stored is read from its own
//! tables, so that a test compares two parties, not one party with itself.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)] // each test binary uses its own part

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use hues_city::{City, CityConfig, RunningCity};
use hues_core::feedback::{Answer, DraftInput, Place, PlaceSource, Report, ReportList};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::Link;
use hues_core::{CityAddress, CoreConfig, HuesCore, Ports};
use hues_media::testkit::{generate, Extras};
use serde_json::Value;
use tempfile::TempDir;

/// A place in Huế, on Lê Lợi street.
pub const PLACE: (f64, f64) = (16.463_712, 107.590_913);

/// A city in memory on free ports.
pub fn city() -> RunningCity {
    City::start(CityConfig::default()).unwrap()
}

/// Runs a test's story.
pub fn story(story: impl std::future::Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(story);
}

/// A phone with a home of its own.
pub struct Phone {
    pub core: HuesCore,
    home: TempDir,
}

impl Phone {
    /// A fresh phone, signed in to the sandbox.
    pub async fn new(city: &RunningCity, name: &str, staff: Option<&str>) -> Phone {
        Phone::on(city, name, staff, None).await
    }

    /// The same with a carrier's source address.
    pub async fn on(
        city: &RunningCity,
        name: &str,
        staff: Option<&str>,
        local_address: Option<&str>,
    ) -> Phone {
        let phone = Phone::at(address(city, Vec::new()), local_address).await;
        phone.sign_in(name, staff).await;
        phone
    }

    /// A fresh phone that knows a city and nobody's account.
    pub async fn at(city: CityAddress, local_address: Option<&str>) -> Phone {
        let home = tempfile::tempdir().unwrap();
        let config = CoreConfig {
            home: home.path().to_str().unwrap().to_owned(),
            city: Some(city),
            account: None,
            local_address: local_address.map(str::to_owned),
        };
        let core = HuesCore::open(config, Ports::with_vault(SoftwareVault::in_memory())).unwrap();
        core.start(Link::Good).await.unwrap();
        // In her hand: only a phone in use keeps the city's signed time fresh.
        core.foreground_changed(true).await.unwrap();
        Phone { core, home }
    }

    /// Signs in and waits for the first pages.
    pub async fn sign_in(&self, name: &str, staff: Option<&str>) {
        let staff = staff.map(str::to_owned);
        self.core
            .sign_in_sandbox(name.to_owned(), staff)
            .await
            .unwrap();
        self.delivered().await;
    }

    /// Writes and files a report of a pothole with photos made of `seeds`; the report's id.
    pub async fn file(&self, text: &str, seeds: &[u64]) -> String {
        let feedback = self.core.feedback();
        let draft = feedback.new_draft(pothole(text)).await.unwrap();
        for seed in seeds {
            feedback
                .add_photo(draft.id.clone(), photo(*seed))
                .await
                .unwrap();
        }
        feedback.submit(draft.id).await.unwrap().id
    }

    /// Tries until nothing is left to send and what the city says is here.
    pub async fn delivered(&self) {
        let mut last = None;
        for _ in 0..150 {
            self.core.refresh().await.unwrap();
            self.core.settle(20_000).await.unwrap();
            let status = self.core.status().await.unwrap();
            if status.wedged > 0 {
                break;
            }
            let open = status.waiting + status.sending + status.photos_open;
            // Twice in order: what came in between is pulled too.
            if open == 0 && last == Some(0) {
                return;
            }
            last = Some(open);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (status, items) = (
            self.core.status().await,
            self.core.outbox().items(true).await,
        );
        panic!("not delivered: {status:#?} {items:#?}");
    }

    /// A report of one's own.
    pub async fn mine(&self, id: &str) -> Report {
        self.core
            .feedback()
            .report(ReportList::Mine, id.to_owned())
            .await
            .unwrap()
    }
}

/// Where a phone finds the city, and which authorities may vouch for it (DER).
pub fn address(city: &RunningCity, tls_roots: Vec<Vec<u8>>) -> CityAddress {
    CityAddress {
        url: city.url.clone(),
        root_key: city.root.to_vec(),
        tls_roots,
    }
}

/// A pothole on Lê Lợi.
pub fn pothole(text: &str) -> DraftInput {
    DraftInput {
        category: Some("ha_tang.o_ga".into()),
        text: text.into(),
        place: Some(Place {
            lat: PLACE.0,
            lon: PLACE.1,
            accuracy_m: Some(8),
            source: PlaceSource::Gps,
        }),
        place_words: Some("trước số 12 Lê Lợi".into()),
        answers: vec![Answer {
            question: "chan_duong".into(),
            value: "yes".into(),
        }],
        ..DraftInput::default()
    }
}

/// A photo full of what must not leave the phone.
pub fn photo(seed: u64) -> Vec<u8> {
    generate(seed, 640, 480, &Extras::default())
}

/// `GET` over plain HTTP, without any of the code under test: status and body.
pub fn get(url: &str, path: &str, token: Option<&str>) -> (u16, Vec<u8>) {
    let bearer = token
        .map(|token| format!("Authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    http(url, &format!("GET {path}"), &bearer, b"")
}

/// `POST` of JSON, likewise.
pub fn post(url: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let length = format!("Content-Length: {}\r\n", body.len());
    http(url, &format!("POST {path}"), &length, body)
}

/// One request of any kind; `headers` end in line breaks.
pub fn http(url: &str, line: &str, headers: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!("{line} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let split = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..split]).into_owned();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_off(split + 4))
}

/// Items of an array of the city's state for which `test` holds.
pub fn count(state: &Value, list: &str, test: impl Fn(&Value) -> bool) -> usize {
    state[list]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| test(item))
        .count()
}

/// Every act and photo is in the city's log once, and nothing else is.
pub fn exactly_once(state: &Value, reports: &[&str], ops: usize, photos: usize) {
    for id in reports {
        assert_eq!(
            count(state, "reports", |r| r["id"] == **id),
            1,
            "report {id}"
        );
    }
    assert_eq!(state["reports"].as_array().unwrap().len(), reports.len());
    assert_eq!(state["ops"].as_array().unwrap().len(), ops);
    assert_eq!(count(state, "files", |f| f["complete"] == true), photos);
    for file in state["files"].as_array().unwrap() {
        assert_eq!(file["sha256"], file["stored_sha256"]);
    }
    let mut logged: Vec<&str> = state["log"]
        .as_object()
        .unwrap()
        .values()
        .map(|v| v.as_str().unwrap())
        .collect();
    assert_eq!(logged.len(), ops + photos, "{logged:?}");
    logged.sort_unstable();
    logged.dedup();
    assert_eq!(
        logged.len(),
        ops + photos,
        "an index was given twice to one thing"
    );
}
