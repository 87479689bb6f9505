//! The stage: the tour's own clock, its voice, and processes of this very program.
//!
//! Invariant: whoever acts is a process of its own; the stage hears only what it prints and how it ends.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use hues_e2e::process::Trouble;
pub use hues_e2e::process::{Ran, Running};

use super::record::Words;
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// The tour's clock and voice.
#[derive(Clone)]
pub struct Stage {
    began: Instant,
    /// The machine's wall clock at the beginning, milliseconds since 1970.
    pub began_ms: i64,
    /// The day's clock minus the machine's, milliseconds.
    pub offset_ms: i64,
    /// Where page, record and everybody's files go.
    pub out: PathBuf,
    sink: Arc<dyn Sink>,
}

impl Stage {
    /// The curtain rises.
    pub fn new(out: PathBuf, began_ms: i64, offset_ms: i64, sink: Arc<dyn Sink>) -> Stage {
        Stage {
            began: Instant::now(),
            began_ms,
            offset_ms,
            out,
            sink,
        }
    }

    /// Milliseconds since the beginning.
    pub fn at(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// A line of progress.
    pub fn say(&self, vi: &str, en: &str) {
        let s = self.at() / 1000;
        self.sink
            .note(&format!("{:>2}:{:02}  {vi} · {en}", s / 60, s % 60));
    }
}

/// Shorthand.
pub fn words(vi: impl Into<String>, en: impl Into<String>) -> Words {
    Words::new(vi, en)
}

/// The story cannot go on.
pub fn broken(what: &str, ran: &Ran) -> Failure {
    ran.broken(what).into()
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::new(Exit::CheckFailed, "tour", &trouble.what, trouble.detail)
    }
}

/// Starts `hues …`: this very program.
pub fn start(arguments: &[String]) -> Result<Running, Failure> {
    let program = std::env::current_exe().map_err(|e| Failure::io("current-exe", &e))?;
    Ok(Running::start(&program, arguments)?)
}
