//! W7: search as one types, a page of 20 lines at every letter from the second on; with the marks, and without them.
//!
//! Beside the times stands what is found: a full title must be among the first ten lines, a title typed without its marks too, and paging must reach every row that
//! holds the words. What holds them is decided here by reading all rows, not by an index.

use std::collections::BTreeSet;

use hues_env::{Random, SeededRandom};
use hues_vietnam::{fold, tokens};
use rusqlite::Connection;

use crate::clock::{Lap, Took};
use crate::inputs::{Inputs, OpLine};
use crate::phone::Phone;
use crate::protocol::{Turn, Turns};
use crate::raw::{self, Raw};
use crate::side::Side;
use crate::Step;

/// Titles typed in a turn, half of them without marks.
const TITLES: usize = 12;
/// Letters of a title that are typed.
const LETTERS: usize = 26;
/// Titles looked for whole.
const GOLD: usize = 200;
/// Whose every match must be reached by paging.
const REACHED: [&str; 4] = ["đèn đường", "le loi", "ổ g", "nuoc ngap"];

/// Beyond this a keystroke is named on standard error, milliseconds of processor.
const SLOW_MS: f64 = 5.0;

/// How the floor's index cuts words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokenizer {
    /// The core's own.
    Ours,
    /// FTS5's default for European languages.
    Unicode61,
    /// FTS5's three-letter pieces.
    Trigram,
}

/// A page of ids, and where the next begins.
type Page = (Vec<String>, Option<String>);
/// One engine's search: what was typed, the page's cursor, lines.
type Search = Box<dyn FnMut(&str, Option<String>, u32) -> Step<Page>>;

/// By the call an app makes.
pub fn core(side: &Side) -> Step<Turns> {
    let core = Phone::new(&side.folder.join("big"))?.open()?;
    core.first_lines(1)?;
    turns(
        side,
        Box::new(move |typed, cursor, limit| {
            let (lines, next) = core.search(typed, cursor, limit)?;
            let ids = lines.into_iter().map(|line| line.id.replace('-', ""));
            Ok((ids.collect(), next))
        }),
    )
}

/// One statement for a page: matches of the index, newest first.
pub fn raw(side: &Side, tokenizer: Tokenizer) -> Step<Turns> {
    let table = match tokenizer {
        Tokenizer::Ours => "report_search",
        Tokenizer::Unicode61 | Tokenizer::Trigram => "other_search",
    };
    let folder = match tokenizer {
        Tokenizer::Ours => side.folder.join("big"),
        Tokenizer::Unicode61 | Tokenizer::Trigram => with_index(side, tokenizer)?,
    };
    let reader = Raw::at(&folder).reader()?;
    turns(
        side,
        Box::new(move |typed, cursor, limit| {
            let Some(expression) = expression(typed, tokenizer) else {
                return Ok((Vec::new(), None));
            };
            let below = cursor.map_or(Ok(i64::MAX), |cursor| cursor.parse())?;
            let found = find(&reader, table, &expression, below, limit)?;
            let next = found.last().filter(|_| found.len() == limit as usize);
            let next = next.map(|(seq, _)| seq.to_string());
            let ids = found.into_iter().map(|(_, line)| line.0.replace('-', ""));
            Ok((ids.collect(), next))
        }),
    )
}

fn find(
    conn: &Connection,
    table: &str,
    expression: &str,
    below: i64,
    limit: u32,
) -> Step<Vec<(i64, raw::Line)>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT {} FROM {table} JOIN report ON seq = {table}.rowid
         WHERE {table} MATCH ?1 AND {table}.rowid < ?2 AND scope = 'public' ORDER BY {table}.rowid DESC LIMIT ?3",
        raw::LINE
    ))?;
    let lines = statement.query_map((expression, below, limit), raw::line)?;
    Ok(lines.collect::<Result<_, _>>()?)
}

fn expression(typed: &str, tokenizer: Tokenizer) -> Option<String> {
    if tokenizer == Tokenizer::Ours {
        return hues_sqlite_ext::match_expression(typed);
    }
    let words: Vec<String> = typed
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    let star = match tokenizer {
        Tokenizer::Unicode61 if !typed.ends_with(' ') => "*",
        _ => "",
    };
    (!words.is_empty()).then(|| words.join(" ") + star)
}

/// The same rows under another tokenizer, in a file of its own.
fn with_index(side: &Side, tokenizer: Tokenizer) -> Step<std::path::PathBuf> {
    let folder = side.folder.join("search");
    crate::work::bulk::clear(&folder)?;
    let mut conn = Raw::new(&folder)?.writer()?;
    let tokenize = match tokenizer {
        Tokenizer::Trigram => "trigram remove_diacritics 1",
        _ => "unicode61 remove_diacritics 2",
    };
    conn.execute_batch(&format!(
        "CREATE VIRTUAL TABLE other_search USING fts5(c0, tokenize = '{tokenize}', content = '', contentless_delete = 1)"
    ))?;
    let tx = conn.transaction()?;
    for (i, op) in side.inputs.ops("first")?.enumerate() {
        let op = op?;
        crate::work::bulk::insert(&tx, &op)?;
        if let Some(put) = &op.put {
            tx.prepare_cached("INSERT INTO other_search(rowid, c0) VALUES (?1, ?2)")?
                .execute((i as i64 + 1, &put.words))?;
        }
    }
    tx.commit()?;
    Ok(folder)
}

fn turns(side: &Side, mut search: Search) -> Step<Turns> {
    let titles = titles(&side.inputs)?;
    let found = found(side, &titles, &mut search)?;
    Ok(Box::new(move |turn| {
        let mut random = SeededRandom::new(500 + turn);
        let mut waits: Vec<Took> = Vec::new();
        let mut whole = 0;
        for i in 0..TITLES {
            let (_, title) = &titles[random.below(titles.len() as u64) as usize];
            let title = match i % 2 {
                0 => title.clone(),
                _ => fold(title),
            };
            let ends = title.char_indices().map(|(at, c)| at + c.len_utf8());
            for end in ends.skip(1).take(LETTERS) {
                let lap = Lap::start();
                let (lines, next) = search(&title[..end], None, 20)?;
                let took = lap.stop();
                if took.cpu > SLOW_MS {
                    eprintln!(
                        "slow: {:.1} ms of processor for “{}”",
                        took.cpu,
                        &title[..end]
                    );
                }
                waits.push(took);
                whole += usize::from(lines.len() == 20 || next.is_none());
            }
        }
        let sum = waits.iter().fold(Took::default(), |sum, w| sum.plus(*w));
        Ok(Turn::of(sum.each(waits.len()))
            .with("p50_ms", percentile(waits.iter().map(|w| w.wall), 50))
            .with("p99_ms", percentile(waits.iter().map(|w| w.wall), 99))
            .with("p99_cpu_ms", percentile(waits.iter().map(|w| w.cpu), 99))
            .with("whole_pct", 100.0 * whole as f64 / waits.len() as f64)
            .with("title_pct", found.titles)
            .with("toneless_pct", found.toneless)
            .with("reached_pct", found.reached))
    }))
}

fn percentile(numbers: impl Iterator<Item = f64>, of_hundred: usize) -> f64 {
    let mut sorted: Vec<f64> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * of_hundred).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or(0.0)
}

/// Ids with what stands before the first comma: a report's title as a person would type it.
fn titles(inputs: &Inputs) -> Step<Vec<(String, String)>> {
    let titles = inputs.ops("first")?.filter_map(|op| match op {
        Ok(OpLine {
            id, put: Some(put), ..
        }) => {
            let title = put.summary.split(',').next().unwrap_or_default();
            Some(Ok((id, title.to_owned())))
        }
        Ok(_) => None,
        Err(e) => Some(Err(e)),
    });
    titles.collect()
}

struct Found {
    titles: f64,
    toneless: f64,
    reached: f64,
}

/// What a person would find, in percent.
fn found(side: &Side, titles: &[(String, String)], search: &mut Search) -> Step<Found> {
    let mut random = SeededRandom::new(600);
    let (mut whole, mut toneless) = (0, 0);
    for _ in 0..GOLD {
        let (id, title) = &titles[random.below(titles.len() as u64) as usize];
        let mut ten = |typed: &str| -> Step<usize> {
            Ok(usize::from(search(typed, None, 10)?.0.contains(id)))
        };
        whole += ten(title)?;
        toneless += ten(&fold(title))?;
    }
    let (mut reached, mut there) = (0, 0);
    for typed in REACHED {
        let wanted = holding(side, typed)?;
        let mut seen = BTreeSet::new();
        let mut cursor = None;
        loop {
            let (ids, next) = search(typed, cursor, 100)?;
            seen.extend(ids);
            match next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        reached += wanted.intersection(&seen).count();
        there += wanted.len();
    }
    let percent = |some: usize, all: usize| 100.0 * some as f64 / all.max(1) as f64;
    Ok(Found {
        titles: percent(whole, GOLD),
        toneless: percent(toneless, GOLD),
        reached: percent(reached, there),
    })
}

/// The rows that hold every word typed, the last one perhaps as a beginning.
fn holding(side: &Side, typed: &str) -> Step<BTreeSet<String>> {
    let words: Vec<String> = tokens(typed).map(|t| t.folded).collect();
    let Some((last, whole)) = words.split_last() else {
        return Ok(BTreeSet::new());
    };
    let mut rows = BTreeSet::new();
    for op in side.inputs.ops("first")? {
        let op = op?;
        let Some(put) = &op.put else { continue };
        let text: Vec<String> = tokens(&put.words).map(|t| t.folded).collect();
        if whole.iter().all(|w| text.contains(w)) && text.iter().any(|t| t.starts_with(last)) {
            rows.insert(op.id);
        }
    }
    Ok(rows)
}
