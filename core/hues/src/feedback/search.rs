//! Search over reports: the text, the place in words, the answer. The index is the store's; which words and which list is decided here.

use hues_store::search::{MatchClass, SearchCursor, SearchIndex, SearchRequest};
use rusqlite::{Connection, OptionalExtension};

use super::model::{Report, ReportPage};
use super::rows::{line, LINE};
use crate::error::HueError;

const INDEX: SearchIndex<'static> = SearchIndex {
    name: "report_search",
    table: "report",
    columns: &["words"],
};
/// Rows one call looks at at most, so that a keystroke is answered at once: a screen that is not full yet asks for the next page.
const BUDGET: usize = 500;
/// Most lines of one page.
const PAGE_MAX: u32 = 100;

/// Makes the index where there is none, or anew where the fold changed; `false`: call again to go on.
pub(crate) fn ensure(tx: &Connection) -> Result<bool, HueError> {
    let state = INDEX.ensure(tx)?;
    Ok(state == hues_store::search::IndexState::Complete)
}

/// Goes on with a rebuild; `true` when it is complete.
pub(crate) fn rebuild(tx: &Connection, rows: usize) -> Result<bool, HueError> {
    Ok(INDEX.rebuild(tx, rows)? == hues_store::search::IndexState::Complete)
}

/// What a report is found by.
pub(crate) fn words(report: &Report) -> String {
    let answer = report.answer.as_ref().map(|a| a.text.as_str());
    [
        Some(report.text.as_str()),
        report.place_words.as_deref(),
        answer,
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join("\n")
}

/// A row's words are these now; in the row's own transaction.
pub(crate) fn put(tx: &Connection, seq: i64, words: String) -> Result<(), HueError> {
    Ok(INDEX.put(tx, seq, &[words])?)
}

/// A row is gone; in its own transaction.
pub(crate) fn remove(tx: &Connection, seq: i64) -> Result<(), HueError> {
    Ok(INDEX.remove(tx, seq)?)
}

/// Rows whose words and postings disagree; empty when all is well.
pub(crate) fn gaps(tx: &Connection) -> Result<Vec<i64>, HueError> {
    Ok(INDEX.gaps(tx)?)
}

/// A page of matches in a scope.
pub(crate) fn page(
    tx: &Connection,
    scope: &str,
    query: &str,
    cursor: Option<&str>,
    limit: u32,
) -> Result<ReportPage, HueError> {
    let after = cursor.map(read_cursor).transpose()?;
    // Scopes are the core's own words, but a quote in one must never become SQL.
    let filter = format!("scope = '{}'", scope.replace('\'', "''"));
    let request = SearchRequest {
        typed: query,
        filter: &filter,
        after,
        limit: limit.clamp(1, PAGE_MAX) as usize,
        budget: BUDGET,
    };
    let found = INDEX.search(tx, &request)?;
    let mut select = tx.prepare_cached(&format!("SELECT {LINE} FROM report WHERE seq = ?1"))?;
    let mut items = Vec::with_capacity(found.hits.len());
    for hit in &found.hits {
        if let Some((_, item)) = select.query_row([hit.rowid], line).optional()? {
            items.push(item);
        }
    }
    Ok(ReportPage {
        items,
        next: found.next.map(write_cursor),
    })
}

fn write_cursor(c: SearchCursor) -> String {
    let class = match c.class {
        MatchClass::AsTyped => 0,
        MatchClass::OtherMarks => 1,
        MatchClass::Beginning => 2,
    };
    format!("{class}.{}", c.below)
}

fn read_cursor(text: &str) -> Result<SearchCursor, HueError> {
    let read = || {
        let (class, below) = text.split_once('.')?;
        let class = match class {
            "0" => MatchClass::AsTyped,
            "1" => MatchClass::OtherMarks,
            "2" => MatchClass::Beginning,
            _ => return None,
        };
        Some(SearchCursor {
            class,
            below: below.parse().ok()?,
        })
    };
    read().ok_or_else(|| HueError::invalid("cursor", "format"))
}
