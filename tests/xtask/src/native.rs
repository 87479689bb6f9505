//! What this tree builds for the shells: the unstripped library and the `hues` program.
//!
//! Both come out of one workspace build, because cargo unifies features over what is built together: building a single package
//! would compile half of the dependencies a second time.

use std::path::PathBuf;

use crate::context::Context;
use crate::process::Run;
use crate::stop::{Step, Stop};

/// Paths of what was built.
pub struct Native {
    /// The folder that a JVM or a Swift linker searches for the library.
    pub folder: PathBuf,
    /// The library itself, with its symbols.
    pub library: PathBuf,
    /// The terminal shell, which also runs the sandbox city.
    pub hues: PathBuf,
}

/// Builds library and program in the daily profile.
pub fn build(context: &Context) -> Step<Native> {
    Run::cargo(context)
        .args("build --quiet --workspace")
        .show()?;
    let folder = context.target.join("debug");
    let native = Native {
        library: folder.join(library_name("hues_ffi")),
        hues: folder.join("hues"),
        folder,
    };
    match native.library.is_file() {
        true => Ok(native),
        false => Err(Stop::failed(format!(
            "cargo built no {}",
            native.library.display()
        ))),
    }
}

/// The file name of a shared library on this host.
pub fn library_name(stem: &str) -> String {
    format!(
        "{}{stem}{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    )
}
