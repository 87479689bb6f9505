//! Where we are: the repository, the build folder, the cache. Read once at the start and handed down.

use std::env;
use std::path::{Path, PathBuf};

use crate::cache::Cache;
use crate::stop::{Step, Stop};

/// The folders every command works with.
pub struct Context {
    /// The repository's root.
    pub root: PathBuf,
    /// Cargo's build folder; everything built from this tree goes below it.
    pub target: PathBuf,
    /// Tool chains and downloads, shared by every clone on this machine.
    pub cache: Cache,
}

impl Context {
    /// Finds the folders from the environment: `CARGO_TARGET_DIR`, `HUES_CACHE`, else `~/.cache/hues-core`.
    pub fn discover() -> Step<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .map(Path::to_path_buf)
            .ok_or_else(|| Stop::failed("xtask was built outside the repository"))?;
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        let cache = match (env::var_os("HUES_CACHE"), env::var_os("HOME")) {
            (Some(folder), _) => PathBuf::from(folder),
            (None, Some(home)) => Path::new(&home).join(".cache/hues-core"),
            (None, None) => {
                return Err(Stop::failed(
                    "neither HUES_CACHE nor HOME is set: no place for the cache",
                ))
            }
        };
        if !cache.is_absolute() {
            return Err(Stop::failed("HUES_CACHE must be an absolute path"));
        }
        Ok(Self {
            root,
            target,
            cache: Cache::at(cache),
        })
    }

    /// A path inside the repository.
    pub fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }
}
