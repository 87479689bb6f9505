//! cargo-mutants: compiled once per pinned version with its own lock file, then only its binary is kept.

use std::path::PathBuf;

use crate::cache::{self, Recipe};
use crate::context::Context;
use crate::process::Run;
use crate::stop::Step;

/// The version whose mutants are counted; another one makes others, so that its figures do not compare.
pub const VERSION: &str = "27.1.0";

/// The path of the cargo-mutants binary.
pub fn set_up(context: &Context) -> Step<PathBuf> {
    let recipe = Recipe {
        name: "mutants",
        pins: VERSION,
        about: "compiling cargo-mutants, about 5 minutes",
    };
    let folder = context.cache.ensure(&recipe, |folder| {
        let build = folder.join("build");
        Run::new("cargo")
            .dir(folder)
            .args("install --quiet --locked cargo-mutants --version")
            .arg(format!("={VERSION}"))
            .arg("--root")
            .arg(folder)
            .arg("--target-dir")
            .arg(&build)
            .show()?;
        cache::remove(&build)
    })?;
    Ok(folder.join("bin/cargo-mutants"))
}
