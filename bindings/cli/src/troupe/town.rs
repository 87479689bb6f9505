//! A sandbox city with TLS: a process, the addresses it said, and its admin interface.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{json, Value};

use super::{path, start, Running};
use crate::city::Admin;
use crate::exit::{Exit, Failure};
use hues_protocol::http::Method;

/// It must answer by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// A city that answers.
pub struct Town {
    /// Its process.
    pub running: Running,
    /// Its address.
    pub url: String,
    /// Its root key, hexadecimal.
    pub root: String,
    /// The file with its authority.
    pub ca: PathBuf,
    /// Its admin interface.
    pub admin: Admin,
}

impl Town {
    /// Starts it with its state in `data` and waits for its ready line; `more` are further arguments.
    ///
    /// # Errors
    /// It does not come up; with what it said.
    pub async fn start(data: &Path, more: &[&str]) -> Result<Town, Failure> {
        let mut line: Vec<String> = ["city", "--tls", "--data"].map(str::to_owned).to_vec();
        line.push(path(data));
        line.extend(more.iter().map(|&m| m.to_owned()));
        let mut running = start(&line)?;
        let ready = tokio::time::timeout(PATIENCE, running.line()).await;
        let Ok(Some(ready)) = ready else {
            running.kill();
            let ran = running.end().await?;
            let said = ran.stderr.trim().to_owned();
            return Err(Failure::new(Exit::CheckFailed, "process", "city", said));
        };
        let text = |key: &str| ready[key].as_str().unwrap_or_default().to_owned();
        Ok(Town {
            url: text("url"),
            root: text("root"),
            ca: PathBuf::from(text("ca")),
            admin: Admin {
                url: text("admin_url"),
                token: text("admin_token"),
            },
            running,
        })
    }
}

impl Admin {
    /// Orders a fault; its number.
    ///
    /// # Errors
    /// As [`Admin::call`].
    pub async fn order(&self, order: Value) -> Result<u64, Failure> {
        let answer = self.call(Method::Post, "/fault", Some(order)).await?;
        Ok(answer["id"].as_u64().unwrap_or_default())
    }

    /// Ends the faults of a kind.
    ///
    /// # Errors
    /// As [`Admin::call`].
    pub async fn clear(&self, kind: &str) -> Result<(), Failure> {
        let path = format!("/fault?kind={kind}");
        self.call(Method::Delete, &path, None).await.map(drop)
    }

    /// Ends every fault of a carrier.
    ///
    /// # Errors
    /// As [`Admin::call`].
    pub async fn relieve(&self, carrier: &str) -> Result<(), Failure> {
        let path = format!("/fault?carrier={carrier}");
        self.call(Method::Delete, &path, None).await.map(drop)
    }

    /// Every fault with its hits.
    ///
    /// # Errors
    /// As [`Admin::call`].
    pub async fn faults(&self) -> Result<Vec<Value>, Failure> {
        match self.call(Method::Get, "/faults", None).await? {
            Value::Array(lines) => Ok(lines),
            _ => Ok(Vec::new()),
        }
    }

    /// Everything the city stores.
    ///
    /// # Errors
    /// As [`Admin::call`].
    pub async fn state(&self) -> Result<Value, Failure> {
        self.call(Method::Get, "/state", None).await
    }

    /// Makes a backup under a name.
    ///
    /// # Errors
    /// As [`Admin::call`].
    pub async fn backup(&self, name: &str) -> Result<(), Failure> {
        let name = json!({ "name": name });
        self.call(Method::Post, "/backup", Some(name))
            .await
            .map(drop)
    }
}
