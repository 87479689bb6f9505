//! The device certificate: for at most 90 days the city vouches that a device op key belongs to an account.
//!
//! Invariant: the certificate names a pseudonym, never a person.

use crate::cbor::Malformed;
use crate::city::CitySigned;
use crate::fields::{blob, Fields};
use crate::keys::Role;

/// Longest validity, 90 days in milliseconds.
pub const MAX_VALIDITY_MS: i64 = 90 * 24 * 3600 * 1000;

/// `hues.device.v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCertificate {
    /// The device op key.
    pub device_key: [u8; 32],
    /// The account's pseudonym.
    pub account: [u8; 16],
    /// First instant it is good for.
    pub not_before: i64,
    /// Last instant it is good for, at most 90 days after.
    pub not_after: i64,
    /// When it was signed.
    pub issued: i64,
    /// Version of the key list.
    pub keys_version: u64,
}

impl DeviceCertificate {
    /// Whether it is good at `time`, both ends included.
    #[must_use]
    pub fn covers(&self, time: i64) -> bool {
        (self.not_before..=self.not_after).contains(&time)
    }
}

impl CitySigned for DeviceCertificate {
    const LABEL: &'static str = "hues.device.v1";
    const ROLE: Role = Role::Leases;

    fn from_fields(fields: &Fields) -> Result<DeviceCertificate, Malformed> {
        let certificate = DeviceCertificate {
            device_key: fields.array(1)?,
            account: fields.array(2)?,
            not_before: fields.time(3)?,
            not_after: fields.time(4)?,
            issued: fields.time(5)?,
            keys_version: fields.uint(6)?,
        };
        // Both times are not negative, so the difference cannot overflow.
        match certificate.not_after - certificate.not_before {
            0..=MAX_VALIDITY_MS => Ok(certificate),
            _ => Err(Malformed("validity")),
        }
    }

    fn to_fields(&self) -> Fields {
        Fields::new()
            .with(1, blob(&self.device_key))
            .with(2, blob(&self.account))
            .with(3, self.not_before)
            .with(4, self.not_after)
            .with(5, self.issued)
            .with(6, self.keys_version)
    }

    fn time(&self) -> i64 {
        self.issued
    }

    fn keys_version(&self) -> u64 {
        self.keys_version
    }
}
