//! `hues inspect --help KIND`: one page a kind that teaches its format in ten lines, Vietnamese or English.
//!
//! Invariant: every kind has a page in both languages, none longer than ten lines of a terminal (tests hold it). The texts
//! stand in `vi.txt` and `en.txt`; a line `== kind` begins a page, its first line is the kind's line in the list of all.

use hues_vietnam::Language;

const VI: &str = include_str!("vi.txt");
const EN: &str = include_str!("en.txt");

/// The language of the person at the terminal: Vietnamese where the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`, the first that is
/// set, as POSIX orders them) says so, else English.
pub(super) fn language(variable: impl Fn(&str) -> Option<String>) -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()));
    match locale {
        Some(locale)
            if locale == "vi" || locale.starts_with("vi_") || locale.starts_with("vi.") =>
        {
            Language::Vi
        }
        _ => Language::En,
    }
}

/// The page of a kind, without a line end.
pub(super) fn page(kind: &str, language: Language) -> &'static str {
    pages(language)
        .find(|(name, _)| *name == kind)
        .map(|(_, page)| page)
        .unwrap_or_default()
}

/// All kinds, one line each, and how to ask for more.
pub(super) fn index(language: Language) -> String {
    let (head, foot) = match language {
        Language::Vi => (
            "hues inspect LOẠI: đọc một dữ liệu từ đầu vào chuẩn và cho biết đó là gì.",
            "hues inspect --help LOẠI dạy từng định dạng trong mười dòng.",
        ),
        Language::En => (
            "hues inspect KIND: reads one payload from standard input and says what it is.",
            "hues inspect --help KIND teaches each format in ten lines.",
        ),
    };
    let kinds = pages(language).map(|(name, page)| {
        let first = page.lines().next().unwrap_or_default();
        format!("  {name:<14}{first}\n")
    });
    format!("{head}\n\n{}\n{foot}", kinds.collect::<String>())
}

fn pages(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    let texts = match language {
        Language::Vi => VI,
        Language::En => EN,
    };
    texts
        .split("== ")
        .filter_map(|part| part.split_once('\n'))
        .map(|(name, page)| (name.trim(), page.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::super::{name, Kind};
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_kind_has_a_page_of_ten_lines_in_both_languages() {
        for language in [Language::Vi, Language::En] {
            for kind in Kind::value_variants() {
                let page = page(&name(*kind), language);
                assert!(!page.is_empty(), "{} in {language:?}", name(*kind));
            }
            for (name, page) in pages(language) {
                let lines = page.lines().count();
                assert!(
                    (5..=10).contains(&lines),
                    "{name} {language:?}: {lines} lines"
                );
                assert!(
                    page.lines()
                        .all(|l| l.starts_with("$ ") || l.chars().count() <= 120),
                    "{name} {language:?}"
                );
            }
        }
        let names = |language| pages(language).map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(Language::Vi), names(Language::En));
    }

    #[test]
    fn examples_on_the_pages_are_read() {
        for language in [Language::Vi, Language::En] {
            for kind in Kind::value_variants() {
                let page = page(&name(*kind), language);
                let example = page.lines().find_map(|l| l.strip_prefix("$ "));
                let example = example.unwrap_or_else(|| panic!("{} has no example", name(*kind)));
                let value = super::super::value(*kind, example);
                assert!(value.is_ok(), "{}: {value:?}", name(*kind));
            }
        }
    }

    #[test]
    fn the_locale_decides() {
        let of = |pairs: &[(&str, &str)]| {
            language(|name| {
                let found = pairs.iter().find(|(n, _)| *n == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("LANG", "vi_VN.UTF-8")]), Language::Vi);
        assert_eq!(
            of(&[("LC_ALL", "C"), ("LANG", "vi_VN.UTF-8")]),
            Language::En
        );
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "vi")]), Language::Vi);
        assert_eq!(of(&[("LANG", "vie")]), Language::En);
        assert_eq!(of(&[]), Language::En);
    }

    #[test]
    fn the_list_names_all() {
        let list = index(Language::En);
        assert!(list.contains("money-text") && list.contains("cccd-qr"));
    }
}
