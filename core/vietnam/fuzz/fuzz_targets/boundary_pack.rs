//! Any bytes as boundaries: refused, or a point is in an area of the pack or in none.
#![no_main]

use hues_vietnam::units::Boundaries;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], bool, f64, f64)| {
    let (bytes, with_magic, lat, lon) = input;
    let mut pack = bytes.to_vec();
    if with_magic {
        for (byte, magic) in pack.iter_mut().zip(b"VNBOUND1") {
            *byte = *magic;
        }
    }
    if let Ok(areas) = Boundaries::parse(pack) {
        if let Some(within) = areas.locate(lat, lon) {
            assert!(areas.codes().any(|code| code == within.code));
            assert!(within.border_m >= 0.0);
        }
    }
});
