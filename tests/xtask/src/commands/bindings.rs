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
    (
        "kotlin",
        "vn/hues/formats/hues_formats.kt",
        "bindings/kotlin/src/main/generated/vn/hues/formats/hues_formats.kt",
    ),
    (
        "swift",
        "HuesFormats.swift",
        "bindings/swift/Sources/HuesCore/Generated/HuesFormats.swift",
    ),
    (
        "swift",
        "HuesFormatsFFI.h",
        "bindings/swift/Sources/HuesFormatsFFI/include/HuesFormatsFFI.h",
    ),
    (
        "swift",
        "HuesFormatsFFI.modulemap",
        "bindings/swift/Sources/HuesFormatsFFI/include/module.modulemap",
    ),
    (
        "kotlin",
        "vn/hues/vietnam/hues_vietnam.kt",
        "bindings/kotlin/src/main/generated/vn/hues/vietnam/hues_vietnam.kt",
    ),
    (
        "swift",
        "HuesVietnam.swift",
        "bindings/swift/Sources/HuesCore/Generated/HuesVietnam.swift",
    ),
    (
        "swift",
        "HuesVietnamFFI.h",
        "bindings/swift/Sources/HuesVietnamFFI/include/HuesVietnamFFI.h",
    ),
    (
        "swift",
        "HuesVietnamFFI.modulemap",
        "bindings/swift/Sources/HuesVietnamFFI/include/module.modulemap",
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

/// Generated text as we commit it: no trailing blanks, and UniFFI 0.32.2's two defects mended.
fn read(file: &Path) -> Step<String> {
    let mut text = fs::read_to_string(file).during(file.display())?;
    match file.extension().and_then(|kind| kind.to_str()) {
        // A foreign trait's method whose name is a word of Swift (`open`) keeps its back-ticks in C, which knows no such quotes.
        Some("h") => text = text.replace('`', ""),
        // Crates without `async` functions have no such call.
        Some("kt") if text.contains("uniffiRustCallAsync") && !text.contains(TAKEN_ON_CANCEL) => {
            if !text.contains(LOST_ON_CANCEL) {
                return Err(Stop::failed(
                    "the generated `uniffiRustCallAsync` is not the one that is mended here: look whether it still loses results",
                ));
            }
            text = text.replace(LOST_ON_CANCEL, TAKEN_ON_CANCEL);
        }
        _ => {}
    }
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    Ok(lines.join("\n").trim_end().to_owned() + "\n")
}

/// How every suspend function ends: a result that is ready when its coroutine is cancelled is thrown away as the handle or the
/// buffer it is, and what that stands for (a list, a whole subscription) is never freed.
const LOST_ON_CANCEL: &str = "    } finally {
        freeFunc(rustFuture)
    }
}
";

/// The same, with such a result taken and closed first. Not ready is an error here like any other, and means nothing.
const TAKEN_ON_CANCEL: &str = "    } catch (cancelled: kotlin.coroutines.cancellation.CancellationException) {
        runCatching { liftFunc(uniffiRustCallWithError(errorHandler, { status -> completeFunc(rustFuture, status) })) }
            .onSuccess { (it as? AutoCloseable)?.close() }
        throw cancelled
    } finally {
        freeFunc(rustFuture)
    }
}
";
