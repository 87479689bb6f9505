//! The inputs, made once from a seed and shared by file: every engine is given the same rows, texts and words.
//!
//! `first/` and `delta-N/` hold `ops.ndjson`, a row op a line with the columns a phone stores of it, and `pages/`, the same as the pages a city sends. `texts.ndjson` is
//! what people file, `queries.json` what they search.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use hues_env::{Random, SeededRandom};
use serde::{Deserialize, Serialize};

use crate::data::{Delta, World};
use crate::Step;

/// Pages read in a turn.
pub const PLACES: usize = 400;

/// How much of everything.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
pub struct Sizes {
    /// Rows of the big file.
    pub rows: usize,
    /// Row ops of one delta.
    pub delta: usize,
    /// Acts filed in one turn.
    pub submits: usize,
    /// Rows of one bulk insert.
    pub bulk: usize,
    /// Turns that are made ready for, the one that is not counted among them.
    pub turns: usize,
}

/// A row op as every engine gets it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OpLine {
    /// Revision.
    pub rev: i64,
    /// Id, hexadecimal.
    pub id: String,
    /// Its columns; none: the row left the list.
    pub put: Option<PutLine>,
}

/// The columns of a report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutLine {
    /// Its state.
    pub state: String,
    /// Its category.
    pub category: String,
    /// Its ward.
    pub ward: Option<String>,
    /// The text of a list line.
    pub summary: String,
    /// When it was published, Unix milliseconds.
    pub at: i64,
    /// What search finds it by.
    pub words: String,
    /// The row as the city sends it: JSON.
    pub body: String,
}

/// The folder of the inputs.
#[derive(Debug, Clone)]
pub struct Inputs(pub PathBuf);

impl Inputs {
    /// Makes them in an empty folder.
    pub fn make(folder: &Path, sizes: &Sizes) -> Step<Inputs> {
        let inputs = Inputs(folder.to_owned());
        let mut world = World::new(1);
        inputs.keep("first", &world.grow(sizes.rows))?;
        // One more than turns: the last is for the turn that looks at waits instead of times.
        for turn in 0..=sizes.turns {
            inputs.keep(&format!("delta-{turn}"), &world.change(sizes.delta))?;
        }
        // A city with one report, for phones that only need to have met it.
        inputs.keep("one", &World::new(9).grow(1))?;
        let mut texts = World::new(2);
        let mut file = create(&folder.join("texts.ndjson"))?;
        for _ in 0..sizes.submits * sizes.turns {
            serde_json::to_writer(&mut file, &texts.text(2))?;
            writeln!(file)?;
        }
        let places: Vec<Vec<i64>> = (0..sizes.turns as u64)
            .map(|turn| Inputs::places(turn, sizes.rows, PLACES))
            .collect();
        fs::write(folder.join("places.json"), serde_json::to_string(&places)?)?;
        fs::write(folder.join("sizes.json"), serde_json::to_string(sizes)?)?;
        Ok(inputs)
    }

    /// The sizes they were made with.
    pub fn sizes(&self) -> Step<Sizes> {
        Ok(serde_json::from_str(&fs::read_to_string(
            self.0.join("sizes.json"),
        )?)?)
    }

    fn keep(&self, name: &str, delta: &Delta) -> Step<()> {
        let folder = self.0.join(name);
        fs::create_dir_all(folder.join("pages"))?;
        let mut file = create(&folder.join("ops.ndjson"))?;
        for op in &delta.ops {
            serde_json::to_writer(&mut file, &line(op))?;
            writeln!(file)?;
        }
        for (cursor, bytes) in delta.pages()?.into_iter().chain([delta.nothing_more()?]) {
            let name = cursor.as_deref().unwrap_or("start").to_owned();
            fs::write(folder.join("pages").join(name + ".json"), bytes)?;
        }
        Ok(())
    }

    /// The pages of a set of ops, one file a cursor (`start.json` for the first).
    pub fn pages(&self, name: &str) -> PathBuf {
        self.0.join(name).join("pages")
    }

    /// The ops of a set, read as they are asked for.
    pub fn ops(&self, name: &str) -> Step<impl Iterator<Item = Step<OpLine>>> {
        let file = File::open(self.0.join(name).join("ops.ndjson"))?;
        Ok(BufReader::new(file)
            .lines()
            .map(|line| Ok(serde_json::from_str(&line?)?)))
    }

    /// The texts of a turn.
    pub fn texts(&self, turn: u64, each: usize) -> Step<Vec<String>> {
        let file = BufReader::new(File::open(self.0.join("texts.ndjson"))?);
        let from = usize::try_from(turn)? * each;
        file.lines()
            .skip(from)
            .take(each)
            .map(|line| Ok(serde_json::from_str(&line?)?))
            .collect()
    }

    /// Places in the list that a turn scrolls to.
    pub fn places(turn: u64, rows: usize, many: usize) -> Vec<i64> {
        let mut random = SeededRandom::new(100 + turn);
        let room = rows.saturating_sub(51).max(1) as u64;
        (0..many).map(|_| 51 + random.below(room) as i64).collect()
    }
}

fn create(path: &Path) -> Step<BufWriter<File>> {
    Ok(BufWriter::new(File::create(path)?))
}

fn line(op: &crate::data::Op) -> OpLine {
    OpLine {
        rev: op.rev as i64,
        id: op.id.0.iter().map(|byte| format!("{byte:02x}")).collect(),
        put: op.put.as_ref().map(|put| PutLine {
            state: put.report.state.clone(),
            category: put.report.category.clone(),
            ward: put.report.ward.clone(),
            summary: summary(&put.report.text),
            at: put.report.published_at,
            words: match &put.report.answer {
                Some(answer) => format!("{}\n{answer}", put.report.text),
                None => put.report.text.clone(),
            },
            body: put.body.clone(),
        }),
    }
}

/// The text of a list line.
pub fn summary(text: &str) -> String {
    match text.char_indices().nth(140) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}
