//! Runs of words that may name a unit, a district or a province.
//!
//! Invariant: a span's name is in the lists at its level; which spans go together is for [`super::choose`] to decide.

use std::ops::Range;

use super::super::key::key;
use super::super::place_names::{Provinces, DISTRICT_WORDS, UNIT_WORDS};
use super::super::{DistrictKind, Edition, UnitKind};
use super::words::Words;

/// Longest name, in words (`Xuân Hương - Đà Lạt` has four, `Thành phố Hồ Chí Minh` without its kind three).
const MAX_NAME: usize = 6;
/// Spans kept of each level, the likeliest.
const MAX_SPANS: usize = 12;

/// How a name stands in the text; the greater, the surer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stand {
    /// Among other words.
    Loose,
    /// A whole part of the address.
    Part,
    /// With its kind before it.
    Marked,
}

pub(super) struct Span<K> {
    pub(super) words: Range<usize>,
    pub(super) stand: Stand,
    pub(super) what: K,
}

pub(super) struct UnitName<'t> {
    pub(super) kind: Option<UnitKind>,
    pub(super) name: &'t str,
}

pub(super) struct DistrictName {
    pub(super) kind: Option<DistrictKind>,
    pub(super) key: String,
}

pub(super) struct Spans<'t> {
    pub(super) units: Vec<Span<UnitName<'t>>>,
    pub(super) districts: Vec<Span<DistrictName>>,
    pub(super) provinces: Vec<Span<Provinces>>,
    /// Parts that say `huyện` or `tỉnh` first: they must be understood or the address is not.
    pub(super) claims: Vec<Range<usize>>,
}

impl<'t> Spans<'t> {
    pub(super) fn find(edition: &Edition, words: &Words<'t>) -> Spans<'t> {
        let mut spans = Spans {
            units: Vec::new(),
            districts: Vec::new(),
            provinces: Vec::new(),
            claims: Vec::new(),
        };
        for start in 0..words.len() {
            spans.marked(edition, words, start);
            for end in start + 1..=words.len().min(start + MAX_NAME) {
                if words.crosses(start, end) {
                    break;
                }
                let is_part = words.is_start(start) && words.is_start(end);
                let stand = if is_part { Stand::Part } else { Stand::Loose };
                spans.unmarked(edition, words, start..end, stand);
            }
        }
        keep_likeliest(&mut spans.units);
        keep_likeliest(&mut spans.districts);
        keep_likeliest(&mut spans.provinces);
        spans
    }

    /// A name without its kind; a bare number is a house's.
    fn unmarked(
        &mut self,
        edition: &Edition,
        words: &Words<'t>,
        range: Range<usize>,
        stand: Stand,
    ) {
        let name = words.text(range.start, range.end);
        let key = key(name);
        if key.bytes().all(|b| b.is_ascii_digit()) {
            return;
        }
        if let Some(what) = Provinces::keyed(edition, &key) {
            self.provinces.push(Span {
                words: range.clone(),
                stand,
                what,
            });
        }
        if edition.districts_keyed(&key).next().is_some() {
            let what = DistrictName { kind: None, key };
            self.districts.push(Span {
                words: range.clone(),
                stand,
                what,
            });
        }
        if is_unit(edition, name) {
            let what = UnitName { kind: None, name };
            self.units.push(Span {
                words: range,
                stand,
                what,
            });
        }
    }

    fn marked(&mut self, edition: &Edition, words: &Words<'t>, start: usize) {
        let stand = Stand::Marked;
        let after_thi = start > 0 && words.all.get(start - 1).is_some_and(|w| w.folded == "thi");
        for (kind, at) in kinds(words, start, &UNIT_WORDS) {
            if kind == UnitKind::Commune && after_thi {
                continue; // `thị xã`
            }
            for end in ends(words, start, at) {
                let name = words.text(at, end);
                if is_unit(edition, name) {
                    let what = UnitName {
                        kind: Some(kind),
                        name,
                    };
                    self.units.push(Span {
                        words: start..end,
                        stand,
                        what,
                    });
                }
            }
        }
        let mut claims = false;
        for (kind, at) in kinds(words, start, &DISTRICT_WORDS) {
            claims = true;
            for end in ends(words, start, at) {
                let key = key(words.text(at, end));
                if edition.districts_keyed(&key).next().is_some() {
                    let what = DistrictName {
                        kind: Some(kind),
                        key,
                    };
                    self.districts.push(Span {
                        words: start..end,
                        stand,
                        what,
                    });
                }
            }
        }
        let province_words = [("thanh pho", ()), ("tp", ()), ("tinh", ()), ("t", ())];
        for (_, at) in kinds(words, start, &province_words) {
            claims = true;
            for end in ends(words, start, at) {
                if let Some(what) = Provinces::keyed(edition, &key(words.text(at, end))) {
                    self.provinces.push(Span {
                        words: start..end,
                        stand,
                        what,
                    });
                }
            }
        }
        if claims && words.is_start(start) {
            let end = (start + 1..words.len()).find(|i| words.is_start(*i));
            self.claims.push(start..end.unwrap_or(words.len()));
        }
    }
}

fn is_unit(edition: &Edition, name: &str) -> bool {
    edition.units_named(name).next().is_some() || edition.former_units_named(name).next().is_some()
}

/// Kinds that stand at word `start`, each with the word after it.
fn kinds<K: Copy>(words: &Words<'_>, start: usize, known: &[(&str, K)]) -> Vec<(K, usize)> {
    let word = |i: usize| words.all.get(i).map(|word| word.folded.as_str());
    let fits = |(text, kind): &(&str, K)| {
        let mut at = start;
        for part in text.split(' ') {
            if word(at) != Some(part) {
                return None;
            }
            at += 1;
        }
        Some((*kind, at))
    };
    known.iter().filter_map(fits).collect()
}

/// Where a name that begins at word `at` may end.
fn ends(words: &Words<'_>, start: usize, at: usize) -> impl Iterator<Item = usize> {
    let last = words.len().min(at + MAX_NAME);
    let end = (at + 1..=last).find(|end| words.crosses(start, *end));
    at + 1..end.unwrap_or(last + 1)
}

/// The surer, the longer and the later ones first.
fn keep_likeliest<K>(spans: &mut Vec<Span<K>>) {
    spans.sort_by_key(|span| {
        let rank = (span.stand, span.words.len(), span.words.start);
        std::cmp::Reverse(rank)
    });
    spans.truncate(MAX_SPANS);
}
