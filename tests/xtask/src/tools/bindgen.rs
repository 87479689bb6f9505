//! The binding generator: compiled once per lock file, then only its binary is kept. Compiling it costs minutes of processor time.

use std::fs;
use std::path::PathBuf;

use crate::cache::{self, Recipe};
use crate::context::Context;
use crate::process::Run;
use crate::stop::{During, Step};

/// The path of the generator's binary.
pub fn set_up(context: &Context) -> Step<PathBuf> {
    let project = context.path("bindings/bindgen");
    let read = |name: &str| fs::read_to_string(project.join(name)).during(name);
    let pins = read("Cargo.toml")? + &read("Cargo.lock")? + &read("src/main.rs")?;
    let recipe = Recipe {
        name: "uniffi-bindgen",
        pins: &pins,
        about: "compiling the binding generator, about 2 minutes",
    };
    let folder = context.cache.ensure(&recipe, |folder| {
        let build = folder.join("build");
        Run::new("cargo")
            .dir(&project)
            .args("build --quiet --locked --target-dir")
            .arg(&build)
            .show()?;
        let made = build.join("debug/uniffi-bindgen");
        fs::copy(&made, folder.join("uniffi-bindgen")).during("keeping the generator")?;
        cache::remove(&build)
    })?;
    Ok(folder.join("uniffi-bindgen"))
}
