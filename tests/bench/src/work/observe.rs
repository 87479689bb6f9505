//! W8: a commit of another connection, and what it costs until ten windows have their differences.
//!
//! The hub is driven as the core's live thread drives it, without that thread's pause between two runs. The floor is one page read on a connection whose cache another
//! one's commit has made void.

use std::sync::Arc;

use hues_env::{Mono, SeededRandom};
use hues_store::disk::RealDisk;
use hues_store::live::{LiveHub, Row, Subscription, Touch, Window, INTERVAL_MS};
use hues_store::{Durability, FileKey, FileOptions, Migration, Reader, StoreFile, Writer};

use crate::clock::{Lap, Took};
use crate::protocol::{Turn, Turns};
use crate::raw::{self, Line, Raw, REPORT_SCHEMA};
use crate::side::Side;
use crate::work::bulk::{clear, insert};
use crate::Step;

const ROWS: usize = 10_000;
const COMMITS: usize = 50;
const WINDOWS: i64 = 10;

/// What the ten windows show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Windows {
    /// All the same.
    Equal,
    /// Each another stretch of the list.
    Distinct,
}

/// Ten live windows.
pub fn core(side: &Side, windows: Windows) -> Step<Turns> {
    let folder = side.folder.join("observe");
    clear(&folder)?;
    let key = FileKey::random(&mut SeededRandom::new(3));
    let schema = Migration {
        version: 1,
        sql: REPORT_SCHEMA,
    };
    let options = FileOptions::default();
    let disk = Arc::new(RealDisk);
    let (file, mut writer) =
        StoreFile::open_with_key(disk, &folder, "core", key, &[schema], options)?;
    let rows: Vec<_> = side.inputs.ops("first")?.take(ROWS).collect::<Step<_>>()?;
    for batch in rows.chunks(500) {
        let _ = writer.write(Durability::Normal, |tx| {
            batch.iter().try_for_each(|op| Ok(insert(tx, op)?))
        })?;
    }
    let mut reader = file.reader()?;
    let mut hub = LiveHub::new();
    let mut subscriptions = subscribe(&mut hub, &mut reader, windows)?;
    let mut now = 0;
    Ok(Box::new(move |turn| {
        let mut took = Took::default();
        let mut heard = 0;
        for commit in 0..COMMITS {
            let changes = change(&mut writer, windows, turn, commit)?;
            now += INTERVAL_MS + 1;
            let lap = Lap::start();
            hub.changed(&changes, Mono(now));
            hub.run_due(Mono(now), &mut reader)?;
            for subscription in &mut subscriptions {
                heard += subscription.take().len();
            }
            took = took.plus(lap.stop());
        }
        Ok(Turn::of(took.each(COMMITS)).with("heard", heard as f64))
    }))
}

fn subscribe(
    hub: &mut LiveHub,
    reader: &mut Reader,
    windows: Windows,
) -> Step<Vec<Subscription<Line>>> {
    let mut all = Vec::new();
    for i in 0..WINDOWS {
        let before = match windows {
            Windows::Equal => i64::MAX,
            Windows::Distinct => top(i),
        };
        let window = Window {
            name: format!("reports/public/{before}"),
            touches: vec![Touch::table("report")],
        };
        let query = move |tx: &hues_store::Snapshot<'_>| {
            let lines = raw::lines(tx, before, 50)?;
            Ok(lines
                .into_iter()
                .map(|(seq, line)| Row::new(seq.to_be_bytes(), fingerprint(&line), line))
                .collect())
        };
        let mut subscription = hub.register(&window, query, reader, Mono(0))?;
        let _ = subscription.take();
        all.push(subscription);
    }
    Ok(all)
}

/// Below which row the i-th distinct window begins.
fn top(i: i64) -> i64 {
    ROWS as i64 - i * 900
}

/// Changes one row that the windows show.
fn change(
    writer: &mut Writer,
    windows: Windows,
    turn: u64,
    commit: usize,
) -> Step<hues_store::Changes> {
    let i = match windows {
        Windows::Equal => 0,
        Windows::Distinct => commit as i64 % WINDOWS,
    };
    let seq = top(i) - 1 - commit as i64 % 40;
    let state = format!("s{turn}.{commit}");
    let done = writer.write(Durability::Normal, |tx| {
        Ok(tx
            .prepare_cached("UPDATE report SET state = ?2 WHERE seq = ?1")?
            .execute((seq, &state))?)
    })?;
    Ok(done.changes)
}

/// As the core's own windows tell that a line changed.
fn fingerprint(line: &Line) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::collections::hash_map::DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}

/// One page after another connection's commit.
pub fn raw(side: &Side) -> Step<Turns> {
    let folder = side.folder.join("observe");
    clear(&folder)?;
    let raw = Raw::new(&folder)?;
    let mut writer = raw.writer()?;
    let tx = writer.transaction()?;
    for op in side.inputs.ops("first")?.take(ROWS) {
        insert(&tx, &op?)?;
    }
    tx.commit()?;
    let reader = raw.reader()?;
    Ok(Box::new(move |turn| {
        let mut took = Took::default();
        for commit in 0..COMMITS {
            let seq = top(0) - 1 - commit as i64 % 40;
            writer
                .prepare_cached("UPDATE report SET state = ?2 WHERE seq = ?1")?
                .execute((seq, format!("s{turn}.{commit}")))?;
            let lap = Lap::start();
            let lines = raw::page(&reader, i64::MAX, 50)?;
            took = took.plus(lap.stop());
            if lines.len() != 50 {
                return Err("a short page".into());
            }
        }
        Ok(Turn::of(took.each(COMMITS)))
    }))
}
