//! The live city: a process that can be killed and comes back on the same port with the same state, and its backups.
//!
//! Invariant: what is known about the city is its own state; while it is off, the state it had when it was asked last.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use hues_e2e::ledger::list;
use serde_json::{json, Value};

use super::held;
use super::process::{Power, Process};
use crate::city::Admin;
use crate::exit::{Exit, Failure};
use crate::troupe::Town;

/// The newest backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// Reports in it.
    pub reports: usize,
}

/// The city.
pub struct LiveCity {
    /// Its process.
    pub process: Process,
    data: PathBuf,
    port: Mutex<Option<String>>,
    admin: Mutex<Option<Admin>>,
    state: Mutex<Value>,
    backup: Mutex<Option<Backup>>,
}

impl LiveCity {
    /// A city with its state in `data`, off.
    pub fn new(data: &Path) -> LiveCity {
        LiveCity {
            process: Process::new(),
            data: data.to_owned(),
            port: Mutex::default(),
            admin: Mutex::default(),
            state: Mutex::new(Value::Null),
            backup: Mutex::default(),
        }
    }

    /// Starts its process, on the port it had before. The caller minds the process that comes back. None: it runs already.
    ///
    /// # Errors
    /// It does not come up.
    pub async fn start(&self) -> Result<Option<Town>, Failure> {
        if !self.process.starts() {
            return Ok(None);
        }
        let listen = held(&self.port)
            .clone()
            .unwrap_or_else(|| "127.0.0.1:0".into());
        match Town::start(&self.data, &["--listen", &listen]).await {
            Ok(town) => {
                let host = town.url.split_once("://").map(|(_, host)| host.to_owned());
                *held(&self.port) = host;
                *held(&self.admin) = Some(town.admin.clone());
                Ok(Some(town))
            }
            Err(failure) => {
                self.process.gone();
                Err(failure)
            }
        }
    }

    /// Its admin interface.
    ///
    /// # Errors
    /// Exit 3: the city is off.
    pub fn admin(&self) -> Result<Admin, Failure> {
        let admin = held(&self.admin).clone();
        match (self.process.power(), admin) {
            (Power::On, Some(admin)) => Ok(admin),
            _ => Err(Failure::new(
                Exit::Network,
                "offline",
                "city",
                "the city is off",
            )),
        }
    }

    /// Reads its state.
    ///
    /// # Errors
    /// It is off, or dies meanwhile: what was known before stays.
    pub async fn look(&self) -> Result<(), Failure> {
        let state = self.admin()?.state().await?;
        *held(&self.state) = state;
        Ok(())
    }

    /// What it stored when it was read last.
    pub fn state(&self) -> Value {
        held(&self.state).clone()
    }

    /// Its newest backup of this play.
    pub fn backup(&self) -> Option<Backup> {
        held(&self.backup).clone()
    }

    /// Makes a backup.
    ///
    /// # Errors
    /// It is off.
    pub async fn make_backup(&self, at_ms: i64) -> Result<Backup, Failure> {
        let admin = self.admin()?;
        admin.backup(&format!("play-{at_ms}")).await?;
        let made = Backup {
            at_ms,
            // Read afterwards: what came in between is not in it, and the page may show one too many for a moment.
            reports: list(&admin.state().await?, "reports").len(),
        };
        *held(&self.backup) = Some(made.clone());
        Ok(made)
    }

    /// Goes back to the newest backup: a new epoch begins, and what came since is not there any more.
    ///
    /// # Errors
    /// It is off, or has no backup.
    pub async fn restore(&self) -> Result<(), Failure> {
        let order = json!({"kind": "restore", "backup": "latest"});
        self.admin()?.order(order).await.map(drop)
    }
}
