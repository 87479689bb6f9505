//! What the city keeps, as records.
//!
//! Invariant: ids and hashes are typed; a person appears as an account key and nowhere by name.

use std::collections::BTreeMap;

use hues_protocol::ids::{Epoch, Hash, LaneId, OpHash, OpId, Subject};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A lane: its head and whose it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LaneRecord {
    /// The lane's public key.
    pub(super) key: Hash,
    pub(super) head: u64,
    pub(super) hash: OpHash,
    /// Nobody: the lane is anonymous.
    pub(super) account: Option<String>,
    pub(super) anonymous: bool,
    pub(super) subject: Subject,
}

/// What a receipt states beside the op itself. Signing is deterministic, so these make the same bytes again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) time: i64,
    pub(super) epoch: Epoch,
    pub(super) index: u64,
    pub(super) watermark: u64,
    pub(super) keys_version: u64,
}

/// A committed op. Its bytes lie beside it as the bundle that came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct OpRecord {
    pub(super) hash: OpHash,
    pub(super) lane: LaneId,
    pub(super) sequence: u64,
    pub(super) kind: String,
    pub(super) subject: Subject,
    pub(super) account: Option<String>,
    pub(super) stamp: Stamp,
    /// How often it was handed in, the first time included.
    pub(super) deliveries: u64,
    pub(super) files: Vec<FileClaim>,
}

/// A file part: what the op says about an attachment.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub(super) struct FileClaim {
    pub(super) sha256: Hash,
    pub(super) bytes: u64,
    pub(super) media_type: String,
}

/// An op that will not be taken, by H(op).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct RefusalRecord {
    pub(super) op_id: OpId,
    pub(super) hash: OpHash,
    pub(super) lane: LaneId,
    pub(super) sequence: u64,
    pub(super) rule: String,
    pub(super) time: i64,
    pub(super) epoch: Epoch,
    pub(super) keys_version: u64,
}

/// One file on its way or arrived.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Upload {
    pub(super) op: OpId,
    pub(super) report: Subject,
    pub(super) claim: FileClaim,
    pub(super) account: Option<String>,
    pub(super) lane: LaneId,
    pub(super) offset: u64,
    pub(super) expires: i64,
    /// Its place in the log once it is whole.
    pub(super) index: Option<u64>,
}

/// A photo of a report or of an answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Photo {
    pub(super) op: OpId,
    pub(super) claim: FileClaim,
    pub(super) received: bool,
}

/// One line of a report's history.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) at: i64,
    pub(super) state: String,
    /// `citizen`, `intake` or a unit's code.
    pub(super) by: String,
    pub(super) text: Option<String>,
}

/// The exact place; the intake and the handling unit see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) lat: i64,
    pub(super) lon: i64,
    pub(super) accuracy_m: Option<u64>,
}

/// The open question to the citizen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Ask {
    pub(super) text: String,
    pub(super) at: i64,
    pub(super) due: Option<String>,
}

/// The unit's answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct UnitAnswer {
    pub(super) text: String,
    pub(super) at: i64,
    pub(super) photos: Vec<Photo>,
}

/// What the citizen thought of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Rating {
    pub(super) stars: u64,
    pub(super) text: Option<String>,
}

/// A report as the intake knows it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) id: Subject,
    pub(super) lane: LaneId,
    pub(super) account: Option<String>,
    /// `named`, `sealed` or `anonymous`.
    pub(super) author: String,
    pub(super) op: OpId,
    pub(super) state: String,
    pub(super) category: String,
    pub(super) text: String,
    pub(super) ward: Option<String>,
    pub(super) place: Option<Place>,
    pub(super) words: Option<String>,
    pub(super) answers: BTreeMap<String, String>,
    pub(super) photos: Vec<Photo>,
    pub(super) timeline: Vec<Step>,
    pub(super) unit: String,
    pub(super) due: Option<String>,
    pub(super) ask: Option<Ask>,
    pub(super) answer: Option<UnitAnswer>,
    pub(super) rating: Option<Rating>,
    /// What everyone reads, as the officer's op said it.
    pub(super) public: Option<Value>,
    pub(super) filed_at: i64,
}
