//! `cargo xtask size`: what the core adds to an app: the phone profile's library, stripped, and whose code it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::context::Context;
use crate::native::library_name;
use crate::process::Run;
use crate::stop::{During, Step};

/// How many crates the table names; the rest is one line.
const NAMED: usize = 24;

/// What to print.
#[derive(clap::Args)]
pub struct Args {
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Measure the library that is there, without building.
    #[arg(long)]
    no_build: bool,
}

/// Builds, strips a copy and prints its size in bytes, plain and compressed, and the machine code by crate.
pub fn run(context: &Context, args: &Args) -> Step<ExitCode> {
    if !args.no_build {
        eprintln!("building the phone profile (fat LTO and OpenSSL: some minutes)");
        Run::cargo(context)
            .args("build --quiet --profile phone --package hues-ffi --lib")
            .show()?;
    }
    let folder = context.target.join("phone");
    let library = folder.join(library_name("hues_ffi"));
    let stripped = folder.join("hues_ffi.stripped");
    Run::new("strip")
        .arg("-o")
        .arg(&stripped)
        .arg(&library)
        .capture()?;
    let packed = Run::new("sh")
        .args("-c")
        .arg("gzip -9 -n -c \"$1\" | wc -c")
        .arg("sh")
        .arg(&stripped)
        .capture()?;
    let symbols = Run::new("nm")
        .args("--print-size --radix=d --defined-only")
        .arg(&library)
        .capture()?;
    let plain = bytes(&stripped)?;
    let packed: u64 = packed.trim().parse().unwrap_or(0);
    let by_crate = by_crate(&symbols);
    let host = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    print!(
        "{}",
        match args.json {
            true => json(&host, plain, packed, &by_crate),
            false => table(&host, plain, packed, &by_crate),
        }
    );
    Ok(ExitCode::SUCCESS)
}

/// Bytes of code and named data by the crate that a symbol's name begins with, largest first. After fat LTO a function of one
/// crate that was inlined into another counts there: read it as an order of magnitude.
fn by_crate(symbols: &str) -> Vec<(String, u64)> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    for line in symbols.lines() {
        let mut words = line.split_whitespace();
        let (Some(_), Some(size), Some(_), Some(name)) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            continue;
        };
        *sums.entry(owner(name)).or_default() += size.parse::<u64>().unwrap_or(0);
    }
    let mut list: Vec<_> = sums
        .into_iter()
        .map(|(name, size)| (name.to_owned(), size))
        .collect();
    list.sort_by_key(|(name, size)| (std::cmp::Reverse(*size), name.clone()));
    list
}

/// The crate a symbol belongs to; whatever is not mangled as Rust is C.
fn owner(symbol: &str) -> &str {
    if symbol.contains("uniffi") && !symbol.starts_with('_') {
        return "uniffi scaffolding";
    }
    let mangled = legacy(symbol).or_else(|| v0(symbol));
    mangled.unwrap_or("C (SQLCipher, OpenSSL, ring)")
}

/// Legacy mangling: `_ZN`, then a length and a name for each segment; the first is the crate, or an impl that begins with its type.
fn legacy(symbol: &str) -> Option<&str> {
    let rest = symbol.strip_prefix("_ZN")?;
    let (segment, _) = counted(rest)?;
    let inner = [
        "_",
        "$LT$",
        "$RF$",
        "mut$u20$",
        "dyn$u20$",
        "$LP$",
        "$u5b$",
        "alloc..boxed..Box$LT$",
        "core..option..Option$LT$",
    ]
    .iter()
    .fold(segment, |inner, wrapper| inner.trim_start_matches(wrapper));
    let first = inner.split("..").next().unwrap_or("");
    let named = !first.is_empty() && !first.contains('$');
    Some(if named { first } else { "(generic impls)" })
}

/// v0 mangling (RFC 2603): the first crate root, `C`, an optional `s…_` disambiguator, a length and the name.
fn v0(symbol: &str) -> Option<&str> {
    let rest = symbol.strip_prefix("_R")?;
    let (_, root) = rest.split_once("Cs")?;
    let (_, name) = root.split_once('_')?;
    counted(name).map(|(name, _)| name)
}

/// A decimal length and that many bytes: the name, and what follows.
fn counted(text: &str) -> Option<(&str, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (length, rest) = text.split_at(digits);
    let length: usize = length.parse().ok()?;
    // v0 parts a length from a name that begins with an underscore by one more.
    let rest = rest.strip_prefix("___").map_or(rest, |_| &rest[1..]);
    Some((rest.get(..length)?, rest.get(length..)?))
}

fn table(host: &str, plain: u64, packed: u64, by_crate: &[(String, u64)]) -> String {
    let mut out = format!(
        "phone profile, {host} (arm64 differs by some per cent)\n{plain:>12} bytes stripped\n"
    );
    out += &format!("{packed:>12} bytes gzip -9\n\n");
    let (named, rest) = by_crate.split_at(by_crate.len().min(NAMED));
    for (name, size) in named {
        out += &format!("{size:>12}  {name}\n");
    }
    let rest: u64 = rest.iter().map(|(_, size)| size).sum();
    let all: u64 = by_crate.iter().map(|(_, size)| size).sum();
    out += &format!("{rest:>12}  other crates\n");
    out + &format!(
        "{:>12}  strings, tables, unwind information\n",
        plain.saturating_sub(all)
    )
}

fn json(host: &str, plain: u64, packed: u64, by_crate: &[(String, u64)]) -> String {
    let crates: Vec<_> = by_crate
        .iter()
        .map(|(name, size)| format!("\"{name}\":{size}"))
        .collect();
    format!(
        "{{\"host\":\"{host}\",\"stripped\":{plain},\"gzip\":{packed},\"crates\":{{{}}}}}\n",
        crates.join(",")
    )
}

fn bytes(file: &Path) -> Step<u64> {
    Ok(fs::metadata(file).during(file.display())?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_belong_to_crates() {
        let symbols = "\
            0000000000001000 0000000000000010 T sqlite3_step\n\
            0000000000001000 0000000000000020 t _ZN5tokio7runtime4park17h0123456789abcdefE\n\
            0000000000001000 0000000000000005 t _ZN63_$LT$tokio..sync..Mutex$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0E\n\
            0000000000001000 0000000000000007 T uniffi_hues_core_fn_func_version\n\
            0000000000001000 0000000000000003 t _RNvNtCsgEmfK2I1SDS_4core3str4trim\n\
            0000000000001000 U memcpy\n";
        let found = by_crate(symbols);
        let found: Vec<_> = found
            .iter()
            .map(|(name, size)| (name.as_str(), *size))
            .collect();
        assert_eq!(
            found,
            [
                ("tokio", 25),
                ("C (SQLCipher, OpenSSL, ring)", 10),
                ("uniffi scaffolding", 7),
                ("core", 3)
            ]
        );
    }

    #[test]
    fn json_is_one_object() {
        let text = json("x", 5, 3, &[("a".to_owned(), 2), ("b".to_owned(), 1)]);
        assert_eq!(
            text,
            "{\"host\":\"x\",\"stripped\":5,\"gzip\":3,\"crates\":{\"a\":2,\"b\":1}}\n"
        );
    }
}
