//! The world of one flood: its clock, its queue of what is due, the city, and the judge at the end.
//!
//! Invariant: nothing happens but by an event of the queue, and every draw comes from the seed; so the log of a seed is always the same.

mod judge;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use hues_city::gateway::{AnyMedia, Gateway, Peer};
use hues_city::storage::MemoryStorage;
use hues_crypto::hash::Sha256;
use hues_env::{BootId, Env, Mono, Random, SeededRandom, Wall};
use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method, TransportError};
use hues_protocol::ids::OpId;
use hues_sync::engine::{Event, Io};
use hues_sync::machine::Link;
use serde_json::Value;

use super::network::{travel, Fault};
use super::phone::{Phone, MARKER};
use super::{Broken, Report, Scenario, START_MS};

/// Events kept for the story of a failure.
const TAIL: usize = 60;
/// Milliseconds between two looks at whether everything has arrived.
const LOOK_MS: u64 = 60_000;

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Act {
        phone: usize,
    },
    Arrive {
        phone: usize,
        life: u64,
        exchange: u64,
    },
    Answer {
        phone: usize,
        life: u64,
        exchange: u64,
    },
    Wake {
        phone: usize,
        life: u64,
        number: u64,
    },
    LinkTo {
        phone: usize,
        good: u8,
    },
    Kill {
        phone: usize,
        power: bool,
    },
    Start {
        phone: usize,
    },
    Backup,
    Restore,
    Calm,
    Look,
}

/// One request under way.
struct Exchange {
    request: HttpRequest,
    fault: Fault,
    back_ms: u64,
    answer: Option<Result<HttpResponse, TransportError>>,
}

pub(super) struct World {
    now: u64,
    seed: u64,
    scenario: Scenario,
    random: SeededRandom,
    city_random: SeededRandom,
    gateway: Gateway<MemoryStorage>,
    phones: Vec<Phone>,
    queue: BinaryHeap<Reverse<(u64, u64, Due)>>,
    order: u64,
    exchanges: BTreeMap<u64, Exchange>,
    wakes: Vec<u64>,
    calm: bool,
    refreshed: bool,
    backups: u64,
    log: Sha256,
    tail: Vec<String>,
    report: Report,
}

type Outcome<T> = Result<T, Box<Broken>>;

impl World {
    pub(super) fn new(seed: u64, scenario: Scenario) -> Outcome<World> {
        let mut random = SeededRandom::new(seed);
        let mut city_random = random.fork();
        let broken = |what: String| {
            Box::new(Broken {
                seed,
                what,
                tail: Vec::new(),
            })
        };
        let mut env = Env {
            wall: Wall(START_MS),
            mono: Mono(0),
            boot: BootId([9; 16]),
            random: &mut city_random,
        };
        let mut gateway = Gateway::open_with(MemoryStorage::new(), &mut env, Box::new(AnyMedia))
            .map_err(|e| broken(format!("the city did not open: {e}")))?;
        let root = gateway.root();
        let mut phones = Vec::new();
        for i in 0..scenario.phones {
            // Two people; the first has two phones on one account.
            let name = if i % 2 == 0 { "citizen" } else { "neighbour" };
            let request = HttpRequest {
                id: 0,
                method: Method::Post,
                path: "/signin".into(),
                headers: vec![("content-type".into(), hues_protocol::http::JSON.into())],
                body: Body::Bytes(format!("{{\"as\":\"{name}\"}}").into_bytes()),
                max_response: 4096,
                class: Class::Words,
            };
            let response = gateway.handle(&mut env, &request, Peer::LOCAL);
            let signed = hues_protocol::classify::signed_in(&Ok(response))
                .map_err(|e| broken(format!("sign-in: {e:?}")))?;
            let account: OpId = signed
                .account
                .parse()
                .map_err(|_| broken("account id".into()))?;
            phones.push(Phone::new(
                env.random.next_u64(),
                root,
                account.0,
                signed.token.to_string(),
            ));
        }
        Ok(World {
            now: 0,
            seed,
            scenario,
            random,
            city_random,
            gateway,
            wakes: vec![0; phones.len()],
            phones,
            queue: BinaryHeap::new(),
            order: 0,
            exchanges: BTreeMap::new(),
            calm: false,
            refreshed: false,
            backups: 0,
            log: Sha256::new(),
            tail: Vec::new(),
            report: Report::default(),
        })
    }

    /// Runs until everything has arrived, or the time for it is over.
    pub(super) fn play(&mut self) -> Outcome<()> {
        self.plan();
        while let Some(Reverse((at, _, due))) = self.queue.pop() {
            if let Some(stuck) = self.phones.iter().find_map(|p| p.stuck.clone()) {
                return Err(self.broken(format!("stuck: {stuck}")));
            }
            self.now = at;
            self.note(format!("{at} {due:?}"));
            if due == Due::Look {
                if self.arrived()? {
                    if self.refreshed {
                        for phone in &self.phones {
                            for ((mode, event), n) in &phone.met {
                                let pair = ((*mode).to_owned(), event.clone());
                                *self.report.met.entry(pair).or_default() += n;
                            }
                        }
                        return Ok(());
                    }
                    // Everything was sent. What the other phone of the account did since is seen at the next pull: people pull down once.
                    self.report.settled_after_ms = self.now - self.scenario.storm_ms;
                    self.refreshed = true;
                    for phone in 0..self.phones.len() {
                        let told = self.phones[phone].tell(self.now, Event::Refresh);
                        self.follow(phone, told)?;
                    }
                }
                if self.now > self.scenario.storm_ms + self.scenario.calm_ms {
                    let mut open = Vec::new();
                    for (i, phone) in self.phones.iter_mut().enumerate() {
                        open.push(format!("phone {i}: {:?}", phone.open_work(at)));
                    }
                    return Err(self.broken(format!(
                        "not everything arrived in the calm: {}",
                        open.join("; ")
                    )));
                }
                self.push(self.now + LOOK_MS, Due::Look);
                continue;
            }
            self.happen(due)?;
        }
        Err(self.broken("the queue ran dry".into()))
    }

    /// What people do and what breaks, drawn beforehand.
    fn plan(&mut self) {
        let storm = self.scenario.storm_ms;
        for phone in 0..self.phones.len() {
            self.push(0, Due::Start { phone });
            for _ in 0..self.scenario.acts {
                let at = self.random.below(storm);
                self.push(at, Due::Act { phone });
            }
            for _ in 0..1 + self.random.below(4) {
                let at = self.random.below(storm);
                let good = self.random.below(4) as u8;
                self.push(at, Due::LinkTo { phone, good });
            }
            for _ in 0..self.random.below(4) {
                let at = self.random.below(storm);
                let power = self.random.below(3) == 0;
                self.push(at, Due::Kill { phone, power });
            }
        }
        for _ in 0..1 + self.random.below(3) {
            let at = self.random.below(storm);
            self.push(at, Due::Backup);
        }
        if self.random.below(3) == 0 {
            let at = storm / 3 + self.random.below(storm / 2);
            self.push(at, Due::Restore);
        }
        self.push(storm, Due::Calm);
        self.push(storm + LOOK_MS, Due::Look);
    }

    fn happen(&mut self, due: Due) -> Outcome<()> {
        match due {
            Due::Start { phone } => {
                if !self.phones[phone].is_running() {
                    let started = self.phones[phone].start(self.now);
                    self.follow(phone, started)?;
                }
            }
            Due::Act { phone } => {
                if !self.phones[phone].is_running() {
                    // Nobody files on a dead phone: she tries again once it is back.
                    self.push(self.now + 60_000, Due::Act { phone });
                    return Ok(());
                }
                let photos = self.random.below(3) as usize;
                match self.phones[phone].act(self.now, photos) {
                    Ok(io) => self.follow(phone, Ok(io.unwrap_or_default()))?,
                    Err(e) => return Err(self.broken(format!("phone {phone} could not file: {e}"))),
                }
            }
            Due::Arrive {
                phone,
                life,
                exchange,
            } => self.arrive(phone, life, exchange),
            Due::Answer {
                phone,
                life,
                exchange,
            } => {
                let Some(done) = self.exchanges.remove(&exchange) else {
                    return Ok(());
                };
                if self.phones[phone].life == life && self.phones[phone].is_running() {
                    let outcome = done.answer.unwrap_or(Err(TransportError::Timeout));
                    let told = self.phones[phone].tell(
                        self.now,
                        Event::Http {
                            id: done.request.id,
                            outcome,
                        },
                    );
                    self.follow(phone, told)?;
                }
            }
            Due::Wake {
                phone,
                life,
                number,
            } => {
                if self.phones[phone].life == life && self.wakes[phone] == number {
                    self.phones[phone].wakes += 1;
                    let told = self.phones[phone].tell(self.now, Event::Timer);
                    self.follow(phone, told)?;
                }
            }
            Due::LinkTo { phone, good } => {
                self.phones[phone].link = match (self.calm, good) {
                    (true, _) | (_, 2 | 3) => Link::Good,
                    (_, 1) => Link::Slow,
                    _ => Link::None,
                };
                let link = self.phones[phone].link;
                let told = self.phones[phone].tell(self.now, Event::Link(link));
                self.follow(phone, told)?;
            }
            Due::Kill { phone, power } => {
                if self.calm || !self.phones[phone].is_running() {
                    return Ok(());
                }
                let (now, mut random) = (self.now, self.random.fork());
                if power {
                    self.phones[phone].power_loss(now, &mut random);
                } else {
                    self.phones[phone].kill();
                }
                self.hit(if power { "power loss" } else { "kill" });
                let back = self.now + self.random.below(1_800_000);
                self.push(back, Due::Start { phone });
            }
            Due::Backup => {
                self.backups += 1;
                let name = format!("b{}", self.backups);
                if let Err(e) = self.gateway.backup(&name) {
                    return Err(self.broken(format!("backup: {e}")));
                }
            }
            Due::Restore => self.restore()?,
            Due::Calm => self.calm_down()?,
            Due::Look => {}
        }
        Ok(())
    }

    fn restore(&mut self) -> Outcome<()> {
        if self.backups == 0 || self.calm {
            return Ok(());
        }
        let name = format!("b{}", self.backups);
        let mut env = Env {
            wall: Wall(START_MS + self.now as i64),
            mono: Mono(self.now),
            boot: BootId([9; 16]),
            random: &mut self.city_random,
        };
        if let Err(e) = self.gateway.restore(&mut env, &name) {
            return Err(self.broken(format!("restore: {e}")));
        }
        self.hit("city restored from backup");
        Ok(())
    }

    /// The faults end: links are good, phones are on, the city makes its backup.
    fn calm_down(&mut self) -> Outcome<()> {
        self.calm = true;
        for phone in 0..self.phones.len() {
            self.push(self.now, Due::Start { phone });
            self.push(self.now + 1, Due::LinkTo { phone, good: 3 });
        }
        Ok(())
    }

    fn follow(&mut self, phone: usize, io: hues_sync::Result<Vec<Io>>) -> Outcome<()> {
        let io = match io {
            Ok(io) => io,
            Err(e) => return Err(self.broken(format!("phone {phone}: the engine failed: {e}"))),
        };
        for io in io {
            match io {
                Io::Send(request) => self.send(phone, request)?,
                Io::Cancel(id) => {
                    // Whatever the city made of it stays made; only the answer has nobody to go to.
                    let life = self.phones[phone].life;
                    self.note(format!("cancel {phone}.{life} {id}"));
                }
                Io::WakeIn(ms) => {
                    self.wakes[phone] += 1;
                    if let Some(ms) = ms {
                        let (life, number) = (self.phones[phone].life, self.wakes[phone]);
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
                Io::SignInNeeded => {
                    return Err(self.broken(format!("phone {phone} was signed out")))
                }
                Io::UpdateNeeded => {
                    return Err(self.broken(format!("phone {phone} was told to update")))
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn send(&mut self, phone: usize, mut request: HttpRequest) -> Outcome<()> {
        if let Body::File { name, offset, len } = &request.body {
            match self.phones[phone].file(name, *offset, *len) {
                Ok(bytes) => request.body = Body::Bytes(bytes),
                Err(e) => {
                    return Err(self.broken(format!(
                        "phone {phone}: a photo that is to be sent is gone: {e}"
                    )))
                }
            }
        }
        let up = request.path.len() as u64
            + 200
            + match &request.body {
                Body::Bytes(bytes) => bytes.len() as u64,
                _ => 0,
            };
        self.report.exchanges += 1;
        let number = self.report.exchanges;
        let percent = if self.calm {
            0
        } else {
            self.scenario.fault_percent
        };
        let fault = match self.phones[phone].link {
            Link::None => Fault::LostRequest,
            _ => Fault::draw(&mut self.random, percent),
        };
        if fault != Fault::None {
            self.hit(&format!("{fault:?}"));
        }
        let (there_ms, back_ms) = travel(
            &mut self.random,
            self.phones[phone].link,
            up,
            500,
            self.calm,
        );
        self.note(format!(
            "send {phone} {} {} {fault:?}",
            request.method.name(),
            request.path
        ));
        let life = self.phones[phone].life;
        self.exchanges.insert(
            number,
            Exchange {
                request,
                fault,
                back_ms,
                answer: None,
            },
        );
        self.push(
            self.now + there_ms,
            Due::Arrive {
                phone,
                life,
                exchange: number,
            },
        );
        Ok(())
    }

    /// The request is at the city, or as far as it got.
    fn arrive(&mut self, phone: usize, life: u64, number: u64) {
        let Some(exchange) = self.exchanges.get_mut(&number) else {
            return;
        };
        let mut env = Env {
            wall: Wall(START_MS + self.now as i64),
            mono: Mono(self.now),
            boot: BootId([9; 16]),
            random: &mut self.city_random,
        };
        let mut response = HttpResponse {
            status: 500,
            headers: Vec::new(),
            body: Vec::new(),
        };
        if exchange.fault.arrives() {
            response = self
                .gateway
                .handle(&mut env, &exchange.request, Peer::LOCAL);
            if exchange.fault == Fault::Doubled {
                response = self
                    .gateway
                    .handle(&mut env, &exchange.request, Peer::LOCAL);
            }
        }
        let note = format!(
            "city {} {} -> {}",
            exchange.request.method.name(),
            exchange.request.path,
            response.status
        );
        exchange.answer = Some(exchange.fault.answer(response));
        let back = self.now + exchange.back_ms;
        self.note(note);
        self.push(
            back,
            Due::Answer {
                phone,
                life,
                exchange: number,
            },
        );
    }

    fn push(&mut self, at: u64, due: Due) {
        self.order += 1;
        self.queue.push(Reverse((at, self.order, due)));
    }

    fn hit(&mut self, what: &str) {
        *self.report.hits.entry(what.to_owned()).or_default() += 1;
    }

    fn note(&mut self, line: String) {
        self.log.update(line.as_bytes());
        self.log.update(b"\n");
        if self.tail.len() == TAIL {
            self.tail.remove(0);
        }
        self.tail.push(line);
    }

    fn broken(&self, what: String) -> Box<Broken> {
        Box::new(Broken {
            seed: self.seed,
            what,
            tail: self.tail.clone(),
        })
    }
}
