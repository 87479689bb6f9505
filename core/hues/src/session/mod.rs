//! Who is signed in: the session's own file, and what signing in and out does.
//!
//! The sandbox city's development sign-in is the only provider until the identity work puts a real one behind the same calls.

mod store;

use hues_protocol::classify;
use hues_protocol::http::{Body, Class, HttpRequest, Method, JSON};
use hues_sync::engine::{Event, ScopeWish};
use hues_sync::machine;
use hues_sync::{outbox, trust};

pub(crate) use store::SessionFile;

use crate::account::{owner, Work};
use crate::core::Inner;
use crate::error::HueError;
use crate::ids;

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Who {
    /// The account's pseudonym, 32 hexadecimal digits.
    pub account: String,
    /// The name to show.
    pub name: String,
    /// The unit, for an officer.
    pub staff: Option<String>,
    /// The city has refused the session since: sign in again. What was saved is kept.
    pub expired: bool,
}

/// A bearer token: wiped when dropped.
pub(crate) type Token = zeroize::Zeroizing<String>;

/// What is kept of a session.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Kept {
    pub token: Token,
    pub account: String,
    pub name: String,
    pub staff: Option<String>,
}

/// Signs in to a test account of the sandbox city. The first sign-in adopts what was filed before it.
pub(crate) async fn sign_in_sandbox(
    inner: &Inner,
    name: &str,
    staff: Option<&str>,
) -> Result<Who, HueError> {
    let mut body = serde_json::json!({ "as": name });
    if let Some(unit) = staff {
        body["staff"] = unit.into();
    }
    let outcome = inner.ask(post("/signin", None, &body)).await?;
    let signed = classify::signed_in(&outcome).map_err(setback)?;
    let account = ids::unhex::<16>(&signed.account).ok_or_else(|| HueError::refused("format"))?;
    let kept = Kept {
        token: signed.token,
        account: signed.account,
        name: signed.name,
        staff: signed.staff,
    };
    // Whose account it is before there is a session to it: cut short in between, it is still hers.
    inner.account.run(move |work| adopt(work, account)).await?;
    inner.session.save(Some(&kept))?;
    apply(inner, Some(&kept)).await?;
    enrol(inner, &kept).await;
    Ok(who(&kept, false))
}

/// The account is this person's from now on, with what was filed before the first sign-in.
pub(crate) fn adopt(work: &mut Work<'_>, account: [u8; 16]) -> Result<(), HueError> {
    if work.state.owner.is_some_and(|owner| owner != account) {
        // An act leaves only under the account that made it, and nobody reads another's: a second person has an account of her own in this home.
        return Err(HueError::refused("account-other"));
    }
    work.commit(|tx, _, _| {
        owner::save(tx, &account)?;
        Ok(outbox::adopt(tx, &account)?)
    })?;
    work.state.owner = Some(account);
    Ok(())
}

/// Ends the session. What is unsent stays sealed on the phone and leaves when the same account signs in again.
pub(crate) async fn sign_out(inner: &Inner) -> Result<(), HueError> {
    if let Some(kept) = inner.session.load()? {
        let request = post("/signout", Some(&kept.token), &serde_json::json!({}));
        // Without a network the token dies by its own date; the phone forgets it now all the same.
        let _ = inner.ask(request).await;
    }
    inner.session.save(None)?;
    apply(inner, None).await
}

/// Who is signed in, if anybody.
pub(crate) fn current(inner: &Inner) -> Result<Option<Who>, HueError> {
    let expired = inner
        .board
        .sign_in_needed
        .load(std::sync::atomic::Ordering::Relaxed);
    Ok(inner.session.load()?.map(|kept| who(&kept, expired)))
}

fn who(kept: &Kept, expired: bool) -> Who {
    Who {
        account: kept.account.clone(),
        name: kept.name.clone(),
        staff: kept.staff.clone(),
        expired,
    }
}

/// Tells the engine who is there and what to keep in step.
pub(crate) async fn apply(inner: &Inner, kept: Option<&Kept>) -> Result<(), HueError> {
    inner
        .board
        .sign_in_needed
        .store(false, std::sync::atomic::Ordering::Relaxed);
    let staff = kept.and_then(|k| k.staff.clone());
    *inner
        .account
        .staff
        .write()
        .unwrap_or_else(std::sync::PoisonError::into_inner) = staff.clone();
    let signed_in = kept.is_some();
    let owned = inner
        .account
        .run(move |work| {
            work.follow_scopes(signed_in, staff)?;
            Ok(work.state.owner.is_some())
        })
        .await?;
    inner
        .account
        .signed_out
        .store(owned && !signed_in, std::sync::atomic::Ordering::Relaxed);
    let session = match kept.and_then(|k| ids::unhex::<16>(&k.account)) {
        Some(account) => machine::Session::Live(account),
        None => machine::Session::None,
    };
    inner
        .account
        .tell(Event::Session {
            session,
            token: kept.map(|k| k.token.clone()),
        })
        .await
}

/// The scopes a phone keeps in step: its own, and everyone's.
pub(crate) fn scopes(signed_in: bool, staff: Option<&str>, lanes: &[String]) -> Vec<ScopeWish> {
    const MINUTE: u64 = 60_000;
    let wish = |name: String, foreground: u64, background: Option<u64>| ScopeWish {
        name,
        every_foreground: Some(foreground),
        every_background: background,
    };
    let mut wishes = vec![wish("public".into(), 5 * MINUTE, None)];
    if signed_in {
        wishes.push(wish("mine".into(), MINUTE, Some(60 * MINUTE)));
        wishes.push(wish("inbox".into(), MINUTE, Some(60 * MINUTE)));
    }
    if let Some(unit) = staff {
        wishes.push(wish(format!("unit:{unit}"), MINUTE / 2, Some(30 * MINUTE)));
    }
    wishes.extend(
        lanes
            .iter()
            .map(|lane| wish(format!("lane:{lane}"), 2 * MINUTE, Some(60 * MINUTE))),
    );
    wishes
}

/// Lanes of anonymous reports: each is a scope of its own, since no account may know of it.
pub(crate) fn anonymous_lanes(
    tx: &hues_store::rusqlite::Connection,
) -> Result<Vec<String>, HueError> {
    let mut statement = tx.prepare_cached(
        "SELECT lane FROM sync_lane l WHERE anonymous = 1 AND EXISTS (SELECT 1 FROM sync_op o WHERE o.lane = l.id AND o.state IN (2, 4))",
    )?;
    let lanes = statement.query_map([], |r| r.get::<_, [u8; 16]>(0))?;
    lanes.map(|lane| Ok(ids::hex(&lane?))).collect()
}

/// Asks the city to certify this phone's op key. It may follow later; nothing waits for it.
async fn enrol(inner: &Inner, kept: &Kept) {
    let key = inner
        .account
        .run(|work| work.commit(|tx, env, _| Ok(outbox::device_key(tx, env.random)?.public())))
        .await;
    let Ok(key) = key else { return };
    let body = serde_json::json!({ "device_key": ids::hex(&key) });
    let Ok(outcome) = inner.ask(post("/enrol", Some(&kept.token), &body)).await else {
        return;
    };
    let Ok(Some(keys)) = inner.account.read(|tx| Ok(trust::keys(tx)?)).await else {
        return;
    };
    if let Ok(certificate) = classify::device(&outcome, &key, &keys) {
        let _ = inner.session.save_certificate(certificate.bytes());
    }
}

fn post(path: &str, token: Option<&str>, body: &serde_json::Value) -> HttpRequest {
    let mut headers = vec![
        ("hues-protocol".into(), "1".into()),
        ("content-type".into(), JSON.into()),
    ];
    if let Some(token) = token {
        headers.push(("authorization".into(), format!("Bearer {token}")));
    }
    HttpRequest {
        id: 0,
        method: Method::Post,
        path: path.into(),
        headers,
        body: Body::Bytes(body.to_string().into_bytes()),
        max_response: 16 * 1024,
        class: Class::Words,
    }
}

/// What a setback means to somebody who is waiting for an answer.
pub(crate) fn setback(setback: classify::Setback) -> HueError {
    use classify::Setback;
    match setback {
        Setback::Transport(_) | Setback::Alien(_) | Setback::Fault(_) | Setback::RetryAt { .. } => {
            HueError::Offline
        }
        Setback::SignIn => HueError::SignInNeeded,
        Setback::Update => HueError::UpgradeNeeded,
        Setback::KeysNeeded => HueError::Busy,
        Setback::Refused { rule, .. } => HueError::Refused { rule },
    }
}
