//! Fuzzes `keys`: a key list keeps its bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(list) = hues_protocol::keys::KeyList::trusted(data) {
        assert_eq!(list.bytes(), data);
    }
});
