//! W2: rows into a fresh file, 500 a transaction.
//!
//! The core's side is the store an app's domain writes through: its writer thread, its hook that collects what changed, its transactions. Both use the same statement.

use std::sync::Arc;

use hues_env::SeededRandom;
use hues_store::disk::RealDisk;
use hues_store::{Db, Durability, FileKey, FileOptions, Migration, StoreFile, READERS};
use rusqlite::Connection;

use crate::clock::Lap;
use crate::inputs::OpLine;
use crate::protocol::{Turn, Turns};
use crate::raw::{id, Raw, REPORT_SCHEMA};
use crate::side::Side;
use crate::Step;

const BATCH: usize = 500;

/// Through the store.
pub fn core(side: &Side) -> Step<Turns> {
    let (side, rows) = (side.clone(), rows(side)?);
    Ok(Box::new(move |_| {
        let folder = side.folder.join("bulk");
        clear(&folder)?;
        let (file, writer) = StoreFile::open_with_key(
            Arc::new(RealDisk),
            &folder,
            "core",
            FileKey::random(&mut SeededRandom::new(3)),
            &[Migration {
                version: 1,
                sql: REPORT_SCHEMA,
            }],
            FileOptions::default(),
        )?;
        let db = Db::start(file, writer, READERS)?;
        let batches: Vec<Vec<OpLine>> = rows.chunks(BATCH).map(<[_]>::to_vec).collect();
        let lap = Lap::start();
        for batch in batches {
            let _ = db
                .write(Durability::Normal, move |tx| {
                    batch.iter().try_for_each(|op| Ok(insert(tx, op)?))
                })
                .wait()?;
        }
        Ok(Turn::of(lap.stop()))
    }))
}

/// By hand.
pub fn raw(side: &Side) -> Step<Turns> {
    let (side, rows) = (side.clone(), rows(side)?);
    Ok(Box::new(move |_| {
        let folder = side.folder.join("bulk");
        clear(&folder)?;
        let mut conn = Raw::new(&folder)?.writer()?;
        let lap = Lap::start();
        for batch in rows.chunks(BATCH) {
            let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            for op in batch {
                insert(&tx, op)?;
            }
            tx.commit()?;
        }
        Ok(Turn::of(lap.stop()))
    }))
}

fn rows(side: &Side) -> Step<Vec<OpLine>> {
    side.inputs.ops("first")?.take(side.sizes.bulk).collect()
}

/// Inserts a row into the list.
pub fn insert(conn: &Connection, op: &OpLine) -> rusqlite::Result<()> {
    let Some(put) = &op.put else { return Ok(()) };
    conn.prepare_cached(
        "INSERT INTO report (scope, id, rev, state, category, ward, summary, photo_count, filed_at, words, base)
         VALUES ('public', ?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9)",
    )?
    .execute((
        id(op),
        op.rev,
        &put.state,
        &put.category,
        &put.ward,
        &put.summary,
        put.at,
        &put.words,
        &put.body,
    ))?;
    Ok(())
}

/// An empty folder.
pub fn clear(folder: &std::path::Path) -> Step<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(std::fs::create_dir_all(folder)?)
}
