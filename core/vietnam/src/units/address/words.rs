//! An address cut into words, with what separates them.
//!
//! Invariant: the words are in order and do not overlap; at most [`MAX_WORDS`], the last ones.

use std::ops::Range;

use crate::tokens;

/// Words looked at, from the end.
const MAX_WORDS: usize = 64;

/// What stands before a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// A space, a point.
    None,
    /// A dash between spaces: ends a part of the address or joins a name (`Chân Mây - Lăng Cô`).
    Dash,
    /// A comma, a semicolon, a line, a bracket: ends a part.
    Comma,
}

pub(super) struct Word {
    pub(super) folded: String,
    pub(super) range: Range<usize>,
    pub(super) before: Gap,
}

pub(super) struct Words<'t> {
    text: &'t str,
    pub(super) all: Vec<Word>,
}

impl<'t> Words<'t> {
    pub(super) fn of(text: &'t str) -> Words<'t> {
        let mut all = Vec::new();
        let mut end = 0;
        for token in tokens(text) {
            let before = match end {
                0 => Gap::Comma,
                _ => gap(text.get(end..token.range.start).unwrap_or_default()),
            };
            end = token.range.end;
            push(&mut all, token.folded, token.range, before);
        }
        let first = all.len().saturating_sub(MAX_WORDS);
        let mut words = Words {
            text,
            all: all.split_off(first),
        };
        words.drop_country();
        words
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether a part begins at word `i`.
    pub(super) fn is_start(&self, i: usize) -> bool {
        self.all.get(i).is_none_or(|word| word.before != Gap::None)
    }

    /// Whether words `from..to` cross the end of a part that no name crosses.
    pub(super) fn crosses(&self, from: usize, to: usize) -> bool {
        let inner = self.all.get(from + 1..to).unwrap_or_default();
        inner.iter().any(|word| word.before == Gap::Comma)
    }

    /// First word of the part that word `i` is in.
    pub(super) fn part_start(&self, i: usize) -> usize {
        (0..=i).rev().find(|i| self.is_start(*i)).unwrap_or(0)
    }

    /// The text of words `from..to`.
    pub(super) fn text(&self, from: usize, to: usize) -> &'t str {
        let first = self.all.get(from).map(|word| word.range.start);
        let last = to.checked_sub(1).and_then(|i| self.all.get(i));
        match (first, last) {
            (Some(first), Some(last)) => self.text.get(first..last.range.end).unwrap_or_default(),
            _ => "",
        }
    }

    /// What is left when some words are taken out, part by part, as it stands in the text.
    pub(super) fn rest(&self, taken: &[Range<usize>]) -> String {
        let mut rest: Vec<&str> = Vec::new();
        let mut from = None;
        for i in 0..=self.len() {
            let is_taken = i == self.len() || taken.iter().any(|range| range.contains(&i));
            let ends = is_taken || self.all.get(i).is_some_and(|w| w.before == Gap::Comma);
            if let Some(start) = from.filter(|_| ends) {
                rest.push(self.text(start, i));
                from = None;
            }
            if !is_taken && from.is_none() {
                from = Some(i);
            }
        }
        rest.join(", ")
    }

    /// `Việt Nam` and a postal code at the end say nothing about the unit.
    fn drop_country(&mut self) {
        loop {
            let last = |back: usize| {
                let word = self.len().checked_sub(back).and_then(|i| self.all.get(i));
                word.map_or("", |word| word.folded.as_str())
            };
            let is_post_code =
                matches!(last(1).len(), 5 | 6) && last(1).bytes().all(|b| b.is_ascii_digit());
            let dropped = match (last(2), last(1)) {
                ("viet", "nam") => 2,
                (_, "vn" | "vietnam") => 1,
                _ if is_post_code => 1,
                _ => return,
            };
            if dropped >= self.len() {
                return;
            }
            self.all.truncate(self.len() - dropped);
        }
    }
}

/// `Q1`, `p.12`, `F5` are two words each.
fn push(all: &mut Vec<Word>, folded: String, range: Range<usize>, before: Gap) {
    let kind = ["ph", "p", "q", "f", "x"].into_iter().find(|kind| {
        folded.strip_prefix(kind).is_some_and(|number| {
            !number.is_empty() && number.len() < 3 && number.bytes().all(|b| b.is_ascii_digit())
        })
    });
    // The letters must be as long in the text: marks would shift the cut.
    match kind.filter(|_| folded.len() == range.len()) {
        Some(kind) => {
            let cut = range.start + kind.len();
            all.push(Word {
                folded: kind.to_owned(),
                range: range.start..cut,
                before,
            });
            all.push(Word {
                folded: folded.get(kind.len()..).unwrap_or_default().to_owned(),
                range: cut..range.end,
                before: Gap::None,
            });
        }
        None => all.push(Word {
            folded,
            range,
            before,
        }),
    }
}

fn gap(between: &str) -> Gap {
    let spaced = |c: char| between.len() > c.len_utf8();
    between.chars().fold(Gap::None, |gap, c| {
        gap.max(match c {
            ',' | ';' | '\n' | '\r' | '\t' | '(' | ')' | '|' | '，' => Gap::Comma,
            '-' | '–' | '—' if spaced(c) => Gap::Dash,
            _ => Gap::None,
        })
    })
}
