//! A library written by others, in a process that answers one line of JSON with one line of JSON.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::json;

use crate::Step;

/// The running process.
pub struct Process {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

#[derive(Deserialize)]
struct Took {
    units: u64,
    cpu_s: f64,
    valid: u64,
}

impl Process {
    /// Starts the program that the variable names; `None` when nothing is set up.
    pub fn start(variable: &str) -> Step<Option<Process>> {
        let Some(program) = std::env::var_os(variable) else {
            return Ok(None);
        };
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("a peer without standard input and output".into());
        };
        Ok(Some(Process {
            child,
            to,
            from: BufReader::new(from),
        }))
    }

    /// Inputs it reads in a second of its processor time.
    pub fn bench(&mut self, peer: &str, inputs: &[String], seconds: f64) -> Step<f64> {
        let question = json!({"peer": peer, "do": "bench", "inputs": inputs, "seconds": seconds});
        writeln!(self.to, "{question}")?;
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        let took: Took = serde_json::from_str(&line)?;
        if took.valid == 0 {
            return Err(format!("{peer} refuses every input").into());
        }
        Ok(took.units as f64 / took.cpu_s)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
