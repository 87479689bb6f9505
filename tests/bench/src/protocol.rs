//! What runs between the program that measures and the engines it measures: one process an engine, one JSON line a turn.
//!
//! The engine speaks first ([`Hello`]). Then it is asked, a line each: `{"begin":WORK}`, `{"turn":N}` as often as there are rounds, `{"end":WORK}`; it answers `{}`, a
//! [`Turn`], `{}`. What went wrong is `{"error":TEXT}`. Whatever is not the work itself (making inputs, clearing up) is done outside the engine's clock.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::{json, Value};

use crate::clock::Took;
use crate::Step;

/// An engine about itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hello {
    /// Its name, with its version.
    pub engine: String,
    /// Cipher, durability, caches: what decides its times.
    pub settings: String,
    /// What it does not promise and the core does; empty: nothing.
    #[serde(default)]
    pub less: String,
    /// The works it can do.
    pub works: Vec<String>,
}

/// One turn at a work, for one unit of it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Turn {
    /// The work.
    #[serde(flatten)]
    pub took: Took,
    /// Shares of it that were measured alone, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Took>,
    /// What else was found out: memory, longest waits, hits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, f64>,
}

impl Turn {
    /// A turn of nothing but time.
    pub fn of(took: Took) -> Turn {
        Turn {
            took,
            ..Turn::default()
        }
    }

    /// With a fact.
    pub fn with(mut self, name: &str, value: f64) -> Turn {
        self.facts.insert(name.to_owned(), value);
        self
    }

    /// With a part.
    pub fn part(mut self, name: &str, took: Took) -> Turn {
        self.parts.insert(name.to_owned(), took);
        self
    }
}

/// An engine at one work; each call is one turn.
pub type Turns = Box<dyn FnMut(u64) -> Step<Turn>>;

/// The engine's end: answers standard input until it closes.
pub fn serve(hello: &Hello, mut begin: impl FnMut(&str) -> Step<Turns>) -> Step<()> {
    let mut out = std::io::stdout().lock();
    let mut say = |value: &Value| -> Step<()> {
        writeln!(out, "{value}")?;
        Ok(out.flush()?)
    };
    say(&serde_json::to_value(hello)?)?;
    let mut turns: Option<Turns> = None;
    for line in std::io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line?)?;
        let answer = if let Some(work) = asked["begin"].as_str() {
            begin(work).map(|begun| {
                turns = Some(begun);
                json!({})
            })
        } else if let (Some(number), Some(turns)) = (asked["turn"].as_u64(), &mut turns) {
            turns(number).and_then(|turn| Ok(serde_json::to_value(turn)?))
        } else {
            turns = None;
            Ok(json!({}))
        };
        say(&answer.unwrap_or_else(|e| json!({"error": e.to_string()})))?;
    }
    Ok(())
}

/// The measuring program's end of one engine.
pub struct Engine {
    /// Short name on the command line and in the JSON.
    pub id: String,
    /// What it said of itself.
    pub hello: Hello,
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Engine {
    /// Starts an engine and hears its greeting.
    pub fn start(id: &str, mut command: Command) -> Step<Engine> {
        // A peer that uploads starts this program as the line that breaks.
        let mut child = command
            .env("HUES_BENCH", std::env::current_exe()?)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("{id}: {e}"))?;
        let ask = child.stdin.take().ok_or("no standard input")?;
        let mut answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut line = String::new();
        answers.read_line(&mut line)?;
        let hello = serde_json::from_str(&line).map_err(|e| format!("{id} said no hello: {e}"))?;
        Ok(Engine {
            id: id.to_owned(),
            hello,
            child,
            ask,
            answers,
        })
    }

    /// Whether it can do a work.
    pub fn can(&self, work: &str) -> bool {
        self.hello.works.iter().any(|known| known == work)
    }

    /// Gets it ready for a work.
    pub fn begin(&mut self, work: &str) -> Step<()> {
        self.call(&json!({ "begin": work })).map(drop)
    }

    /// One turn.
    pub fn turn(&mut self, number: u64) -> Step<Turn> {
        let answer = self.call(&json!({ "turn": number }))?;
        Ok(serde_json::from_value(answer)?)
    }

    /// Lets go of what the work held.
    pub fn end(&mut self, work: &str) -> Step<()> {
        self.call(&json!({ "end": work })).map(drop)
    }

    fn call(&mut self, ask: &Value) -> Step<Value> {
        writeln!(self.ask, "{ask}")?;
        self.ask.flush()?;
        let mut line = String::new();
        if self.answers.read_line(&mut line)? == 0 {
            return Err(format!("{} ended in the middle of {ask}", self.id).into());
        }
        let answer: Value = serde_json::from_str(&line)?;
        match answer["error"].as_str() {
            Some(error) => Err(format!("{} at {ask}: {error}", self.id).into()),
            None => Ok(answer),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Its standard input closes with us; one that hangs must not outlive the measuring.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
