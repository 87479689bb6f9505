//! The beacon: signed time, the same bytes for everyone, fetched without credentials.
//!
//! Invariant: a beacon names nobody; quoting one proves only "not older than".

use crate::cbor::Malformed;
use crate::city::CitySigned;
use crate::fields::{blob, Fields};
use crate::ids::Epoch;
use crate::keys::Role;

/// `hues.beacon.v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beacon {
    /// The city's time, milliseconds since 1970.
    pub time: i64,
    /// Not predictable, so that nobody can quote it before.
    pub nonce: [u8; 16],
    /// The life of the log it was made in.
    pub epoch: Epoch,
    /// Highest log index the city's backup surely holds.
    pub watermark: u64,
    /// Highest log index given out so far.
    pub log_head: u64,
    /// Version of the key list.
    pub keys_version: u64,
}

impl CitySigned for Beacon {
    const LABEL: &'static str = "hues.beacon.v1";
    const ROLE: Role = Role::Beacons;

    fn from_fields(fields: &Fields) -> Result<Beacon, Malformed> {
        Ok(Beacon {
            time: fields.time(1)?,
            nonce: fields.array(2)?,
            epoch: Epoch(fields.array(3)?),
            watermark: fields.uint(4)?,
            log_head: fields.uint(5)?,
            keys_version: fields.uint(6)?,
        })
    }

    fn to_fields(&self) -> Fields {
        Fields::new()
            .with(1, self.time)
            .with(2, blob(&self.nonce))
            .with(3, blob(&self.epoch.0))
            .with(4, self.watermark)
            .with(5, self.log_head)
            .with(6, self.keys_version)
    }

    fn time(&self) -> i64 {
        self.time
    }

    fn keys_version(&self) -> u64 {
        self.keys_version
    }
}
