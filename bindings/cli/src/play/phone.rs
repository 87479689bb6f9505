//! A live phone: one process that owns the home as long as the phone is on. Whatever its person does is handed to that process over the socket in the
//! home, as a second terminal would; while it is off, its home is read by a process that comes and goes.
//!
//! Invariant: what is known about a phone was printed by a process that had its home open.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use hues_core::ports::{Clock, SystemClock};
use hues_e2e::ledger::text;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use super::held;
use super::people::Person;
use super::process::{Power, Process};
use super::tally::Store;
use crate::exit::{Exit, Failure};
use crate::home::{hand_over, HandOver};
use crate::output::Sink;
use crate::troupe::{path, Phone, Running, Town};

/// A day: the process is started anew after it.
const STAYS: &str = "86400";
/// A phone must answer by then.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where a wrong clock stands.
const WRONG_CLOCK: &str = "2010-01-01T07:00:00+07:00";
/// Battery after charging, percent.
const CHARGED: u8 = 80;

/// What a carrier carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// Everything.
    Good,
    /// 2 KB/s.
    Slow,
    /// A captive portal's answers.
    Portal,
    /// Nothing.
    Cut,
}

impl Network {
    /// What the operating system tells the app about it.
    fn link(self) -> &'static str {
        match self {
            Network::Good => "good",
            Network::Slow => "slow",
            Network::Portal => "captive",
            Network::Cut => "none",
        }
    }
}

/// What is broken at a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Switches {
    /// Its carrier.
    pub network: Network,
    /// Its battery is empty.
    pub empty: bool,
    /// Its clock stands in 2010.
    pub wrong_clock: bool,
}

/// What the phone showed last.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Its part of the count.
    pub store: Store,
    /// Nothing can have changed in the home since.
    pub fresh: bool,
    /// Its own reports, newest first.
    pub mine: Vec<Value>,
    /// Reports in full, for those that have an answer.
    pub answers: BTreeMap<String, Value>,
    /// What is public.
    pub public: Vec<Value>,
    /// The officer's worklist.
    pub work: Vec<Value>,
    /// `status`.
    pub status: Value,
}

/// A phone.
pub struct LivePhone {
    /// Whose it is.
    pub person: &'static Person,
    /// Its process.
    pub process: Process,
    phone: Mutex<Phone>,
    switches: Mutex<Switches>,
    seen: Mutex<Seen>,
    trouble: Mutex<Option<String>>,
}

impl LivePhone {
    /// A phone with its home in `folder`, off.
    pub fn new(person: &'static Person, folder: &Path) -> LivePhone {
        LivePhone {
            person,
            process: Process::new(),
            phone: Mutex::new(Phone::new(folder, person.key, person.carrier, 0)),
            switches: Mutex::new(Switches {
                network: Network::Good,
                empty: false,
                wrong_clock: false,
            }),
            seen: Mutex::default(),
            trouble: Mutex::default(),
        }
    }

    /// What is broken.
    pub fn switches(&self) -> Switches {
        *held(&self.switches)
    }

    /// What it showed last.
    pub fn seen(&self) -> Seen {
        held(&self.seen).clone()
    }

    /// What its wall clock says, milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        SystemClock.now().wall_ms
            + held(&self.phone).sandbox["clock_offset_ms"]
                .as_i64()
                .unwrap_or_default()
    }

    /// Why it does not come up.
    pub fn trouble(&self) -> Option<String> {
        held(&self.trouble).clone()
    }

    fn snapshot(&self) -> Phone {
        let phone = held(&self.phone);
        Phone {
            home: phone.home.clone(),
            carrier: phone.carrier,
            sandbox: phone.sandbox.clone(),
        }
    }

    /// The phone learns its city, and its person signs in where she is not yet.
    ///
    /// # Errors
    /// The phone's.
    pub async fn introduce(&self, town: &Town) -> Result<(), Failure> {
        let phone = self.snapshot();
        let ca = path(&town.ca);
        let known = [
            "--city", &town.url, "--ca", &ca, "--root", &town.root, "whoami",
        ];
        let ran = phone.run(&known).await?;
        if ran.code == Some(0) {
            return Ok(());
        }
        let staff = self.person.staff;
        phone
            .sign_in(town, self.person.account, staff)
            .await
            .map(drop)
    }

    /// Switches it on; the caller minds the process that comes back. None: it is on already.
    ///
    /// # Errors
    /// Refused with an empty battery; the operating system's.
    pub fn start(&self) -> Result<Option<Running>, Failure> {
        if self.switches().empty {
            return Err(Failure::refused("battery", "the battery is empty"));
        }
        if !self.process.starts() {
            return Ok(None);
        }
        let started = self.snapshot().start(&["sync", "--for", STAYS]);
        if started.is_err() {
            self.process.gone();
        }
        started.map(Some)
    }

    /// Waits until it answers, or is off again.
    ///
    /// # Errors
    /// It does neither; it is killed.
    pub async fn comes_up(&self) -> Result<(), Failure> {
        let up = async {
            while self.process.power() != Power::Off && self.ask(&["whoami"]).await.is_err() {
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, up).await.is_err() {
            self.process.kill().await;
            let why = "the phone does not come up";
            return Err(Failure::new(Exit::CheckFailed, "process", "phone", why));
        }
        self.process.answers();
        Ok(())
    }

    /// Its process ended: what was seen may be old.
    pub fn went_off(&self) {
        held(&self.seen).fresh = false;
    }

    /// Notes why it ended, where nobody asked it to; none: all is well.
    pub fn set_trouble(&self, said: Option<String>) {
        *held(&self.trouble) = said;
    }

    /// Hands one command to the phone's process; its lines.
    ///
    /// # Errors
    /// As the command's; busy when the phone is off, or dies before it answers.
    pub async fn ask(&self, command: &[&str]) -> Result<Vec<Value>, Failure> {
        let home = held(&self.phone).home.clone();
        let mut line = vec!["phone".to_owned(), "--home".into(), path(&home)];
        line.extend(command.iter().map(|&c| c.to_owned()));
        let lines = Lines::default();
        let asked = tokio::time::timeout(PATIENCE, hand_over(&home, line, &lines)).await;
        let off = |why: &str| Failure::new(Exit::Busy, "busy", "phone", why);
        match asked {
            Ok(HandOver::Ran(Ok(Exit::Done | Exit::Network))) => {
                Ok(std::mem::take(&mut *held(&lines.0)))
            }
            Ok(HandOver::Ran(Ok(exit))) => Err(off(&format!("exit {}", exit.code()))),
            Ok(HandOver::Ran(Err(failure))) => Err(failure),
            Ok(HandOver::NobodyThere) => Err(off("the phone is off")),
            Ok(HandOver::Vanished) => Err(off("the phone died before it answered")),
            Err(_) => Err(off("the phone does not answer")),
        }
    }

    /// What the network is like now: the operating system tells the app.
    ///
    /// # Errors
    /// The operating system's.
    pub fn set_network(&self, network: Network) -> Result<(), Failure> {
        held(&self.switches).network = network;
        self.set("link", network.link().into())
    }

    /// Puts the clock wrong, or right again.
    ///
    /// # Errors
    /// The operating system's.
    pub fn set_clock(&self, wrong: bool) -> Result<(), Failure> {
        let stands = hues_vietnam::parse_rfc3339(WRONG_CLOCK).unwrap_or_default();
        let offset = match wrong {
            true => stands - SystemClock.now().wall_ms,
            false => 0,
        };
        held(&self.switches).wrong_clock = wrong;
        self.set("clock_offset_ms", offset.into())
    }

    /// Empties the battery, or charges it: then the next start is another boot.
    ///
    /// # Errors
    /// The operating system's.
    pub fn set_battery(&self, empty: bool) -> Result<(), Failure> {
        held(&self.switches).empty = empty;
        let boot = held(&self.phone).sandbox["boot"].as_u64().unwrap_or(1);
        if !empty {
            self.set("boot", (boot + 1).into())?;
        }
        self.set("battery", if empty { 0 } else { CHARGED }.into())
    }

    fn set(&self, key: &str, value: Value) -> Result<(), Failure> {
        let mut phone = held(&self.phone);
        phone.sandbox[key] = value;
        phone.write_sandbox().map(drop)
    }

    /// Reads what the running phone shows. `lines`: how many the ledger had before.
    ///
    /// # Errors
    /// The phone is off, or dies meanwhile: what was seen before stays.
    pub async fn look(&self, lines: usize) -> Result<(), Failure> {
        let staff = self.person.staff.is_some();
        let outbox = self.ask(&["outbox", "list", "--all"]).await?;
        let mut new = Seen {
            status: self
                .ask(&["status"])
                .await?
                .into_iter()
                .next()
                .unwrap_or_default(),
            ..Seen::default()
        };
        if staff {
            new.work = self.ask(&["staff", "worklist"]).await?;
        } else {
            new.mine = self.ask(&["report", "list"]).await?;
            new.public = self.ask(&["report", "list", "--public"]).await?;
            new.answers = self.answers(&new.mine).await?;
        }
        new.store = store(outbox, &new.mine, lines);
        new.fresh = self.process.power() == Power::On;
        *held(&self.seen) = new;
        Ok(())
    }

    /// The answers of the newest reports that have one.
    async fn answers(&self, mine: &[Value]) -> Result<BTreeMap<String, Value>, Failure> {
        let before = held(&self.seen).answers.clone();
        let mut answers = BTreeMap::new();
        for report in mine.iter().take(20) {
            let id = text(report, "id");
            if !matches!(text(report, "state"), "answered" | "rated") {
                continue;
            }
            let answer = match before.get(id) {
                Some(known) => known.clone(),
                None => {
                    let shown = self.ask(&["report", "show", id]).await?;
                    shown
                        .first()
                        .map(|r| r["answer"]["text"].clone())
                        .unwrap_or_default()
                }
            };
            if answer.is_string() {
                answers.insert(id.to_owned(), answer);
            }
        }
        Ok(answers)
    }

    /// Reads the home of a phone that is off, by a process that opens it, prints, and ends. Called with nothing else running.
    ///
    /// # Errors
    /// The home cannot be opened.
    pub async fn look_from_outside(&self, lines: usize) -> Result<(), Failure> {
        let phone = self.snapshot();
        let outbox = phone.done(&["outbox", "list", "--all"]).await?;
        let mine = match self.person.staff {
            Some(_) => Vec::new(),
            None => phone.done(&["report", "list"]).await?,
        };
        let mut seen = held(&self.seen);
        seen.store = store(outbox, &mine, lines);
        seen.mine = mine;
        seen.fresh = true;
        Ok(())
    }
}

fn store(outbox: Vec<Value>, mine: &[Value], read_at: usize) -> Store {
    let ids = mine.iter().map(|r| text(r, "id").to_owned());
    let ops = outbox.into_iter().map(|o| (text(&o, "op").to_owned(), o));
    Store {
        reports: ids.collect::<BTreeSet<_>>(),
        outbox: ops.collect(),
        read_at,
    }
}

/// Collects what a command prints.
#[derive(Default)]
struct Lines(Mutex<Vec<Value>>);

impl Sink for Lines {
    fn result(&self, value: &Value) {
        held(&self.0).push(value.clone());
    }

    fn note(&self, _: &str) {}
}

/// An order for a carrier, as the city's admin interface takes it; none where nothing is broken.
pub fn order(network: Network, carrier: &str) -> Option<Value> {
    Some(match network {
        Network::Good => return None,
        Network::Slow => json!({"kind": "rate", "bytes_s": 2048, "carrier": carrier}),
        Network::Portal => json!({"kind": "portal", "carrier": carrier}),
        Network::Cut => json!({"kind": "outage", "carrier": carrier}),
    })
}
