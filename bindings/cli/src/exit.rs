//! How a command ends. The numbers are a contract: scripts outside this repository call them.

use hues_core::HueError;
use serde_json::{json, Value};

/// An end with its number (`docs/cli.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// A check failed (tour, proof).
    CheckFailed = 1,
    /// Refused; nothing changed.
    Refused = 2,
    /// Needs the network.
    Network = 3,
    /// Locked or not signed in.
    Locked = 4,
    /// Not found.
    NotFound = 5,
    /// Busy.
    Busy = 6,
    /// Internal or storage.
    Internal = 70,
    /// Cancelled.
    Cancelled = 130,
}

impl Exit {
    /// The process's exit status.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The end of a number that another process sent.
    #[must_use]
    pub fn from_code(code: u8) -> Exit {
        [
            Exit::Done,
            Exit::CheckFailed,
            Exit::Refused,
            Exit::Network,
            Exit::Locked,
            Exit::NotFound,
            Exit::Busy,
            Exit::Cancelled,
        ]
        .into_iter()
        .find(|e| e.code() == code)
        .unwrap_or(Exit::Internal)
    }
}

/// Why a command did not do what it was asked for: an end, and what to say about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// How the process ends.
    pub exit: Exit,
    /// One object for standard error: `error` and, where there are any, `field`, `rule`, `detail`.
    pub say: Value,
}

impl Failure {
    /// A failure with a rule and words for whoever reads the terminal.
    pub fn new(exit: Exit, error: &str, rule: &str, detail: impl Into<String>) -> Failure {
        Failure {
            exit,
            say: json!({"error": error, "rule": rule, "detail": detail.into()}),
        }
    }

    /// Something about the command line or a file named on it.
    pub fn refused(rule: &str, detail: impl Into<String>) -> Failure {
        Failure::new(Exit::Refused, "refused", rule, detail)
    }

    /// The operating system did not do it.
    pub fn io(what: &str, error: &std::io::Error) -> Failure {
        Failure::new(Exit::Internal, "io", what, error.kind().to_string())
    }
}

impl From<HueError> for Failure {
    fn from(e: HueError) -> Failure {
        let (exit, mut say) = match &e {
            HueError::Invalid { field, rule } => (
                Exit::Refused,
                json!({"error": "invalid", "field": field, "rule": rule}),
            ),
            HueError::Refused { rule } => {
                (Exit::Refused, json!({"error": "refused", "rule": rule}))
            }
            HueError::Conflict => (Exit::Refused, json!({"error": "conflict"})),
            HueError::UpgradeNeeded => (Exit::Refused, json!({"error": "upgrade-needed"})),
            HueError::Offline => (Exit::Network, json!({"error": "offline"})),
            HueError::Locked => (Exit::Locked, json!({"error": "locked"})),
            HueError::SignInNeeded => (Exit::Locked, json!({"error": "sign-in-needed"})),
            HueError::NotFound => (Exit::NotFound, json!({"error": "not-found"})),
            HueError::Busy => (Exit::Busy, json!({"error": "busy"})),
            HueError::Storage { reason } => (
                Exit::Internal,
                json!({"error": "storage", "rule": format!("{reason:?}").to_lowercase()}),
            ),
            HueError::Cancelled => (Exit::Cancelled, json!({"error": "cancelled"})),
            HueError::Internal { incident } => (
                Exit::Internal,
                json!({"error": "internal", "rule": incident}),
            ),
        };
        say["detail"] = e.to_string().into();
        Failure { exit, say }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_contract() {
        for (e, code) in [
            (HueError::invalid_text(), 2),
            (HueError::Offline, 3),
            (HueError::SignInNeeded, 4),
            (HueError::NotFound, 5),
            (HueError::Busy, 6),
            (HueError::Cancelled, 130),
        ] {
            let f = Failure::from(e);
            assert_eq!(f.exit.code(), code);
            assert_eq!(Exit::from_code(code), f.exit);
        }
        assert_eq!(Exit::from_code(70), Exit::Internal);
    }

    trait Sample {
        fn invalid_text() -> HueError;
    }
    impl Sample for HueError {
        fn invalid_text() -> HueError {
            HueError::Invalid {
                field: "text".into(),
                rule: "empty".into(),
            }
        }
    }
}
