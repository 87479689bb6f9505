//! A phone for tests: store, outbox and engine over a temporary folder, under a clock that the test moves.

use std::collections::BTreeMap;
use std::sync::Arc;

use hues_env::{BootId, Env, Mono, SeededRandom, Wall};
use hues_protocol::http::{HttpRequest, HttpResponse, TransportError};
use hues_protocol::ids::{Hash, OpId, Subject};
use hues_protocol::kinds::{report, Act};
use hues_protocol::op::PartRole;
use hues_protocol::page::Row;
use hues_store::disk::RealDisk;
use hues_store::rusqlite::Connection;
use hues_store::{Durability, FileKey, FileOptions, Migration, StoreFile, Writer};

use super::city::{body_of, City, NOW};
use crate::engine::{Applier, Engine, Event, Io, ScopeWish, Settings};
use crate::machine::{Link, Owner, Priority, Session};
use crate::outbox::{self, AuthorWish, Changed, Enqueued, LaneRef, NewFile, NewOp};
use crate::{schema, Result};

pub const ME: [u8; 16] = [7; 16];

/// Keeps rows in memory; knows the kind `report` only, until told of more.
#[derive(Default)]
pub struct Rows {
    pub rows: BTreeMap<(String, String), serde_json::Value>,
    pub knows_more: bool,
}

impl Applier for Rows {
    fn put(&mut self, _: &Connection, _: &str, row: &Row) -> Result<bool> {
        if row.kind != "report" && !self.knows_more {
            return Ok(false);
        }
        let body = row.body.clone().unwrap();
        self.rows.insert((row.kind.clone(), row.id.clone()), body);
        Ok(true)
    }
    fn delete(&mut self, _: &Connection, _: &str, kind: &str, id: &str) -> Result<()> {
        self.rows.remove(&(kind.to_owned(), id.to_owned()));
        Ok(())
    }
    fn op_moved(&mut self, _: &Connection, _: &Subject) -> Result<()> {
        Ok(())
    }
}

pub struct Phone {
    pub writer: Writer,
    pub engine: Engine,
    pub rows: Rows,
    pub now: u64,
    pub random: SeededRandom,
    pub files: BTreeMap<String, Vec<u8>>,
    pub open: Vec<HttpRequest>,
    pub wake: Option<u64>,
    pub io: Vec<Io>,
    _dir: tempfile::TempDir,
}

/// Bytes up and round trips of an exchange.
#[derive(Debug, Default, Clone, Copy)]
pub struct Cost {
    pub bytes: usize,
    pub trips: usize,
}

pub fn env<'a>(now: u64, random: &'a mut SeededRandom) -> Env<'a> {
    Env {
        wall: Wall(NOW + now as i64),
        mono: Mono(now),
        boot: BootId([1; 16]),
        random,
    }
}

pub fn database(dir: &std::path::Path, random: &mut SeededRandom) -> Writer {
    let migrations = [
        Migration {
            version: 1,
            sql: schema::SCHEMA,
        },
        Migration {
            version: 2,
            sql: schema::SCHEMA_SIGNED,
        },
    ];
    let (key, disk) = (FileKey::random(random), Arc::new(RealDisk));
    StoreFile::open_with_key(disk, dir, "core", key, &migrations, FileOptions::default())
        .unwrap()
        .1
}

impl Phone {
    pub fn new(seed: u64) -> Phone {
        let dir = tempfile::tempdir().unwrap();
        let mut random = SeededRandom::new(seed);
        let mut writer = database(dir.path(), &mut random);
        let engine = Phone::engine(&mut writer, 1_000, &mut random);
        Phone {
            writer,
            engine,
            rows: Rows::default(),
            now: 1_000,
            random,
            files: BTreeMap::new(),
            open: Vec::new(),
            wake: None,
            io: Vec::new(),
            _dir: dir,
        }
    }

    fn engine(writer: &mut Writer, now: u64, random: &mut SeededRandom) -> Engine {
        let settings = Settings {
            root: City::root(),
            listen: false,
        };
        writer
            .read(|tx| Engine::open(tx, &mut env(now, random), settings))
            .unwrap()
    }

    /// Online, signed in, one scope.
    pub fn connect(&mut self) {
        let scope = ScopeWish {
            name: "mine".into(),
            every_foreground: None,
            every_background: None,
        };
        self.tell(Event::Scopes(vec![scope]));
        self.sign_in(ME);
        self.tell(Event::Link(Link::Good));
    }

    pub fn sign_in(&mut self, account: [u8; 16]) {
        let token = Some(zeroize::Zeroizing::new("token".to_owned()));
        self.tell(Event::Session {
            session: Session::Live(account),
            token,
        });
    }

    /// The process dies; what was under way is forgotten.
    pub fn restart(&mut self) {
        self.engine = Phone::engine(&mut self.writer, self.now, &mut self.random);
        self.open.clear();
        self.wake = None;
    }

    pub fn tell(&mut self, event: Event) {
        let mut env = env(self.now, &mut self.random);
        let outcome = self
            .engine
            .handle(&mut self.writer, &mut env, &mut self.rows, event)
            .unwrap();
        for io in outcome.io {
            match io {
                Io::Send(r) => self.open.push(r),
                Io::Cancel(id) => self.open.retain(|r| r.id != id),
                Io::WakeIn(ms) => self.wake = ms.map(|ms| self.now + ms),
                other => self.io.push(other),
            }
        }
        self.engine.machine().check(Mono(self.now)).unwrap();
    }

    /// Answers the oldest request; `false` when there is none.
    pub fn exchange(&mut self, city: &mut City, cost: &mut Cost) -> bool {
        if self.open.is_empty() {
            return false;
        }
        let request = self.open.remove(0);
        let body = body_of(&request, |name| self.files[name].clone());
        let head: usize = request
            .headers
            .iter()
            .map(|(n, v)| n.len() + v.len() + 4)
            .sum();
        let answer = city.answer(&request, body.clone());
        let back: usize = answer
            .headers
            .iter()
            .map(|(n, v)| n.len() + v.len() + 4)
            .sum();
        cost.bytes += request.path.len() + head + body.len() + back + answer.body.len();
        cost.trips += 1;
        self.now += 100;
        self.tell(Event::Http {
            id: request.id,
            outcome: Ok(answer),
        });
        true
    }

    pub fn fail(&mut self, error: TransportError) {
        let request = self.open.remove(0);
        self.tell(Event::Http {
            id: request.id,
            outcome: Err(error),
        });
    }

    pub fn respond(&mut self, answer: HttpResponse) {
        let request = self.open.remove(0);
        self.tell(Event::Http {
            id: request.id,
            outcome: Ok(answer),
        });
    }

    /// Until nothing is under way and no wake-up falls within the next hour.
    pub fn settle(&mut self, city: &mut City) -> Cost {
        let mut cost = Cost::default();
        let end = self.now + 3_600_000;
        for _ in 0..2_000 {
            if self.exchange(city, &mut cost) {
                continue;
            }
            match self.wake.filter(|w| *w < end) {
                Some(wake) => {
                    self.now = self.now.max(wake);
                    self.tell(Event::Timer);
                }
                None => return cost,
            }
        }
        panic!("it never settles");
    }

    pub fn write<R>(
        &mut self,
        f: impl FnOnce(&Connection, &mut Env<'_>) -> Result<R>,
    ) -> Result<R> {
        let mut env = env(self.now, &mut self.random);
        let committed = self
            .writer
            .try_write(Durability::Full, |tx| f(tx, &mut env))?;
        Ok(committed.value)
    }

    pub fn act(&mut self, lane: LaneRef, new: &NewOp) -> Enqueued {
        let done = self
            .write(|tx, env| outbox::enqueue(tx, env, lane, new))
            .unwrap();
        self.tell(Event::Enqueued);
        done
    }

    pub fn change(
        &mut self,
        f: impl FnOnce(&Connection, &mut Env<'_>) -> Result<Changed>,
    ) -> Result<Changed> {
        let changed = self.write(f)?;
        self.tell(Event::OutboxChanged);
        Ok(changed)
    }

    pub fn list(&mut self) -> Vec<outbox::OpView> {
        self.writer.read(|tx| outbox::list(tx, true)).unwrap()
    }

    /// A rating: the smallest act there is.
    pub fn rating(&mut self, stars: u64) -> NewOp {
        let parts = Act::Rate(report::Rate {
            stars: stars as _,
            text: None,
        })
        .to_parts(&mut self.random)
        .unwrap();
        NewOp {
            op_id: OpId(hues_env::Random::uuid_v4(&mut self.random)),
            kind: "report.rate".into(),
            version: 1,
            subject: Subject([3; 16]),
            parts,
            author: AuthorWish::None,
            priority: Priority::Words,
            files: vec![],
            query_only: false,
        }
    }

    /// A report of `chars` characters with photos of these lengths; the author part is the outbox's.
    pub fn report(&mut self, author: AuthorWish, chars: usize, photos: &[usize]) -> NewOp {
        let mut files = Vec::new();
        let mut parts = Vec::new();
        for len in photos {
            let mut bytes = vec![0; *len];
            hues_env::Random::fill(&mut self.random, &mut bytes);
            let sealed = hues_env::Random::uuid_v4(&mut self.random);
            files.push(NewFile {
                sha256: Hash(hues_crypto::hash::sha256(&bytes)),
                len: *len as u64,
                sealed,
            });
            self.files.insert(OpId(sealed).to_string(), bytes);
        }
        let act = report::New {
            category: "ha_tang.o_ga".into(),
            text: "ổ".repeat(chars),
            ward: None,
            answers: BTreeMap::new(),
            place_words: None,
            place: None,
            author: hues_protocol::author::Author::Anonymous,
            files: files
                .iter()
                .map(|f| hues_protocol::kinds::FilePart {
                    sha256: f.sha256,
                    bytes: f.len,
                    media_type: "image/jpeg".into(),
                    width: 10,
                    height: 10,
                })
                .collect(),
        };
        let all = Act::New(act).to_parts(&mut self.random).unwrap();
        parts.extend(all.into_iter().filter(|p| p.role() != PartRole::AUTHOR));
        NewOp {
            kind: "report.new".into(),
            parts,
            author,
            files,
            ..self.rating(3)
        }
    }

    pub fn own() -> LaneRef {
        LaneRef::New(Owner::Account(ME))
    }
}
