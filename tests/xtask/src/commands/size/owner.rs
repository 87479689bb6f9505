//! Whose a section of an object file is: told by the archive it lies in, or by the crate that its mangled name begins with.

/// Constants that no name tells the crate of: strings, tables, vtables.
const CONSTANTS: &str = "Rust constants";
/// Tables for unwinding, one piece for all of Rust.
const UNWINDING: &str = "Rust unwind tables";
const LINKER: &str = "relocations and dynamic symbols";
const SCAFFOLDING: &str = "uniffi scaffolding";

/// The owner of `file:(section)` or `archive(member):(section)`.
pub fn of(input: &str) -> String {
    let (file, section) = match input.rsplit_once(":(") {
        Some((file, section)) => (file, section.trim_end_matches(')')),
        None => (input, ""),
    };
    let archive = file.rsplit('/').next().unwrap_or(file);
    let owner = match archive.split(['-', '.']).next().unwrap_or("") {
        "<internal>" if section.starts_with(".rodata") => CONSTANTS,
        "<internal>" => LINKER,
        "libopenssl_sys" => "OpenSSL",
        "liblibsqlite3_sys" => "SQLCipher",
        "libring" => "ring",
        "libcompiler_builtins" => "std",
        _ if archive.contains(".rcgu.o") => return rust(section).to_owned(),
        _ => "C start-up",
    };
    owner.to_owned()
}

/// The owner of a section of the one object that all Rust code became.
fn rust(section: &str) -> &str {
    if section.starts_with(".eh_frame") {
        return UNWINDING;
    }
    let symbol = section.find("._").map(|at| &section[at + 1..]);
    if let Some(name) = symbol.and_then(|symbol| legacy(symbol).or_else(|| v0(symbol))) {
        return name;
    }
    let scaffold = ["uniffi", "UNIFFI"]
        .iter()
        .any(|word| section.contains(word));
    if scaffold {
        SCAFFOLDING
    } else {
        CONSTANTS
    }
}

/// Legacy mangling: `_ZN`, then a length and a name for each segment; the first is the crate, or an impl that begins with its type.
fn legacy(symbol: &str) -> Option<&str> {
    let rest = symbol.strip_prefix("_ZN")?;
    // The glue that drops a value is the value's.
    if let Some((_, dropped)) = rest.split_once("drop_in_place$LT$") {
        return Some(first_crate(dropped));
    }
    let (segment, _) = counted(rest)?;
    Some(first_crate(segment))
}

/// The crate a type's name begins with, wrappers looked through.
fn first_crate(text: &str) -> &str {
    const WRAPPERS: [&str; 13] = [
        "_",
        "$LT$",
        "$RF$",
        "$BP$",
        "mut$u20$",
        "const$u20$",
        "dyn$u20$",
        "$LP$",
        "$u5b$",
        "alloc..boxed..Box$LT$",
        "alloc..sync..Arc$LT$",
        "alloc..vec..Vec$LT$",
        "core..option..Option$LT$",
    ];
    let mut inner = text;
    while let Some(rest) = WRAPPERS
        .iter()
        .find_map(|wrapper| inner.strip_prefix(wrapper))
    {
        inner = rest;
    }
    let end = inner
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(inner.len());
    // A name that is no path is a type parameter or a primitive.
    let path = inner[end..].starts_with("..") || end == text.len();
    match &inner[..end] {
        name if path && !name.is_empty() => name,
        _ => "generic code",
    }
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

/// What an owner is there for.
pub fn part(owner: &str) -> &'static str {
    match owner {
        "SQLCipher"
        | "OpenSSL"
        | "rusqlite"
        | "fallible_iterator"
        | "fallible_streaming_iterator" => "encrypted storage",
        "tokio"
        | "mio"
        | "socket2"
        | "parking_lot"
        | "parking_lot_core"
        | "slab"
        | "libc"
        | "futures_util"
        | "futures_core"
        | "futures_channel"
        | "signal_hook_registry" => "runtime",
        "rustls" | "webpki" | "rustls_pki_types" | "ring" | "untrusted" | "subtle"
        | "tokio_rustls" | "hyper_rustls" => "TLS and ring",
        "reqwest" | "hyper" | "hyper_util" | "h2" | "http" | "http_body" | "http_body_util"
        | "httparse" | "tower" | "tower_http" | "tower_service" | "tower_layer" | "want"
        | "try_lock" | "ipnet" | "encoding_rs" | "mime" | "async_compression"
        | "compression_codecs" | "compression_core" | "bytes" | "atomic_waker" | "indexmap"
        | "percent_encoding" | "url" | "form_urlencoded" | "idna" | "idna_adapter"
        | "iri_string" | "sync_wrapper" | "fnv" | "httpdate" | "pin_utils" | "futures_sink"
        | "tokio_util" => "HTTP",
        name if name.starts_with("icu_") || name.starts_with("zero") && name != "zeroize" => "HTTP",
        "writeable" | "tinystr" | "litemap" | "potential_utf" | "yoke" | "utf8_iter"
        | "smallvec" => "HTTP",
        "png" | "fdeflate" | "image_webp" | "miniz_oxide" | "flate2" | "crc32fast"
        | "simd_adler32" | "adler2" | "byteorder_lite" | "quick_error" => "photos",
        "coset" | "ciborium" | "ciborium_ll" | "ciborium_io" | "half" | "hpke"
        | "curve25519_dalek" | "x25519_dalek" | "chacha20poly1305" | "chacha20" | "poly1305"
        | "aead" | "cipher" | "hkdf" | "hmac" | "sha2" | "digest" | "crypto_common"
        | "generic_array" | "aes" | "aes_gcm" | "ghash" | "polyval" | "universal_hash" | "ctr"
        | "block_buffer" | "zeroize" | "rand_chacha" | "rand_core" | "ppv_lite86" | "base64" => {
            "proofs"
        }
        "serde_json" | "serde" | "serde_core" | "itoa" | "ryu" | "memchr" | "zmij" => "JSON",
        "uniffi" | "uniffi_core" | "uniffi scaffolding" | "anyhow" | "log" | "once_cell"
        | "async_compat" | "static_assertions" => "UniFFI",
        "std"
        | "core"
        | "alloc"
        | "hashbrown"
        | "addr2line"
        | "gimli"
        | "rustc_demangle"
        | "object"
        | "memmap"
        | "unwind"
        | "panic_unwind"
        | "compiler_builtins"
        | "generic code"
        | "Rust constants"
        | "Rust unwind tables"
        | "relocations and dynamic symbols"
        | "C start-up"
        | "std_detect" => "Rust's standard library, and what names no crate",
        name if name.starts_with("hues_") => "ours",
        _ => "other crates",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_crate() {
        let lto = |section: &str| of(&format!("/t/hues_ffi.a8-cgu.0.rcgu.o:({section})"));
        for (section, owner) in [
            (".text._ZN5tokio7runtime4park17h0123456789abcdefE", "tokio"),
            (".text.unlikely._ZN63_$LT$tokio..sync..Mutex$u20$as$u20$core..ops..drop..Drop$GT$4drop17h0E", "tokio"),
            (".gcc_except_table._ZN4core3ptr86drop_in_place$LT$hues_core..feedback..Feedback..inbox$GT$17h0E", "hues_core"),
            (".text._ZN4core3ptr9drop_in_place$LT$alloc..vec..Vec$LT$url..Url$GT$$GT$17h0E", "url"),
            (".text._ZN4core3ptr9drop_in_place$LT$$LP$T$C$U$RP$$GT$17h0E", "generic code"),
            (".rodata._RNvMsa_NtCsgEmfK2I1SDS_4core3fmtNtB5_9Formatter3pad", "core"),
            (".rodata..Lanon.0b4c.12", "Rust constants"),
            (".eh_frame+0x22844", "Rust unwind tables"),
            (".text.uniffi_hues_core_fn_func_version", "uniffi scaffolding"),
        ] {
            assert_eq!(lto(section), owner, "{section}");
        }
        assert_eq!(of("/t/libring-af.rlib(x.o):(.text.ring_core_0)"), "ring");
        assert_eq!(
            of("<internal>:(.rela.dyn)"),
            "relocations and dynamic symbols"
        );
        assert_eq!(of("/usr/lib/crti.o:(.init)"), "C start-up");
    }
}
