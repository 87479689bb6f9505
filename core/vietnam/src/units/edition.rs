//! One edition of the lists, read where it lies, and the look-ups by code and by name.
//!
//! Invariant: an edition in hand passed [`layout::check`]; nothing of it is unpacked, so a loaded one costs its bytes and no more.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::layout::{self, number, Layout, Table, DEGREE, NONE, SPLIT};
use super::model::{Code, District, FormerUnit, Kind, Province, ProvinceKind, Unit, UnitKind};
use super::nearest::Anchor;
use super::{key, DistrictKind};
use crate::{Date, Language};

/// The lists of units of one date: those of today, those of 30 June 2025, and what became what.
#[derive(Clone)]
pub struct Edition {
    bytes: Cow<'static, [u8]>,
    layout: Layout,
}

/// Why bytes are no edition that this release can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// More than 1 MiB.
    #[error("too long")]
    TooLong,
    /// A layout of another release.
    #[error("another layout")]
    Version,
    /// Broken; says where.
    #[error("format: {0}")]
    Format(&'static str),
}

impl EditionError {
    /// What to tell a person.
    #[must_use]
    pub fn text(&self, language: Language) -> &'static str {
        match (self, language) {
            (EditionError::Version, Language::Vi) => {
                "Danh mục đơn vị hành chính này cần bản ứng dụng khác."
            }
            (EditionError::Version, Language::En) => {
                "This list of administrative units needs another version of the app."
            }
            (_, Language::Vi) => "Danh mục đơn vị hành chính bị hỏng; vẫn dùng bản trước.",
            (_, Language::En) => {
                "The list of administrative units is damaged; the one before stays in use."
            }
        }
    }
}

/// Which of the two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum List {
    /// Three levels, as of 30 June 2025.
    Former,
    /// Two levels, since 1 July 2025.
    Current,
}

impl Edition {
    /// Reads an edition: at most 1 MiB, every row checked, in linear time. Keeps the bytes.
    ///
    /// # Errors
    ///
    /// See [`EditionError`].
    pub fn parse(bytes: impl Into<Cow<'static, [u8]>>) -> Result<Edition, EditionError> {
        let bytes = bytes.into();
        let layout = Layout::read(&bytes)?;
        layout::check(&bytes, &layout)?;
        let edition = Edition { bytes, layout };
        date(edition.number_at(8, 4)).ok_or(EditionError::Format("date"))?;
        date(edition.number_at(12, 4)).ok_or(EditionError::Format("date"))?;
        Ok(edition)
    }

    /// An edition without units.
    pub(super) fn empty() -> Edition {
        Edition {
            bytes: Cow::Borrowed(&[]),
            layout: Layout::empty(),
        }
    }

    /// The date the lists were last checked at.
    #[must_use]
    pub fn as_of(&self) -> Date {
        date(self.number_at(8, 4)).unwrap_or(Date::MAX)
    }

    /// The first day of today's list (1 July 2025).
    #[must_use]
    pub fn effective(&self) -> Date {
        date(self.number_at(12, 4)).unwrap_or(Date::MAX)
    }

    /// Where the data comes from.
    #[must_use]
    pub fn source(&self) -> &str {
        self.text(self.layout.range(Table::Source))
    }

    /// The edition as bytes, as [`Edition::parse`] reads them.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The list in force on a day. Before July 2025 it is that of 30 June 2025: what was merged earlier is not in it.
    #[must_use]
    pub fn list_on(&self, day: Date) -> List {
        if day < self.effective() {
            List::Former
        } else {
            List::Current
        }
    }

    /// The unit of today with that code.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<Unit<'_>> {
        let number = Code::number(code, 5)?;
        let number = match number {
            // Xã Ba Chẽ bears two codes in two editions of the official list.
            6978 if self.find(Table::Units, 6978).is_none() => 6970,
            number => number,
        };
        self.unit(self.find(Table::Units, number)?)
    }

    /// The unit of 30 June 2025 with that code.
    #[must_use]
    pub fn former_by_code(&self, code: &str) -> Option<FormerUnit<'_>> {
        self.former(self.find(Table::Former, Code::number(code, 5)?)?)
    }

    /// The province or city of today with that code.
    #[must_use]
    pub fn province(&self, code: &str) -> Option<Province<'_>> {
        let number = Code::number(code, 2)?;
        self.provinces().find(|p| p.code == Code::new(number, 2))
    }

    /// The units of today, by code.
    pub fn current_units(&self) -> impl Iterator<Item = Unit<'_>> {
        (0..self.rows(Table::Units)).filter_map(|i| self.unit(i))
    }

    /// The units of 30 June 2025, by code.
    pub fn former_units(&self) -> impl Iterator<Item = FormerUnit<'_>> {
        (0..self.rows(Table::Former)).filter_map(|i| self.former(i))
    }

    /// The provinces and cities of today, by code.
    pub fn provinces(&self) -> impl Iterator<Item = Province<'_>> {
        (0..self.rows(Table::Provinces)).filter_map(|i| self.province_at(i))
    }

    /// The provinces and cities of 30 June 2025, by code, each with the one it is part of today.
    pub fn former_provinces(&self) -> impl Iterator<Item = (Province<'_>, Province<'_>)> {
        (0..self.rows(Table::FormerProvinces)).filter_map(|i| {
            let today = self.cell(Table::FormerProvinces, i, 4, 1);
            Some((self.former_province_at(i)?, self.province_at(today)?))
        })
    }

    /// The districts of 30 June 2025, by code.
    pub fn districts(&self) -> impl Iterator<Item = District<'_>> {
        (0..self.rows(Table::Districts)).filter_map(|i| self.district_at(i))
    }

    /// The units of today with that name, whatever its spelling (spaces, signs, marks and case do not count), by code.
    pub fn units_named(&self, name: &str) -> impl Iterator<Item = Unit<'_>> {
        let key = key::key(name);
        self.named(Table::UnitsByName, Table::Units, 2, &key)
            .filter_map(|i| self.unit(i))
    }

    /// The units of 30 June 2025 with that name, whatever its spelling, by code.
    pub fn former_units_named(&self, name: &str) -> impl Iterator<Item = FormerUnit<'_>> {
        let key = key::key(name);
        self.named(Table::FormerByName, Table::Former, 2, &key)
            .filter_map(|i| self.former(i))
    }

    /// The districts with that key, by their name or one they had before.
    pub(super) fn districts_keyed(&self, key: &str) -> impl Iterator<Item = District<'_>> {
        let names = self.names(key);
        let first = self.first(Table::Aliases, |row| {
            self.cell(Table::Aliases, row, 0, 2) < names.start
        });
        let also = (first..self.rows(Table::Aliases))
            .take_while(move |row| self.cell(Table::Aliases, *row, 0, 2) < names.end)
            .map(|row| self.cell(Table::Aliases, row, 2, 2));
        self.named(Table::DistrictsByName, Table::Districts, 3, key)
            .chain(also)
            .filter_map(|i| self.district_at(i))
    }

    /// The unit of today that a district without communes (an island) became.
    pub(super) fn island(&self, district: &District<'_>) -> Option<Unit<'_>> {
        let row = self.find(Table::Districts, Code::number(district.code.as_str(), 3)?)?;
        match self.cell(Table::Districts, row, 6, 2) {
            NONE => None,
            unit => self.unit(unit),
        }
    }

    /// The province of today that one of 30 June 2025 belongs to.
    pub(super) fn province_today(&self, former: &Province<'_>) -> Option<Province<'_>> {
        self.former_provinces()
            .find(|(then, _)| then.code == former.code)
            .map(|(_, today)| today)
    }

    /// The points known to lie in units of today (of one province): those of the former units and of the units themselves.
    pub(super) fn anchors(&self, province: Option<&str>) -> impl Iterator<Item = Anchor> + '_ {
        let province =
            province.map(|code| Code::number(code, 2).and_then(|c| self.find_first_level(c)));
        let is_there = move |unit: u16| {
            province.is_none_or(|p| p == Some(self.cell(Table::Units, unit, 4, 1)))
        };
        let degrees = |table, row, at| {
            f64::from(self.number_at(self.layout.at(table, usize::from(row), at), 3)) * DEGREE
        };
        let former = (0..self.rows(Table::Former)).map(move |row| {
            let current = self.cell(Table::Former, row, 15, 2);
            let unit = match current & SPLIT {
                0 => current,
                _ => self.cell(Table::Splits, (current & !SPLIT) + 1, 0, 2),
            };
            Anchor {
                unit,
                lat: degrees(Table::Former, row, 7),
                lon: degrees(Table::Former, row, 10),
                extent_km: f64::from(self.cell(Table::Former, row, 13, 2)) / 100.0,
            }
        });
        let current = (0..self.rows(Table::Units)).map(move |row| {
            let area = self.number_at(self.layout.at(Table::Units, row.into(), 12), 3);
            Anchor {
                unit: row,
                lat: degrees(Table::Units, row, 6),
                lon: degrees(Table::Units, row, 9),
                extent_km: (f64::from(area) / 100.0).sqrt() / 2.0,
            }
        });
        former
            .chain(current)
            .filter(move |anchor| is_there(anchor.unit))
    }

    fn find_first_level(&self, code: u16) -> Option<u16> {
        (0..self.rows(Table::Provinces)).find(|row| self.cell(Table::Provinces, *row, 0, 1) == code)
    }

    pub(super) fn parts_of(&self, unit: u16) -> impl Iterator<Item = FormerUnit<'_>> {
        let start = self.cell(Table::Units, unit, 15, 2);
        let end = match unit + 1 {
            next if next < self.rows(Table::Units) => self.cell(Table::Units, next, 15, 2),
            _ => self.rows(Table::Parts),
        };
        (start..end).filter_map(|i| self.former(self.cell(Table::Parts, i, 0, 2)))
    }

    pub(super) fn successors_of(&self, former: u16) -> impl Iterator<Item = Unit<'_>> {
        let current = self.cell(Table::Former, former, 15, 2);
        let split = current & SPLIT != 0;
        let at = current & !SPLIT;
        let run = match split {
            true => at + 1..at + 1 + self.cell(Table::Splits, at, 0, 2),
            false => 0..1,
        };
        run.filter_map(move |i| {
            self.unit(match split {
                true => self.cell(Table::Splits, i, 0, 2),
                false => current,
            })
        })
    }

    pub(super) fn unit(&self, index: u16) -> Option<Unit<'_>> {
        let cell = |at, len| self.number_at(self.layout.at(Table::Units, index.into(), at), len);
        Some(Unit {
            code: Code::new(cell(0, 2) as u16, 5),
            kind: UnitKind::at(cell(5, 1) as u8)?,
            name: self.name(cell(2, 2) as u16),
            province: self.province_at(cell(4, 1) as u16)?,
            lat: f64::from(cell(6, 3)) * DEGREE,
            lon: f64::from(cell(9, 3)) * DEGREE,
            area_km2: f64::from(cell(12, 3)) / 100.0,
            of: self,
            index,
        })
    }

    pub(super) fn former(&self, index: u16) -> Option<FormerUnit<'_>> {
        let cell = |at, len| self.number_at(self.layout.at(Table::Former, index.into(), at), len);
        Some(FormerUnit {
            code: Code::new(cell(0, 2) as u16, 5),
            kind: UnitKind::at(cell(6, 1) as u8)?,
            name: self.name(cell(2, 2) as u16),
            district: self.district_at(cell(4, 2) as u16)?,
            lat: f64::from(cell(7, 3)) * DEGREE,
            lon: f64::from(cell(10, 3)) * DEGREE,
            extent_km: f64::from(cell(13, 2)) / 100.0,
            of: self,
            index,
        })
    }

    fn district_at(&self, index: u16) -> Option<District<'_>> {
        let cell = |at, len| self.cell(Table::Districts, index, at, len);
        Some(District {
            code: Code::new(cell(0, 2), 3),
            kind: DistrictKind::at(cell(2, 1) as u8)?,
            name: self.name(cell(3, 2)),
            province: self.former_province_at(cell(5, 1))?,
        })
    }

    fn province_at(&self, index: u16) -> Option<Province<'_>> {
        self.first_level(Table::Provinces, index)
    }

    fn former_province_at(&self, index: u16) -> Option<Province<'_>> {
        self.first_level(Table::FormerProvinces, index)
    }

    fn first_level(&self, table: Table, index: u16) -> Option<Province<'_>> {
        let cell = |at, len| self.cell(table, index, at, len);
        Some(Province {
            code: Code::new(cell(0, 1), 2),
            kind: ProvinceKind::at(cell(1, 1) as u8)?,
            name: self.name(cell(2, 2)),
        })
    }

    /// The row with that code, by halving.
    fn find(&self, table: Table, code: u16) -> Option<u16> {
        let row = self.first(table, |row| self.cell(table, row, 0, 2) < code);
        (row < self.rows(table) && self.cell(table, row, 0, 2) == code).then_some(row)
    }

    /// Rows of a table by the key of their name.
    fn named(
        &self,
        index: Table,
        table: Table,
        cell: usize,
        key: &str,
    ) -> impl Iterator<Item = u16> + use<'_> {
        let names = self.names(key);
        let row = move |i| self.cell(index, i, 0, 2);
        let name = move |i| self.cell(table, row(i), cell, 2);
        let first = match names.is_empty() {
            true => self.rows(index),
            false => self.first(index, |i| name(i) < names.start),
        };
        (first..self.rows(index))
            .take_while(move |i| name(*i) < names.end)
            .map(row)
    }

    /// The names with a key.
    fn names(&self, key: &str) -> Range<u16> {
        let start = self.first(Table::NameEnds, |i| key::compare(self.name(i), key).is_lt());
        let same = (start..self.rows(Table::NameEnds))
            .take_while(|i| key::compare(self.name(*i), key).is_eq());
        start..start + same.count() as u16
    }

    /// The first row for which `before` does not hold; it holds for all rows up to some and for none after.
    fn first(&self, table: Table, before: impl Fn(u16) -> bool) -> u16 {
        let (mut low, mut high) = (0, self.rows(table));
        while low < high {
            let middle = low + (high - low) / 2;
            if before(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn name(&self, index: u16) -> &str {
        let end = |i: u16| self.number_at(self.layout.at(Table::NameEnds, i.into(), 0), 3) as usize;
        let start = index.checked_sub(1).map_or(0, end);
        let all = self.layout.range(Table::NameBytes).start;
        self.text(all + start..all + end(index))
    }

    fn text(&self, range: Range<usize>) -> &str {
        let bytes = self.bytes.get(range).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    fn rows(&self, table: Table) -> u16 {
        self.layout.count(table) as u16
    }

    fn cell(&self, table: Table, row: u16, at: usize, len: usize) -> u16 {
        self.number_at(self.layout.at(table, row.into(), at), len) as u16
    }

    fn number_at(&self, at: usize, len: usize) -> u32 {
        number(&self.bytes, at, len)
    }
}

impl fmt::Debug for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Edition({}, {} units)",
            self.as_of(),
            self.rows(Table::Units)
        )
    }
}

/// `20250701` as a date.
fn date(number: u32) -> Option<Date> {
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    format!("{year:04}-{month:02}-{day:02}").parse().ok()
}
