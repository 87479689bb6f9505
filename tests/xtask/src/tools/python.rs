//! Python tools: a virtual environment with exactly the packages of a pinned requirements file.

use std::fs;
use std::path::PathBuf;

use crate::cache::Recipe;
use crate::context::Context;
use crate::process::{on_path, Run};
use crate::stop::{During, Step, Stop};

/// The virtual environment for one requirements file of `tests/xtask/pins/`, whose lines carry `--hash`es; returns its `bin`.
pub fn set_up(context: &Context, name: &str, about: &str) -> Step<PathBuf> {
    let file = context.path("tests/xtask/pins").join(format!("{name}.txt"));
    let pins = fs::read_to_string(&file).during(file.display())?;
    let recipe = Recipe {
        name: &format!("python-{name}"),
        pins: &pins,
        about,
    };
    let folder = context.cache.ensure(&recipe, |folder| {
        if !on_path("python3") {
            return Err(Stop::impossible("`python3` is not installed"));
        }
        Run::new("python3").args("-m venv").arg(folder).capture()?;
        Run::new(folder.join("bin/python"))
            .args("-m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r")
            .arg(&file)
            .capture()
            .map(drop)
            .map_err(super::offline)
    })?;
    Ok(folder.join("bin"))
}
