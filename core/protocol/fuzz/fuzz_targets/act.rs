//! Fuzzes `act`: bodies of every kind, without the signature in the way.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(part) = hues_protocol::part::Part::decode(data) {
        for kind in hues_protocol::kinds::Kind::ALL {
            let _ = hues_protocol::kinds::Act::from_parts(kind, std::slice::from_ref(&part));
        }
    }
});
