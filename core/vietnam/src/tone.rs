//! Tone-aware ranking of what the folded index found: `đường`, `dương` and `Đương` share a search form, the person who typed
//! the marks wants one of them first. A mismatch of tones lowers a hit and never hides it: many sources leave marks out.
//!
//! Invariant: the exact form takes the tone out of its place in the syllable, so the old and the new way to write it
//! (`hoà` and `hòa`, `thuỷ` and `thủy`) are equal.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use crate::token::{tokens, Tokens};

/// How one word of a query stands in a text; the greater, the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ToneMatch {
    /// A word of the text begins with it.
    Prefix,
    /// The same letters; marks or `đ` differ.
    OtherTones,
    /// The same letters and marks, wherever the tone is written.
    Exact,
}

/// How well a text answers a query; compare with `<` and `>`, the greater ranks first.
///
/// The order of the fields is the order of weight: the weakest word decides, then whether the words stand together in the
/// order of the query, then how many words agree in all their marks (for a prefix: in those typed so far).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ToneRank {
    /// The weakest match among the words of the query.
    pub weakest: ToneMatch,
    /// The words of the query stand next to each other, in order.
    pub together: bool,
    /// How many words of the query agree in letters and marks with what they matched.
    pub agreeing: usize,
}

/// Ranks `text` for `query`; `None` when some word of the query is not there, or the query has no words.
///
/// To rank many texts for one query, build a [`ToneQuery`] once.
#[must_use]
pub fn tone_rank(query: &str, text: &str) -> Option<ToneRank> {
    ToneQuery::new(query).rank(text)
}

/// Whether two texts say the same words with the same marks, whatever the case, normal form, tone placement and signs.
///
/// ```
/// assert!(hues_vietnam::same_words("Phường Thuận Hoá", "phường  thuận hóa"));
/// assert!(!hues_vietnam::same_words("Dương Nỗ", "Đường Nổ"));
/// ```
#[must_use]
pub fn same_words(a: &str, b: &str) -> bool {
    exact_words(a) == exact_words(b)
}

/// The words of a text in their exact form, one space between them: equal when [`same_words`] holds.
pub(crate) fn exact_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for token in tokens(text) {
        let exact = Exact::of(&text[token.range]);
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(&exact.letters);
        words.push_str(&exact.tones);
    }
    words
}

/// Words of a query beyond this many are not ranked (they were searched all the same).
const MAX_WORDS: usize = 32;

/// A query prepared for ranking.
#[derive(Debug, Clone)]
pub struct ToneQuery {
    words: Vec<Word>,
}

#[derive(Debug, Clone)]
struct Word {
    folded: String,
    exact: Exact,
}

impl ToneQuery {
    /// Prepares `query`; only its first 32 words count.
    #[must_use]
    pub fn new(query: &str) -> ToneQuery {
        let words = tokens(query)
            .take(MAX_WORDS)
            .map(|t| Word {
                exact: Exact::of(&query[t.range]),
                folded: t.folded,
            })
            .collect();
        ToneQuery { words }
    }

    /// Ranks `text`; `None` when some word of the query is not there, or the query has no words.
    #[must_use]
    pub fn rank(&self, text: &str) -> Option<ToneRank> {
        let mut best: Vec<Option<(ToneMatch, bool)>> = vec![None; self.words.len()];
        let mut run = Run::default();
        self.scan(text, |matched, _| {
            for (best, hit) in best.iter_mut().zip(matched) {
                *best = (*best).max(*hit);
            }
            run.step(matched);
        });
        let best = best.into_iter().collect::<Option<Vec<_>>>()?;
        Some(ToneRank {
            weakest: best.iter().map(|(class, _)| *class).min()?,
            together: run.complete,
            agreeing: best.iter().filter(|(_, agree)| *agree).count(),
        })
    }

    /// [`ToneQuery::rank`] as search as you type matches: only the last word may stand for the beginning of one; `None` also where another word of the query is only
    /// the beginning of a word of the text.
    #[must_use]
    pub fn rank_typing(&self, text: &str) -> Option<ToneRank> {
        let (_, whole) = self.words.split_last()?;
        let mut missing = whole.len();
        let mut met = [false; MAX_WORDS];
        // Most texts lack a word: that is found without an exact form of anything.
        let mut walk: Tokens<'_> = tokens(text);
        let mut folded = String::new();
        while missing > 0 && walk.next_into(&mut folded).is_some() {
            for (word, met) in whole.iter().zip(&mut met).filter(|(_, met)| !**met) {
                if word.folded == folded {
                    (*met, missing) = (true, missing - 1);
                }
            }
        }
        match missing {
            0 => self.rank(text),
            _ => None,
        }
    }

    /// Byte ranges of the words of `text` that some word of the query matches, prefixes too: what a screen highlights.
    #[must_use]
    pub fn matches(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        self.scan(text, |matched, range| {
            if matched.iter().any(Option::is_some) {
                found.push(range);
            }
        });
        found
    }

    /// Calls `visit` for each word of the text with what each word of the query makes of it.
    fn scan(&self, text: &str, mut visit: impl FnMut(&[Option<(ToneMatch, bool)>], Range<usize>)) {
        let mut walk: Tokens<'_> = tokens(text);
        let mut folded = String::new();
        let mut matched = Vec::with_capacity(self.words.len());
        while let Some(range) = walk.next_into(&mut folded) {
            matched.clear();
            matched.extend(self.words.iter().map(|w| w.compare(&folded, text, &range)));
            visit(&matched, range);
        }
    }
}

impl Word {
    /// The exact form of the text's word is made only when the folded forms meet, which is rare.
    fn compare(&self, folded: &str, text: &str, range: &Range<usize>) -> Option<(ToneMatch, bool)> {
        if !folded.starts_with(&self.folded) {
            return None;
        }
        let exact = Exact::of(text.get(range.clone())?);
        Some(if folded.len() > self.folded.len() {
            (ToneMatch::Prefix, self.exact.begins(&exact))
        } else if self.exact == exact {
            (ToneMatch::Exact, true)
        } else {
            (ToneMatch::OtherTones, false)
        })
    }
}

/// Finds the query as a phrase: `ends[i]` holds when the text so far ends with the first `i + 1` words of the query.
#[derive(Default)]
struct Run {
    ends: Vec<bool>,
    complete: bool,
}

impl Run {
    fn step(&mut self, matched: &[Option<(ToneMatch, bool)>]) {
        self.ends.resize(matched.len(), false);
        for i in (0..matched.len()).rev() {
            let before = i == 0 || self.ends[i - 1];
            self.ends[i] = before && matched[i].is_some();
        }
        self.complete |= self.ends.last().copied().unwrap_or(false);
    }
}

/// A word with its tones taken out of their places: letters with their vowel marks, then the tones in order.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Exact {
    letters: String,
    tones: String,
}

impl Exact {
    fn of(word: &str) -> Exact {
        let mut exact = Exact {
            letters: String::with_capacity(word.len()),
            tones: String::new(),
        };
        let lower = word.chars().flat_map(char::to_lowercase);
        for c in lower.nfd() {
            match c {
                '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => exact.tones.push(c),
                // Eth and the African D are typed for Đ (see `fold`): here too.
                'ð' | '\u{256}' => exact.letters.push('đ'),
                c => exact.letters.push(c),
            }
        }
        exact
    }

    /// Whether `self`, typed so far, may become `whole`: no mark typed contradicts it.
    fn begins(&self, whole: &Exact) -> bool {
        whole.letters.starts_with(&self.letters)
            && (self.tones.is_empty() || self.tones == whole.tones)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weakest(query: &str, text: &str) -> Option<ToneMatch> {
        tone_rank(query, text).map(|r| r.weakest)
    }

    #[test]
    fn while_typing_only_the_last_word_is_a_beginning() {
        let found = |query: &str, text: &str| ToneQuery::new(query).rank_typing(text).is_some();
        assert!(found("đường l", "Đường Lê Lợi"));
        assert!(found("le loi d", "Đường Lê Lợi"));
        assert!(!found("l duong", "Đường Lê Lợi"));
        assert!(!found("đường x", "Đường Lê Lợi") && !found(" ", "Đường"));
        assert_eq!(
            tone_rank("l duong", "Đường Lê Lợi").map(|r| r.weakest),
            Some(ToneMatch::Prefix)
        );
    }

    #[test]
    fn exact_before_other_tones_before_prefix() {
        assert_eq!(weakest("đường", "Đường Lê Lợi"), Some(ToneMatch::Exact));
        assert_eq!(weakest("đường", "Dương Nỗ"), Some(ToneMatch::OtherTones));
        assert_eq!(
            weakest("đường", "duong le loi"),
            Some(ToneMatch::OtherTones)
        );
        assert_eq!(weakest("đườ", "Đường Lê Lợi"), Some(ToneMatch::Prefix));
        assert_eq!(weakest("đường", "Kim Long"), None);
        assert!(
            ToneMatch::Exact > ToneMatch::OtherTones && ToneMatch::OtherTones > ToneMatch::Prefix
        );
    }

    #[test]
    fn old_and_new_tone_placement_are_exact() {
        for (old, new) in [
            ("hoà", "hòa"),
            ("Thuỷ", "thủy"),
            ("UỶ", "ủy"),
            ("hoá", "hóa"),
            ("khoẻ", "khỏe"),
            ("loè", "lòe"),
        ] {
            assert_eq!(weakest(old, new), Some(ToneMatch::Exact), "{old} {new}");
            let decomposed: String = new.nfd().collect();
            assert_eq!(
                weakest(&decomposed, old),
                Some(ToneMatch::Exact),
                "{old} {new}"
            );
        }
        assert_eq!(weakest("hoà", "hóa"), Some(ToneMatch::OtherTones));
        assert_eq!(weakest("qủa", "quả"), Some(ToneMatch::Exact));
    }

    #[test]
    fn the_vowel_mark_counts_apart_from_the_tone() {
        assert_eq!(weakest("hue", "Huế"), Some(ToneMatch::OtherTones));
        assert_eq!(weakest("Huê", "Huế"), Some(ToneMatch::OtherTones));
        assert_eq!(weakest("Ðập Ðá", "Đập Đá"), Some(ToneMatch::Exact));
    }

    #[test]
    fn the_weakest_word_decides_then_the_phrase_then_the_marks() {
        let q = ToneQuery::new("thuận hóa");
        let together = q.rank("Phường Thuận Hoá, Huế").expect("found");
        let apart = q.rank("Hóa đơn của ông Thuận").expect("found");
        let other = q.rank("Thuận Hòa").expect("found");
        let none = q.rank("thuan hoa").expect("found");
        assert!(together > apart && apart > other && other > none);
        assert!(together.together && !apart.together);
        assert_eq!(
            (together.agreeing, other.agreeing, none.agreeing),
            (2, 1, 0)
        );
        assert_eq!(q.rank("Thuận"), None);
    }

    #[test]
    fn a_typed_prefix_prefers_the_marks_typed_so_far() {
        let q = ToneQuery::new("đươ");
        let agree = q.rank("đường Lê Lợi").expect("found");
        let other = q.rank("Dương Nỗ").expect("found");
        assert!(agree > other);
        assert!(ToneQuery::new("đườ").rank("đương") < ToneQuery::new("đườ").rank("đường"));
    }

    #[test]
    fn repeated_words_can_still_stand_together() {
        let q = ToneQuery::new("la la lá");
        assert!(q.rank("la la la lá").expect("found").together);
        assert!(!q.rank("lá la").expect("found").together);
    }

    #[test]
    fn a_query_without_words_ranks_nothing() {
        assert_eq!(tone_rank("", "Huế"), None);
        assert_eq!(tone_rank(" - ", "Huế"), None);
    }

    #[test]
    fn matches_are_ranges_of_whole_words() {
        let text = "Thuận Hoá và Thuận An";
        let shown: Vec<_> = ToneQuery::new("thuan ho")
            .matches(text)
            .into_iter()
            .map(|r| &text[r])
            .collect();
        assert_eq!(shown, ["Thuận", "Hoá", "Thuận"]);
    }

    proptest! {
        #[test]
        fn every_text_with_words_answers_itself_exactly(s in any::<String>()) {
            let words = tokens(&s).count();
            prop_assume!(words > 0 && words <= MAX_WORDS && s.len() < crate::MAX_TOKEN_BYTES);
            let rank = tone_rank(&s, &s).expect("its own words are there");
            prop_assert_eq!(rank.weakest, ToneMatch::Exact);
            prop_assert!(rank.together);
            prop_assert!(same_words(&s, &s.nfd().collect::<String>()));
        }

        #[test]
        fn matches_never_cut_a_character(q in "\\PC{0,8}", s in any::<String>()) {
            for range in ToneQuery::new(&q).matches(&s) {
                prop_assert!(s.get(range).is_some());
            }
        }
    }
}
