//! Fuzzes `cbor`: what decodes encodes back.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(value) = hues_protocol::cbor::decode(data, 1 << 16) {
        assert_eq!(hues_protocol::cbor::encode(&value), data);
    }
});
