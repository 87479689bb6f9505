//! Any words and any point: an answer or a typed refusal, and every answer names units of today.
#![no_main]

use hues_vietnam::units::{built_in, hue, Address};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, Option<&str>, Option<&str>, f64, f64)| {
    let (ward, district, province, lat, lon) = input;
    let units = built_in();
    for query in [hue::QUERY, Default::default()] {
        if let Ok(found) = units.read_address(ward, &query) {
            assert!(!found.unit.successors.is_empty());
            assert!(found.rest.len() <= 2 * ward.len());
        }
        let address = Address { ward, district, province };
        if let Ok(found) = units.resolve(&address, &query) {
            assert!(!found.successors.is_empty());
        }
    }
    assert!(hue::likeliest_wards(lat, lon)
        .iter()
        .all(|c| (0.0..=1.0).contains(&c.confidence)));
});
