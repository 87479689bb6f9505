//! The proof: op, receipt, beacon and the parts its bearer chooses to show, verifiable by anyone with the key list.
//!
//! Invariant: a proof brings no trust of its own; the key list comes from elsewhere. The first rule that fails, in the
//! order of §5, names the verdict, so that two implementations can be held against each other.

use ciborium::value::Value;
use thiserror::Error;

use crate::beacon::Beacon;
use crate::cbor::{self, Malformed};
use crate::city::{Parsed, Signed};
use crate::fields::{self, blob, or_null, Fields};
use crate::ids::{Epoch, Hash, LaneId, OpHash, OpId, Subject};
use crate::keys::{KeyList, TrustError};
use crate::op::{OpError, ParsedOp, SignedOp, MAX_PARTS};
use crate::part::Part;
use crate::receipt::Receipt;

/// Type label of a proof.
pub const LABEL: &str = "hues.proof.v1";
/// Largest proof: a bundle, a receipt and a beacon.
pub const MAX_PROOF: usize = 80 * 1024;

/// What a proof is put together from. Nothing is verified until [`verify`].
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The op's bytes.
    pub op: Vec<u8>,
    /// The receipt's bytes.
    pub receipt: Vec<u8>,
    /// The beacon's bytes, when the op quotes one.
    pub beacon: Option<Vec<u8>>,
    /// The bytes of the parts to show.
    pub parts: Vec<Vec<u8>>,
}

/// What a good proof proves, and apart from it what the phone merely claimed.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// Not made before: the beacon's time. `None`: no lower bound.
    pub not_before: Option<i64>,
    /// Not made after: the receipt's time.
    pub not_after: i64,
    /// Milliseconds between them.
    pub width: Option<i64>,
    /// The phone's own clock: its claim.
    pub claimed: i64,
    /// The op.
    pub op_id: OpId,
    /// H(op).
    pub op_hash: OpHash,
    /// What kind of act.
    pub kind: String,
    /// Version of the kind.
    pub kind_version: u64,
    /// Its lane.
    pub lane: LaneId,
    /// Its place in the lane.
    pub sequence: u64,
    /// The report it is about.
    pub subject: Subject,
    /// The life of the log that holds it.
    pub epoch: Epoch,
    /// Its place in that log.
    pub log_index: u64,
    /// How many parts the op has.
    pub parts_stated: usize,
    /// The parts that were shown, each verified against the header.
    pub parts: Vec<Part>,
}

macro_rules! proof_rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The rule a proof broke (§5).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
        pub enum ProofRule {
            $($(#[$doc])* #[error($name)] $variant,)*
        }

        impl ProofRule {
            /// All rules, in the order in which they are checked.
            pub const ALL: &'static [ProofRule] = &[$(ProofRule::$variant,)*];

            /// The name of the rule in the document.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(ProofRule::$variant => $name,)* }
            }
        }
    };
}

proof_rules! {
    /// Sizes, encoding, shapes and types of the proof and of everything in it.
    Malformed = "malformed",
    /// The op is not labelled as one, or has the reserved key.
    OpLabel = "op-label",
    /// The op does not verify under its own lane key.
    OpSignature = "op-signature",
    /// The receipt is not labelled as one.
    ReceiptLabel = "receipt-label",
    /// No key of role receipts by that name, valid at the receipt's time.
    ReceiptKey = "receipt-key",
    /// The receipt's signature.
    ReceiptSignature = "receipt-signature",
    /// Receipt or beacon need a newer key list.
    KeysOlder = "keys-older",
    /// The receipt speaks of another op.
    ReceiptOp = "receipt-op",
    /// The receipt speaks of another lane or place in it.
    ReceiptLane = "receipt-lane",
    /// The op quotes a beacon that is not there.
    BeaconMissing = "beacon-missing",
    /// A beacon is there that the op does not quote.
    BeaconUnexpected = "beacon-unexpected",
    /// Another beacon than the one quoted.
    BeaconHash = "beacon-hash",
    /// The beacon is not labelled as one.
    BeaconLabel = "beacon-label",
    /// No key of role beacons by that name, valid at the beacon's time.
    BeaconKey = "beacon-key",
    /// The beacon's signature.
    BeaconSignature = "beacon-signature",
    /// The beacon is younger than the receipt.
    BeaconAfterReceipt = "beacon-after-receipt",
    /// In one epoch, the log's head in the beacon must lie before the receipt's place.
    Epoch = "epoch",
    /// A part the header does not commit to.
    PartUnknown = "part-unknown",
    /// A part under another role than the header's.
    PartRole = "part-role",
    /// A part twice.
    PartDuplicate = "part-duplicate",
}

impl Proof {
    /// Puts a proof together.
    #[must_use]
    pub fn new(
        op: &SignedOp,
        receipt: &Signed<Receipt>,
        beacon: Option<&[u8]>,
        parts: &[Part],
    ) -> Proof {
        Proof {
            op: op.bytes().to_vec(),
            receipt: receipt.bytes().to_vec(),
            beacon: beacon.map(<[u8]>::to_vec),
            parts: parts.iter().map(|part| part.bytes().to_vec()).collect(),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let map = Fields::new()
            .with(0, LABEL)
            .with(1, blob(&self.op))
            .with(2, blob(&self.receipt))
            .with(3, or_null(self.beacon.as_deref().map(blob)))
            .with(
                4,
                Value::Array(self.parts.iter().map(|part| blob(part)).collect()),
            );
        cbor::encode(&map.to_value())
    }

    /// The compact form: without parts, at most 1,200 bytes, fits a QR code.
    #[must_use]
    pub fn compact(&self) -> Vec<u8> {
        Proof {
            parts: Vec::new(),
            ..self.clone()
        }
        .encode()
    }

    /// Reads the outer form; nothing inside is looked at.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Proof, Malformed> {
        let map = Fields::from_value(cbor::decode(bytes, MAX_PROOF)?)?;
        if map.text(0)? != LABEL || map.keys().any(|key| key > 4) {
            return Err(Malformed("proof label or key"));
        }
        let parts = map.list(4)?;
        if parts.len() > MAX_PARTS {
            return Err(Malformed("too many parts"));
        }
        Ok(Proof {
            op: map.bytes(1)?.to_vec(),
            receipt: map.bytes(2)?.to_vec(),
            beacon: map.nullable(3, fields::bytes)?.map(<[u8]>::to_vec),
            parts: parts
                .iter()
                .map(|part| fields::bytes(part).map(<[u8]>::to_vec))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Verdict {
    /// The verdict in JSON, as every implementation prints it.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let parts = self
            .parts
            .iter()
            .map(|part| serde_json::json!({ "role": part.role().0, "sha256": part.hash() }));
        serde_json::json!({
            "verdict": "good",
            "not_before": self.not_before,
            "not_after": self.not_after,
            "width": self.width,
            "claimed": self.claimed,
            "op_id": self.op_id,
            "op_hash": self.op_hash,
            "kind": self.kind,
            "kind_version": self.kind_version,
            "lane": self.lane,
            "sequence": self.sequence,
            "subject": self.subject,
            "epoch": self.epoch,
            "log_index": self.log_index,
            "parts_stated": self.parts_stated,
            "parts": parts.collect::<Vec<_>>(),
        })
    }
}

/// Everything in a proof, of the right form.
struct Contents {
    op: ParsedOp,
    receipt: Parsed<Receipt>,
    beacon: Option<Parsed<Beacon>>,
    parts: Vec<Part>,
}

/// Verifies a proof under a key list that comes from elsewhere.
///
/// # Errors
/// The first [`ProofRule`] that fails, in the order of §5.
pub fn verify(bytes: &[u8], keys: &KeyList) -> Result<Verdict, ProofRule> {
    let Contents {
        op,
        receipt,
        beacon,
        parts,
    } = parse(bytes).map_err(|_| ProofRule::Malformed)?;
    let op = op.judge().map_err(|error| match error {
        OpError::Malformed(_) => ProofRule::Malformed,
        OpError::Label | OpError::Grant => ProofRule::OpLabel,
        OpError::Signature => ProofRule::OpSignature,
    })?;
    judge_receipt(&receipt, beacon.as_ref(), &op, keys)?;
    let receipt = receipt.unproven();
    let beacon = judge_beacon(beacon.as_ref(), receipt, &op, keys)?;
    judge_parts(&parts, &op)?;
    let header = op.header();
    Ok(Verdict {
        not_before: beacon.map(|beacon| beacon.time),
        not_after: receipt.time,
        // Both times are not negative and the beacon's is not the later one.
        width: beacon.map(|beacon| receipt.time - beacon.time),
        claimed: header.claimed_time,
        op_id: header.op_id,
        op_hash: op.hash(),
        kind: header.kind.clone(),
        kind_version: header.kind_version,
        lane: op.lane(),
        sequence: header.sequence,
        subject: header.subject,
        epoch: receipt.epoch,
        log_index: receipt.log_index,
        parts_stated: header.parts.len(),
        parts,
    })
}

fn parse(bytes: &[u8]) -> Result<Contents, Malformed> {
    let proof = Proof::decode(bytes)?;
    Ok(Contents {
        op: ParsedOp::parse(&proof.op)?,
        receipt: Parsed::parse(&proof.receipt)?,
        beacon: proof.beacon.as_deref().map(Parsed::parse).transpose()?,
        parts: proof
            .parts
            .iter()
            .map(|part| Part::decode(part))
            .collect::<Result<_, _>>()?,
    })
}

fn judge_receipt(
    receipt: &Parsed<Receipt>,
    beacon: Option<&Parsed<Beacon>>,
    op: &SignedOp,
    keys: &KeyList,
) -> Result<(), ProofRule> {
    keys.judge_signer(receipt).map_err(|error| match error {
        TrustError::Label => ProofRule::ReceiptLabel,
        TrustError::Signature => ProofRule::ReceiptSignature,
        _ => ProofRule::ReceiptKey,
    })?;
    let (stated, header) = (receipt.unproven(), op.header());
    let wanted = stated
        .keys_version
        .max(beacon.map_or(0, |beacon| beacon.unproven().keys_version));
    if keys.version() < wanted {
        return Err(ProofRule::KeysOlder);
    }
    if stated.op_id != header.op_id || stated.op_hash != op.hash() {
        return Err(ProofRule::ReceiptOp);
    }
    if stated.lane != op.lane() || stated.sequence != header.sequence {
        return Err(ProofRule::ReceiptLane);
    }
    Ok(())
}

fn judge_beacon<'a>(
    beacon: Option<&'a Parsed<Beacon>>,
    receipt: &Receipt,
    op: &SignedOp,
    keys: &KeyList,
) -> Result<Option<&'a Beacon>, ProofRule> {
    let (beacon, quoted) = match (beacon, op.header().beacon) {
        (None, None) => return Ok(None),
        (None, Some(_)) => return Err(ProofRule::BeaconMissing),
        (Some(_), None) => return Err(ProofRule::BeaconUnexpected),
        (Some(beacon), Some(quoted)) => (beacon, quoted),
    };
    if beacon.hash() != quoted {
        return Err(ProofRule::BeaconHash);
    }
    keys.judge_signer(beacon).map_err(|error| match error {
        TrustError::Label => ProofRule::BeaconLabel,
        TrustError::Signature => ProofRule::BeaconSignature,
        _ => ProofRule::BeaconKey,
    })?;
    let beacon = beacon.unproven();
    if beacon.time > receipt.time {
        return Err(ProofRule::BeaconAfterReceipt);
    }
    if beacon.epoch == receipt.epoch && beacon.log_head >= receipt.log_index {
        return Err(ProofRule::Epoch);
    }
    Ok(Some(beacon))
}

fn judge_parts(parts: &[Part], op: &SignedOp) -> Result<(), ProofRule> {
    let stated = &op.header().parts;
    let hashes: Vec<Hash> = parts.iter().map(Part::hash).collect();
    if hashes
        .iter()
        .any(|hash| stated.iter().all(|part| part.hash != *hash))
    {
        return Err(ProofRule::PartUnknown);
    }
    if parts.iter().any(|part| !stated.contains(&part.reference())) {
        return Err(ProofRule::PartRole);
    }
    if (1..hashes.len()).any(|i| hashes[..i].contains(&hashes[i])) {
        return Err(ProofRule::PartDuplicate);
    }
    Ok(())
}
