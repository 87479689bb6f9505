//! Takes one event into the state. Decides nothing about what goes next: that is the plan's.
//!
//! Invariant: an answer to a request that is not under way changes nothing, so a late or doubled one is harmless.

use super::backoff;
use super::state::{File, Flight, Lane, Phase, Scope, State, Trying, CHUNK_MAX, CHUNK_MIN};
use super::types::{
    Answer, Command, Epoch, Event, FileView, LaneView, Link, Owner, ReqId, Request, ScopeView,
    Session,
};
use hues_env::{Mono, Random};

/// Failures of the network in a row after which only `hello` is tried, so that the dark costs no op bytes.
const DARK_AFTER: u32 = 3;
/// A request without progress for so long is given up, milliseconds.
pub(crate) const STALL_MS: u64 = 60_000;
/// A piece of an attachment should take about so long, milliseconds.
const CHUNK_MS: u64 = 10_000;
/// A long poll that ends sooner without news was not held open, milliseconds.
const QUIET_MIN_MS: u64 = 5_000;
/// After the long poll told of news, a scope is pulled at most this often, milliseconds.
const NEWS_GAP_MS: u64 = 3_000;

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

fn want(scope: &mut Scope) {
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
fn leave_unknown(s: &mut State, request: &Request) {
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
fn fail(
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
fn strike(s: &mut State, now: Mono, flight: &Flight, random: &mut dyn Random) {
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

fn answered(
    s: &mut State,
    now: Mono,
    flight: &Flight,
    answer: Answer,
    random: &mut dyn Random,
    out: &mut Vec<Command>,
) {
    let request = &flight.request;
    match answer {
        Answer::Failed => {
            fail(s, now, request, random, out);
            if let Request::Patch { .. } = request {
                s.chunk = (s.chunk / 2).max(CHUNK_MIN);
            }
            if *request != Request::Listen {
                strike(s, now, flight, random);
            }
            return;
        }
        Answer::Foreign => {
            fail(s, now, request, random, out);
            strike(s, now, flight, random);
            s.greeted = false;
            return;
        }
        Answer::NotSent => {
            if let Request::Op { .. } = request {
                s.keys.wanted = true;
            }
            fail(s, now, request, random, out);
            return;
        }
        Answer::ServerError => {
            fail(s, now, request, random, out);
            if *request == Request::Hello {
                strike(s, now, flight, random);
            }
            return;
        }
        Answer::RetryAfter(ms) => {
            leave_unknown(s, request);
            let wait = ms.clamp(1_000, backoff::CAP_MS);
            s.gate = Some(now.plus(wait + random.below(wait / 10 + 1)));
            s.struck_at = Some(now);
            return;
        }
        _ => {}
    }
    // From here on the city itself spoke.
    s.strikes = 0;
    s.gate = None;
    spoke(s, now, flight, answer, random, out);
}

fn spoke(
    s: &mut State,
    now: Mono,
    flight: &Flight,
    answer: Answer,
    random: &mut dyn Random,
    out: &mut Vec<Command>,
) {
    let request = &flight.request;
    match answer {
        Answer::Failed
        | Answer::NotSent
        | Answer::Foreign
        | Answer::ServerError
        | Answer::RetryAfter(_) => {}
        Answer::SignIn => match s.session {
            Session::Live(a) if needs_session(s, request) => {
                s.session = Session::Expired(a);
                out.push(Command::SignInNeeded);
            }
            _ => fail(s, now, request, random, out),
        },
        Answer::Update => {
            if !s.update {
                out.push(Command::UpdateNeeded);
            }
            s.update = true;
        }
        Answer::NewerKeys => {
            s.keys.wanted = true;
            fail(s, now, request, random, out);
        }
        Answer::Denied => denied(s, now, request, random, out),
        Answer::Hello {
            speaks,
            epoch,
            watermark,
            log_head,
            newer_keys,
            newer_pack,
        } => {
            greeted(s, speaks, epoch, watermark, out);
            s.log_head = s.log_head.max(log_head);
            s.keys.wanted |= newer_keys;
            s.pack.wanted |= newer_pack;
        }
        Answer::Keys => {
            (s.has_keys, s.keys.wanted) = (true, false);
            settle(&mut s.keys.trying);
        }
        Answer::Beacon { epoch, watermark } => {
            s.beacon_at = Some(now);
            s.beacon.wanted = false;
            settle(&mut s.beacon.trying);
            observe(s, epoch, watermark, out);
        }
        Answer::Pack => {
            s.pack.wanted = false;
            settle(&mut s.pack.trying);
        }
        Answer::Receipt { epoch, watermark } => {
            closed(s, request);
            for scope in s.scopes.values_mut().filter(|x| x.view.after_ops) {
                want(scope);
            }
            observe(s, epoch, watermark, out);
        }
        Answer::Refused | Answer::Fork => closed(s, request),
        Answer::Absent => {
            s.governor.reset();
            if let Request::Query { lane, op } = request {
                if let Some(l) = s.lanes.get_mut(lane) {
                    l.absent = Some(*op);
                }
            }
        }
        Answer::Page {
            more,
            epoch,
            watermark,
        } => {
            if s.epoch == Some(epoch) {
                page(s, now, request, more);
            } else {
                fail(s, now, request, random, out); // `hello` decides; not at full speed if the two disagree
            }
            observe(s, epoch, watermark, out);
        }
        Answer::ScopeReset => {
            if let Some(scope) = scope_of(s, request) {
                scope.wanted = true;
            }
            fail(s, now, request, random, out);
        }
        Answer::BadPage => fail(s, now, request, random, out),
        Answer::Woke(head) => {
            if head <= s.log_head {
                return fail(s, now, request, random, out); // no news: do not spin
            }
            s.log_head = head;
            settle(&mut s.listen);
            for scope in s.scopes.values_mut().filter(|x| !x.denied) {
                want(scope);
                if let Some(last) = scope.last {
                    let news = last.plus(NEWS_GAP_MS);
                    scope.trying.due = Some(Mono(scope.trying.due.unwrap_or(news).0.max(news.0)));
                }
            }
        }
        // A poll that was not held open would be asked again at once, and again.
        Answer::Quiet if now.since(flight.started) < QUIET_MIN_MS => {
            fail(s, now, request, random, out);
        }
        Answer::Quiet => settle(&mut s.listen),
        answer => upload(s, now, flight, answer, random, out),
    }
}

fn needs_session(s: &State, request: &Request) -> bool {
    match request {
        Request::Op { lane, .. } | Request::Query { lane, .. } => s
            .lanes
            .get(lane)
            .is_some_and(|l| l.view.owner != Owner::Nobody),
        Request::Pull { scope, .. } => s.scopes.get(scope).is_some_and(|x| x.view.session),
        Request::Create { file } | Request::Ask { file } | Request::Patch { file, .. } => s
            .files
            .get(file)
            .is_some_and(|f| f.view.owner != Owner::Nobody),
        _ => false,
    }
}

fn denied(
    s: &mut State,
    now: Mono,
    request: &Request,
    random: &mut dyn Random,
    out: &mut Vec<Command>,
) {
    match request {
        Request::Pull { scope, .. } => {
            if let Some(x) = s.scopes.get_mut(scope) {
                (x.denied, x.wanted, x.again) = (true, false, false);
            }
        }
        Request::Pack => s.pack.wanted = false,
        // The city does not know the op of this file: perhaps it was restored from a backup. `hello` will tell.
        Request::Create { .. } => {
            s.greeted = false;
            fail(s, now, request, random, out);
        }
        // The engine wedged the lane where a person must decide.
        _ => fail(s, now, request, random, out),
    }
}

fn greeted(s: &mut State, speaks: bool, epoch: Epoch, watermark: u64, out: &mut Vec<Command>) {
    settle(&mut s.hello);
    s.greeted = true;
    if !speaks {
        s.update = true;
        out.push(Command::UpdateNeeded);
        return;
    }
    if s.epoch != Some(epoch) || s.epoch_doubt {
        if s.epoch.is_some() {
            out.push(Command::NewEpoch { epoch });
        }
        if s.epoch != Some(epoch) {
            s.watermark = 0;
            s.log_head = 0;
            for f in s.scopes.values_mut() {
                want(f);
            }
        }
        s.epoch = Some(epoch);
        s.epoch_doubt = false;
    }
    observe(s, epoch, watermark, out);
}

/// Takes note of a stated epoch and watermark. Another epoch than ours is only believed from a `hello` asked for after it
/// was seen: an answer that was under way during a restore must not turn the phone back.
fn observe(s: &mut State, epoch: Epoch, watermark: u64, out: &mut Vec<Command>) {
    match s.epoch {
        Some(ours) if ours == epoch => {
            if watermark > s.watermark {
                s.watermark = watermark;
                out.push(Command::Covered { epoch, watermark });
            }
        }
        _ => {
            s.epoch_doubt = true;
            s.greeted = false;
        }
    }
}

fn settle(t: &mut Trying) {
    (t.tries, t.due) = (0, None);
}

/// An op got a final answer; the engine sends the lane's new head next.
fn closed(s: &mut State, request: &Request) {
    s.governor.reset();
    if let Request::Op { lane, .. } | Request::Query { lane, .. } = request {
        if let Some(l) = s.lanes.get_mut(lane) {
            l.absent = None;
            l.view.head = None;
            settle(&mut l.trying);
        }
    }
}

fn scope_of<'a>(s: &'a mut State, request: &Request) -> Option<&'a mut Scope> {
    match request {
        Request::Pull { scope, .. } => s.scopes.get_mut(scope),
        _ => None,
    }
}

fn page(s: &mut State, now: Mono, request: &Request, more: bool) {
    s.governor.reset();
    if let Some(scope) = scope_of(s, request) {
        scope.trying.due = None;
        scope.wanted = more || scope.again;
        if !more {
            // Only a whole scope forgives: one that ends in a hole again and again is not pulled at full speed for ever.
            scope.trying.tries = 0;
            scope.last = Some(now);
            scope.again = false;
        }
    }
}

fn upload(
    s: &mut State,
    now: Mono,
    flight: &Flight,
    answer: Answer,
    random: &mut dyn Random,
    out: &mut Vec<Command>,
) {
    let request = &flight.request;
    let (Request::Create { file } | Request::Ask { file } | Request::Patch { file, .. }) = request
    else {
        return fail(s, now, request, random, out);
    };
    if let (Request::Patch { offset, len, .. }, Answer::Offset(_) | Answer::Complete { .. }) =
        (request, &answer)
    {
        measure(s, *len, now.since(flight.started));
        if matches!(answer, Answer::Offset(at) if at <= *offset) {
            fail(s, now, request, random, out); // no step forward: do not spin
            return;
        }
    }
    match answer {
        Answer::Complete { epoch } => {
            s.governor.reset();
            s.files.remove(file);
            let watermark = s.watermark;
            observe(s, epoch, watermark, out);
        }
        Answer::Placed => {
            s.governor.reset();
            if let Some(f) = s.files.get_mut(file) {
                f.view.placed = true;
                f.phase = Phase::Send(0);
                settle(&mut f.trying);
            }
        }
        Answer::Offset(at) => {
            let full = s
                .files
                .get(file)
                .is_some_and(|f| at >= f.view.len && f.view.len > 0);
            if full {
                return fail(s, now, request, random, out); // all there, yet not complete: ask again later
            }
            s.governor.reset();
            if let Some(f) = s.files.get_mut(file) {
                f.phase = Phase::Send(at);
                settle(&mut f.trying);
            }
        }
        Answer::AddressGone => {
            if let Some(f) = s.files.get_mut(file) {
                f.view.placed = false;
            }
            fail(s, now, request, random, out);
        }
        Answer::Corrupt => {
            fail(s, now, request, random, out);
            if let Some(f) = s.files.get_mut(file) {
                f.phase = Phase::Send(0);
            }
        }
        _ => fail(s, now, request, random, out),
    }
}

fn measure(s: &mut State, bytes: u64, took_ms: u64) {
    let fits = bytes.saturating_mul(CHUNK_MS) / took_ms.max(1);
    let next = (s.chunk / 2 + fits / 2).min(s.chunk.saturating_mul(4));
    s.chunk = next.clamp(CHUNK_MIN, CHUNK_MAX);
}
