//! Any query and text: ranking answers, highlights cut no character, and both agree on whether all words are there.
#![no_main]

use hues_vietnam::ToneQuery;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str)| {
    let (typed, text) = input;
    let query = ToneQuery::new(typed);
    let matches = query.matches(text);
    assert!(matches
        .iter()
        .all(|range| text.get(range.clone()).is_some()));
    assert!(query.rank(text).is_none() || !matches.is_empty());
});
