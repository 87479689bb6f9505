//! What pulls and the outbox do to this domain's rows, inside the engine's own transaction.

use hues_protocol::ids::Subject;
use hues_protocol::page::Row;
use hues_protocol::rows::{NOTICE, REPORT};
use hues_store::rusqlite::Connection;
use hues_store::StoreError;
use hues_sync::engine::Applier;
use hues_sync::{trust, SyncError};

use super::{inbox, rows};
use crate::error::{HueError, StorageReason};
use crate::ids::{self, Id};

/// The feedback domain's applier.
pub(crate) struct Pulled;

impl Applier for Pulled {
    fn put(&mut self, conn: &Connection, scope: &str, row: &Row) -> Result<bool, SyncError> {
        let (Some(id), Some(body)) = (ids::unhex(&row.id).map(Id), &row.body) else {
            return Ok(false);
        };
        let body = body.to_string();
        match row.kind.as_str() {
            REPORT => known(rows::put(conn, list_of(scope), id, row.rev, &body).map(|()| true)),
            NOTICE => match trust::keys(conn)? {
                Some(keys) => known(inbox::put(conn, &keys, id, row.rev, &body)),
                None => Ok(false),
            },
            _ => Ok(false),
        }
    }

    fn delete(
        &mut self,
        conn: &Connection,
        scope: &str,
        kind: &str,
        id: &str,
    ) -> Result<(), SyncError> {
        let Some(id) = ids::unhex(id).map(Id) else {
            return Ok(());
        };
        match kind {
            REPORT => down(rows::delete(conn, list_of(scope), id)),
            NOTICE => down(inbox::delete(conn, id)),
            _ => Ok(()),
        }
    }

    fn op_moved(&mut self, conn: &Connection, subject: &Subject) -> Result<(), SyncError> {
        down(rows::refresh_all(conn, Id(subject.0)))
    }
}

/// A row this release cannot read is kept raw instead of failing the page.
fn known(result: Result<bool, HueError>) -> Result<bool, SyncError> {
    match result {
        Err(HueError::Refused { .. }) => Ok(false),
        other => down(other),
    }
}

/// The store's errors pass through; anything else is a defect of ours and fails the page.
fn down<T>(result: Result<T, HueError>) -> Result<T, SyncError> {
    result.map_err(|e| match e {
        HueError::Storage {
            reason: StorageReason::Full,
        } => StoreError::Full.into(),
        HueError::Storage {
            reason: StorageReason::Corrupt,
        } => StoreError::Corrupt("row").into(),
        HueError::Storage { .. } => StoreError::Io(std::io::ErrorKind::Other).into(),
        HueError::Busy => StoreError::Busy.into(),
        _ => SyncError::Invalid("domain row"),
    })
}

/// The list a scope's reports are shown in: an anonymous report comes through its lane and is one's own all the same.
fn list_of(scope: &str) -> &str {
    if scope.starts_with("lane:") {
        rows::MINE
    } else {
        scope
    }
}
