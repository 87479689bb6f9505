//! `cargo xtask bindings`: the generated Kotlin and Swift, which are committed, from the library's own metadata.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cache;
use crate::context::Context;
use crate::native;
use crate::process::Run;
use crate::stop::{During, Step, Stop};
use crate::tools;

/// Write or compare.
#[derive(clap::Args)]
pub struct Args {
    /// Change nothing; fail when the committed files differ from what the library says.
    #[arg(long)]
    check: bool,
}

/// Where each generated file is committed: (language, name the generator gives it, place in the repository).
const FILES: &[(&str, &str, &str)] = &[
    (
        "kotlin",
        "vn/hues/core/hues_core.kt",
        "bindings/kotlin/src/main/generated/vn/hues/core/hues_core.kt",
    ),
    (
        "swift",
        "HuesCore.swift",
        "bindings/swift/Sources/HuesCore/Generated/HuesCore.swift",
    ),
    (
        "swift",
        "HuesCoreFFI.h",
        "bindings/swift/Sources/HuesCoreFFI/include/HuesCoreFFI.h",
    ),
    (
        "swift",
        "HuesCoreFFI.modulemap",
        "bindings/swift/Sources/HuesCoreFFI/include/module.modulemap",
    ),
];

/// Runs the subcommand.
pub fn run(context: &Context, args: &Args) -> Step<ExitCode> {
    if args.check {
        check(context)?;
        println!("the committed bindings are what the library says");
        return Ok(ExitCode::SUCCESS);
    }
    let made = generate(context)?;
    for (language, name, place) in FILES {
        let place = context.path(place);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).during(folder.display())?;
        }
        fs::write(&place, read(&made.join(language).join(name))?).during(place.display())?;
        println!("{}", place.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Fails when a committed file differs from a fresh one.
pub fn check(context: &Context) -> Step {
    let made = generate(context)?;
    let mut stale = Vec::new();
    for (language, name, place) in FILES {
        let fresh = read(&made.join(language).join(name))?;
        if read(&context.path(place)).ok().as_deref() != Some(fresh.as_str()) {
            stale.push(*place);
        }
    }
    match stale.is_empty() {
        true => Ok(()),
        false => Err(Stop::failed(format!(
            "run `cargo xtask bindings` and commit; out of date: {}",
            stale.join(", ")
        ))),
    }
}

/// Generates both languages into the build folder.
fn generate(context: &Context) -> Step<PathBuf> {
    let generator = tools::bindgen::set_up(context)?;
    let library = native::build(context)?.library;
    let out = context.target.join("bindings");
    cache::remove(&out)?;
    for language in ["kotlin", "swift"] {
        Run::new(&generator)
            .dir(&context.root)
            .args("generate --no-format --config bindings/uniffi.toml --language")
            .arg(language)
            .arg("--out-dir")
            .arg(out.join(language))
            .arg(&library)
            .capture()?;
    }
    no_surprise(&out)?;
    Ok(out)
}

/// A crate that starts to cross would add files: they must be named in [`FILES`], not silently dropped.
fn no_surprise(out: &Path) -> Step {
    let found = Run::new("find").arg(out).args("-type f").capture()?;
    let known: Vec<_> = FILES
        .iter()
        .map(|(language, name, _)| out.join(language).join(name))
        .collect();
    match found
        .lines()
        .find(|file| !known.iter().any(|known| known == Path::new(file)))
    {
        None => Ok(()),
        Some(file) => Err(Stop::failed(format!(
            "the generator wrote {file}, which tests/xtask/src/commands/bindings.rs does not know"
        ))),
    }
}

/// Generated text as we commit it: no trailing blanks, and a C header without the back-ticks that UniFFI 0.32.2 puts around a
/// foreign trait's method when its name is a word of Swift (`open`): C knows no such quotes, and the field is the same without.
fn read(file: &Path) -> Step<String> {
    let mut text = fs::read_to_string(file).during(file.display())?;
    if file.extension().is_some_and(|kind| kind == "h") {
        text = text.replace('`', "");
    }
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    Ok(lines.join("\n").trim_end().to_owned() + "\n")
}
