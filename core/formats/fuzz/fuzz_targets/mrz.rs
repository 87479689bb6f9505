//! Any text as a machine readable zone: refused, or read and written back to the same value; every repair on offer passes. Any
//! text as a name: refused, or letters of the zone.
#![no_main]

use hues_formats::{mrz_repairs, transliterate, Date, Mrz, MAX_REPAIRS};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let on = Date::from_ymd(2026, 11, 24).ok();
    match Mrz::parse(text, None) {
        Ok(mrz) => {
            assert_eq!(Mrz::parse(&mrz.to_string(), None).as_ref(), Ok(&mrz));
            if let Ok(dated) = Mrz::parse(text, on) {
                assert!(dated.birth_date.is_none_or(|birth| Some(birth.earliest()) <= on));
            }
        }
        Err(_) => {
            let offers = mrz_repairs(text, on);
            assert!(offers.len() <= MAX_REPAIRS);
            for offer in offers {
                assert!(!offer.changes.is_empty());
                assert_eq!(Mrz::parse(&offer.mrz.to_string(), on), Ok(offer.mrz));
            }
        }
    }
    if let Ok(name) = transliterate(text) {
        assert!(name.bytes().all(|c| c.is_ascii_uppercase() || c == b' '));
    }
});
