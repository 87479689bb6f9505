//! `cargo xtask soak fuzz -- SECONDS [TARGET…]`: every fuzz target of every crate for some seconds each.
//!
//! libFuzzer with coverage counters, on the stable compiler: the flags below are what `cargo fuzz` passes without a sanitizer.
//! Overflow checks and debug assertions are on. What a target found interesting stays in `target/fuzz/corpus`, so that the
//! next run starts there; an input that breaks one is kept in `target/fuzz/found` and fails the run.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::context::Context;
use crate::process::Run;
use crate::stop::{During, Step, Stop};

/// Seconds for each target unless told otherwise.
const SECONDS: &str = "60";
/// No single input may take longer, in seconds.
const PATIENCE: &str = "30";
/// Nor more memory, in MiB.
const MEMORY: &str = "1024";

/// Counters at every edge, a table of their places; no sanitizer, which the stable compiler does not have.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks --cfg fuzzing";

/// What a run of one target said.
struct Said {
    inputs: u64,
    per_second: u64,
    covered: u64,
}

/// Runs them all, or those named.
pub fn run(context: &Context, words: &[String]) -> Step {
    let seconds = words.first().map_or(SECONDS, String::as_str);
    if seconds.parse::<u64>().is_err() {
        return Err(Stop::failed("fuzz: SECONDS [TARGET…]"));
    }
    let wanted = words.get(1..).unwrap_or_default();
    let triple = host()?;
    let folder = context.target.join("fuzz");
    let (mut inputs, mut targets) = (0, 0);
    let mut broken = Vec::new();
    let mut names = BTreeSet::new();
    for crate_name in crates(context)? {
        let all = targets_of(context, &crate_name)?;
        // All programs are built into one folder.
        if let Some(twice) = all.iter().find(|name| !names.insert((*name).clone())) {
            return Err(Stop::failed(format!("two fuzz targets are named {twice}")));
        }
        let chosen: Vec<_> = all
            .iter()
            .filter(|target| wanted.is_empty() || wanted.contains(target))
            .collect();
        if chosen.is_empty() {
            continue;
        }
        build(context, &crate_name, &folder, &triple)?;
        let seeds = seeds(context, &crate_name, &folder)?;
        for target in chosen {
            let program = folder.join(&triple).join("release").join(target);
            match fuzz(&folder, &crate_name, target, &program, &seeds, seconds)? {
                Ok(said) => {
                    println!(
                        "{:<28} {:>10} inputs {:>8}/s {:>7} edges",
                        format!("{crate_name}/{target}"),
                        said.inputs,
                        said.per_second,
                        said.covered
                    );
                    inputs += said.inputs;
                }
                Err(what) => {
                    println!("{crate_name}/{target} BROKE\n{what}");
                    broken.push(format!("{crate_name}/{target}"));
                }
            }
            targets += 1;
        }
    }
    println!("{targets} targets, {inputs} inputs, {} broke", broken.len());
    match (targets, broken.as_slice()) {
        (0, _) => Err(Stop::failed("no fuzz target of that name")),
        (_, []) => Ok(()),
        (_, names) => Err(Stop::failed(format!("fuzz: {}", names.join(", ")))),
    }
}

/// Crates with fuzz targets, by the name of their folder.
fn crates(context: &Context) -> Step<Vec<String>> {
    let core = context.path("core");
    let mut names: Vec<String> = fs::read_dir(&core)
        .during(core.display())?
        .flatten()
        .filter(|entry| entry.path().join("fuzz/Cargo.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

fn targets_of(context: &Context, crate_name: &str) -> Step<Vec<String>> {
    let folder = context.path(&format!("core/{crate_name}/fuzz/fuzz_targets"));
    let mut names: Vec<String> = fs::read_dir(&folder)
        .during(folder.display())?
        .flatten()
        .filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn host() -> Step<String> {
    let said = Run::new("rustc").arg("-vV").capture()?;
    said.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .map(str::to_owned)
        .ok_or_else(|| Stop::failed("rustc does not name its host"))
}

fn build(context: &Context, crate_name: &str, folder: &Path, triple: &str) -> Step {
    println!("building the targets of {crate_name}");
    // The target is named so that build scripts and macros are built without counters.
    Run::new("cargo")
        .dir(context.path(&format!("core/{crate_name}/fuzz")))
        .args("build --quiet --release --bins --target")
        .arg(triple)
        .env("CARGO_TARGET_DIR", folder)
        .env("RUSTFLAGS", FLAGS)
        .show()
}

/// Where to begin: what the tests of a crate already have.
fn seeds(context: &Context, crate_name: &str, folder: &Path) -> Step<Vec<PathBuf>> {
    match crate_name {
        "media" => Ok([
            "core/media/tests/fixtures",
            "core/media/tests/fixtures/jpeg",
        ]
        .map(|inside| context.path(inside))
        .to_vec()),
        "protocol" => {
            let into = folder.join("seeds").join(crate_name);
            fs::create_dir_all(&into).during(into.display())?;
            vectors(&context.path("tests/interop/vectors"), &into)?;
            Ok(vec![into])
        }
        _ => {
            let cases = context.path(&format!("core/{crate_name}/vectors"));
            if !cases.is_dir() {
                return Ok(Vec::new());
            }
            let into = folder.join("seeds").join(crate_name);
            fs::create_dir_all(&into).during(into.display())?;
            inputs(&cases, &into)?;
            Ok(vec![into])
        }
    }
}

/// The input of every case of a crate's shared vectors, as a file.
fn inputs(from: &Path, into: &Path) -> Step {
    let mut number = 0;
    for file in fs::read_dir(from).during(from.display())?.flatten() {
        let text = fs::read_to_string(file.path()).during(file.path().display())?;
        for case in text.split("\"input\":").skip(1) {
            let Some(input) = json_text(case.trim_start()) else {
                continue;
            };
            let seed = into.join(number.to_string());
            fs::write(&seed, input).during(seed.display())?;
            number += 1;
        }
    }
    Ok(())
}

/// The JSON string that a text begins with. (This program does without a JSON library: it is the first thing a clone compiles.)
fn json_text(text: &str) -> Option<String> {
    let mut characters = text.strip_prefix('"')?.chars();
    let mut out = String::new();
    loop {
        match characters.next()? {
            '"' => return Some(out),
            '\\' => match characters.next()? {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                'u' => {
                    let digits: String = characters.by_ref().take(4).collect();
                    out.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
}

/// Every byte string of the test vectors, as a file.
fn vectors(from: &Path, into: &Path) -> Step {
    let mut number = 0;
    for file in fs::read_dir(from).during(from.display())?.flatten() {
        let text = fs::read_to_string(file.path()).during(file.path().display())?;
        for bytes in text.split('"').filter_map(unhex) {
            let seed = into.join(number.to_string());
            fs::write(&seed, bytes).during(seed.display())?;
            number += 1;
        }
    }
    Ok(())
}

/// The bytes of a longer hexadecimal word.
fn unhex(word: &str) -> Option<Vec<u8>> {
    if word.len() < 16 || !word.len().is_multiple_of(2) || !word.is_ascii() {
        return None;
    }
    (0..word.len())
        .step_by(2)
        .map(|n| u8::from_str_radix(word.get(n..n + 2)?, 16).ok())
        .collect()
}

/// One target; the outer error is the host's, the inner what broke.
fn fuzz(
    folder: &Path,
    crate_name: &str,
    target: &str,
    program: &Path,
    seeds: &[PathBuf],
    seconds: &str,
) -> Step<Result<Said, String>> {
    let corpus = folder.join("corpus").join(crate_name).join(target);
    let found = folder.join("found");
    for folder in [&corpus, &found] {
        fs::create_dir_all(folder).during(folder.display())?;
    }
    let ran = Command::new(program)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-timeout={PATIENCE}"))
        .arg(format!("-rss_limit_mb={MEMORY}"))
        .arg(format!(
            "-artifact_prefix={}/{crate_name}-{target}-",
            found.display()
        ))
        .arg("-print_final_stats=1")
        .arg(&corpus)
        .args(seeds)
        .env("TMPDIR", scratch())
        .stdin(Stdio::null())
        .output()
        .during(program.display())?;
    let text = String::from_utf8_lossy(&ran.stderr);
    if !ran.status.success() {
        let tail: Vec<&str> = text.lines().rev().take(25).collect();
        return Ok(Err(tail.into_iter().rev().collect::<Vec<_>>().join("\n")));
    }
    Ok(Ok(heard(&text)))
}

/// Where targets put files: in memory where there is such a place, since every input may be a whole account.
fn scratch() -> PathBuf {
    let memory = PathBuf::from("/dev/shm");
    match memory.is_dir() {
        true => memory,
        false => std::env::temp_dir(),
    }
}

/// The figures in what libFuzzer prints.
fn heard(text: &str) -> Said {
    let stat = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.trim().parse().ok()).unwrap_or(0)
    };
    let covered = text.lines().rev().find_map(|line| {
        let mut words = line.split_whitespace().skip_while(|word| *word != "cov:");
        words.nth(1)?.parse().ok()
    });
    Said {
        inputs: stat("stat::number_of_executed_units:"),
        per_second: stat("stat::average_exec_per_sec:"),
        covered: covered.unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read() {
        let said = heard(
            "#4\tNEW    cov: 12 ft: 30 corp: 2/3b\n#9\tDONE   cov: 44 ft: 90 corp: 3/9b\n\
             stat::number_of_executed_units: 473199\nstat::average_exec_per_sec:     78866\n",
        );
        assert_eq!(
            (said.inputs, said.per_second, said.covered),
            (473_199, 78_866, 44)
        );
        assert_eq!(heard("").inputs, 0);
    }

    #[test]
    fn inputs_of_cases_are_read() {
        let text = r#""a\n\u0000\"b\\", "value": 1"#;
        assert_eq!(json_text(text).as_deref(), Some("a\n\0\"b\\"));
        assert_eq!(json_text("{}"), None);
        assert_eq!(json_text("\"open"), None);
    }

    #[test]
    fn vectors_become_bytes() {
        assert_eq!(
            unhex("00ff102030405060"),
            Some(vec![0, 255, 16, 32, 48, 64, 80, 96])
        );
        assert_eq!(unhex("00ff"), None);
        assert_eq!(unhex("this is no hexadecimal"), None);
        assert_eq!(unhex("ổổổổổổổổ"), None);
    }
}
