//! A running city, phones beside it, and how the two are compared.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hues_city::{City, CityConfig, RunningCity};
use hues_core::feedback::{Answer, DraftInput, Place, PlaceSource, Report, ReportList};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::{Clock, Link, SystemClock};
use hues_core::words::{text, Language, TextForm, TextItem};
use hues_core::{CityAddress, CoreConfig, HueError, HuesCore, Ports};
use hues_media::testkit::{generate, Extras};
use hues_store::disk::{Disk, RealDisk};
use serde_json::Value;
use tempfile::TempDir;

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

/// What a phone keeps when its process ends: the home, the keystore, the clock, where the city is.
#[derive(Clone)]
pub struct Case {
    pub home: PathBuf,
    pub vault: Arc<SoftwareVault>,
    pub clock: Arc<dyn Clock>,
    pub disk: Arc<dyn Disk>,
    pub city: Option<CityAddress>,
    /// Goes with the last clone.
    #[allow(dead_code)]
    pub dir: Option<Arc<TempDir>>,
}

impl Case {
    pub fn new(city: Option<CityAddress>) -> Case {
        let dir = tempfile::tempdir().unwrap();
        Case {
            home: dir.path().to_owned(),
            vault: SoftwareVault::in_memory(),
            clock: Arc::new(SystemClock),
            disk: Arc::new(RealDisk),
            city,
            dir: Some(Arc::new(dir)),
        }
    }

    /// The same phone with its home on another disk.
    pub fn on(disk: Arc<dyn Disk>, home: &Path, city: Option<CityAddress>) -> Case {
        Case {
            home: home.to_owned(),
            vault: SoftwareVault::in_memory(),
            clock: Arc::new(SystemClock),
            disk,
            city,
            dir: None,
        }
    }

    pub fn config(&self) -> CoreConfig {
        CoreConfig {
            home: self.home.to_str().unwrap().to_owned(),
            city: self.city.clone(),
            ..CoreConfig::default()
        }
    }

    pub fn ports(&self) -> Ports {
        Ports {
            clock: self.clock.clone(),
            disk: self.disk.clone(),
            ..Ports::with_vault(self.vault.clone())
        }
    }

    pub fn open(&self) -> Result<HuesCore, HueError> {
        HuesCore::open(self.config(), self.ports())
    }

    /// Opens it, in her hand, with a good link.
    pub async fn wake(&self) -> Phone {
        let core = self.open().unwrap();
        core.start(Link::Good).await.unwrap();
        core.foreground_changed(true).await.unwrap();
        Phone {
            core,
            case: self.clone(),
        }
    }

    /// The account's folder.
    pub fn account_dir(&self) -> PathBuf {
        let mut accounts = std::fs::read_dir(self.home.join("accounts")).unwrap();
        accounts.next().unwrap().unwrap().path()
    }
}

/// An open phone.
pub struct Phone {
    pub core: HuesCore,
    pub case: Case,
}

impl Phone {
    /// A fresh phone that knows a city and nobody's account.
    pub async fn at(city: CityAddress) -> Phone {
        Case::new(Some(city)).wake().await
    }

    /// A fresh phone, signed in, with its first pages.
    pub async fn new(city: CityAddress, name: &str, staff: Option<&str>) -> Phone {
        let phone = Phone::at(city).await;
        phone.sign_in(name, staff).await;
        phone
    }

    pub async fn sign_in(&self, name: &str, staff: Option<&str>) {
        let staff = staff.map(str::to_owned);
        self.core
            .sign_in_sandbox(name.to_owned(), staff)
            .await
            .unwrap();
        self.delivered().await;
    }

    /// The process ends, in order.
    pub async fn close(self) -> Case {
        let Phone { core, case } = self;
        tokio::task::spawn_blocking(move || core.close())
            .await
            .unwrap();
        case
    }

    /// Writes a pothole with photos made of `seeds`; the draft's id.
    pub async fn draft(&self, text: &str, seeds: &[u64]) -> String {
        let feedback = self.core.feedback();
        let draft = feedback.new_draft(pothole(text)).await.unwrap();
        for seed in seeds {
            feedback
                .add_photo(draft.id.clone(), photo(*seed))
                .await
                .unwrap();
        }
        draft.id
    }

    /// Writes and files it; the report's id.
    pub async fn file(&self, text: &str, seeds: &[u64]) -> String {
        let draft = self.draft(text, seeds).await;
        self.core.feedback().submit(draft).await.unwrap().id
    }

    /// Everything is tried once more, and waited for.
    pub async fn try_all(&self) {
        self.core.refresh().await.unwrap();
        self.core.settle(5_000).await.unwrap();
    }

    /// Tries until nothing is left to send and what the city says is here.
    pub async fn delivered(&self) {
        let mut last = None;
        for _ in 0..200 {
            self.try_all().await;
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
            tokio::time::sleep(Duration::from_millis(30)).await;
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

    /// How many reports are in her own list.
    pub async fn count(&self) -> usize {
        let feedback = self.core.feedback();
        let page = feedback.list(ReportList::Mine, None, 200).await;
        page.unwrap().items.len()
    }

    /// The report is here with its words and photos, whatever the city has of it, and whatever holds it up has a name and words.
    pub async fn keeps(&self, id: &str, text: &str, photos: usize) {
        let report = self.mine(id).await;
        assert_eq!((report.text.as_str(), report.photos.len()), (text, photos));
        for shown in &report.photos {
            let bytes = self.core.photo(shown.sha256.clone()).await.unwrap();
            assert!(hues_media::scan(&bytes).is_clean());
        }
        for item in self.core.outbox().items(false).await.unwrap() {
            if let Some(rule) = item.error {
                in_words(&TextItem::Rule { rule });
            }
        }
        let reason = self.core.status().await.unwrap().waits_for;
        in_words(&TextItem::WaitsFor { reason });
    }
}

/// It has words of its own in both languages, not the general sentence for what is unknown.
pub fn in_words(item: &TextItem) {
    const UNKNOWN: &str = "of-the-future";
    let unknown = || UNKNOWN.to_owned();
    let (general, code) = match item {
        TextItem::OutboxState { state } => (TextItem::OutboxState { state: unknown() }, state),
        TextItem::ReportState { state } => (TextItem::ReportState { state: unknown() }, state),
        TextItem::WaitsFor { reason } => (TextItem::WaitsFor { reason: unknown() }, reason),
        TextItem::Rule { rule } => (TextItem::Rule { rule: unknown() }, rule),
        _ => (TextItem::Rule { rule: unknown() }, &unknown()),
    };
    for language in [Language::Vi, Language::En] {
        for form in [TextForm::Short, TextForm::Long, TextForm::Spoken] {
            let words = text(item, language, form);
            let other = text(&general, language, form).replace(UNKNOWN, code);
            assert_ne!(words, other, "{item:?}");
            assert!(
                !words.is_empty() && !words.contains('{'),
                "{item:?}: {words}"
            );
        }
    }
}

/// The error is refused in words.
pub fn refused_in_words(error: &HueError) {
    assert!(!matches!(error, HueError::Internal { .. }), "{error:?}");
    in_words(&TextItem::Failure {
        error: error.clone(),
    });
}

/// Where a phone finds the city.
pub fn address(city: &RunningCity) -> CityAddress {
    CityAddress {
        url: city.url.clone(),
        root_key: city.root.to_vec(),
        tls_roots: Vec::new(),
    }
}

/// A pothole on Lê Lợi.
pub fn pothole(text: &str) -> DraftInput {
    DraftInput {
        category: Some("ha_tang.o_ga".into()),
        text: text.into(),
        place: Some(Place {
            lat: 16.463_712,
            lon: 107.590_913,
            accuracy_m: Some(8),
            source: PlaceSource::Gps,
        }),
        answers: vec![Answer {
            question: "chan_duong".into(),
            value: "yes".into(),
        }],
        ..DraftInput::default()
    }
}

/// A small photo full of what must not leave the phone.
pub fn photo(seed: u64) -> Vec<u8> {
    generate(seed, 96, 64, &Extras::default())
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

/// These reports and nothing else are with the city, each once, with so many ops and photos in its log.
pub fn exactly_once(city: &RunningCity, reports: &[String], ops: usize, photos: usize) {
    let state = city.state().unwrap();
    for id in reports {
        assert_eq!(count(&state, "reports", |r| r["id"] == **id), 1, "{id}");
    }
    assert_eq!(state["reports"].as_array().unwrap().len(), reports.len());
    assert_eq!(state["ops"].as_array().unwrap().len(), ops);
    assert_eq!(count(&state, "files", |f| f["complete"] == true), photos);
    let log = state["log"].as_object().unwrap();
    assert_eq!(log.len(), ops + photos);
}
