//! Any text as the QR code of a citizen card: refused, or read to a value that is written and read again unchanged.
#![no_main]

use hues_formats::{CccdQr, PersonalId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(card) = CccdQr::parse(text) {
        let written = card.to_string();
        let again = CccdQr::parse(&written).expect("what was written is read");
        assert_eq!(again.to_string(), written);
        assert_eq!(again.extra, card.extra);
        assert!(PersonalId::parse(&card.personal_id, None).is_ok());
        assert!(!card.full_name.contains('\u{202e}'));
    }
});
