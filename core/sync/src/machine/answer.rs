//! Takes an answer into the state: what it means for the request it answers, and for everything else that depends on it.
//!
//! Invariant: an answer settles its request one way or another; only one that was under way gets here.

use super::apply::{fail, leave_unknown, strike, want};
use super::backoff;
use super::state::{Flight, Phase, Scope, State, Trying, CHUNK_MAX, CHUNK_MIN};
use super::types::{Answer, Command, Epoch, Owner, Request, Session};
use hues_env::{Mono, Random};

/// A piece of an attachment should take about so long, milliseconds.
const CHUNK_MS: u64 = 10_000;
/// A long poll that ends sooner without news was not held open, milliseconds.
const QUIET_MIN_MS: u64 = 5_000;
/// After the long poll told of news, a scope is pulled at most this often, milliseconds.
const NEWS_GAP_MS: u64 = 3_000;

pub(super) fn answered(
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
                // Whoever said 401 in the city's name may not have been the first to read the request.
                leave_unknown(s, request);
                s.session = Session::Expired(a);
                out.push(Command::SignInNeeded);
            }
            _ => fail(s, now, request, random, out),
        },
        Answer::Update => {
            leave_unknown(s, request);
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
            // A restored city denies the scope of a lane it has forgotten, until the lane's acts are offered again.
            for scope in s.scopes.values_mut().filter(|x| x.view.beacon && x.denied) {
                scope.denied = false;
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
            hint(s, watermark);
            let signed = match hues_env::planted!("watermark-unsigned") {
                true => watermark,
                false => UNSIGNED,
            };
            observe(s, epoch, signed, out);
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
                f.denied = false;
                want(f);
            }
        }
        s.epoch = Some(epoch);
        s.epoch_doubt = false;
    }
    hint(s, watermark);
    observe(s, epoch, UNSIGNED, out);
}

/// What nobody signed lets no second copy go; it is a reason to ask for a beacon, which is signed.
fn hint(s: &mut State, watermark: u64) {
    s.beacon.wanted |= watermark > s.watermark;
}

/// In the place of a watermark that no signature vouches for.
const UNSIGNED: u64 = 0;

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
