//! The gateway: the one function from a request to an answer.
//!
//! Invariant: synchronous and complete in itself. It reads no clock and draws no chance but what [`Env`] brings, does
//! no I/O but through its [`Storage`], and every request ends in an answer. The server puts sockets around it; the
//! laboratory calls it directly.

mod call;
mod disclosure;
mod feedback;
mod hello;
mod keys;
mod media;
mod meta;
mod ops;
mod photo;
mod pull;
mod records;
mod rows;
mod session;
mod state;
mod town;
mod tus;

pub use call::Peer;
pub use disclosure::Opened;
pub use keys::CityKeys;
pub use meta::CityLog;
pub use town::{AnyMedia, MediaCheck, PhotoScan};

use hues_env::Env;
use hues_protocol::config::Config;
use hues_protocol::http::{HttpRequest, HttpResponse, Method};
use hues_protocol::ids::OpId;
use hues_protocol::problem::RefusalKind;
use serde_json::Value;

use self::call::{answer, empty, refusal, refuse, Answer, Call, Stop, COSE};
use self::town::{Media, Town};
use crate::error::CityError;
use crate::storage::{Storage, StorageError, Table, Tx};

pub use hues_protocol::config::INTAKE;

/// A gateway over a medium.
pub struct Gateway<S> {
    storage: S,
    keys: CityKeys,
    town: Town,
    failure: Option<StorageError>,
}

impl<S: Storage> Gateway<S> {
    /// Opens the city that lives in `storage`; founds it there if it is empty. Photos are judged by [`PhotoScan`].
    ///
    /// # Errors
    /// [`CityError`] when the medium fails or holds something else.
    pub fn open(storage: S, env: &mut Env) -> Result<Gateway<S>, CityError> {
        Gateway::open_with(storage, env, Box::new(PhotoScan))
    }

    /// The same with another judge of photos.
    ///
    /// # Errors
    /// As [`Gateway::open`].
    pub fn open_with(
        mut storage: S,
        env: &mut Env,
        media: Box<dyn MediaCheck>,
    ) -> Result<Gateway<S>, CityError> {
        let config = Config::builtin();
        let town = Town {
            config,
            config_version: 1,
            media: Media(media),
        };
        let keys = storage.transaction(|tx| {
            hello::found(tx, env)?;
            session::seed(tx, env)?;
            CityKeys::load(tx, env)
        })?;
        Ok(Gateway {
            storage,
            keys,
            town,
            failure: None,
        })
    }

    /// Answers one request. A failing medium is a 500; the next request may find it well again.
    pub fn handle(&mut self, env: &mut Env, request: &HttpRequest, peer: Peer) -> HttpResponse {
        match self.route(env, &Call::new(request, peer)) {
            Ok(response) => response,
            Err(Stop::Answer(response)) => *response,
            Err(Stop::Storage(error)) => {
                self.failure = Some(error);
                empty(500)
            }
        }
    }

    fn route(&mut self, env: &mut Env, call: &Call) -> Answer {
        check_protocol(call)?;
        let (keys, town) = (&mut self.keys, &self.town);
        if keys.renew_if_due(env) {
            let saved: Result<(), StorageError> = self.storage.transaction(|tx| keys.save(tx));
            saved?;
        }
        let keys = &self.keys;
        let storage = &mut self.storage;
        match (call.method(), call.path.as_slice()) {
            (Method::Get, ["hello"]) => storage.transaction(|tx| hello::hello(tx, keys, town)),
            (Method::Get, ["keys"]) => Ok(answer(200, COSE, keys.list().bytes().to_vec())),
            (Method::Get, ["beacon"]) => {
                let beacon: Result<_, StorageError> =
                    storage.transaction(|tx| meta::beacon(tx, env, keys));
                Ok(answer(200, COSE, beacon?))
            }
            (Method::Get, ["packs", name]) => {
                storage.transaction(|tx| hello::pack(tx, env, keys, town, name))
            }
            (Method::Post, ["signin"]) => {
                storage.transaction(|tx| session::signin(tx, env, call, &|unit| town.is_unit(unit)))
            }
            (Method::Post, ["signout"]) => storage.transaction(|tx| session::signout(tx, call)),
            (Method::Post, ["enrol"]) => {
                storage.transaction(|tx| session::enrol(tx, env, keys, call))
            }
            (Method::Post, ["ops"]) => ops::submit(storage, env, town, keys, call),
            (Method::Get, ["ops", id]) => storage.transaction(|tx| ops::query(tx, keys, id)),
            (Method::Get, ["pull"]) => storage.transaction(|tx| pull::pull(tx, env, call)),
            (Method::Get, ["wake"]) => storage.transaction(|tx| hello::wake(tx, call)),
            (Method::Get, ["media", name]) => {
                storage.transaction(|tx| media::media(tx, env, call, name))
            }
            (_, ["files"] | ["files", _]) => {
                storage.transaction(|tx| tus::files(tx, env, town, call))
            }
            (_, path) => Err(not_here(path)),
        }
    }

    /// Opens the sealed author of a report and tells the reporter so, in one transaction.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails; then nothing was opened.
    pub fn open_author(&mut self, env: &mut Env, op: OpId) -> Result<Option<Opened>, StorageError> {
        let keys = &self.keys;
        self.storage
            .transaction(|tx| disclosure::open(tx, env, keys, op))
    }

    /// One test account more, for a laboratory in which many people live.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    pub fn add_account(
        &mut self,
        env: &mut Env,
        key: &str,
        name: &str,
        officer: bool,
    ) -> Result<(), StorageError> {
        self.storage
            .transaction(|tx| session::add(tx, env, key, name, officer))
    }

    /// The process starts anew on what it has stored: whatever it only had in memory is gone.
    ///
    /// # Errors
    /// [`CityError`] as [`Gateway::open`].
    pub fn restart(&mut self, env: &mut Env) -> Result<(), CityError> {
        self.keys = self.storage.transaction(|tx| CityKeys::load(tx, env))?;
        self.failure = None;
        Ok(())
    }

    /// The root's public key: what a phone pins.
    #[must_use]
    pub fn root(&self) -> [u8; 32] {
        self.keys.root()
    }

    /// Why the newest 500 was answered; nothing of it goes over the wire.
    #[must_use]
    pub fn failure(&self) -> Option<&StorageError> {
        self.failure.as_ref()
    }

    /// The same, told once.
    pub fn take_failure(&mut self) -> Option<StorageError> {
        self.failure.take()
    }

    /// The keys of the city.
    #[must_use]
    pub fn keys(&self) -> &CityKeys {
        &self.keys
    }

    /// Epoch, watermark, head and the counters.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    pub fn log(&mut self) -> Result<CityLog, StorageError> {
        self.storage.transaction(|tx| CityLog::load(tx))
    }

    /// Backs the city up under `name` and moves the watermark to the log's head, which the backup holds.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails; the watermark did not move then.
    pub fn backup(&mut self, name: &str) -> Result<CityLog, StorageError> {
        let held = self.log()?.head;
        self.storage.backup(name)?;
        self.storage.transaction(|tx| {
            let mut log = CityLog::load(tx)?;
            log.watermark = log.watermark.max(held);
            log.save(tx)?;
            Ok(log)
        })
    }

    /// Goes back to a backup: what came later is lost, and a new epoch begins.
    ///
    /// # Errors
    /// [`StorageError`] when there is no such backup or the medium fails.
    pub fn restore(&mut self, env: &mut Env, name: &str) -> Result<CityLog, CityError> {
        self.storage.restore(name)?;
        self.keys = self.storage.transaction(|tx| CityKeys::load(tx, env))?;
        let log: Result<_, StorageError> = self.storage.transaction(|tx| {
            let mut log = CityLog::load(tx)?;
            log.restart(env);
            log.save(tx)?;
            Ok(log)
        });
        Ok(log?)
    }

    /// The kept backups' names.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    pub fn backups(&self) -> Result<Vec<String>, StorageError> {
        self.storage.backups()
    }

    /// Everything stored that a test may want to compute an invariant from; see `tests/city/README.md` for its shape.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    pub fn state(&mut self) -> Result<Value, StorageError> {
        let backups = self.storage.backups()?;
        let last_error = self.failure.as_ref().map(ToString::to_string);
        self.storage
            .transaction(|tx| state::state(tx, &backups, last_error))
    }

    /// The bundle of a committed op, byte for byte as it came; nothing if there is no such op.
    ///
    /// # Errors
    /// [`StorageError`] when the medium fails.
    pub fn bundle(&mut self, op: OpId) -> Result<Option<Vec<u8>>, StorageError> {
        self.storage
            .transaction(|tx| tx.get(Table::Bundle, op.as_bytes()))
    }

    /// One transaction over the raw tables, for tests that look underneath.
    ///
    /// # Errors
    /// What `body` returns.
    pub fn inspect<T>(
        &mut self,
        body: impl FnOnce(&mut dyn Tx) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.storage.transaction(body)
    }
}

/// A phone that is too old is told so; no header at all is a tool, a browser, a tus client.
fn check_protocol(call: &Call) -> Result<(), Stop> {
    match call.header("hues-protocol").map(str::parse::<u64>) {
        None => Ok(()),
        Some(Ok(version)) if version < hello::PROTOCOL.0 => {
            Err(refusal(426, RefusalKind::Update, "protocol"))
        }
        Some(Ok(version)) if version <= hello::PROTOCOL.1 => Ok(()),
        Some(_) => Err(refuse(400, "protocol")),
    }
}

/// Known path, other method: 405 with what there is; else 404.
fn not_here(path: &[&str]) -> Stop {
    let allow = match path {
        ["hello" | "keys" | "beacon" | "pull" | "wake"] | ["packs" | "ops" | "media", _] => "GET",
        ["signin" | "signout" | "enrol" | "ops"] => "POST",
        _ => return refuse(404, "path"),
    };
    let response = call::problem(405, RefusalKind::Refused, "method");
    call::stop_with(call::with_header(response, "allow", allow))
}
