//! What the domains say to the outbox and hear from it.

use crate::machine::{Owner, Priority};
use hues_protocol::ids::{Hash, LaneId, OpHash, OpId, Subject};
use hues_protocol::part::Part;

/// In which lane an op goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneRef {
    /// A lane of its own, under a fresh key.
    New(Owner),
    /// After what is already in this lane.
    Existing(LaneId),
}

/// Whose name stands behind an op.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorWish {
    /// The kind has no author part.
    None,
    /// The intake sees the device op key.
    Named,
    /// Only the disclosure key's holder can see it. Where no key list was seen yet, it is sealed before the op first leaves.
    Sealed,
    /// Nobody.
    Anonymous,
}

/// An attachment of an op. Its file part is among the op's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewFile {
    /// SHA-256 of the cleaned file.
    pub sha256: Hash,
    /// Its length in bytes.
    pub len: u64,
    /// The sealed file it lies in.
    pub sealed: [u8; 16],
}

/// An act of a person, ready to be signed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOp {
    /// Its name; a random UUID v4.
    pub op_id: OpId,
    /// Kind on the wire.
    pub kind: String,
    /// Version of the kind.
    pub version: u64,
    /// What it is about.
    pub subject: Subject,
    /// All parts but the author's.
    pub parts: Vec<Part>,
    /// The author part to add.
    pub author: AuthorWish,
    /// Its rank.
    pub priority: Priority,
    /// Its attachments.
    pub files: Vec<NewFile>,
    /// Never sent twice by itself: its fate is asked for.
    pub query_only: bool,
}

/// An op that is in the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct Enqueued {
    /// Its name.
    pub op_id: OpId,
    /// Its lane.
    pub lane: LaneId,
    /// Its place there.
    pub sequence: u64,
    /// H(op).
    pub hash: OpHash,
    /// What to mirror after the commit, under the op id. Holds the lane's key: it is sealed at rest and never logged.
    pub mirror: zeroize::Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Enqueued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Enqueued({:?}, {:?}, {})",
            self.op_id, self.lane, self.sequence
        )
    }
}

/// A mirror entry to write anew: the op was signed again.
#[derive(Clone, PartialEq, Eq)]
pub struct Remirror {
    /// The op.
    pub op_id: OpId,
    /// As [`Enqueued::mirror`].
    pub mirror: zeroize::Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Remirror {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Remirror({:?})", self.op_id)
    }
}

/// What an edit or a discard changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changed {
    /// The op that stands there now; `None` when it left without a trace.
    pub op: Option<Enqueued>,
    /// Ops signed again because they follow it.
    pub again: Vec<Remirror>,
    /// Mirror entries and sealed files that nobody needs any more.
    pub forget_ops: Vec<OpId>,
    /// Sealed files that nobody needs any more.
    pub forget_files: Vec<[u8; 16]>,
}

/// Where an op stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpState {
    /// Not handed over yet.
    Waiting,
    /// Handed over; its fate is not known.
    Sending,
    /// Refused: the lane waits for the person.
    Wedged,
    /// The city has it.
    Done,
}

impl OpState {
    /// The word of the terminal shell.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            OpState::Waiting => "waiting",
            OpState::Sending => "sending",
            OpState::Wedged => "wedged",
            OpState::Done => "done",
        }
    }
}

/// An op as a person sees it in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpView {
    /// The op.
    pub op_id: OpId,
    /// Its lane.
    pub lane: LaneId,
    /// Its place in the lane.
    pub sequence: u64,
    /// Its kind.
    pub kind: String,
    /// What it is about.
    pub subject: Subject,
    /// Where it stands.
    pub state: OpState,
    /// Failures in a row.
    pub tries: u32,
    /// Not tried before this moment of the phone's wall clock, milliseconds since 1970.
    pub next_try: Option<i64>,
    /// The rule of the last refusal, or a word for the last failure.
    pub error: Option<String>,
    /// The op before it in the lane that must leave first, when that one is stuck.
    pub behind: Option<OpId>,
    /// It may be edited or discarded.
    pub editable: bool,
    /// It was signed again after the city and this phone disagreed on the lane.
    pub relinked: bool,
    /// Attachments not complete at the city.
    pub files_open: u32,
    /// When it was made, by the phone's clock.
    pub made: i64,
}
