//! The inbox: notices the city signed. A notice is shown as it was signed; one whose signature is not good is not taken in at all.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine as _;
use hues_protocol::keys::KeyList;
use hues_protocol::notice::Notice;
use hues_protocol::rows::NoticeRow;
use rusqlite::{params, Connection, OptionalExtension};

use super::model::{Bilingual, InboxNotice};
use crate::error::HueError;
use crate::ids::{hex, Id};

/// Most notices of one page.
const PAGE_MAX: u32 = 100;

/// Takes in a notice row. `Ok(false)`: its signature is not good by the key list, so it is left out.
pub(crate) fn put(
    tx: &Connection,
    keys: &KeyList,
    id: Id,
    rev: u64,
    body: &str,
) -> Result<bool, HueError> {
    let Ok(row) = serde_json::from_str::<NoticeRow>(body) else {
        return Ok(false);
    };
    let Some(cose) = URL_SAFE_NO_PAD.decode(&row.cose).ok() else {
        return Ok(false);
    };
    let Ok(notice) = keys.check::<Notice>(&cose) else {
        return Ok(false);
    };
    tx.prepare_cached(
        "INSERT INTO notice (id, rev, at, cose) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET rev = ?2, at = ?3, cose = ?4 WHERE excluded.rev > rev",
    )?
    .execute(params![id.0, rev as i64, notice.time, cose])?;
    Ok(true)
}

/// Takes a notice out.
pub(crate) fn delete(tx: &Connection, id: Id) -> Result<(), HueError> {
    tx.prepare_cached("DELETE FROM notice WHERE id = ?1")?
        .execute([id.0])?;
    Ok(())
}

/// A page, newest first; `before` is the id of the last notice of the page before.
pub(crate) fn page(
    tx: &Connection,
    before: Option<&str>,
    limit: u32,
) -> Result<Vec<InboxNotice>, HueError> {
    let below: i64 = match before {
        None => i64::MAX,
        Some(id) => tx
            .prepare_cached("SELECT seq FROM notice WHERE id = ?1")?
            .query_row([Id::parse(id)?.0], |r| r.get(0))
            .optional()?
            .ok_or(HueError::NotFound)?,
    };
    let rows: Vec<Vec<u8>> = tx
        .prepare_cached("SELECT cose FROM notice WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2")?
        .query_map(params![below, limit.clamp(1, PAGE_MAX)], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    rows.iter().map(|cose| shown(cose)).collect()
}

fn shown(cose: &[u8]) -> Result<InboxNotice, HueError> {
    // Its signature was checked when it came in.
    let parsed = hues_protocol::city::Parsed::<Notice>::parse(cose)
        .map_err(|_| HueError::internal("notice"))?;
    let notice = parsed.unproven();
    Ok(InboxNotice {
        id: hex(&notice.id.0),
        report: notice.subject.map(|s| hex(&s.0)),
        at: notice.time,
        title: Bilingual {
            vi: notice.title.vi.clone(),
            en: notice.title.en.clone(),
        },
        body: Bilingual {
            vi: notice.body.vi.clone(),
            en: notice.body.en.clone(),
        },
    })
}
