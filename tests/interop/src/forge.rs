//! Proofs: good ones, and ones that are signed correctly and wrong in meaning.
//!
//! Invariant: a forgery changes one thing and signs everything again with the keys at hand, so that exactly the rule it is named
//! after can notice.

use ciborium::value::Value;
use hues_crypto::sign::SigningKey;
use hues_env::{Random, SeededRandom};
use hues_protocol::city::CitySigned;
use hues_protocol::fields::{blob, or_null, Fields};
use hues_protocol::ids::{Epoch, Kid, OpHash, OpId, Subject};
use hues_protocol::lane::LaneKey;
use hues_protocol::op::{OpHeader, PartRole};
use hues_protocol::part::{references, Part};
use hues_protocol::proof::{ProofRule, LABEL};
use hues_protocol::receipt::Receipt;
use hues_protocol::sign1::Sign1;
use hues_protocol::{cbor, Hash};

use crate::forgeries::{forgeries, set};
use crate::world::{kid_of, World, DAY, NOW};

/// What a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// In order.
    Good,
    /// A good one with a flipped bit.
    Flipped,
    /// Signed correctly, wrong in meaning (or in form).
    Forged,
}

/// One proof and the list to verify it under.
#[derive(Debug, Clone)]
pub struct Case {
    /// What was done to it.
    pub name: String,
    /// Which sort.
    pub sort: Sort,
    /// The proof.
    pub proof: Vec<u8>,
    /// The key list.
    pub keys: Vec<u8>,
    /// The rule it must break; `None` for a good one. Not stated for a flipped bit, which may break any.
    pub rule: Option<ProofRule>,
}

pub(crate) type Hook = Box<dyn Fn(Fields) -> Fields>;

/// How a proof is put together; every step can be bent.
pub(crate) struct Plan<'w> {
    pub(crate) header: Hook,
    pub(crate) op_signer: Option<LaneKey>,
    pub(crate) op_kid: Option<Kid>,
    pub(crate) with_beacon: bool,
    pub(crate) beacon: Hook,
    pub(crate) beacon_signer: &'w SigningKey,
    pub(crate) beacon_kid: Option<Kid>,
    pub(crate) receipt: Hook,
    pub(crate) receipt_signer: &'w SigningKey,
    pub(crate) receipt_kid: Option<Kid>,
    pub(crate) op_parts: Box<dyn Fn(Value) -> Value>,
    pub(crate) shown: Box<dyn Fn(Vec<Part>) -> Vec<Part>>,
    pub(crate) shown_always: bool,
    pub(crate) proof: Hook,
    pub(crate) keys: &'w [u8],
}

fn same() -> Hook {
    Box::new(|fields| fields)
}

impl<'w> Plan<'w> {
    pub(crate) fn good(world: &'w World) -> Plan<'w> {
        Plan {
            header: same(),
            op_signer: None,
            op_kid: None,
            with_beacon: true,
            beacon: same(),
            beacon_signer: &world.beacons,
            beacon_kid: Some(kid_of(&world.beacons)),
            receipt: same(),
            receipt_signer: &world.receipts,
            receipt_kid: Some(kid_of(&world.receipts)),
            op_parts: Box::new(|parts| parts),
            shown: Box::new(|parts| parts),
            shown_always: false,
            proof: same(),
            keys: world.keys.bytes(),
        }
    }

    /// Signs everything and gives the proof's bytes.
    fn build(&self, world: &World, random: &mut SeededRandom) -> Vec<u8> {
        let lane = LaneKey::generate(random);
        let parts = some_parts(random);
        let log_index = 2 + random.below(1 << 40);
        let epoch = Epoch(some(random));
        let beacon = self.with_beacon.then(|| {
            let time = NOW - random.below(DAY as u64) as i64;
            // In another epoch the log's head says nothing about the receipt's place.
            let (epoch, head) = if random.below(4) == 0 {
                (Epoch(some(random)), log_index + 5)
            } else {
                (epoch, log_index - 1 - random.below(2))
            };
            let fields = world
                .beacon(random, time, epoch, head)
                .to_fields()
                .with(0, "hues.beacon.v1");
            Sign1::sign((self.beacon)(fields), self.beacon_signer, self.beacon_kid)
        });
        let header = self.some_header(random, &lane, &parts, beacon.as_ref().map(Sign1::hash));
        let signer = self.op_signer.as_ref().unwrap_or(&lane);
        let op = Sign1::sign(
            (self.header)(
                header
                    .to_fields()
                    .with(8, (self.op_parts)(parts_value(&parts))),
            ),
            signer.signing_key(),
            self.op_kid,
        );
        let receipt = Receipt {
            op_id: header.op_id,
            lane: lane.id(),
            sequence: header.sequence,
            op_hash: OpHash(op.hash()),
            time: NOW + random.below(DAY as u64) as i64,
            epoch,
            log_index,
            watermark: random.below(log_index),
            keys_version: 7 - random.below(2),
        };
        let receipt = (self.receipt)(receipt.to_fields().with(0, Receipt::LABEL));
        let receipt = Sign1::sign(receipt, self.receipt_signer, self.receipt_kid);
        let shown = if self.shown_always {
            parts
        } else {
            parts.into_iter().filter(|_| random.below(3) > 0).collect()
        };
        let shown = (self.shown)(shown);
        let proof = Fields::new()
            .with(0, LABEL)
            .with(1, blob(op.bytes()))
            .with(2, blob(receipt.bytes()))
            .with(3, or_null(beacon.map(|beacon| blob(beacon.bytes()))))
            .with(
                4,
                Value::Array(shown.iter().map(|part| blob(part.bytes())).collect()),
            );
        cbor::encode(&(self.proof)(proof).to_value())
    }

    fn some_header(
        &self,
        random: &mut SeededRandom,
        lane: &LaneKey,
        parts: &[Part],
        beacon: Option<[u8; 32]>,
    ) -> OpHeader {
        let first = random.below(2) == 0;
        OpHeader {
            op_id: OpId(random.uuid_v4()),
            lane_key: lane.public(),
            sequence: if first { 1 } else { 2 + random.below(1000) },
            previous: if first {
                OpHash::NONE
            } else {
                OpHash(some(random))
            },
            beacon: beacon.map(Hash),
            kind: ["report.new", "report.supplement", "staff.answer", "x"]
                [random.below(4) as usize]
                .to_owned(),
            kind_version: random.below(3),
            parts: references(parts),
            claimed_time: random.below(1 << 45) as i64,
            subject: Subject(random.uuid_v4()),
            replaces: (random.below(3) == 0).then(|| OpHash(some(random))),
        }
    }
}

fn some<const N: usize>(random: &mut dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// At least two parts, the first of role public, the last a file.
fn some_parts(random: &mut SeededRandom) -> Vec<Part> {
    let files = 1 + random.below(8);
    let roles = [PartRole::PUBLIC, PartRole::UNIT, PartRole::PLACE].into_iter();
    roles
        .chain((0..files).map(|_| PartRole::FILE))
        .filter_map(|role| {
            let body = Fields::new()
                .with(1, random.next_u64() >> 1)
                .with(2, "Nước lên đến gối");
            Part::new(role, body, random).ok()
        })
        .collect()
}

fn parts_value(parts: &[Part]) -> Value {
    let refs = references(parts).into_iter();
    Value::Array(
        refs.map(|part| Value::Array(vec![part.role.0.into(), blob(&part.hash.0)]))
            .collect(),
    )
}

/// `n` seeded cases: a fifth good, a quarter with a flipped bit, the rest forged.
#[must_use]
pub fn cases(world: &World, seed: u64, n: usize) -> Vec<Case> {
    let random = &mut SeededRandom::new(seed);
    let forgeries = forgeries();
    let mut forged = forgeries.iter().cycle();
    (0..n)
        .filter_map(|i| match i % 20 {
            0..4 => Some(good(world, random)),
            4..9 => Some(flipped(world, random)),
            _ => forged.next().map(|(name, rule, plan)| {
                let plan = plan(world);
                let proof = plan.build(world, random);
                Case {
                    name: (*name).to_owned(),
                    sort: Sort::Forged,
                    proof,
                    keys: plan.keys.to_vec(),
                    rule: Some(*rule),
                }
            }),
        })
        .collect()
}

fn good(world: &World, random: &mut SeededRandom) -> Case {
    let mut plan = Plan::good(world);
    plan.with_beacon = random.below(4) > 0;
    if random.below(3) == 0 {
        plan.header = set(60, "of a later release".into());
        plan.receipt = set(61, Value::Array(vec![Value::Null, true.into()]));
    }
    let proof = plan.build(world, random);
    Case {
        name: "good".to_owned(),
        sort: Sort::Good,
        proof,
        keys: plan.keys.to_vec(),
        rule: None,
    }
}

fn flipped(world: &World, random: &mut SeededRandom) -> Case {
    let mut case = good(world, random);
    let bit = random.below(8 * case.proof.len() as u64) as usize;
    if let Some(byte) = case.proof.get_mut(bit / 8) {
        *byte ^= 1 << (bit % 8);
    }
    Case {
        name: format!("bit {bit} flipped"),
        sort: Sort::Flipped,
        ..case
    }
}
