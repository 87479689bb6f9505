//! A city small enough to read at once: it signs, chains, pages and takes uploads as the protocol says, and can be told to lie.

use std::collections::BTreeMap;

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use hues_crypto::hash::sha256;
use hues_crypto::hpke::OpeningKey;
use hues_crypto::sign::SigningKey;
use hues_env::SeededRandom;
use hues_protocol::beacon::Beacon;
use hues_protocol::bundle::Bundle;
use hues_protocol::city::CitySigned;
use hues_protocol::fork::Fork;
use hues_protocol::http::{Body, HttpRequest, HttpResponse, COSE, JSON};
use hues_protocol::ids::{Epoch, Hash, LaneId, OpHash, OpId};
use hues_protocol::keys::{KeyEntry, KeyListBody, Role};
use hues_protocol::page::Checksum;
use hues_protocol::receipt::Receipt;
use hues_protocol::refusal::Refusal;
use serde_json::{json, Value};

/// 28 October 2025 in Huế.
pub const NOW: i64 = 1_761_638_400_000;

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed(&[n; 32])
}

/// An upload under way.
pub struct Upload {
    pub sha256: Hash,
    pub len: u64,
    pub bytes: Vec<u8>,
    pub index: Option<u64>,
}

/// The city.
pub struct City {
    pub epoch: Epoch,
    pub log: u64,
    pub watermark: u64,
    pub keys_version: u64,
    /// Committed: hash and receipt.
    pub ops: BTreeMap<OpId, (OpHash, Vec<u8>)>,
    pub heads: BTreeMap<LaneId, (u64, OpHash)>,
    /// The order in which acts were committed.
    pub order: Vec<OpId>,
    /// Refuse the op of this kind with this rule.
    pub refuse: Option<(String, String)>,
    pub uploads: BTreeMap<String, Upload>,
    pub rows: Vec<(u64, String, String, Option<Value>)>,
    pub page_rows: usize,
    /// Add to the checksum it states.
    pub lie: u64,
    pub disclosure: OpeningKey,
    pub seen: Vec<String>,
}

impl City {
    pub fn new() -> City {
        City {
            epoch: Epoch([1; 8]),
            log: 0,
            watermark: 0,
            keys_version: 1,
            ops: BTreeMap::new(),
            heads: BTreeMap::new(),
            order: Vec::new(),
            refuse: None,
            uploads: BTreeMap::new(),
            rows: Vec::new(),
            page_rows: 200,
            lie: 0,
            disclosure: OpeningKey::generate(&mut SeededRandom::new(9)),
            seen: Vec::new(),
        }
    }

    pub fn root() -> [u8; 32] {
        key(0).public()
    }

    pub fn key_list(&self) -> hues_protocol::keys::KeyList {
        let entry = |role, public| KeyEntry {
            role,
            public,
            not_before: 0,
            not_after: NOW * 2,
        };
        KeyListBody {
            city: "Huế".into(),
            version: self.keys_version,
            issued: NOW,
            expires: NOW * 2,
            keys: vec![
                entry(Role::Receipts, key(1).public()),
                entry(Role::Beacons, key(2).public()),
                entry(Role::Disclosure, self.disclosure.public().unwrap()),
            ],
        }
        .sign(&key(0))
    }

    /// A backup is taken: all so far is safe.
    pub fn back_up(&mut self) {
        self.watermark = self.log;
    }

    fn cose(status: u16, body: Vec<u8>) -> HttpResponse {
        HttpResponse {
            status,
            headers: vec![("content-type".into(), COSE.into())],
            body,
        }
    }

    fn json(status: u16, body: &Value) -> HttpResponse {
        HttpResponse {
            status,
            headers: vec![("content-type".into(), JSON.into())],
            body: body.to_string().into_bytes(),
        }
    }

    pub fn answer(&mut self, r: &HttpRequest, body: Vec<u8>) -> HttpResponse {
        let path = r.path.split('?').next().unwrap().to_owned();
        self.seen.push(format!("{} {path}", r.method.name()));
        match (r.method.name(), path.as_str()) {
            ("GET", "/hello") => Self::json(
                200,
                &json!({"city": "Huế", "protocol": {"min": 1, "max": 1}, "features": [],
                "limits": {"bundle_bytes": 65536, "file_bytes": 2097152, "page_rows": 200}, "epoch": self.epoch, "watermark": self.watermark,
                "head": self.log, "keys_version": self.keys_version, "packs": {}}),
            ),
            ("GET", "/keys") => Self::cose(200, self.key_list().bytes().to_vec()),
            ("GET", "/beacon") => Self::cose(200, self.beacon()),
            ("POST", "/ops") => self.submit(&body),
            ("GET", "/pull") => self.pull(&r.path),
            ("GET", p) if p.starts_with("/ops/") => self.query(&p[5..]),
            ("POST", "/files") => self.create(r),
            (method, p) if p.starts_with("/files/") => self.upload(method, &p[7..], r, &body),
            other => panic!("unexpected {other:?}"),
        }
    }

    fn beacon(&self) -> Vec<u8> {
        Beacon {
            time: NOW,
            nonce: [5; 16],
            epoch: self.epoch,
            watermark: self.watermark,
            log_head: self.log,
            keys_version: self.keys_version,
        }
        .sign(&key(2))
        .into_bytes()
    }

    fn submit(&mut self, body: &[u8]) -> HttpResponse {
        let bundle = Bundle::decode(body).expect("the phone sends good bundles");
        let (op, header) = (bundle.op(), bundle.op().header());
        let refuse = |rule: &str| {
            let refusal = Refusal {
                op_id: header.op_id,
                op_hash: op.hash(),
                rule: rule.into(),
                time: NOW,
                epoch: self.epoch,
                keys_version: self.keys_version,
            };
            Self::cose(422, refusal.sign(&key(1)).into_bytes())
        };
        if let Some((hash, receipt)) = self.ops.get(&header.op_id) {
            return if *hash == op.hash() {
                Self::cose(200, receipt.clone())
            } else {
                refuse("op-id-reused")
            };
        }
        let (seq, hash) = self
            .heads
            .get(&op.lane())
            .copied()
            .unwrap_or((0, OpHash::NONE));
        if header.sequence != seq + 1 || header.previous != hash {
            let fork = Fork {
                lane: op.lane(),
                head_sequence: seq,
                head_hash: hash,
                time: NOW,
                epoch: self.epoch,
                keys_version: self.keys_version,
            };
            return Self::cose(409, fork.sign(&key(1)).into_bytes());
        }
        if let Some((_, rule)) = self
            .refuse
            .as_ref()
            .filter(|(kind, _)| *kind == header.kind)
        {
            return refuse(rule);
        }
        self.log += 1;
        let receipt = Receipt {
            op_id: header.op_id,
            lane: op.lane(),
            sequence: header.sequence,
            op_hash: op.hash(),
            time: NOW + 1_000,
            epoch: self.epoch,
            log_index: self.log,
            watermark: self.watermark,
            keys_version: self.keys_version,
        }
        .sign(&key(1))
        .into_bytes();
        self.ops.insert(header.op_id, (op.hash(), receipt.clone()));
        self.heads.insert(op.lane(), (header.sequence, op.hash()));
        self.order.push(header.op_id);
        Self::cose(200, receipt)
    }

    fn query(&self, id: &str) -> HttpResponse {
        match id.parse().ok().and_then(|id: OpId| self.ops.get(&id)) {
            Some((_, receipt)) => Self::cose(200, receipt.clone()),
            None => Self::json(404, &json!({"refusal": "refused", "rule": "unknown"})),
        }
    }

    fn pull(&mut self, path: &str) -> HttpResponse {
        let value = |name: &str| {
            let found = path
                .split(['?', '&'])
                .find_map(|p| p.strip_prefix(name)?.strip_prefix('='));
            found.map(|v| v.replace("%3A", ":"))
        };
        let scope = value("scope").unwrap();
        let cursor = value("cursor");
        let from: u64 = match &cursor {
            None => 0,
            Some(c) => match c.split_once('-') {
                Some((epoch, rev)) if epoch == self.epoch.to_string() => rev.parse().unwrap(),
                _ => return Self::json(410, &json!({"refusal": "reset-scope", "rule": "epoch"})),
            },
        };
        let mut newer: Vec<_> = self.rows.iter().filter(|r| r.0 > from).cloned().collect();
        newer.sort_by_key(|r| r.0);
        let more = newer.len() > self.page_rows;
        newer.truncate(self.page_rows);
        let next = newer.last().map_or(from, |r| r.0);
        let rows: Vec<Value> = newer
            .iter()
            .map(|(rev, kind, id, body)| match body {
                Some(body) => {
                    json!({"rev": rev, "kind": kind, "id": id, "op": "put", "body": body})
                }
                None => json!({"rev": rev, "kind": kind, "id": id, "op": "del"}),
            })
            .collect();
        let mut page = json!({"scope": scope, "from": cursor, "next": format!("{}-{next}", self.epoch), "more": more,
            "epoch": self.epoch, "watermark": self.watermark, "rows": rows});
        if !more {
            let live: Vec<_> = self.rows.iter().filter(|r| r.3.is_some()).collect();
            let sum = live
                .iter()
                .fold(Checksum(self.lie), |s, r| s.plus(&r.1, &r.2, r.0));
            page["count"] = live.len().into();
            page["checksum"] = sum.to_string().into();
        }
        Self::json(200, &page)
    }

    fn create(&mut self, r: &HttpRequest) -> HttpResponse {
        let meta = r.header("upload-metadata").unwrap();
        let value = |name: &str| {
            let coded = meta
                .split(',')
                .find_map(|m| m.strip_prefix(name)?.strip_prefix(' '))
                .unwrap();
            String::from_utf8(STANDARD.decode(coded).unwrap()).unwrap()
        };
        let op: OpId = value("op").parse().unwrap();
        if !self.ops.contains_key(&op) {
            return Self::json(404, &json!({"refusal": "refused", "rule": "unknown"}));
        }
        let id = format!("u{}", self.uploads.len());
        let sha256 = value("sha256").parse().unwrap();
        let len = r.number("upload-length");
        self.uploads.insert(
            id.clone(),
            Upload {
                sha256,
                len,
                bytes: Vec::new(),
                index: None,
            },
        );
        Self::tus(201, vec![("location".into(), format!("/files/{id}"))])
    }

    fn tus(status: u16, mut headers: Vec<(String, String)>) -> HttpResponse {
        headers.push(("tus-resumable".into(), "1.0.0".into()));
        HttpResponse {
            status,
            headers,
            body: Vec::new(),
        }
    }

    fn upload(&mut self, method: &str, id: &str, r: &HttpRequest, body: &[u8]) -> HttpResponse {
        let epoch = self.epoch;
        let Some(upload) = self.uploads.get_mut(id) else {
            return Self::tus(404, vec![]);
        };
        if method == "PATCH" {
            if r.number("upload-offset") != upload.bytes.len() as u64 {
                return Self::tus(409, vec![]);
            }
            upload.bytes.extend_from_slice(body);
            if upload.bytes.len() as u64 == upload.len {
                assert_eq!(
                    sha256(&upload.bytes),
                    upload.sha256.0,
                    "what arrived is what was promised"
                );
                self.log += 1;
                upload.index = Some(self.log);
            }
        }
        let mut headers = vec![("upload-offset".into(), upload.bytes.len().to_string())];
        if let Some(index) = upload.index {
            headers.push(("hues-index".into(), index.to_string()));
            headers.push(("hues-epoch".into(), epoch.to_string()));
        }
        Self::tus(if method == "HEAD" { 200 } else { 204 }, headers)
    }
}

trait Number {
    fn number(&self, name: &str) -> u64;
}

impl Number for HttpRequest {
    fn number(&self, name: &str) -> u64 {
        self.header(name).unwrap().parse().unwrap()
    }
}

/// The bytes of a request's body, a file's range read from `file`.
pub fn body_of(r: &HttpRequest, file: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
    match &r.body {
        Body::Empty => Vec::new(),
        Body::Bytes(bytes) => bytes.clone(),
        Body::File { name, offset, len } => {
            file(name)[*offset as usize..(*offset + *len) as usize].to_vec()
        }
    }
}
