//! The op: one act of a person, as a small signed header that commits to its parts by hash.
//!
//! Invariant: a [`SignedOp`] verifies under its own lane key, and its bytes are the bytes that were signed.

use ciborium::value::Value;
use hues_crypto::sign::PublicKey;
use thiserror::Error;

use crate::cbor::Malformed;
use crate::fields::{self, blob, or_null, Fields};
use crate::ids::{Hash, LaneId, OpHash, OpId, Subject};
use crate::lane::{lane_id, LaneKey};
use crate::sign1::{Sign1, MAX_OBJECT};

/// Type label of an op.
pub const LABEL: &str = "hues.op.v1";
/// Most parts of one op.
pub const MAX_PARTS: usize = 12;
/// Longest kind, in bytes.
pub const MAX_KIND: usize = 40;

/// Highest version of a kind: with it, the largest op still leaves room for a proof in a QR code.
pub const MAX_KIND_VERSION: u64 = u32::MAX as u64;

/// Header key 12, reserved for delegation: an op that has it is refused.
const GRANT: u64 = 12;

/// What one part is for, and thereby who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartRole(pub u8);

impl PartRole {
    /// Unit, intake; everyone after an officer published it.
    pub const PUBLIC: PartRole = PartRole(1);
    /// Intake and the handling unit.
    pub const UNIT: PartRole = PartRole(2);
    /// Intake.
    pub const SENDER: PartRole = PartRole(3);
    /// The exact place: intake and the handling unit.
    pub const PLACE: PartRole = PartRole(4);
    /// Who is behind it.
    pub const AUTHOR: PartRole = PartRole(5);
    /// Commits to one attachment.
    pub const FILE: PartRole = PartRole(6);
}

/// A header's commitment to one part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartRef {
    /// The part's role.
    pub role: PartRole,
    /// SHA-256 of the part's bytes.
    pub hash: Hash,
}

/// The fields of `hues.op.v1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpHeader {
    /// Name and idempotency key.
    pub op_id: OpId,
    /// The lane's public key.
    pub lane_key: PublicKey,
    /// Place in the lane, from 1.
    pub sequence: u64,
    /// H(op) of the place before, [`OpHash::NONE`] at 1.
    pub previous: OpHash,
    /// H(beacon) of the newest beacon seen in good order.
    pub beacon: Option<Hash>,
    /// What kind of act, `[a-z][a-z0-9.-]{0,39}`.
    pub kind: String,
    /// Version of the kind.
    pub kind_version: u64,
    /// The parts, sorted by role, then in the order of the files.
    pub parts: Vec<PartRef>,
    /// The phone's own clock, milliseconds since 1970: a claim only. Signed as 0 when it was before 1970.
    pub claimed_time: i64,
    /// The report this is about.
    pub subject: Subject,
    /// The refused op this one stands for.
    pub replaces: Option<OpHash>,
}

/// Why bytes are no op.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum OpError {
    /// Not of the form of the protocol.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Not labelled as an op.
    #[error("wrong label")]
    Label,
    /// Carries the reserved key of delegation.
    #[error("reserved grant")]
    Grant,
    /// Does not verify under its own lane key.
    #[error("bad signature")]
    Signature,
}

/// An op whose form is right and whose label and signature are not yet judged.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ParsedOp {
    sign1: Sign1,
    header: OpHeader,
}

/// A signed op.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedOp {
    sign1: Sign1,
    header: OpHeader,
}

impl OpHeader {
    /// Signs the header with the key of its lane. The header's `lane_key` is set from it, so that the two cannot differ.
    ///
    /// # Errors
    /// [`Malformed`] when the header is not one that could be read again (kind, parts, sequence).
    pub fn sign(mut self, lane: &LaneKey) -> Result<SignedOp, Malformed> {
        self.lane_key = lane.public();
        self.claimed_time = self.claimed_time.max(0);
        self.check()?;
        let sign1 = Sign1::sign(self.to_fields(), lane.signing_key(), None);
        if sign1.bytes().len() > MAX_OBJECT {
            return Err(Malformed("too long"));
        }
        Ok(SignedOp {
            sign1,
            header: self,
        })
    }

    /// The payload, label included.
    #[must_use]
    pub fn to_fields(&self) -> Fields {
        let parts = self
            .parts
            .iter()
            .map(|p| Value::Array(vec![p.role.0.into(), blob(&p.hash.0)]));
        let fields = Fields::new()
            .with(0, LABEL)
            .with(1, blob(&self.op_id.0))
            .with(2, blob(&self.lane_key))
            .with(3, self.sequence)
            .with(4, blob(&self.previous.0))
            .with(5, or_null(self.beacon.map(|b| blob(&b.0))))
            .with(6, self.kind.as_str())
            .with(7, self.kind_version)
            .with(8, Value::Array(parts.collect()))
            .with(9, self.claimed_time)
            .with(10, blob(&self.subject.0));
        match self.replaces {
            Some(hash) => fields.with(11, blob(&hash.0)),
            None => fields,
        }
    }

    fn from_fields(fields: &Fields) -> Result<OpHeader, Malformed> {
        let parts = fields.list(8)?;
        if parts.len() > MAX_PARTS {
            return Err(Malformed("too many parts"));
        }
        let header = OpHeader {
            op_id: OpId(fields.array(1)?),
            lane_key: fields.array(2)?,
            sequence: fields.uint(3)?,
            previous: OpHash(fields.array(4)?),
            beacon: fields.nullable(5, fields::array)?.map(Hash),
            kind: fields.text(6)?.to_owned(),
            kind_version: fields.uint(7)?,
            parts: parts.iter().map(part_ref).collect::<Result<_, _>>()?,
            claimed_time: fields.time(9)?,
            subject: Subject(fields.array(10)?),
            replaces: fields.optional(11, fields::array)?.map(OpHash),
        };
        header.check()?;
        Ok(header)
    }

    /// The rules of form that the types do not hold.
    fn check(&self) -> Result<(), Malformed> {
        if self.sequence == 0 || (self.sequence == 1) != (self.previous == OpHash::NONE) {
            return Err(Malformed("sequence and previous"));
        }
        if !is_kind(&self.kind) || self.kind_version > MAX_KIND_VERSION {
            return Err(Malformed("kind"));
        }
        if self.parts.len() > MAX_PARTS
            || self
                .parts
                .windows(2)
                .any(|pair| pair[0].role > pair[1].role)
        {
            return Err(Malformed("parts"));
        }
        Ok(())
    }
}

/// Whether `kind` is `[a-z][a-z0-9.-]{0,39}`.
#[must_use]
pub fn is_kind(kind: &str) -> bool {
    kind.len() <= MAX_KIND
        && kind.starts_with(|c: char| c.is_ascii_lowercase())
        && kind
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
}

pub(crate) fn part_role(value: &Value) -> Result<PartRole, Malformed> {
    match u8::try_from(fields::uint(value)?) {
        Ok(n @ 1..) => Ok(PartRole(n)),
        _ => Err(Malformed("part role")),
    }
}

fn part_ref(value: &Value) -> Result<PartRef, Malformed> {
    let [role, hash] = fields::list(value)? else {
        return Err(Malformed("part reference"));
    };
    Ok(PartRef {
        role: part_role(role)?,
        hash: Hash(fields::array(hash)?),
    })
}

impl ParsedOp {
    pub(crate) fn parse(bytes: &[u8]) -> Result<ParsedOp, Malformed> {
        let sign1 = Sign1::parse(bytes, MAX_OBJECT)?;
        if sign1.kid().is_some() {
            return Err(Malformed("an op names no kid"));
        }
        let header = OpHeader::from_fields(sign1.fields())?;
        Ok(ParsedOp { sign1, header })
    }

    /// Label, reserved key and signature, in this order.
    pub(crate) fn judge(self) -> Result<SignedOp, OpError> {
        if self.sign1.label() != LABEL {
            return Err(OpError::Label);
        }
        if self.sign1.fields().has(GRANT) {
            return Err(OpError::Grant);
        }
        if !self.sign1.verifies(&self.header.lane_key) {
            return Err(OpError::Signature);
        }
        Ok(SignedOp {
            sign1: self.sign1,
            header: self.header,
        })
    }
}

impl SignedOp {
    /// Reads an op and verifies it under its own lane key.
    ///
    /// # Errors
    /// [`OpError`].
    pub fn decode(bytes: &[u8]) -> Result<SignedOp, OpError> {
        ParsedOp::parse(bytes)?.judge()
    }

    /// The header's fields.
    #[must_use]
    pub fn header(&self) -> &OpHeader {
        &self.header
    }

    /// The complete COSE bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.sign1.bytes()
    }

    /// H(op).
    #[must_use]
    pub fn hash(&self) -> OpHash {
        OpHash(self.sign1.hash())
    }

    /// The name of its lane.
    #[must_use]
    pub fn lane(&self) -> LaneId {
        lane_id(&self.header.lane_key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn header() -> OpHeader {
        OpHeader {
            op_id: OpId([1; 16]),
            lane_key: [0; 32],
            sequence: 1,
            previous: OpHash::NONE,
            beacon: Some(Hash([2; 32])),
            kind: "report.new".into(),
            kind_version: 1,
            parts: vec![
                PartRef {
                    role: PartRole::PUBLIC,
                    hash: Hash([3; 32]),
                },
                PartRef {
                    role: PartRole::FILE,
                    hash: Hash([4; 32]),
                },
            ],
            claimed_time: 1_761_638_400_000,
            subject: Subject([5; 16]),
            replaces: None,
        }
    }

    fn lane() -> LaneKey {
        LaneKey::from_seed(&[7; 32])
    }

    fn resign(change: impl FnOnce(Fields) -> Fields) -> Result<SignedOp, OpError> {
        let op = header().sign(&lane()).unwrap();
        SignedOp::decode(
            Sign1::sign(change(op.header().to_fields()), lane().signing_key(), None).bytes(),
        )
    }

    #[test]
    fn signed_and_read_again() {
        let op = header().sign(&lane()).unwrap();
        let back = SignedOp::decode(op.bytes()).unwrap();
        assert_eq!(back, op);
        assert_eq!(back.lane(), lane().id());
    }

    #[test]
    fn a_clock_before_1970_is_claimed_as_1970() {
        let op = OpHeader {
            claimed_time: -5,
            ..header()
        }
        .sign(&lane())
        .unwrap();
        assert_eq!(
            SignedOp::decode(op.bytes()).unwrap().header().claimed_time,
            0
        );
    }

    #[test]
    fn each_fault_has_its_name() {
        assert!(resign(|f| f).is_ok());
        assert!(
            resign(|f| f.with(99, "later")).is_ok(),
            "unknown keys are kept"
        );
        assert_eq!(resign(|f| f.with(0, "hues.op.v2")), Err(OpError::Label));
        assert_eq!(resign(|f| f.with(GRANT, Value::Null)), Err(OpError::Grant));
        assert_eq!(
            resign(|f| f.with(2, blob(&LaneKey::from_seed(&[8; 32]).public()))),
            Err(OpError::Signature)
        );
        let malformed =
            |change: fn(Fields) -> Fields| matches!(resign(change), Err(OpError::Malformed(_)));
        assert!(malformed(|f| f.with(3, 0)));
        assert!(malformed(|f| f.with(3, 2)), "sequence 2 without previous");
        assert!(malformed(|f| f.with(3, -1)));
        assert!(malformed(|f| f.with(3, u64::MAX)));
        assert!(malformed(|f| f.with(6, "Report.new")));
        assert!(malformed(|f| f.with(6, "a".repeat(41))));
        assert!(malformed(|f| f.with(9, -1)));
        assert!(
            malformed(|f| f.with(11, Value::Null)),
            "optional, not nullable"
        );
        assert!(malformed(|f| f.with(1, blob(&[0; 15]))));
        assert!(malformed(|mut f| {
            f.remove(5);
            f
        }));
        let entry = |role: u64| Value::Array(vec![role.into(), blob(&[0; 32])]);
        assert!(matches!(
            resign(|f| f.with(8, Value::Array(vec![entry(6), entry(1)]))),
            Err(OpError::Malformed(_))
        ));
        assert!(matches!(
            resign(|f| f.with(8, Value::Array(vec![entry(0)]))),
            Err(OpError::Malformed(_))
        ));
        assert!(matches!(
            resign(|f| f.with(8, Value::Array(vec![entry(256)]))),
            Err(OpError::Malformed(_))
        ));
        assert!(matches!(
            resign(|f| f.with(8, Value::Array(vec![entry(6); 13]))),
            Err(OpError::Malformed(_))
        ));
    }
}
