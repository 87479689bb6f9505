//! Part `planted`: the laboratory finds each planted bug, and the library that ships carries none.

use std::path::{Path, PathBuf};

use super::Part;
use crate::context::Context;
use crate::process::Run;
use crate::stop::{Step, Stop};

pub const PART: Part = Part {
    name: "planted",
    about: "the flood laboratory finds each planted bug; the library carries none",
    downloads: false,
    run: |context| {
        // A compiler of their own for the members of this workspace: cargo keeps what it makes beside the usual artifacts, and the crates below are shared.
        Run::cargo(context)
            .args("test --quiet --workspace --test planted")
            .env(
                "RUSTC_WORKSPACE_WRAPPER",
                context.path("tests/lab/planted/rustc"),
            )
            .show()?;
        clean(context)
    },
};

/// The names of the bugs, as the code says them.
const WHERE: &str = "core";

/// No name of a bug stands in the library that phones get, and the same search finds each in the planted build.
fn clean(context: &Context) -> Step {
    let names = names(&context.path(WHERE))?;
    if names.len() < 17 {
        return Err(Stop::failed(format!(
            "only {} bugs are planted",
            names.len()
        )));
    }
    let library = context.target.join("debug/libhues_ffi.so");
    Run::cargo(context)
        .args("build --quiet --workspace --lib")
        .show()?;
    let bytes =
        std::fs::read(&library).map_err(|e| Stop::failed(format!("{}: {e}", library.display())))?;
    let stands = |name: &&String| contains(&bytes, name.as_bytes());
    if let Some(name) = names.iter().find(stands) {
        return Err(Stop::failed(format!(
            "'{name}' is planted in {}",
            library.display()
        )));
    }
    // Where they are planted the same search does find them.
    let planted = std::fs::read(newest(&context.target.join("debug/deps"), "planted-")?)
        .map_err(|e| Stop::failed(format!("the planted build: {e}")))?;
    if let Some(name) = names
        .iter()
        .find(|name| !contains(&planted, name.as_bytes()))
    {
        return Err(Stop::failed(format!(
            "'{name}' is not found where it is planted"
        )));
    }
    println!(
        "{} bugs, none of them in {}",
        names.len(),
        library.display()
    );
    Ok(())
}

/// The newest program in a folder whose name starts so.
fn newest(folder: &Path, start: &str) -> Step<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .map_err(|e| Stop::failed(format!("{}: {e}", folder.display())))?;
    entries
        .flatten()
        .filter(|e| e.file_name().to_string_lossy().starts_with(start))
        .filter(|e| e.path().extension().is_none())
        .max_by_key(|e| e.metadata().and_then(|m| m.modified()).ok())
        .map(|e| e.path())
        .ok_or_else(|| Stop::failed(format!("no {start}… in {}", folder.display())))
}

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

/// All `planted!("…")` below a folder.
fn names(folder: &Path) -> Step<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .map_err(|e| Stop::failed(format!("{}: {e}", folder.display())))?;
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path)
                    .map_err(|e| Stop::failed(format!("{}: {e}", path.display())))?;
                for after in text.split("planted!(\"").skip(1) {
                    found.extend(after.split('"').next().map(str::to_owned));
                }
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}
