//! The stage: the tour's own clock and its voice.
//!
//! Invariant: its clock is the machine's, counted from the curtain; nobody on the stage is asked what time it is.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::record::Words;
use crate::exit::Failure;
use crate::output::Sink;
pub use crate::troupe::{start, Ran, Running};

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
