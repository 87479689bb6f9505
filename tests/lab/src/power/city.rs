//! A city's history: ops and uploads come in, the power goes at some call; what was receipted is there, at the same place in the log.
//!
//! Invariant: the gateway and its SQLite storage are the ones that serve; only the medium below SQLite is simulated.

use std::collections::BTreeMap;

use hues_city::gateway::{AnyMedia, Gateway, Peer};
use hues_city::storage::SqliteStorage;
use hues_env::{BootId, Env, Mono, Random, SeededRandom, Wall};
use hues_protocol::author::Author;
use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method};
use hues_protocol::kinds::report::{New, Supplement};
use hues_protocol::kinds::{Act, FilePart};
use hues_protocol::op::OpHeader;
use hues_protocol::part::references;
use hues_store::disk::Disk as _;

use super::{must, Held, Tally};
use crate::disk::{Fault, Plan, SimDisk};

/// One lane of an anonymous reporter.
struct Lane {
    key: hues_protocol::lane::LaneKey,
    subject: hues_protocol::ids::Subject,
    sequence: u64,
    previous: hues_protocol::ids::OpHash,
}

/// An upload and how far it was told to be.
struct Upload {
    path: String,
    bytes: Vec<u8>,
    offset: u64,
    complete: Option<String>,
}

struct Town<'a> {
    disk: SimDisk,
    random: &'a mut SeededRandom,
    now: i64,
    lanes: Vec<Lane>,
    /// Op id → the receipt that was given.
    receipts: BTreeMap<String, Vec<u8>>,
    uploads: Vec<Upload>,
    head: u64,
}

pub(super) fn play(random: &mut SeededRandom, tally: &mut Tally) -> Held {
    let lives = 1 + random.below(3);
    let mut town = Town {
        disk: SimDisk::new(),
        random,
        now: 1_761_638_400_000,
        lanes: Vec::new(),
        receipts: BTreeMap::new(),
        uploads: Vec::new(),
        head: 0,
    };
    for _ in 0..lives {
        town.live(tally)?;
        town.judge(tally)?;
    }
    Ok(())
}

impl Town<'_> {
    fn open(&mut self) -> Result<Gateway<SqliteStorage>, String> {
        let path = self.disk.root().join("city.db");
        let vfs = self.disk.vfs().map(str::to_owned);
        let storage = SqliteStorage::open_on(&path, vfs.as_deref()).map_err(|e| e.to_string())?;
        let mut env = env(self.now, self.random);
        Gateway::open_with(storage, &mut env, Box::new(AnyMedia)).map_err(|e| e.to_string())
    }

    fn live(&mut self, tally: &mut Tally) -> Held {
        let within = if self.random.below(5) == 0 { 60 } else { 300 };
        let nth = 1 + self.random.below(within);
        if self.random.below(4) > 0 {
            self.disk.plan(Some(Plan {
                fault: Fault::Io,
                nth,
                stays: true,
            }));
        }
        match self.open() {
            Ok(mut gateway) => {
                for _ in 0..1 + self.random.below(12) {
                    self.now += 1_000;
                    if !self.visit(&mut gateway, tally)? {
                        must(self.disk.hits() > 0, || {
                            format!("a 500 without a failing disk: {:?}", gateway.failure())
                        })?;
                        break;
                    }
                }
                self.die(tally);
                drop(gateway);
            }
            Err(why) => {
                must(self.disk.hits() > 0, || {
                    format!("opening a city: {why} without a failing disk")
                })?;
                tally.cut_open += 1;
                self.die(tally);
            }
        }
        self.disk.plan(None);
        Ok(())
    }

    fn die(&mut self, tally: &mut Tally) {
        if self.random.below(4) == 0 {
            tally.kills += 1;
            self.disk.kill();
        } else {
            tally.losses += 1;
            let mut fate = self.random.fork();
            self.disk.power_loss(&mut fate);
        }
    }

    /// One request; false when the medium failed under it.
    fn visit(&mut self, gateway: &mut Gateway<SqliteStorage>, tally: &mut Tally) -> Held<bool> {
        let open = self
            .uploads
            .iter()
            .position(|upload| upload.complete.is_none());
        match open.filter(|_| self.random.below(2) == 0) {
            Some(upload) => self.send_piece(gateway, upload, tally),
            None => self.file(gateway, tally),
        }
    }

    fn file(&mut self, gateway: &mut Gateway<SqliteStorage>, tally: &mut Tally) -> Held<bool> {
        let known = (!self.lanes.is_empty() && self.random.below(2) == 0)
            .then(|| self.random.below(self.lanes.len() as u64) as usize);
        let at = known.unwrap_or_else(|| {
            self.lanes.push(Lane {
                key: hues_protocol::lane::LaneKey::generate(self.random),
                subject: hues_protocol::ids::Subject(self.random.uuid_v4()),
                sequence: 0,
                previous: hues_protocol::ids::OpHash::NONE,
            });
            self.lanes.len() - 1
        });
        let mut photo = vec![0; 300 + self.random.below(3_000) as usize];
        self.random.fill(&mut photo);
        let files = match self.random.below(2) {
            0 => Vec::new(),
            _ => vec![FilePart {
                sha256: hues_protocol::ids::Hash(hues_crypto::hash::sha256(&photo)),
                bytes: photo.len() as u64,
                media_type: "image/jpeg".into(),
                width: 10,
                height: 10,
            }],
        };
        let claim = files.first().map(|file| file.sha256);
        let text = format!("mất điện {}", self.random.next_u64());
        let first = self.lanes[at].sequence == 0;
        let act = match first {
            false => Act::Supplement(Supplement { text, files }),
            true => Act::New(New {
                category: "ha_tang.o_ga".into(),
                text,
                ward: None,
                answers: [("chan_duong".to_owned(), "no".to_owned())].into(),
                place_words: None,
                place: None,
                author: Author::Anonymous,
                files,
            }),
        };
        let parts = act.to_parts(self.random).map_err(|rule| rule.to_string())?;
        let lane = &self.lanes[at];
        let header = OpHeader {
            op_id: hues_protocol::ids::OpId(self.random.uuid_v4()),
            lane_key: lane.key.public(),
            sequence: lane.sequence + 1,
            previous: lane.previous,
            beacon: None,
            kind: act.kind().name().to_owned(),
            kind_version: 1,
            parts: references(&parts),
            claimed_time: self.now,
            subject: lane.subject,
            replaces: None,
        };
        let op = header.sign(&lane.key).map_err(|e| e.to_string())?;
        let bundle =
            hues_protocol::bundle::Bundle::new(op.clone(), parts).map_err(|e| e.to_string())?;
        let answer = self.ask(gateway, Method::Post, "/ops", Vec::new(), bundle.encode());
        if answer.status == 500 {
            // Nothing was promised; whether it is there shows when the lane goes on: it is left alone.
            self.lanes.remove(at);
            return Ok(false);
        }
        must(answer.status == 200, || {
            format!("an op was answered {}", answer.status)
        })?;
        tally.full += 1;
        let lane = &mut self.lanes[at];
        (lane.sequence, lane.previous) = (op.header().sequence, op.hash());
        self.receipts
            .insert(op.header().op_id.to_string(), answer.body);
        self.head += 1;
        if let Some(hash) = claim {
            return self.create(gateway, op.header().op_id, hash, photo);
        }
        Ok(true)
    }

    fn create(
        &mut self,
        gateway: &mut Gateway<SqliteStorage>,
        op: hues_protocol::ids::OpId,
        hash: hues_protocol::ids::Hash,
        bytes: Vec<u8>,
    ) -> Held<bool> {
        use base64::Engine as _;
        let b64 = |text: String| base64::engine::general_purpose::STANDARD.encode(text);
        let headers = vec![
            ("upload-length".into(), bytes.len().to_string()),
            (
                "upload-metadata".into(),
                format!(
                    "op {},sha256 {}",
                    b64(op.to_string()),
                    b64(hash.to_string())
                ),
            ),
        ];
        let answer = self.ask(gateway, Method::Post, "/files", headers, Vec::new());
        if answer.status == 500 {
            return Ok(false);
        }
        must(answer.status == 201, || {
            format!("an upload was answered {}", answer.status)
        })?;
        let path = answer.header("location").unwrap_or_default().to_owned();
        self.uploads.push(Upload {
            path,
            bytes,
            offset: 0,
            complete: None,
        });
        Ok(true)
    }

    fn send_piece(
        &mut self,
        gateway: &mut Gateway<SqliteStorage>,
        at: usize,
        tally: &mut Tally,
    ) -> Held<bool> {
        let upload = &self.uploads[at];
        let from = upload.offset as usize;
        let left = upload.bytes.len() - from;
        let piece = upload.bytes[from..from + 1 + self.random.below(left as u64) as usize].to_vec();
        let path = upload.path.clone();
        let headers = vec![
            ("upload-offset".into(), from.to_string()),
            (
                "content-type".into(),
                "application/offset+octet-stream".into(),
            ),
        ];
        let answer = self.ask(gateway, Method::Patch, &path, headers, piece.clone());
        if answer.status == 500 {
            return Ok(false);
        }
        must(answer.status == 204, || {
            format!("a piece was answered {}", answer.status)
        })?;
        tally.full += 1;
        let upload = &mut self.uploads[at];
        upload.offset += piece.len() as u64;
        upload.complete = answer.header("hues-index").map(str::to_owned);
        self.head += u64::from(upload.complete.is_some());
        Ok(true)
    }

    fn ask(
        &mut self,
        gateway: &mut Gateway<SqliteStorage>,
        method: Method,
        path: &str,
        mut headers: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> HttpResponse {
        headers.push(("tus-resumable".into(), "1.0.0".into()));
        let request = HttpRequest {
            id: 1,
            method,
            path: path.to_owned(),
            headers,
            body: match body.is_empty() {
                true => Body::Empty,
                false => Body::Bytes(body),
            },
            max_response: 1 << 20,
            class: Class::Words,
        };
        gateway.handle(&mut env(self.now, self.random), &request, Peer::LOCAL)
    }

    /// The city is started again: all that was acknowledged is there, and it goes on.
    fn judge(&mut self, tally: &mut Tally) -> Held {
        let path = self.disk.root().join("city.db");
        let vfs = self.disk.vfs().map(str::to_owned);
        let storage = SqliteStorage::open_on(&path, vfs.as_deref())
            .map_err(|e| format!("a city does not open: {e}"))?;
        storage
            .verify()
            .map_err(|e| format!("a city fails its integrity check: {e}"))?;
        tally.checks += 1;
        drop(storage);
        let mut gateway = self
            .open()
            .map_err(|e| format!("a city does not open: {e}"))?;
        for (op, receipt) in self.receipts.clone() {
            let answer = self.ask(
                &mut gateway,
                Method::Get,
                &format!("/ops/{op}"),
                Vec::new(),
                Vec::new(),
            );
            must(answer.status == 200 && answer.body == receipt, || {
                format!("a receipted op is answered {}", answer.status)
            })?;
            tally.city_kept += 1;
        }
        for at in 0..self.uploads.len() {
            let path = self.uploads[at].path.clone();
            let answer = self.ask(&mut gateway, Method::Head, &path, Vec::new(), Vec::new());
            let told = answer.number("upload-offset");
            let upload = &mut self.uploads[at];
            must(
                told.is_some_and(|told| told >= upload.offset && told <= upload.bytes.len() as u64),
                || format!("an upload told to be at {} is at {told:?}", upload.offset),
            )?;
            let index = answer.header("hues-index").map(str::to_owned);
            must(
                upload.complete.is_none() || upload.complete == index,
                || "a complete file lost its place in the log".into(),
            )?;
            // A piece that was cut before its answer may be there.
            (upload.offset, upload.complete) = (told.unwrap_or(0), index);
            tally.city_kept += 1;
        }
        let log = gateway.log().map_err(|e| e.to_string())?;
        must(log.head >= self.head, || {
            format!(
                "the log's head is {}, {} were acknowledged",
                log.head, self.head
            )
        })?;
        self.head = log.head;
        drop(gateway);
        self.disk.kill();
        Ok(())
    }
}

fn env(now: i64, random: &mut SeededRandom) -> Env<'_> {
    Env {
        wall: Wall(now),
        mono: Mono(0),
        boot: BootId([0; 16]),
        random,
    }
}
