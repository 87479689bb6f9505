//! One door for test vectors: a question in JSON, the answer in JSON, so that every language that embeds this crate can run
//! the same files of `tests/interop/vectors` through its own bindings.
//!
//! Invariant: only for tests (feature `conformance`); it calls the same functions as everyone else and adds no rule.

use serde::Deserialize;
use serde_json::{json, Value};

use crate::beacon::Beacon;
use crate::bundle::{Bundle, BundleError};
use crate::cbor;
use crate::city::{CitySigned, Signed};
use crate::config::Config;
use crate::device::DeviceCertificate;
use crate::fork::Fork;
use crate::ids::{Hash, OpHash};
use crate::keys::{KeyList, KeysRefused, TrustError};
use crate::kinds::Act;
use crate::lane::lane_id;
use crate::notice::Notice;
use crate::op::{OpError, SignedOp};
use crate::pack::Pack;
use crate::page::{Checksum, Page, PageError};
use crate::part::Part;
use crate::place::Point;
use crate::proof;
use crate::receipt::Receipt;
use crate::refusal::Refusal;
use crate::text;

/// Answers the question `what` about `input`. A question that is itself wrong is answered with `"bad-question"`.
#[must_use]
pub fn judge(what: &str, input: &Value) -> Value {
    ask(what, input).unwrap_or_else(|| json!("bad-question"))
}

fn ask(what: &str, input: &Value) -> Option<Value> {
    match what {
        "cbor" => Some(json!(
            if cbor::decode(&hex(input, "hex")?, 1 << 16).is_ok() {
                "ok"
            } else {
                "malformed"
            }
        )),
        "lane" => Some(json!(lane_id(&hash(input, "public")?.0).to_string())),
        "op" => op(&hex(input, "hex")?),
        "part" => part(&hex(input, "hex")?),
        "bundle" => bundle(&hex(input, "hex")?),
        "signed" => signed(input),
        "keys" => keys(input),
        "proof" => {
            let keys = KeyList::trusted(&hex(input, "keys")?).ok()?;
            Some(match proof::verify(&hex(input, "hex")?, &keys) {
                Ok(verdict) => verdict.to_json(),
                Err(rule) => json!({ "verdict": rule.name() }),
            })
        }
        "page" => page(input),
        "checksum" => checksum(input),
        "text" => {
            let clean = text::clean(input.get("text")?.as_str()?);
            Some(json!({ "length": text::length(&clean), "clean": clean }))
        }
        "coarsen" => {
            let point = Point {
                lat: input.get("lat")?.as_i64()?,
                lon: input.get("lon")?.as_i64()?,
            };
            let coarse = point.coarsen(input.get("grid_m")?.as_u64()?);
            Some(json!([coarse.at.lat, coarse.at.lon]))
        }
        "config" => Some(json!(if Config::parse(&hex(input, "hex")?).is_ok() {
            "ok"
        } else {
            "refused"
        })),
        _ => None,
    }
}

fn op(bytes: &[u8]) -> Option<Value> {
    Some(match SignedOp::decode(bytes) {
        Ok(op) => json!({
            "op_id": op.header().op_id, "lane": op.lane(), "sequence": op.header().sequence, "kind": op.header().kind,
            "hash": op.hash(), "first": op.header().previous == OpHash::NONE, "parts": op.header().parts.len(),
        }),
        Err(OpError::Malformed(_)) => json!("malformed"),
        Err(OpError::Label) => json!("label"),
        Err(OpError::Grant) => json!("grant"),
        Err(OpError::Signature) => json!("signature"),
    })
}

fn part(bytes: &[u8]) -> Option<Value> {
    Some(match Part::decode(bytes) {
        Ok(part) => json!({ "role": part.role().0, "sha256": part.hash() }),
        Err(_) => json!("malformed"),
    })
}

fn bundle(bytes: &[u8]) -> Option<Value> {
    let judged = Bundle::decode(bytes)
        .and_then(|bundle| Act::from_op(bundle.op(), bundle.parts()).map_err(BundleError::Refused));
    Some(match judged {
        Ok(act) => json!({ "kind": act.kind().name(), "files": act.files().len() }),
        Err(BundleError::Malformed(_)) => json!("malformed"),
        Err(BundleError::Refused(rule)) => json!(rule.name()),
    })
}

fn signed(input: &Value) -> Option<Value> {
    let keys = KeyList::trusted(&hex(input, "keys")?).ok()?;
    let bytes = hex(input, "hex")?;
    match input.get("label")?.as_str()? {
        Receipt::LABEL => Some(checked::<Receipt>(&keys, &bytes)),
        Refusal::LABEL => Some(checked::<Refusal>(&keys, &bytes)),
        Fork::LABEL => Some(checked::<Fork>(&keys, &bytes)),
        Beacon::LABEL => Some(checked::<Beacon>(&keys, &bytes)),
        Pack::LABEL => Some(checked::<Pack>(&keys, &bytes)),
        DeviceCertificate::LABEL => Some(checked::<DeviceCertificate>(&keys, &bytes)),
        Notice::LABEL => Some(checked::<Notice>(&keys, &bytes)),
        _ => None,
    }
}

fn checked<T: CitySigned>(keys: &KeyList, bytes: &[u8]) -> Value {
    let judged: Result<Signed<T>, TrustError> = keys.check(bytes);
    match judged {
        Ok(object) => json!({ "time": object.value().time(), "hash": object.hash() }),
        Err(TrustError::Malformed(_)) => json!("malformed"),
        Err(TrustError::Label) => json!("label"),
        Err(TrustError::Key) => json!("key"),
        Err(TrustError::Signature) => json!("signature"),
        Err(TrustError::KeysOlder) => json!("keys-older"),
    }
}

fn keys(input: &Value) -> Option<Value> {
    let kept = match input.get("kept") {
        Some(_) => Some(KeyList::trusted(&hex(input, "kept")?).ok()?),
        None => None,
    };
    let beacon = input.get("beacon").and_then(Value::as_i64);
    let judged = KeyList::accept(
        &hex(input, "hex")?,
        &hash(input, "root")?.0,
        kept.as_ref(),
        beacon,
    );
    Some(match judged {
        Ok(list) => json!({ "version": list.version() }),
        Err(KeysRefused::Malformed(_)) => json!("malformed"),
        Err(KeysRefused::Label) => json!("label"),
        Err(KeysRefused::Root) => json!("root"),
        Err(KeysRefused::Expired) => json!("expired"),
        Err(KeysRefused::Rollback) => json!("rollback"),
    })
}

fn page(input: &Value) -> Option<Value> {
    let judged = Page::parse(input.get("body")?.as_str()?.as_bytes()).and_then(|page| {
        let scope = input
            .get("scope")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let cursor = input.get("cursor").and_then(Value::as_str);
        let last_rev = input
            .get("last_rev")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        page.check(scope, cursor, last_rev)
    });
    Some(match judged {
        Ok(()) => json!("ok"),
        Err(PageError::Malformed(_)) => json!("malformed"),
        Err(PageError::Scope) => json!("scope"),
        Err(PageError::From) => json!("from"),
        Err(PageError::Revisions) => json!("revisions"),
        Err(PageError::Stuck) => json!("stuck"),
    })
}

fn checksum(input: &Value) -> Option<Value> {
    let rows: Vec<(String, String, u64)> = Vec::deserialize(input.get("rows")?).ok()?;
    let sum = rows
        .iter()
        .fold(Checksum::default(), |sum, (kind, id, rev)| {
            sum.plus(kind, id, *rev)
        });
    Some(json!({ "count": rows.len(), "checksum": sum }))
}

fn hash(input: &Value, key: &str) -> Option<Hash> {
    input.get(key)?.as_str()?.parse().ok()
}

fn hex(input: &Value, key: &str) -> Option<Vec<u8>> {
    let digits = input.get(key)?.as_str()?.as_bytes();
    let digit = |c: u8| char::from(c).to_digit(16).map(|n| n as u8);
    digits
        .chunks(2)
        .map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?))
        .collect()
}
