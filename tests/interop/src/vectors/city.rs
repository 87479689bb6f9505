//! Vectors of what the city signs, of key lists and of proofs.

use hues_env::SeededRandom;
use hues_protocol::city::CitySigned;
use hues_protocol::device::DeviceCertificate;
use hues_protocol::fork::Fork;
use hues_protocol::ids::{Epoch, LaneId, NoticeId, OpHash, OpId};
use hues_protocol::notice::{Notice, Words};
use hues_protocol::pack::Pack;
use hues_protocol::receipt::Receipt;
use hues_protocol::refusal::Refusal;
use serde_json::json;

use super::VectorFile;
use crate::forge::cases;
use crate::world::{World, DAY, NOW};

/// One good object of each label, and the ways of not being believed.
pub(super) fn signed(world: &World) -> VectorFile {
    let mut file = VectorFile::new(
        "signed",
        "what the city signs, §2: its time and hash, or why it is not believed",
    );
    let random = &mut SeededRandom::new(14);
    let (epoch, op_id, op_hash) = (Epoch([1; 8]), OpId([2; 16]), OpHash([3; 32]));
    let receipt = Receipt {
        op_id,
        lane: LaneId([4; 16]),
        sequence: 1,
        op_hash,
        time: NOW,
        epoch,
        log_index: 9,
        watermark: 5,
        keys_version: 7,
    };
    let refusal = Refusal {
        op_id,
        op_hash,
        rule: "category-unknown".into(),
        time: NOW,
        epoch,
        keys_version: 7,
    };
    let fork = Fork {
        lane: LaneId([4; 16]),
        head_sequence: 3,
        head_hash: op_hash,
        time: NOW,
        epoch,
        keys_version: 7,
    };
    let beacon = world.beacon(random, NOW, epoch, 8);
    let pack = Pack {
        name: "config".into(),
        version: 2,
        issued: NOW,
        expires: NOW + DAY,
        content: b"{}".to_vec(),
        keys_version: 7,
    };
    let device = DeviceCertificate {
        device_key: [5; 32],
        account: [6; 16],
        not_before: NOW,
        not_after: NOW + 90 * DAY,
        issued: NOW,
        keys_version: 7,
    };
    let words = |vi: &str, en: &str| Words {
        vi: vi.into(),
        en: en.into(),
    };
    let notice = Notice {
        id: NoticeId([7; 16]),
        subject: None,
        time: NOW,
        title: words("Đã tiếp nhận", "Received"),
        body: words("…", "…"),
        keys_version: 7,
    };
    let ask = |label: &str, bytes: &[u8]| json!({ "label": label, "hex": hex::encode(bytes), "keys": hex::encode(world.keys.bytes()) });
    file.frozen(
        "receipt",
        "signed",
        ask(
            Receipt::LABEL,
            receipt.clone().sign(&world.receipts).bytes(),
        ),
    );
    file.frozen(
        "refusal",
        "signed",
        ask(Refusal::LABEL, refusal.sign(&world.receipts).bytes()),
    );
    file.frozen(
        "fork",
        "signed",
        ask(Fork::LABEL, fork.clone().sign(&world.receipts).bytes()),
    );
    file.frozen(
        "beacon",
        "signed",
        ask(
            "hues.beacon.v1",
            beacon.clone().sign(&world.beacons).bytes(),
        ),
    );
    file.frozen(
        "pack",
        "signed",
        ask(Pack::LABEL, pack.sign(&world.packs).bytes()),
    );
    file.frozen(
        "device certificate",
        "signed",
        ask(
            DeviceCertificate::LABEL,
            device.clone().sign(&world.leases).bytes(),
        ),
    );
    file.frozen(
        "notice",
        "signed",
        ask(Notice::LABEL, notice.sign(&world.units).bytes()),
    );
    let long = DeviceCertificate {
        not_after: NOW + 90 * DAY + 1,
        ..device
    };
    let headless = Fork {
        head_sequence: 0,
        ..fork
    };
    let newer = Receipt {
        keys_version: 8,
        ..receipt.clone()
    };
    let late = Receipt {
        time: NOW + 101 * DAY,
        ..receipt.clone()
    };
    let mut flipped = receipt.clone().sign(&world.receipts).into_bytes();
    if let Some(last) = flipped.last_mut() {
        *last ^= 1;
    }
    for (name, label, bytes, out) in [
        (
            "certificate for 90 days and a millisecond",
            DeviceCertificate::LABEL,
            long.sign(&world.leases).into_bytes(),
            "malformed",
        ),
        (
            "head 0 with a hash",
            Fork::LABEL,
            headless.sign(&world.receipts).into_bytes(),
            "malformed",
        ),
        (
            "a beacon is no receipt",
            Receipt::LABEL,
            beacon.clone().sign(&world.beacons).into_bytes(),
            "malformed",
        ),
        (
            "receipt by the beacon key",
            Receipt::LABEL,
            receipt.clone().sign(&world.beacons).into_bytes(),
            "key",
        ),
        (
            "receipt by a key that ended",
            Receipt::LABEL,
            receipt.sign(&world.old_receipts).into_bytes(),
            "key",
        ),
        (
            "receipt after its key's end",
            Receipt::LABEL,
            late.sign(&world.receipts).into_bytes(),
            "key",
        ),
        (
            "receipt of a newer list",
            Receipt::LABEL,
            newer.sign(&world.receipts).into_bytes(),
            "keys-older",
        ),
        ("signature flipped", Receipt::LABEL, flipped, "signature"),
        (
            "a web page",
            Receipt::LABEL,
            b"<html></html>".to_vec(),
            "malformed",
        ),
    ] {
        file.wanted(name, "signed", ask(label, &bytes), json!(out));
    }
    file
}

pub(super) fn keys(world: &World) -> VectorFile {
    let mut file = VectorFile::new(
        "keys",
        "key lists, §2: the version accepted, or why the kept list stays",
    );
    let root = hex::encode(world.root.public());
    let list = hex::encode(world.keys.bytes());
    let older = hex::encode(world.older.bytes());
    let ask = |hex: &str, kept: Option<&str>, beacon: Option<i64>| {
        let mut input = json!({ "hex": hex, "root": root });
        if let Some(kept) = kept {
            input["kept"] = kept.into();
        }
        if let Some(beacon) = beacon {
            input["beacon"] = beacon.into();
        }
        input
    };
    file.wanted(
        "the first",
        "keys",
        ask(&list, None, None),
        json!({ "version": 7 }),
    );
    file.wanted(
        "a newer one",
        "keys",
        ask(&list, Some(&older), Some(NOW)),
        json!({ "version": 7 }),
    );
    file.wanted(
        "the kept one again",
        "keys",
        ask(&list, Some(&list), Some(NOW + 50 * DAY)),
        json!({ "version": 7 }),
    );
    file.wanted(
        "an older one",
        "keys",
        ask(&older, Some(&list), None),
        json!("rollback"),
    );
    file.wanted(
        "another of the same version",
        "keys",
        ask(&hex::encode(world.swapped.bytes()), Some(&list), None),
        json!("rollback"),
    );
    file.wanted(
        "expired by a millisecond",
        "keys",
        ask(&list, None, Some(NOW + 50 * DAY + 1)),
        json!("expired"),
    );
    let other = world.keys.body().clone().sign(&world.device);
    file.wanted(
        "of another root",
        "keys",
        ask(&hex::encode(other.bytes()), None, None),
        json!("root"),
    );
    let mut twice = world.keys.body().clone();
    twice.keys.extend(twice.keys.first().cloned());
    file.wanted(
        "a key twice",
        "keys",
        ask(&hex::encode(twice.sign(&world.root).bytes()), None, None),
        json!("malformed"),
    );
    file.wanted(
        "a web page",
        "keys",
        ask(&hex::encode("<html>"), None, None),
        json!("malformed"),
    );
    file
}

pub(super) fn proofs(world: &World) -> VectorFile {
    let mut file = VectorFile::new("proofs", "proofs, §5: the verdict");
    for case in cases(world, 15, 120) {
        let input = json!({ "hex": hex::encode(&case.proof), "keys": hex::encode(&case.keys) });
        match case.rule {
            Some(rule) => file.wanted(
                &case.name,
                "proof",
                input,
                json!({ "verdict": rule.name() }),
            ),
            None => file.frozen(&case.name, "proof", input),
        }
    }
    file
}
