//! Fuzzes `proof`: the outer form comes back the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(proof) = hues_protocol::proof::Proof::decode(data) {
        assert_eq!(proof.encode(), data);
    }
});
