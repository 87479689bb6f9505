//! The receipt: the city's signed word that it committed an op.
//!
//! Invariant: only a receipt that the key list vouches for, and that names the op's id, hash, lane and sequence, closes an op.

use crate::cbor::Malformed;
use crate::city::CitySigned;
use crate::fields::{blob, Fields};
use crate::ids::{Epoch, LaneId, OpHash, OpId};
use crate::keys::Role;
use crate::op::SignedOp;

/// `hues.receipt.v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The op.
    pub op_id: OpId,
    /// Its lane.
    pub lane: LaneId,
    /// Its place in the lane.
    pub sequence: u64,
    /// H(op).
    pub op_hash: OpHash,
    /// When the city committed it.
    pub time: i64,
    /// The life of the log it was committed in.
    pub epoch: Epoch,
    /// Its place in the log.
    pub log_index: u64,
    /// Highest log index the city's backup surely held then.
    pub watermark: u64,
    /// Version of the key list.
    pub keys_version: u64,
}

impl Receipt {
    /// Whether this receipt speaks of exactly `op`.
    #[must_use]
    pub fn is_for(&self, op: &SignedOp) -> bool {
        self.op_id == op.header().op_id
            && self.op_hash == op.hash()
            && self.lane == op.lane()
            && self.sequence == op.header().sequence
    }
}

impl CitySigned for Receipt {
    const LABEL: &'static str = "hues.receipt.v1";
    const ROLE: Role = Role::Receipts;

    fn from_fields(fields: &Fields) -> Result<Receipt, Malformed> {
        Ok(Receipt {
            op_id: OpId(fields.array(1)?),
            lane: LaneId(fields.array(2)?),
            sequence: fields.uint(3)?,
            op_hash: OpHash(fields.array(4)?),
            time: fields.time(5)?,
            epoch: Epoch(fields.array(6)?),
            log_index: fields.uint(7)?,
            watermark: fields.uint(8)?,
            keys_version: fields.uint(9)?,
        })
    }

    fn to_fields(&self) -> Fields {
        Fields::new()
            .with(1, blob(&self.op_id.0))
            .with(2, blob(&self.lane.0))
            .with(3, self.sequence)
            .with(4, blob(&self.op_hash.0))
            .with(5, self.time)
            .with(6, blob(&self.epoch.0))
            .with(7, self.log_index)
            .with(8, self.watermark)
            .with(9, self.keys_version)
    }

    fn time(&self) -> i64 {
        self.time
    }

    fn keys_version(&self) -> u64 {
        self.keys_version
    }
}
