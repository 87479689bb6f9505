//! Any bytes: the scanner neither panics nor passes a file that the decoder cannot show.
#![no_main]

use hues_media::{clean, scan, Limits, MediaError};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let findings = scan(bytes);
    if findings.is_clean() {
        let limits = Limits {
            pixels: 4_000_000,
            ..Limits::default()
        };
        match clean(bytes, &limits) {
            Ok(_) | Err(MediaError::TooManyPixels { .. } | MediaError::TooManyBytes { .. }) => {}
            Err(other) => panic!("passed by the scanner, refused by the decoder: {other:?}"),
        }
    }
});
