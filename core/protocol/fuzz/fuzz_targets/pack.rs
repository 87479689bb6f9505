//! Fuzzes `pack`: packs.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = hues_protocol::city::Parsed::<hues_protocol::pack::Pack>::parse(data);
});
