//! Any text: the fold is a fixed point and the same in every normal form, token ranges rise and cut no character.
#![no_main]

use hues_vietnam::{fold, tokens, MAX_TOKEN_BYTES};
use libfuzzer_sys::fuzz_target;
use unicode_normalization::UnicodeNormalization;

fuzz_target!(|text: &str| {
    let folded = fold(text);
    assert_eq!(fold(&folded), folded);
    assert_eq!(fold(&text.nfd().collect::<String>()), folded);
    assert_eq!(fold(&text.nfc().collect::<String>()), folded);
    assert_eq!(fold(&text.to_uppercase()), folded);

    let mut after = 0;
    for token in tokens(text) {
        assert!(token.range.start >= after && token.range.end > token.range.start);
        assert!(!token.folded.is_empty() && token.folded.len() <= MAX_TOKEN_BYTES);
        assert!(text.get(token.range.clone()).is_some());
        after = token.range.end;
    }
    assert!(tokens(text)
        .map(|t| t.folded)
        .eq(tokens(&folded).map(|t| t.folded)));
});
