//! Fuzzes `op`: an op keeps its bytes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(op) = hues_protocol::op::SignedOp::decode(data) {
        assert_eq!(op.bytes(), data);
    }
});
