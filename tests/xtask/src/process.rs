//! Running other programs: their output is the user's to see, their exit code is ours to judge.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::context::Context;
use crate::stop::{Step, Stop};

/// One program with its arguments, environment and folder.
pub struct Run {
    command: Command,
    label: String,
}

impl Run {
    /// A program found on the path, or by its full path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let name = Path::new(program).file_name().unwrap_or(program);
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self {
            command,
            label: name.to_string_lossy().into_owned(),
        }
    }

    /// The cargo that runs this xtask, at the root of the repository.
    pub fn cargo(context: &Context) -> Self {
        // `cargo xtask` exports its own CARGO; the plain name keeps rustup's toolchain choice.
        Self::new("cargo").dir(&context.root)
    }

    /// Adds one argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds the words of a line, split at blanks.
    pub fn args(mut self, line: &str) -> Self {
        self.command.args(line.split_whitespace());
        self
    }

    /// Sets one variable.
    pub fn env(mut self, key: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Sets the folder to run in.
    pub fn dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Runs it with its output shown; fails unless it exits 0.
    pub fn show(mut self) -> Step {
        let label = self.describe();
        let _ = std::io::stdout().flush();
        let status = self
            .command
            .status()
            .map_err(|error| self.not_started(&error))?;
        match status.success() {
            true => Ok(()),
            false => Err(Stop::failed(format!("`{label}` ended with {status}"))),
        }
    }

    /// Runs it silently and returns its standard output; on failure the error carries the end of what it said.
    pub fn capture(mut self) -> Step<String> {
        let label = self.describe();
        let output = self
            .command
            .output()
            .map_err(|error| self.not_started(&error))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(text);
        }
        let said = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
        let tail: Vec<&str> = said.lines().rev().take(20).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        Err(Stop::failed(format!(
            "`{label}` ended with {}\n{}",
            output.status,
            tail.join("\n")
        )))
    }

    /// Whether it starts and exits 0; output dropped.
    pub fn succeeds(self) -> bool {
        self.capture().is_ok()
    }

    fn describe(&self) -> String {
        let words: Vec<_> = self
            .command
            .get_args()
            .map(|arg| arg.to_string_lossy())
            .collect();
        let line = format!("{} {}", self.label, words.join(" "));
        match line.char_indices().nth(160) {
            Some((cut, _)) => format!("{}…", &line[..cut]),
            None => line,
        }
    }

    fn not_started(&self, error: &std::io::Error) -> Stop {
        match error.kind() {
            std::io::ErrorKind::NotFound => {
                Stop::impossible(format!("`{}` is not installed", self.label))
            }
            _ => Stop::failed(format!("`{}` did not start: {error}", self.label)),
        }
    }
}

/// Whether a program is on the path.
pub fn on_path(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Whether this process may install packages and mount.
pub fn is_root() -> bool {
    Run::new("id")
        .arg("-u")
        .capture()
        .is_ok_and(|id| id.trim() == "0")
}
