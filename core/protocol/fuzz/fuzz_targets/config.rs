//! Fuzzes `config`: configurations.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = hues_protocol::config::Config::parse(data);
});
