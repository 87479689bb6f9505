//! One run: inputs are made, engines started, works done in turns, figures kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::figure::{Figure, Rounds};
use crate::inputs::{Inputs, Sizes};
use crate::protocol::{Engine, Turn};
use crate::report;
use crate::side::Kind;
use crate::work::{Work, ALL};
use crate::Step;

/// What to measure.
#[derive(clap::Args)]
pub struct Args {
    /// Rows of the big file.
    #[arg(long, default_value_t = 100_000)]
    pub rows: usize,
    /// Row ops of one delta.
    #[arg(long, default_value_t = 10_000)]
    pub delta: usize,
    /// Reports filed in a turn.
    #[arg(long, default_value_t = 1_000)]
    pub submits: usize,
    /// Rows of one bulk insert.
    #[arg(long, default_value_t = 10_000)]
    pub bulk: usize,
    /// Turns each engine takes, after one that is not counted.
    #[arg(long, default_value_t = 10)]
    pub rounds: usize,
    /// Only works whose name begins so (may be given several times): bulk, submit-full, submit-normal, first-sync, cold-open, page, search, observe-equal,
    /// observe-distinct, delta, shred, upload, flood.
    #[arg(long)]
    pub only: Vec<String>,
    /// Only these engines beside the core and the hand (may be given several times).
    #[arg(long)]
    pub beside: Vec<String>,
    /// An engine written by others: NAME=PROGRAM, started with a folder and the inputs' folder.
    #[arg(long, value_name = "NAME=PROGRAM")]
    pub peer: Vec<String>,
    /// Where the result is kept; `target/bench/figures.json` unless told.
    #[arg(long)]
    pub json: Option<PathBuf>,
}

impl Args {
    /// How much of everything.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            rows: self.rows,
            delta: self.delta,
            submits: self.submits,
            bulk: self.bulk.min(self.rows),
            turns: self.rounds + 1,
        }
    }
}

/// Measures and reports.
pub fn run(args: &Args) -> Step<ExitCode> {
    let works: Vec<&Work> = ALL
        .iter()
        .filter(|work| {
            args.only.is_empty() || args.only.iter().any(|only| work.name.starts_with(only))
        })
        .collect();
    if works.is_empty() || args.rounds == 0 {
        return Err("no figure of that name, or no rounds".into());
    }
    let kept = bench_folder()?;
    let load = report::Load::now();
    // On the disk the build lies on: a temporary folder may be memory, where a sync costs nothing.
    let work_folder = tempfile::tempdir_in(&kept)?;
    let sizes = args.sizes();
    eprintln!("making the inputs");
    let folder = work_folder.path().join("inputs");
    std::fs::create_dir(&folder)?;
    let inputs = Inputs::make(&folder, &sizes)?;
    let mut engines = start(args, &work_folder, &inputs)?;
    let mut figures = Vec::new();
    let mut filled = false;
    for work in works {
        if work.on_big && !filled {
            fill(&mut engines, &["first-sync", "fill"])?;
        }
        filled |= work.on_big;
        if work.name == "first-sync" {
            fill(&mut engines, &["fill"])?;
            filled = true;
        }
        eprintln!("{}", work.name);
        figures.push(measure(work, &sizes, &mut engines)?);
    }
    let file = args
        .json
        .clone()
        .unwrap_or_else(|| kept.join("figures.json"));
    let hellos: Vec<_> = engines
        .iter()
        .map(|e| (e.id.clone(), e.hello.clone()))
        .collect();
    report::finish(&sizes, &hellos, &load, &figures, &file)
}

/// The core and the hand first: every figure needs them.
fn start(args: &Args, work: &tempfile::TempDir, inputs: &Inputs) -> Step<Vec<Engine>> {
    let mut engines = Vec::new();
    let wanted = |id: &str| args.beside.is_empty() || args.beside.iter().any(|b| b == id);
    for kind in [Kind::Core, Kind::Raw, Kind::Unicode61, Kind::Trigram] {
        if matches!(kind, Kind::Unicode61 | Kind::Trigram)
            && (args.peer.is_empty() || !wanted(kind.id()))
        {
            continue;
        }
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["engine", kind.id()])
            .arg(work.path().join(kind.id()))
            .arg(&inputs.0);
        engines.push(Engine::start(kind.id(), command)?);
    }
    for peer in &args.peer {
        let (id, program) = peer.split_once('=').ok_or("--peer NAME=PROGRAM")?;
        if !wanted(id) {
            continue;
        }
        let folder = work.path().join(id);
        std::fs::create_dir_all(&folder)?;
        let mut command = Command::new(program);
        command.arg(folder).arg(&inputs.0);
        engines.push(Engine::start(id, command)?);
    }
    for engine in &engines {
        eprintln!(
            "{}: {}; {}",
            engine.id, engine.hello.engine, engine.hello.settings
        );
    }
    Ok(engines)
}

/// Leaves the big file with every engine that can have one: by a first sync, or by `fill` where an engine has no sync.
fn fill(engines: &mut [Engine], by: &[&str]) -> Step<()> {
    for engine in engines {
        let Some(work) = by.iter().find(|work| engine.can(work)) else {
            continue;
        };
        eprintln!("filling {}", engine.id);
        engine.begin(work)?;
        engine.turn(0)?;
        engine.end(work)?;
    }
    Ok(())
}

fn measure(work: &Work, sizes: &Sizes, engines: &mut [Engine]) -> Step<Figure> {
    let rounds = ((sizes.turns - 1) * work.rounds_of_ten).div_ceil(10) as u64;
    let mut able: Vec<(&mut Engine, Vec<Turn>)> = Vec::new();
    for engine in engines.iter_mut().filter(|e| e.can(work.name)) {
        let begun = engine.begin(work.name);
        if or_left_out(engine, begun)?.is_some() {
            able.push((engine, Vec::new()));
        }
    }
    for round in 0..=rounds {
        let mut still = Vec::new();
        for (engine, mut turns) in able {
            let turn = engine.turn(round);
            if let Some(turn) = or_left_out(engine, turn)? {
                turns.push(turn);
                still.push((engine, turns));
            }
        }
        able = still;
        let ours = able.iter().filter(|(engine, _)| is_ours(engine));
        same(work, ours.filter_map(|(_, turns)| turns.last()))?;
    }
    let mut waits = BTreeMap::new();
    if work.name == "delta" {
        // The turn after the last looks at waits; only the core has somebody who taps.
        waits = able[0].0.turn(sizes.turns as u64)?.facts;
    }
    let mut all: Vec<Rounds> = Vec::new();
    for (engine, mut turns) in able {
        let ended = engine.end(work.name);
        or_left_out(engine, ended)?;
        // The first is for warming up.
        turns.remove(0);
        all.push((engine.id.clone(), turns));
    }
    Ok(Figure::of(work, said(work, sizes), &all, &waits))
}

/// What one of ours cannot do ends the run; a peer that fails is named and left out of this figure.
fn or_left_out<T>(engine: &Engine, done: Step<T>) -> Step<Option<T>> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) if is_ours(engine) => Err(error),
        Err(error) => {
            eprintln!("{} is left out here: {error}", engine.id);
            Ok(None)
        }
    }
}

/// The core or the hand, which every comparison stands on.
fn is_ours(engine: &Engine) -> bool {
    ["core", "raw"].contains(&engine.id.as_str())
}

/// The core and the hand must have come to the same before their times may be compared.
fn same<'a>(work: &Work, turns: impl Iterator<Item = &'a Turn>) -> Step<()> {
    let two: Vec<&Turn> = turns.collect();
    for fact in ["rows", "lines", "letters"] {
        let found: Vec<f64> = two
            .iter()
            .filter_map(|turn| turn.facts.get(fact).copied())
            .collect();
        if found.windows(2).any(|pair| pair[0] != pair[1]) {
            return Err(format!("{}: the two sides differ in {fact}: {found:?}", work.name).into());
        }
    }
    Ok(())
}

fn said(work: &Work, sizes: &Sizes) -> String {
    work.what
        .replace("{rows}", &sizes.rows.to_string())
        .replace("{delta}", &sizes.delta.to_string())
        .replace("{bulk}", &sizes.bulk.to_string())
        .replace("{submits}", &sizes.submits.to_string())
}

/// `bench` in the build folder this program lies in.
fn bench_folder() -> Step<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program
        .ancestors()
        .nth(2)
        .ok_or("no build folder above this program")?;
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(Path::new(&folder).to_owned())
}
