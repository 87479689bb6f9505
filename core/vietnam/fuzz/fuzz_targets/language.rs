//! Any text as syllables, slips, names and keys: no panic, ranges on characters, only the case of names changes, one key in every form.
#![no_main]

use hues_vietnam::{
    avatar_initials, dictionary_key, fold, fold_slips, person_name, place_name, read_slip, segment,
    sort_key, syllables, Syllable, TonePlacement,
};
use libfuzzer_sys::fuzz_target;
use unicode_normalization::UnicodeNormalization;

fuzz_target!(|text: &str| {
    for (range, syllable) in syllables(text) {
        assert!(text.get(range).is_some());
        for placement in [TonePlacement::Traditional, TonePlacement::Reformed] {
            assert_eq!(Syllable::parse(&syllable.written(placement)), Some(syllable));
        }
    }
    let _ = (read_slip(text), fold_slips(text));
    if let Some(parts) = segment(text) {
        assert!(parts.windows(2).all(|w| w[0].end == w[1].start));
    }
    for cased in [person_name(text), place_name(text)] {
        assert_eq!(fold(&cased), fold(text));
    }
    assert!(avatar_initials(text).chars().count() <= 2);
    let nfd: String = text.nfd().collect();
    assert_eq!(sort_key(text), sort_key(&nfd));
    assert_eq!(dictionary_key(text), dictionary_key(&nfd));
});
