//! Everything an account has on the phone, in plain files the person can keep: one consistent moment of it.

use std::path::PathBuf;
use std::sync::Arc;

use hues_protocol::config::Config;
use hues_store::rusqlite::Connection;
use hues_store::SealedDir;
use hues_sync::outbox;

use crate::account::Account;
use crate::error::HueError;
use crate::feedback::{self, drafts, rows, InboxNotice};
use crate::ids::{hex, Id};
use crate::outbox::item;

/// Writes `account.json`, `photos/` and `proofs/` into `folder`, which must be empty or not there.
pub(crate) async fn write(
    account: &Account,
    attachments: Arc<SealedDir>,
    folder: PathBuf,
) -> Result<(), HueError> {
    let all = account.run(|work| work.look(collect)).await?;
    account
        .blocking(move || {
            let io = |e: std::io::Error| HueError::from(hues_store::StoreError::from(e));
            std::fs::create_dir_all(&folder).map_err(io)?;
            if std::fs::read_dir(&folder).map_err(io)?.count() > 0 {
                return Err(HueError::invalid("folder", "not-empty"));
            }
            std::fs::create_dir(folder.join("photos")).map_err(io)?;
            std::fs::create_dir(folder.join("proofs")).map_err(io)?;
            std::fs::write(folder.join("account.json"), all.json).map_err(io)?;
            for (report, proof) in all.proofs {
                let file = folder.join("proofs").join(format!("{report}.cbor"));
                std::fs::write(file, proof).map_err(io)?;
            }
            for (sha256, file) in all.photos {
                // A photo the city already has whole may be gone from the phone; its hash stands in the JSON.
                if let Ok(bytes) = attachments.get(&file, 16 * 1024 * 1024) {
                    std::fs::write(
                        folder.join("photos").join(format!("{}.jpg", hex(&sha256))),
                        &*bytes,
                    )
                    .map_err(io)?;
                }
            }
            Ok(())
        })
        .await
}

/// One moment of the account.
struct Everything {
    json: Vec<u8>,
    /// SHA-256 and sealed file.
    photos: Vec<([u8; 32], [u8; 16])>,
    /// Report and proof of filing.
    proofs: Vec<(String, Vec<u8>)>,
}

fn collect(tx: &Connection, config: &Config) -> Result<Everything, HueError> {
    let mut reports = Vec::new();
    let mut statement = tx.prepare_cached("SELECT scope, id FROM report ORDER BY seq")?;
    let ids: Vec<(String, [u8; 16])> = statement
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut proofs = Vec::new();
    for (scope, id) in ids {
        // What was filed elsewhere, or is not confirmed yet, has no proof here.
        if let Ok(bytes) = crate::proof::export(tx, Id(id), false) {
            proofs.push((Id(id).to_string(), bytes));
        }
        reports
            .push(serde_json::json!({ "list": scope, "report": rows::get(tx, &scope, Id(id))? }));
    }
    let drafts: Vec<_> = drafts::list(tx, config)?
        .into_iter()
        .map(|d| serde_json::json!({ "id": d.id, "saved_at": d.saved_at, "input": d.input }))
        .collect();
    let outbox: Vec<_> = outbox::list(tx, true)?
        .iter()
        .map(|view| {
            let i = item(view);
            serde_json::json!({ "op": i.op, "kind": i.kind, "report": i.report, "state": i.state })
        })
        .collect();
    let mut inbox: Vec<_> = Vec::new();
    loop {
        let last: Option<String> = inbox.last().map(|n: &InboxNotice| n.id.clone());
        let page = feedback::inbox::page(tx, last.as_deref(), 200)?;
        if page.is_empty() {
            break;
        }
        inbox.extend(page);
    }
    let inbox: Vec<_> = inbox
        .into_iter()
        .map(|n| {
            serde_json::json!({ "at": n.at, "report": n.report, "title": n.title.vi, "body": n.body.vi })
        })
        .collect();
    let mut statement = tx.prepare_cached(
        "SELECT sha256, sealed FROM sync_file UNION SELECT sha256, file FROM draft_photo",
    )?;
    let photos = statement
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let all = serde_json::json!({ "reports": reports, "drafts": drafts, "outbox": outbox, "inbox": inbox });
    let json = serde_json::to_vec_pretty(&all).map_err(|_| HueError::internal("export-json"))?;
    Ok(Everything {
        json,
        photos,
        proofs,
    })
}
