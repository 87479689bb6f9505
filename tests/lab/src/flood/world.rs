//! The world of one flood: its clock, its queue of what is due, the city and its phones.
//!
//! Invariant: nothing happens but by an event of the queue, and every draw comes from the seed; so the log of a seed is always the same.

mod calm;
mod fidget;
mod network;
mod strikes;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use hues_city::gateway::{AnyMedia, Gateway, Peer};
use hues_city::storage::MemoryStorage;
use hues_core::desk::Ticket;
use hues_crypto::hash::Sha256;
use hues_env::{BootId, Env, Mono, Random, SeededRandom, Wall};
use hues_protocol::http::{Body, Class, HttpRequest, Method, JSON};
use hues_sync::engine::{Event, Io};
use hues_sync::machine::Link;

use self::calm::Settled;
use super::audit::Invariant;
use super::coverage::Onlooker;
use super::exchange::Exchange;
use super::hostile::Memory;
use super::people::{self, account, Did};
use super::phone::{End, Phone};
use super::plan::{Entry, Plan, What};
use super::scenario::{Kind, Role, Scenario, HOUR, MINUTE};
use super::tally::Report;
use super::weather::Air;
use super::{Broken, Listener};

/// Events kept for the story of a failure.
const TAIL: usize = 80;

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// An entry of the plan.
    Planned(usize),
    Arrive(u64),
    Answer(u64),
    /// A long poll has waited long enough.
    PollOver(u64),
    Wake {
        phone: usize,
        life: u64,
        number: u64,
    },
    Air {
        phone: usize,
    },
    SignIn {
        phone: usize,
    },
    Start {
        phone: usize,
    },
    /// A kill that found nothing to interrupt.
    KillNow {
        phone: usize,
        life: u64,
    },
    Background {
        phone: usize,
        life: u64,
    },
    Undated {
        phone: usize,
        life: u64,
        keys: bool,
    },
    /// The host says something of its own accord.
    Fidget {
        phone: usize,
        life: u64,
        seed: u64,
    },
    /// The link that was gone for a moment is back.
    LinkBack {
        phone: usize,
        life: u64,
    },
    RoomAgain {
        phone: usize,
    },
    Charged {
        phone: usize,
        life: u64,
    },
    Updated {
        phone: usize,
    },
    BackToCopy {
        phone: usize,
    },
    ClockRight {
        phone: usize,
    },
    Unstick {
        phone: usize,
        seed: u64,
    },
    Audit,
    Calm,
    Look,
}

pub(super) struct World<'s> {
    pub(super) now: u64,
    pub(super) seed: u64,
    pub(super) scenario: &'s Scenario,
    pub(super) plan: Plan,
    pub(super) gateway: Gateway<MemoryStorage>,
    pub(super) phones: Vec<Phone>,
    onlooker: Arc<Onlooker>,
    pub(super) report: Report,
    /// Commits the city acknowledged: op, epoch, log index.
    pub(super) ledger: BTreeSet<(String, String, u64)>,
    /// When the city first committed an op.
    pub(super) committed: BTreeMap<String, u64>,
    pub(super) calm: bool,
    /// Phones whose release the city no longer speaks with.
    too_old: BTreeSet<usize>,
    city_random: SeededRandom,
    /// Each phone's stream for what its exchanges meet.
    luck: Vec<SeededRandom>,
    queue: BinaryHeap<Reverse<(u64, u64, Due)>>,
    order: u64,
    exchanges: BTreeMap<u64, Exchange>,
    /// Long polls the city holds.
    polls: Vec<u64>,
    memory: Memory,
    wakes: Vec<u64>,
    backups: u64,
    settled: Settled,
    log: Sha256,
    /// Hears the log as it grows.
    pub(super) say: Option<Listener<'s>>,
    tail: std::collections::VecDeque<String>,
}

pub(super) type Outcome<T> = Result<T, Box<Broken>>;

impl<'s> World<'s> {
    pub(super) fn new(seed: u64, scenario: &'s Scenario, plan: Plan) -> Outcome<World<'s>> {
        let mut random = SeededRandom::new(seed ^ 0x5EED);
        let mut city_random = random.fork();
        let broken = |what: String| {
            Box::new(Broken {
                seed,
                invariant: Invariant::NothingLost,
                what,
                at: 0,
                tail: Vec::new(),
            })
        };
        let mut env = Env {
            wall: Wall(scenario.starts),
            mono: Mono(0),
            boot: BootId([9; 16]),
            random: &mut city_random,
        };
        let mut gateway = Gateway::open_with(MemoryStorage::new(), &mut env, Box::new(AnyMedia))
            .map_err(|e| broken(format!("the city did not open: {e}")))?;
        let root = gateway.root();
        let onlooker = Arc::new(Onlooker::default());
        let mut phones = Vec::new();
        for place in &plan.phones {
            let role = scenario.groups[place.group].who;
            let (key, name) = account(place.person);
            gateway
                .add_account(&mut env, &key, &name, role != Role::Citizen)
                .map_err(|e| broken(format!("an account: {e}")))?;
            phones.push(Phone::new(
                role,
                random.next_u64(),
                scenario.starts,
                root,
                onlooker.clone(),
            ));
        }
        Ok(World {
            now: 0,
            seed,
            scenario,
            gateway,
            luck: phones.iter().map(|_| random.fork()).collect(),
            wakes: vec![0; phones.len()],
            phones,
            onlooker,
            plan,
            report: Report::new(scenario),
            ledger: BTreeSet::new(),
            committed: BTreeMap::new(),
            calm: false,
            too_old: BTreeSet::new(),
            city_random,
            queue: BinaryHeap::new(),
            order: 0,
            exchanges: BTreeMap::new(),
            polls: Vec::new(),
            memory: Memory::default(),
            backups: 0,
            settled: Settled::No,
            log: Sha256::new(),
            say: None,
            tail: std::collections::VecDeque::new(),
        })
    }

    /// Plays the flood and judges it.
    pub(super) fn run(mut self) -> Outcome<Report> {
        let onlooker = self.onlooker.clone();
        self.play()?;
        let mut report = self.judge()?;
        report.coverage = onlooker.seen();
        Ok(report)
    }

    /// Runs until everything has arrived, or the time for it is over.
    fn play(&mut self) -> Outcome<()> {
        self.begin();
        while let Some(Reverse((at, _, due))) = self.queue.pop() {
            self.now = at;
            for phone in &self.phones {
                phone.set_now(at);
            }
            if due == Due::Look {
                if self.look()? {
                    return Ok(());
                }
                continue;
            }
            self.note(|_| format!("{at} {due:?}"));
            self.happen(due)?;
        }
        Err(self.broken(Invariant::QueuesEmpty, "the queue ran dry".into()))
    }

    fn begin(&mut self) {
        for i in 0..self.plan.entries.len() {
            let at = self.plan.entries[i].at;
            self.push(at, Due::Planned(i));
        }
        for phone in 0..self.phones.len() {
            self.push(0, Due::Start { phone });
        }
        let mut at = 2 * HOUR;
        while at < self.scenario.storm {
            self.push(at, Due::Audit);
            at += (self.scenario.storm / 12).max(2 * HOUR);
        }
        self.push(self.scenario.storm, Due::Calm);
        self.push(self.scenario.storm + MINUTE, Due::Look);
    }

    fn happen(&mut self, due: Due) -> Outcome<()> {
        match due {
            Due::Planned(entry) => self.planned(entry)?,
            Due::Arrive(exchange) => self.arrive(exchange),
            Due::Answer(exchange) => self.answered(exchange)?,
            Due::PollOver(exchange) => self.poll_over(exchange),
            Due::Wake {
                phone,
                life,
                number,
            } => {
                if self.phones[phone].life == life && self.wakes[phone] == number {
                    self.woke(phone);
                    self.tell(phone, Event::Timer)?;
                }
            }
            Due::Air { phone } => self.air(phone)?,
            Due::SignIn { phone } => self.sign_in(phone)?,
            Due::Start { phone } => self.start(phone)?,
            Due::KillNow { phone, life } => {
                if self.phones[phone].life == life && self.phones[phone].is_dying() {
                    self.phones[phone].kill();
                    self.died(phone);
                }
            }
            Due::Background { phone, life } => {
                if self.phones[phone].life == life && self.phones[phone].is_running() {
                    self.tell(phone, Event::Foreground(false))?;
                }
            }
            Due::Undated { phone, life, keys } => {
                if self.phones[phone].life == life && self.phones[phone].is_running() {
                    let event = self.undated_beacon(phone, keys);
                    self.tell(phone, event)?;
                }
            }
            Due::Charged { phone, life } => {
                if self.phones[phone].life == life && self.phones[phone].is_running() {
                    self.tell(phone, Event::LowPower(false))?;
                }
            }
            Due::Updated { phone } => {
                if self.too_old.contains(&phone) {
                    self.updated(phone);
                }
            }
            Due::Fidget { phone, life, seed } => self.fidget(phone, life, seed)?,
            Due::LinkBack { phone, life } => self.link_back(phone, life)?,
            Due::RoomAgain { phone } => self.phones[phone].fill_disk(None),
            Due::BackToCopy { phone } => self.back_to_copy(phone)?,
            Due::ClockRight { phone } => self.phones[phone].bend(0),
            Due::Unstick { phone, seed } => {
                if self.phones[phone].is_running() {
                    let group = &self.scenario.groups[self.plan.phones[phone].group];
                    let did = people::unstick(&mut self.phones[phone], group, seed, self.now);
                    self.did(phone, did)?;
                }
            }
            Due::Audit => self.audit()?,
            Due::Calm => self.calm_down()?,
            Due::Look => {}
        }
        Ok(())
    }

    fn planned(&mut self, entry: usize) -> Outcome<()> {
        let Entry { at, what } = self.plan.entries[entry].clone();
        match what {
            What::Act { phone, seed } => self.act(entry, phone, seed)?,
            What::SignIn { phone } => self.sign_in(phone)?,
            What::Weather { fault, phones } => {
                for phone in phones {
                    self.push(at, Due::Air { phone });
                    self.push(fault.span.to, Due::Air { phone });
                }
            }
            What::Exchanges { .. } => {}
            What::Phone { kind, phone, seed } => self.strike(kind, phone, seed)?,
            What::City { kind } => self.strike_city(kind)?,
            What::Backup => self.backup()?,
        }
        Ok(())
    }

    /// Somebody takes the phone in hand.
    fn act(&mut self, entry: usize, phone: usize, seed: u64) -> Outcome<()> {
        if !self.phones[phone].is_running() {
            // Nobody files on a dead phone: she tries again once it is back.
            self.push(self.now + 10 * MINUTE, Due::Planned(entry));
            return Ok(());
        }
        self.phones[phone].used_at = Some(self.now);
        self.tell(phone, Event::Foreground(true))?;
        if !self.phones[phone].is_running() {
            self.push(self.now + 10 * MINUTE, Due::Planned(entry));
            return Ok(());
        }
        let life = self.phones[phone].life;
        let leaves = self.now + 20_000 + seed % MINUTE;
        self.push(leaves, Due::Background { phone, life });
        self.will_fidget(phone, seed);
        let group = &self.scenario.groups[self.plan.phones[phone].group];
        let did = people::act(&mut self.phones[phone], group, seed, self.now);
        self.did(phone, did)
    }

    fn did(&mut self, phone: usize, did: Result<Did, End>) -> Outcome<()> {
        match did {
            Ok(did) => {
                self.report.acts += did.saved;
                self.report.photos += did.photos;
                self.report.refused += did.refused;
                self.note(|_| format!("phone {phone} {} {}", did.what, did.saved));
                self.follow(phone, did.io)
            }
            Err(End::Died) => {
                // Under her hands: what she was never told is saved may be saved or not.
                self.phones[phone].unheard += 1;
                self.died(phone);
                Ok(())
            }
            Err(end) => self.ended(phone, end),
        }
    }

    /// A phone's process ended, or must not have done what it did.
    pub(super) fn ended(&mut self, phone: usize, end: End) -> Outcome<()> {
        self.note(|_| format!("phone {phone}: {end:?}"));
        match end {
            End::Died => {
                self.died(phone);
                Ok(())
            }
            End::Full => {
                self.push(self.now + 10 * MINUTE, Due::Start { phone });
                Ok(())
            }
            End::Damaged if self.report.has_hit(Kind::BadPage) => {
                // She sees the words for it and lets the app repair itself.
                self.phones[phone].kill();
                self.phones[phone].damaged = true;
                self.off_for(phone, MINUTE);
                Ok(())
            }
            End::Damaged => {
                Err(self.broken(Invariant::NothingLost, format!("phone {phone}: damaged")))
            }
            End::Broken(what) if what.starts_with("stuck") => {
                Err(self.broken(Invariant::NeverStuck, format!("phone {phone}: {what}")))
            }
            End::Broken(what) => {
                Err(self.broken(Invariant::NoSurprise, format!("phone {phone}: {what}")))
            }
        }
    }

    pub(super) fn died(&mut self, phone: usize) {
        self.note(|_| format!("phone {phone} is dead"));
        if self.phones[phone].off_until.is_none() {
            let back = self.now + 20_000 + self.luck[phone].below(30 * MINUTE);
            self.phones[phone].off_until = Some(back);
            self.push(back, Due::Start { phone });
        }
    }

    fn start(&mut self, phone: usize) -> Outcome<()> {
        let off = self.phones[phone].off_until.is_some_and(|t| t > self.now);
        if self.phones[phone].is_running() || off {
            return Ok(());
        }
        let air = Air::over(phone, self.now, self.weather());
        self.linked(phone, &air);
        match self.phones[phone].start() {
            Ok(io) => {
                self.follow(phone, io)?;
                self.check_phone(phone)?;
                match self.calm {
                    true => self.in_hand(phone),
                    false => Ok(()),
                }
            }
            Err(end) => self.ended(phone, end),
        }
    }

    /// Signs in where that is possible now; else a little later.
    fn sign_in(&mut self, phone: usize) -> Outcome<()> {
        let air = Air::over(phone, self.now, self.weather());
        if !self.phones[phone].is_running() || air.out || air.portal {
            self.push(self.now + 10 * MINUTE, Due::SignIn { phone });
            return Ok(());
        }
        let place = &self.plan.phones[phone];
        let (key, _) = account(place.person);
        let staff = match self.phones[phone].role {
            Role::Citizen => None,
            Role::Intake => Some("ioc"),
            Role::Unit => Some("ha_tang_do_thi"),
        };
        let body = match staff {
            Some(unit) => serde_json::json!({"as": key, "staff": unit}),
            None => serde_json::json!({ "as": key }),
        };
        let request = HttpRequest {
            id: 0,
            method: Method::Post,
            path: "/signin".into(),
            headers: vec![("content-type".into(), JSON.into())],
            body: Body::Bytes(body.to_string().into_bytes()),
            max_response: 4096,
            class: Class::Words,
        };
        let response = self.city(&request);
        let signed = hues_protocol::classify::signed_in(&Ok(response));
        let ticket = signed.ok().and_then(|signed| {
            let account: hues_protocol::ids::OpId = signed.account.parse().ok()?;
            Some(Ticket {
                account: account.0,
                token: signed.token,
                staff: signed.staff,
            })
        });
        let Some(ticket) = ticket else {
            return Err(self.broken(Invariant::NoSurprise, "sign-in was refused".into()));
        };
        let done = self.phones[phone].sign_in(ticket);
        if self.phones[phone].ticket.is_none() {
            self.push(self.now + 10 * MINUTE, Due::SignIn { phone });
        }
        match done {
            Ok(io) => self.follow(phone, io),
            Err(end) => self.ended(phone, end),
        }
    }

    /// The gateway's own time is right.
    pub(super) fn city(&mut self, request: &HttpRequest) -> hues_protocol::http::HttpResponse {
        let mut env = Env {
            wall: Wall(self.scenario.starts + self.now as i64),
            mono: Mono(self.now),
            boot: BootId([9; 16]),
            random: &mut self.city_random,
        };
        self.gateway.handle(&mut env, request, Peer::LOCAL)
    }

    /// The plan's entries that are weather; none once the calm is there.
    pub(super) fn weather(&self) -> &[Entry] {
        match self.calm {
            true => &[],
            false => &self.plan.entries,
        }
    }

    fn air(&mut self, phone: usize) -> Outcome<()> {
        let air = Air::over(phone, self.now, self.weather());
        let before = self.phones[phone].link;
        self.linked(phone, &air);
        if air.link == before {
            return Ok(());
        }
        for (kind, is) in [
            (Kind::Outage, air.link == Link::None),
            (Kind::Portal, air.portal),
            (Kind::Slow, air.link == Link::Slow),
        ] {
            if is {
                self.report.hit(kind);
            }
        }
        self.tell(phone, Event::Link(air.link))
    }

    /// A phone's link is this now.
    fn linked(&mut self, phone: usize, air: &Air) {
        self.phones[phone].link = air.link;
        if air.link == Link::None {
            self.darkened(phone);
        } else if !air.out {
            self.phones[phone].dark_since = None;
        }
    }

    /// A phone knows that nothing passes: its system says so, or a request waited in vain. Each darkness has its own budget of wake-ups.
    fn darkened(&mut self, phone: usize) {
        let phone = &mut self.phones[phone];
        if phone.dark_since.is_none() {
            phone.dark_since = Some(self.now);
            phone.counts.dark_wakes.clear();
        }
    }

    /// A timer rang. With a request under way the phone was awake already.
    fn woke(&mut self, phone: usize) {
        let life = self.phones[phone].life;
        let under_way =
            |e: &Exchange| e.phone == phone && e.life == life && e.request.class != Class::LongPoll;
        if self.exchanges.values().any(under_way) {
            return;
        }
        let now = self.now;
        let counts = &mut self.phones[phone];
        counts.counts.wakes += 1;
        if let Some(since) = counts.dark_since {
            *counts
                .counts
                .dark_wakes
                .entry((now - since) / HOUR)
                .or_default() += 1;
        }
    }

    pub(super) fn tell(&mut self, phone: usize, event: Event) -> Outcome<()> {
        match self.phones[phone].tell(event) {
            Ok(io) => self.follow(phone, io),
            Err(end) => self.ended(phone, end),
        }
    }

    /// Does what the engine wants of the world.
    pub(super) fn follow(&mut self, phone: usize, io: Vec<Io>) -> Outcome<()> {
        let life = self.phones[phone].life;
        for io in io {
            match io {
                Io::Send(request) => self.send(phone, request)?,
                // Whatever the city made of it stays made; only the answer has nobody to go to.
                Io::Cancel(id) => self.note(|_| format!("cancel {phone}.{life} {id}")),
                Io::WakeIn(ms) => {
                    self.note(|_| format!("phone {phone} wants to wake in {ms:?}"));
                    self.wakes[phone] += 1;
                    if let Some(ms) = ms {
                        let number = self.wakes[phone];
                        self.push(
                            self.now + ms,
                            Due::Wake {
                                phone,
                                life,
                                number,
                            },
                        );
                    }
                }
                Io::FetchUndatedBeacon { keys } => {
                    let at = self.now + 800;
                    self.push(at, Due::Undated { phone, life, keys });
                }
                // She is asked to, and does in a while.
                Io::SignInNeeded => {
                    let at = self.now + MINUTE + self.luck[phone].below(20 * MINUTE);
                    self.push(at, Due::SignIn { phone });
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn backup(&mut self) -> Outcome<()> {
        self.backups += 1;
        let name = format!("b{}", self.backups);
        match self.gateway.backup(&name) {
            Ok(_) => Ok(()),
            Err(e) => Err(self.broken(Invariant::NoSurprise, format!("backup: {e}"))),
        }
    }

    pub(super) fn push(&mut self, at: u64, due: Due) {
        self.order += 1;
        self.queue.push(Reverse((at, self.order, due)));
    }

    pub(super) fn note(&mut self, line: impl FnOnce(&World<'s>) -> String) {
        let line = line(self);
        self.log.update(line.as_bytes());
        self.log.update(b"\n");
        if let Some(say) = &mut self.say {
            say(&line);
        }
        if self.tail.len() == TAIL {
            self.tail.pop_front();
        }
        self.tail.push_back(line);
    }

    pub(super) fn log_hash(&self) -> String {
        let hash = self.log.clone().finish();
        hash.iter().map(|b| format!("{b:02x}")).collect()
    }

    pub(super) fn broken(&self, invariant: Invariant, what: String) -> Box<Broken> {
        Box::new(Broken {
            seed: self.seed,
            invariant,
            what,
            at: self.now,
            tail: self.tail.iter().cloned().collect(),
        })
    }
}
