//! What an attack is told, and what it says: a target, promises, findings.
//!
//! Invariant: a finding names the promise and the clause of `docs/protocol.md` it stands on; *broken* always carries what was sent, what came and
//! what had been promised, so that a server's team can repeat it by hand. No token is in any of them.

use hues_crypto::sign::PublicKey;
use thiserror::Error;
use zeroize::Zeroizing;

/// Whom to attack, and with what in hand.
#[derive(Clone, Default)]
pub struct Target {
    /// The server's origin: `https://host[:port]`, plain `http` on loopback only.
    pub url: String,
    /// The root key its phones pin. A server on loopback may state its own.
    pub root: Option<PublicKey>,
    /// Certificates (DER) that may vouch for an https origin.
    pub ca: Vec<Vec<u8>>,
    /// Session of a citizen; without it the sandbox sign-in is tried (account `citizen`).
    pub token: Option<Zeroizing<String>>,
    /// Session of another citizen (`neighbour`).
    pub token_other: Option<Zeroizing<String>>,
    /// Session of an officer of the intake (`officer`).
    pub token_staff: Option<Zeroizing<String>>,
    /// A shell command that restarts the server and loses nothing.
    pub restart: Option<String>,
    /// A shell command that puts the server back to an older backup of itself.
    pub restore: Option<String>,
    /// Only these promises; all when empty.
    pub only: Vec<String>,
    /// Decides where bodies are cut and which bytes are changed. Ids and keys are fresh each time, as a phone's are.
    pub seed: u64,
}

/// One thing that `docs/protocol.md` promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Its name, for `--only` and for reports.
    pub name: &'static str,
    /// Where it stands: the section, and its heading or words.
    pub clause: &'static str,
    /// The promise in one sentence.
    pub says: &'static str,
}

/// How a promise was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// What was sent.
    pub sent: String,
    /// What came.
    pub came: String,
    /// What was promised to come.
    pub wanted: String,
}

/// What became of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Kept under attack.
    Ok,
    /// Broken.
    Broken(Breach),
    /// Not tried: why not.
    NotTried(String),
}

/// A promise and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The promise.
    pub promise: Promise,
    /// What became of it.
    pub verdict: Verdict,
    /// How long it took, milliseconds.
    pub ms: u64,
}

/// The end of an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Promises kept.
    pub ok: usize,
    /// Promises broken.
    pub broken: usize,
    /// Promises not tried.
    pub not_tried: usize,
    /// Requests sent.
    pub requests: u64,
}

/// Why there was no attack.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AttackError {
    /// The order makes no sense; the field and why.
    #[error("{field}: {why}")]
    Refused {
        /// Which part of the order.
        field: &'static str,
        /// Why.
        why: String,
    },
    /// Nothing answers there.
    #[error("unreachable: {0}")]
    Unreachable(String),
}

/// How a check ends before its end.
#[derive(Debug)]
pub(super) enum Stop {
    Broken(Breach),
    NotTried(String),
}

pub(super) type Checked<T = ()> = Result<T, Stop>;

pub(super) fn broken(sent: impl Into<String>, came: impl Into<String>, wanted: &str) -> Stop {
    Stop::Broken(Breach {
        sent: sent.into(),
        came: came.into(),
        wanted: wanted.to_owned(),
    })
}

pub(super) fn not_tried(why: impl Into<String>) -> Stop {
    Stop::NotTried(why.into())
}
