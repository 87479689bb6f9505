//! The bundle: an op and all its parts, as the phone hands them in.
//!
//! Invariant: a [`Bundle`] holds exactly the parts its header commits to, in the header's order.

use thiserror::Error;

use crate::cbor::{self, Malformed};
use crate::fields::{self, blob, Fields};
use crate::op::{OpError, SignedOp, MAX_PARTS};
use crate::part::{self, Part};
use crate::refusal::Rule;

/// Type label of a bundle.
pub const LABEL: &str = "hues.bundle.v1";
/// Largest bundle.
pub const MAX_BUNDLE: usize = 64 * 1024;

/// An op with all its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    op: SignedOp,
    parts: Vec<Part>,
}

/// Why bytes are no bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BundleError {
    /// Not of the form of the protocol: answered with 400, unsigned.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Understood and not taken: answered with a signed refusal.
    #[error("{0}")]
    Refused(Rule),
}

impl Bundle {
    /// Puts an op and its parts together.
    ///
    /// # Errors
    /// [`BundleError`] when they do not belong together or are too large.
    pub fn new(op: SignedOp, parts: Vec<Part>) -> Result<Bundle, BundleError> {
        let stated = &op.header().parts;
        if stated.len() != parts.len() {
            return Err(BundleError::Refused(Rule::PartMissing));
        }
        if stated
            .iter()
            .zip(&parts)
            .any(|(stated, part)| *stated != part.reference())
        {
            return Err(BundleError::Refused(Rule::PartHash));
        }
        let bundle = Bundle { op, parts };
        if bundle.encode().len() > MAX_BUNDLE {
            return Err(Malformed("too long").into());
        }
        Ok(bundle)
    }

    /// Reads and verifies a bundle.
    ///
    /// # Errors
    /// [`BundleError`]: malformed, or the refusal rule (`signature`, `grant`, `part-missing`, `part-hash`).
    pub fn decode(bytes: &[u8]) -> Result<Bundle, BundleError> {
        let (op, parts) = Bundle::split(bytes)?;
        let op = SignedOp::decode(&op).map_err(|error| match error {
            OpError::Malformed(form) => BundleError::Malformed(form),
            OpError::Label => BundleError::Malformed(Malformed("op label")),
            OpError::Grant => BundleError::Refused(Rule::Grant),
            OpError::Signature => BundleError::Refused(Rule::Signature),
        })?;
        Bundle::new(op, parts)
    }

    /// The op's bytes and the parts of a bundle, without judging whether they belong together. A gateway needs the op id
    /// even of a bundle it will refuse.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn split(bytes: &[u8]) -> Result<(Vec<u8>, Vec<Part>), Malformed> {
        let map = Fields::from_value(cbor::decode(bytes, MAX_BUNDLE)?)?;
        if map.text(0)? != LABEL {
            return Err(Malformed("bundle label"));
        }
        let parts = map.list(2)?;
        if parts.len() > MAX_PARTS {
            return Err(Malformed("too many parts"));
        }
        let parts = parts
            .iter()
            .map(|part| Part::decode(fields::bytes(part)?))
            .collect::<Result<_, _>>()?;
        Ok((map.bytes(1)?.to_vec(), parts))
    }

    /// The bytes that are sent. Not signed by themselves, so building them again changes nothing.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let map = Fields::new()
            .with(0, LABEL)
            .with(1, blob(self.op.bytes()))
            .with(2, part::to_value(&self.parts));
        cbor::encode(&map.to_value())
    }

    /// The op.
    #[must_use]
    pub fn op(&self) -> &SignedOp {
        &self.op
    }

    /// The parts, in the header's order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Takes it apart.
    #[must_use]
    pub fn into_inner(self) -> (SignedOp, Vec<Part>) {
        (self.op, self.parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{OpHash, OpId, Subject};
    use crate::lane::LaneKey;
    use crate::op::{OpHeader, PartRole};

    fn parts() -> Vec<Part> {
        [PartRole::PUBLIC, PartRole::UNIT, PartRole::FILE]
            .map(|role| Part::with_salt(role, Fields::new().with(1, "x"), [role.0; 16]).unwrap())
            .to_vec()
    }

    fn op(parts: &[Part]) -> SignedOp {
        OpHeader {
            op_id: OpId([1; 16]),
            lane_key: [0; 32],
            sequence: 1,
            previous: OpHash::NONE,
            beacon: None,
            kind: "report.new".into(),
            kind_version: 1,
            parts: part::references(parts),
            claimed_time: 0,
            subject: Subject([1; 16]),
            replaces: None,
        }
        .sign(&LaneKey::from_seed(&[1; 32]))
        .unwrap()
    }

    #[test]
    fn round_trip() {
        let bundle = Bundle::new(op(&parts()), parts()).unwrap();
        assert_eq!(Bundle::decode(&bundle.encode()).unwrap(), bundle);
    }

    #[test]
    fn parts_that_are_not_the_headers() {
        let good = op(&parts());
        assert_eq!(
            Bundle::new(good.clone(), parts()[..2].to_vec()),
            Err(BundleError::Refused(Rule::PartMissing))
        );
        let mut swapped = parts();
        swapped.swap(0, 1);
        assert_eq!(
            Bundle::new(good, swapped),
            Err(BundleError::Refused(Rule::PartHash))
        );
        assert!(matches!(
            Bundle::decode(b"{}"),
            Err(BundleError::Malformed(_))
        ));
    }
}
