//! Any text as a health insurance number or as the QR code of a card: refused, or read and written back to the same value.
#![no_main]

use hues_formats::{BhytNumber, BhytQr, Date};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let on = Date::from_ymd(2026, 1, 1).ok();
    if let Ok(number) = BhytNumber::parse(text, on) {
        assert_eq!(BhytNumber::parse(&number.to_string(), on), Ok(number));
    }
    if let Ok(card) = BhytQr::parse(text) {
        let written = card.to_string();
        let again = BhytQr::parse(&written).expect("what was written is read");
        assert_eq!(again.to_string(), written);
        assert_eq!(again.full_name, card.full_name);
        let _ = card.number(on);
    }
});
