//! W4: a day's changes, applied with their search index.

use std::sync::atomic::{AtomicBool, Ordering};

use hues_protocol::page::MAX_ROWS;
use rusqlite::{Connection, OptionalExtension};

use crate::clock::Lap;
use crate::inputs::{OpLine, PutLine};
use crate::phone::Phone;
use crate::protocol::{Turn, Turns};
use crate::raw::{self, id, name, Raw};
use crate::side::Side;
use crate::Step;

/// From the town's pages: parsed, judged, summed up. The turn that is not counted is done first and again at the end, then with somebody who taps all the while: how long
/// she waits at most is what the longest lock comes to for a person.
pub fn core(side: &Side) -> Step<Turns> {
    let side = side.clone();
    let phone = Phone::new(&side.folder.join("big"))?;
    phone.town.offer(&side.inputs.pages("first"));
    let core = phone.open()?;
    core.pull()?;
    Ok(Box::new(move |turn| {
        phone
            .town
            .offer(&side.inputs.pages(&format!("delta-{turn}")));
        if turn == side.sizes.turns as u64 {
            return taps(&core);
        }
        let lap = Lap::start();
        core.refresh()?;
        Ok(Turn::of(lap.stop()).with("rows", core.count()? as f64))
    }))
}

/// Saves a draft every few milliseconds while a delta comes in.
fn taps(core: &crate::phone::Open) -> Step<Turn> {
    let done = AtomicBool::new(false);
    let mut waits: Vec<f64> = Vec::new();
    let (pulled, tapped) = std::thread::scope(|scope| {
        let tapping = scope.spawn(|| -> Result<Vec<f64>, String> {
            let mut waits = Vec::new();
            let hand = core.hand().map_err(|e| e.to_string())?;
            while !done.load(Ordering::Relaxed) {
                let lap = Lap::start();
                hand.draft("ổ gà trước cổng trường")
                    .map_err(|e| e.to_string())?;
                waits.push(lap.stop().wall);
                std::thread::sleep(std::time::Duration::from_millis(3));
            }
            Ok(waits)
        });
        let pulled = core.refresh().map_err(|e| e.to_string());
        done.store(true, Ordering::Relaxed);
        (pulled, tapping.join())
    });
    pulled?;
    waits.extend(tapped.map_err(|_| "the tapping thread panicked")??);
    let longest = waits.iter().copied().fold(0.0, f64::max);
    Ok(Turn::default()
        .with("longest_tap_ms", longest)
        .with("taps", waits.len() as f64)
        .with("rows", core.count()? as f64))
}

/// From values in hand.
pub fn raw(side: &Side) -> Step<Turns> {
    let side = side.clone();
    let mut writer = Raw::at(&side.folder.join("big")).writer()?;
    Ok(Box::new(move |turn| {
        let ops: Vec<OpLine> = side
            .inputs
            .ops(&format!("delta-{turn}"))?
            .collect::<Step<_>>()?;
        let lap = Lap::start();
        apply(&mut writer, &ops)?;
        Ok(Turn::of(lap.stop()).with("rows", raw::count(&writer)? as f64))
    }))
}

/// By hand: a transaction for each page, the fewest statements for each row.
pub fn apply(conn: &mut Connection, ops: &[OpLine]) -> Step<()> {
    for page in ops.chunks(MAX_ROWS) {
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for op in page {
            let name = name(op);
            let known: Option<i64> = tx
                .prepare_cached(
                    "SELECT id FROM sync_row WHERE scope = 1 AND kind = 'report' AND row = ?1",
                )?
                .query_row([&name], |r| r.get(0))
                .optional()?;
            match &op.put {
                Some(put) => {
                    let seq = upsert(&tx, op, put)?;
                    index(&tx, seq, known.is_some(), Some(&put.words))?;
                    tx.prepare_cached(
                        "INSERT INTO sync_row (scope, kind, row, rev, generation) VALUES (1, 'report', ?1, ?2, 1) \
                         ON CONFLICT (scope, kind, row) DO UPDATE SET rev = ?2",
                    )?
                    .execute((&name, op.rev))?;
                }
                None => {
                    tx.prepare_cached("DELETE FROM sync_row WHERE id = ?1")?
                        .execute([known])?;
                    let seq = tx
                        .prepare_cached(
                            "DELETE FROM report WHERE scope = 'public' AND id = ?1 RETURNING seq",
                        )?
                        .query_row([id(op)], |r| r.get(0))?;
                    index(&tx, seq, true, None)?;
                }
            }
        }
        tx.prepare_cached("UPDATE sync_scope SET cursor = ?1, last_rev = ?2 WHERE id = 1")?
            .execute(("c", page.last().map_or(0, |op| op.rev)))?;
        tx.commit()?;
    }
    Ok(())
}

fn upsert(conn: &Connection, op: &OpLine, put: &PutLine) -> Step<i64> {
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
                id(op),
                op.rev,
                &put.state,
                &put.category,
                &put.ward,
                &put.summary,
                put.at,
                &put.words,
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
