//! The gateway behind one lock, with its clock and its wake-up call.
//!
//! Invariant: requests reach the gateway one at a time, on a thread that may wait for the disk; whoever waits for the log
//! to grow learns it after the commit, never before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hues_env::{BootId, Env, Mono, SystemRandom, Wall};
use hues_protocol::http::{HttpRequest, HttpResponse};
use hues_protocol::ids::OpId;
use serde_json::Value;
use tokio::sync::watch;

use crate::config::CityClock;
use crate::error::CityError;
use crate::fault::{Faults, LastWill};
use crate::gateway::{CityLog, Gateway, Opened, Peer};
use crate::storage::SqliteStorage;

/// The backups made in a rhythm take turns in this many places.
const ROTATION: u64 = 4;

pub(crate) struct Core {
    gateway: Mutex<Gateway<SqliteStorage>>,
    clock: Arc<dyn CityClock>,
    pub(crate) faults: Arc<Faults>,
    /// The storage's: armed by the fault `die-inside`.
    last_will: Arc<LastWill>,
    head: watch::Sender<u64>,
    /// The newest backup's name and how many were made by the rhythm.
    newest: Mutex<(Option<String>, u64)>,
}

impl Core {
    pub(crate) fn open(
        storage: SqliteStorage,
        clock: Arc<dyn CityClock>,
        mortal: bool,
    ) -> Result<Core, CityError> {
        let faults = Arc::new(Faults::new(mortal));
        let last_will = storage.last_will();
        let mut gateway = with_env(clock.now(), |env| Gateway::open(storage, env))?;
        let head = watch::channel(gateway.log()?.head).0;
        Ok(Core {
            gateway: Mutex::new(gateway),
            clock,
            faults,
            last_will,
            head,
            newest: Mutex::default(),
        })
    }

    /// The city's clock with its skew.
    pub(crate) fn now(&self) -> Wall {
        self.clock.now().plus(self.faults.skew_ms())
    }

    /// Answers a request; blocks on the disk. A `doomed` one ends the process before its commit.
    pub(crate) fn handle(&self, request: &HttpRequest, peer: Peer, doomed: bool) -> HttpResponse {
        let mut gateway = self.lock();
        if doomed {
            self.last_will.arm();
        }
        let response = with_env(self.now(), |env| gateway.handle(env, request, peer));
        self.last_will.disarm();
        self.tell(&mut gateway);
        response
    }

    /// Wakes up at each growth of the log.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }

    pub(crate) fn root(&self) -> [u8; 32] {
        self.lock().root()
    }

    /// A backup under `name`, or under a new one.
    pub(crate) fn backup(&self, name: Option<String>) -> Result<(String, CityLog), CityError> {
        let mut gateway = self.lock();
        let name = match name {
            Some(name) => name,
            None => format!("b{:08}", gateway.log()?.head),
        };
        let log = gateway.backup(&name)?;
        self.newest().0 = Some(name.clone());
        Ok((name, log))
    }

    /// The backup that the rhythm makes, if the log grew since the last one.
    pub(crate) fn backup_if_grown(&self) -> Result<(), CityError> {
        let log = self.lock().log()?;
        if log.head > log.watermark {
            let turn = self.newest().1;
            self.backup(Some(format!("auto{}", turn % ROTATION)))?;
            self.newest().1 += 1;
        }
        Ok(())
    }

    /// Back to `name` (`latest`: the newest one); the new epoch begins.
    pub(crate) fn restore(&self, name: &str) -> Result<CityLog, CityError> {
        let mut gateway = self.lock();
        let name = match (name, self.newest().0.clone()) {
            ("latest", Some(newest)) => newest,
            ("latest", None) => gateway.backups()?.pop().unwrap_or_default(),
            _ => name.to_owned(),
        };
        let log = with_env(self.now(), |env| gateway.restore(env, &name))?;
        self.tell(&mut gateway);
        Ok(log)
    }

    pub(crate) fn bundle(&self, op: OpId) -> Result<Option<Vec<u8>>, CityError> {
        Ok(self.lock().bundle(op)?)
    }

    /// Opens a sealed author; the reporter is told.
    pub(crate) fn open_author(&self, op: OpId) -> Result<Option<Opened>, CityError> {
        let mut gateway = self.lock();
        Ok(with_env(self.now(), |env| gateway.open_author(env, op))?)
    }

    pub(crate) fn state(&self) -> Result<Value, CityError> {
        Ok(self.lock().state()?)
    }

    fn tell(&self, gateway: &mut Gateway<SqliteStorage>) {
        if let Ok(log) = gateway.log() {
            self.head
                .send_if_modified(|head| std::mem::replace(head, log.head) != log.head);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Gateway<SqliteStorage>> {
        // A panic in a handler rolled its transaction back; the state is whole.
        self.gateway.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn newest(&self) -> MutexGuard<'_, (Option<String>, u64)> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn with_env<T>(wall: Wall, body: impl FnOnce(&mut Env) -> T) -> T {
    // The gateway never asks for monotonic time: a server's deadlines are the shell's.
    body(&mut Env {
        wall,
        mono: Mono(0),
        boot: BootId([0; 16]),
        random: &mut SystemRandom,
    })
}
