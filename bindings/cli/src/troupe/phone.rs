//! A phone: a home, the sandbox file that says how its machine fares, and processes that own the home one after the other.

use std::path::{Path, PathBuf};

use serde_json::{json, Value};

use super::{path, start, Ran, Running, Town};
use crate::exit::Failure;

/// A phone.
pub struct Phone {
    /// Its encrypted home.
    pub home: PathBuf,
    /// Its carrier.
    pub carrier: &'static str,
    /// The sandbox file's content, written before each start.
    pub sandbox: Value,
}

impl Phone {
    /// A new phone out of its box, its home `folder/key`; its clock so many milliseconds ahead of the machine's.
    pub fn new(folder: &Path, key: &str, carrier: &'static str, offset_ms: i64) -> Phone {
        Phone {
            home: folder.join(key),
            carrier,
            sandbox: json!({"clock_offset_ms": offset_ms, "boot": 1, "battery": 80, "link": "good"}),
        }
    }

    /// Writes the sandbox file: a process that runs takes link, battery and clock from it within a moment.
    ///
    /// # Errors
    /// The operating system's.
    pub fn write_sandbox(&self) -> Result<PathBuf, Failure> {
        let file = self.home.with_extension("sandbox.json");
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|e| Failure::io("phones", &e))?;
        }
        // Whole or not at all: a running process reads it at any moment.
        let fresh = self.home.with_extension("sandbox.new");
        std::fs::write(&fresh, self.sandbox.to_string())
            .and_then(|()| std::fs::rename(&fresh, &file))
            .map_err(|e| Failure::io("sandbox", &e))?;
        Ok(file)
    }

    /// Starts one thing its owner does.
    ///
    /// # Errors
    /// The operating system's.
    pub fn start(&self, command: &[&str]) -> Result<Running, Failure> {
        let sandbox = self.write_sandbox()?;
        let mut line: Vec<String> = vec!["phone".into(), "--home".into(), path(&self.home)];
        line.extend(["--sandbox".into(), path(&sandbox)]);
        line.extend(command.iter().map(|&c| c.to_owned()));
        start(&line)
    }

    /// Does one thing and waits for its end.
    ///
    /// # Errors
    /// It did not start, or hangs.
    pub async fn run(&self, command: &[&str]) -> Result<Ran, Failure> {
        Ok(self.start(command)?.end().await?)
    }

    /// Does one thing that must succeed; its lines.
    ///
    /// # Errors
    /// How it ended instead.
    pub async fn done(&self, command: &[&str]) -> Result<Vec<Value>, Failure> {
        Ok(self.run(command).await?.done(&command.join(" "))?)
    }

    /// Does one thing that must succeed and prints one object.
    ///
    /// # Errors
    /// How it ended instead.
    pub async fn one(&self, command: &[&str]) -> Result<Value, Failure> {
        Ok(self.run(command).await?.one(&command.join(" "))?)
    }

    /// Signs in, for the first time: the phone learns its city, and its address from its carrier.
    ///
    /// # Errors
    /// How it ended instead.
    pub async fn sign_in(
        &self,
        town: &Town,
        account: &str,
        staff: Option<&str>,
    ) -> Result<Value, Failure> {
        let ca = path(&town.ca);
        let mut command = vec!["--city", &town.url, "--ca", &ca, "--root", &town.root];
        command.extend(["--carrier", self.carrier, "signin", "--as", account]);
        if let Some(unit) = staff {
            command.extend(["--staff", unit]);
        }
        self.one(&command).await
    }
}
