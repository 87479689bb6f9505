//! The built-in edition with some bytes changed, cut or put on: refused, or every look-up stays inside.
#![no_main]

use hues_vietnam::units::{built_in, hue, Edition};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<(u32, u8)>, Option<u32>, &[u8], u16)| {
    let (changes, cut, tail, code) = input;
    let mut bytes = built_in().as_bytes().to_vec();
    // Small places are the header: half the changes go there.
    for (n, (at, byte)) in changes.into_iter().take(16).enumerate() {
        let at = at as usize % if n % 2 == 0 { 96 } else { bytes.len() };
        bytes[at] = byte;
    }
    if let Some(cut) = cut {
        bytes.truncate(cut as usize % (bytes.len() + 1));
    }
    bytes.extend_from_slice(tail);
    let Ok(edition) = Edition::parse(bytes) else {
        return;
    };
    let code = format!("{code:05}");
    if let Some(unit) = edition.by_code(&code) {
        let _ = (unit.to_string(), unit.made_of().count());
    }
    if let Some(unit) = edition.former_by_code(&code) {
        assert!(unit.successors().count() <= edition.current_units().count());
    }
    let _ = edition.read_address("12 le loi p phu hoi tp hue", &hue::QUERY);
    let _ = edition.likeliest_units(16.46, 107.59);
});
