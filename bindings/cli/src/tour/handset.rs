//! A phone of the tour: a home, a sandbox file, and one process for each thing its owner does.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{json, Value};

use super::record::{Band, BandKind, Event, EventKind, Phone as Record, Words};
use super::stage::{start, Ran, Running, Stage};
use super::town::Town;
use crate::exit::Failure;

/// How often a running phone is looked after.
const LOOK: Duration = Duration::from_millis(150);

/// A phone and its owner.
pub struct Handset {
    stage: Stage,
    home: PathBuf,
    /// The sandbox file's content.
    pub sandbox: Value,
    /// What the page will show.
    pub record: Record,
}

impl Handset {
    /// A new phone out of its box, its clock right.
    pub fn new(
        stage: &Stage,
        key: &str,
        name: &str,
        role: Words,
        carrier: &str,
        offset_ms: i64,
    ) -> Handset {
        Handset {
            stage: stage.clone(),
            home: stage.out.join("phones").join(key),
            sandbox: json!({"clock_offset_ms": offset_ms, "boot": 1, "battery": 80, "link": "good"}),
            record: Record {
                key: key.to_owned(),
                name: name.to_owned(),
                role,
                carrier: carrier.to_owned(),
                bands: Vec::new(),
                events: Vec::new(),
                samples: Vec::new(),
            },
        }
    }

    /// Starts one thing its owner does.
    pub fn start(&self, command: &[&str]) -> Result<Running, Failure> {
        let sandbox = self.home.with_extension("sandbox.json");
        if let Some(folder) = sandbox.parent() {
            std::fs::create_dir_all(folder).map_err(|e| Failure::io("phones", &e))?;
        }
        std::fs::write(&sandbox, self.sandbox.to_string())
            .map_err(|e| Failure::io("sandbox", &e))?;
        let mut line: Vec<String> = vec!["phone".into(), "--home".into(), path(&self.home)];
        line.extend(["--sandbox".into(), path(&sandbox)]);
        line.extend(command.iter().map(|&c| c.to_owned()));
        start(&line)
    }

    /// Does one thing and waits for its end.
    pub async fn run(&self, command: &[&str]) -> Result<Ran, Failure> {
        Ok(self.start(command)?.end().await?)
    }

    /// Does one thing that must succeed; its lines.
    pub async fn done(&self, command: &[&str]) -> Result<Vec<Value>, Failure> {
        Ok(self.run(command).await?.done(&command.join(" "))?)
    }

    /// Does one thing that must succeed and prints one object.
    pub async fn one(&self, command: &[&str]) -> Result<Value, Failure> {
        Ok(self.run(command).await?.one(&command.join(" "))?)
    }

    /// Signs in, for the first time: the phone learns its city, and its address from its carrier.
    pub async fn sign_in(
        &self,
        town: &Town,
        account: &str,
        staff: Option<&str>,
    ) -> Result<Value, Failure> {
        let ca = path(&town.ca);
        let mut command = vec!["--city", &town.url, "--ca", &ca, "--root", &town.root];
        command.extend(["--carrier", &self.record.carrier, "signin", "--as", account]);
        if let Some(unit) = staff {
            command.extend(["--staff", unit]);
        }
        self.one(&command).await
    }

    /// Talks to the city until nothing is left, then once more: what the city made of the first round comes with the second.
    pub async fn sync(&self) -> Result<(), Failure> {
        for _ in 0..2 {
            self.done(&["sync", "--until-idle", "--for", "15"]).await?;
        }
        Ok(())
    }

    /// Talks to the city for at most `seconds`, or until `enough`; then it is asked to end. A kill point may end it first.
    pub async fn sync_until(
        &self,
        seconds: u64,
        enough: impl Fn() -> bool,
    ) -> Result<Ran, Failure> {
        let seconds = seconds.to_string();
        let mut running = self.start(&["sync", "--until-idle", "--for", &seconds])?;
        loop {
            tokio::select! {
                line = running.line() => if line.is_none() { break },
                () = tokio::time::sleep(LOOK) => if enough() {
                    running.ask_to_end().await;
                    break;
                },
            }
        }
        Ok(running.end().await?)
    }

    /// Notes a moment.
    pub fn event(&mut self, kind: EventKind, words: Words) {
        self.record.events.push(Event {
            at_ms: self.stage.at(),
            kind,
            words,
        });
    }

    /// A span of trouble begins.
    pub fn trouble(&mut self, kind: BandKind) {
        let now = self.stage.at();
        self.record.bands.push(Band {
            kind,
            from_ms: now,
            to_ms: now,
        });
    }

    /// … and ends.
    pub fn relief(&mut self, kind: BandKind) {
        let now = self.stage.at();
        if let Some(band) = self.record.bands.iter_mut().rev().find(|b| b.kind == kind) {
            band.to_ms = now;
        }
    }
}

/// A path as an argument.
pub fn path(path: &std::path::Path) -> String {
    path.to_string_lossy().into_owned()
}
