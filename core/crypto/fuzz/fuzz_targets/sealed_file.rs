//! A sealed file with any bytes changed, cut or added: refused, or exactly what was sealed. Ranges never run outside it.
#![no_main]

use hues_crypto::sealed_file::{open_bytes, seal_bytes, SealedReader};
use hues_crypto::SecretKey;
use hues_env::SeededRandom;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u32, Vec<(u32, u8)>, u32, &[u8], u64, u64)| {
    let (len, edits, keep, more, from, to) = input;
    let mut random = SeededRandom::new(u64::from(len));
    let key = SecretKey::random(&mut random);
    // Up to three chunks and a bit.
    let plain: Vec<u8> = (0..len % 200_000).map(|n| n as u8).collect();
    let whole = seal_bytes(&key, b"fuzz", &plain, &mut random);
    let mut bytes = whole.clone();
    for (at, value) in edits {
        let at = at as usize % bytes.len();
        bytes[at] ^= value;
    }
    bytes.truncate(bytes.len() - keep as usize % (bytes.len() + 1));
    bytes.extend_from_slice(more);

    match open_bytes(&key, b"fuzz", &bytes, 1 << 20) {
        Ok(opened) => {
            assert_eq!(*opened, plain);
            assert_eq!(bytes, whole);
        }
        Err(_) => assert_ne!(bytes, whole),
    }
    assert!(open_bytes(&key, b"other", &whole, 1 << 20).is_err());
    if let Ok(reader) = SealedReader::open(&bytes[..], &key, b"fuzz") {
        if let Ok(part) = reader.read_range(from..to) {
            let end = (to.min(plain.len() as u64)) as usize;
            let start = (from as usize).min(end);
            assert_eq!(*part, plain[start..end]);
        }
    }
});
