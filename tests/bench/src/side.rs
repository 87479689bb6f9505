//! The engines that are Rust: the core, SQLCipher by hand, and FTS5 with tokenizers of its own, each a process of this program.

use std::path::PathBuf;

use crate::inputs::{Inputs, Sizes};
use crate::protocol::{serve, Hello, Turns};
use crate::work;
use crate::Step;

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// The core, called as an app calls it.
    Core,
    /// rusqlite on SQLCipher by hand: the floor.
    Raw,
    /// The floor's search with FTS5's `unicode61`.
    Unicode61,
    /// The floor's search with FTS5's `trigram`.
    Trigram,
}

impl Kind {
    /// Its name on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Kind::Core => "core",
            Kind::Raw => "raw",
            Kind::Unicode61 => "unicode61",
            Kind::Trigram => "trigram",
        }
    }

    fn hello(self) -> Hello {
        let cipher =
            "SQLCipher AES-256-CBC, HMAC-SHA256, 4 KiB pages, WAL, 8 MiB cache a connection";
        let hello = |engine: &str, settings: String, less: &str, works: &[&str]| Hello {
            engine: engine.to_owned(),
            settings,
            less: less.to_owned(),
            works: works.iter().map(|w| (*w).to_owned()).collect(),
        };
        match self {
            Kind::Core => hello(
                "hues-core",
                format!("{cipher}; FULL for acts, NORMAL for the city's rows"),
                "",
                &work::ALL.map(|w| w.name),
            ),
            Kind::Raw => hello(
                "SQLCipher by hand",
                format!("rusqlite, {cipher}; same schema, tokenizer, durability and transactions"),
                "checks, signs and watches nothing",
                &work::ALL
                    .map(|w| w.name)
                    .into_iter()
                    .filter(|work| !["upload", "flood"].contains(work))
                    .collect::<Vec<_>>(),
            ),
            Kind::Unicode61 => hello(
                "FTS5 unicode61",
                format!("{cipher}; remove_diacritics 2"),
                "does not know đ; no order by marks",
                &["search"],
            ),
            Kind::Trigram => hello(
                "FTS5 trigram",
                format!("{cipher}; remove_diacritics 1"),
                "does not know đ; nothing below three letters; no order by marks",
                &["search"],
            ),
        }
    }
}

/// What an engine is started with.
#[derive(Debug, Clone)]
pub struct Side {
    /// Where its files lie.
    pub folder: PathBuf,
    /// What it works on.
    pub inputs: Inputs,
    /// How much of it.
    pub sizes: Sizes,
}

/// Runs as an engine until standard input closes.
pub fn run(kind: Kind, folder: PathBuf, inputs: PathBuf) -> Step<()> {
    std::fs::create_dir_all(&folder)?;
    let inputs = Inputs(inputs);
    let sizes = inputs.sizes()?;
    let side = Side {
        folder,
        inputs,
        sizes,
    };
    serve(&kind.hello(), |work| begin(kind, &side, work))
}

/// Gets an engine ready for a work.
pub fn begin(kind: Kind, side: &Side, work: &str) -> Step<Turns> {
    use work::{
        bulk, delta, first_sync, flood, observe, open, page, search, shred, submit, upload,
    };
    match (work, kind) {
        ("bulk", Kind::Core) => bulk::core(side),
        ("bulk", Kind::Raw) => bulk::raw(side),
        ("submit-full" | "submit-normal", Kind::Core) => submit::core(side, work == "submit-full"),
        ("submit-full" | "submit-normal", Kind::Raw) => submit::raw(side, work == "submit-full"),
        ("first-sync", Kind::Core) => first_sync::core(side),
        ("first-sync", Kind::Raw) => first_sync::raw(side),
        ("cold-open", Kind::Core) => open::core(side),
        ("cold-open", Kind::Raw) => open::raw(side),
        ("page", Kind::Core) => page::core(side),
        ("page", Kind::Raw) => page::raw(side),
        ("search", Kind::Core) => search::core(side),
        ("search", Kind::Raw) => search::raw(side, search::Tokenizer::Ours),
        ("search", Kind::Unicode61) => search::raw(side, search::Tokenizer::Unicode61),
        ("search", Kind::Trigram) => search::raw(side, search::Tokenizer::Trigram),
        ("observe-equal", Kind::Core) => observe::core(side, observe::Windows::Equal),
        ("observe-distinct", Kind::Core) => observe::core(side, observe::Windows::Distinct),
        ("observe-equal" | "observe-distinct", Kind::Raw) => observe::raw(side),
        ("delta", Kind::Core) => delta::core(side),
        ("delta", Kind::Raw) => delta::raw(side),
        ("upload", Kind::Core) => upload::core(side),
        ("flood", Kind::Core) => flood::core(),
        ("shred", Kind::Core) => shred::core(side),
        ("shred", Kind::Raw) => shred::raw(side),
        _ => Err(format!("{} cannot do {work}", kind.id()).into()),
    }
}
