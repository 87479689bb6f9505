//! Any bytes as a key envelope, as they are and with the checksum they would need: refused, or the same bytes again.
#![no_main]

use hues_crypto::envelope::Envelope;
use hues_crypto::hash::sha256;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    judge(data);
    // Without this no random input gets past the first door.
    for body in [data.to_vec(), [&b"HUESKEY\0"[..], data].concat()] {
        let sum = sha256(&body);
        judge(&[&body[..], &sum[..8]].concat());
    }
});

fn judge(bytes: &[u8]) {
    if let Ok(envelope) = Envelope::decode(bytes) {
        assert_eq!(envelope.encode().as_deref(), Ok(bytes));
        assert!(envelope.binding.aad().is_ok());
    }
}
