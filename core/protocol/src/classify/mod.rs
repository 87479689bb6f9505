//! What an answer means, given what was asked: the one place where bytes from the network become something to act on.
//!
//! Invariant: an answer that is not exactly of a listed form did not come from the city and changes nothing: the request's
//! fate stays unknown. Signed words count only when the key list vouches for them *and* they speak of what was sent.

mod data;
mod files;
mod ops;

pub use data::{
    beacon, device, hello, keys, media, pack, page, signed_in, wake, PackAnswer, PageAnswer,
    SignedIn, WakeAnswer,
};
pub use files::{
    file_created, file_offset, file_patched, Complete, CreateAnswer, OffsetAnswer, PatchAnswer,
};
pub use ops::{op, op_query, OpAnswer, QueryAnswer};

use crate::http::{HttpResponse, TransportError, JSON};
use crate::keys::TrustError;
use crate::problem::{Problem, RefusalKind};

/// Longest pause a city may ask for in `Retry-After`, one day in seconds.
const MAX_RETRY_S: u64 = 24 * 3600;

/// Why a request did not get its own answer. What the city did is unknown unless the variant says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setback {
    /// No answer at all.
    Transport(TransportError),
    /// An answer that is not the city's: a captive portal, a proxy, a forgery.
    Alien(Alien),
    /// The city failed (5xx): it may have committed before.
    Fault(u16),
    /// Later. The city did not act.
    RetryAt {
        /// When, milliseconds since 1970 of the city's clock.
        at: u64,
        /// In how many seconds, which a phone with a wrong clock can use.
        after_s: Option<u64>,
    },
    /// A session is needed. The city did not act.
    SignIn,
    /// This release is too old. The city did not act.
    Update,
    /// Signed under a newer key list: fetch it, then ask again.
    KeysNeeded,
    /// Refused without a signature, as a request: the rule says why. The city did not act.
    Refused {
        /// Status: 400, 403, 404, 413.
        status: u16,
        /// The rule.
        rule: String,
    },
}

/// What shows that an answer is not the city's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alien {
    /// A status this request never has, redirects among them.
    Status(u16),
    /// Another content type than listed.
    ContentType,
    /// The body is not of its form.
    Body,
    /// Signed by nobody the key list knows for this.
    Trust(TrustError),
    /// Good in itself, but about something else than what was sent.
    Other,
}

/// What became of a request at the transport.
pub type Outcome = Result<HttpResponse, TransportError>;

/// The answer, when there is one; 5xx, `retry-at`, `sign-in` and `update` are told apart here for every request.
fn common(outcome: &Outcome) -> Result<&HttpResponse, Setback> {
    let response = outcome
        .as_ref()
        .map_err(|error| Setback::Transport(*error))?;
    match response.status {
        401 | 426 | 429 => Err(refusal(response)),
        503 if response.is(JSON) => match refusal(response) {
            Setback::Alien(_) => Err(Setback::Fault(503)),
            other => Err(other),
        },
        500..=599 => Err(Setback::Fault(response.status)),
        _ => Ok(response),
    }
}

/// The unsigned refusal in an error answer.
fn refusal(response: &HttpResponse) -> Setback {
    if !response.is(JSON) {
        return Setback::Alien(Alien::ContentType);
    }
    let Ok(problem) = Problem::parse(&response.body) else {
        return Setback::Alien(Alien::Body);
    };
    if !problem.refusal.fits(response.status) {
        return Setback::Alien(Alien::Body);
    }
    match problem.refusal {
        RefusalKind::RetryAt => Setback::RetryAt {
            at: problem.at.unwrap_or_default(),
            after_s: response.number("retry-after").map(|s| s.min(MAX_RETRY_S)),
        },
        RefusalKind::SignIn => Setback::SignIn,
        RefusalKind::Update => Setback::Update,
        RefusalKind::Refused => Setback::Refused {
            status: response.status,
            rule: problem.rule,
        },
        // `reset-scope` is an answer to a pull alone, `fork` is signed; both are handled where they belong.
        RefusalKind::ResetScope | RefusalKind::Fork => {
            Setback::Alien(Alien::Status(response.status))
        }
    }
}

/// What a status outside the request's own answers means: a refusal where `listed` has it, else not the city.
fn otherwise<T>(response: &HttpResponse, listed: &[u16]) -> Result<T, Setback> {
    if listed.contains(&response.status) {
        Err(refusal(response))
    } else {
        Err(Setback::Alien(Alien::Status(response.status)))
    }
}

/// The body of an answer with this content type.
fn body<'a>(response: &'a HttpResponse, content_type: &str) -> Result<&'a [u8], Setback> {
    if response.is(content_type) {
        Ok(&response.body)
    } else {
        Err(Setback::Alien(Alien::ContentType))
    }
}

const BODY: Setback = Setback::Alien(Alien::Body);
