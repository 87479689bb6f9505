//! Opening a sealed author: only with the disclosure key, and never unknown to the reporter.
//!
//! Invariant: the notice to the reporter commits in the transaction that reads the sealed part; who is told nothing was
//! shown nothing.

use hues_env::Env;
use hues_protocol::author::Author;
use hues_protocol::bundle::Bundle;
use hues_protocol::ids::OpId;
use hues_protocol::op::PartRole;
use serde::Serialize;

use super::feedback::tell_opened;
use super::keys::CityKeys;
use super::meta::{self, CityLog};
use super::records::{OpRecord, Report};
use super::session;
use crate::storage::{StorageError, Table, Tx};

/// Who stands behind a sealed report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// The device op key that certified the lane, 64 hexadecimal digits.
    pub device_key: String,
    /// The account that enrolled that key, if any did yet.
    pub account: Option<String>,
}

/// Opens the author of the op that filed a report; nothing if it is not sealed or does not open.
pub(super) fn open(
    tx: &mut dyn Tx,
    env: &mut Env,
    keys: &CityKeys,
    op: OpId,
) -> Result<Option<Opened>, StorageError> {
    let Some(bundle) = tx.get(Table::Bundle, op.as_bytes())? else {
        return Ok(None);
    };
    let Some(record) = meta::get::<OpRecord>(tx, Table::Op, op.as_bytes())? else {
        return Ok(None);
    };
    let Some(report) = meta::get::<Report>(tx, Table::Report, record.subject.as_bytes())? else {
        return Ok(None);
    };
    let stored = Bundle::decode(&bundle).map_err(|_| StorageError::Value("bundle"))?;
    let part = stored
        .parts()
        .iter()
        .find(|part| part.role() == PartRole::AUTHOR);
    let author = part.and_then(|part| Author::from_fields(part.body()).ok());
    let certificate = author.and_then(|author| {
        author
            .open(&keys.disclosure, &stored.op().header().lane_key)
            .ok()
    });
    let Some(certificate) = certificate else {
        return Ok(None);
    };

    let mut log = CityLog::load(tx)?;
    let at = log.sign_at(env.wall);
    tell_opened(tx, &mut log, keys, env.random, &report, at)?;
    log.save(tx)?;
    let account = session::device_owner(tx, &certificate.device_key)?;
    Ok(Some(Opened {
        device_key: hex::encode(certificate.device_key),
        account,
    }))
}
