//! What a person typed, as an FTS5 query: every word must be there, in any order.
//!
//! Invariant: the result holds quoted words, spaces and `*` only, so nothing typed is ever read as FTS5 syntax.

use hues_vietnam::tokens;

/// Words of a query beyond this many are left out, so that a pasted page does not become a query of thousands of terms.
const MAX_WORDS: usize = 32;

/// The query for search as you type: the last word also matches as the beginning of a word, unless something that is no
/// letter stands behind it (`"thuan h"` finds `Thuận Hóa`, `"thuan h "` does not). `None` when there is no word at all.
#[must_use]
pub fn match_expression(typed: &str) -> Option<String> {
    let still_typing = tokens(typed)
        .last()
        .is_some_and(|last| last.range.end == typed.len());
    let all = match_all(typed)?;
    Some(if still_typing { all + "*" } else { all })
}

/// The query for whole words only. `None` when there is no word at all.
#[must_use]
pub fn match_all(typed: &str) -> Option<String> {
    joined(&quoted(typed))
}

/// The query for the words before the last one, whole: where to look for a last word that is still being typed. `None` when there is no word before it.
#[must_use]
pub fn match_before_last(typed: &str) -> Option<String> {
    let words = quoted(typed);
    joined(words.split_last().map_or(&[], |(_, before)| before))
}

fn quoted(typed: &str) -> Vec<String> {
    tokens(typed)
        .take(MAX_WORDS)
        .map(|t| format!("\"{}\"", t.folded))
        .collect()
}

fn joined(words: &[String]) -> Option<String> {
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_quoted() {
        assert_eq!(
            match_expression("Thuận Ho").as_deref(),
            Some("\"thuan\" \"ho\"*")
        );
        assert_eq!(
            match_expression("Thuận Ho ").as_deref(),
            Some("\"thuan\" \"ho\"")
        );
        assert_eq!(match_all("Thuận Ho").as_deref(), Some("\"thuan\" \"ho\""));
        assert_eq!(match_before_last("Thuận Ho").as_deref(), Some("\"thuan\""));
        assert_eq!(match_before_last("Ho").or(match_before_last("")), None);
    }

    #[test]
    fn syntax_is_only_a_separator() {
        assert_eq!(
            match_expression("a\" OR NEAR(b*) -c:^d").as_deref(),
            Some("\"a\" \"or\" \"near\" \"b\" \"c\" \"d\"*")
        );
        assert_eq!(match_expression(" *\"- ").as_deref(), None);
    }

    #[test]
    fn a_pasted_page_is_cut() {
        assert_eq!(
            match_all(&"trang ".repeat(5000)).map(|q| q.matches('"').count()),
            Some(2 * MAX_WORDS)
        );
    }
}
