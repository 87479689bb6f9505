//! The peers of the benchmarks: each becomes one executable that speaks `tests/bench/src/protocol.rs`.
//!
//! Invariant: versions are pinned by lock files of this tree; nothing of a peer is resolved, built or linked with the core.

use std::fs;
use std::path::PathBuf;

use crate::cache::Recipe;
use crate::context::Context;
use crate::peers::{quoted, script};
use crate::process::Run;
use crate::stop::{During, Step, Stop};
use crate::tools::{node, offline, python};

const MATRIX: &str = "tests/bench/peers/matrix";

/// Sets up one peer by its name.
type SetUp = fn(&Context, &'static str) -> Step<PathBuf>;

/// Every peer; its name is its script's.
const ALL: [(&str, SetUp); 7] = [
    ("powersync", powersync),
    ("signal", in_node),
    ("libsql", in_node),
    ("pouchdb", in_node),
    ("rxdb", in_node),
    ("matrix", matrix),
    ("tus-js", in_node),
];

/// Names and executables of the peers this host can have; the others are named on standard error.
pub fn set_up(context: &Context) -> Step<Vec<(&'static str, PathBuf)>> {
    let mut ready = Vec::new();
    for (name, set_up) in ALL {
        match set_up(context, name) {
            Ok(program) => ready.push((name, program)),
            Err(Stop::Impossible(reason)) => eprintln!("skipped {name}: {reason}"),
            Err(stop) => return Err(stop),
        }
    }
    Ok(ready)
}

/// `node_modules` with the scripts beside them.
fn node_home(context: &Context) -> Step<PathBuf> {
    let (os, arch) = (std::env::consts::OS, std::env::consts::ARCH);
    if (os, arch) != ("linux", "x86_64") {
        return Err(Stop::impossible(format!(
            "the peers' native parts are pinned for x86_64 Linux, not for {arch} {os}"
        )));
    }
    let about =
        "PowerSync, Signal's SQLCipher, libSQL, PouchDB, RxDB and tus-js-client from npm, 130 MB";
    node::set_up(context, "bench", "tests/bench/peers/node", about)
}

fn in_node(context: &Context, name: &'static str) -> Step<PathBuf> {
    let file = node_home(context)?.join(format!("{name}.mjs"));
    let line = format!("exec node {} \"$@\"", quoted(&file));
    script(context, &format!("bench-{name}"), &line)
}

/// PowerSync's own library, loaded into a SQLite of Python's as its SDKs load it into theirs.
fn powersync(context: &Context, name: &'static str) -> Step<PathBuf> {
    let library =
        node_home(context)?.join("node_modules/@powersync/node/lib/libpowersync_x64.linux.so");
    let python = python::set_up(context, "bench", "apsw from PyPI, 8 MB")?.join("python");
    let file = context.path("tests/bench/peers/python/powersync.py");
    let line = format!(
        "exec {} {} {} \"$@\"",
        quoted(&python),
        quoted(&file),
        quoted(&library)
    );
    script(context, &format!("bench-{name}"), &line)
}

/// A workspace of its own, built once for each change of its three files.
fn matrix(context: &Context, _: &'static str) -> Step<PathBuf> {
    let project = context.path(MATRIX);
    let mut pins = String::new();
    for file in ["Cargo.toml", "Cargo.lock", "src/main.rs"] {
        pins += &fs::read_to_string(project.join(file)).during(file)?;
    }
    let recipe = Recipe {
        name: "bench-matrix",
        pins: &pins,
        about: "matrix-sdk-sqlite from crates.io, compiled: some minutes",
    };
    let folder = context.cache.ensure(&recipe, |folder| {
        let target = folder.join("target");
        Run::cargo(context)
            .args("build --quiet --release --locked --manifest-path")
            .arg(project.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&target)
            .capture()
            .map_err(offline)?;
        let built = target.join("release/hues-bench-peer-matrix");
        fs::copy(&built, folder.join("engine")).during(built.display())?;
        crate::cache::remove(&target)
    })?;
    Ok(folder.join("engine"))
}
