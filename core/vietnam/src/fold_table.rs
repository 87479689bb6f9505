//! What [`fold`](crate::fold) gives for the precomposed Latin letters, so that the common case is one array look-up.
//!
//! Invariant: each entry is what the rule in `fold.rs` gives; a test there compares them all. When the Unicode tables of
//! the compiler move and that test fails, the entry it names is corrected here and [`FOLD_VERSION`](crate::FOLD_VERSION) raised.

/// Entry of a character that does not fold to exactly one: the rule decides.
pub(crate) const BY_RULE: char = '\0';

/// Code point of the first entry of [`LATIN`].
pub(crate) const LATIN_FIRST: u32 = 0xC0;

/// Code point of the first entry of [`ADDITIONAL`].
pub(crate) const ADDITIONAL_FIRST: u32 = 0x1E00;

/// U+00C0 to U+024F: Latin-1 letters, Latin Extended-A and -B.
pub(crate) static LATIN: [char; 400] = [
    'a', 'a', 'a', 'a', 'a', 'a', 'æ', 'c', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i', 'd', 'n', 'o',
    'o', 'o', 'o', 'o', '×', 'ø', 'u', 'u', 'u', 'u', 'y', 'þ', BY_RULE, 'a', 'a', 'a', 'a', 'a',
    'a', 'æ', 'c', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i', 'd', 'n', 'o', 'o', 'o', 'o', 'o', '÷',
    'ø', 'u', 'u', 'u', 'u', 'y', 'þ', 'y', 'a', 'a', 'a', 'a', 'a', 'a', 'c', 'c', 'c', 'c', 'c',
    'c', 'c', 'c', 'd', 'd', 'd', 'd', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'g', 'g',
    'g', 'g', 'g', 'g', 'g', 'g', 'h', 'h', 'ħ', 'ħ', 'i', 'i', 'i', 'i', 'i', 'i', 'i', 'i', 'i',
    'i', 'ĳ', 'ĳ', 'j', 'j', 'k', 'k', 'ĸ', 'l', 'l', 'l', 'l', 'l', 'l', 'ŀ', 'ŀ', 'ł', 'ł', 'n',
    'n', 'n', 'n', 'n', 'n', BY_RULE, 'ŋ', 'ŋ', 'o', 'o', 'o', 'o', 'o', 'o', 'œ', 'œ', 'r', 'r',
    'r', 'r', 'r', 'r', 's', 's', 's', 's', 's', 's', 's', 's', 't', 't', 't', 't', 'ŧ', 'ŧ', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'w', 'w', 'y', 'y', 'y', 'z', 'z', 'z',
    'z', 'z', 'z', 's', 'ƀ', 'ɓ', 'ƃ', 'ƃ', 'ƅ', 'ƅ', 'ɔ', 'ƈ', 'ƈ', 'd', 'ɗ', 'ƌ', 'ƌ', 'ƍ', 'ǝ',
    'ə', 'ɛ', 'ƒ', 'ƒ', 'ɠ', 'ɣ', 'ƕ', 'ɩ', 'ɨ', 'ƙ', 'ƙ', 'ƚ', 'ƛ', 'ɯ', 'ɲ', 'ƞ', 'ɵ', 'o', 'o',
    'ƣ', 'ƣ', 'ƥ', 'ƥ', 'ʀ', 'ƨ', 'ƨ', 'ʃ', 'ƪ', 'ƫ', 'ƭ', 'ƭ', 'ʈ', 'u', 'u', 'ʊ', 'ʋ', 'ƴ', 'ƴ',
    'ƶ', 'ƶ', 'ʒ', 'ƹ', 'ƹ', 'ƺ', 'ƻ', 'ƽ', 'ƽ', 'ƾ', 'ƿ', 'ǀ', 'ǁ', 'ǂ', 'ǃ', 'ǆ', 'ǆ', 'ǆ', 'ǉ',
    'ǉ', 'ǉ', 'ǌ', 'ǌ', 'ǌ', 'a', 'a', 'i', 'i', 'o', 'o', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    'u', 'u', 'ǝ', 'a', 'a', 'a', 'a', 'æ', 'æ', 'ǥ', 'ǥ', 'g', 'g', 'k', 'k', 'o', 'o', 'o', 'o',
    'ʒ', 'ʒ', 'j', 'ǳ', 'ǳ', 'ǳ', 'g', 'g', 'ƕ', 'ƿ', 'n', 'n', 'a', 'a', 'æ', 'æ', 'ø', 'ø', 'a',
    'a', 'a', 'a', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i', 'o', 'o', 'o', 'o', 'r', 'r', 'r', 'r',
    'u', 'u', 'u', 'u', 's', 's', 't', 't', 'ȝ', 'ȝ', 'h', 'h', 'ƞ', 'ȡ', 'ȣ', 'ȣ', 'ȥ', 'ȥ', 'a',
    'a', 'e', 'e', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'y', 'y', 'ȴ', 'ȵ', 'ȶ', 'ȷ', 'ȸ', 'ȹ',
    'ⱥ', 'ȼ', 'ȼ', 'ƚ', 'ⱦ', 'ȿ', 'ɀ', 'ɂ', 'ɂ', 'ƀ', 'ʉ', 'ʌ', 'ɇ', 'ɇ', 'ɉ', 'ɉ', 'ɋ', 'ɋ', 'ɍ',
    'ɍ', 'ɏ', 'ɏ',
];

/// U+1E00 to U+1EFF: Latin Extended Additional, with the Vietnamese letters that carry two marks.
pub(crate) static ADDITIONAL: [char; 256] = [
    'a', 'a', 'b', 'b', 'b', 'b', 'b', 'b', 'c', 'c', 'd', 'd', 'd', 'd', 'd', 'd', 'd', 'd', 'd',
    'd', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'f', 'f', 'g', 'g', 'h', 'h', 'h', 'h',
    'h', 'h', 'h', 'h', 'h', 'h', 'i', 'i', 'i', 'i', 'k', 'k', 'k', 'k', 'k', 'k', 'l', 'l', 'l',
    'l', 'l', 'l', 'l', 'l', 'm', 'm', 'm', 'm', 'm', 'm', 'n', 'n', 'n', 'n', 'n', 'n', 'n', 'n',
    'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'p', 'p', 'p', 'p', 'r', 'r', 'r', 'r', 'r', 'r', 'r',
    'r', 's', 's', 's', 's', 's', 's', 's', 's', 's', 's', 't', 't', 't', 't', 't', 't', 't', 't',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'v', 'v', 'v', 'v', 'w', 'w', 'w', 'w', 'w',
    'w', 'w', 'w', 'w', 'w', 'x', 'x', 'x', 'x', 'y', 'y', 'z', 'z', 'z', 'z', 'z', 'z', 'h', 't',
    'w', 'y', BY_RULE, 's', 'ẜ', 'ẝ', BY_RULE, 'ẟ', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a',
    'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'e', 'e', 'e', 'e',
    'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i', 'o', 'o', 'o',
    'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o', 'o',
    'o', 'o', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'y', 'y', 'y',
    'y', 'y', 'y', 'y', 'y', 'ỻ', 'ỻ', 'ỽ', 'ỽ', 'ỿ', 'ỿ',
];
