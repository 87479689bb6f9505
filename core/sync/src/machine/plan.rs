//! Decides what goes next, why the rest waits, and when to wake.
//!
//! Invariant (liveness): after a plan, whatever is pending is under way, or waits for something outside (link, session,
//! update, power, a person's decision), or waits for a moment at or after which a wake-up is scheduled.

use super::apply::{drop_flight, STALL_MS};
use super::state::{Errand, Flight, Phase, State, Trying};
use super::types::{Command, FileId, Id, Link, Owner, Priority, ReqId, Request, Session, Wait};
use hues_env::Mono;

/// A bundle larger than this is asked for before it is sent again, bytes.
const QUERY_ABOVE: u64 = 8 * 1024;
/// A beacon older than this is replaced while the phone is in use, milliseconds.
pub(crate) const BEACON_OLD_MS: u64 = 10 * 60_000;
/// A beacon older than this cannot open the scope of an anonymous lane (the city takes one hour), milliseconds.
const BEACON_STALE_MS: u64 = 50 * 60_000;
/// Failures in a row after which something lets all others go first.
const DEMOTE_AFTER: u32 = 3;
/// The slowest link worth waiting for, bytes a millisecond.
const SLOWEST: u64 = 2;
/// Upper bound of a page, bytes.
const PAGE_BYTES: u64 = 1024 * 1024;

/// Something that may need a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// The greeting.
    Hello,
    /// The key list.
    Keys,
    /// The newest beacon.
    Beacon,
    /// The config pack.
    Pack,
    /// A lane's head.
    Lane(Id),
    /// A scope.
    Scope(String),
    /// An attachment.
    File(FileId),
    /// The long poll.
    Listen,
}

pub(super) fn plan(s: &mut State, now: Mono, out: &mut Vec<Command>) {
    if s.gate.is_some_and(|g| g <= now) {
        s.gate = None;
    }
    if s.link == Link::None {
        // Everything waits for the link, and nothing for a moment: a dark phone with ten thousand acts looks at none of them.
        schedule(s, now, out);
        save_rest(s, out);
        return;
    }
    travel_together(s, now);
    want_beacon(s, now);
    let mut ready: Vec<(Rank, Item)> = items(s)
        .into_iter()
        .filter(|i| wait(s, now, i).is_none())
        .map(|i| (rank(s, &i), i))
        .collect();
    ready.sort();
    for (_, item) in ready {
        if !slot(s, &item) && !make_room(s, &item, out) {
            continue;
        }
        if let Some(request) = request_for(s, &item) {
            start(s, now, request, out);
        }
    }
    schedule(s, now, out);
    save_rest(s, out);
}

/// Everything the machine looks after.
pub(super) fn items(s: &State) -> Vec<Item> {
    let mut all = vec![
        Item::Hello,
        Item::Keys,
        Item::Beacon,
        Item::Pack,
        Item::Listen,
    ];
    all.extend(s.lanes.keys().map(|l| Item::Lane(*l)));
    all.extend(s.scopes.keys().map(|n| Item::Scope(n.clone())));
    all.extend(s.files.keys().map(|f| Item::File(*f)));
    all
}

/// A radio that is up for one scope is up for all: what would be pulled soon anyway goes now, so that scopes of one rhythm cost one wake-up and not one each.
fn travel_together(s: &mut State, now: Mono) {
    let live = matches!(s.session, Session::Live(_));
    let goes = |s: &State, name: &String| scope(s, now, name).is_none();
    if s.foreground || s.low_power || !s.scopes.keys().any(|name| goes(s, name)) {
        return;
    }
    let may = |x: &super::state::Scope| !x.denied && (live || !x.view.session);
    for x in s.scopes.values_mut().filter(|x| may(x)) {
        if let (Some(every), Some(last)) = (x.view.every_background, x.last) {
            x.wanted |= last.plus(every - every / 12) <= now;
        }
    }
}

fn want_beacon(s: &mut State, now: Mono) {
    let Some(at) = s.beacon_at else {
        // The first contact always brings one: what is filed in the dark later has a lower bound then, also on a phone that nobody looked at meanwhile.
        s.beacon.wanted = true;
        return;
    };
    let age = now.since(at);
    let in_use = s.foreground || !s.lanes.is_empty();
    // Due by its interval counts as much as asked for: nobody touches a phone in a pocket.
    let lane_scope = s
        .scopes
        .values()
        .filter(|x| x.view.beacon && !x.denied)
        .any(|x| match hues_env::planted!("beacon-for-nobody") {
            true => x.wanted,
            false => scope_due(s, now, x) <= now,
        });
    if (in_use && age > BEACON_OLD_MS) || (lane_scope && age > BEACON_STALE_MS) {
        s.beacon.wanted = true;
    }
}

/// Why this item does not start now; `None`: it could, slots apart.
pub(super) fn wait(s: &State, now: Mono, item: &Item) -> Option<Wait> {
    match item {
        Item::Hello => {
            if s.hello.flight.is_some() {
                return Some(Wait::InFlight);
            }
            if s.greeted || !anything_waits(s, now) {
                return Some(Wait::Nothing);
            }
            outside(s, now, true).or_else(|| until(&s.hello, now))
        }
        Item::Keys => errand(s, now, &s.keys, false),
        Item::Beacon => errand(s, now, &s.beacon, s.low_power),
        Item::Pack => errand(s, now, &s.pack, s.low_power),
        Item::Listen => listen(s, now),
        Item::Lane(id) => lane(s, now, id),
        Item::Scope(name) => scope(s, now, name),
        Item::File(id) => file(s, now, id),
    }
}

/// What the phone as a whole waits for.
fn outside(s: &State, now: Mono, greeting: bool) -> Option<Wait> {
    if s.link == Link::None {
        return Some(Wait::Link);
    }
    if s.update {
        return Some(Wait::Update);
    }
    if let Some(gate) = s.gate.filter(|g| *g > now) {
        return Some(Wait::Until(gate));
    }
    (!greeting && !s.greeted).then_some(Wait::Contact)
}

fn until(t: &Trying, now: Mono) -> Option<Wait> {
    t.due.filter(|d| *d > now).map(Wait::Until)
}

/// `hello` costs a round trip: it is only said when something else is pending, or when an epoch is in doubt.
fn anything_waits(s: &State, now: Mono) -> bool {
    s.epoch_doubt
        || s.keys.wanted
        || s.beacon.wanted
        || s.pack.wanted
        || s.lanes
            .values()
            .any(|l| l.view.head.is_some_and(|h| !h.wedged))
        || !s.files.is_empty()
        || s.scopes
            .values()
            .any(|x| !x.denied && scope_due(s, now, x) <= now)
        || s.foreground
}

fn errand(s: &State, now: Mono, e: &Errand, power: bool) -> Option<Wait> {
    if e.trying.flight.is_some() {
        return Some(Wait::InFlight);
    }
    if !e.wanted {
        return Some(Wait::Nothing);
    }
    outside(s, now, false)
        .or(power.then_some(Wait::Power))
        .or_else(|| until(&e.trying, now))
}

fn listen(s: &State, now: Mono) -> Option<Wait> {
    if s.listen.flight.is_some() {
        return Some(Wait::InFlight);
    }
    if !s.listening || !s.foreground || s.low_power || s.effective_link() != Link::Good {
        return Some(Wait::Nothing);
    }
    outside(s, now, false).or_else(|| until(&s.listen, now))
}

fn session_wait(s: &State, owner: Owner) -> Option<Wait> {
    match (owner, s.session) {
        (Owner::Nobody, _) => None,
        (Owner::Account(a), Session::Live(b)) => (a != b).then_some(Wait::OtherAccount),
        _ => Some(Wait::SignIn),
    }
}

fn lane(s: &State, now: Mono, id: &Id) -> Option<Wait> {
    let l = s.lanes.get(id)?;
    if l.trying.flight.is_some() {
        return Some(Wait::InFlight);
    }
    let Some(head) = l.view.head else {
        return Some(Wait::Nothing);
    };
    if head.wedged {
        return Some(Wait::Wedged);
    }
    session_wait(s, l.view.owner)
        .or_else(|| outside(s, now, false))
        .or((!s.has_keys || s.keys.wanted && l.trying.tries > 0).then_some(Wait::Keys))
        .or_else(|| until(&l.trying, now))
}

/// When this scope is to be pulled next.
fn scope_due(s: &State, now: Mono, x: &super::state::Scope) -> Mono {
    if x.wanted {
        return now;
    }
    let every = if s.foreground {
        x.view.every_foreground
    } else {
        x.view.every_background
    };
    match (every, x.last) {
        (Some(ms), Some(last)) => last.plus(ms),
        (Some(_), None) => now,
        (None, _) => Mono(u64::MAX),
    }
}

fn scope(s: &State, now: Mono, name: &str) -> Option<Wait> {
    let x = s.scopes.get(name)?;
    if x.trying.flight.is_some() {
        return Some(Wait::InFlight);
    }
    if x.denied {
        return Some(Wait::Denied);
    }
    let due = scope_due(s, now, x);
    if due == Mono(u64::MAX) {
        return Some(Wait::Nothing);
    }
    if x.view.session && !matches!(s.session, Session::Live(_)) {
        return Some(Wait::SignIn);
    }
    if s.link == Link::None {
        return Some(Wait::Link);
    }
    if s.low_power {
        return Some(Wait::Power);
    }
    if due > now {
        return Some(Wait::Until(due));
    }
    let beacon = x.view.beacon && s.beacon_at.is_none_or(|at| now.since(at) > BEACON_STALE_MS);
    outside(s, now, false)
        .or(beacon.then_some(Wait::Beacon))
        .or_else(|| until(&x.trying, now))
}

fn file(s: &State, now: Mono, id: &FileId) -> Option<Wait> {
    let f = s.files.get(id)?;
    if f.trying.flight.is_some() {
        return Some(Wait::InFlight);
    }
    session_wait(s, f.view.owner)
        .or_else(|| outside(s, now, false))
        .or(s.low_power.then_some(Wait::Power))
        .or_else(|| until(&f.trying, now))
}

/// What goes first: (let others go first, class, failures, age).
type Rank = (bool, u8, u32, i64);

fn rank(s: &State, item: &Item) -> Rank {
    let of = |class: u8, t: &Trying, order: i64| (t.tries >= DEMOTE_AFTER, class, t.tries, order);
    match item {
        Item::Hello => (false, 0, 0, 0),
        Item::Keys => (false, 1, 0, 0),
        Item::Lane(id) => match s.lanes.get(id) {
            Some(l) => {
                let order = l.view.head.map_or(0, |h| h.order);
                let class = match l.view.head.map(|h| h.priority) {
                    _ if must_ask(s, id) => 4,
                    Some(Priority::Urgent) => 2,
                    _ => 3,
                };
                of(class, &l.trying, order)
            }
            None => (true, 9, 0, 0),
        },
        Item::Beacon => of(5, &s.beacon.trying, 0),
        Item::Scope(name) => s
            .scopes
            .get(name)
            .map_or((true, 9, 0, 0), |x| of(6, &x.trying, 0)),
        Item::Pack => of(7, &s.pack.trying, 0),
        Item::File(id) => s
            .files
            .get(id)
            .map_or((true, 9, 0, 0), |f| of(8, &f.trying, *id)),
        Item::Listen => (true, 9, 0, 0),
    }
}

/// The lane's head is of unknown fate and its fate is asked for rather than tried again.
fn must_ask(s: &State, id: &Id) -> bool {
    let Some(l) = s.lanes.get(id) else {
        return false;
    };
    let Some(h) = l.view.head else { return false };
    h.fate_unknown && l.absent != Some(h.op) && (h.query_only || h.len > QUERY_ABOVE)
}

fn slot(s: &State, item: &Item) -> bool {
    let count = |f: fn(&Request) -> bool| s.flights.values().filter(|x| f(&x.request)).count();
    let lanes = count(|r| matches!(r, Request::Op { .. } | Request::Query { .. }));
    let pulls = count(|r| matches!(r, Request::Pull { .. }));
    let files = count(is_file);
    let total = count(|r| *r != Request::Listen);
    if *item == Item::Listen {
        return true;
    }
    if s.effective_link() != Link::Good {
        return total == 0;
    }
    total < 6
        && match item {
            Item::Lane(_) => lanes < 3,
            Item::Scope(_) => pulls < 2,
            Item::File(_) => files < 1,
            _ => true,
        }
}

fn is_file(r: &Request) -> bool {
    matches!(
        r,
        Request::Create { .. } | Request::Ask { .. } | Request::Patch { .. }
    )
}

/// On a slow link words do not wait for a photo under way: it is stopped and resumed where it got to.
fn make_room(s: &mut State, item: &Item, out: &mut Vec<Command>) -> bool {
    if !matches!(item, Item::Lane(_) | Item::Hello | Item::Keys) {
        return false;
    }
    let photo = s
        .flights
        .iter()
        .find(|(_, f)| matches!(f.request, Request::Patch { .. }))
        .map(|(r, _)| *r);
    match photo {
        Some(req) if s.effective_link() != Link::Good => {
            drop_flight(s, req, out);
            true
        }
        _ => false,
    }
}

fn request_for(s: &State, item: &Item) -> Option<Request> {
    Some(match item {
        Item::Hello => Request::Hello,
        Item::Keys => Request::Keys,
        Item::Beacon => Request::Beacon,
        Item::Pack => Request::Pack,
        Item::Listen => Request::Listen,
        Item::Lane(lane) => {
            let op = s.lanes.get(lane)?.view.head?.op;
            if must_ask(s, lane) {
                Request::Query { lane: *lane, op }
            } else {
                Request::Op { lane: *lane, op }
            }
        }
        Item::Scope(scope) => {
            let limit = if s.effective_link() == Link::Good {
                200
            } else {
                25
            };
            Request::Pull {
                scope: scope.clone(),
                limit,
            }
        }
        Item::File(file) => {
            let f = s.files.get(file)?;
            match f.phase {
                Phase::Create => Request::Create { file: *file },
                Phase::Ask => Request::Ask { file: *file },
                Phase::Send(offset) => {
                    let len = s.chunk.min(f.view.len.saturating_sub(offset));
                    Request::Patch {
                        file: *file,
                        offset,
                        len,
                    }
                }
            }
        }
    })
}

fn start(s: &mut State, now: Mono, request: Request, out: &mut Vec<Command>) {
    let bytes = match &request {
        Request::Op { lane, .. } => s
            .lanes
            .get(lane)
            .and_then(|l| l.view.head)
            .map_or(0, |h| h.len),
        Request::Patch { len, .. } => *len,
        Request::Pull { .. } | Request::Pack => PAGE_BYTES,
        _ => 16 * 1024,
    };
    let guard = now.plus(STALL_MS + bytes / SLOWEST);
    let req = ReqId(s.next_req);
    s.next_req += 1;
    if let Some(t) = s.trying_of(&request) {
        t.flight = Some(req);
    }
    if let Request::Pull { scope, .. } = &request {
        if let Some(x) = s.scopes.get_mut(scope) {
            (x.wanted, x.again) = (true, false);
        }
    }
    s.flights.insert(
        req,
        Flight {
            request: request.clone(),
            started: now,
            guard,
        },
    );
    out.push(Command::Send {
        req,
        request,
        guard,
    });
}

/// The next moment at which time alone changes something.
fn schedule(s: &mut State, now: Mono, out: &mut Vec<Command>) {
    let guard = s.flights.values().map(|f| f.guard).min();
    let waiting = if s.link == Link::None {
        Vec::new()
    } else {
        items(s)
    };
    let due = waiting
        .iter()
        .filter_map(|i| match wait(s, now, i) {
            Some(Wait::Until(t)) => Some(t),
            _ => None,
        })
        .chain(beacon_refresh(s))
        .min()
        .map(|t| Mono(t.0.max(s.governor.floor().0).max(now.0 + 1)));
    let next = [guard, due].into_iter().flatten().min();
    if next != s.wake {
        s.wake = next;
        out.push(Command::WakeAt(next));
    }
}

/// On screen the beacon is kept fresh, so that what is filed next gets a close lower bound.
fn beacon_refresh(s: &State) -> Option<Mono> {
    let useful =
        s.foreground && !s.low_power && s.link != Link::None && !s.beacon.wanted && !s.update;
    s.beacon_at
        .filter(|_| useful)
        .map(|at| at.plus(BEACON_OLD_MS + 1))
}

/// Kept as it changes: a host may start a process for every wake-up, and one that forgot would wake every other second.
fn save_rest(s: &mut State, out: &mut Vec<Command>) {
    let rest = s.rest();
    if rest != s.saved {
        s.saved = rest;
        out.push(Command::SaveRest(rest));
    }
}
