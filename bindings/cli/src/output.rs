//! Where results go: JSON objects, one a line, or the same objects laid out for a person.
//!
//! Invariant: results on standard output, everything else on standard error; a result is complete before its line ends.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use serde_json::Value;

use crate::exit::Failure;

/// Takes what a command has to say. The terminal is one; the socket to a process that handed its command over is another.
pub trait Sink: Send + Sync {
    /// A result.
    fn result(&self, value: &Value);
    /// A result that has a line of its own for people.
    fn line(&self, value: &Value, _words: &str) {
        self.result(value);
    }
    /// Progress or a diagnostic, in plain words.
    fn note(&self, line: &str);
}

/// The terminal (or pipe) this process was started with.
pub struct Terminal {
    json: bool,
    colour: bool,
    // Threads of `watch` and of progress share it; a line is never torn.
    lock: Mutex<()>,
}

impl Terminal {
    /// JSON where it was asked for or where standard output is no terminal.
    #[must_use]
    pub fn new(json: bool) -> Terminal {
        let terminal = std::io::stdout().is_terminal();
        Terminal {
            json: json || !terminal,
            colour: std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
                && std::io::stderr().is_terminal(),
            lock: Mutex::new(()),
        }
    }

    /// Says why a command failed.
    pub fn failure(&self, failure: &Failure) {
        let line = if self.json {
            failure.say.to_string()
        } else {
            human_failure(&failure.say)
        };
        self.stderr(&line, "\u{1b}[31m");
    }

    fn stderr(&self, line: &str, colour: &str) {
        let _held = self.lock.lock();
        let mut err = std::io::stderr().lock();
        // A closed terminal is no reason to stop working.
        let _ = if self.colour {
            writeln!(err, "{colour}{line}\u{1b}[0m")
        } else {
            writeln!(err, "{line}")
        };
    }
}

impl Sink for Terminal {
    fn result(&self, value: &Value) {
        self.line(value, &human(value));
    }

    fn line(&self, value: &Value, words: &str) {
        let text = if self.json {
            value.to_string()
        } else {
            plain(&Value::from(words))
        };
        let _held = self.lock.lock();
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }

    fn note(&self, line: &str) {
        self.stderr(line, "\u{1b}[2m");
    }
}

fn human_failure(say: &Value) -> String {
    let word = |k: &str| say.get(k).and_then(Value::as_str);
    let mut line = word("error").unwrap_or("error").to_owned();
    for k in ["field", "rule"] {
        if let Some(w) = word(k) {
            line.push_str(": ");
            line.push_str(w);
        }
    }
    if let Some(detail) = word("detail") {
        line.push_str(" (");
        line.push_str(detail);
        line.push(')');
    }
    line
}

/// `key: value` lines; nested objects indented, absent values left out.
fn human(value: &Value) -> String {
    let mut out = String::new();
    lay_out(value, 0, &mut out);
    out.trim_end().to_owned()
}

fn lay_out(value: &Value, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            for (k, v) in map {
                match v {
                    Value::Null => {}
                    Value::Object(m) if m.is_empty() => {}
                    Value::Array(a) if a.is_empty() => {}
                    Value::Object(_) | Value::Array(_) => {
                        out.push_str(&format!("{pad}{k}:\n"));
                        lay_out(v, depth + 1, out);
                    }
                    v => out.push_str(&format!("{pad}{k}: {}\n", plain(v))),
                }
            }
        }
        Value::Array(list) => {
            for v in list {
                match v {
                    Value::Object(_) => {
                        let mut inner = String::new();
                        lay_out(v, depth + 1, &mut inner);
                        out.push_str(&format!("{pad}- {}\n", inner.trim()));
                    }
                    v => out.push_str(&format!("{pad}- {}\n", plain(v))),
                }
            }
        }
        v => out.push_str(&format!("{pad}{}\n", plain(v))),
    }
}

/// Text as it is, but nothing that a terminal would obey.
fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s
            .chars()
            .map(|c| {
                if c.is_control() && c != '\n' {
                    '\u{fffd}'
                } else {
                    c
                }
            })
            .collect(),
        v => v.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_are_laid_out_and_escapes_disarmed() {
        let v = json!({"id": "a", "none": null, "photos": [{"bytes": 1, "sha": "b"}], "t": "x\u{1b}[2J"});
        assert_eq!(
            human(&v),
            "id: a\nphotos:\n  - bytes: 1\n    sha: b\nt: x\u{fffd}[2J"
        );
    }
}
