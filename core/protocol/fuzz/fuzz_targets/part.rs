//! Fuzzes `part`: a part keeps its bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(part) = hues_protocol::part::Part::decode(data) {
        assert_eq!(part.bytes(), data);
    }
});
