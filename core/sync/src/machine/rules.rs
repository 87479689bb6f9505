//! The machine's rules one by one, each told by the numbers it is made of. What holds over whole days is the model's.

mod answers;
mod looks;
mod planning;
mod uploads;

use hues_env::SeededRandom;

use super::*;

const ME: Id = [7; 16];
const EPOCH: Epoch = [1; 8];
const LATER: Epoch = [2; 8];
/// When everything here begins.
const T: u64 = 10_000_000;

/// A machine, its clock, and what it wanted last.
struct Desk {
    state: State,
    now: u64,
    random: SeededRandom,
    out: Vec<Command>,
}

impl Desk {
    /// Nobody signed in, no link yet; keys, epoch and a fresh beacon are there.
    fn new() -> Desk {
        Desk::from(Start {
            epoch: Some(EPOCH),
            has_keys: true,
            beacon_at: Some(Mono(T)),
            ..Start::default()
        })
    }

    fn from(start: Start) -> Desk {
        Desk {
            state: State::new(start),
            now: T,
            random: SeededRandom::new(3),
            out: Vec::new(),
        }
    }

    /// Signed in on this link; the city was greeted.
    fn on(link: Link) -> Desk {
        let mut desk = Desk::new();
        desk.tell(Event::Session(Session::Live(ME)));
        desk.tell(Event::Link(link));
        desk.state.greeted = true;
        desk
    }

    fn tell(&mut self, event: Event) -> Vec<Request> {
        self.tell_all(vec![event])
    }

    /// Gives what is sent.
    fn tell_all(&mut self, events: Vec<Event>) -> Vec<Request> {
        self.out = step(&mut self.state, Mono(self.now), events, &mut self.random);
        let sent = self.out.iter().filter_map(|command| match command {
            Command::Send { request, .. } => Some(request.clone()),
            _ => None,
        });
        sent.collect()
    }

    fn later(&mut self, ms: u64) -> Vec<Request> {
        self.now += ms;
        self.tell(Event::Timer)
    }

    fn req(&self, which: impl Fn(&Request) -> bool) -> ReqId {
        let found = self.state.flights.iter().find(|(_, f)| which(&f.request));
        *found.expect("it is under way").0
    }

    /// Answers the request that is like this.
    fn answer(&mut self, which: impl Fn(&Request) -> bool, answer: Answer) -> Vec<Request> {
        let req = self.req(which);
        self.tell(Event::Answer { req, answer })
    }

    fn guard(&self, which: impl Fn(&Request) -> bool) -> u64 {
        let req = self.req(which);
        self.state.flights[&req].guard.0
    }

    fn wait(&self, item: &Item) -> Option<Wait> {
        plan::wait(&self.state, Mono(self.now), item)
    }
}

fn head(op: u8) -> Head {
    Head {
        op: [op; 16],
        priority: Priority::Words,
        order: i64::from(op),
        len: 1_000,
        fate_unknown: false,
        query_only: false,
        wedged: false,
        tries: 0,
        due: None,
    }
}

fn lane(lane: u8, head: Head) -> Event {
    Event::Lane(LaneView {
        lane: [lane; 16],
        owner: Owner::Account(ME),
        head: Some(head),
    })
}

fn file(file: FileId, len: u64) -> Event {
    Event::File(FileView {
        file,
        owner: Owner::Account(ME),
        len,
        placed: false,
    })
}

/// A scope of the session that was never pulled.
fn view(name: &str) -> ScopeView {
    ScopeView {
        name: name.into(),
        session: true,
        beacon: false,
        after_ops: false,
        every_foreground: Some(60_000),
        every_background: Some(3_600_000),
        tries: 0,
        age: None,
    }
}

fn pulled(name: &str, age: u64) -> ScopeView {
    ScopeView {
        age: Some(age),
        ..view(name)
    }
}

fn greeting(epoch: Epoch, watermark: u64) -> Answer {
    Answer::Hello {
        speaks: true,
        epoch,
        watermark,
        log_head: 0,
        newer_keys: false,
        newer_pack: false,
    }
}

fn page(more: bool) -> Answer {
    Answer::Page {
        more,
        epoch: EPOCH,
        watermark: 0,
    }
}

fn is_op(r: &Request) -> bool {
    matches!(r, Request::Op { .. })
}

fn is_pull(r: &Request) -> bool {
    matches!(r, Request::Pull { .. })
}

fn is_patch(r: &Request) -> bool {
    matches!(r, Request::Patch { .. })
}

fn hello(r: &Request) -> bool {
    *r == Request::Hello
}

fn op(lane: u8, op: u8) -> Request {
    Request::Op {
        lane: [lane; 16],
        op: [op; 16],
    }
}

fn query(lane: u8, op: u8) -> Request {
    Request::Query {
        lane: [lane; 16],
        op: [op; 16],
    }
}
