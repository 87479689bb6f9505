//! Programs from the Debian of this machine (exiftool, chromium, …), installed when we are root and they are missing.

use crate::process::{is_root, on_path, Run};
use crate::stop::{Step, Stop};

/// Makes sure that a program is there, installing the package that holds it if need be.
pub fn need(program: &str, package: &str) -> Step {
    if on_path(program) {
        return Ok(());
    }
    install(&[package])
}

/// Installs packages at the version that this machine's apt serves.
fn install(packages: &[&str]) -> Step {
    let names = packages.join(" ");
    if !on_path("apt-get") {
        return Err(Stop::impossible(format!(
            "not installed, and no apt-get to install them: {names}"
        )));
    }
    if !is_root() {
        return Err(Stop::impossible(format!(
            "not installed, and installing needs root: {names}"
        )));
    }
    eprintln!("  installing from Debian: {names}");
    let get = |line: &str| {
        Run::new("apt-get")
            .args("-q -o DPkg::Lock::Timeout=300")
            .args(line)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .capture()
            .map_err(super::offline)
    };
    // The lists of a fresh machine are empty or old; a failing update still leaves a cached install possible.
    let updated = get("update");
    match get(&format!("install -y --no-install-recommends {names}")) {
        Ok(_) => Ok(()),
        Err(stop) => Err(updated.err().unwrap_or(stop)),
    }
}
