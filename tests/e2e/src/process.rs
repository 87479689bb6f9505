//! Processes of the program `hues`: started, heard line by line, asked to end, or killed.
//!
//! Invariant: whoever acts is a process of its own; only what it prints and how it ends is heard.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

/// No single command may take longer.
const PATIENCE: Duration = Duration::from_secs(90);

/// The variable in which whoever starts a process here leaves its own id: the process ends when that one is gone.
pub const STARTED_BY: &str = "HUES_STARTED_BY";

/// A story that cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What was tried.
    pub what: String,
    /// What became of it.
    pub detail: String,
}

impl Trouble {
    /// Trouble with `what`.
    pub fn new(what: impl Into<String>, detail: impl Into<String>) -> Trouble {
        Trouble {
            what: what.into(),
            detail: detail.into(),
        }
    }

    /// The operating system did not do it.
    #[must_use]
    pub fn io(what: &str, error: &std::io::Error) -> Trouble {
        Trouble::new(what, error.to_string())
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.detail)
    }
}

impl std::error::Error for Trouble {}

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
    ///
    /// # Errors
    /// How it ended instead.
    pub fn done(self, what: &str) -> Result<Vec<Value>, Trouble> {
        match self.code {
            Some(0) => Ok(self.lines),
            _ => Err(self.broken(what)),
        }
    }

    /// The one line of a command that had to succeed.
    ///
    /// # Errors
    /// How it ended instead; also when it printed nothing.
    pub fn one(self, what: &str) -> Result<Value, Trouble> {
        let lines = self.done(what)?;
        lines
            .into_iter()
            .next()
            .ok_or_else(|| Trouble::new(what, "printed nothing"))
    }

    /// Whether SIGKILL ended it.
    #[must_use]
    pub fn killed(&self) -> bool {
        self.signal == Some(9)
    }

    /// This end, as trouble.
    #[must_use]
    pub fn broken(&self, what: &str) -> Trouble {
        let last = self.lines.last().map(Value::to_string).unwrap_or_default();
        let said = self.stderr.trim();
        Trouble::new(
            what,
            format!(
                "exit {:?}, signal {:?}: {said} {last}",
                self.code, self.signal
            ),
        )
    }
}

/// A process that runs.
pub struct Running {
    child: Child,
    lines: tokio::io::Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts `program arguments --json`.
    ///
    /// # Errors
    /// The operating system's.
    pub fn start(program: &Path, arguments: &[String]) -> Result<Running, Trouble> {
        let mut child = Command::new(program)
            .args(arguments)
            .arg("--json")
            .env_remove("RUST_LOG")
            .env(STARTED_BY, std::process::id().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| Trouble::io("spawn", &e))?;
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| Trouble::new("spawn", "no standard output"))?;
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

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
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
    ///
    /// # Errors
    /// It hangs, or the operating system's.
    pub async fn end(mut self) -> Result<Ran, Trouble> {
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
            .map_err(|_| Trouble::new("patience", "a process hangs"))?;
        let status = status.map_err(|e| Trouble::io("wait", &e))?;
        Ok(Ran {
            lines,
            code: status.code(),
            signal: status.signal(),
            stderr,
        })
    }
}

/// The program of this build: `HUES_BIN`, which `cargo xtask` sets.
///
/// # Errors
/// It is not set.
pub fn program() -> Result<PathBuf, Trouble> {
    std::env::var_os("HUES_BIN")
        .map(PathBuf::from)
        .ok_or_else(|| Trouble::new("HUES_BIN", "not set; `cargo xtask` sets it"))
}
