//! Which spans of an address go together.
//!
//! Invariant: of the readings that have an answer the surest one wins, and where several are equally sure their answers must agree; a part that says or is a district or a
//! province and is left out makes the address unknown.

use std::ops::Range;

use super::super::place_names::Provinces;
use super::super::resolve::Scope;
use super::super::{Edition, Unit};
use super::super::{Resolved, UnitError, UnitStatus};
use super::spans::{DistrictName, Span, Spans, Stand, UnitName};
use super::words::Words;

pub(super) struct Chosen<'e> {
    pub(super) unit: Resolved<'e>,
    /// Words that named units, districts and provinces.
    pub(super) taken: Vec<Range<usize>>,
}

/// Districts and provinces tried with each unit.
const MAX_ABOVE: usize = 6;

pub(super) fn choose<'e>(
    edition: &'e Edition,
    words: &Words<'_>,
    spans: &Spans<'_>,
    scope: &Scope<'e>,
) -> Result<Chosen<'e>, UnitError<'e>> {
    let mut best = Best {
        edition,
        spans,
        weight: 0,
        taken: Vec::new(),
        answer: Err(UnitError::Unknown),
    };
    for p in option(&spans.provinces) {
        for d in option(&spans.districts) {
            let mut scope = scope.clone();
            if let Some(p) = p {
                scope.within(p.what.clone());
            }
            let is_there = d.is_none_or(|d| scope.district(d.what.kind, &d.what.key));
            if overlap(p, d) || !is_there {
                continue;
            }
            for unit in &spans.units {
                let provinces = &spans.provinces;
                let reading = Reading {
                    words,
                    unit,
                    d,
                    p,
                    provinces,
                };
                if let Some(weight) = reading.weight() {
                    best.offer(weight, reading.taken(), || {
                        scope.answer(unit.what.kind, unit.what.name)
                    });
                }
            }
            let Some(d) = d.filter(|d| d.stand != Stand::Loose) else {
                continue;
            };
            // Five island districts had no communes.
            let islands = scope.districts().iter();
            if let Some(unit) = islands.filter_map(|d| edition.island(d)).next_back() {
                let p = p.map(|p| p.words.clone());
                let taken = std::iter::once(d.words.clone()).chain(p).collect();
                best.offer(1, taken, || Ok(island(unit)));
            }
        }
    }
    Ok(Chosen {
        unit: best.answer?,
        taken: best.taken,
    })
}

/// None first: a reading that needs less is offered first and loses to one that explains more.
fn option<K>(spans: &[Span<K>]) -> impl Iterator<Item = Option<&Span<K>>> {
    std::iter::once(None).chain(spans.iter().take(MAX_ABOVE).map(Some))
}

fn overlap<A, B>(a: Option<&Span<A>>, b: Option<&Span<B>>) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return false;
    };
    a.words.start < b.words.end && b.words.start < a.words.end
}

fn island(unit: Unit<'_>) -> Resolved<'_> {
    Resolved {
        status: UnitStatus::Former,
        ..Resolved::current_unit(unit)
    }
}

/// The surest reading so far.
struct Best<'e, 's, 't> {
    edition: &'e Edition,
    spans: &'s Spans<'t>,
    weight: usize,
    taken: Vec<Range<usize>>,
    answer: Result<Resolved<'e>, UnitError<'e>>,
}

impl<'e> Best<'e, '_, '_> {
    fn offer(
        &mut self,
        weight: usize,
        mut taken: Vec<Range<usize>>,
        answer: impl FnOnce() -> Result<Resolved<'e>, UnitError<'e>>,
    ) {
        if self.weight > weight {
            return;
        }
        let answer = answer();
        if answer == Err(UnitError::Unknown) {
            return;
        }
        self.agree(&answer, &mut taken);
        if self.misses(&taken) {
            return;
        }
        let is_rival = self.weight == weight && self.answer != answer;
        self.answer = match is_rival {
            true => Err(UnitError::Ambiguous(both(&self.answer, &answer))),
            false => answer,
        };
        (self.weight, self.taken) = (weight, taken);
    }

    /// Takes the other names of provinces that are true of the answer: `TP Huế, tỉnh Thừa Thiên Huế`.
    fn agree(&self, answer: &Result<Resolved<'e>, UnitError<'e>>, taken: &mut Vec<Range<usize>>) {
        let lies_in = |p: &Provinces| match answer {
            Ok(Resolved {
                former: Some(former),
                ..
            }) => p.held(self.edition, former),
            Ok(Resolved {
                successors: units, ..
            })
            | Err(UnitError::Ambiguous(units)) => units.iter().all(|unit| p.hold(unit)),
            Err(UnitError::Unknown) => false,
        };
        let sure = self
            .spans
            .provinces
            .iter()
            .filter(|s| s.stand != Stand::Loose);
        for span in sure.filter(|s| lies_in(&s.what)) {
            if !touches(taken, &span.words) {
                taken.push(span.words.clone());
            }
        }
    }

    /// Whether a part that says it is a district or a province, or after the unit is one, was left out.
    fn misses(&self, taken: &[Range<usize>]) -> bool {
        let unit_at = taken.first().map_or(0, |range| range.start);
        let provinces = self.spans.provinces.iter().map(|s| (s.stand, &s.words));
        let districts = self.spans.districts.iter().map(|s| (s.stand, &s.words));
        provinces
            .chain(districts)
            .filter(|(stand, range)| *stand != Stand::Loose && range.start > unit_at)
            .map(|(_, range)| range)
            .chain(&self.spans.claims)
            .any(|range| !touches(taken, range))
    }
}

fn touches(taken: &[Range<usize>], range: &Range<usize>) -> bool {
    taken
        .iter()
        .any(|t| t.start < range.end && range.start < t.end)
}

fn both<'e>(
    a: &Result<Resolved<'e>, UnitError<'e>>,
    b: &Result<Resolved<'e>, UnitError<'e>>,
) -> Vec<Unit<'e>> {
    let units = |answer: &Result<Resolved<'e>, UnitError<'e>>| match answer {
        Ok(found) => found.successors.clone(),
        Err(UnitError::Ambiguous(units)) => units.clone(),
        Err(UnitError::Unknown) => Vec::new(),
    };
    let mut all = units(a);
    all.extend(units(b));
    all.sort_by_key(|unit| unit.code);
    all.dedup_by_key(|unit| unit.code);
    all
}

struct Reading<'r, 't> {
    words: &'r Words<'t>,
    unit: &'r Span<UnitName<'t>>,
    d: Option<&'r Span<DistrictName>>,
    p: Option<&'r Span<Provinces>>,
    provinces: &'r [Span<Provinces>],
}

impl Reading<'_, '_> {
    /// How sure the reading is; none when it is none.
    fn weight(&self) -> Option<usize> {
        if overlap(Some(self.unit), self.d) || overlap(Some(self.unit), self.p) {
            return None;
        }
        let d = self.d.map(|d| (d.stand, d.words.clone()));
        let p = self.p.map(|p| (p.stand, p.words.clone()));
        for (stand, words) in [&d, &p].into_iter().flatten() {
            if *stand == Stand::Loose && !self.is_followed(words) {
                return None;
            }
        }
        if self.unit.stand == Stand::Loose && !self.is_ward_of_a_street() {
            return None;
        }
        if self.unit.stand == Stand::Part && self.is_province_of_the_rest() {
            return None;
        }
        let above = [d, p].into_iter().flatten();
        let worth: usize = above
            .map(|(stand, words)| 100 * (3 + usize::from(stand != Stand::Loose)) + words.len())
            .sum();
        let unit = match self.unit.stand {
            Stand::Marked => 600,
            Stand::Part => 400,
            Stand::Loose => 100,
        };
        Some(worth + unit + self.unit.words.len())
    }

    /// `Phú Hội, Quảng Trị` is not the ward Quảng Trị: the name of a province after other parts is the province.
    fn is_province_of_the_rest(&self) -> bool {
        let name = &self.unit.words;
        name.start > 0 && self.provinces.iter().any(|p| p.words == *name)
    }

    /// After a loose name comes the end of the part or a name of a higher level.
    fn is_followed(&self, name: &Range<usize>) -> bool {
        let begins = |range: Option<Range<usize>>| range.is_some_and(|r| r.start == name.end);
        self.words.is_start(name.end)
            || begins(self.d.map(|d| d.words.clone()))
            || begins(self.p.map(|p| p.words.clone()))
            || begins(Some(self.unit.words.clone()))
    }

    /// Without comma and kind: a district or province follows, and before it stands nothing or a number and a street
    /// (`12 Phú Hội, Huế` is a house in a street).
    fn is_ward_of_a_street(&self) -> bool {
        let name = &self.unit.words;
        let follows = self
            .d
            .map(|d| d.words.clone())
            .into_iter()
            .chain(self.p.map(|p| p.words.clone()));
        let before = name.start - self.words.part_start(name.start);
        let is_number = |i: usize| {
            self.words
                .all
                .get(i)
                .is_some_and(|w| w.folded.bytes().any(|b| b.is_ascii_digit()))
        };
        let has_street = before > 1 && !is_number(name.start - 1);
        follows.into_iter().any(|next| next.start >= name.end)
            && self.is_followed(name)
            && (before == 0 || has_street)
    }

    fn taken(&self) -> Vec<Range<usize>> {
        let above = [
            self.d.map(|d| d.words.clone()),
            self.p.map(|p| p.words.clone()),
        ];
        std::iter::once(self.unit.words.clone())
            .chain(above.into_iter().flatten())
            .collect()
    }
}
