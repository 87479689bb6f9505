//! The body of an error answer, and the closed list of refusals it may be.
//!
//! Invariant: an error whose body is not of this shape did not come from the city.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cbor::{Malformed, MAX_UINT};
use crate::json;
use crate::refusal::is_rule_name;

/// Largest error body in bytes.
pub const MAX_PROBLEM: usize = 8 * 1024;

/// The closed list of refusals (§6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// 429, 503: later, at the time given.
    RetryAt,
    /// 401: no or an old session.
    SignIn,
    /// 426: the phone's protocol is too old.
    Update,
    /// 410: pull this scope from the start; the outbox is kept.
    ResetScope,
    /// 409: the lane's head is elsewhere (the body is signed).
    Fork,
    /// 422 signed for ops; 400, 403, 404, 413 unsigned for the rest.
    Refused,
}

/// An error body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Which of the closed list.
    pub refusal: RefusalKind,
    /// The rule behind it.
    pub rule: String,
    /// When to try again, milliseconds since 1970 of the city's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
    /// More about it.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Problem {
    /// A plain refusal.
    #[must_use]
    pub fn new(refusal: RefusalKind, rule: &str) -> Problem {
        Problem {
            refusal,
            rule: rule.to_owned(),
            at: None,
            extra: Map::new(),
        }
    }

    /// Try again at `at`, milliseconds since 1970.
    #[must_use]
    pub fn retry_at(rule: &str, at: u64) -> Problem {
        Problem {
            at: Some(at),
            ..Problem::new(RefusalKind::RetryAt, rule)
        }
    }

    /// Parses an error body.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Problem, Malformed> {
        let problem: Problem = json::parse(bytes, MAX_PROBLEM)?;
        let timed = problem.at.is_some_and(|at| at <= MAX_UINT);
        if !is_rule_name(&problem.rule) || (problem.refusal == RefusalKind::RetryAt) != timed {
            return Err(Malformed("problem"));
        }
        Ok(problem)
    }

    /// The body's bytes.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // A struct of strings and numbers with string keys always serialises.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl RefusalKind {
    /// Whether `status` may carry this refusal as JSON.
    #[must_use]
    pub fn fits(self, status: u16) -> bool {
        match self {
            RefusalKind::RetryAt => matches!(status, 429 | 503),
            RefusalKind::SignIn => status == 401,
            RefusalKind::Update => status == 426,
            RefusalKind::ResetScope => status == 410,
            RefusalKind::Fork => false,
            RefusalKind::Refused => matches!(status, 400 | 403 | 404 | 409 | 410 | 413 | 460),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_oddities() {
        for problem in [
            Problem::new(RefusalKind::SignIn, "session-old"),
            Problem::retry_at("busy", 5),
        ] {
            assert_eq!(Problem::parse(&problem.to_json()), Ok(problem));
        }
        for odd in [
            r#"{"refusal":"of-tomorrow","rule":"x"}"#,
            r#"{"refusal":"refused","rule":"<b>"}"#,
            r#"{"refusal":"refused"}"#,
            r#"{"refusal":"retry-at","rule":"busy"}"#,
            r#"{"refusal":"retry-at","rule":"busy","at":-5}"#,
            "<html>",
        ] {
            assert!(Problem::parse(odd.as_bytes()).is_err(), "{odd}");
        }
    }
}
