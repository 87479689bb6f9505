//! What goes into the step machine and what comes out of it.
//!
//! Invariant: nothing here holds the words of an op, a key or an address: the machine decides *when*, the engine knows *what*.

use hues_env::Mono;

/// A 16-byte id: of an op, a lane or an account.
pub type Id = [u8; 16];
/// Names one unbroken life of the city's log.
pub type Epoch = [u8; 8];
/// The local number of an attachment (its row).
pub type FileId = i64;

/// A request the machine has asked for; never used twice within one life of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReqId(pub u64);

/// How good the network is, as the host reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Link {
    /// No network: nothing is tried, nothing wakes the phone.
    #[default]
    None,
    /// A portal stands in between: only `hello` is tried, now and then.
    Captive,
    /// Slow or metered: one request at a time, words first.
    Slow,
    /// Good: a few requests side by side.
    Good,
}

/// Who is signed in on this phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Session {
    /// Nobody.
    #[default]
    None,
    /// This account, with a session the city still takes as far as we know.
    Live(Id),
    /// This account, whose session the city refused or which ran out.
    Expired(Id),
}

/// Under whose name a lane may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Anonymous: leaves without a session.
    Nobody,
    /// Written before the first sign-in: waits until somebody adopts it.
    Unclaimed,
    /// Leaves under this account only.
    Account(Id),
}

/// What an op is worth against others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// An urgent report: before everything else.
    Urgent,
    /// Words of a person.
    Words,
}

/// A lane's first op that has not got its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The op.
    pub op: Id,
    /// Its rank.
    pub priority: Priority,
    /// Local sequence: older acts go first among equals.
    pub order: i64,
    /// Size of its bundle in bytes.
    pub len: u64,
    /// It was handed to the transport before and no answer is known.
    pub fate_unknown: bool,
    /// It must never be sent twice by itself (a payment): its fate is asked for.
    pub query_only: bool,
    /// The city refused it; the lane waits for the person.
    pub wedged: bool,
    /// Failures in a row.
    pub tries: u32,
    /// Not before this moment.
    pub due: Option<Mono>,
}

/// A lane as the database has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneView {
    /// The lane.
    pub lane: Id,
    /// Who may send it.
    pub owner: Owner,
    /// Its first open op; `None` when all have receipts.
    pub head: Option<Head>,
}

/// An attachment whose op has its receipt, while its bytes are not complete at the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileView {
    /// The attachment.
    pub file: FileId,
    /// Who may send it.
    pub owner: Owner,
    /// Length in bytes.
    pub len: u64,
    /// The city gave it an address already.
    pub placed: bool,
}

/// What may be pulled, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeView {
    /// Its name on the wire (`mine`, `inbox`, `public`, `unit:…`, `lane:…`).
    pub name: String,
    /// Needs a signed-in session.
    pub session: bool,
    /// Needs a beacon younger than an hour (the scope of an anonymous lane).
    pub beacon: bool,
    /// Pulled again once an op of this phone got its receipt.
    pub after_ops: bool,
    /// Pull every so many milliseconds while the app is on screen.
    pub every_foreground: Option<u64>,
    /// Pull every so many milliseconds while it is not.
    pub every_background: Option<u64>,
    /// Failures in a row.
    pub tries: u32,
    /// Milliseconds since the last good pull; `None`: never pulled.
    pub age: Option<u64>,
}

/// What to ask of the city.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Request {
    /// `GET /hello`; also the probe for a captive portal.
    Hello,
    /// `GET /keys`.
    Keys,
    /// `GET /beacon`.
    Beacon,
    /// `GET /packs/config`.
    Pack,
    /// `POST /ops` with the head of this lane.
    Op {
        /// The lane.
        lane: Id,
        /// Its head.
        op: Id,
    },
    /// `GET /ops/{op}`.
    Query {
        /// The lane.
        lane: Id,
        /// The op of unknown fate.
        op: Id,
    },
    /// `GET /pull`, at most this many rows.
    Pull {
        /// The scope.
        scope: String,
        /// Row limit.
        limit: u32,
    },
    /// `POST /files`.
    Create {
        /// The attachment.
        file: FileId,
    },
    /// `HEAD` of the attachment: how far did we get?
    Ask {
        /// The attachment.
        file: FileId,
    },
    /// `PATCH` of this range.
    Patch {
        /// The attachment.
        file: FileId,
        /// First byte.
        offset: u64,
        /// Number of bytes.
        len: u64,
    },
    /// `GET /wake`: held open by the city until something new is there.
    Listen,
}

/// What the city (or whoever stood in between) made of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Cut, timed out, refused by the network: fate unknown.
    Failed,
    /// It was never sent: something of the phone's own is missing (a key to seal to, a beacon, the thing itself).
    NotSent,
    /// An answer that is not the city's (portal, proxy): fate unknown.
    Foreign,
    /// 5xx: fate unknown.
    ServerError,
    /// The city asks to wait so many milliseconds.
    RetryAfter(u64),
    /// 401.
    SignIn,
    /// 426.
    Update,
    /// Signed with a key, or stating a list, that is newer than ours.
    NewerKeys,
    /// An unsigned refusal of this request.
    Denied,
    /// `hello`.
    Hello {
        /// Our protocol version is in the city's range.
        speaks: bool,
        /// The city's epoch.
        epoch: Epoch,
        /// What its backup surely holds, by its unsigned word: a hint.
        watermark: u64,
        /// Its log head.
        log_head: u64,
        /// It has a newer key list than we keep.
        newer_keys: bool,
        /// It has a newer config pack than we keep.
        newer_pack: bool,
    },
    /// A good key list (perhaps the one we had).
    Keys,
    /// A good beacon.
    Beacon {
        /// The city's epoch.
        epoch: Epoch,
        /// What its backup surely holds.
        watermark: u64,
    },
    /// A good pack.
    Pack,
    /// A good receipt.
    Receipt {
        /// The city's epoch.
        epoch: Epoch,
        /// What its backup surely holds.
        watermark: u64,
    },
    /// A signed refusal: the engine wedged the lane.
    Refused,
    /// `GET /ops/{op}` says: never committed.
    Absent,
    /// A signed fork: the engine linked what is unsent anew.
    Fork,
    /// A good page, applied.
    Page {
        /// The next page can be had at once.
        more: bool,
        /// The city's epoch.
        epoch: Epoch,
        /// What its backup surely holds, by its unsigned word: a hint.
        watermark: u64,
    },
    /// The scope starts anew (410, a hole found): the engine reset it.
    ScopeReset,
    /// A page that lied: not applied.
    BadPage,
    /// The attachment has an address now.
    Placed,
    /// The city holds the attachment up to here.
    Offset(u64),
    /// The attachment is complete.
    Complete {
        /// The city's epoch.
        epoch: Epoch,
    },
    /// 409 on a `PATCH`: ask again where we are.
    AskAgain,
    /// 404, 410: the address is gone, create anew.
    AddressGone,
    /// 460: the bytes did not match, start from 0.
    Corrupt,
    /// The log grew to here.
    Woke(u64),
    /// Nothing new.
    Quiet,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A lane changed in the database.
    Lane(LaneView),
    /// An attachment waits to be sent.
    File(FileView),
    /// An attachment is not to be sent any more.
    FileGone(FileId),
    /// A scope is to be kept in step.
    Scope(ScopeView),
    /// A scope is not wanted any more.
    ScopeGone(String),
    /// A person did something that wants the network now (filed, retried, pulled down to refresh).
    Act {
        /// Pull everything as well.
        refresh: bool,
    },
    /// The network changed.
    Link(Link),
    /// Power fell under 15 % (true) or came back (false).
    LowPower(bool),
    /// The session changed.
    Session(Session),
    /// The app is on screen (true) or not (false).
    Foreground(bool),
    /// The wake-up that was asked for, or any other call of the host.
    Timer,
    /// A request moved this many bytes since the last report.
    Progress {
        /// The request.
        req: ReqId,
        /// Bytes, both directions together.
        bytes: u64,
    },
    /// A request ended.
    Answer {
        /// The request.
        req: ReqId,
        /// How.
        answer: Answer,
    },
}

impl Event {
    /// A short name, for logs and coverage tables.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Event::Lane(_) => "lane",
            Event::File(_) | Event::FileGone(_) => "file",
            Event::Scope(_) | Event::ScopeGone(_) => "scope",
            Event::Act { .. } => "act",
            Event::Link(_) => "link",
            Event::LowPower(_) => "power",
            Event::Session(_) => "session",
            Event::Foreground(_) => "foreground",
            Event::Timer => "timer",
            Event::Progress { .. } => "progress",
            Event::Answer { answer, .. } => answer.name(),
        }
    }
}

impl Answer {
    /// A short name, for logs and coverage tables.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Answer::Failed => "failed",
            Answer::NotSent => "not-sent",
            Answer::Foreign => "foreign",
            Answer::ServerError => "5xx",
            Answer::RetryAfter(_) => "retry-at",
            Answer::SignIn => "sign-in",
            Answer::Update => "update",
            Answer::NewerKeys => "newer-keys",
            Answer::Denied => "denied",
            Answer::Hello { .. } => "hello",
            Answer::Keys => "keys",
            Answer::Beacon { .. } => "beacon",
            Answer::Pack => "pack",
            Answer::Receipt { .. } => "receipt",
            Answer::Refused => "refused",
            Answer::Absent => "absent",
            Answer::Fork => "fork",
            Answer::Page { .. } => "page",
            Answer::ScopeReset => "scope-reset",
            Answer::BadPage => "bad-page",
            Answer::Placed => "placed",
            Answer::Offset(_) => "offset",
            Answer::Complete { .. } => "complete",
            Answer::AskAgain => "ask-again",
            Answer::AddressGone => "address-gone",
            Answer::Corrupt => "corrupt",
            Answer::Woke(_) => "woke",
            Answer::Quiet => "quiet",
        }
    }
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Send this.
    Send {
        /// The request's number.
        req: ReqId,
        /// What.
        request: Request,
        /// When the machine will give it up unless progress is reported.
        guard: Mono,
    },
    /// Stop this; its answer, if one still comes, is ignored.
    Cancel {
        /// The request's number.
        req: ReqId,
    },
    /// Call again with [`Event::Timer`] at this moment; replaces the last one. `None`: no wake-up is needed.
    WakeAt(Option<Mono>),
    /// Remember when this op may be tried again.
    SaveTry {
        /// The op.
        op: Id,
        /// Failures in a row.
        tries: u32,
        /// Not before.
        due: Mono,
    },
    /// Remember the shared backoff and the wake-up count.
    SaveRest(super::Rest),
    /// A new epoch: offer everything again that its watermark does not cover, and start every scope anew.
    NewEpoch {
        /// The epoch.
        epoch: Epoch,
    },
    /// The city's backup holds the log up to here: what it covers may be forgotten.
    Covered {
        /// The epoch.
        epoch: Epoch,
        /// The watermark.
        watermark: u64,
    },
    /// Nothing of this account leaves until it signs in again.
    SignInNeeded,
    /// The city does not speak our protocol any more.
    UpdateNeeded,
}

/// Why something does not move right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wait {
    /// It moves: a request is under way.
    InFlight,
    /// Nothing to do.
    Nothing,
    /// No network.
    Link,
    /// The city has not been greeted yet; `hello` goes first.
    Contact,
    /// The key list goes first.
    Keys,
    /// A fresh beacon goes first.
    Beacon,
    /// Power is low: words only.
    Power,
    /// The app must be updated.
    Update,
    /// Somebody must sign in.
    SignIn,
    /// It belongs to another account.
    OtherAccount,
    /// The person must decide: the city refused it.
    Wedged,
    /// The city does not show this to us.
    Denied,
    /// Other requests go first.
    Slot,
    /// Not before this moment.
    Until(Mono),
}
