//! The search fold over real text, line by line as a store indexes it, and whole.

use std::path::{Path, PathBuf};

use super::{Goal, Row};
use crate::Step;

/// Line by line: a new string each.
pub const LINES: Row = Row {
    name: "fold-lines",
    what: "fold Vietnamese text, a sentence at a time",
    goal: Goal::Megabytes(300.0),
    times_faster: 0.0,
    peers: &[],
    inputs: sentences,
    work,
};

/// One long text.
pub const WHOLE: Row = Row {
    name: "fold",
    what: "fold Vietnamese text, a megabyte at a time",
    goal: Goal::Megabytes(300.0),
    times_faster: 0.0,
    peers: &[],
    inputs: megabytes,
    work,
};

/// Sentences of procedures where the data sets are at hand (`HUES_DATA_SETS`), else the crate's own Vietnamese.
fn sentences() -> Step<Vec<String>> {
    let text = match data_set("language/sentences_tthc.txt") {
        Some(path) => std::fs::read_to_string(path)?,
        None => {
            eprintln!("fold: no data sets, the repository's own Vietnamese instead");
            include_str!("../../../../bindings/cli/src/inspect/help/vi.txt").repeat(40)
        }
    };
    Ok(text.lines().map(str::to_owned).collect())
}

fn megabytes() -> Step<Vec<String>> {
    Ok(vec![sentences()?.join("\n")])
}

fn data_set(file: &str) -> Option<PathBuf> {
    let named = std::env::var_os("HUES_DATA_SETS").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    named
        .into_iter()
        .chain(above.map(|dir| dir.join("shared/data")))
        .map(|folder| folder.join(file))
        .find(|path| path.is_file())
}

/// Bytes folded.
fn work(inputs: &[String]) -> u64 {
    for text in inputs {
        std::hint::black_box(hues_vietnam::fold(std::hint::black_box(text)));
    }
    inputs.iter().map(|text| text.len() as u64).sum()
}
