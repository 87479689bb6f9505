//! The outside ledger: every act a phone said is saved, and every process that was killed. A file of its own, one JSON object a line.
//!
//! Invariant: an act stands here only after its phone's process printed that it is saved; nothing is ever taken out.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// Longest line that is read back.
const MAX_LINE: u64 = 64 * 1024;

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Line {
    /// A phone said that an act is saved.
    Saved(Act),
    /// A process ended by SIGKILL.
    Killed {
        /// `city` or a phone's key.
        who: String,
        /// Milliseconds since 1970, this machine's clock.
        at_ms: i64,
    },
    /// Its owner took an act back, and the phone agreed.
    TakenBack {
        /// The act.
        op: String,
    },
}

/// An act that a phone said is saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// The phone's key.
    pub phone: String,
    /// As in the outbox: `report.new`, `staff.verify`, …
    pub kind: String,
    /// The report it is about.
    pub report: String,
    /// Its op.
    pub op: String,
    /// Milliseconds since 1970, this machine's clock.
    pub at_ms: i64,
}

/// The ledger.
pub struct Ledger {
    file: File,
    /// Acts in the order of saving.
    pub acts: Vec<Act>,
    /// Acts that their owners took back.
    pub taken_back: std::collections::BTreeSet<String>,
    /// How many processes were killed.
    pub kills: u64,
}

impl Ledger {
    /// Opens the ledger at `path`, a new one where there is none. A torn last line, of a play that was killed itself, counts for nothing.
    ///
    /// # Errors
    /// The operating system's.
    pub fn open(path: &Path) -> Result<Ledger, Failure> {
        let io = |e: std::io::Error| Failure::io("ledger", &e);
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(path);
        let file = file.map_err(io)?;
        let mut ledger = Ledger {
            file,
            acts: Vec::new(),
            taken_back: Default::default(),
            kills: 0,
        };
        let mut lines = BufReader::new(File::open(path).map_err(io)?);
        let mut torn = false;
        loop {
            let mut line = String::new();
            let got = lines.by_ref().take(MAX_LINE).read_line(&mut line);
            if got.map_err(io)? == 0 {
                break;
            }
            torn = !line.ends_with('\n');
            if let Ok(line) = serde_json::from_str(&line) {
                ledger.count(line);
            }
        }
        if torn {
            ledger.file.write_all(b"\n").map_err(io)?;
        }
        Ok(ledger)
    }

    /// Writes a line, durably.
    ///
    /// # Errors
    /// The operating system's.
    pub fn note(&mut self, line: Line) -> Result<(), Failure> {
        let mut text = serde_json::to_string(&line)
            .map_err(|_| Failure::refused("ledger", "cannot be written"))?;
        text.push('\n');
        self.file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(|e| Failure::io("ledger", &e))?;
        self.count(line);
        Ok(())
    }

    fn count(&mut self, line: Line) {
        match line {
            Line::Saved(act) => self.acts.push(act),
            Line::Killed { .. } => self.kills += 1,
            Line::TakenBack { op } => drop(self.taken_back.insert(op)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_there_again_and_a_torn_end_harms_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger");
        let act = |op: &str| Act {
            phone: "citizen".into(),
            kind: "report.new".into(),
            report: "r".into(),
            op: op.into(),
            at_ms: 1,
        };
        let mut ledger = Ledger::open(&path).unwrap();
        ledger.note(Line::Saved(act("a"))).unwrap();
        let killed = Line::Killed {
            who: "city".into(),
            at_ms: 2,
        };
        ledger.note(killed).unwrap();
        ledger.note(Line::TakenBack { op: "a".into() }).unwrap();
        drop(ledger);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"what\":\"saved\",\"op\":\"b").unwrap();
        let mut ledger = Ledger::open(&path).unwrap();
        ledger.note(Line::Saved(act("c"))).unwrap();
        let again = Ledger::open(&path).unwrap();
        assert_eq!(again.acts, [act("a"), act("c")]);
        assert_eq!((again.kills, again.taken_back.contains("a")), (1, true));
    }
}
