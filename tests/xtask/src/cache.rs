//! The cache outside the tree: one folder a tool chain, complete or absent.
//!
//! Invariant: a folder counts only when its marker, written last, names the very pins that are asked for. So a broken download
//! is started anew, a changed pin builds a new folder, and a complete folder is used without touching the network.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::process::Run;
use crate::stop::{During, Step};

const MARKER: &str = ".complete";

/// The folder that holds every tool chain.
pub struct Cache {
    folder: PathBuf,
}

/// What a cached folder is made from.
pub struct Recipe<'a> {
    /// Short name: first half of the folder's name.
    pub name: &'a str,
    /// Everything that decides the content (versions, lock files, digests); a change makes a new folder.
    pub pins: &'a str,
    /// What is fetched and about how much, for the progress line.
    pub about: &'a str,
}

impl Cache {
    /// A cache in this folder, which need not exist yet.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where the cache lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The complete folder for a recipe, made by `build` if it is not there. One process builds at a time.
    pub fn ensure(&self, recipe: &Recipe<'_>, build: impl FnOnce(&Path) -> Step) -> Step<PathBuf> {
        let folder = self.place(recipe);
        if is_complete(&folder, recipe) {
            return Ok(folder);
        }
        let _lock = self.lock(recipe.name)?;
        if is_complete(&folder, recipe) {
            return Ok(folder);
        }
        eprintln!(
            "  setting up {}: {} (once, into {})",
            recipe.name,
            recipe.about,
            folder.display()
        );
        remove(&folder)?;
        fs::create_dir_all(&folder).during(format!("making {}", folder.display()))?;
        build(&folder)?;
        fs::write(folder.join(MARKER), recipe.pins).during("marking the cache complete")?;
        eprintln!("  {} is set up", recipe.name);
        Ok(folder)
    }

    /// Every folder in the cache, with whether it is complete.
    pub fn entries(&self) -> Step<Vec<(PathBuf, bool)>> {
        let Ok(list) = fs::read_dir(&self.folder) else {
            return Ok(Vec::new());
        };
        let mut found = Vec::new();
        for entry in list {
            let path = entry.during("reading the cache")?.path();
            if path.is_dir() {
                let complete = path.join(MARKER).is_file();
                found.push((path, complete));
            }
        }
        found.sort();
        Ok(found)
    }

    fn place(&self, recipe: &Recipe<'_>) -> PathBuf {
        self.folder
            .join(format!("{}-{:016x}", recipe.name, fingerprint(recipe.pins)))
    }

    fn lock(&self, name: &str) -> Step<File> {
        fs::create_dir_all(&self.folder).during(format!("making {}", self.folder.display()))?;
        let file = File::create(self.folder.join(format!("{name}.lock")))
            .during("opening the cache lock")?;
        file.lock().during("waiting for the cache lock")?;
        Ok(file)
    }
}

/// Removes a folder of the cache, if it is there.
pub fn remove(folder: &Path) -> Step {
    if !folder.exists() {
        return Ok(());
    }
    // `rm` copes with the odd modes inside a root file system; --one-file-system never follows a mount.
    Run::new("rm")
        .args("-rf --one-file-system --")
        .arg(folder)
        .capture()
        .map(drop)
}

/// FNV-1a: names folders apart, guards nothing.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn is_complete(folder: &Path, recipe: &Recipe<'_>) -> bool {
    fs::read_to_string(folder.join(MARKER)).is_ok_and(|pins| pins == recipe.pins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Stop;

    fn recipe(pins: &str) -> Recipe<'_> {
        Recipe {
            name: "tool",
            pins,
            about: "nothing",
        }
    }

    #[test]
    fn a_complete_folder_is_not_built_again() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::at(home.path().join("cache"));
        let first = cache
            .ensure(&recipe("v1"), |folder| {
                fs::write(folder.join("bin"), "1").during("write")
            })
            .unwrap();
        let again = cache
            .ensure(&recipe("v1"), |_| Err(Stop::failed("built twice")))
            .unwrap();
        assert_eq!(first, again);
        assert_eq!(fs::read_to_string(again.join("bin")).unwrap(), "1");
    }

    #[test]
    fn a_broken_set_up_leaves_nothing_behind_for_the_next() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::at(home.path().to_path_buf());
        let broken = cache.ensure(&recipe("v1"), |folder| {
            fs::write(folder.join("half"), "x").during("write")?;
            Err(Stop::failed("cut"))
        });
        assert!(broken.is_err());
        assert!(cache
            .entries()
            .unwrap()
            .iter()
            .all(|(_, complete)| !complete));
        let folder = cache.ensure(&recipe("v1"), |_| Ok(())).unwrap();
        assert!(!folder.join("half").exists());
    }

    #[test]
    fn a_changed_pin_is_another_folder() {
        let home = tempfile::tempdir().unwrap();
        let cache = Cache::at(home.path().to_path_buf());
        let one = cache.ensure(&recipe("v1"), |_| Ok(())).unwrap();
        let two = cache.ensure(&recipe("v2"), |_| Ok(())).unwrap();
        assert_ne!(one, two);
        assert!(cache
            .entries()
            .unwrap()
            .iter()
            .all(|(_, complete)| *complete));
    }
}
