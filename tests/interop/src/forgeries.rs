//! Every way to be wrong that the tests know, and the rule that must notice it.
//!
//! Invariant: each changes one thing of a good plan.

use ciborium::value::Value;
use hues_protocol::fields::{blob, Fields};
use hues_protocol::ids::Kid;
use hues_protocol::lane::LaneKey;
use hues_protocol::op::PartRole;
use hues_protocol::part::Part;
use hues_protocol::proof::ProofRule;

use crate::forge::{Hook, Plan};
use crate::world::{kid_of, World, DAY, NOW};

pub(crate) fn set(key: u64, value: Value) -> Hook {
    Box::new(move |fields| fields.with(key, value.clone()))
}

fn without(key: u64) -> Hook {
    Box::new(move |mut fields| {
        fields.remove(key);
        fields
    })
}

/// Changes one entry of an array value.
fn at(value: Value, index: usize, change: impl Fn(Value) -> Value) -> Value {
    match value {
        Value::Array(mut items) => {
            if let Some(item) = items.get_mut(index) {
                *item = change(item.clone());
            }
            Value::Array(items)
        }
        other => other,
    }
}

pub(crate) type Forgery = for<'w> fn(&'w World) -> Plan<'w>;

/// Every way to be wrong: its name, the rule that must notice, how it is done.
pub(crate) fn forgeries() -> Vec<(&'static str, ProofRule, Forgery)> {
    use ProofRule as R;
    vec![
        ("op of another label", R::OpLabel, |w| Plan {
            header: set(0, "hues.op.v2".into()),
            ..Plan::good(w)
        }),
        ("receipt passed off as an op's label", R::OpLabel, |w| {
            Plan {
                header: set(0, "hues.receipt.v1".into()),
                ..Plan::good(w)
            }
        }),
        ("op with a grant", R::OpLabel, |w| Plan {
            header: set(12, blob(b"grant")),
            ..Plan::good(w)
        }),
        ("op signed by another lane", R::OpSignature, |w| Plan {
            op_signer: Some(LaneKey::from_seed(&[9; 32])),
            ..Plan::good(w)
        }),
        ("op names another lane's key", R::OpSignature, |w| Plan {
            header: set(2, blob(&LaneKey::from_seed(&[9; 32]).public())),
            ..Plan::good(w)
        }),
        ("op names a key that is no point", R::OpSignature, |w| {
            Plan {
                header: set(2, blob(&[0xff; 32])),
                ..Plan::good(w)
            }
        }),
        ("receipt of another label", R::ReceiptLabel, |w| Plan {
            receipt: set(0, "hues.refusal.v1".into()),
            ..Plan::good(w)
        }),
        ("receipt signed by the beacon key", R::ReceiptKey, |w| {
            Plan {
                receipt_signer: &w.beacons,
                receipt_kid: Some(kid_of(&w.beacons)),
                ..Plan::good(w)
            }
        }),
        ("receipt signed by the pack key", R::ReceiptKey, |w| Plan {
            receipt_signer: &w.packs,
            receipt_kid: Some(kid_of(&w.packs)),
            ..Plan::good(w)
        }),
        ("receipt signed by the root", R::ReceiptKey, |w| Plan {
            receipt_signer: &w.root,
            receipt_kid: Some(kid_of(&w.root)),
            ..Plan::good(w)
        }),
        ("receipt signed by a key of nobody", R::ReceiptKey, |w| {
            Plan {
                receipt_signer: &w.device,
                receipt_kid: Some(kid_of(&w.device)),
                ..Plan::good(w)
            }
        }),
        ("receipt signed by a key that ended", R::ReceiptKey, |w| {
            Plan {
                receipt_signer: &w.old_receipts,
                receipt_kid: Some(kid_of(&w.old_receipts)),
                ..Plan::good(w)
            }
        }),
        ("receipt after its key's end", R::ReceiptKey, |w| Plan {
            receipt: set(5, (NOW + 101 * DAY).into()),
            ..Plan::good(w)
        }),
        ("receipt before its key's start", R::ReceiptKey, |w| Plan {
            receipt: set(5, (NOW - 101 * DAY).into()),
            ..Plan::good(w)
        }),
        (
            "receipt signed by another key under the right kid",
            R::ReceiptSignature,
            |w| Plan {
                receipt_signer: &w.old_receipts,
                ..Plan::good(w)
            },
        ),
        ("roles exchanged in the list", R::ReceiptKey, |w| Plan {
            keys: w.swapped.bytes(),
            ..Plan::good(w)
        }),
        ("receipt needs a newer list", R::KeysOlder, |w| Plan {
            receipt: set(9, 8.into()),
            ..Plan::good(w)
        }),
        ("beacon needs a newer list", R::KeysOlder, |w| Plan {
            beacon: set(6, 8.into()),
            ..Plan::good(w)
        }),
        ("verified under an older list", R::KeysOlder, |w| Plan {
            receipt: set(9, 7.into()),
            keys: w.older.bytes(),
            ..Plan::good(w)
        }),
        ("receipt for another op id", R::ReceiptOp, |w| Plan {
            receipt: set(1, blob(&[3; 16])),
            ..Plan::good(w)
        }),
        ("receipt for another hash", R::ReceiptOp, |w| Plan {
            receipt: set(4, blob(&[3; 32])),
            ..Plan::good(w)
        }),
        ("receipt for another lane", R::ReceiptLane, |w| Plan {
            receipt: set(2, blob(&[3; 16])),
            ..Plan::good(w)
        }),
        (
            "receipt for another place in the lane",
            R::ReceiptLane,
            |w| Plan {
                receipt: set(3, 77_777.into()),
                ..Plan::good(w)
            },
        ),
        ("beacon left out", R::BeaconMissing, |w| Plan {
            proof: set(3, Value::Null),
            ..Plan::good(w)
        }),
        ("beacon that nobody quoted", R::BeaconUnexpected, |w| Plan {
            header: set(5, Value::Null),
            ..Plan::good(w)
        }),
        ("another beacon than quoted", R::BeaconHash, |w| Plan {
            header: set(5, blob(&[4; 32])),
            ..Plan::good(w)
        }),
        ("beacon of another label", R::BeaconLabel, |w| Plan {
            beacon: set(0, "hues.notice.v1".into()),
            ..Plan::good(w)
        }),
        ("beacon signed by the receipt key", R::BeaconKey, |w| Plan {
            beacon_signer: &w.receipts,
            beacon_kid: Some(kid_of(&w.receipts)),
            ..Plan::good(w)
        }),
        ("beacon signed by a key that ended", R::BeaconKey, |w| {
            Plan {
                beacon_signer: &w.old_beacons,
                beacon_kid: Some(kid_of(&w.old_beacons)),
                ..Plan::good(w)
            }
        }),
        ("beacon before its key's start", R::BeaconKey, |w| Plan {
            beacon: set(1, 5.into()),
            ..Plan::good(w)
        }),
        (
            "beacon signed by another key under the right kid",
            R::BeaconSignature,
            |w| Plan {
                beacon_signer: &w.device,
                ..Plan::good(w)
            },
        ),
        ("beacon after the receipt", R::BeaconAfterReceipt, |w| {
            Plan {
                beacon: set(1, (NOW + 2 * DAY).into()),
                ..Plan::good(w)
            }
        }),
        (
            "log already past the receipt when the beacon was made",
            R::Epoch,
            |w| Plan {
                beacon: Box::new(|f| f.with(3, blob(&[6; 8])).with(5, 500)),
                receipt: Box::new(|f| f.with(6, blob(&[6; 8])).with(7, 500)),
                ..Plan::good(w)
            },
        ),
        ("part of another op", R::PartUnknown, |w| Plan {
            shown: Box::new(|parts| with_stranger(parts, PartRole::UNIT)),
            ..Plan::good(w)
        }),
        ("part salted anew", R::PartUnknown, |w| Plan {
            shown_always: true,
            shown: Box::new(|parts| {
                parts
                    .iter()
                    .filter_map(|p| Part::with_salt(p.role(), p.body().clone(), [1; 16]).ok())
                    .collect()
            }),
            ..Plan::good(w)
        }),
        ("part moved to another role", R::PartUnknown, |w| Plan {
            shown_always: true,
            shown: Box::new(|parts| {
                parts
                    .iter()
                    .filter_map(|p| {
                        Part::with_salt(PartRole::SENDER, p.body().clone(), *p.salt()).ok()
                    })
                    .collect()
            }),
            ..Plan::good(w)
        }),
        ("header gives a part another role", R::PartRole, |w| Plan {
            // The public part under role unit: the order by role still holds.
            op_parts: Box::new(|parts| at(parts, 0, |part| at(part, 0, |_| 2.into()))),
            shown_always: true,
            ..Plan::good(w)
        }),
        ("part twice", R::PartDuplicate, |w| Plan {
            shown_always: true,
            shown: Box::new(|mut parts| {
                let again = parts.first().cloned();
                parts.extend(again);
                parts
            }),
            ..Plan::good(w)
        }),
        ("brings its own keys", R::Malformed, |w| Plan {
            proof: set(5, blob(w.older.bytes())),
            ..Plan::good(w)
        }),
        ("proof of another label", R::Malformed, |w| Plan {
            proof: set(0, "hues.proof.v2".into()),
            ..Plan::good(w)
        }),
        ("op with a kid", R::Malformed, |w| Plan {
            op_kid: Some(Kid([1; 8])),
            ..Plan::good(w)
        }),
        ("receipt without a kid", R::Malformed, |w| Plan {
            receipt_kid: None,
            ..Plan::good(w)
        }),
        ("beacon without a kid", R::Malformed, |w| Plan {
            beacon_kid: None,
            ..Plan::good(w)
        }),
        ("receipt whose label is a number", R::Malformed, |w| Plan {
            receipt: set(0, 1.into()),
            ..Plan::good(w)
        }),
        ("receipt without an epoch", R::Malformed, |w| Plan {
            receipt: without(6),
            ..Plan::good(w)
        }),
        ("receipt with an index of 2^63", R::Malformed, |w| Plan {
            receipt: set(7, (1u64 << 63).into()),
            ..Plan::good(w)
        }),
        ("receipt of negative time", R::Malformed, |w| Plan {
            receipt: set(5, (-1).into()),
            ..Plan::good(w)
        }),
        ("beacon with a short nonce", R::Malformed, |w| Plan {
            beacon: set(2, blob(&[0; 15])),
            ..Plan::good(w)
        }),
        ("beacon without a watermark", R::Malformed, |w| Plan {
            beacon: without(4),
            ..Plan::good(w)
        }),
        ("op at sequence 0", R::Malformed, |w| Plan {
            header: set(3, 0.into()),
            ..Plan::good(w)
        }),
        ("op at sequence 1 with a previous", R::Malformed, |w| Plan {
            header: Box::new(|f| f.with(3, 1).with(4, blob(&[1; 32]))),
            ..Plan::good(w)
        }),
        ("op of a kind's version 2^32", R::Malformed, |w| Plan {
            header: set(7, (1u64 << 32).into()),
            ..Plan::good(w)
        }),
        ("op of a kind in capitals", R::Malformed, |w| Plan {
            header: set(6, "Report.new".into()),
            ..Plan::good(w)
        }),
        ("op of a kind with a line feed", R::Malformed, |w| Plan {
            header: set(6, "report.new\n".into()),
            ..Plan::good(w)
        }),
        ("op that replaces null", R::Malformed, |w| Plan {
            header: set(11, Value::Null),
            ..Plan::good(w)
        }),
        ("op with 13 parts", R::Malformed, |w| Plan {
            op_parts: Box::new(|_| {
                Value::Array(vec![Value::Array(vec![6.into(), blob(&[1; 32])]); 13])
            }),
            ..Plan::good(w)
        }),
        ("op whose parts are not sorted", R::Malformed, |w| Plan {
            op_parts: Box::new(|parts| at(parts, 0, |part| at(part, 0, |_| 255.into()))),
            ..Plan::good(w)
        }),
        ("op with a part of role 0", R::Malformed, |w| Plan {
            op_parts: Box::new(|parts| at(parts, 0, |part| at(part, 0, |_| 0.into()))),
            ..Plan::good(w)
        }),
        ("nested nine deep", R::Malformed, |w| Plan {
            header: set(
                50,
                (0..8).fold(Value::Null, |inner, _| Value::Array(vec![inner])),
            ),
            ..Plan::good(w)
        }),
        ("proof that shows 13 parts", R::Malformed, |w| Plan {
            proof: set(4, Value::Array(vec![blob(&[]); 13])),
            ..Plan::good(w)
        }),
    ]
}

fn with_stranger(mut parts: Vec<Part>, role: PartRole) -> Vec<Part> {
    parts.extend(Part::with_salt(
        role,
        Fields::new().with(1, "of a stranger"),
        [7; 16],
    ));
    parts
}
