//! Orders worked out by hand, and every disagreement with ICU4X's `vi` collation.

use super::*;
use icu_collator::options::{CollatorOptions, Strength};
use icu_collator::{Collator, CollatorBorrowed};
use proptest::prelude::*;

fn icu() -> CollatorBorrowed<'static> {
    let vietnamese = icu_locale_core::locale!("vi");
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Tertiary);
    Collator::try_new(vietnamese.into(), options).expect("the data of vi is built in")
}

#[test]
fn letters_before_tones_before_case() {
    let ordered = [
        "", " a", "_", "-", "1", "10", "2", "a", "A", "à", "À", "ả", "ã", "á", "ạ", "ab", "áb",
        "ă", "ằ", "â", "ậ", "b", "d", "dz", "đ", "Đ", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y",
        "z",
    ];
    for pair in ordered.windows(2) {
        assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
    }
    assert_eq!(sort_key("Huế"), sort_key("Hue\u{302}\u{301}"));
    assert_eq!(sort_key("ậ"), sort_key("a\u{302}\u{323}"));
    assert_ne!(
        sort_key("hoà"),
        sort_key("hòa"),
        "another spelling is another text"
    );
}

#[test]
fn dictionaries_go_syllable_by_syllable() {
    let ordered = [
        "ba",
        "Ba",
        "ba ba",
        "ba hoa",
        "bà",
        "bà con",
        "bả",
        "ban",
        "bàn",
        "bàn chân",
    ];
    for pair in ordered.windows(2) {
        assert!(
            dictionary_key(pair[0]) < dictionary_key(pair[1]),
            "{pair:?}"
        );
    }
    assert!(
        sort_key("bà con") < sort_key("ba hoa"),
        "the other key looks at all letters first"
    );
}

/// Every pair of neighbours and many others of the lexicon: no disagreement.
#[test]
fn words_of_the_lexicon_stand_as_icu_puts_them() {
    let path = crate::test_data::shared("language/words.csv");
    let Some(text) = path.and_then(|p| std::fs::read_to_string(p).ok()) else {
        println!("skipped: no shared data set with words.csv");
        return;
    };
    let words: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').next())
        .collect();
    let icu = icu();
    let (mut ours, mut theirs) = (words.clone(), words);
    ours.sort_by_cached_key(|w| sort_key(w));
    theirs.sort_by(|a, b| icu.compare(a, b));
    let differing = ours
        .iter()
        .zip(&theirs)
        .filter(|(a, b)| a != b && icu.compare(a, b) != Ordering::Equal);
    assert_eq!(differing.count(), 0);
    assert!(ours.len() > 20_000);
}

#[test]
fn ascii_and_vietnamese_letters_stand_as_icu_puts_them() {
    let alphabet =
        "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ";
    let all: Vec<String> = (' '..='~')
        .map(String::from)
        .chain(alphabet.chars().map(String::from))
        .chain(alphabet.to_uppercase().chars().map(String::from))
        .collect();
    let icu = icu();
    for a in &all {
        for b in &all {
            assert_eq!(compare(a, b), icu.compare(a, b), "{a:?} {b:?}");
        }
    }
}

proptest! {
    #[test]
    fn vietnamese_texts_stand_as_icu_puts_them(
        a in "[a-cđĐăâơưÁạẬếỡ0-2 ,.-]{0,6}", b in "[a-cđĐăâơưÁạẬếỡ0-2 ,.-]{0,6}",
    ) {
        prop_assert_eq!(compare(&a, &b), icu().compare(&a, &b));
    }

    #[test]
    fn any_text_has_one_key_in_every_form(s in any::<String>()) {
        prop_assert_eq!(sort_key(&s), sort_key(&s.nfd().collect::<String>()));
        prop_assert_eq!(sort_key(&s), sort_key(&s.nfc().collect::<String>()));
        prop_assert_eq!(dictionary_key(&s), dictionary_key(&s.nfd().collect::<String>()));
        prop_assert!(sort_key(&s).len() <= 16 * s.len() + 2);
    }
}
