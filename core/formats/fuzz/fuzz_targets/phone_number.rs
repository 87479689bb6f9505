//! Any text as a telephone number: refused, or one number whichever way it is written.
#![no_main]

use hues_formats::PhoneNumber;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(number) = PhoneNumber::parse(text) {
        let again = PhoneNumber::parse(&number.national).expect("the national form is read");
        assert_eq!((&again.national, again.kind), (&number.national, number.kind));
        if let Some(e164) = &number.e164 {
            let abroad = PhoneNumber::parse(e164).expect("so is the other");
            assert_eq!(abroad.national, number.national);
        }
    }
});
