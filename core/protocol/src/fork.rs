//! The signed answer *fork*: the op does not follow the lane's head as the city knows it.
//!
//! Invariant: a phone re-links only after a fork that the key list vouches for and that names its lane.

use crate::cbor::Malformed;
use crate::city::CitySigned;
use crate::fields::{blob, Fields};
use crate::ids::{Epoch, LaneId, OpHash};
use crate::keys::Role;

/// `hues.fork.v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The lane.
    pub lane: LaneId,
    /// Sequence of the newest op the city has, 0 when it has none.
    pub head_sequence: u64,
    /// H(op) of that op, [`OpHash::NONE`] when there is none.
    pub head_hash: OpHash,
    /// When.
    pub time: i64,
    /// The life of the log.
    pub epoch: Epoch,
    /// Version of the key list.
    pub keys_version: u64,
}

impl CitySigned for Fork {
    const LABEL: &'static str = "hues.fork.v1";
    const ROLE: Role = Role::Receipts;

    fn from_fields(fields: &Fields) -> Result<Fork, Malformed> {
        let fork = Fork {
            lane: LaneId(fields.array(1)?),
            head_sequence: fields.uint(2)?,
            head_hash: OpHash(fields.array(3)?),
            time: fields.time(4)?,
            epoch: Epoch(fields.array(5)?),
            keys_version: fields.uint(6)?,
        };
        if (fork.head_sequence == 0) == (fork.head_hash == OpHash::NONE) {
            Ok(fork)
        } else {
            Err(Malformed("head and its hash disagree"))
        }
    }

    fn to_fields(&self) -> Fields {
        Fields::new()
            .with(1, blob(&self.lane.0))
            .with(2, self.head_sequence)
            .with(3, blob(&self.head_hash.0))
            .with(4, self.time)
            .with(5, blob(&self.epoch.0))
            .with(6, self.keys_version)
    }

    fn time(&self) -> i64 {
        self.time
    }

    fn keys_version(&self) -> u64 {
        self.keys_version
    }
}
