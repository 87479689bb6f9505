//! `cargo xtask soak mutants -- [SUITE] [ARGUMENTS OF cargo-mutants…]`: small changes of the rules, each of which some test must notice.
//!
//! A mutant is judged by the tests of its own crate. The step machine stands on nothing but clock and chance, so it is taken out into a workspace of its own:
//! a mutant there costs seconds, where one linked with SQLCipher costs half a minute. What survives and why is in docs/mutants.md.

use std::fs;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::process::Run;
use crate::stop::{During, Step, Stop};
use crate::tools::mutants;

/// Of a hundred mutants that compile, so many must be noticed.
const SHARE: u64 = 85;

/// Rules whose mutants are counted together.
struct Suite {
    name: &'static str,
    package: &'static str,
    /// What is mutated.
    files: &'static str,
    /// Which tests judge.
    tests: &'static str,
    /// It is taken out into a workspace of its own.
    alone: bool,
}

const SUITES: [Suite; 4] = [
    Suite {
        name: "machine",
        package: "hues-machine",
        files: "core/sync/src/machine/**/*.rs",
        tests: "--lib",
        alone: true,
    },
    Suite {
        name: "protocol",
        package: "hues-protocol",
        files: "core/protocol/src/**/*.rs",
        tests: "--lib --test answers --test hostile",
        alone: false,
    },
    Suite {
        name: "sync",
        package: "hues-sync",
        files: "core/sync/src/{engine,outbox}/**/*.rs",
        tests: "--lib",
        alone: false,
    },
    Suite {
        name: "store",
        package: "hues-store",
        files: "core/store/src/**/*.rs",
        tests: "--lib --tests",
        alone: false,
    },
];

/// Runs a suite, or all.
pub fn run(context: &Context, words: &[String]) -> Step {
    let named = words.first().filter(|word| !word.starts_with('-'));
    let rest = &words[usize::from(named.is_some())..];
    let chosen: Vec<&Suite> = SUITES
        .iter()
        .filter(|suite| named.is_none_or(|name| name == suite.name))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = SUITES.iter().map(|suite| suite.name).collect();
        return Err(Stop::failed(format!("mutants: {}", names.join(" "))));
    }
    let tool = mutants::set_up(context)?;
    let mut short = Vec::new();
    for suite in chosen {
        let caught = one(context, &tool, suite, rest)?;
        if caught < SHARE {
            short.push(format!("{} {caught} %", suite.name));
        }
    }
    match short.is_empty() {
        true => Ok(()),
        false => Err(Stop::failed(format!(
            "fewer than {SHARE} % noticed: {}",
            short.join(", ")
        ))),
    }
}

/// The share of viable mutants that were noticed, in percent.
fn one(context: &Context, tool: &Path, suite: &Suite, rest: &[String]) -> Step<u64> {
    let folder = context.target.join("mutants").join(suite.name);
    fs::create_dir_all(&folder).during(folder.display())?;
    let root = match suite.alone {
        true => machine_alone(context, &folder.join("tree"))?,
        false => context.root.clone(),
    };
    println!("mutants {}: {}", suite.name, suite.files);
    let run = Run::new(tool)
        .dir(root)
        .env("CARGO_NET_OFFLINE", "true")
        // What others compiled is not compiled again for every run.
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .args("mutants --shuffle --colors never --timeout 60 --package")
        .arg(suite.package)
        .arg("--file")
        .arg(suite.files)
        .arg("--output")
        .arg(&folder);
    let run = rest.iter().fold(run, Run::arg).arg("--").args(suite.tests);
    // Survivors make it end badly; they are counted below.
    let ended = run.show();
    let found = folder.join("mutants.out");
    let count = |name: &str| {
        let text = fs::read_to_string(found.join(name)).unwrap_or_default();
        text.lines().count() as u64
    };
    let (missed, unviable) = (count("missed.txt"), count("unviable.txt"));
    let noticed = count("caught.txt") + count("timeout.txt") + count("previously_caught.txt");
    if noticed + missed == 0 {
        ended?;
        return Err(Stop::failed("no mutant was judged"));
    }
    let share = noticed * 100 / (noticed + missed);
    println!(
        "{}: {noticed} of {} viable mutants noticed ({share} %), {unviable} do not compile; survivors in {}",
        suite.name,
        noticed + missed,
        found.join("missed.txt").display()
    );
    Ok(share)
}

/// The step machine and what it stands on, as a workspace of two crates.
fn machine_alone(context: &Context, tree: &Path) -> Step<PathBuf> {
    crate::cache::remove(tree)?;
    let sync = tree.join("core/sync/src");
    fs::create_dir_all(&sync).during(sync.display())?;
    for (from, into) in [
        ("core/env", tree.join("core")),
        ("core/sync/src/machine", sync.clone()),
        ("Cargo.lock", tree.to_owned()),
    ] {
        let from = context.path(from);
        Run::new("cp").arg("-r").arg(from).arg(into).capture()?;
    }
    let manifest = fs::read_to_string(context.path("Cargo.toml")).during("Cargo.toml")?;
    let write = |path: PathBuf, text: String| fs::write(&path, text).during(path.display());
    write(tree.join("Cargo.toml"), alone(&manifest))?;
    write(
        sync.join("lib.rs"),
        "//! Alone.\n#![allow(missing_docs)]\npub mod machine;\n".into(),
    )?;
    write(tree.join("core/sync/Cargo.toml"), MACHINE.into())?;
    Ok(tree.to_owned())
}

/// The machine's own manifest there.
const MACHINE: &str = "[package]
name = \"hues-machine\"
version.workspace = true
edition.workspace = true
publish.workspace = true

[lints]
workspace = true

[dependencies]
hues-env.workspace = true

[dev-dependencies]
proptest.workspace = true
";

/// The workspace's manifest with two members.
fn alone(manifest: &str) -> String {
    let kept = manifest.lines().filter_map(|line| {
        match line.split('=').next().unwrap_or_default().trim() {
            "members" => Some("members = [\"core/env\", \"core/sync\"]"),
            "exclude" | "default-members" => None,
            _ => Some(line),
        }
    });
    kept.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_keeps_all_but_its_members() {
        let whole = "[workspace]\nmembers = [\"core/*\"]\nexclude = [\"x\"]\n[profile.dev]\nopt-level = 1\n";
        let two =
            "[workspace]\nmembers = [\"core/env\", \"core/sync\"]\n[profile.dev]\nopt-level = 1\n";
        assert_eq!(alone(whole), two);
    }
}
