//! `cargo xtask size`: what the core adds to an app: the phone profile's library, stripped, and whose bytes they are.

mod ledger;
mod owner;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::context::Context;
use crate::native::library_name;
use crate::process::Run;
use crate::stop::{During, Step, Stop};
use ledger::Ledger;

/// Crates below this are one line in the table, bytes; the JSON names all.
const NAMED_FROM: u64 = 10 * 1024;

/// What to print.
#[derive(clap::Args)]
pub struct Args {
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Measure the library and the linker map that are there, without building.
    #[arg(long)]
    no_build: bool,
}

/// Builds, strips a copy and prints its size in bytes, plain and compressed, and the ledger by part and by crate.
pub fn run(context: &Context, args: &Args) -> Step<ExitCode> {
    let folder = context.target.join("phone");
    let map = folder.join("hues_ffi.map");
    if !args.no_build {
        eprintln!("building the phone profile (fat LTO and OpenSSL: some minutes)");
        // One kind of library alone, as it is packaged: beside the others, link-time optimisation must keep what they might need.
        Run::cargo(context)
            .args("rustc --quiet --profile phone --package hues-ffi --lib --crate-type cdylib --")
            .arg("-C")
            .arg(format!("link-arg=-Wl,-Map={}", map.display()))
            .show()?;
    }
    let stripped = folder.join("hues_ffi.stripped");
    Run::new("strip")
        .arg("-o")
        .arg(&stripped)
        .arg(folder.join(library_name("hues_ffi")))
        .capture()?;
    let packed = Run::new("sh")
        .args("-c")
        .arg("gzip -9 -n -c \"$1\" | wc -c")
        .arg("sh")
        .arg(&stripped)
        .capture()?;
    let text = fs::read_to_string(&map).during(map.display())?;
    let size = Size {
        host: format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS),
        plain: bytes(&stripped)?,
        packed: packed.trim().parse().unwrap_or(0),
        ledger: Ledger::of(&text).ok_or_else(|| {
            Stop::impossible(format!(
                "{} is not a map as LLVM's linker writes it, which the ledger is read from",
                map.display()
            ))
        })?,
    };
    print!(
        "{}",
        match args.json {
            true => size.json(),
            false => size.table(),
        }
    );
    Ok(ExitCode::SUCCESS)
}

/// What was measured.
struct Size {
    host: String,
    plain: u64,
    packed: u64,
    ledger: Ledger,
}

impl Size {
    fn table(&self) -> String {
        let kib = |bytes: u64| format!("{:.1}", bytes as f64 / 1024.0);
        let mut out = format!(
            "phone profile on {}: {} KiB stripped, {} KiB gzip -9\n",
            self.host,
            kib(self.plain),
            kib(self.packed)
        );
        out += "\n| part | KiB | crates |\n| --- | ---: | --- |\n";
        for (part, bytes, crates) in self.ledger.parts() {
            out += &format!("| {part} | {} | {} |\n", kib(bytes), crates.join(", "));
        }
        out += "\n| crate | KiB |\n| --- | ---: |\n";
        let (named, small): (Vec<_>, Vec<_>) = self
            .ledger
            .crates()
            .into_iter()
            .partition(|(_, bytes)| *bytes >= NAMED_FROM);
        for (name, bytes) in &named {
            out += &format!("| {name} | {} |\n", kib(*bytes));
        }
        let rest: u64 = small.iter().map(|(_, bytes)| bytes).sum();
        out + &format!("| {} smaller ones | {} |\n", small.len(), kib(rest))
    }

    fn json(&self) -> String {
        let crates: Vec<_> = self
            .ledger
            .crates()
            .iter()
            .map(|(name, bytes)| format!("  \"{name}\": {bytes}"))
            .collect();
        format!(
            "{{\"host\": \"{}\", \"stripped\": {}, \"gzip\": {}, \"crates\": {{\n{}\n}}}}\n",
            self.host,
            self.plain,
            self.packed,
            crates.join(",\n")
        )
    }
}

fn bytes(file: &Path) -> Step<u64> {
    Ok(fs::metadata(file).during(file.display())?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_one_object() {
        let size = Size {
            host: "x".into(),
            plain: 5,
            packed: 3,
            ledger: Ledger::default(),
        };
        assert_eq!(
            size.json(),
            "{\"host\": \"x\", \"stripped\": 5, \"gzip\": 3, \"crates\": {\n\n}}\n"
        );
    }
}
