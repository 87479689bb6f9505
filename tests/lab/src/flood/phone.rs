//! A simulated phone: hues-core's own desk on a simulated disk, under a clock that the seed bends, in a process that can die.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::Arc;

use hues_core::desk::{Desk, Surroundings, Ticket};
use hues_core::feedback::{ReportSummary, Submitted};
use hues_core::ports::{Clock, ClockReading, NoLog};
use hues_core::{HueError, StorageReason};
use hues_env::{Random, SeededRandom};
use hues_protocol::http::{HttpResponse, TransportError};
use hues_store::doubles::MemoryVault;
use hues_store::live::{self, Row, Subscription};
use hues_sync::engine::{Event, Io};
use hues_sync::machine::{self, Link};

use super::coverage::Onlooker;
use super::scenario::Role;
use crate::disk::{Fault as DiskFault, Image, Plan as DiskPlan, SimDisk};

/// Lines of the live window that every phone keeps open.
const WINDOW: u32 = 30;

/// Clocks the world moves and the seed bends.
struct BentClock {
    starts: i64,
    now: AtomicU64,
    booted: AtomicU64,
    boot: AtomicU64,
    error: AtomicI64,
}

impl Clock for BentClock {
    fn now(&self) -> ClockReading {
        let now = self.now.load(Ordering::Relaxed);
        ClockReading {
            wall_ms: self.starts + now as i64 + self.error.load(Ordering::Relaxed),
            mono_ms: now - self.booted.load(Ordering::Relaxed),
            boot: self.boot.load(Ordering::Relaxed),
        }
    }
}

/// Why a phone's process is no more, or why the flood ends.
#[derive(Debug)]
pub enum End {
    /// Killed, as planned.
    Died,
    /// The database is damaged; a person lets it be repaired.
    Damaged,
    /// The disk is full, as planned.
    Full,
    /// It must not have happened.
    Broken(String),
}

/// What a phone told its owner is saved.
#[derive(Debug, Clone)]
pub struct Promise {
    /// The op.
    pub op: String,
    /// The report it is about.
    pub report: String,
    /// SHA-256 of its photos.
    pub photos: Vec<String>,
    /// When, milliseconds of the world.
    pub at: u64,
    /// The phone was later put back to a copy older than this.
    pub copied_over: bool,
    /// Its owner took it back, or put another in its place.
    pub taken_back: bool,
    /// It is the filing of a report.
    pub files_report: bool,
}

/// A window kept open, and the list its steps add up to.
struct Watched {
    steps: Subscription<ReportSummary>,
    list: Vec<Row<ReportSummary>>,
}

/// A copy of a phone, as a backup of the system would have it.
pub struct Copy {
    /// When it was made.
    pub at: u64,
    image: Image,
    ticket: Option<Ticket>,
}

/// What of a phone is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Times it woke by itself.
    pub wakes: u64,
    /// Times it woke in the dark, by hour of the present darkness.
    pub dark_wakes: BTreeMap<u64, u64>,
    /// Bytes up and down.
    pub bytes: (u64, u64),
    /// Exchanges begun.
    pub exchanges: u64,
}

/// A phone.
pub struct Phone {
    /// What its owner is.
    pub role: Role,
    /// Its disk.
    pub disk: SimDisk,
    /// Counts processes: what was meant for an earlier one is ignored.
    pub life: u64,
    /// Who is signed in.
    pub ticket: Option<Ticket>,
    /// What it promised.
    pub promised: Vec<Promise>,
    /// Acts whose fate the person never heard, because the phone died under her hands.
    pub unheard: u64,
    /// How the link is, as its system says.
    pub link: Link,
    /// Since when it is dark.
    pub dark_since: Option<u64>,
    /// A person used it since this hour of darkness began.
    pub used_at: Option<u64>,
    /// What is counted.
    pub counts: Counts,
    /// When it will start again, while it is off.
    pub off_until: Option<u64>,
    /// A copy of it.
    pub copy: Option<Copy>,
    clock: Arc<BentClock>,
    vault: Arc<MemoryVault>,
    random: SeededRandom,
    root: [u8; 32],
    onlooker: Arc<Onlooker>,
    /// The city's time minus the phone's, as the network adapter is told it.
    city_offset: i64,
    dying: bool,
    full: bool,
    /// Its owner was told that the file is damaged: she lets the app repair it.
    pub damaged: bool,
    /// It was repaired once.
    pub mended: bool,
    desk: Option<Desk>,
    watched: Option<Watched>,
}

type Outcome<T> = Result<T, End>;

impl Phone {
    /// A phone that was never opened.
    pub fn new(
        role: Role,
        seed: u64,
        starts: i64,
        root: [u8; 32],
        onlooker: Arc<Onlooker>,
    ) -> Phone {
        let mut random = SeededRandom::new(seed);
        Phone {
            role,
            disk: SimDisk::new(),
            life: 0,
            ticket: None,
            promised: Vec::new(),
            unheard: 0,
            link: Link::Good,
            dark_since: None,
            used_at: None,
            counts: Counts::default(),
            off_until: None,
            copy: None,
            clock: Arc::new(BentClock {
                starts,
                now: AtomicU64::new(0),
                booted: AtomicU64::new(0),
                boot: AtomicU64::new(1),
                error: AtomicI64::new(0),
            }),
            vault: Arc::new(MemoryVault::new(random.next_u64())),
            random,
            root,
            onlooker,
            city_offset: 0,
            dying: false,
            full: false,
            damaged: false,
            mended: false,
            desk: None,
            watched: None,
        }
    }

    /// The world's time.
    pub fn set_now(&self, now: u64) {
        self.clock.now.store(now, Ordering::Relaxed);
    }

    /// Whether a process runs.
    pub fn is_running(&self) -> bool {
        self.desk.is_some()
    }

    /// Starts the process.
    pub fn start(&mut self) -> Outcome<Vec<Io>> {
        self.life += 1;
        self.off_until = None;
        self.city_offset = 0;
        let dir = self.disk.root().join("account");
        let opened = match self.damaged {
            false => Desk::open(&dir, self.surroundings(), self.ticket.as_ref()),
            true => Desk::recover(&dir, self.surroundings(), self.ticket.as_ref())
                .map(|(desk, _, _)| desk),
        };
        let desk = self.judged(opened)?;
        self.mended |= std::mem::take(&mut self.damaged);
        self.desk = Some(desk);
        let ticket = self.ticket.clone();
        let (started, mut io) = self.at(|desk| desk.start(ticket.as_ref()))?;
        self.bearable(started)?;
        let (watched, more) = self.at(|desk| desk.watch("mine", WINDOW))?;
        io.extend(more);
        if let Some(steps) = self.bearable(watched)? {
            let list = Vec::new();
            self.watched = Some(Watched { steps, list });
        }
        io.extend(self.tell(Event::Link(self.link))?);
        Ok(io)
    }

    fn surroundings(&mut self) -> Surroundings {
        Surroundings {
            disk: Arc::new(self.disk.clone()),
            vault: self.vault.clone(),
            clock: self.clock.clone(),
            log: Arc::new(NoLog),
            probe: self.onlooker.clone(),
            random: Box::new(self.random.fork()),
            root: self.root,
            listen: true,
        }
    }

    /// Somebody signed in. The session is kept once the account is hers; cut short before, she signs in again.
    pub fn sign_in(&mut self, ticket: Ticket) -> Outcome<Vec<Io>> {
        let (done, io) = self.at(|desk| desk.sign_in(&ticket))?;
        if self.bearable(done)?.is_some() {
            self.ticket = Some(ticket);
        }
        Ok(io)
    }

    /// Tells the engine something; gives what it wants then.
    pub fn tell(&mut self, event: Event) -> Outcome<Vec<Io>> {
        let (done, io) = self.at(|desk| desk.tell(event))?;
        self.bearable(done)?;
        let now = self.clock.now().mono();
        // After a failed step the machine is rebuilt by the next one, which the timer it asked for brings.
        let judged = self.desk.as_ref().filter(|desk| !desk.is_stale());
        match judged.map(|desk| desk.machine().check(now)) {
            Some(Err(stuck)) => Err(End::Broken(format!("stuck: {stuck}"))),
            _ => Ok(io),
        }
    }

    /// Does something at the desk; gives the core's answer, and what the engine wants then.
    pub fn at<T>(
        &mut self,
        f: impl FnOnce(&mut Desk) -> Result<T, HueError>,
    ) -> Outcome<(Result<T, HueError>, Vec<Io>)> {
        let Some(desk) = &mut self.desk else {
            return Err(End::Died);
        };
        let done = f(desk);
        let io = desk.wants();
        if self.dying && self.disk.hits() > 0 {
            self.kill();
            return Err(End::Died);
        }
        for want in &io {
            if let Io::CityTime(at) = want {
                self.city_offset = at - self.clock.now().wall_ms;
            }
        }
        self.run_windows();
        Ok((done, io))
    }

    /// A failure that the flood planned is borne; any other ends the process or the flood.
    pub fn bearable<T>(&self, result: Result<T, HueError>) -> Outcome<Option<T>> {
        match result.map_err(|e| self.meaning(e)) {
            Ok(value) => Ok(Some(value)),
            Err(End::Full) => Ok(None),
            Err(end) => Err(end),
        }
    }

    fn judged<T>(&mut self, result: Result<T, HueError>) -> Outcome<T> {
        let died = self.dying && self.disk.hits() > 0;
        match result {
            _ if died => {
                self.kill();
                Err(End::Died)
            }
            Ok(value) => Ok(value),
            Err(e) => Err(self.meaning(e)),
        }
    }

    fn meaning(&self, e: HueError) -> End {
        match e {
            HueError::Storage {
                reason: StorageReason::Full,
            } if self.full => End::Full,
            HueError::Storage {
                reason: StorageReason::Corrupt,
            } => End::Damaged,
            e => End::Broken(format!("{e:?}")),
        }
    }

    fn run_windows(&mut self) {
        let (Some(desk), Some(watched)) = (&mut self.desk, &mut self.watched) else {
            return;
        };
        if desk.run_windows().is_err() {
            // A full or failing disk: the window stays due.
            return;
        }
        for step in watched.steps.take() {
            if !live::apply(&mut watched.list, step) {
                watched.list.clear();
            }
        }
    }

    /// The list its window has added up to: ids and states.
    pub fn shown(&mut self) -> Option<Vec<(String, String, bool)>> {
        self.run_windows();
        let watched = self.watched.as_ref()?;
        let line =
            |row: &Row<ReportSummary>| (row.row.id.clone(), row.row.state.clone(), row.row.pending);
        Some(watched.list.iter().map(line).collect())
    }

    /// The same list asked for afresh.
    pub fn fresh(&mut self) -> Outcome<Option<Vec<(String, String, bool)>>> {
        let (page, _) = self.at(|desk| desk.list("mine", None, WINDOW))?;
        let line = |r: ReportSummary| (r.id, r.state, r.pending);
        let page = self.bearable(page)?;
        Ok(page.map(|page| page.items.into_iter().map(line).collect()))
    }

    /// The process dies.
    pub fn kill(&mut self) {
        self.desk = None;
        self.watched = None;
        self.dying = false;
        self.disk.plan(None);
        self.disk.kill();
    }

    /// The process will die at one of its next writes.
    pub fn kill_soon(&mut self, calls: u64) {
        self.dying = true;
        self.disk.plan(Some(DiskPlan {
            fault: DiskFault::Io,
            nth: calls,
            stays: true,
        }));
    }

    /// Whether its end is planned.
    pub fn is_dying(&self) -> bool {
        self.dying
    }

    /// The battery dies: torn writes, a new boot, a clock that may be years off.
    pub fn power_loss(&mut self, now: u64, random: &mut SeededRandom) {
        self.kill();
        self.disk.power_loss(random);
        self.reboot(now);
        self.bend([0, -15 * YEAR, 2 * YEAR][random.below(3) as usize]);
    }

    fn reboot(&mut self, now: u64) {
        self.clock.boot.fetch_add(1, Ordering::Relaxed);
        self.clock.booted.store(now, Ordering::Relaxed);
    }

    /// The wall clock is off by so much from now on.
    pub fn bend(&self, error: i64) {
        self.clock.error.store(error, Ordering::Relaxed);
    }

    /// The disk has room for so many more bytes; `None`: room again.
    pub fn fill_disk(&mut self, room: Option<u64>) {
        self.full = room.is_some();
        let capacity = room.map(|room| self.disk.used() + room);
        self.disk.set_capacity(capacity);
    }

    /// Whether it is short of room.
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// Puts the phone back to an image of it. Whatever it promised since the copy was made may be gone with it.
    pub fn restore(&mut self, copy: Copy, now: u64) {
        self.kill();
        self.disk.restore(&copy.image);
        self.ticket = copy.ticket;
        self.reboot(now);
        for promise in self.promised.iter_mut().filter(|p| p.at >= copy.at) {
            promise.copied_over = true;
        }
    }

    /// Makes a copy.
    pub fn copy_at(&mut self, at: u64) {
        self.copy = Some(Copy {
            at,
            image: self.disk.image(),
            ticket: self.ticket.clone(),
        });
    }

    /// Whether the certificate of the city looks valid to this phone: its clock, mended by the city's time where that is known, within the certificate's year.
    pub fn trusts_certificate(&self) -> bool {
        let believed = self.clock.now().wall_ms + self.city_offset;
        let really = self.clock.starts + self.clock.now.load(Ordering::Relaxed) as i64;
        (believed - really).abs() < YEAR / 2
    }

    /// The bytes of a sealed photo.
    pub fn file(&self, name: &str, range: (u64, u64)) -> Result<Vec<u8>, TransportError> {
        let desk = self.desk.as_ref().ok_or(TransportError::Cancelled)?;
        desk.file_range(name, range)
    }

    /// What a person was told is saved.
    pub fn promise(&mut self, at: u64, done: &Submitted, photos: Vec<String>, files_report: bool) {
        self.promised.push(Promise {
            op: done.op.clone(),
            report: done.id.clone(),
            photos,
            at,
            copied_over: false,
            taken_back: false,
            files_report,
        });
    }

    /// The wall clock of the world at a moment of it.
    pub fn wall(&self, at: u64) -> i64 {
        self.clock.starts + at as i64
    }

    /// An answer of the city, for the engine.
    pub fn answer(
        &mut self,
        id: u64,
        outcome: Result<HttpResponse, TransportError>,
    ) -> Outcome<Vec<Io>> {
        self.tell(Event::Http { id, outcome })
    }

    /// What waits, and why.
    pub fn waits(&mut self) -> Vec<(machine::Item, machine::Wait)> {
        self.desk.as_mut().map(Desk::waits).unwrap_or_default()
    }
}

/// A year, milliseconds.
const YEAR: i64 = 365 * 86_400_000;
