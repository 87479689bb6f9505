//! Any words and any point: an answer or a typed refusal, and every answer is one of the units of today.
#![no_main]

use hues_vietnam::units::{by_code, likeliest_wards, resolve, Address};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, Option<&str>, f64, f64)| {
    let (ward, district, lat, lon) = input;
    for answer in [
        resolve(ward),
        Address {
            ward,
            district,
            province: None,
        }
        .resolve(),
    ] {
        if let Ok(found) = answer {
            assert!(by_code(found.unit.code).is_some());
        }
    }
    assert!(likeliest_wards(lat, lon)
        .iter()
        .all(|c| (0.0..=1.0).contains(&c.confidence)));
});
