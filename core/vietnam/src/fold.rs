//! The fold: the one search form of the house. What is indexed and what is asked go through it, so `hue` finds `Huế`.
//!
//! Invariants, held by the tests for every Unicode scalar: the fold works character by character; it is idempotent; NFC,
//! NFD and upper case of a text fold to the same string. Spaces and signs stay (the [tokens](crate::tokens) drop them).

use std::borrow::Cow;

use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use crate::fold_fast;
use crate::fold_table::{ADDITIONAL, ADDITIONAL_FIRST, BY_RULE, LATIN, LATIN_FIRST};

/// Version of the folding and of the token rules. A search index keeps the version it was built with and is rebuilt when
/// this number differs; it is raised by every change after which some text would fold or split in another way.
pub const FOLD_VERSION: u32 = 1;

/// The search form of `text`: lower case, `đ`/`Đ` (and `ð`/`Ð`, Eth typed for it) as `d`, tone and vowel marks dropped.
/// Everything else, spaces and signs too, stays where it is.
///
/// Old and new tone placement (`hoà`, `hòa`) need no rule: the difference goes with the marks.
///
/// ```
/// assert_eq!(hues_vietnam::fold("Phường Thuận Hoà, ĐƯỜNG Lê Lợi"), "phuong thuan hoa, duong le loi");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    fold_fast::fold(text).unwrap_or_else(|| fold_by_chars(text))
}

/// [`fold`] character by character: what the fast way must agree with, on every text.
pub(crate) fn fold_by_chars(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        fold_char(c, |f| folded.push(f));
    }
    folded
}

/// [`fold`] that borrows when nothing changes, as with digits, plain lower case and text folded before.
#[must_use]
pub fn fold_cow(text: &str) -> Cow<'_, str> {
    let unchanged = text
        .bytes()
        .all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    if unchanged {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(fold(text))
    }
}

/// Folds one character: none (a combining mark), one or, rarely, several characters come out (`ß` gives `ss`).
#[inline]
pub(crate) fn fold_char(c: char, mut emit: impl FnMut(char)) {
    if c.is_ascii() {
        return emit(c.to_ascii_lowercase());
    }
    match from_table(c) {
        Some(BY_RULE) | None => fold_by_rule(c, &mut emit),
        Some(folded) => emit(folded),
    }
}

/// The two blocks that hold every precomposed Vietnamese letter. Anything between or beyond is rare in Huế and takes the
/// slower path.
#[inline]
fn from_table(c: char) -> Option<char> {
    let c = u32::from(c);
    let at = |table: &[char], first: u32| table.get(c.checked_sub(first)? as usize).copied();
    at(&LATIN, LATIN_FIRST).or_else(|| at(&ADDITIONAL, ADDITIONAL_FIRST))
}

/// Whether the table has a place for this character.
pub(crate) fn is_tabled(c: char) -> bool {
    from_table(c).is_some()
}

/// The rule behind the table, for any character.
///
/// Case goes before the marks because the case of a mark may be a letter (U+0345, the Greek iota below). Lower, upper and
/// lower again reaches a fixed point where one step does not (`ẞ` → `ß` → `SS` → `ss`, `ı` → `I` → `i`).
pub(crate) fn fold_by_rule(c: char, emit: &mut impl FnMut(char)) {
    decompose_canonical(c, |part| {
        if is_d_with_stroke(part) {
            return emit('d');
        }
        let recased = part
            .to_lowercase()
            .flat_map(char::to_uppercase)
            .flat_map(char::to_lowercase);
        for letter in recased {
            decompose_canonical(letter, |l| {
                if !is_combining_mark(l) {
                    emit(l);
                }
            });
        }
    });
}

/// `Đ đ`, and the letters that look like `Đ` and are typed for it: Eth `Ð ð` and the African `Ɖ ɖ`. None of them decomposes.
fn is_d_with_stroke(c: char) -> bool {
    matches!(c, 'Đ' | 'đ' | 'Ð' | 'ð' | '\u{189}' | '\u{256}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn all_chars() -> impl Iterator<Item = char> {
        (0..=u32::from(char::MAX)).filter_map(char::from_u32)
    }

    #[test]
    fn every_scalar_folds_to_a_fixed_point_in_every_form() {
        for c in all_chars() {
            let s = c.to_string();
            let folded = fold(&s);
            assert_eq!(fold(&folded), folded, "idempotent: U+{:04X}", u32::from(c));
            assert_eq!(
                fold(&s.nfd().collect::<String>()),
                folded,
                "NFD: U+{:04X}",
                u32::from(c)
            );
            assert_eq!(
                fold(&s.nfc().collect::<String>()),
                folded,
                "NFC: U+{:04X}",
                u32::from(c)
            );
            assert_eq!(
                fold(&s.to_uppercase()),
                folded,
                "upper: U+{:04X}",
                u32::from(c)
            );
            assert_eq!(
                fold(&s.to_lowercase()),
                folded,
                "lower: U+{:04X}",
                u32::from(c)
            );
        }
    }

    #[test]
    fn the_table_is_the_rule() {
        for (table, first) in [
            (&LATIN[..], LATIN_FIRST),
            (&ADDITIONAL[..], ADDITIONAL_FIRST),
        ] {
            for (i, &entry) in table.iter().enumerate() {
                let c = char::from_u32(first + i as u32).expect("no surrogates here");
                let mut by_rule = String::new();
                fold_by_rule(c, &mut |f| by_rule.push(f));
                let one = by_rule
                    .chars()
                    .next()
                    .filter(|_| by_rule.chars().count() == 1);
                assert_eq!(entry, one.unwrap_or(BY_RULE), "U+{:04X}", u32::from(c));
            }
        }
    }

    #[test]
    fn all_of_vietnamese_is_plain_letters() {
        let alphabet = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ";
        for form in [
            alphabet.to_owned(),
            alphabet.to_uppercase(),
            alphabet.nfd().collect(),
        ] {
            let folded = fold(&form);
            assert!(folded.bytes().all(|b| b.is_ascii_lowercase()), "{folded}");
            assert_eq!(folded.len(), alphabet.chars().count());
        }
    }

    #[test]
    fn spaces_and_signs_stay() {
        assert_eq!(
            fold("Số 7/2, Kiệt 14 — “Đập Đá”\u{a0}!"),
            "so 7/2, kiet 14 — “dap da”\u{a0}!"
        );
        assert_eq!(fold("1.000 ₫ 😀"), "1.000 ₫ 😀");
    }

    #[test]
    fn look_alikes_of_d_with_stroke_are_d() {
        for d in ["Đ", "đ", "Ð", "ð", "\u{189}", "\u{256}"] {
            assert_eq!(fold(d), "d");
        }
    }

    /// Names of Huế as people type them: tone placement old and new, decomposed, upper case, without marks.
    #[test]
    fn place_names_meet_in_every_spelling() {
        let gold: &[(&str, &[&str])] = &[
            (
                "thuan hoa",
                &[
                    "Thuận Hóa",
                    "Thuận Hoá",
                    "THUẬN HÓA",
                    "Thuan Hoa",
                    "Thuận Hòa",
                ],
            ),
            ("thuy xuan", &["Thủy Xuân", "Thuỷ Xuân", "THỦY XUÂN"]),
            ("thanh thuy", &["Thanh Thủy", "Thanh Thuỷ"]),
            ("hoa chau", &["Hóa Châu", "Hoá Châu", "HOÁ CHÂU"]),
            ("vy da", &["Vỹ Dạ", "VỸ DẠ", "vy dạ"]),
            ("phong dien", &["Phong Điền", "Phong Ðiền", "PHONG ĐIỀN"]),
            ("dan dien", &["Đan Điền", "Ðan Ðiền", "đan điền"]),
            ("duong no", &["Dương Nỗ", "Duong Nỗ"]),
            ("khe tre", &["Khe Tre", "Khe Tré"]),
            (
                "chan may - lang co",
                &["Chân Mây - Lăng Cô", "CHÂN MÂY - LĂNG CÔ"],
            ),
            ("a luoi 2", &["A Lưới 2", "a luới 2"]),
            ("an cuu", &["An Cựu", "An Cưụ"]),
        ];
        for (folded, spellings) in gold {
            for spelling in *spellings {
                assert_eq!(fold(spelling), *folded);
                assert_eq!(fold(&spelling.nfd().collect::<String>()), *folded);
                assert_eq!(
                    fold(&spelling.nfc().collect::<String>().to_uppercase()),
                    *folded
                );
            }
        }
    }

    #[test]
    fn the_fast_way_and_the_slow_way_agree_on_every_scalar() {
        for c in all_chars() {
            let text = format!("{c}Huế Đà{c}GHIJKLMN{c}{c}");
            {
                assert_eq!(
                    fold_fast::fold(&text).as_deref(),
                    Some(fold_by_chars(&text).as_str()),
                    "U+{:04X}",
                    u32::from(c)
                );
            }
        }
        let growing = "\u{149}".repeat(1000);
        assert_eq!(fold(&growing), fold_by_chars(&growing));
    }

    proptest! {
        #[test]
        fn the_fast_way_and_the_slow_way_agree(s in any::<String>(), v in "[a-zA-ZđĐạ-ỹ \u{300}-\u{345}“–]{0,60}") {
            for text in [&s, &v] {
                let fast = fold_fast::fold(text);
                let slow = fold_by_chars(text);
                prop_assert_eq!(fast.as_ref(), Some(&slow));
            }
        }

        #[test]
        fn any_text_folds_alike_in_every_form(s in any::<String>()) {
            let folded = fold(&s);
            prop_assert_eq!(&fold(&folded), &folded);
            prop_assert_eq!(&fold(&s.nfd().collect::<String>()), &folded);
            prop_assert_eq!(&fold(&s.nfc().collect::<String>()), &folded);
            prop_assert_eq!(&fold(&s.to_uppercase()), &folded);
            prop_assert_eq!(fold_cow(&s).into_owned(), folded);
        }
    }
}
