//! Any bytes: no panic, no memory beyond the promise, and what comes out is clean.
#![no_main]

use hues_media::{clean, scan, Limits};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // Fewer pixels than the app takes, so that a round takes milliseconds; the code is the same.
    let limits = Limits {
        pixels: 4_000_000,
        ..Limits::default()
    };
    if let Ok(photo) = clean(bytes, &limits) {
        let findings = scan(&photo.jpeg);
        assert!(findings.is_clean());
        assert_eq!(
            (u32::from(findings.width), u32::from(findings.height)),
            (photo.width, photo.height)
        );
    }
});
