//! A delta: pages of changed rows, applied with their search index.

use hues_protocol::page::MAX_ROWS;
use rusqlite::{Connection, OptionalExtension};

use crate::clock::Lap;
use crate::data::{Delta, Put, World};
use crate::figure::{Figure, Round};
use crate::phone::Phone;
use crate::raw::Raw;
use crate::Step;

/// Both sides take the same changes in: the core from the town's pages (parsed, judged, summed up), raw from values in hand.
pub fn measure(
    rounds: usize,
    ops: usize,
    world: &mut World,
    phone: &Phone,
    raw: &Raw,
) -> Step<Figure> {
    let core = phone.open()?;
    core.pull()?;
    let mut writer = raw.writer()?;
    let mut times = Vec::new();
    for _ in 0..=rounds {
        let delta = world.change(ops);
        phone.town.offer(&delta)?;
        let lap = Lap::start();
        core.refresh()?;
        let took = lap.stop();
        let lap = Lap::start();
        apply_raw(&mut writer, &delta)?;
        times.push(Round {
            core: took,
            raw: lap.stop(),
            ..Round::default()
        });
    }
    let what =
        format!("{ops} changed rows in pages of {MAX_ROWS}: 80 % new, 15 % changed, 5 % gone");
    Ok(Figure::of("delta", what, &times[1..], 2.0))
}

/// By hand: a transaction for each page, the fewest statements for each row.
pub fn apply_raw(conn: &mut Connection, delta: &Delta) -> Step<()> {
    for page in delta.ops.chunks(MAX_ROWS) {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for op in page {
            let name = op.id.to_string();
            let known: Option<i64> = tx
                .prepare_cached(
                    "SELECT id FROM sync_row WHERE scope = 1 AND kind = 'report' AND row = ?1",
                )?
                .query_row([&name], |r| r.get(0))
                .optional()?;
            match &op.put {
                Some(put) => {
                    let seq = upsert(&tx, &op.id.0, op.rev, put)?;
                    index(&tx, seq, known.is_some(), Some(&words(put)))?;
                    tx.prepare_cached(
                        "INSERT INTO sync_row (scope, kind, row, rev, generation) VALUES (1, 'report', ?1, ?2, 1) \
                         ON CONFLICT (scope, kind, row) DO UPDATE SET rev = ?2",
                    )?
                    .execute((&name, op.rev as i64))?;
                }
                None => {
                    tx.prepare_cached("DELETE FROM sync_row WHERE id = ?1")?
                        .execute([known])?;
                    let seq = tx
                        .prepare_cached(
                            "DELETE FROM report WHERE scope = 'public' AND id = ?1 RETURNING seq",
                        )?
                        .query_row([op.id.0], |r| r.get(0))?;
                    index(&tx, seq, true, None)?;
                }
            }
        }
        tx.prepare_cached("UPDATE sync_scope SET cursor = ?1, last_rev = ?2 WHERE id = 1")?
            .execute(("c", page.last().map_or(0, |op| op.rev as i64)))?;
        tx.commit()?;
    }
    Ok(())
}

fn upsert(conn: &Connection, id: &[u8; 16], rev: u64, put: &Put) -> Step<i64> {
    let report = &put.report;
    Ok(conn
        .prepare_cached(
            "INSERT INTO report (scope, id, rev, state, category, ward, summary, photo_count, filed_at, words, base)
             VALUES ('public', ?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9)
             ON CONFLICT (scope, id) DO UPDATE SET rev = ?2, state = ?3, category = ?4, ward = ?5, summary = ?6,
                 filed_at = ?7, words = ?8, base = ?9
             RETURNING seq",
        )?
        .query_row(
            (
                id,
                rev as i64,
                &report.state,
                &report.category,
                &report.ward,
                summary(&report.text),
                report.published_at,
                words(put),
                &put.body,
            ),
            |r| r.get(0),
        )?)
}

/// Takes a row's old words out of the index and puts its new ones in.
pub fn index(conn: &Connection, seq: i64, was_there: bool, words: Option<&str>) -> Step<()> {
    if was_there {
        conn.prepare_cached("DELETE FROM report_search WHERE rowid = ?1")?
            .execute([seq])?;
    }
    if let Some(words) = words {
        conn.prepare_cached("INSERT INTO report_search(rowid, c0) VALUES (?1, ?2)")?
            .execute((seq, words))?;
    }
    Ok(())
}

fn words(put: &Put) -> String {
    match &put.report.answer {
        Some(answer) => format!("{}\n{answer}", put.report.text),
        None => put.report.text.clone(),
    }
}

/// The text of a list line.
pub fn summary(text: &str) -> String {
    match text.char_indices().nth(140) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
