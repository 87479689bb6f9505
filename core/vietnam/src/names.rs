//! Names of people and places in their proper capitals, and initials.
//!
//! Invariant: only the case of letters changes, never a letter, a mark or a space. Rules: annex II of Decree 30/2020/NĐ-CP
//! (capitals in papers of state); what it leaves open is said at the function.

use unicode_normalization::UnicodeNormalization;

use crate::fold::fold;
use crate::syllable::Syllable;
use crate::tone::exact_words;

/// The name of a person, as forms and lists show it: a capital for each syllable (`NGUYỄN thị minh KHAI` → `Nguyễn Thị Minh
/// Khai`), after the apostrophe of highland names too (`H'Hen Niê`), only for the first of a name joined by hyphens (`Phri-đrích`,
/// annex II, I.2). Particles of foreign names (`de`, `van`, `von`, …) are small where they stand inside and beside a word that is no
/// Vietnamese syllable: `Alexandre de Rhodes`, but `NGUYEN VAN AN` → `Nguyen Van An`.
///
/// ```
/// use hues_vietnam::person_name;
/// assert_eq!(person_name("TÔN NỮ thị ái PHƯƠNG"), "Tôn Nữ Thị Ái Phương");
/// assert_eq!(person_name("alexandre DE rhodes"), "Alexandre de Rhodes");
/// ```
#[must_use]
pub fn person_name(name: &str) -> String {
    let words: Vec<&str> = words(name).collect();
    let mut cased = String::with_capacity(name.len());
    for (place, word) in words.iter().enumerate() {
        let before = place.checked_sub(2).and_then(|p| words.get(p));
        let after = words.get(place + 2);
        let foreign = |word: Option<&&str>| word.is_some_and(|w| is_foreign(w));
        let is_inside = before.is_some() && after.is_some();
        if is_inside && is_particle(word) && (foreign(before) || foreign(after)) {
            cased.extend(word.chars().flat_map(char::to_lowercase));
        } else {
            push_capitalised(&mut cased, word);
        }
    }
    cased
}

/// The name of a place, as it stands within a sentence: the kind of unit, road or water is small, the name has a capital for each
/// syllable (`PHƯỜNG THUẬN HÓA, THÀNH PHỐ HUẾ` → `phường Thuận Hóa, thành phố Huế`); before a number the kind is part of the name and has one, too
/// (`Quận 1`; annex II, II.1b). Small words between (`và`, `của`) are small, abbreviations and Roman numerals stay (`TP. Huế`).
///
/// The first word of a sentence or a form's field gets its capital from the caller: [`sentence_case`].
///
/// ```
/// use hues_vietnam::place_name;
/// assert_eq!(place_name("PHƯỜNG THUẬN HÓA, THÀNH PHỐ HUẾ"), "phường Thuận Hóa, thành phố Huế");
/// assert_eq!(place_name("quận 1, tp. hồ chí minh"), "Quận 1, TP. Hồ Chí Minh");
/// ```
#[must_use]
pub fn place_name(name: &str) -> String {
    let words: Vec<&str> = words(name).collect();
    let mut cased = String::with_capacity(name.len());
    // A kind stands at the beginning of a part; commas and brackets begin one.
    let mut begins = true;
    let mut place = 0;
    while let Some(word) = words.get(place) {
        let kind = if begins && !is_space(word) {
            kind_at(&words, place)
        } else {
            0
        };
        if kind > 0 {
            let number = words.get(place + kind + 1).is_some_and(|w| is_number(w));
            for (nth, part) in words.iter().skip(place).take(kind).enumerate() {
                if number && nth == 0 {
                    push_capitalised(&mut cased, part);
                } else {
                    cased.extend(part.chars().flat_map(char::to_lowercase));
                }
            }
            // The name of this kind may begin with another: `thôn chợ …` is rare, `khu phố` is in the table.
            (begins, place) = (false, place + kind);
            continue;
        }
        if !is_space(word) {
            push_place_word(&mut cased, word);
        } else {
            cased.push_str(word);
        }
        begins = match is_space(word) {
            true => begins,
            false => word.ends_with([',', ';', ':', '(']),
        };
        place += 1;
    }
    cased
}

/// The same text with a capital at its beginning.
#[must_use]
pub fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

/// The first letters of all words of a name, in capitals: `Nguyễn Thị Ánh Đào` → `NTAĐ`. The tone goes, the letter stays: đ and ê
/// are letters of the alphabet. Words without letters are passed over.
#[must_use]
pub fn initials(name: &str) -> String {
    initials_of(name).collect()
}

/// Two letters for a round picture: of the family name and of the given name, which in Vietnamese stands last (`NĐ`); one where
/// the name has one word.
#[must_use]
pub fn avatar_initials(name: &str) -> String {
    let all: Vec<char> = initials_of(name).collect();
    match all.as_slice() {
        [first, .., last] => [*first, *last].iter().collect(),
        one => one.iter().collect(),
    }
}

fn initials_of(name: &str) -> impl Iterator<Item = char> + '_ {
    name.split_whitespace().filter_map(|word| {
        let start = word.find(char::is_alphabetic)?;
        // The letter with the marks that follow it, without its tone.
        let rest = word.get(start..)?;
        let mut chars = rest.nfd();
        let base = chars.next()?;
        let marks = chars.take_while(|c| unicode_normalization::char::is_combining_mark(*c));
        let kept = marks.filter(|c| matches!(c, '\u{302}' | '\u{306}' | '\u{31b}'));
        let letter: String = std::iter::once(base).chain(kept).nfc().collect();
        letter.chars().next()?.to_uppercase().next()
    })
}

/// The text in turns of words and what is between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest
            .find(|c: char| c.is_whitespace() != first.is_whitespace())
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

fn is_space(word: &str) -> bool {
    word.starts_with(char::is_whitespace)
}

fn is_number(word: &str) -> bool {
    let bare = word.trim_end_matches([',', ';', '.', ')']);
    !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit())
}

/// Each run of letters begins with a capital, after an apostrophe too; what follows a hyphen goes on small.
fn push_capitalised(cased: &mut String, word: &str) {
    let mut inside = false;
    for c in word.chars() {
        if inside {
            cased.extend(c.to_lowercase());
        } else {
            cased.extend(c.to_uppercase());
        }
        let is_mark = unicode_normalization::char::is_combining_mark(c);
        inside = c.is_alphanumeric() || is_mark || (c == '-' && inside);
    }
}

fn push_place_word(cased: &mut String, word: &str) {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let lower = bare.to_lowercase();
    if SMALL_WORDS.contains(&lower.as_str()) {
        cased.extend(word.chars().flat_map(char::to_lowercase));
    } else if ABBREVIATIONS.contains(&lower.as_str()) || is_roman(bare) {
        cased.extend(word.chars().flat_map(char::to_uppercase));
    } else {
        push_capitalised(cased, word);
    }
}

/// `II`, `IV`, …: written in capitals and no Vietnamese syllable by itself.
fn is_roman(word: &str) -> bool {
    word.len() > 1
        && word.bytes().all(|b| matches!(b, b'I' | b'V' | b'X'))
        && Syllable::parse(word).is_none_or(|s| s.onset().is_empty())
}

/// Words between the parts of a name.
const SMALL_WORDS: &[&str] = &["và", "của", "các", "tại", "thuộc"];

/// What is written in capitals whatever the rest is.
const ABBREVIATIONS: &[&str] = &[
    "tp", "tx", "tt", "kđt", "kcn", "ubnd", "hđnd", "ql", "tl", "đt",
];

/// Kinds of units, roads, waters and buildings.
#[rustfmt::skip]
const KINDS: &[&str] = &[
    "thành phố", "tỉnh", "quận", "huyện", "thị xã", "thị trấn", "phường", "xã", "đặc khu", "thôn", "tổ dân phố", "tổ", "ấp",
    "bản", "làng", "khu phố", "khu đô thị", "khu công nghiệp", "khu dân cư", "khu vực", "khu", "khóm", "đường", "phố", "ngõ",
    "ngách", "hẻm", "kiệt", "quốc lộ", "tỉnh lộ", "đại lộ", "cầu", "chợ", "sông", "hồ", "đầm", "phá", "núi", "đèo", "cửa biển",
    "biển", "đảo", "bến xe", "ga", "sân bay", "bệnh viện", "trường", "chùa", "đình", "đền", "lăng", "công viên",
];

/// Kinds of one syllable that are known without their marks, too; the others would then be parts of too many names.
const PLAIN_KINDS: &[&str] = &["tỉnh", "quận", "huyện", "phường", "xã", "thôn", "đường"];

/// Names that begin like a kind and are none.
#[rustfmt::skip]
const NOT_KINDS: &[&str] = &[
    "hồ chí minh", "hồ xuân hương", "hồ đắc di", "hồ tùng mậu", "lăng cô", "phố hiến", "cầu giấy", "cầu hai", "cầu kè",
    "chợ mới", "chợ lớn", "chợ đồn", "chợ gạo", "chợ lách", "đình lập", "trường sa", "trường sơn", "trường chinh", "trường tiền",
    "núi thành", "sông cầu", "sông công", "sông đốc", "sông hinh",
];

/// How many entries of `words` (words and spaces in turns) the kind that begins at `place` takes; 0 where none does. A kind stands
/// before a name: with nothing after it, it is one itself.
fn kind_at(words: &[&str], place: usize) -> usize {
    let rest = words.get(place..).unwrap_or_default();
    if NOT_KINDS.iter().any(|name| begins(rest, name)) {
        return 0;
    }
    KINDS
        .iter()
        .filter(|kind| begins(rest, kind))
        .filter(|kind| {
            kind.contains(' ')
                || PLAIN_KINDS.contains(kind)
                || !rest
                    .first()
                    .is_some_and(|w| w.is_ascii() && !fold(kind).eq(**kind))
        })
        .map(|kind| kind.split(' ').count() * 2 - 1)
        .filter(|taken| rest.len() > *taken + 1)
        .max()
        .unwrap_or(0)
}

/// Whether words begin with those of a phrase: with its marks, wherever the tone is written, or without any.
fn begins(words: &[&str], phrase: &str) -> bool {
    let mut given = words.iter().filter(|w| !is_space(w));
    phrase.split(' ').all(|part| {
        given.next().is_some_and(|word| {
            let same = || exact_words(word) == exact_words(part) && !word.ends_with(',');
            word.eq_ignore_ascii_case(&fold(part)) || same()
        })
    })
}

fn is_particle(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "de" | "da"
            | "di"
            | "du"
            | "del"
            | "della"
            | "der"
            | "den"
            | "des"
            | "dos"
            | "la"
            | "le"
            | "van"
            | "von"
            | "bin"
            | "al"
            | "ter"
    )
}

/// A word of letters that is no Vietnamese syllable, with or without its marks.
fn is_foreign(word: &str) -> bool {
    let folded = fold(word);
    Syllable::parse(word).is_none() && !crate::syllable::is_bare(&folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_bear_capitals() {
        for (given, name) in [
            ("NGUYỄN THỊ MINH KHAI", "Nguyễn Thị Minh Khai"),
            ("nguyễn phúc bảo long", "Nguyễn Phúc Bảo Long"),
            ("công tằng tôn nữ thị ý", "Công Tằng Tôn Nữ Thị Ý"),
            ("H'HEN NIÊ", "H'Hen Niê"),
            ("y ê ban", "Y Ê Ban"),
            ("phri-đrích ăng-ghen", "Phri-đrích Ăng-ghen"),
            ("NGUYEN VAN DE", "Nguyen Van De"),
            ("NGUYEN DI LINH", "Nguyen Di Linh"),
            ("ludwig van beethoven", "Ludwig van Beethoven"),
            ("JAN VAN DER BERG", "Jan van der Berg"),
            ("de gaulle", "De Gaulle"),
            ("  lê   ba ", "  Lê   Ba "),
            ("", ""),
        ] {
            assert_eq!(person_name(given), name);
        }
        let decomposed: String = "ĐẶNG THỊ HUẾ".nfd().collect();
        assert_eq!(
            person_name(&decomposed).nfc().collect::<String>(),
            "Đặng Thị Huế"
        );
    }

    #[test]
    fn places_keep_their_kind_small() {
        for (given, name) in [
            ("THÀNH PHỐ HUẾ", "thành phố Huế"),
            ("phường thuận hoá", "phường Thuận Hoá"),
            ("Xã A LƯỚI 2, thành phố huế", "xã A Lưới 2, thành phố Huế"),
            ("PHƯỜNG 7, quận 3", "Phường 7, Quận 3"),
            ("12/3 ĐƯỜNG LÊ LỢI", "12/3 Đường Lê Lợi"),
            ("đường hồ chí minh", "đường Hồ Chí Minh"),
            ("hồ chí minh", "Hồ Chí Minh"),
            ("CHÂN MÂY - LĂNG CÔ", "Chân Mây - Lăng Cô"),
            ("bà rịa – vũng tàu", "Bà Rịa – Vũng Tàu"),
            ("TP. HUẾ", "TP. Huế"),
            ("sông hương", "sông Hương"),
            ("LĂNG CÔ", "Lăng Cô"),
            ("lăng tự đức", "lăng Tự Đức"),
            (
                "PHUONG THUAN HOA, THANH PHO HUE",
                "phuong Thuan Hoa, thanh pho Hue",
            ),
            ("HO CHI MINH", "Ho Chi Minh"),
            (
                "cầu trường tiền, phường phú xuân",
                "cầu Trường Tiền, phường Phú Xuân",
            ),
            ("khu công nghiệp phú bài", "khu công nghiệp Phú Bài"),
            ("thôn II, xã phú lộc", "thôn II, xã Phú Lộc"),
            ("HUẾ", "Huế"),
        ] {
            assert_eq!(place_name(given), name);
        }
        assert_eq!(sentence_case("phường Thuận Hóa"), "Phường Thuận Hóa");
        assert_eq!(sentence_case(""), "");
    }

    #[test]
    fn initials_are_letters_of_the_alphabet() {
        assert_eq!(initials("Nguyễn Thị Ánh Đào"), "NTAĐ");
        assert_eq!(initials("ưng ấm"), "ƯÂ");
        assert_eq!(initials("  (Lê)  7 Ổn"), "LÔ");
        assert_eq!(avatar_initials("Nguyễn Thị Minh Khai"), "NK");
        assert_eq!(avatar_initials("Huế"), "H");
        assert_eq!(avatar_initials("7 - ?"), "");
        let decomposed: String = "Ấm Ớn".nfd().collect();
        assert_eq!(initials(&decomposed), "ÂƠ");
    }

    proptest! {
        #[test]
        fn only_the_case_changes(s in any::<String>(), v in "[A-ZĐƯa-zạế'. -]{0,40}") {
            for text in [&s, &v] {
                for cased in [person_name(text), place_name(text), sentence_case(text)] {
                    prop_assert_eq!(fold(&cased), fold(text));
                }
                prop_assert!(avatar_initials(text).chars().count() <= 2);
            }
        }

        #[test]
        fn a_name_in_its_capitals_stays(v in "[A-ZĐa-zạế'. -]{0,40}") {
            let name = person_name(&v);
            prop_assert_eq!(person_name(&name), name.clone());
        }
    }
}
