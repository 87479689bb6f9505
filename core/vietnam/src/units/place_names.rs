//! Words for provinces and districts: their kinds, their short names, and which provinces a name stands for.
//!
//! Invariant: a name stands for provinces of today and of 30 June 2025 alike, since people go on using the old ones.

use super::key::key;
use super::model::{Code, DistrictKind, UnitKind};
use super::{Edition, FormerUnit, Unit};

/// Short names of provinces, by key.
const SHORT: [(&str, &str); 15] = [
    ("tthue", "hue"),
    ("thuathienhue", "hue"),
    ("thuathien", "hue"),
    ("tphue", "hue"),
    ("hcm", "hochiminh"),
    ("tphcm", "hochiminh"),
    ("hcmc", "hochiminh"),
    ("saigon", "hochiminh"),
    ("sg", "hochiminh"),
    ("hn", "hanoi"),
    ("tphanoi", "hanoi"),
    ("brvt", "bariavungtau"),
    ("daclac", "daklak"),
    ("dacnong", "daknong"),
    ("danangcity", "danang"),
];

/// Provinces that a name stands for.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Provinces {
    /// Of today.
    today: Vec<Code>,
    /// Of 30 June 2025.
    then: Vec<Code>,
}

impl Provinces {
    /// By key; the kind must be off.
    pub(super) fn keyed(edition: &Edition, key: &str) -> Option<Provinces> {
        let key = SHORT
            .iter()
            .find_map(|(short, long)| (*short == key).then_some(*long))
            .unwrap_or(key);
        let is_named = |name: &str| super::key::compare(name, key).is_eq();
        let today = edition.provinces().filter(|p| is_named(p.name));
        let then = edition.former_provinces().filter(|(p, _)| is_named(p.name));
        let found = Provinces {
            today: today.map(|p| p.code).collect(),
            then: then.map(|(p, _)| p.code).collect(),
        };
        (found != Provinces::default()).then_some(found)
    }

    /// By code, of today.
    pub(super) fn with_code(edition: &Edition, code: &str) -> Option<Provinces> {
        let today = edition.province(code)?;
        let then = edition.former_provinces();
        Some(Provinces {
            today: vec![today.code],
            then: then
                .filter(|(_, now)| now.code == today.code)
                .map(|(p, _)| p.code)
                .collect(),
        })
    }

    /// By words with or without the kind, or by a code of today.
    pub(super) fn of_words(edition: &Edition, words: &str) -> Option<Provinces> {
        let whole = key(words);
        let bare = without_kind(words, &["thanh pho", "tp", "tinh", "t"]);
        Provinces::keyed(edition, &whole)
            .or_else(|| Provinces::keyed(edition, &key(bare)))
            .or_else(|| Provinces::with_code(edition, words.trim()))
    }

    /// A unit of today lies there, or a part of it did.
    pub(super) fn hold(&self, unit: &Unit<'_>) -> bool {
        self.today.contains(&unit.province.code)
            || unit
                .made_of()
                .any(|part| self.then.contains(&part.district.province.code))
    }

    /// A former unit lay there, or lies there today.
    pub(super) fn held(&self, edition: &Edition, former: &FormerUnit<'_>) -> bool {
        self.held_district(edition, &former.district)
    }

    pub(super) fn held_district(&self, edition: &Edition, d: &super::District<'_>) -> bool {
        self.then.contains(&d.province.code)
            || edition
                .province_today(&d.province)
                .is_some_and(|p| self.today.contains(&p.code))
    }
}

/// Kinds of a district by the folded word or abbreviation.
pub(super) const DISTRICT_WORDS: [(&str, DistrictKind); 9] = [
    ("thi xa", DistrictKind::Town),
    ("thanh pho", DistrictKind::City),
    ("quan", DistrictKind::Urban),
    ("huyen", DistrictKind::Rural),
    ("tx", DistrictKind::Town),
    ("tp", DistrictKind::City),
    ("q", DistrictKind::Urban),
    ("h", DistrictKind::Rural),
    ("district", DistrictKind::Urban),
];

/// Kinds of a unit by the folded word or abbreviation.
pub(super) const UNIT_WORDS: [(&str, UnitKind); 12] = [
    ("thi tran", UnitKind::Township),
    ("dac khu", UnitKind::SpecialZone),
    ("phuong", UnitKind::Ward),
    ("xa", UnitKind::Commune),
    ("tt", UnitKind::Township),
    ("dk", UnitKind::SpecialZone),
    ("ph", UnitKind::Ward),
    ("p", UnitKind::Ward),
    ("f", UnitKind::Ward),
    ("x", UnitKind::Commune),
    ("ward", UnitKind::Ward),
    ("commune", UnitKind::Commune),
];

/// The kind that a text begins with, and the rest; the kind alone is a name.
pub(super) fn split_word<'t, K: Copy>(text: &'t str, words: &[(&str, K)]) -> Option<(K, &'t str)> {
    words.iter().find_map(|(word, kind)| {
        let rest = without_kind(text, &[word]);
        (rest.len() < text.len()).then_some((*kind, rest))
    })
}

/// The text without the first of the kinds (folded words) that it begins with.
fn without_kind<'t>(text: &'t str, kinds: &[&str]) -> &'t str {
    for kind in kinds {
        let mut tokens = crate::tokens(text);
        let mut end = 0;
        let begins = kind.split(' ').all(|word| {
            tokens.next().is_some_and(|token| {
                end = token.range.end;
                token.folded == word
            })
        });
        if begins && tokens.next().is_some() {
            return text.get(end..).unwrap_or(text);
        }
    }
    text
}
