//! Node programs: what a committed `package-lock.json` names, with its digests, installed by `npm ci` into the cache.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cache::Recipe;
use crate::context::Context;
use crate::process::{on_path, Run};
use crate::stop::{During, Step, Stop};

/// Installs the packages of the project in `folder` (a path in the repository) and returns the folder that holds
/// `node_modules`, with the project's own files beside it: `node FILE` runs there as it would in the tree.
pub fn set_up(context: &Context, name: &str, folder: &str, about: &str) -> Step<PathBuf> {
    for program in ["node", "npm"] {
        if !on_path(program) {
            return Err(Stop::impossible(format!(
                "`{program}` is not installed (Node 20 or newer)"
            )));
        }
    }
    let project = context.path(folder);
    let read =
        |file: &str| fs::read_to_string(project.join(file)).during(format!("{folder}/{file}"));
    let lock = read("package-lock.json")?;
    no_unpinned(&lock).map_err(|package| {
        Stop::failed(format!(
            "{folder}: {package} has no digest in the lock file"
        ))
    })?;
    let pins = read("package.json")? + &lock;
    let recipe = Recipe {
        name: &format!("node-{name}"),
        pins: &pins,
        about,
    };
    let cached = context.cache.ensure(&recipe, |cached| {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(project.join(file), cached.join(file)).during(file)?;
        }
        // No install script runs: what a package ships is what we use.
        Run::new("npm")
            .dir(cached)
            .args("ci --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error")
            .capture()
            .map(drop)
            .map_err(super::offline)
    })?;
    copy_scripts(&project, &cached)?;
    Ok(cached)
}

/// Scripts change more often than packages: they are laid beside `node_modules` at each run.
fn copy_scripts(project: &Path, cached: &Path) -> Step {
    for entry in fs::read_dir(project).during(project.display())? {
        let path = entry.during(project.display())?.path();
        let script = path
            .extension()
            .is_some_and(|kind| ["mjs", "js", "json"].iter().any(|known| kind == *known));
        if let (true, Some(name)) = (script && path.is_file(), path.file_name()) {
            fs::copy(&path, cached.join(name)).during(path.display())?;
        }
    }
    Ok(())
}

/// Every package of the lock file carries an `integrity`, else its place is returned.
fn no_unpinned(lock: &str) -> Result<(), String> {
    let mut open: Option<&str> = None;
    for line in lock.lines().map(str::trim) {
        if line.starts_with("\"node_modules/") {
            if let Some(package) = open.replace(line.trim_end_matches(": {")) {
                return Err(package.to_owned());
            }
        } else if line.starts_with("\"integrity\": \"sha512-") {
            open = None;
        }
    }
    open.map_or(Ok(()), |package| Err(package.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::no_unpinned;

    #[test]
    fn a_package_without_a_digest_is_found() {
        let good =
            "\"node_modules/a\": {\n \"version\": \"1\",\n \"integrity\": \"sha512-x\"\n},\n";
        assert_eq!(no_unpinned(&good.repeat(2)), Ok(()));
        let bad = good.replace("sha512", "sha1");
        assert_eq!(
            no_unpinned(&(bad.clone() + good)),
            Err("\"node_modules/a\"".to_owned())
        );
        assert_eq!(no_unpinned(&bad), Err("\"node_modules/a\"".to_owned()));
    }
}
