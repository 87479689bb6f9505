//! Why a step did not finish: it failed, or this host cannot do it. The two never mix: only the second may be skipped.

use std::fmt;

/// Ends a step early; carried up with `?`.
#[derive(Debug)]
pub enum Stop {
    /// The step ran and found something wrong, or a tool broke.
    Failed(String),
    /// The host lacks something the step cannot do without (root, a JDK, a network with an empty cache).
    Impossible(String),
}

/// What every step returns.
pub type Step<T = ()> = Result<T, Stop>;

impl Stop {
    /// A failure with its reason.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self::Failed(reason.into())
    }

    /// Something the host cannot do, with what is missing.
    pub fn impossible(reason: impl Into<String>) -> Self {
        Self::Impossible(reason.into())
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(reason) => write!(f, "{reason}"),
            Self::Impossible(reason) => write!(f, "not possible here: {reason}"),
        }
    }
}

/// Attaches the thing that was being done to an I/O error.
pub trait During<T> {
    /// Turns the error into a failure that names `what`.
    fn during(self, what: impl fmt::Display) -> Step<T>;
}

impl<T> During<T> for std::io::Result<T> {
    fn during(self, what: impl fmt::Display) -> Step<T> {
        self.map_err(|error| Stop::failed(format!("{what}: {error}")))
    }
}
