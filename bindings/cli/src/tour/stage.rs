//! The stage: the tour's own clock, its voice, and processes of this very program.
//!
//! Invariant: whoever acts is a process of its own; the stage hears only what it prints and how it ends.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

use super::record::Words;
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// No single command may take longer.
const PATIENCE: Duration = Duration::from_secs(90);

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

/// How a process ended and what it printed.
#[derive(Debug)]
pub struct Ran {
    /// The objects on its standard output.
    pub lines: Vec<Value>,
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// What it said on standard error.
    pub stderr: String,
}

impl Ran {
    /// The lines of a command that had to succeed.
    pub fn done(self, what: &str) -> Result<Vec<Value>, Failure> {
        match self.code {
            Some(0) => Ok(self.lines),
            _ => Err(broken(what, &self)),
        }
    }

    /// The one line of a command that had to succeed.
    pub fn one(self, what: &str) -> Result<Value, Failure> {
        let lines = self.done(what)?;
        lines
            .into_iter()
            .next()
            .ok_or_else(|| Failure::new(Exit::CheckFailed, "tour", what, "printed nothing"))
    }
}

/// The story cannot go on.
pub fn broken(what: &str, ran: &Ran) -> Failure {
    let last = ran.lines.last().map(Value::to_string).unwrap_or_default();
    let detail = format!(
        "exit {:?}, signal {:?}: {} {last}",
        ran.code,
        ran.signal,
        ran.stderr.trim()
    );
    Failure::new(Exit::CheckFailed, "tour", what, detail)
}

/// A process of this program that runs.
pub struct Running {
    child: Child,
    lines: tokio::io::Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts `hues …`.
    pub fn start(arguments: &[String]) -> Result<Running, Failure> {
        let program = std::env::current_exe().map_err(|e| Failure::io("current-exe", &e))?;
        let mut child = Command::new(program)
            .args(arguments)
            .arg("--json")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| Failure::io("spawn", &e))?;
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| Failure::refused("spawn", "no standard output"))?;
        Ok(Running {
            child,
            lines: BufReader::new(stdout).lines(),
        })
    }

    /// Its next line; none once it closed its output.
    pub async fn line(&mut self) -> Option<Value> {
        loop {
            let text = self.lines.next_line().await.ok().flatten()?;
            if let Ok(value) = serde_json::from_str(&text) {
                return Some(value);
            }
        }
    }

    /// Ends it as a system that needs memory, or an empty battery, does.
    pub fn kill(&mut self) {
        // It may have ended by itself: then its end says so.
        let _ = self.child.start_kill();
    }

    /// Asks it to end (SIGTERM).
    pub async fn ask_to_end(&mut self) {
        if let Some(pid) = self.child.id() {
            let _ = Command::new("kill")
                .args(["-TERM", &pid.to_string()])
                .status()
                .await;
        }
    }

    /// Waits for its end.
    pub async fn end(mut self) -> Result<Ran, Failure> {
        use std::os::unix::process::ExitStatusExt;
        let rest = async {
            let mut lines = Vec::new();
            while let Some(line) = self.line().await {
                lines.push(line);
            }
            let mut stderr = String::new();
            if let Some(mut pipe) = self.child.stderr.take() {
                let _ = pipe.read_to_string(&mut stderr).await;
            }
            let status = self.child.wait().await;
            (lines, stderr, status)
        };
        let (lines, stderr, status) = tokio::time::timeout(PATIENCE, rest)
            .await
            .map_err(|_| Failure::new(Exit::CheckFailed, "tour", "patience", "a process hangs"))?;
        let status = status.map_err(|e| Failure::io("wait", &e))?;
        Ok(Ran {
            lines,
            code: status.code(),
            signal: status.signal(),
            stderr,
        })
    }
}
