//! Fuzzes `bundle`: a bundle comes back the same, and its acts are judged without panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(bundle) = hues_protocol::bundle::Bundle::decode(data) {
        let again = hues_protocol::bundle::Bundle::decode(&bundle.encode());
        assert_eq!(again.as_ref(), Ok(&bundle));
        let _ = hues_protocol::kinds::Act::from_op(bundle.op(), bundle.parts());
    }
});
