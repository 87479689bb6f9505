//! Pulling: pages of a scope, and who may read which.
//!
//! Invariant: a page is a pure function of the stored rows and the cursor; asking twice gives the same. Nothing of a
//! report leaves for somebody whom the scope does not admit.

use hues_env::Env;
use hues_protocol::ids::{Epoch, Hash, LaneId};
use hues_protocol::lane::verify_pull;
use hues_protocol::page::{Checksum, MAX_PAGE, MAX_ROWS};
use hues_protocol::problem::RefusalKind;
use serde_json::{json, Value};

use super::call::{json_answer, refusal, refuse, Answer, Call, Stop};
use super::meta::CityLog;
use super::records::LaneRecord;
use super::rows::{self, Change};
use super::{meta, session, INTAKE};
use crate::storage::{Table, Tx};

/// Rows may take this much of a page; the rest is for what stands around them.
const PAGE_BYTES: usize = MAX_PAGE - 4 * 1024;
/// The beacon of a `lane:` pull may be this old.
pub(super) const BEACON_AGE_MS: i64 = 3_600_000;

/// `GET /pull`
pub(super) fn pull(tx: &mut dyn Tx, env: &mut Env, call: &Call) -> Answer {
    let now = env.wall.0;
    let asked = call.query("scope").ok_or_else(|| refuse(400, "scope"))?;
    let limit = match call.query("limit").map(str::parse::<usize>) {
        None => MAX_ROWS,
        Some(Ok(n)) if n >= 1 => n.min(MAX_ROWS),
        Some(_) => return Err(refuse(400, "limit")),
    };
    let scope = admit(tx, call, asked, now)?;
    let log = CityLog::load(tx)?;
    let from = call.query("cursor").filter(|cursor| !cursor.is_empty());
    rows::prune(tx, &scope, now)?;
    let sum = rows::scope_sum(tx, &scope)?;
    let after = match from {
        None => 0,
        Some(cursor) => {
            let (epoch, revision) =
                parse_cursor(cursor, &scope).ok_or_else(|| refuse(400, "cursor"))?;
            if epoch != log.epoch
                || (revision < sum.pruned && revision > 0)
                || revision > log.revision
            {
                return Err(refusal(410, RefusalKind::ResetScope, "cursor"));
            }
            revision
        }
    };
    let changes = rows::changes(tx, &scope, after, limit + 1)?;
    let (rows, last, more) = fill(&changes, limit);
    let next = cursor(log.epoch, last.unwrap_or(after), &scope);
    let mut page = json!({
        "scope": asked, "from": from, "next": next, "more": more,
        "epoch": log.epoch, "watermark": log.watermark, "rows": rows,
    });
    if let (false, Value::Object(page)) = (more, &mut page) {
        page.insert("count".into(), sum.count.into());
        page.insert("checksum".into(), Checksum(sum.sum).to_string().into());
    }
    Ok(json_answer(200, &page))
}

/// As many rows as fit; the revision of the last one; whether there are more.
fn fill(changes: &[Change], limit: usize) -> (Vec<Value>, Option<u64>, bool) {
    let (mut rows, mut bytes, mut last) = (Vec::new(), 0, None);
    for change in changes {
        let mut row =
            json!({"rev": change.row.revision, "kind": change.kind, "id": change.id, "op": "del"});
        if let (Some(body), Value::Object(row)) = (&change.row.body, &mut row) {
            row.insert("op".into(), "put".into());
            row.insert("body".into(), body.clone());
        }
        bytes += row.to_string().len() + 1;
        if rows.len() == limit || (bytes > PAGE_BYTES && !rows.is_empty()) {
            return (rows, last, true);
        }
        last = Some(change.row.revision);
        rows.push(row);
    }
    (rows, last, false)
}

/// Checks that the caller may read the scope; the name it is stored under.
fn admit(tx: &dyn Tx, call: &Call, asked: &str, now: i64) -> Result<String, Stop> {
    match asked.split_once(':') {
        None if asked == "public" => Ok("public".to_owned()),
        None if asked == "mine" || asked == "inbox" => Ok(format!(
            "{asked}:{}",
            session::required(tx, call, now)?.account
        )),
        Some(("unit", unit)) => {
            let staff = session::required(tx, call, now)?.staff;
            let admitted = staff.is_some_and(|own| own == unit || own == INTAKE);
            admitted
                .then(|| asked.to_owned())
                .ok_or_else(|| refuse(403, "not-staff"))
        }
        Some(("lane", id)) => {
            let lane = id.parse().map_err(|_| refuse(400, "scope"))?;
            prove_lane(tx, call, lane, now)?;
            Ok(asked.to_owned())
        }
        _ => Err(refuse(400, "scope")),
    }
}

/// A pull of an anonymous report is authorised by the lane's own key over a recent beacon.
pub(super) fn prove_lane(
    tx: &dyn Tx,
    call: &Call,
    lane: LaneId,
    now: i64,
) -> Result<LaneRecord, Stop> {
    let denied = || refuse(403, "lane");
    let record: LaneRecord = meta::get(tx, Table::Lane, lane.as_bytes())?.ok_or_else(denied)?;
    let beacon: Hash = call
        .header("hues-beacon")
        .and_then(|h| h.parse().ok())
        .ok_or_else(denied)?;
    let signature = call
        .header("hues-lane")
        .and_then(|h| hex::decode(h).ok())
        .ok_or_else(denied)?;
    let time = tx
        .get(Table::Beacon, beacon.as_bytes())?
        .and_then(|t| String::from_utf8(t).ok()?.parse::<i64>().ok());
    let fresh = time.is_some_and(|time| (now - time).abs() <= BEACON_AGE_MS);
    if !fresh || !record.anonymous || !verify_pull(&record.key.0, &beacon, &signature) {
        return Err(denied());
    }
    Ok(record)
}

fn cursor(epoch: Epoch, revision: u64, scope: &str) -> String {
    format!("{epoch}-{revision}-{}", scope_mark(scope))
}

fn parse_cursor(text: &str, scope: &str) -> Option<(Epoch, u64)> {
    let mut parts = text.splitn(3, '-');
    let (epoch, revision) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (parts.next()? == scope_mark(scope)).then_some((epoch, revision))
}

/// Binds a cursor to its scope, so that one of another scope is refused, not misread.
fn scope_mark(scope: &str) -> String {
    hex::encode(
        hues_crypto::hash::sha256(scope.as_bytes())
            .get(..4)
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_of_its_scope() {
        let epoch = Epoch([7; 8]);
        let text = cursor(epoch, 12, "mine:a");
        assert_eq!(parse_cursor(&text, "mine:a"), Some((epoch, 12)));
        assert_eq!(parse_cursor(&text, "mine:b"), None);
        for bad in ["", "-", "x-1-y", "0707070707070707-1"] {
            assert_eq!(parse_cursor(bad, "mine:a"), None);
        }
    }
}
