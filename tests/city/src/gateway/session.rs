//! Test accounts, sessions and enrolment of device keys.
//!
//! Invariant: a token is kept as its hash only; the development sign-in answers clients on this machine only.

use hues_env::Env;
use hues_protocol::city::CitySigned;
use hues_protocol::device::{DeviceCertificate, MAX_VALIDITY_MS};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use super::call::{answer, empty, json_answer, refuse, sign_in, Answer, Call, Stop, COSE};
use super::keys::CityKeys;
use super::meta::{self, CityLog};
use super::INTAKE;
use crate::storage::{StorageError, Table, Tx};

/// Sessions of the sandbox live this long.
const SESSION_MS: i64 = 30 * 86_400_000;

/// A test account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Account {
    /// Pseudonym on device certificates, 32 hexadecimal digits.
    pub(super) id: String,
    /// Invented person's name.
    pub(super) name: String,
    pub(super) officer: bool,
}

/// A signed-in person.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Session {
    /// The account's key: what `as` said.
    pub(super) account: String,
    /// The unit an officer acts for.
    pub(super) staff: Option<String>,
    expires: i64,
}

/// The accounts of every sandbox: key, invented name, officer.
const ACCOUNTS: [(&str, &str, bool); 8] = [
    ("citizen", "Nguyễn Thị Thu Hà", false),
    ("neighbour", "Trần Văn Lộc", false),
    ("elder", "Lê Văn Phước", false),
    ("shopkeeper", "Hoàng Thị Mai Khôi", false),
    ("student", "Phạm Quốc Đạt", false),
    ("visitor", "Đỗ Minh Châu", false),
    ("officer", "Võ Thị Ngọc Diệp", true),
    ("officer2", "Bùi Xuân Trường", true),
];

/// Makes the test accounts of a new city.
pub(super) fn seed(tx: &mut dyn Tx, env: &mut Env) -> Result<(), StorageError> {
    for (key, name, officer) in ACCOUNTS {
        add(tx, env, key, name, officer)?;
    }
    Ok(())
}

/// Adds a test account where there is none of this key.
pub(super) fn add(
    tx: &mut dyn Tx,
    env: &mut Env,
    key: &str,
    name: &str,
    officer: bool,
) -> Result<(), StorageError> {
    if tx.get(Table::Account, key.as_bytes())?.is_some() {
        return Ok(());
    }
    let account = Account {
        id: hex::encode(env.random.uuid_v4()),
        name: name.to_owned(),
        officer,
    };
    meta::put(tx, Table::Account, key.as_bytes(), &account)
}

/// The name of an account.
pub(super) fn name_of(tx: &dyn Tx, account: &str) -> Result<Option<String>, StorageError> {
    let account: Option<Account> = meta::get(tx, Table::Account, account.as_bytes())?;
    Ok(account.map(|account| account.name))
}

fn token_key(token: &str) -> [u8; 32] {
    hues_crypto::hash::sha256(token.as_bytes())
}

/// The session of the request, if it carries a good one.
pub(super) fn of(tx: &dyn Tx, call: &Call, now: i64) -> Result<Option<Session>, Stop> {
    let Some(token) = call
        .header("authorization")
        .and_then(|h| h.strip_prefix("Bearer "))
    else {
        return Ok(None);
    };
    let session: Option<Session> = meta::get(tx, Table::Session, &token_key(token.trim()))?;
    Ok(session.filter(|session| now < session.expires))
}

/// The session of the request, or the refusal `sign-in`.
pub(super) fn required(tx: &dyn Tx, call: &Call, now: i64) -> Result<Session, Stop> {
    of(tx, call, now)?.ok_or_else(sign_in)
}

/// `POST /signin`
pub(super) fn signin(
    tx: &mut dyn Tx,
    env: &mut Env,
    call: &Call,
    units: &dyn Fn(&str) -> bool,
) -> Answer {
    if !call.peer.address.is_loopback() {
        return Err(refuse(403, "loopback-only"));
    }
    let body = call.json()?;
    let Some(Value::String(key)) = body.get("as") else {
        return Err(refuse(400, "malformed"));
    };
    let wanted = match body.get("staff") {
        None | Some(Value::Null) => None,
        Some(Value::String(unit)) => Some(unit.clone()),
        Some(_) => return Err(refuse(400, "malformed")),
    };
    let account: Option<Account> = meta::get(tx, Table::Account, key.as_bytes())?;
    let account = account.ok_or_else(|| refuse(403, "account-unknown"))?;
    let staff = match (wanted, account.officer) {
        (None, false) => None,
        (Some(_), false) => return Err(refuse(403, "not-staff")),
        (None, true) => Some(INTAKE.to_owned()),
        (Some(unit), true) if units(&unit) => Some(unit),
        (Some(_), true) => return Err(refuse(403, "unit-unknown")),
    };
    let mut bytes = [0; 32];
    env.random.fill(&mut bytes);
    let token = hex::encode(bytes);
    let session = Session {
        account: key.clone(),
        staff: staff.clone(),
        expires: env.wall.0 + SESSION_MS,
    };
    meta::put(tx, Table::Session, &token_key(&token), &session)?;
    Ok(json_answer(
        200,
        &json!({"token": token, "account": account.id, "name": account.name, "staff": staff, "expires": session.expires}),
    ))
}

/// `POST /signout`: also without a session, so that a phone can always say it.
pub(super) fn signout(tx: &mut dyn Tx, call: &Call) -> Answer {
    if let Some(token) = call
        .header("authorization")
        .and_then(|h| h.strip_prefix("Bearer "))
    {
        tx.delete(Table::Session, &token_key(token.trim()))?;
    }
    Ok(empty(204))
}

/// `POST /enrol`: certifies a device op key for the account.
pub(super) fn enrol(tx: &mut dyn Tx, env: &mut Env, keys: &CityKeys, call: &Call) -> Answer {
    let session = required(tx, call, env.wall.0)?;
    let body = call.json()?;
    let key = body
        .get("device_key")
        .and_then(Value::as_str)
        .and_then(|text| {
            let mut key = [0; 32];
            let lower = !text.bytes().any(|b| b.is_ascii_uppercase());
            (lower && hex::decode_to_slice(text, &mut key).is_ok()).then_some(key)
        });
    let device_key = key.ok_or_else(|| refuse(400, "device-key"))?;
    if device_owner(tx, &device_key)?.is_some_and(|owner| owner != session.account) {
        return Err(refuse(400, "device-key"));
    }
    let account: Option<Account> = meta::get(tx, Table::Account, session.account.as_bytes())?;
    let account = account.ok_or_else(sign_in)?;
    let mut pseudonym = [0; 16];
    hex::decode_to_slice(&account.id, &mut pseudonym)
        .map_err(|_| StorageError::Value("account"))?;
    let mut log = CityLog::load(tx)?;
    let issued = log.sign_at(env.wall);
    log.save(tx)?;
    tx.put(Table::Device, &device_key, session.account.as_bytes())?;
    let certificate = DeviceCertificate {
        device_key,
        account: pseudonym,
        not_before: issued,
        not_after: issued + MAX_VALIDITY_MS,
        issued,
        keys_version: keys.version(),
    };
    Ok(answer(
        200,
        COSE,
        certificate.sign(&keys.leases).into_bytes(),
    ))
}

/// The account that enrolled a device key.
pub(super) fn device_owner(tx: &dyn Tx, key: &[u8; 32]) -> Result<Option<String>, StorageError> {
    let owner = tx.get(Table::Device, key)?;
    Ok(owner.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}
