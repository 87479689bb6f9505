//! Answers to everything a phone fetches: hello, keys, beacons, packs, pages, certificates, photos.
//!
//! Invariant: each is judged by its own rules before the caller sees it; a bad one leaves what is kept in place.

use hues_crypto::hash::sha256;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::ops::signed;
use super::{body, common, otherwise, refusal, Alien, Outcome, Setback, BODY};
use crate::beacon::Beacon;
use crate::cbor::MAX_UINT;
use crate::city::Signed;
use crate::device::DeviceCertificate;
use crate::hello::Hello;
use crate::http::{COSE, JSON};
use crate::ids::Hash;
use crate::json;
use crate::keys::{KeyList, KeysRefused};
use crate::pack::{self, Kept, Pack, PackRefused};
use crate::page::{Page, PageError};
use crate::problem::{Problem, RefusalKind};

/// Largest answer to a sign-in or a wake-up in bytes.
const MAX_SMALL: usize = 8 * 1024;

/// The answer to `GET /hello`.
///
/// # Errors
/// [`Setback`].
pub fn hello(outcome: &Outcome) -> Result<Hello, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 => Hello::parse(body(response, JSON)?).map_err(|_| BODY),
        _ => otherwise(response, &[]),
    }
}

/// The answer to `GET /keys`: a list that may replace the kept one, or why not.
///
/// # Errors
/// [`Setback`].
pub fn keys(
    outcome: &Outcome,
    root: &[u8; 32],
    kept: Option<&KeyList>,
    newest_beacon: Option<i64>,
) -> Result<Result<KeyList, KeysRefused>, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 => match KeyList::accept(body(response, COSE)?, root, kept, newest_beacon) {
            Err(KeysRefused::Malformed(_)) => Err(BODY),
            judged => Ok(judged),
        },
        _ => otherwise(response, &[]),
    }
}

/// The answer to `GET /beacon`. A beacon older than `newest`, the time of the one kept, is a replay.
///
/// # Errors
/// [`Setback`].
pub fn beacon(
    outcome: &Outcome,
    keys: &KeyList,
    newest: Option<i64>,
) -> Result<Signed<Beacon>, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 => {
            let beacon: Signed<Beacon> = signed(response, keys)?;
            if newest.is_some_and(|newest| beacon.time < newest) {
                Err(Setback::Alien(Alien::Other))
            } else {
                Ok(beacon)
            }
        }
        _ => otherwise(response, &[]),
    }
}

/// What `GET /packs/{name}` brought.
#[derive(Debug, Clone, PartialEq)]
// Made once a day and taken apart at once: boxing it would only cost an allocation.
#[allow(clippy::large_enum_variant)]
pub enum PackAnswer<T> {
    /// A pack that replaces the kept one, with its content.
    Good(Box<Signed<Pack>>, T),
    /// Not to be used: the kept one stays.
    Refused(PackRefused),
    /// The city has no such pack.
    Absent,
}

/// The answer to `GET /packs/{name}`; `read` turns the content into its typed form.
///
/// # Errors
/// [`Setback`].
pub fn pack<T>(
    outcome: &Outcome,
    name: &str,
    keys: &KeyList,
    kept: Option<Kept<'_>>,
    newest_beacon: Option<i64>,
    read: impl FnOnce(&[u8]) -> Result<T, String>,
) -> Result<PackAnswer<T>, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 => {
            let pack: Signed<Pack> = signed(response, keys)?;
            match pack::accept(pack.bytes(), name, keys, kept, newest_beacon, read) {
                Ok((pack, content)) => Ok(PackAnswer::Good(Box::new(pack), content)),
                Err(refused) => Ok(PackAnswer::Refused(refused)),
            }
        }
        404 => match refusal(response) {
            Setback::Refused { .. } => Ok(PackAnswer::Absent),
            other => Err(other),
        },
        _ => otherwise(response, &[]),
    }
}

/// What `GET /pull` brought.
#[derive(Debug, Clone, PartialEq)]
pub enum PageAnswer {
    /// The next page, tied to the request.
    Page(Page),
    /// Pull this scope from the start.
    Reset,
    /// A page that repeats, skips or belongs elsewhere. Nothing was applied.
    Odd(PageError),
}

/// The answer to `GET /pull`; `last_rev` is the highest revision applied in the scope so far (0 for none).
///
/// # Errors
/// [`Setback`].
pub fn page(
    outcome: &Outcome,
    scope: &str,
    cursor: Option<&str>,
    last_rev: u64,
) -> Result<PageAnswer, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 => match Page::parse(body(response, JSON)?)
            .and_then(|page| page.check(scope, cursor, last_rev).map(|()| page))
        {
            Ok(page) => Ok(PageAnswer::Page(page)),
            Err(PageError::Malformed(_)) => Err(BODY),
            Err(odd) => Ok(PageAnswer::Odd(odd)),
        },
        410 => match Problem::parse(body(response, JSON)?) {
            Ok(problem) if problem.refusal == RefusalKind::ResetScope => Ok(PageAnswer::Reset),
            _ => Err(BODY),
        },
        // A cursor the city cannot read: whoever gave it, only a fresh start leads on.
        400 if cursor.is_some() => match refusal(response) {
            Setback::Refused { rule, .. } if rule == "cursor" => Ok(PageAnswer::Reset),
            other => Err(other),
        },
        _ => otherwise(response, &[400, 403]),
    }
}

/// What `GET /wake` brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WakeAnswer {
    /// The log grew to this index.
    Head(u64),
    /// Nothing new.
    Quiet,
}

/// The answer to `GET /wake`.
///
/// # Errors
/// [`Setback`].
pub fn wake(outcome: &Outcome) -> Result<WakeAnswer, Setback> {
    #[derive(Deserialize)]
    struct Head {
        head: u64,
    }
    let response = common(outcome)?;
    match response.status {
        200 => match json::parse::<Head>(body(response, JSON)?, MAX_SMALL) {
            Ok(Head { head }) if head <= MAX_UINT => Ok(WakeAnswer::Head(head)),
            _ => Err(BODY),
        },
        204 if response.body.is_empty() => Ok(WakeAnswer::Quiet),
        _ => otherwise(response, &[400]),
    }
}

/// A session of the development sign-in.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The bearer token: a secret.
    pub token: Zeroizing<String>,
    /// The account's pseudonym, as the city writes it.
    pub account: String,
    /// The name to show.
    pub name: String,
    /// The unit of an officer.
    pub staff: Option<String>,
    /// When the session ends, milliseconds since 1970 of the city's clock.
    pub expires: u64,
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignedIn(..)")
    }
}

/// The answer to `POST /signin`.
///
/// # Errors
/// [`Setback`].
pub fn signed_in(outcome: &Outcome) -> Result<SignedIn, Setback> {
    #[derive(Deserialize)]
    struct Wire {
        token: String,
        account: String,
        name: String,
        staff: Option<String>,
        expires: u64,
    }
    let response = common(outcome)?;
    match response.status {
        200 => {
            let wire: Wire = json::parse(body(response, JSON)?, MAX_SMALL).map_err(|_| BODY)?;
            let token = Zeroizing::new(wire.token);
            // What goes into a header later must not be able to end it.
            if token.is_empty()
                || !token.bytes().all(|b| b.is_ascii_graphic())
                || wire.account.is_empty()
            {
                return Err(BODY);
            }
            Ok(SignedIn {
                token,
                account: wire.account,
                name: wire.name,
                staff: wire.staff,
                expires: wire.expires,
            })
        }
        _ => otherwise(response, &[400, 403]),
    }
}

/// The answer to `POST /enrol`: a certificate for exactly the key that was sent.
///
/// # Errors
/// [`Setback`].
pub fn device(
    outcome: &Outcome,
    device_key: &[u8; 32],
    keys: &KeyList,
) -> Result<Signed<DeviceCertificate>, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 => {
            let certificate: Signed<DeviceCertificate> = signed(response, keys)?;
            if certificate.device_key == *device_key {
                Ok(certificate)
            } else {
                Err(Setback::Alien(Alien::Other))
            }
        }
        _ => otherwise(response, &[400]),
    }
}

/// The answer to `GET /media/{sha256}`, asked for whole: the photo of exactly that hash.
///
/// # Errors
/// [`Setback`].
pub fn media(outcome: &Outcome, sha256_wanted: &Hash) -> Result<Vec<u8>, Setback> {
    let response = common(outcome)?;
    match response.status {
        200 if sha256(&response.body) == sha256_wanted.0 => Ok(response.body.clone()),
        200 => Err(Setback::Alien(Alien::Other)),
        _ => otherwise(response, &[400, 404]),
    }
}
