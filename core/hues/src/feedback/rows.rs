//! The report rows of a phone: what pulls write, what lists, screens and search read.
//!
//! Invariant: a row's list columns, its search entry and its content change in one transaction; a page applied twice changes nothing.

use hues_protocol::ids::LaneId;
use rusqlite::{params, Connection, OptionalExtension, Row};

use super::model::{Report, ReportPage, ReportSummary};
use super::view::{self, Base, Filed, Known};
use super::{acts, search};
use crate::error::HueError;
use crate::ids::Id;

/// The scope of one's own reports.
pub(crate) const MINE: &str = "mine";
/// The scope of published reports.
pub(crate) const PUBLIC: &str = "public";
/// Characters of the text a list line shows.
const SUMMARY_CHARS: usize = 140;
/// Most lines of one page.
const PAGE_MAX: u32 = 200;

/// A row as stored.
pub(crate) struct Stored {
    pub seq: i64,
    pub scope: String,
    pub lane: Option<[u8; 16]>,
    pub base: Option<Base>,
    pub filed: Option<Filed>,
    words: Option<String>,
}

impl Stored {
    fn assemble(&self, tx: &Connection, id: Id) -> Result<Report, HueError> {
        assemble(tx, &self.scope, id, self.base.as_ref(), self.filed.as_ref())
    }
}

/// Takes a report into a scope as the city sent it. Which revision is newer is the pull's to know: after a restore they start anew.
pub(crate) fn put(
    tx: &Connection,
    scope: &str,
    id: Id,
    rev: u64,
    body: &str,
) -> Result<(), HueError> {
    let base = parse(scope, body)?;
    let filed = match scope {
        PUBLIC => None,
        _ => find(tx, scope, id)?.and_then(|stored| stored.filed),
    };
    let shown = assemble(tx, scope, id, Some(&base), filed.as_ref())?;
    let words = search::words(&shown);
    // What is stored is the city's bytes, so that fields this release does not know survive.
    let seq = tx
        .prepare_cached(
            "INSERT INTO report (scope, id, rev, state, category, ward, summary, photo_count, filed_at, due, pending, words, base)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (scope, id) DO UPDATE SET rev = ?3, state = ?4, category = ?5, ward = ?6, summary = ?7,
                 photo_count = ?8, filed_at = ?9, due = ?10, pending = ?11, words = ?12, base = ?13
             RETURNING seq",
        )?
        .query_row(
            params![
                scope,
                id.0,
                rev as i64,
                shown.state,
                shown.category,
                shown.ward,
                summary(&shown.text),
                shown.photos.len() as i64,
                shown.filed_at,
                shown.due,
                shown.pending.len() as i64,
                words,
                body
            ],
            |r| r.get(0),
        )?;
    if hues_env::planted!("index-stale") {
        return Ok(());
    }
    search::put(tx, seq, words)
}

/// Takes a report out of a scope. One's own report with acts not confirmed yet stays, as this phone filed it.
pub(crate) fn delete(tx: &Connection, scope: &str, id: Id) -> Result<(), HueError> {
    let Some(stored) = find(tx, scope, id)? else {
        return Ok(());
    };
    if stored.filed.is_some() && acts::open(tx, id)? {
        tx.prepare_cached("UPDATE report SET base = NULL, rev = NULL WHERE seq = ?1")?
            .execute([stored.seq])?;
        return refresh(tx, scope, id);
    }
    tx.prepare_cached("DELETE FROM report WHERE seq = ?1")?
        .execute([stored.seq])?;
    search::remove(tx, stored.seq)
}

/// Takes a report that was never filed out of a list.
pub(crate) fn remove(tx: &Connection, scope: &str, id: Id) -> Result<(), HueError> {
    let Some(stored) = find(tx, scope, id)? else {
        return Ok(());
    };
    tx.prepare_cached("DELETE FROM report WHERE seq = ?1")?
        .execute([stored.seq])?;
    search::remove(tx, stored.seq)
}

/// What this phone just filed, in the citizen's own list.
pub(crate) fn insert_filed(
    tx: &Connection,
    id: Id,
    lane: [u8; 16],
    filed: &Filed,
) -> Result<(), HueError> {
    let json = serde_json::to_string(filed).map_err(|_| HueError::internal("filed-json"))?;
    let base = find(tx, MINE, id)?.and_then(|stored| stored.base);
    let shown = assemble(tx, MINE, id, base.as_ref(), Some(filed))?;
    let words = search::words(&shown);
    let seq = tx
        .prepare_cached(
            "INSERT INTO report (scope, id, state, category, ward, summary, photo_count, filed_at, lane, filed, pending, words)
             VALUES ('mine', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (scope, id) DO UPDATE SET state = ?2, category = ?3, ward = ?4, summary = ?5, photo_count = ?6,
                 lane = ?8, filed = ?9, pending = ?10, words = ?11
             RETURNING seq",
        )?
        .query_row(
            params![
                id.0,
                shown.state,
                shown.category,
                shown.ward,
                summary(&shown.text),
                shown.photos.len() as i64,
                shown.filed_at,
                lane,
                json,
                shown.pending.len() as i64,
                words
            ],
            |r| r.get(0),
        )?;
    search::put(tx, seq, words)
}

/// What this phone filed, as it is kept; none: it filed nothing of that id.
pub(crate) fn filed_json(tx: &Connection, id: Id) -> Result<Option<String>, HueError> {
    let sql = "SELECT filed FROM report WHERE scope = 'mine' AND id = ?1";
    let json = tx.prepare_cached(sql)?.query_row([id.0], |r| r.get(0));
    Ok(json.optional()?.flatten())
}

/// Remembers this phone's lane for acts on a report.
pub(crate) fn set_lane(
    tx: &Connection,
    scope: &str,
    id: Id,
    lane: [u8; 16],
) -> Result<(), HueError> {
    tx.prepare_cached("UPDATE report SET lane = ?3 WHERE scope = ?1 AND id = ?2")?
        .execute(params![scope, id.0, lane])?;
    Ok(())
}

/// Brings list columns and search entry of a report in line with its content and the outbox, in every scope it is in.
pub(crate) fn refresh_all(tx: &Connection, id: Id) -> Result<(), HueError> {
    let scopes: Vec<String> = tx
        .prepare_cached("SELECT scope FROM report WHERE id = ?1")?
        .query_map([id.0], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    scopes.iter().try_for_each(|scope| refresh(tx, scope, id))
}

fn refresh(tx: &Connection, scope: &str, id: Id) -> Result<(), HueError> {
    let Some(stored) = find(tx, scope, id)? else {
        return Ok(());
    };
    let report = stored.assemble(tx, id)?;
    let words = search::words(&report);
    let moved = stored.words.as_ref() != Some(&words);
    tx.prepare_cached("UPDATE report SET state = ?2, pending = ?3, words = ?4 WHERE seq = ?1")?
        .execute(params![
            stored.seq,
            report.state,
            report.pending.len() as i64,
            words
        ])?;
    // Most of what happens to a report on its way changes none of its words.
    if moved {
        search::put(tx, stored.seq, words)?;
    }
    Ok(())
}

/// One report of a scope, whole.
pub(crate) fn get(tx: &Connection, scope: &str, id: Id) -> Result<Report, HueError> {
    let stored = find(tx, scope, id)?.ok_or(HueError::NotFound)?;
    stored.assemble(tx, id)
}

/// The stored row of a report, if it is in the scope.
pub(crate) fn find(tx: &Connection, scope: &str, id: Id) -> Result<Option<Stored>, HueError> {
    let raw = tx
        .prepare_cached(
            "SELECT seq, lane, base, filed, words FROM report WHERE scope = ?1 AND id = ?2",
        )?
        .query_row(params![scope, id.0], |r| {
            Ok((
                r.get::<_, i64>(0)?,
                r.get::<_, Option<[u8; 16]>>(1)?,
                r.get::<_, Option<String>>(2)?,
                r.get::<_, Option<String>>(3)?,
                r.get(4)?,
            ))
        })
        .optional()?;
    let Some((seq, lane, base, filed, words)) = raw else {
        return Ok(None);
    };
    let base = base.map(|b| parse(scope, &b)).transpose()?;
    let filed = filed
        .map(|f| serde_json::from_str(&f).map_err(|_| HueError::internal("filed-json")))
        .transpose()?;
    Ok(Some(Stored {
        seq,
        scope: scope.to_owned(),
        lane,
        base,
        filed,
        words,
    }))
}

/// The report as its reader sees it, from what the city and this phone said of it.
fn assemble(
    tx: &Connection,
    scope: &str,
    id: Id,
    base: Option<&Base>,
    filed: Option<&Filed>,
) -> Result<Report, HueError> {
    let mine = scope != PUBLIC;
    let acts = if mine { acts::of(tx, id)? } else { Vec::new() };
    let uploads = if mine {
        acts::uploads(tx, id)?
    } else {
        Vec::new()
    };
    Ok(view::report(&Known {
        id: id.to_string(),
        base,
        filed,
        acts: &acts,
        uploads: &uploads,
    }))
}

/// A page of a scope's list, newest first. `before` is the `next` of the page before.
pub(crate) fn list(
    tx: &Connection,
    scope: &str,
    before: Option<&str>,
    limit: u32,
) -> Result<ReportPage, HueError> {
    let before = match before {
        Some(cursor) => cursor
            .parse::<i64>()
            .map_err(|_| HueError::invalid("cursor", "format"))?,
        None => i64::MAX,
    };
    let limit = limit.clamp(1, PAGE_MAX);
    let mut lines: Vec<(i64, ReportSummary)> = tx
        .prepare_cached(&format!(
            "SELECT {LINE} FROM report WHERE scope = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3"
        ))?
        .query_map(params![scope, before, limit + 1], line)?
        .collect::<Result<_, _>>()?;
    let more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next = lines
        .last()
        .filter(|_| more)
        .map(|(seq, _)| seq.to_string());
    Ok(ReportPage {
        items: lines.into_iter().map(|(_, l)| l).collect(),
        next,
    })
}

/// The lane of one's own anonymous report that shows this photo (SHA-256 in hexadecimal); `None`: no such report does.
pub(crate) fn anonymous_lane_of_photo(
    tx: &Connection,
    sha256: &str,
) -> Result<Option<LaneId>, HueError> {
    let sql = "SELECT l.lane FROM report r JOIN sync_lane l ON l.lane = r.lane \
               WHERE r.scope = 'mine' AND l.anonymous = 1 AND (instr(r.base, ?1) OR instr(r.filed, ?1)) LIMIT 1";
    let lane = tx.query_row(sql, [sha256], |r| r.get(0)).optional()?;
    Ok(lane.map(LaneId))
}

/// The columns of a list line, for [`line`].
pub(crate) const LINE: &str =
    "seq, id, state, category, summary, ward, photo_count, filed_at, due, pending";

/// Reads a list line selected by [`LINE`].
pub(crate) fn line(r: &Row<'_>) -> rusqlite::Result<(i64, ReportSummary)> {
    Ok((
        r.get(0)?,
        ReportSummary {
            id: Id(r.get(1)?).to_string(),
            state: r.get(2)?,
            category: r.get(3)?,
            text: r.get(4)?,
            ward: r.get(5)?,
            photo_count: r.get(6)?,
            filed_at: r.get(7)?,
            due: r.get(8)?,
            pending: r.get::<_, i64>(9)? > 0,
        },
    ))
}

/// Reads a body of a page.
fn parse(scope: &str, body: &str) -> Result<Base, HueError> {
    let refused = |_| HueError::refused("body");
    Ok(if scope == PUBLIC {
        Base::Public(serde_json::from_str(body).map_err(refused)?)
    } else {
        Base::Full(serde_json::from_str(body).map_err(refused)?)
    })
}

fn summary(text: &str) -> String {
    match text.char_indices().nth(SUMMARY_CHARS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
