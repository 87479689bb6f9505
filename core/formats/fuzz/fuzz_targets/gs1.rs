//! Any text as a trade item number, as an element string, as a decision of OCOP: refused, or read and written back to the same value.
#![no_main]

use hues_formats::gs1::{date_of, ElementString, Gtin};
use hues_formats::ocop::CertificateReference;
use hues_formats::Date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(gtin) = Gtin::parse(text) {
        assert_eq!(gtin.to_string(), text);
        assert_eq!(Gtin::parse(gtin.gtin14()), Ok(gtin));
    }
    if let Ok(read) = ElementString::parse(text) {
        assert_eq!(ElementString::parse(&read.to_string()).as_ref(), Ok(&read));
        let scanned = ElementString::parse(&read.scanned()).expect("a scanner's form is read");
        assert!(read.elements().iter().all(|e| scanned.get(&e.ai) == Some(&e.value)));
    }
    for on in [Date::MIN, Date::MAX] {
        let _ = date_of(text, on);
    }
    if let Ok(reference) = CertificateReference::parse(text) {
        assert_eq!(CertificateReference::parse(&reference.to_string()), Ok(reference));
    }
});
