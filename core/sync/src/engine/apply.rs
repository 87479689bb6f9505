//! Pages into rows.
//!
//! Invariant: rows, search entries (the domain's) and cursor move in one transaction; a page applied twice changes nothing; when a scope is whole, its count and
//! checksum are the city's, or it starts anew. A new start keeps the old rows on screen until the scope is whole again.

use hues_env::Env;
use hues_protocol::page::{Checksum, Page, Row, RowOp};
use hues_store::rusqlite::{Connection, OptionalExtension};

use super::Applier;
use crate::error::Result;
use crate::moment::Moment;
use crate::sql::{run, Num};

/// A scope as the file has it.
pub(super) struct ScopeRow {
    pub id: i64,
    pub cursor: Option<String>,
    pub last_rev: u64,
    generation: i64,
    rows: u64,
    checksum: u64,
    /// This generation was whole before: nothing older than it is left.
    whole: bool,
}

/// The scope's row, made when it is not there.
pub(super) fn scope_row(conn: &Connection, name: &str) -> Result<ScopeRow> {
    let sql = "SELECT id, cursor, last_rev, generation, rows, checksum, whole FROM sync_scope WHERE name = ?1";
    let read = || {
        conn.prepare_cached(sql)?
            .query_row([name], |r| {
                Ok(ScopeRow {
                    id: r.get(0)?,
                    cursor: r.get(1)?,
                    last_rev: r.get::<_, Num>(2)?.0,
                    generation: r.get(3)?,
                    rows: r.get::<_, Num>(4)?.0,
                    // A sum modulo 2⁶⁴ uses all bits: it is kept as the signed number of the same bits.
                    checksum: r.get::<_, i64>(5)? as u64,
                    whole: r.get(6)?,
                })
            })
            .optional()
    };
    if let Some(row) = read()? {
        return Ok(row);
    }
    run(conn, "INSERT INTO sync_scope (name) VALUES (?1)", [name])?;
    Ok(read()?.ok_or(hues_store::StoreError::NotFound)?)
}

/// Starts a scope anew; its rows stay until it is whole again.
pub(super) fn reset(conn: &Connection, name: &str) -> Result<()> {
    let sql = "UPDATE sync_scope SET cursor = NULL, last_rev = 0, generation = generation + 1, rows = 0, checksum = 0, whole = 0 \
               WHERE name = ?1";
    run(conn, sql, [name])?;
    Ok(())
}

/// Starts every scope anew.
pub(super) fn reset_all(conn: &Connection) -> Result<()> {
    run(conn,
        "UPDATE sync_scope SET cursor = NULL, last_rev = 0, generation = generation + 1, rows = 0, checksum = 0, whole = 0",
        [],
    )?;
    Ok(())
}

/// Offers what was kept raw to a domain that may know its kind by now: once a start, after an update most of all.
pub(super) fn offer_raw(conn: &Connection, applier: &mut dyn Applier) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT r.id, s.name, r.raw FROM sync_row r JOIN sync_scope s ON s.id = r.scope WHERE r.raw IS NOT NULL ORDER BY r.id",
    )?;
    let kept: Vec<(i64, String, String)> = statement
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (id, scope, raw) in kept {
        let row: Row = serde_json::from_str(&raw)
            .map_err(|_| hues_store::StoreError::Corrupt("row kept raw"))?;
        if applier.put(conn, &scope, &row)? {
            run(conn, "UPDATE sync_row SET raw = NULL WHERE id = ?1", [id])?;
        }
    }
    Ok(())
}

/// Applies a checked page. `false`: the scope is whole by the page's word but not by its sum; it was started anew.
pub(super) fn page(
    conn: &Connection,
    env: &Env<'_>,
    applier: &mut dyn Applier,
    scope: &ScopeRow,
    page: &Page,
) -> Result<bool> {
    let mut state = Tally {
        rows: scope.rows,
        sum: Checksum(scope.checksum),
        last_rev: scope.last_rev,
    };
    for row in &page.rows {
        if hues_env::planted!("cursor-before-rows") && page.rows.len() > 1 && state.last_rev > 0 {
            state.last_rev = row.rev;
            continue;
        }
        one(conn, applier, scope, &page.scope, row, &mut state)?;
        state.last_rev = row.rev;
    }
    run(
        conn,
        "UPDATE sync_scope SET cursor = ?2, last_rev = ?3, rows = ?4, checksum = ?5 WHERE id = ?1",
        (
            scope.id,
            &page.next,
            Num(state.last_rev),
            Num(state.rows),
            state.sum.0 as i64,
        ),
    )?;
    if page.more {
        return Ok(true);
    }
    let counted = page.count.is_none_or(|count| count == state.rows)
        && page.checksum.is_none_or(|sum| sum == state.sum);
    if !counted {
        reset(conn, &page.scope)?;
        return Ok(false);
    }
    if !scope.whole {
        sweep(conn, applier, scope, &page.scope)?;
    }
    let now = Moment::at(env, env.mono).to_bytes();
    run(
        conn,
        "UPDATE sync_scope SET whole = 1, pulled = ?2 WHERE id = ?1",
        (scope.id, now),
    )?;
    Ok(true)
}

struct Tally {
    rows: u64,
    sum: Checksum,
    last_rev: u64,
}

fn one(
    conn: &Connection,
    applier: &mut dyn Applier,
    scope: &ScopeRow,
    name: &str,
    row: &Row,
    tally: &mut Tally,
) -> Result<()> {
    let known: Option<(i64, Num, i64)> = conn
        .prepare_cached(
            "SELECT id, rev, generation FROM sync_row WHERE scope = ?1 AND kind = ?2 AND row = ?3",
        )?
        .query_row((scope.id, &row.kind, &row.id), |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })
        .optional()?;
    let counted = known.filter(|(_, _, generation)| *generation == scope.generation);
    if let Some((_, rev, _)) = counted {
        tally.sum = tally.sum.minus(&row.kind, &row.id, rev.0);
    }
    match row.op {
        RowOp::Put => {
            let taken = applier.put(conn, name, row)?;
            let raw = match taken {
                true => None,
                false => {
                    Some(serde_json::to_string(row).map_err(|_| crate::SyncError::Invalid("row"))?)
                }
            };
            conn.prepare_cached(
                "INSERT INTO sync_row (scope, kind, row, rev, generation, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                 ON CONFLICT (scope, kind, row) DO UPDATE SET rev = ?4, generation = ?5, raw = ?6",
            )?
            .execute((scope.id, &row.kind, &row.id, Num(row.rev), scope.generation, raw))?;
            tally.sum = tally.sum.plus(&row.kind, &row.id, row.rev);
            tally.rows += u64::from(counted.is_none());
        }
        RowOp::Del => {
            if let Some((id, _, _)) = known {
                conn.prepare_cached("DELETE FROM sync_row WHERE id = ?1")?
                    .execute([id])?;
                applier.delete(conn, name, &row.kind, &row.id)?;
            }
            tally.rows -= u64::from(counted.is_some());
        }
    }
    Ok(())
}

/// Takes out what a whole new generation did not bring.
fn sweep(conn: &Connection, applier: &mut dyn Applier, scope: &ScopeRow, name: &str) -> Result<()> {
    let mut statement = conn.prepare_cached(
        "SELECT id, kind, row FROM sync_row WHERE scope = ?1 AND generation < ?2",
    )?;
    let old: Vec<(i64, String, String)> = statement
        .query_map((scope.id, scope.generation), |r| {
            Ok((r.get(0)?, r.get(1)?, r.get(2)?))
        })?
        .collect::<Result<_, _>>()?;
    for (id, kind, row) in old {
        conn.prepare_cached("DELETE FROM sync_row WHERE id = ?1")?
            .execute([id])?;
        applier.delete(conn, name, &kind, &row)?;
    }
    Ok(())
}
