//! Larger data sets that tests compare with when they are at hand. They are not part of the repository (their licences or
//! sizes forbid it); a test says when it had to do without.

use std::path::{Path, PathBuf};

/// A file of the data sets: in the folder that `HUES_DATA_SETS` names, else in a folder `shared/data` above this one.
pub(crate) fn shared(file: &str) -> Option<PathBuf> {
    let named = std::env::var_os("HUES_DATA_SETS").map(PathBuf::from);
    let above = || {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|dir| dir.join("shared/data"))
    };
    named
        .into_iter()
        .chain(above())
        .map(|dir| dir.join(file))
        .find(|path| path.is_file())
}
