//! All that is stored, as one JSON value for the admin interface: what invariants are computed from.
//!
//! Invariant: read from the tables, never from counters kept beside them (except those named as counters).

use std::collections::BTreeMap;

use hues_protocol::ids::{LaneId, OpId};
use serde::de::DeserializeOwned;
use serde_json::{json, Map, Value};

use super::feedback::full_report;
use super::meta::CityLog;
use super::records::{LaneRecord, OpRecord, RefusalRecord, Report, Upload};
use super::session::Account;
use super::tus;
use crate::storage::{StorageError, Table, Tx};

pub(super) fn state(
    tx: &dyn Tx,
    backups: &[String],
    last_error: Option<String>,
) -> Result<Value, StorageError> {
    let log = CityLog::load(tx)?;
    let mut uploads = Vec::new();
    for (key, upload) in all::<Upload>(tx, Table::Upload)? {
        let stored = tus::content(tx, &key)?;
        uploads.push(json!({
            "id": hex::encode(&key), "op": upload.op, "report": upload.report, "sha256": upload.claim.sha256,
            "bytes": upload.claim.bytes, "offset": upload.offset, "complete": upload.index.is_some(),
            "index": upload.index, "stored_bytes": stored.len(),
            "stored_sha256": hex::encode(hues_crypto::hash::sha256(&stored)),
        }));
    }
    let reports: Vec<Value> = all::<Report>(tx, Table::Report)?
        .iter()
        .map(|(_, report)| reported(report))
        .collect();
    let ops: Vec<Value> = all::<OpRecord>(tx, Table::Op)?
        .iter()
        .map(|(key, op)| operation(key, op))
        .collect();
    let refusals: Vec<Value> = all::<RefusalRecord>(tx, Table::Refusal)?
        .iter()
        .map(|(_, r)| json!({"op": r.op_id, "hash": r.hash, "lane": r.lane, "sequence": r.sequence, "rule": r.rule, "time": r.time}))
        .collect();
    let lanes: Vec<Value> = all::<LaneRecord>(tx, Table::Lane)?
        .iter()
        .map(|(key, lane)| {
            json!({"lane": LaneId::try_from(key.as_slice()).unwrap_or_default(), "head": lane.head, "hash": lane.hash,
                   "account": lane.account, "anonymous": lane.anonymous, "subject": lane.subject})
        })
        .collect();
    let accounts: Vec<Value> = all::<Account>(tx, Table::Account)?
        .iter()
        .map(|(key, a)| json!({"as": String::from_utf8_lossy(key), "account": a.id, "name": a.name, "officer": a.officer}))
        .collect();
    Ok(json!({
        "epoch": log.epoch, "watermark": log.watermark, "head": log.head, "restores": log.restores,
        "duplicates": log.duplicates, "reports": reports, "ops": ops, "refusals": refusals, "lanes": lanes,
        "files": uploads, "accounts": accounts, "backups": backups, "log": entries(tx)?,
        "wards": wards(), "last_error": last_error,
    }))
}

fn reported(report: &Report) -> Value {
    let mut body = full_report(report);
    if let Value::Object(body) = &mut body {
        body.insert("account".into(), report.account.clone().into());
        body.insert("author".into(), report.author.clone().into());
        body.insert("lane".into(), report.lane.to_string().into());
        body.insert(
            "public".into(),
            report.public.clone().unwrap_or(Value::Null),
        );
    }
    body
}

fn operation(key: &[u8], op: &OpRecord) -> Value {
    json!({
        "op": OpId::try_from(key).unwrap_or_default(), "hash": op.hash, "lane": op.lane, "sequence": op.sequence,
        "kind": op.kind, "subject": op.subject, "account": op.account, "deliveries": op.deliveries,
        "receipt": {"time": op.stamp.time, "epoch": op.stamp.epoch, "index": op.stamp.index,
                    "watermark": op.stamp.watermark, "keys_version": op.stamp.keys_version},
        "files": op.files,
    })
}

/// Log index → what got it.
fn entries(tx: &dyn Tx) -> Result<Map<String, Value>, StorageError> {
    let mut log = Map::new();
    for (key, what) in tx.scan(Table::Log, b"", b"", usize::MAX)? {
        let index = key
            .try_into()
            .map(u64::from_be_bytes)
            .map_err(|_| StorageError::Value("log"))?;
        log.insert(index.to_string(), String::from_utf8_lossy(&what).into());
    }
    Ok(log)
}

/// The wards and communes of today with the units of 30 June 2025 they are made of.
fn wards() -> BTreeMap<String, Value> {
    let former = |unit: &hues_vietnam::units::Unit<'_>| {
        unit.made_of()
            .map(|old| json!({"code": old.code.as_str(), "name": old.full_name()}))
            .collect::<Vec<_>>()
    };
    hues_vietnam::units::hue::current()
        .map(|unit| {
            (
                unit.code.to_string(),
                json!({"name": unit.full_name(), "former": former(&unit)}),
            )
        })
        .collect()
}

fn all<T: DeserializeOwned>(tx: &dyn Tx, table: Table) -> Result<Vec<(Vec<u8>, T)>, StorageError> {
    let rows = tx.scan(table, b"", b"", usize::MAX)?;
    rows.into_iter()
        .map(|(key, value)| {
            serde_json::from_slice(&value)
                .map(|value| (key, value))
                .map_err(|_| StorageError::Value("record"))
        })
        .collect()
}
