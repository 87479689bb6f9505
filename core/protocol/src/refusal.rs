//! The signed refusal of one op, and the rules of protocol 1 it may name.
//!
//! Invariant: a refusal frees an op for editing only when it is signed and names that op's id and hash. A rule this
//! release does not know is kept as text.

use crate::cbor::Malformed;
use crate::city::CitySigned;
use crate::fields::{blob, Fields};
use crate::ids::{Epoch, OpHash, OpId};
use crate::keys::Role;
use crate::op::SignedOp;

/// Longest name of a rule, in bytes.
pub const MAX_RULE: usize = 64;

/// `hues.refusal.v1`: understood, and not taken. The lane's head did not move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The op.
    pub op_id: OpId,
    /// H(op).
    pub op_hash: OpHash,
    /// The rule that refused it; see [`Rule`] for those of protocol 1.
    pub rule: String,
    /// When.
    pub time: i64,
    /// The life of the log.
    pub epoch: Epoch,
    /// Version of the key list.
    pub keys_version: u64,
}

impl Refusal {
    /// Whether this refusal speaks of exactly `op`.
    #[must_use]
    pub fn is_for(&self, op: &SignedOp) -> bool {
        self.op_id == op.header().op_id && self.op_hash == op.hash()
    }

    /// The rule, when this release knows it.
    #[must_use]
    pub fn known_rule(&self) -> Option<Rule> {
        Rule::from_name(&self.rule)
    }
}

impl CitySigned for Refusal {
    const LABEL: &'static str = "hues.refusal.v1";
    const ROLE: Role = Role::Receipts;

    fn from_fields(fields: &Fields) -> Result<Refusal, Malformed> {
        let rule = fields.text(3)?;
        if !is_rule_name(rule) {
            return Err(Malformed("rule name"));
        }
        Ok(Refusal {
            op_id: OpId(fields.array(1)?),
            op_hash: OpHash(fields.array(2)?),
            rule: rule.to_owned(),
            time: fields.time(4)?,
            epoch: Epoch(fields.array(5)?),
            keys_version: fields.uint(6)?,
        })
    }

    fn to_fields(&self) -> Fields {
        Fields::new()
            .with(1, blob(&self.op_id.0))
            .with(2, blob(&self.op_hash.0))
            .with(3, self.rule.as_str())
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

/// Whether `name` is `[a-z][a-z0-9-]*` of at most [`MAX_RULE`] bytes.
#[must_use]
pub fn is_rule_name(name: &str) -> bool {
    name.len() <= MAX_RULE
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The refusal rules of protocol 1 (§6).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Rule {
            $($(#[$doc])* $variant,)*
        }

        impl Rule {
            /// All of them, in the order of the document.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant,)*];

            /// The name on the wire.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Rule::$variant => $name,)* }
            }

            /// The rule of a name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Rule> {
                match name { $($name => Some(Rule::$variant),)* _ => None }
            }
        }
    };
}

rules! {
    /// Same op id, another hash.
    OpIdReused = "op-id-reused",
    /// The city does not know this kind.
    KindUnknown = "kind-unknown",
    /// The city does not take this version of the kind.
    KindVersion = "kind-version",
    /// The op does not verify under its lane key.
    Signature = "signature",
    /// A part the header commits to is not in the bundle, or one is there that it does not name.
    PartMissing = "part-missing",
    /// A part's hash or role is not the header's.
    PartHash = "part-hash",
    /// A part's body is not of the kind's shape.
    Body = "body",
    /// No such category, or one that is only a group.
    CategoryUnknown = "category-unknown",
    /// A text that must not be empty is.
    TextEmpty = "text-empty",
    /// A text over its limit, in Unicode scalars after NFC.
    TextLong = "text-long",
    /// No such ward.
    WardUnknown = "ward-unknown",
    /// A required extra question has no answer.
    QuestionMissing = "question-missing",
    /// An answer that the question does not allow.
    AnswerBad = "answer-bad",
    /// More files than the kind allows.
    FilesMany = "files-many",
    /// A file over the limit.
    FileLarge = "file-large",
    /// The author part is missing, or its certificate does not verify.
    Author = "author",
    /// Author kind 4 is reserved.
    AuthorTicket = "author-ticket",
    /// Header key 12 is reserved.
    Grant = "grant",
    /// No such report.
    SubjectUnknown = "subject-unknown",
    /// The report belongs to somebody else.
    NotYours = "not-yours",
    /// Only an officer may do this.
    NotStaff = "not-staff",
    /// The report's state does not allow this.
    State = "state",
    /// A report is rated once.
    AlreadyRated = "already-rated",
    /// A report is published once.
    AlreadyPublished = "already-published",
    /// No such unit.
    UnitUnknown = "unit-unknown",
    /// The publication names a photo the report does not have.
    PhotoUnknown = "photo-unknown",
    /// Stars are 1 to 5.
    Stars = "stars",
    /// `replaces` does not name the refused op of this place in the lane.
    Replaces = "replaces",
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        assert_eq!(Rule::ALL.len(), 28);
        for rule in Rule::ALL {
            assert_eq!(Rule::from_name(rule.name()), Some(*rule));
            assert!(is_rule_name(rule.name()));
        }
        assert_eq!(Rule::from_name("of-tomorrow"), None);
        assert!(!is_rule_name("<b>") && !is_rule_name("") && !is_rule_name("-a"));
    }
}
