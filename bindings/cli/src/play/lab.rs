//! The laboratory: three phones, a city, the ledger, and what a visitor orders.
//!
//! Invariant: an act enters the ledger when its phone's process has printed that it is saved, and at no other moment.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hues_core::ports::{Clock, SystemClock};
use hues_e2e::ledger::text;
use tokio::sync::Notify;

use super::city::LiveCity;
use super::held;
use super::ledger::{Act, Ledger, Line};
use super::people::{both, PEOPLE};
use super::phone::{self, LivePhone, Network};
use super::process::Power;
use super::tally::{self, Stand, Tally};
use crate::exit::Failure;
use crate::troupe::Ran;
use crate::words::Words;

/// Lines of the page's log.
const LOG: usize = 60;
/// A phone that holds an act for done which its city does not have, with everything in order between them, sends it again within this time or never.
const SILENT: Duration = Duration::from_secs(30);

/// A line of the page's log.
#[derive(Debug, Clone)]
pub struct Said {
    /// Its number.
    pub n: u64,
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// What happened.
    pub words: Words,
}

/// What was counted last.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// The line.
    pub tally: Tally,
    /// Every act of the ledger, in order, and where it is.
    pub acts: Vec<(Act, Stand)>,
}

/// All of it.
pub struct Lab {
    /// The phones, in the order of the page.
    pub phones: Vec<LivePhone>,
    /// The city.
    pub city: LiveCity,
    /// Where sample photos lie.
    pub photos: PathBuf,
    /// Numbers the sample photos.
    pub next_photo: AtomicU64,
    ledger: Mutex<Ledger>,
    log: Mutex<VecDeque<Said>>,
    counted: Mutex<Counted>,
    silent: Mutex<BTreeMap<String, Instant>>,
    /// Something may have changed.
    pub moved: Notify,
    ending: std::sync::atomic::AtomicBool,
}

/// Milliseconds since 1970 by this machine's clock.
pub fn now_ms() -> i64 {
    SystemClock.now().wall_ms
}

impl Lab {
    /// A laboratory in `folder`, everything off.
    ///
    /// # Errors
    /// The ledger cannot be opened.
    pub fn new(folder: &Path) -> Result<Arc<Lab>, Failure> {
        let homes = folder.join("phones");
        let photos = folder.join("photos");
        for dir in [&homes, &photos] {
            std::fs::create_dir_all(dir).map_err(|e| Failure::io("data", &e))?;
        }
        Ok(Arc::new(Lab {
            phones: PEOPLE.iter().map(|p| LivePhone::new(p, &homes)).collect(),
            city: LiveCity::new(&folder.join("city")),
            photos,
            next_photo: AtomicU64::new(1),
            ledger: Mutex::new(Ledger::open(&folder.join("ledger.jsonl"))?),
            log: Mutex::default(),
            counted: Mutex::default(),
            silent: Mutex::default(),
            moved: Notify::new(),
            ending: false.into(),
        }))
    }

    /// City and phones come up, everybody signs in, and the city makes its first backup.
    ///
    /// # Errors
    /// One of them does not.
    pub async fn open(self: &Arc<Lab>) -> Result<(), Failure> {
        let Some(town) = self.city.start().await? else {
            return Ok(());
        };
        for phone in &self.phones {
            phone.introduce(&town).await?;
        }
        self.mind_city(town.running);
        for n in 0..self.phones.len() {
            self.switch_on(n).await?;
        }
        self.city.make_backup(now_ms()).await?;
        self.say(
            "Ba máy và thành phố đã sẵn sàng.",
            "Three phones and the city are ready.",
        );
        Ok(())
    }

    /// Writes into the page's log.
    pub fn say(&self, vi: impl Into<String>, en: impl Into<String>) {
        let mut log = held(&self.log);
        let n = log.front().map_or(1, |s| s.n + 1);
        log.push_front(Said {
            n,
            at_ms: now_ms(),
            words: Words::new(vi, en),
        });
        log.truncate(LOG);
        drop(log);
        self.moved.notify_one();
    }

    /// The page's log, newest first.
    pub fn log(&self) -> Vec<Said> {
        held(&self.log).iter().cloned().collect()
    }

    /// What was counted last.
    pub fn counted(&self) -> Counted {
        held(&self.counted).clone()
    }

    /// A phone said that an act is saved.
    ///
    /// # Errors
    /// The ledger cannot be written: the page must not pretend it can.
    pub fn saved(
        &self,
        phone: &LivePhone,
        kind: &str,
        done: &serde_json::Value,
    ) -> Result<(), Failure> {
        let act = Act {
            phone: phone.person.key.into(),
            kind: kind.into(),
            report: text(done, "id").into(),
            op: text(done, "op").into(),
            at_ms: now_ms(),
        };
        held(&self.ledger).note(Line::Saved(act))?;
        self.moved.notify_one();
        Ok(())
    }

    /// A phone agreed that an act is taken back.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub fn taken_back(&self, op: &str) -> Result<(), Failure> {
        held(&self.ledger).note(Line::TakenBack { op: op.into() })
    }

    /// Switches a phone on and waits until it answers.
    ///
    /// # Errors
    /// It does not come up.
    pub async fn switch_on(self: &Arc<Lab>, n: usize) -> Result<(), Failure> {
        let Some(running) = self.phones[n].start()? else {
            return Ok(());
        };
        let lab = self.clone();
        tokio::spawn(async move {
            let phone = &lab.phones[n];
            let ran = phone.process.mind(running, || lab.moved.notify_one()).await;
            phone.went_off();
            lab.phone_ended(phone, ran).await;
            phone.process.gone();
            lab.moved.notify_one();
        });
        self.phones[n].comes_up().await?;
        self.moved.notify_one();
        Ok(())
    }

    /// A phone's process ended: how, and what its home holds now.
    async fn phone_ended(&self, phone: &LivePhone, ran: Option<Ran>) {
        if self.is_ending() {
            return;
        }
        let killed = ran.as_ref().is_some_and(Ran::killed);
        phone.set_trouble(None);
        if killed {
            self.killed(phone.person.key);
        } else {
            // Nobody asked for it: the page says what the process said.
            phone.set_trouble(Some(
                ran.map(|r| r.stderr.trim().to_owned()).unwrap_or_default(),
            ));
        }
        let lines = held(&self.ledger).acts.len();
        if let Err(failure) = phone.look_from_outside(lines).await {
            phone.set_trouble(Some(failure.say.to_string()));
        }
    }

    /// Switches the city on and waits until it answers; what is broken stays broken.
    ///
    /// # Errors
    /// It does not come up.
    pub async fn city_on(self: &Arc<Lab>) -> Result<(), Failure> {
        if let Some(town) = self.city.start().await? {
            self.mind_city(town.running);
            for phone in &self.phones {
                self.order(phone, phone.switches().network).await?;
            }
        }
        Ok(())
    }

    fn mind_city(self: &Arc<Lab>, running: crate::troupe::Running) {
        self.city.process.answers();
        let lab = self.clone();
        tokio::spawn(async move {
            let ran = lab.city.process.mind(running, || ()).await;
            if ran.is_some_and(|r| r.killed()) && !lab.is_ending() {
                lab.killed("city");
            }
            lab.city.process.gone();
            lab.moved.notify_one();
        });
    }

    fn killed(&self, who: &str) {
        let at_ms = now_ms();
        // A full disk must not hide the kill from the process that counts it: the count in memory is lost with this process only.
        let line = Line::Killed {
            who: who.into(),
            at_ms,
        };
        if let Err(failure) = held(&self.ledger).note(line) {
            let why = Words::why(&failure);
            self.say(why.vi, why.en);
        }
    }

    /// Breaks a carrier, or mends it.
    ///
    /// # Errors
    /// The city's.
    pub async fn set_network(&self, phone: &LivePhone, network: Network) -> Result<(), Failure> {
        if self.city.process.power() == Power::On {
            self.order(phone, network).await?;
        }
        phone.set_network(network)
    }

    async fn order(&self, phone: &LivePhone, network: Network) -> Result<(), Failure> {
        let admin = self.city.admin()?;
        admin.relieve(phone.person.carrier).await?;
        match phone::order(network, phone.person.carrier) {
            Some(order) => admin.order(order).await.map(drop),
            None => Ok(()),
        }
    }

    /// Reads both sides and counts. The order matters: ledger, then city, then phones; so an act that moves meanwhile is seen twice rather than never.
    pub async fn count(&self) {
        let lines = held(&self.ledger).acts.len();
        // A side that is off keeps what it was known to hold.
        let _ = self.city.look().await;
        for phone in &self.phones {
            if phone.process.power() == Power::On {
                let _ = phone.look(lines).await;
            }
        }
        let state = self.city.state();
        let stores: BTreeMap<&str, tally::Store> = self
            .phones
            .iter()
            .map(|p| (p.person.key, p.seen().store))
            .collect();
        let silent = self.silent(&stores, &state);
        let known = self.phones.iter().all(|p| p.seen().fresh);
        let ledger = held(&self.ledger);
        let stands = tally::stands(&ledger, &stores, &state, &silent);
        let mut counted = held(&self.counted);
        // Whether a report stands on no phone can only be said when every phone was read.
        let twice = match known {
            true => tally::twice(&ledger, &stores, &state),
            false => counted.tally.twice,
        };
        counted.tally = tally::tally(&ledger, &stands, twice);
        counted.acts = ledger.acts.iter().cloned().zip(stands).collect();
    }

    /// Acts that a phone holds for done, that the city does not have, and that had every chance to be sent again.
    fn silent(
        &self,
        stores: &BTreeMap<&str, tally::Store>,
        state: &serde_json::Value,
    ) -> BTreeSet<String> {
        let city = tally::whole(state);
        let up = self.city.process.power() == Power::On;
        let mut since = held(&self.silent);
        let mut still = BTreeMap::new();
        for phone in &self.phones {
            let free =
                phone.process.power() == Power::On && phone.switches().network == Network::Good;
            let Some(store) = stores.get(phone.person.key).filter(|_| up && free) else {
                continue;
            };
            for (op, item) in &store.outbox {
                let done = text(item, "state") == "done" && item["photos_open"] == 0;
                if done && !city.contains(op.as_str()) {
                    let first = since.get(op).copied().unwrap_or_else(Instant::now);
                    still.insert(op.clone(), first);
                }
            }
        }
        *since = still;
        let over = since.iter().filter(|(_, first)| first.elapsed() > SILENT);
        over.map(|(op, _)| op.clone()).collect()
    }

    /// Everybody is asked to end; who does not is killed.
    pub async fn close(&self) {
        self.ending.store(true, Ordering::SeqCst);
        tokio::join!(
            self.phones[0].process.end(),
            self.phones[1].process.end(),
            self.phones[2].process.end(),
            self.city.process.end(),
        );
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// A person's name and role, for the log.
    pub fn who(&self, n: usize) -> Words {
        let person = self.phones[n].person;
        let role = both(person.role);
        Words::new(
            format!("{} ({})", person.name, role.vi),
            format!("{} ({})", person.name, role.en),
        )
    }
}
