//! Takes one event into the state. Decides nothing about what goes next: that is the plan's.
//!
//! Invariant: an answer to a request that is not under way changes nothing, so a late or doubled one is harmless.

use super::answer::answered;
use super::backoff;
use super::state::{File, Flight, Lane, Phase, Scope, State, Trying, CHUNK_MIN};
use super::types::{
    Answer, Command, Event, FileView, LaneView, Link, ReqId, Request, ScopeView, Session,
};
use hues_env::{Mono, Random};

/// Failures of the network in a row after which only `hello` is tried, so that the dark costs no op bytes.
const DARK_AFTER: u32 = 3;
/// A request without progress for so long is given up, milliseconds.
pub(crate) const STALL_MS: u64 = 60_000;

pub(super) fn apply(
    s: &mut State,
    now: Mono,
    event: Event,
    random: &mut dyn Random,
    out: &mut Vec<Command>,
) {
    match event {
        Event::Lane(view) => lane(s, view),
        Event::File(view) => file(s, view),
        Event::FileGone(id) => {
            if let Some(req) = s.files.remove(&id).and_then(|f| f.trying.flight) {
                drop_flight(s, req, out);
            }
        }
        Event::Scope(view) => scope(s, now, view),
        Event::ScopeGone(name) => {
            if let Some(req) = s.scopes.remove(&name).and_then(|f| f.trying.flight) {
                drop_flight(s, req, out);
            }
        }
        Event::Act { refresh } => {
            fresh_start(s);
            if refresh {
                want_all_scopes(s);
            }
        }
        Event::Link(link) => set_link(s, link, out),
        Event::LowPower(low) => s.low_power = low,
        Event::Session(session) => set_session(s, session),
        Event::Foreground(on) => {
            s.foreground = on;
            if on {
                fresh_start(s);
                want_all_scopes(s);
            } else {
                cancel_if(s, out, |r| matches!(r, Request::Listen));
            }
        }
        Event::Timer => timer(s, now, random, out),
        Event::Progress { req, bytes } => {
            if let Some(f) = s.flights.get_mut(&req).filter(|_| bytes > 0) {
                f.guard = Mono(f.guard.0.max(now.plus(STALL_MS).0));
            }
        }
        Event::Answer { req, answer } => {
            if let Some(flight) = s.flights.remove(&req) {
                if let Some(t) = s.trying_of(&flight.request) {
                    t.flight = None;
                }
                answered(s, now, &flight, answer, random, out);
            }
        }
    }
}

fn lane(s: &mut State, view: LaneView) {
    let old = s.lanes.remove(&view.lane);
    let flight = old.as_ref().and_then(|l| l.trying.flight);
    if view.head.is_none() && flight.is_none() {
        return;
    }
    let trying = match (&view.head, &old) {
        // The same op still: what the machine knows of its failures is newer than what was kept.
        (Some(h), Some(o)) if o.view.head.is_some_and(|x| x.op == h.op) => o.trying,
        (Some(h), _) => Trying {
            tries: h.tries,
            due: h.due,
            flight,
        },
        (None, _) => Trying {
            flight,
            ..Trying::default()
        },
    };
    let absent = old.and_then(|l| l.absent);
    s.lanes.insert(
        view.lane,
        Lane {
            view,
            trying,
            absent,
        },
    );
}

fn file(s: &mut State, view: FileView) {
    let flight = s.files.get(&view.file).and_then(|f| f.trying.flight);
    let phase = if view.placed {
        Phase::Ask
    } else {
        Phase::Create
    };
    s.files.insert(
        view.file,
        File {
            view,
            phase,
            trying: Trying {
                flight,
                ..Trying::default()
            },
        },
    );
}

fn scope(s: &mut State, now: Mono, view: ScopeView) {
    let last = view.age.map(|age| Mono(now.0.saturating_sub(age)));
    let (tries, wanted) = (view.tries, last.is_none());
    match s.scopes.get_mut(&view.name) {
        Some(old) => {
            old.wanted |= wanted;
            old.last = last;
            old.view = view;
        }
        None => {
            let due = (tries > 0).then(|| now.plus(backoff::ceiling(tries) / 2));
            let trying = Trying {
                tries,
                due,
                flight: None,
            };
            s.scopes.insert(
                view.name.clone(),
                Scope {
                    view,
                    wanted,
                    again: false,
                    denied: false,
                    last,
                    trying,
                },
            );
        }
    }
}

/// A link event or an act of the person: every backoff is forgotten, so that what waits is tried at once.
fn fresh_start(s: &mut State) {
    s.fresh = false;
    s.strikes = 0;
    s.gate = None;
    s.governor.reset();
    if s.update {
        s.update = false;
        s.greeted = false;
    }
    let lanes = s.lanes.values_mut().map(|l| &mut l.trying);
    let files = s.files.values_mut().map(|f| &mut f.trying);
    let scopes = s.scopes.values_mut().map(|f| &mut f.trying);
    let errands = [
        &mut s.hello,
        &mut s.keys.trying,
        &mut s.beacon.trying,
        &mut s.pack.trying,
        &mut s.listen,
    ];
    for t in lanes.chain(files).chain(scopes).chain(errands) {
        (t.tries, t.due) = (0, None);
    }
}

fn want_all_scopes(s: &mut State) {
    for scope in s.scopes.values_mut() {
        scope.denied = false;
        want(scope);
    }
}

pub(super) fn want(scope: &mut Scope) {
    scope.wanted = true;
    scope.again |= scope.trying.flight.is_some();
}

fn set_link(s: &mut State, link: Link, out: &mut Vec<Command>) {
    let change = std::mem::replace(&mut s.link_known, true);
    if link == s.link && change {
        return;
    }
    s.link = link;
    // A process that was woken in the dark finds the link as it was: what it kept of its backoff still holds.
    if change {
        fresh_start(s);
    }
    match link {
        Link::None | Link::Captive => {
            s.greeted = false;
            cancel_if(s, out, |_| true);
        }
        Link::Slow => {
            s.chunk = 4 * CHUNK_MIN;
            cancel_if(s, out, |r| matches!(r, Request::Listen));
        }
        Link::Good => s.chunk = s.chunk.max(64 * CHUNK_MIN),
    }
}

fn set_session(s: &mut State, session: Session) {
    if session == s.session {
        return;
    }
    s.session = session;
    if let Session::Live(_) = session {
        for scope in s.scopes.values_mut().filter(|x| x.view.session) {
            scope.denied = false;
            want(scope);
        }
    }
}

fn timer(s: &mut State, now: Mono, random: &mut dyn Random, out: &mut Vec<Command>) {
    let working = s.flights.values().any(|f| f.request != Request::Listen);
    let first = std::mem::replace(&mut s.fresh, false);
    if first || !working && s.wake.is_some_and(|w| w <= now) {
        s.governor.woke(now);
    }
    // The alarm is spent even when it rang early (clocks are coarse: `/proc/uptime` steps by 10 ms); what is not due yet
    // is asked for again.
    s.wake = None;
    let hung: Vec<ReqId> = s
        .flights
        .iter()
        .filter(|(_, f)| f.guard <= now)
        .map(|(r, _)| *r)
        .collect();
    for req in hung {
        out.push(Command::Cancel { req });
        apply(
            s,
            now,
            Event::Answer {
                req,
                answer: Answer::Failed,
            },
            random,
            out,
        );
    }
}

/// Stops requests without counting a failure: the fate of an op among them is unknown all the same.
fn cancel_if(s: &mut State, out: &mut Vec<Command>, which: impl Fn(&Request) -> bool) {
    let hit: Vec<ReqId> = s
        .flights
        .iter()
        .filter(|(_, f)| which(&f.request))
        .map(|(r, _)| *r)
        .collect();
    for req in hit {
        drop_flight(s, req, out);
    }
}

pub(super) fn drop_flight(s: &mut State, req: ReqId, out: &mut Vec<Command>) {
    let Some(flight) = s.flights.remove(&req) else {
        return;
    };
    out.push(Command::Cancel { req });
    if let Some(t) = s.trying_of(&flight.request) {
        t.flight = None;
    }
    leave_unknown(s, &flight.request);
}

/// What must be assumed about a request that got no answer.
pub(super) fn leave_unknown(s: &mut State, request: &Request) {
    match request {
        Request::Op { lane, op } => {
            if let Some(l) = s.lanes.get_mut(lane) {
                l.absent = None;
                if let Some(h) = l.view.head.as_mut().filter(|h| h.op == *op) {
                    h.fate_unknown = true;
                }
            }
        }
        Request::Create { file } | Request::Ask { file } | Request::Patch { file, .. } => {
            if let Some(f) = s.files.get_mut(file) {
                f.phase = if f.view.placed {
                    Phase::Ask
                } else {
                    Phase::Create
                };
            }
        }
        _ => {}
    }
}

/// One more failure of the thing this request was for.
pub(super) fn fail(
    s: &mut State,
    now: Mono,
    request: &Request,
    random: &mut dyn Random,
    out: &mut Vec<Command>,
) {
    leave_unknown(s, request);
    if let Some(t) = s.trying_of(request) {
        t.tries = t.tries.saturating_add(1);
        let due = now.plus(backoff::delay(t.tries, random));
        t.due = Some(due);
        let tries = t.tries;
        if let Request::Op { op, .. } | Request::Query { op, .. } = request {
            out.push(Command::SaveTry {
                op: *op,
                tries,
                due,
            });
        }
    }
}

/// One more failure of the network; several requests of one round count once.
pub(super) fn strike(s: &mut State, now: Mono, flight: &Flight, random: &mut dyn Random) {
    if s.struck_at.is_some_and(|at| flight.started <= at) && s.gate.is_some() {
        return;
    }
    s.strikes = s.strikes.saturating_add(1);
    s.struck_at = Some(now);
    s.gate = Some(now.plus(backoff::delay(s.strikes, random)));
    if s.strikes >= DARK_AFTER {
        s.greeted = false;
    }
}
