//! A model-based property test: the machine against a small model of a database, a city and a hostile network.
//!
//! Invariants: no op lost, none committed twice or out of order in its lane, a wedged lane blocks no other, nothing is ever
//! stuck, and once the trouble ends everything that may leave does.

mod tests;

use super::*;
use hues_env::SeededRandom;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const ME: Id = [7; 16];
const OTHER: Id = [8; 16];

#[derive(Debug, Clone)]
struct Op {
    id: Id,
    order: i64,
    sent: bool,
    len: u64,
    query_only: bool,
    poison: bool,
    wedged: bool,
    tries: u32,
    due: Option<Mono>,
    files: Vec<u64>,
}

#[derive(Debug, Default)]
struct City {
    committed: BTreeMap<Id, Vec<Id>>,
    uploads: BTreeMap<FileId, u64>,
    done: BTreeSet<FileId>,
    dead_sessions: bool,
}

struct World {
    now: u64,
    state: State,
    random: SeededRandom,
    lanes: BTreeMap<Id, (Owner, VecDeque<Op>)>,
    files: BTreeMap<FileId, (Owner, u64, bool)>,
    receipted: Vec<Id>,
    asked_for: BTreeSet<Id>,
    city: City,
    rest: Rest,
    next: u64,
    posted: BTreeMap<Id, u32>,
    retried: BTreeSet<Id>,
}

fn id(n: u64) -> Id {
    let mut b = [0; 16];
    b[..8].copy_from_slice(&n.to_be_bytes());
    b
}

impl World {
    fn new(seed: u64) -> World {
        let mut w = World {
            now: 1_000,
            state: State::new(Start::default()),
            random: SeededRandom::new(seed),
            lanes: BTreeMap::new(),
            files: BTreeMap::new(),
            receipted: Vec::new(),
            asked_for: BTreeSet::new(),
            city: City::default(),
            rest: Rest::default(),
            next: 1,
            posted: BTreeMap::new(),
            retried: BTreeSet::new(),
        };
        w.restart();
        w
    }

    /// The process dies and comes back: the machine is built from what was kept.
    fn restart(&mut self) {
        self.state = State::new(Start {
            rest: self.rest,
            epoch: None,
            listen: true,
            first_req: self.next * 1_000_000,
            ..Start::default()
        });
        self.next += 1;
        let mut events = vec![Event::Session(Session::Live(ME)), Event::Link(Link::Good)];
        for scope in ["mine", "inbox"] {
            events.push(Event::Scope(ScopeView {
                name: scope.into(),
                session: true,
                beacon: false,
                after_ops: scope == "mine",
                every_foreground: Some(60_000),
                every_background: None,
                tries: 0,
                age: None,
            }));
        }
        let lanes: Vec<Id> = self.lanes.keys().copied().collect();
        events.extend(lanes.iter().map(|l| Event::Lane(self.view(l))));
        events.extend(self.files.iter().map(|(f, (owner, len, placed))| {
            Event::File(FileView {
                file: *f,
                owner: *owner,
                len: *len,
                placed: *placed,
            })
        }));
        self.step(events);
    }

    fn view(&self, lane: &Id) -> LaneView {
        let (owner, ops) = &self.lanes[lane];
        let head = ops.front().map(|o| Head {
            op: o.id,
            priority: Priority::Words,
            order: o.order,
            len: o.len,
            fate_unknown: o.sent,
            query_only: o.query_only,
            wedged: o.wedged,
            tries: o.tries,
            due: o.due,
        });
        LaneView {
            lane: *lane,
            owner: *owner,
            head,
        }
    }

    fn step(&mut self, events: Vec<Event>) {
        let mut random = self.random.fork();
        let commands = step(&mut self.state, Mono(self.now), events, &mut random);
        for command in commands {
            match command {
                Command::Send {
                    request: Request::Op { lane, op },
                    ..
                } => {
                    let head = self
                        .lanes
                        .get_mut(&lane)
                        .and_then(|l| l.1.front_mut())
                        .expect("the lane has a head");
                    assert_eq!(head.id, op, "only the head of a lane is sent");
                    assert!(!head.wedged, "a wedged op is not sent");
                    let again = head.sent && head.query_only && !self.asked_for.contains(&op);
                    assert!(!again, "an op that may not be sent twice was");
                    head.sent = true;
                    *self.posted.entry(op).or_default() += 1;
                }
                Command::SaveTry { op, tries, due } => {
                    for (_, ops) in self.lanes.values_mut() {
                        if let Some(o) = ops.iter_mut().find(|o| o.id == op) {
                            (o.tries, o.due) = (tries, Some(due));
                        }
                    }
                }
                Command::SaveRest(rest) => self.rest = rest,
                _ => {}
            }
        }
        if let Err(stuck) = self.state.check(Mono(self.now)) {
            panic!("stuck at {}: {stuck}", self.now);
        }
    }

    fn enqueue(&mut self, n: u64) {
        let lane = id(n % 5);
        let owner = [
            Owner::Account(ME),
            Owner::Nobody,
            Owner::Account(ME),
            Owner::Account(OTHER),
            Owner::Account(ME),
        ][(n % 5) as usize];
        let op = Op {
            id: id(1_000 + self.next),
            order: self.next as i64,
            sent: false,
            len: if n.is_multiple_of(7) { 20_000 } else { 1_500 },
            query_only: n.is_multiple_of(11),
            poison: n.is_multiple_of(13),
            wedged: false,
            tries: 0,
            due: None,
            files: if n.is_multiple_of(3) {
                vec![40_000 + n % 50_000]
            } else {
                vec![]
            },
        };
        self.next += 1;
        self.lanes
            .entry(lane)
            .or_insert((owner, VecDeque::new()))
            .1
            .push_back(op);
        let view = self.view(&lane);
        self.step(vec![Event::Lane(view), Event::Act { refresh: false }]);
    }

    /// What an honest city does with a request; the database is brought in step before the machine hears of it.
    fn honest(&mut self, request: &Request) -> Answer {
        let (epoch, watermark) = ([1; 8], 0);
        match request {
            Request::Hello => Answer::Hello {
                speaks: true,
                epoch,
                watermark,
                log_head: 1,
                newer_keys: false,
                newer_pack: false,
            },
            Request::Keys => Answer::Keys,
            Request::Beacon => Answer::Beacon { epoch, watermark },
            Request::Pack => Answer::Pack,
            Request::Pull { .. } => Answer::Page {
                more: self.random.below(3) == 0,
                epoch,
                watermark,
            },
            Request::Listen => Answer::Quiet,
            Request::Op { lane, op } => self.commit(lane, op),
            Request::Query { lane, op } => {
                if self
                    .city
                    .committed
                    .get(lane)
                    .is_some_and(|c| c.contains(op))
                {
                    self.close(lane, op)
                } else {
                    self.asked_for.insert(*op);
                    Answer::Absent
                }
            }
            Request::Create { file } => {
                self.city.uploads.insert(*file, 0);
                if let Some(f) = self.files.get_mut(file) {
                    f.2 = true;
                }
                Answer::Placed
            }
            Request::Ask { file } => self.offset(*file),
            Request::Patch { file, offset, len } => {
                let Some(at) = self.city.uploads.get_mut(file) else {
                    return Answer::AddressGone;
                };
                if *at != *offset {
                    return Answer::AskAgain;
                }
                *at += len;
                self.offset(*file)
            }
        }
    }

    fn offset(&mut self, file: FileId) -> Answer {
        let Some(at) = self.city.uploads.get(&file).copied() else {
            return Answer::AddressGone;
        };
        if self.files.get(&file).is_some_and(|f| at >= f.1) {
            self.files.remove(&file);
            assert!(self.city.done.insert(file), "a file completed twice");
            return Answer::Complete { epoch: [1; 8] };
        }
        Answer::Offset(at)
    }

    fn commit(&mut self, lane: &Id, op: &Id) -> Answer {
        let head = self.lanes[lane].1.front().expect("a head").clone();
        if head.poison {
            self.lanes
                .get_mut(lane)
                .and_then(|l| l.1.front_mut())
                .expect("a head")
                .wedged = true;
            return Answer::Refused;
        }
        let log = self.city.committed.entry(*lane).or_default();
        if !log.contains(op) {
            log.push(*op);
        }
        self.close(lane, op)
    }

    fn close(&mut self, lane: &Id, op: &Id) -> Answer {
        let (owner, ops) = self.lanes.get_mut(lane).expect("the lane");
        let done = ops.pop_front().expect("a head");
        assert_eq!(done.id, *op);
        for (i, len) in done.files.iter().enumerate() {
            self.files
                .insert(done.order * 10 + i as i64, (*owner, *len, false));
        }
        self.receipted.push(*op);
        Answer::Receipt {
            epoch: [1; 8],
            watermark: 0,
        }
    }

    fn answer(&mut self, req: ReqId, answer: Answer, request: &Request) {
        let mut events = vec![Event::Answer {
            req,
            answer: answer.clone(),
        }];
        if let Request::Op { lane, .. } | Request::Query { lane, .. } = request {
            if matches!(answer, Answer::Receipt { .. } | Answer::Refused) {
                events.push(Event::Lane(self.view(lane)));
                let known: Vec<FileView> = self
                    .files
                    .iter()
                    .filter(|(f, _)| !self.state.files.contains_key(f))
                    .map(|(f, (owner, len, placed))| FileView {
                        file: *f,
                        owner: *owner,
                        len: *len,
                        placed: *placed,
                    })
                    .collect();
                events.extend(known.into_iter().map(Event::File));
            }
        }
        self.step(events);
    }

    /// One request under way ends, well or badly.
    fn network(&mut self, n: u64) {
        let flights: Vec<(ReqId, Request)> = self
            .state
            .flights
            .iter()
            .map(|(r, f)| (*r, f.request.clone()))
            .collect();
        let Some((req, request)) = flights
            .get((n % 97) as usize % flights.len().max(1))
            .cloned()
        else {
            return;
        };
        self.now += 20 + n % 3_000;
        let answer = match n % 17 {
            0 | 1 => Answer::Failed,
            2 => Answer::Foreign,
            3 => Answer::ServerError,
            4 => Answer::RetryAfter(n % 90_000),
            5 if self.city.dead_sessions => Answer::SignIn,
            // Committed, and the answer got lost.
            6 | 7 => {
                if let Request::Op { lane, op } = &request {
                    let poison = self.lanes[lane].1.front().is_some_and(|o| o.poison);
                    let log = self.city.committed.entry(*lane).or_default();
                    if !poison && !log.contains(op) {
                        log.push(*op);
                    }
                }
                if let Request::Patch { file, offset, len } = &request {
                    if let Some(at) = self.city.uploads.get_mut(file).filter(|at| **at == *offset) {
                        *at += len / 2;
                    }
                }
                Answer::Failed
            }
            8 if matches!(request, Request::Pull { .. }) => Answer::BadPage,
            9 if matches!(request, Request::Pull { .. }) => Answer::ScopeReset,
            10 if matches!(request, Request::Op { .. } | Request::Query { .. }) => {
                Answer::NewerKeys
            }
            11 if matches!(request, Request::Patch { .. } | Request::Ask { .. }) => {
                if let Request::Patch { file, .. } | Request::Ask { file } = &request {
                    self.city.uploads.remove(file);
                    if let Some(f) = self.files.get_mut(file) {
                        f.2 = false;
                    }
                }
                Answer::AddressGone
            }
            _ => self.honest(&request),
        };
        self.answer(req, answer, &request);
    }

    fn sleep(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(wake) = self.state.wake().filter(|w| w.0 <= until) {
            self.now = self.now.max(wake.0);
            self.step(vec![Event::Timer]);
        }
        self.now = until;
    }

    fn retry(&mut self) {
        let lanes: Vec<Id> = self.lanes.keys().copied().collect();
        for lane in lanes {
            let Some(op) = self
                .lanes
                .get_mut(&lane)
                .and_then(|l| l.1.front_mut())
                .filter(|o| o.wedged)
            else {
                continue;
            };
            (op.wedged, op.poison) = (false, false); // as an edit does: what was wrong is right now
            self.retried.insert(op.id);
            let view = self.view(&lane);
            self.step(vec![Event::Lane(view), Event::Act { refresh: false }]);
        }
    }

    fn act(&mut self, action: u8, n: u64) {
        match action {
            0..=2 => self.enqueue(n),
            3..=9 => self.network(n),
            10 => self.sleep(n % 4_000_000),
            11 => self.step(vec![Event::Link(
                [Link::None, Link::Captive, Link::Slow, Link::Good][(n % 4) as usize],
            )]),
            12 => self.restart(),
            13 => self.step(vec![Event::LowPower(n.is_multiple_of(2))]),
            14 => {
                self.city.dead_sessions = n.is_multiple_of(3);
                let s = [
                    Session::None,
                    Session::Live(ME),
                    Session::Live(OTHER),
                    Session::Expired(ME),
                ][(n % 4) as usize];
                self.step(vec![Event::Session(s)]);
            }
            15 => self.step(vec![Event::Foreground(n.is_multiple_of(2))]),
            16 => self.retry(),
            _ => self.sleep(n % 20_000),
        }
    }

    /// The trouble ends: everything must leave within `limit` of virtual time, answered honestly.
    fn settle(&mut self, account: Id, limit: u64) {
        self.city.dead_sessions = false;
        self.step(vec![
            Event::Session(Session::Live(account)),
            Event::LowPower(false),
            Event::Link(Link::None),
        ]);
        self.step(vec![Event::Link(Link::Good)]);
        let end = self.now + limit;
        while self.now < end {
            let next = self
                .state
                .flights
                .iter()
                .map(|(r, f)| (*r, f.request.clone()))
                .find(|(_, q)| *q != Request::Listen);
            match next {
                Some((req, request)) => {
                    self.now += 50;
                    let answer = self.honest(&request);
                    self.answer(req, answer, &request);
                }
                None => match self.state.wake() {
                    Some(w) => {
                        self.now = self.now.max(w.0);
                        self.step(vec![Event::Timer]);
                    }
                    None => break,
                },
            }
        }
    }
}
