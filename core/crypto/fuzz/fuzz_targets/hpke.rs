//! Any bytes as something sealed to a key, and any bytes as the key: refused, never opened, never a panic.
#![no_main]

use hues_crypto::hpke::{seal, OpeningKey, Sealed};
use hues_crypto::sign::verify;
use hues_env::SeededRandom;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: ([u8; 32], [u8; 32], &[u8], &[u8])| {
    let (public, enc, text, aad) = input;
    let mut random = SeededRandom::new(7);
    let key = OpeningKey::generate(&mut random);
    let sealed = Sealed {
        enc,
        ciphertext: text.to_vec(),
    };
    assert!(key.open(b"fuzz", aad, &sealed).is_err());
    // A stranger's public key may be any point or none; what is sealed to it opens with nobody else's.
    if let Ok(sealed) = seal(&mut random, &public, b"fuzz", aad, text) {
        assert!(key.open(b"fuzz", aad, &sealed).is_err());
    }
    assert!(!verify(&public, text, &[enc, enc].concat()));
});
