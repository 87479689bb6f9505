//! Session, outbox, inbox, proofs, the account and `status`.

use std::path::Path;

use hues_core::feedback::ReportList;
use hues_core::Who;
use serde_json::{json, Map, Value};

use super::{views, Phone};
use crate::args::{AccountCommand, OutboxCommand, PhoneProofCommand};
use crate::exit::{Exit, Failure};
use crate::fetch;
use crate::output::Sink;

impl Phone {
    pub(super) async fn sign_in(
        &self,
        name: &str,
        staff: Option<String>,
        sink: &dyn Sink,
    ) -> Result<Exit, Failure> {
        if !self.settings.is_sandbox() {
            return Err(Failure::refused("sandbox", "--as is for a sandbox city"));
        }
        let who = self.core.sign_in_sandbox(name.to_owned(), staff).await?;
        sink.result(&shown(&who));
        Ok(Exit::Done)
    }

    pub(super) fn whoami(&self, sink: &dyn Sink) -> Result<Exit, Failure> {
        match self.core.who()? {
            Some(who) => {
                sink.result(&shown(&who));
                Ok(Exit::Done)
            }
            None => Err(hues_core::HueError::SignInNeeded.into()),
        }
    }

    pub(super) async fn sign_out(&self, sink: &dyn Sink) -> Result<Exit, Failure> {
        self.core.sign_out().await?;
        let left = self.core.status().await?;
        sink.result(
            &json!({"signed_out": true, "kept_unsent": left.waiting + left.sending + left.wedged}),
        );
        Ok(Exit::Done)
    }

    pub(super) async fn outbox(
        &self,
        command: &OutboxCommand,
        sink: &dyn Sink,
    ) -> Result<Exit, Failure> {
        let o = self.core.outbox();
        match command {
            OutboxCommand::List { all } => {
                let items = o.items(*all).await?;
                items.iter().for_each(|i| sink.result(&views::outbox(i)));
            }
            OutboxCommand::Retry { id } => o.retry(id.clone()).await?,
            OutboxCommand::Edit { id, content } => self.edit(id, content, sink).await?,
            OutboxCommand::Discard { id } => o.discard(id.clone()).await?,
        }
        Ok(Exit::Done)
    }

    pub(super) async fn inbox(&self, sink: &dyn Sink) -> Result<Exit, Failure> {
        let mut cursor = None;
        loop {
            let page = self.core.feedback().inbox(cursor, 100).await?;
            let Some(last) = page.last() else {
                return Ok(Exit::Done);
            };
            cursor = Some(last.id.clone());
            page.iter().for_each(|n| sink.result(&views::notice(n)));
        }
    }

    pub(super) async fn export_proof(
        &self,
        command: &PhoneProofCommand,
        sink: &dyn Sink,
    ) -> Result<Exit, Failure> {
        let PhoneProofCommand::Export { id, out, compact } = command;
        let bytes = self.core.export_proof(id.clone(), *compact).await?;
        let mut said = json!({"report": id, "bytes": bytes.len(), "compact": compact});
        match out {
            Some(file) => {
                std::fs::write(file, &bytes).map_err(|e| Failure::io("proof", &e))?;
                said["file"] = file.to_string_lossy().into();
            }
            None => said["proof"] = fetch::hex(&bytes).into(),
        }
        sink.result(&said);
        Ok(Exit::Done)
    }

    pub(super) async fn account(
        &self,
        command: &AccountCommand,
        sink: &dyn Sink,
    ) -> Result<Exit, Failure> {
        match command {
            AccountCommand::List => {
                let all = self.core.accounts().await?;
                all.iter().for_each(|a| {
                    sink.result(&json!({"id": a.id, "name": a.name, "open": a.open}))
                });
            }
            AccountCommand::Add => {
                sink.result(&json!({"id": self.core.add_account().await?}));
            }
            AccountCommand::Export { out } => {
                let folder = out.to_string_lossy().into_owned();
                self.core.export_account(folder.clone()).await?;
                sink.result(&json!({"exported": folder}));
            }
            AccountCommand::Delete { unsent_too } => {
                self.core.delete_account(*unsent_too).await?;
                sink.result(&json!({"deleted": true}));
            }
        }
        Ok(Exit::Done)
    }

    pub(super) async fn status(&self, sink: &dyn Sink) -> Result<Exit, Failure> {
        let s = self.core.status().await?;
        let mut files = Map::new();
        weigh(&self.home, &self.home, &mut files);
        sink.result(&json!({
            "home": self.home.to_string_lossy(), "city": self.settings.city,
            "rows": {"reports": s.reports, "drafts": s.drafts},
            "outbox": {"waiting": s.waiting, "sending": s.sending, "wedged": s.wedged, "done": s.done},
            "unclaimed": s.unclaimed, "photos_open": s.photos_open, "photo_bytes_open": self.photo_bytes_open().await?, "requests": s.requests,
            "files": files, "beacon_age_ms": s.beacon_age_ms,
            "config": {"edition": s.config_edition, "version": s.config_version},
            "waits_for": s.waits_for, "next_wake_ms": s.next_wake_ms, "update_needed": s.update_needed,
        }));
        Ok(Exit::Done)
    }

    /// Bytes of one's own photos that the city has not acknowledged whole.
    async fn photo_bytes_open(&self) -> Result<u64, Failure> {
        let f = self.core.feedback();
        let (mut sum, mut cursor) = (0, None);
        loop {
            let page = f.list(ReportList::Mine, cursor, 100).await?;
            for line in page.items.iter().filter(|l| l.photo_count > 0) {
                let report = f.report(ReportList::Mine, line.id.clone()).await?;
                let open = report.photos.iter().filter(|p| p.state != "received");
                sum += open.map(|p| p.bytes).sum::<u64>();
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(sum);
            }
        }
    }
}

fn shown(who: &Who) -> Value {
    json!({"account": who.account, "name": who.name, "staff": who.staff, "expired": who.expired})
}

/// Bytes by file below `dir`, names relative to the home.
fn weigh(home: &Path, dir: &Path, out: &mut Map<String, Value>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.metadata() {
            Ok(m) if m.is_dir() => weigh(home, &path, out),
            Ok(m) if m.is_file() => {
                let name = path.strip_prefix(home).unwrap_or(&path);
                out.insert(name.to_string_lossy().into_owned(), m.len().into());
            }
            _ => {}
        }
    }
}
