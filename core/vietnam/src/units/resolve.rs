//! From ward, district and province to a unit.
//!
//! Invariant: never a guess. Names that moved between units in 2025 (the old commune Phú Xuân is in Phú Hồ today, the ward
//! Phú Xuân is new) are told apart by kind, tones and old district, and where these do not decide the answer is
//! [`UnitError::Ambiguous`] with the possibilities, for the person to choose.

use super::key::key;
use super::place_names::{split_word, Provinces, DISTRICT_WORDS, UNIT_WORDS};
use super::{
    Code, District, DistrictKind, Edition, FormerUnit, List, Resolved, Unit, UnitError, UnitKind,
};
use crate::tone::exact_words;
use crate::{tokens, Date};

/// Longest text looked at, in bytes.
pub(super) const MAX_TEXT: usize = 512;

/// How to ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Query<'a> {
    /// Code of the province that is meant when none is said; a unit outside is then found only where it has none of the name.
    pub home: Option<&'a str>,
    /// The day of the paper: before July 2025 only the list of then is asked, later a unit of today comes before a former one of the same name.
    pub on: Option<Date>,
}

/// A unit by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Address<'a> {
    /// Ward, commune or township, with or without its kind (`P. Phú Hội`, `xã Phú Xuân`, `Thuận Hóa`).
    pub ward: &'a str,
    /// The district of before July 2025, when it is known.
    pub district: Option<&'a str>,
    /// The province or city, when it is said: its name, a short name (`TP.HCM`) or the code of today.
    pub province: Option<&'a str>,
}

impl Edition {
    /// The unit with that code, of today first: many units of today bear the code of one of their parts.
    ///
    /// # Errors
    ///
    /// [`UnitError::Unknown`].
    pub fn resolve_code(
        &self,
        code: &str,
        on: Option<Date>,
    ) -> Result<Resolved<'_>, UnitError<'_>> {
        let is_then = on.is_some_and(|day| self.list_on(day) == List::Former);
        if let Some(unit) = self.by_code(code).filter(|_| !is_then) {
            return Ok(Resolved::current_unit(unit));
        }
        let former = self.former_by_code(code).ok_or(UnitError::Unknown)?;
        Ok(Resolved::former_unit(former))
    }

    /// The unit that an address names.
    ///
    /// # Errors
    ///
    /// See [`UnitError`].
    pub fn resolve(
        &self,
        address: &Address<'_>,
        query: &Query<'_>,
    ) -> Result<Resolved<'_>, UnitError<'_>> {
        let parts = [Some(address.ward), address.district, address.province];
        if parts.into_iter().flatten().map(str::len).sum::<usize>() > MAX_TEXT {
            return Err(UnitError::Unknown);
        }
        let has_marks = parts.into_iter().flatten().any(|part| !part.is_ascii());
        let mut scope = Scope::new(self, query, has_marks);
        if let Some(words) = address.province {
            scope.within(Provinces::of_words(self, words).ok_or(UnitError::Unknown)?);
        }
        if let Some(words) = address.district {
            let (kind, name) = match split_word(words, &DISTRICT_WORDS) {
                Some((kind, name)) => (Some(kind), name),
                None => (None, words),
            };
            let is_district = scope.district(kind, &key(name));
            if !is_district {
                // Until 2024 Huế was a city below a province; on most papers it is one.
                scope.within(Provinces::of_words(self, words).ok_or(UnitError::Unknown)?);
            }
        }
        scope.read(address.ward)
    }
}

/// Where a unit is looked for.
#[derive(Clone)]
pub(super) struct Scope<'e> {
    edition: &'e Edition,
    list: Option<List>,
    /// The words were typed with their marks: a name without any is then one without any.
    has_marks: bool,
    home: Option<Provinces>,
    provinces: Vec<Provinces>,
    districts: Vec<District<'e>>,
}

impl<'e> Scope<'e> {
    /// Everywhere, with a preference for home.
    pub(super) fn new(edition: &'e Edition, query: &Query<'_>, has_marks: bool) -> Scope<'e> {
        Scope {
            edition,
            list: query.on.map(|day| edition.list_on(day)),
            has_marks,
            home: query
                .home
                .and_then(|code| Provinces::with_code(edition, code)),
            provinces: Vec::new(),
            districts: Vec::new(),
        }
    }

    /// Within one of these provinces, too.
    pub(super) fn within(&mut self, provinces: Provinces) {
        self.provinces.push(provinces);
    }

    /// Within the district of that key; false when there is none in the provinces said so far. The kind decides between two,
    /// but a district that has another kind today than on the paper is still the one.
    pub(super) fn district(&mut self, kind: Option<DistrictKind>, key: &str) -> bool {
        let edition = self.edition;
        let is_there =
            |d: &District<'_>| self.provinces.iter().all(|p| p.held_district(edition, d));
        let all: Vec<District<'e>> = edition.districts_keyed(key).filter(is_there).collect();
        let of_kind = |d: &&District<'e>| kind.is_none_or(|kind| kind == d.kind);
        let narrow: Vec<District<'e>> = all.iter().filter(of_kind).copied().collect();
        self.districts = if narrow.is_empty() { all } else { narrow };
        !self.districts.is_empty()
    }

    pub(super) fn districts(&self) -> &[District<'e>] {
        &self.districts
    }

    /// The unit that words with or without a kind name. `Phường Đúc` is a name that only looks as if it had one.
    fn read(&self, words: &str) -> Result<Resolved<'e>, UnitError<'e>> {
        let (kind, name) = match split_word(words, &UNIT_WORDS) {
            Some((kind, name)) if !self.has_exact(words) => (Some(kind), name),
            _ => (None, words),
        };
        self.answer(kind, name)
    }

    fn has_exact(&self, name: &str) -> bool {
        let asked = exact_words(name);
        let all = self.named(None, name);
        !all.only(|other| exact_words(other) == asked).is_empty()
    }

    /// The unit of that kind and name within the scope.
    pub(super) fn answer(
        &self,
        kind: Option<UnitKind>,
        name: &str,
    ) -> Result<Resolved<'e>, UnitError<'e>> {
        let everywhere = self.found(kind, name);
        let Some(home) = self.home.as_ref().filter(|_| self.provinces.is_empty()) else {
            return everywhere.answer();
        };
        let mut at_home = self.clone();
        at_home.provinces.push(home.clone());
        at_home
            .districts
            .retain(|d| home.held_district(self.edition, d));
        if at_home.districts.is_empty() != self.districts.is_empty() {
            return everywhere.answer();
        }
        let found = at_home.found(kind, name);
        if found.is_empty() {
            return everywhere.answer();
        }
        let is_assumed = found.len() < everywhere.len();
        found.answer().map(|answer| Resolved {
            home_assumed: is_assumed,
            ..answer
        })
    }

    /// The closest spelling that some unit has: letters and marks, then letters alone, then the key.
    fn found(&self, kind: Option<UnitKind>, name: &str) -> Found<'e> {
        let all = self.named(kind, name);
        if all.len() > 1 {
            // `An Thanh` in a text without marks may be An Thành.
            let exact = self.has_marks.then_some(exact_words as fn(&str) -> String);
            for form in exact
                .into_iter()
                .chain([folded_words as fn(&str) -> String])
            {
                let asked = form(name);
                let narrow = all.only(|other| form(other) == asked);
                if !narrow.is_empty() {
                    return narrow;
                }
            }
        }
        all
    }

    /// Every unit there whose name has the same key.
    fn named(&self, kind: Option<UnitKind>, name: &str) -> Found<'e> {
        let is_kind = |k: UnitKind| kind.is_none_or(|kind| kind == k);
        let edition = self.edition;
        let in_district = |old: &FormerUnit<'_>| {
            self.districts.is_empty() || self.districts.iter().any(|d| d.code == old.district.code)
        };
        let former: Vec<FormerUnit<'e>> = edition
            .former_units_named(name)
            .filter(|u| is_kind(u.kind) && in_district(u))
            .filter(|u| self.provinces.iter().all(|p| p.held(edition, u)))
            .collect();
        if self.list == Some(List::Former) || (!self.districts.is_empty() && !former.is_empty()) {
            return Found {
                current: Vec::new(),
                former,
            };
        }
        // A new name beside an old district is right when the unit has a part there.
        let has_part =
            |u: &Unit<'_>| self.districts.is_empty() || u.made_of().any(|old| in_district(&old));
        let current = edition
            .units_named(name)
            .filter(|u| is_kind(u.kind) && has_part(u))
            .filter(|u| self.provinces.iter().all(|p| p.hold(u)))
            .collect();
        Found { current, former }.of(self.list)
    }
}

/// The folded words of a text, one space between them.
fn folded_words(text: &str) -> String {
    tokens(text).map(|t| t.folded).collect::<Vec<_>>().join(" ")
}

/// What fits a name, in both lists.
struct Found<'e> {
    current: Vec<Unit<'e>>,
    former: Vec<FormerUnit<'e>>,
}

impl<'e> Found<'e> {
    fn len(&self) -> usize {
        self.current.len() + self.former.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A paper of today means today's unit where there is one.
    fn of(mut self, list: Option<List>) -> Found<'e> {
        if list == Some(List::Current) && !self.current.is_empty() {
            self.former.clear();
        }
        self
    }

    fn only(&self, same: impl Fn(&str) -> bool) -> Found<'e> {
        Found {
            current: self
                .current
                .iter()
                .filter(|u| same(u.name))
                .copied()
                .collect(),
            former: self
                .former
                .iter()
                .filter(|u| same(u.name))
                .copied()
                .collect(),
        }
    }

    fn answer(self) -> Result<Resolved<'e>, UnitError<'e>> {
        let successors =
            |old: &FormerUnit<'e>| old.successors().map(|u| u.code).collect::<Vec<Code>>();
        match (self.current.as_slice(), self.former.as_slice()) {
            ([], []) => Err(UnitError::Unknown),
            // The name of today and of the unit's own parts.
            ([unit], former)
                if former
                    .iter()
                    .all(|old| successors(old).contains(&unit.code)) =>
            {
                Ok(Resolved {
                    also_former: former.iter().any(|old| old.current().is_none()),
                    ..Resolved::current_unit(*unit)
                })
            }
            ([], [first, others @ ..])
                if others
                    .iter()
                    .all(|old| successors(old) == successors(first)) =>
            {
                Ok(Resolved::former_unit(*first))
            }
            (current, former) => {
                let today = former.iter().flat_map(FormerUnit::successors);
                let mut units: Vec<Unit<'e>> = current.iter().copied().chain(today).collect();
                units.sort_by_key(|unit| unit.code);
                units.dedup_by_key(|unit| unit.code);
                Err(UnitError::Ambiguous(units))
            }
        }
    }
}
