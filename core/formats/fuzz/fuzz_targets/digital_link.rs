//! Any text as a Digital Link address: refused, or read and written back to the same value, of which the canonical address is the same, too.
#![no_main]

use hues_formats::gs1::{DigitalLink, LinkBuilder};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let behind_key = format!("https://example.vn/01/09506000134352/{text}");
    for text in [text, &behind_key] {
        let Ok(link) = DigitalLink::parse(text) else {
            continue;
        };
        let again = DigitalLink::parse(&link.to_string()).expect("what is written is read");
        assert_eq!(again.to_string(), link.to_string());
        let canonical = link.canonical();
        let same = DigitalLink::parse(&canonical).expect("a canonical address is read");
        assert_eq!(same.canonical(), canonical);
    }
    let mut words = text.split('|');
    let mut word = || words.next().unwrap_or("");
    let built = LinkBuilder::new("https://example.vn/p", word(), word())
        .with(word(), word())
        .with(word(), word())
        .build();
    if let Ok(link) = built {
        assert_eq!(DigitalLink::parse(&link.to_string()), Ok(link));
    }
});
