//! A phone of the kill test: one process for each thing its owner does, some of which are killed.
//!
//! Invariant: a killed process is counted at the place where it died; every other end is the caller's to judge.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hues_env::{Random, SeededRandom};
use serde_json::{json, Value};

use super::blow::Blow;
use super::check;
use super::tally::Tally;
use crate::process::{Ran, Running, Trouble};

/// How long a command is taken to last before one was measured, milliseconds.
const FIRST_GUESS: u64 = 80;

/// A home and the program that opens it.
pub struct Handset {
    program: PathBuf,
    home: PathBuf,
    random: SeededRandom,
    /// Milliseconds that a command of a word lasted, about.
    usual: HashMap<String, u64>,
}

impl Handset {
    /// A phone out of its box.
    #[must_use]
    pub fn new(program: &Path, home: PathBuf, random: SeededRandom) -> Handset {
        Handset {
            program: program.to_owned(),
            home,
            random,
            usual: HashMap::new(),
        }
    }

    /// Does one thing that must succeed; its lines.
    ///
    /// # Errors
    /// How it ended instead.
    pub async fn done(&mut self, command: &[&str]) -> Result<Vec<Value>, Trouble> {
        let ran = self.start(None, command)?.end().await?;
        ran.done(&command.join(" "))
    }

    /// Does one thing, perhaps not to its end.
    ///
    /// # Errors
    /// The operating system's.
    pub async fn run(
        &mut self,
        command: &[&str],
        blow: Option<Blow>,
        tally: &mut Tally,
    ) -> Result<Ran, Trouble> {
        let began = Instant::now();
        let word = command
            .iter()
            .take(2)
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        let usual = *self.usual.get(&word).unwrap_or(&FIRST_GUESS);
        let (sandbox, trace) = (self.beside("sandbox.json"), self.beside("trace"));
        let order = match blow {
            Some(Blow::Point(point, hit)) => json!({"kill": {"point": point, "hit": hit}}),
            Some(Blow::Clock) => json!({ "trace": trace }),
            _ => Value::Null,
        };
        let sandboxed = !order.is_null();
        if sandboxed {
            std::fs::write(&sandbox, order.to_string()).map_err(|e| Trouble::io("sandbox", &e))?;
            std::fs::write(&trace, "").map_err(|e| Trouble::io("trace", &e))?;
        }
        let mut running = self.start(sandboxed.then_some(sandbox.as_path()), command)?;
        if blow == Some(Blow::Clock) {
            // A little beyond the usual end: the moments after the last word are moments too.
            let after = self.random.below(usual * 1_100 + 1);
            tokio::time::sleep(Duration::from_micros(after)).await;
            running.kill();
        }
        let ran = running.end().await?;
        if ran.killed() {
            tally.hit(place(blow, &trace));
            check::phone(&self.home)?;
            tally.checked += 1;
        } else if blow.is_none() {
            let took = began.elapsed().as_millis() as u64;
            self.usual.insert(word, (usual * 3 + took) / 4);
        }
        Ok(ran)
    }

    fn start(&self, sandbox: Option<&Path>, command: &[&str]) -> Result<Running, Trouble> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut line: Vec<String> = vec!["phone".into(), "--home".into(), text(&self.home)];
        if let Some(sandbox) = sandbox {
            line.extend(["--sandbox".into(), text(sandbox)]);
        }
        line.extend(command.iter().map(|&word| word.to_owned()));
        Running::start(&self.program, &line)
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.home.with_extension(suffix)
    }
}

/// Where a phone died.
fn place(blow: Option<Blow>, trace: &Path) -> String {
    match blow {
        Some(Blow::Point(point, _)) => format!("phone at {point}"),
        _ => {
            let passed = std::fs::read_to_string(trace).unwrap_or_default();
            match passed.lines().last() {
                Some(last) => format!("phone at a random moment, after {last}"),
                None => "phone at a random moment, before any point".to_owned(),
            }
        }
    }
}
