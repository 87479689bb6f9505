//! A small phone for tests: signs ops by the protocol crate, talks plain HTTP.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)] // each test file uses its part; helpers are tests

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::OnceLock;

use hues_city::{City, CityConfig, ManualClock, RunningCity};
use hues_crypto::hash::sha256;
use hues_crypto::sign::SigningKey;
use hues_env::Random as _;
use hues_env::{SeededRandom, Wall};
use hues_protocol::author::Author;
use hues_protocol::bundle::Bundle;
use hues_protocol::city::{CitySigned, Signed};
use hues_protocol::ids::{Hash, OpHash, OpId, Subject};
use hues_protocol::keys::{KeyList, Role};
use hues_protocol::kinds::report::New;
use hues_protocol::kinds::{Act, FilePart};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::{OpHeader, SignedOp};
use hues_protocol::part::{references, Part};
use hues_protocol::place::Point;
use reqwest::{Client, Method, Response};
use serde_json::{json, Value};

/// 28 October 2025, 08:00 UTC.
pub const FLOOD_DAY: i64 = 1_761_638_400_000;

pub fn city() -> RunningCity {
    City::start(CityConfig {
        clock: ManualClock::at(Wall(FLOOD_DAY)),
        ..CityConfig::default()
    })
    .unwrap()
}

pub fn http() -> reqwest::ClientBuilder {
    // A second test of this process finds it installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn of(response: Response) -> Answer {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer {
            status,
            headers,
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    pub fn json(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            "application/hues+json",
            "{}",
            String::from_utf8_lossy(&self.body)
        );
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn rule(&self) -> String {
        self.json()["rule"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

pub struct Phone {
    pub url: String,
    pub client: Client,
    pub token: Option<String>,
    pub random: SeededRandom,
    pub device: SigningKey,
    pub keys: KeyList,
}

impl Phone {
    /// A phone that has the key list, signed in when `who` says so (`officer/ioc`: with a unit).
    pub async fn new(city: &RunningCity, seed: u64, who: Option<&str>) -> Phone {
        Phone::at(&city.url, city.root, seed, who, None).await
    }

    pub async fn at(
        url: &str,
        root: [u8; 32],
        seed: u64,
        who: Option<&str>,
        from: Option<IpAddr>,
    ) -> Phone {
        let client = http()
            .local_address(from)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let mut random = SeededRandom::new(seed);
        let list = client
            .get(format!("{url}/keys"))
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap();
        let keys = KeyList::trusted(&list).unwrap();
        assert!(keys.is_signed_by(&root));
        let device = SigningKey::generate(&mut random);
        let mut phone = Phone {
            url: url.to_owned(),
            client,
            token: None,
            random,
            device,
            keys,
        };
        if let Some(who) = who {
            let (name, staff) = who
                .split_once('/')
                .map_or((who, None), |(name, unit)| (name, Some(unit)));
            let answer = phone
                .post("/signin", json!({"as": name, "staff": staff}).to_string())
                .await;
            assert_eq!(answer.status, 200, "{who}");
            phone.token = Some(answer.json()["token"].as_str().unwrap().to_owned());
        }
        phone
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header("hues-protocol", "1");
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.unwrap()).await
    }

    pub async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Answer {
        Answer::of(
            self.request(Method::POST, path)
                .body(body)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    /// A city-signed answer, checked against the key list.
    pub fn signed<T: CitySigned>(&self, answer: &Answer) -> Signed<T> {
        assert_eq!(
            answer.header("content-type"),
            "application/cose",
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        self.keys.check(&answer.body).unwrap()
    }

    pub fn lane(&mut self) -> Lane {
        let key = LaneKey::generate(&mut self.random);
        let subject = Subject(self.random.uuid_v4());
        Lane {
            key,
            subject,
            sequence: 0,
            previous: OpHash::NONE,
        }
    }

    pub fn sealed(&mut self, lane: &Lane) -> Author {
        let disclosure = self
            .keys
            .keys_of(Role::Disclosure, FLOOD_DAY)
            .next()
            .unwrap()
            .clone();
        Author::sealed(
            &self.device,
            &lane.key.public(),
            &disclosure,
            &mut self.random,
        )
        .unwrap()
    }

    pub fn report(&mut self, lane: &Lane) -> New {
        let author = self.sealed(lane);
        New {
            category: "ha_tang.o_ga".into(),
            text: "Ổ gà lớn trước cổng chợ".into(),
            ward: Some("19789".into()),
            answers: BTreeMap::from([("chan_duong".into(), "yes".into())]),
            place_words: Some("trước cổng chợ".into()),
            place: Some(hues_protocol::kinds::report::Place {
                at: Point {
                    lat: 164_637_123,
                    lon: 1_075_909_456,
                },
                accuracy_m: Some(12),
                source: hues_protocol::kinds::report::PlaceSource::Gps,
            }),
            author,
            files: Vec::new(),
        }
    }

    /// Signs the lane's next op; the lane moves on only by [`Lane::taken`].
    pub fn offer(&mut self, lane: &Lane, act: &Act) -> Offer {
        let parts = act.to_parts(&mut self.random).unwrap();
        self.offer_parts(lane, act.kind().name(), parts, |_| {})
    }

    pub fn offer_parts(
        &mut self,
        lane: &Lane,
        kind: &str,
        parts: Vec<Part>,
        edit: impl Fn(&mut OpHeader),
    ) -> Offer {
        let mut header = OpHeader {
            op_id: OpId(self.random.uuid_v4()),
            lane_key: lane.key.public(),
            sequence: lane.sequence + 1,
            previous: lane.previous,
            beacon: None,
            kind: kind.to_owned(),
            kind_version: 1,
            parts: references(&parts),
            claimed_time: FLOOD_DAY,
            subject: lane.subject,
            replaces: None,
        };
        edit(&mut header);
        let op = header.sign(&lane.key).unwrap();
        Offer { op, parts }
    }

    pub async fn send(&self, offer: &Offer) -> Answer {
        self.post("/ops", offer.bytes()).await
    }

    /// Sends an op that must be taken.
    pub async fn take(&mut self, lane: &mut Lane, act: &Act) -> Offer {
        let offer = self.offer(lane, act);
        let answer = self.send(&offer).await;
        assert_eq!(
            answer.status,
            200,
            "{:?}",
            self.keys
                .check::<hues_protocol::refusal::Refusal>(&answer.body)
                .map(|r| r.rule.clone())
        );
        let receipt = self.signed::<hues_protocol::receipt::Receipt>(&answer);
        assert!(receipt.is_for(&offer.op));
        lane.taken(&offer);
        offer
    }

    /// The rule of a refused op.
    pub async fn refused(&self, offer: &Offer) -> String {
        let answer = self.send(offer).await;
        assert_eq!(answer.status, 422);
        let refusal = self.signed::<hues_protocol::refusal::Refusal>(&answer);
        assert!(refusal.is_for(&offer.op));
        refusal.rule.clone()
    }

    pub async fn page(&self, scope: &str, cursor: Option<&str>) -> Value {
        let cursor = cursor
            .map(|cursor| format!("&cursor={cursor}"))
            .unwrap_or_default();
        let answer = self.get(&format!("/pull?scope={scope}{cursor}")).await;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        hues_protocol::page::Page::parse(&answer.body).unwrap();
        answer.json()
    }

    /// The only report of a scope.
    pub async fn only(&self, scope: &str) -> Value {
        let page = self.page(scope, None).await;
        let live: Vec<_> = page["rows"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["op"] == "put")
            .collect();
        assert_eq!(live.len(), 1, "{page}");
        live[0]["body"].clone()
    }

    pub async fn create(&self, op: OpId, hash: &Hash, length: u64) -> Answer {
        use base64::Engine as _;
        let b64 = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
        let metadata = format!(
            "op {},sha256 {}",
            b64(op.to_string()),
            b64(hash.to_string())
        );
        let request = self
            .request(Method::POST, "/files")
            .header("tus-resumable", "1.0.0");
        let request = request
            .header("upload-length", length)
            .header("upload-metadata", metadata);
        Answer::of(request.send().await.unwrap()).await
    }

    pub fn patch_request(
        &self,
        location: &str,
        offset: u64,
        bytes: &[u8],
    ) -> reqwest::RequestBuilder {
        self.request(Method::PATCH, location)
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", offset)
            .header("content-type", "application/offset+octet-stream")
            .body(bytes.to_vec())
    }

    pub async fn patch(&self, location: &str, offset: u64, bytes: &[u8]) -> Answer {
        Answer::of(
            self.patch_request(location, offset, bytes)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    pub async fn head(&self, location: &str) -> Answer {
        let request = self
            .request(Method::HEAD, location)
            .header("tus-resumable", "1.0.0");
        Answer::of(request.send().await.unwrap()).await
    }

    /// Files a report with one photo and uploads it whole.
    pub async fn report_with_photo(&mut self, photo: &[u8]) -> (Lane, Offer) {
        let mut lane = self.lane();
        let mut report = self.report(&lane);
        report.files = vec![file_part(photo)];
        let offer = self.take(&mut lane, &Act::New(report)).await;
        let created = self
            .create(
                offer.op.header().op_id,
                &Hash(sha256(photo)),
                photo.len() as u64,
            )
            .await;
        assert_eq!(created.status, 201);
        let done = self.patch(created.header("location"), 0, photo).await;
        assert_eq!(done.status, 204, "{}", String::from_utf8_lossy(&done.body));
        (lane, offer)
    }
}

pub struct Lane {
    pub key: LaneKey,
    pub subject: Subject,
    pub sequence: u64,
    pub previous: OpHash,
}

impl Lane {
    pub fn taken(&mut self, offer: &Offer) {
        self.sequence = offer.op.header().sequence;
        self.previous = offer.op.hash();
    }
}

pub struct Offer {
    pub op: SignedOp,
    pub parts: Vec<Part>,
}

impl Offer {
    pub fn bytes(&self) -> Vec<u8> {
        Bundle::new(self.op.clone(), self.parts.clone())
            .unwrap()
            .encode()
    }

    pub fn id(&self) -> OpId {
        self.op.header().op_id
    }
}

pub fn file_part(photo: &[u8]) -> FilePart {
    FilePart {
        sha256: Hash(sha256(photo)),
        bytes: photo.len() as u64,
        media_type: "image/jpeg".into(),
        width: 64,
        height: 48,
    }
}

/// A clean photo, some kilobytes.
pub fn photo() -> &'static [u8] {
    static PHOTO: OnceLock<Vec<u8>> = OnceLock::new();
    PHOTO.get_or_init(|| {
        let raw =
            hues_media::testkit::generate(7, 320, 240, &hues_media::testkit::Extras::default());
        hues_media::clean(&raw, &hues_media::Limits::default())
            .unwrap()
            .jpeg
    })
}

/// The same picture with everything in it that must not leave a phone.
pub fn dirty_photo() -> Vec<u8> {
    hues_media::testkit::generate(7, 64, 48, &hues_media::testkit::Extras::default())
}

pub async fn admin(city: &RunningCity, method: Method, path: &str, body: Value) -> (u16, Value) {
    let request = http()
        .build()
        .unwrap()
        .request(method, format!("{}{path}", city.admin_url))
        .bearer_auth(&city.admin_token);
    let answer = request.body(body.to_string()).send().await.unwrap();
    (
        answer.status().as_u16(),
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap(),
    )
}

pub async fn fault(city: &RunningCity, order: Value) {
    assert_eq!(admin(city, Method::POST, "/fault", order).await.0, 200);
}
