//! A report as each circle of readers sees it.
//!
//! Invariant: the public sees what the officer's op said and the state; reporter, intake and unit see the report; nobody
//! sees an account; the intake alone sees the name behind a *named* report.

use hues_protocol::rows::REPORT;
use serde_json::{json, Value};

use crate::gateway::meta::CityLog;
use crate::gateway::records::{Photo, Report};
use crate::gateway::{rows, session, INTAKE};
use crate::storage::{StorageError, Tx};

/// Brings every scope that shows the report up to date; `former_unit` loses it.
pub(super) fn show(
    tx: &mut dyn Tx,
    log: &mut CityLog,
    report: &Report,
    former_unit: Option<&str>,
    at: i64,
) -> Result<(), StorageError> {
    let id = report.id.to_string();
    let row = (REPORT, id.as_str());
    let body = full(report);
    let own = match &report.account {
        Some(account) => format!("mine:{account}"),
        None => format!("lane:{}", report.lane),
    };
    rows::put(tx, log, &own, row, body.clone(), at)?;
    let mut intake = body.clone();
    if let (Some(sender), Value::Object(fields)) = (named_sender(tx, report)?, &mut intake) {
        fields.insert("sender".into(), sender.into());
    }
    rows::put(tx, log, &unit_scope(INTAKE), row, intake, at)?;
    if report.unit != INTAKE {
        rows::put(tx, log, &unit_scope(&report.unit), row, body, at)?;
    }
    if let Some(former) = former_unit.filter(|former| *former != INTAKE && *former != report.unit) {
        rows::delete(tx, log, &unit_scope(former), row, at)?;
    }
    if let Some(Value::Object(mut public)) = report.public.clone() {
        public.insert("state".into(), report.state.clone().into());
        rows::put(tx, log, "public", row, Value::Object(public), at)?;
    }
    Ok(())
}

/// The name behind a named report: the intake's alone.
fn named_sender(tx: &dyn Tx, report: &Report) -> Result<Option<String>, StorageError> {
    match (&report.account, report.author.as_str()) {
        (Some(account), "named") => session::name_of(tx, account),
        _ => Ok(None),
    }
}

fn unit_scope(unit: &str) -> String {
    format!("unit:{unit}")
}

/// The body in `mine`, `lane:` and `unit:`.
pub(in crate::gateway) fn full(report: &Report) -> Value {
    let place = (report.place.is_some() || report.words.is_some()).then(|| {
        let exact = report.place.as_ref();
        json!({"lat": exact.map(|p| p.lat), "lon": exact.map(|p| p.lon),
               "accuracy_m": exact.and_then(|p| p.accuracy_m), "words": report.words})
    });
    let answer = report.answer.as_ref().map(|answer| {
        let photos: Vec<_> = answer
            .photos
            .iter()
            .map(|photo| photo.claim.sha256)
            .collect();
        json!({"text": answer.text, "at": answer.at, "photos": photos})
    });
    json!({
        "id": report.id, "state": report.state, "status_raw": report.state, "category": report.category,
        "text": report.text, "ward": report.ward, "place": place, "answers": report.answers,
        "photos": report.photos.iter().map(photo).collect::<Vec<_>>(), "timeline": report.timeline,
        "unit": report.unit, "due": report.due, "ask": report.ask.as_ref().map(|ask| &ask.text), "answer": answer, "rating": report.rating,
        "published": report.public.is_some(), "filed_at": report.filed_at, "op": report.op,
    })
}

fn photo(photo: &Photo) -> Value {
    let state = if photo.received {
        "received"
    } else {
        "waiting"
    };
    json!({"sha256": photo.claim.sha256, "bytes": photo.claim.bytes, "state": state})
}
