//! What two processes of one home say to each other: JSON, one object a line.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest line.
pub(super) const MAX_LINE: u64 = 4 * 1024 * 1024;

/// What the second process asks for.
#[derive(Serialize, Deserialize)]
pub(super) struct Ask {
    /// From the owner's note.
    pub(super) token: String,
    /// The whole command line, without the program's name; paths are absolute.
    pub(super) arguments: Vec<String>,
}

/// What the owner says, in order; `Exit` is the last.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Say {
    /// A line for standard output.
    Result(Value),
    /// A line for standard error.
    Note(String),
    /// The command failed.
    Failed {
        /// Exit code.
        exit: u8,
        /// The error object.
        say: Value,
    },
    /// The command is done.
    Exit(u8),
}
