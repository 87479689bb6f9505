//! Tokens: the runs of letters and digits of a text, folded, each with its byte range in the original.
//!
//! Invariant: a range starts and ends on character boundaries, ranges rise and never overlap, and the marks that follow a
//! letter belong to its token, so that a highlight never cuts `ế` in two. A text and its fold have the same tokens.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::fold::{fold_char, is_tabled};

/// Longest folded token, in bytes. What is longer (a pasted key, a picture as text) is cut there on both sides of a search,
/// so it is still found by its beginning. A Vietnamese syllable folds to at most seven bytes.
pub const MAX_TOKEN_BYTES: usize = 256;

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The search form, never empty, at most [`MAX_TOKEN_BYTES`] long.
    pub folded: String,
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
}

/// The tokens of `text`, in order.
///
/// ```
/// let found: Vec<_> = hues_vietnam::tokens("Huế, Đập Đá").map(|t| (t.folded, t.range)).collect();
/// assert_eq!(found, [("hue".into(), 0..5), ("dap".into(), 7..13), ("da".into(), 14..18)]);
/// ```
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, position: 0 }
}

/// Iterator over the tokens of a text; see [`tokens`].
#[derive(Debug, Clone)]
pub struct Tokens<'t> {
    text: &'t str,
    position: usize,
}

impl Tokens<'_> {
    /// The next token's range; its search form replaces what `folded` held. For callers that reuse one buffer.
    pub fn next_into(&mut self, folded: &mut String) -> Option<Range<usize>> {
        folded.clear();
        let mut start = self.position;
        let mut end = None;
        for (offset, c) in self.text.get(self.position..)?.char_indices() {
            let at = self.position + offset;
            let is_part = match class(c) {
                Class::Inside => end.is_some(),
                Class::Letter => true,
                Class::Separator => false,
            };
            match (is_part, end) {
                (true, None) => start = at,
                (false, Some(_)) => break,
                (false, None) => continue,
                (true, Some(_)) => {}
            }
            fold_char(c, |f| push_bounded(folded, f));
            end = Some(at + c.len_utf8());
        }
        self.position = end.unwrap_or(self.text.len());
        end.map(|end| start..end)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let mut folded = String::new();
        let range = self.next_into(&mut folded)?;
        Some(Token { folded, range })
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Class {
    /// A letter or a digit.
    Letter,
    /// A combining mark or an invisible joiner: continues a token, starts none.
    Inside,
    Separator,
}

fn class(c: char) -> Class {
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() {
            Class::Letter
        } else {
            Class::Separator
        };
    }
    // Nearly all of the rest, and nothing else, is a letter in the blocks of the fold's table.
    if is_tabled(c) && c != '×' && c != '÷' {
        return Class::Letter;
    }
    class_by_property(c)
}

fn class_by_property(c: char) -> Class {
    // Marks before letters: `char::is_alphanumeric` calls some marks letters, yet they start no word. The iota below is the
    // one mark the fold turns into a letter.
    if (is_combining_mark(c) && c != '\u{345}') || is_joiner(c) {
        Class::Inside
    } else if c.is_alphanumeric() {
        Class::Letter
    } else {
        Class::Separator
    }
}

/// Soft hyphen, zero-width (non-)joiner, word joiner, byte order mark: pasted along from pages and PDF files, seen by nobody.
fn is_joiner(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}'
    )
}

fn push_bounded(folded: &mut String, f: char) {
    if folded.len() + f.len_utf8() <= MAX_TOKEN_BYTES && (f.is_ascii() || !is_joiner(f)) {
        folded.push(f);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn folded(text: &str) -> Vec<String> {
        tokens(text).map(|t| t.folded).collect()
    }

    #[test]
    fn ranges_point_into_the_original() {
        let text = "  Cầu Trường Tiền\u{a0}(Huế) 24/11";
        let shown: Vec<_> = tokens(text).map(|t| &text[t.range]).collect();
        assert_eq!(shown, ["Cầu", "Trường", "Tiền", "Huế", "24", "11"]);
        assert_eq!(folded(text), ["cau", "truong", "tien", "hue", "24", "11"]);
    }

    #[test]
    fn marks_of_a_decomposed_letter_belong_to_its_token() {
        let text: String = "Huế!".nfd().collect();
        let token = tokens(&text).next().expect("one token");
        assert_eq!(&text[token.range], "Hue\u{302}\u{301}");
    }

    #[test]
    fn invisible_joiners_do_not_split_and_stray_marks_start_nothing() {
        assert_eq!(folded("Thu\u{ad}ận\u{200d} H\u{feff}óa"), ["thuan", "hoa"]);
        assert_eq!(folded("\u{301} - \u{200d}a"), ["a"]);
        assert!(folded("\u{301}\u{ad} …").is_empty());
    }

    #[test]
    fn an_endless_token_is_cut_alike_in_text_and_query() {
        let long = "đ".repeat(100_000);
        let all: Vec<_> = tokens(&long).collect();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].folded, "d".repeat(MAX_TOKEN_BYTES));
        assert_eq!(all[0].range, 0..long.len());
    }

    #[test]
    fn each_scalar_is_of_one_class_before_and_after_the_fold() {
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            for text in [format!("a{c}b"), format!(" {c}b"), format!("a {c}")] {
                assert_eq!(folded(&text), folded(&fold(&text)), "{text:?}");
                assert_eq!(
                    folded(&text),
                    folded(&text.nfd().collect::<String>()),
                    "{text:?}"
                );
            }
            assert!(
                c.is_ascii() || class(c) == class_by_property(c),
                "U+{:04X}",
                u32::from(c)
            );
        }
    }

    proptest! {
        #[test]
        fn a_text_and_its_other_forms_have_the_same_tokens(s in any::<String>()) {
            let expected = folded(&s);
            prop_assert_eq!(&folded(&fold(&s)), &expected);
            prop_assert_eq!(&folded(&s.nfd().collect::<String>()), &expected);
            prop_assert_eq!(&folded(&s.nfc().collect::<String>()), &expected);
            prop_assert_eq!(&folded(&s.to_uppercase()), &expected);
        }

        #[test]
        fn ranges_rise_and_fold_to_their_tokens(s in any::<String>()) {
            let mut after = 0;
            for token in tokens(&s) {
                prop_assert!(token.range.start >= after && token.range.end > token.range.start);
                after = token.range.end;
                let shown = s.get(token.range).expect("character boundaries");
                prop_assert_eq!(folded(shown), [token.folded]);
            }
            prop_assert!(after <= s.len());
        }
    }
}
