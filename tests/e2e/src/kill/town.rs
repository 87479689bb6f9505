//! The city of the kill test: one process after another over the same folder and port.
//!
//! Invariant: it is never stopped in good order; whoever finds it dead starts it again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::blow::Blow;
use super::check;
use super::tally::Tally;
use crate::ledger::text;
use crate::process::{Running, Trouble};

/// A city must answer within this time.
const READY: Duration = Duration::from_secs(30);

/// A city that is killed and started again.
pub struct Town {
    program: PathBuf,
    data: PathBuf,
    tls: bool,
    running: Running,
    ready: Value,
    /// The death that was ordered, if it has not come.
    armed: Option<String>,
    /// This process is killed from outside.
    struck: bool,
}

impl Town {
    /// Founds it in `data`.
    ///
    /// # Errors
    /// It does not start.
    pub async fn found(program: &Path, data: PathBuf, tls: bool) -> Result<Town, Trouble> {
        let (running, ready) = start(program, &data, tls, "127.0.0.1:0").await?;
        Ok(Town {
            program: program.to_owned(),
            data,
            tls,
            running,
            ready,
            armed: None,
            struck: false,
        })
    }

    /// What a phone says at its first sign-in.
    #[must_use]
    pub fn address(&self) -> Vec<&str> {
        let mut said = vec!["--city", self.say("url"), "--root", self.say("root")];
        if self.tls {
            said.extend(["--ca", self.say("ca")]);
        }
        said
    }

    fn say(&self, key: &str) -> &str {
        text(&self.ready, key)
    }

    /// Orders the death that `blow` names.
    ///
    /// # Errors
    /// The city refuses.
    pub async fn order(&mut self, blow: Option<Blow>) -> Result<(), Trouble> {
        let Some(Blow::City(kind, path)) = blow else {
            return Ok(());
        };
        self.admin(&[kind, "--times", "1", "--path", path]).await?;
        self.armed = Some(format!("{kind} {path}"));
        Ok(())
    }

    /// Kills it from outside after a while.
    pub async fn strike(&mut self, after: Option<Duration>) {
        if let Some(after) = after {
            tokio::time::sleep(after).await;
            self.struck = self.running.runs();
            self.running.kill();
        }
    }

    /// Starts it again if it died, and counts why it did.
    ///
    /// # Errors
    /// It died by itself, or does not start.
    pub async fn revive(&mut self, tally: &mut Tally) -> Result<(), Trouble> {
        if self.running.runs() && !self.struck {
            return Ok(());
        }
        let address = self
            .say("url")
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let (running, ready) = {
            let dead = std::mem::replace(&mut self.running, idle(&self.program)?);
            let end = dead.end().await?;
            if !end.killed() {
                return Err(end.broken("the city ended by itself"));
            }
            check::city(&self.data)?;
            tally.checked += 1;
            start(&self.program, &self.data, self.tls, &address).await?
        };
        (self.running, self.ready) = (running, ready);
        match (std::mem::take(&mut self.struck), self.armed.take()) {
            (true, _) => tally.hit("city at a random moment"),
            (false, Some(order)) => tally.hit(format!("city at {order}")),
            (false, None) => return Err(Trouble::new("city", "killed by nobody")),
        }
        Ok(())
    }

    /// Everything it stores.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn state(&self) -> Result<Value, Trouble> {
        self.admin(&["state"]).await
    }

    /// Backs itself up now: what is in the backup passes the watermark.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn backup(&self) -> Result<(), Trouble> {
        self.admin(&["backup"]).await.map(drop)
    }

    /// Calls off the deaths that have not come.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn spare(&mut self) -> Result<(), Trouble> {
        self.admin(&["clear"]).await?;
        self.armed = None;
        Ok(())
    }

    async fn admin(&self, what: &[&str]) -> Result<Value, Trouble> {
        let (url, token) = (self.say("admin_url"), self.say("admin_token"));
        let line: Vec<String> = ["city", "fault"]
            .iter()
            .chain(what)
            .chain(&["--admin", url, "--token", token])
            .map(|&word| word.to_owned())
            .collect();
        Running::start(&self.program, &line)?
            .end()
            .await?
            .one(what[0])
    }
}

async fn start(
    program: &Path,
    data: &Path,
    tls: bool,
    listen: &str,
) -> Result<(Running, Value), Trouble> {
    let data = data.to_string_lossy();
    let mut line = vec![
        "city",
        "--listen",
        listen,
        "--data",
        &data,
        "--backup-every",
        "1",
    ];
    if tls {
        line.push("--tls");
    }
    let line: Vec<String> = line.into_iter().map(str::to_owned).collect();
    let mut running = Running::start(program, &line)?;
    match tokio::time::timeout(READY, running.line()).await {
        Ok(Some(ready)) if text(&ready, "event") == "ready" => Ok((running, ready)),
        _ => {
            running.kill();
            Err(running.end().await?.broken("the city does not start"))
        }
    }
}

/// A process that ends at once: it holds the place of a dead one until its end was read.
fn idle(program: &Path) -> Result<Running, Trouble> {
    Running::start(program, &["--version".to_owned()])
}
