//! The ledger: every byte the linker put into the library, under the crate it came from.
//!
//! Invariant: bytes are counted once, from the linker's own map, and what cannot be told (constants without a name, unwind tables) is a line of
//! its own, never shared out. After fat LTO a function of one crate that was inlined into another counts there.

use std::collections::BTreeMap;

use super::owner;

/// Bytes by owner.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Ledger(BTreeMap<String, u64>);

impl Ledger {
    /// Reads a map of LLVM's linker; `None` for any other text.
    pub fn of(map: &str) -> Option<Ledger> {
        let mut lines = map.lines();
        let head = lines.next()?;
        if head.split_whitespace().collect::<Vec<_>>()
            != ["VMA", "LMA", "Size", "Align", "Out", "In", "Symbol"]
        {
            return None;
        }
        let mut ledger = Ledger::default();
        let mut counts = false;
        for line in lines {
            let Some((size, depth, name)) = columns(line) else {
                continue;
            };
            match depth {
                // Sections that are loaded from the file; what has no address is stripped, what is zero takes no room.
                0 => counts = !line.trim_start().starts_with("0 ") && !is_zeros(name),
                1 if counts => {
                    *ledger.0.entry(owner::of(name)).or_default() += size;
                }
                _ => {}
            }
        }
        Some(ledger)
    }

    /// By crate, largest first.
    pub fn crates(&self) -> Vec<(&str, u64)> {
        let mut list: Vec<_> = self.0.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        list.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
        list
    }

    /// By what it is for, largest first, with the crates that make it up.
    pub fn parts(&self) -> Vec<(&'static str, u64, Vec<&str>)> {
        let mut parts: BTreeMap<&'static str, (u64, Vec<&str>)> = BTreeMap::new();
        for (name, bytes) in self.crates() {
            let part = parts.entry(owner::part(name)).or_default();
            part.0 += bytes;
            part.1.push(name);
        }
        let mut list: Vec<_> = parts
            .into_iter()
            .map(|(part, (bytes, crates))| (part, bytes, crates))
            .collect();
        list.sort_by_key(|(part, bytes, _)| (std::cmp::Reverse(*bytes), *part));
        list
    }
}

/// Size, depth (0: a section of the library, 1: of one object in it, 2: a symbol) and name of a line.
fn columns(line: &str) -> Option<(u64, usize, &str)> {
    let mut rest = line;
    let mut size = 0;
    for column in 0..4 {
        rest = rest.trim_start();
        let end = rest.find(' ')?;
        if column == 2 {
            size = u64::from_str_radix(&rest[..end], 16).ok()?;
        }
        rest = &rest[end..];
    }
    let name = rest.trim_start();
    let depth = (rest.len() - name.len()).checked_sub(1)? / 8;
    Some((size, depth, name))
}

fn is_zeros(section: &str) -> bool {
    [".bss", ".tbss", ".relro_padding"].contains(&section)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "             VMA              LMA     Size Align Out     In      Symbol
            9070             9070       20     8 .rela.dyn
            9070             9070       20     8         <internal>:(.rela.dyn)
            b000             b000       40    64 .text
            b000             b000       10    16         /t/deps/hues_ffi.hues_ffi.a8-cgu.0.rcgu.o:(.text._ZN5tokio7runtime4park17h0123456789abcdefE)
            b000             b000       10     1                 _ZN5tokio7runtime4park17h0123456789abcdefE
            b010             b010       20    16         /t/deps/libopenssl_sys-b6.rlib(libcrypto-lib-bio.o):(.text.BIO_new)
            b030             b030        8    16         /t/deps/liblibsqlite3_sys-70.rlib(7a-sqlite3.o):(.text.sqlite3_step)
            c000             c000       99     1 .bss
            c000             c000       99     1         /t/deps/libopenssl_sys-b6.rlib(libcrypto-lib-bio.o):(.bss.x)
               0                0       10     1 .debug_info
               0                0       10     1         /t/deps/libring-af.rlib(x.o):(.debug_info)
";

    #[test]
    fn every_loaded_byte_has_one_owner() {
        let ledger = Ledger::of(MAP).unwrap_or_default();
        assert_eq!(
            ledger.crates(),
            [
                ("OpenSSL", 0x20),
                ("relocations and dynamic symbols", 0x20),
                ("tokio", 0x10),
                ("SQLCipher", 8),
            ]
        );
        let parts = ledger.parts();
        assert_eq!(
            parts[0],
            ("encrypted storage", 0x28, vec!["OpenSSL", "SQLCipher"])
        );
    }

    #[test]
    fn another_linkers_map_is_not_read() {
        assert_eq!(Ledger::of("Archive member included\n"), None);
        assert_eq!(Ledger::of(""), None);
    }
}
