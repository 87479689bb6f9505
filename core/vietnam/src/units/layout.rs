//! The bytes of an edition: a header of counts, then tables of fixed rows, the names once each, and the indexes.
//!
//! Invariant: numbers are little-endian; every index in every row points inside its table once [`check`] has passed, so that readers need no other test. Nothing is
//! unpacked: a look-up reads the bytes where they lie. `data/README.md` describes the tables for other readers.

use std::cmp::Ordering;
use std::ops::Range;

use super::key;
use super::model::{DistrictKind, Kind, ProvinceKind, UnitKind};
use super::EditionError;

/// Begins every edition; the last character is the version of the layout.
pub(super) const MAGIC: &[u8; 8] = b"VNUNITS1";
/// Longest edition read, in bytes.
pub(super) const MAX_BYTES: usize = 1 << 20;
/// Magic, two dates, the counts.
pub(super) const HEADER: usize = 8 + 4 + 4 + 4 * TABLES;
/// Degrees are kept as multiples of this.
pub(super) const DEGREE: f64 = 1e-5;
/// Stands for "no unit" where an index may be missing.
pub(super) const NONE: u16 = u16::MAX;
/// In a former unit's row: the rest is a place in the table of splits.
pub(super) const SPLIT: u16 = 0x8000;

/// The tables in the order they lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// Where the data comes from, text.
    Source,
    /// End of each name in [`Table::NameBytes`], 3 bytes.
    NameEnds,
    /// The names, sorted by key, then by bytes.
    NameBytes,
    /// Code 1, kind 1, name 2.
    Provinces,
    /// Code 2, name 2, province 1, kind 1, latitude 3, longitude 3, area 3 (0.01 km²), first of its parts 2. By code.
    Units,
    /// Code 1, kind 1, name 2, province of today 1.
    FormerProvinces,
    /// Code 2, kind 1, name 2, province 1, unit of today where it had no communes 2. By code.
    Districts,
    /// Code 2, name 2, district 2, kind 1, latitude 3, longitude 3, half width 2 (0.01 km), unit of today or split 2. By code.
    Former,
    /// Runs of a count and that many units of today, 2 bytes each.
    Splits,
    /// The former units of each unit of today, run by run, 2 bytes each.
    Parts,
    /// Units, former units and districts in the order of their names, 2 bytes each.
    UnitsByName,
    /// As above.
    FormerByName,
    /// As above.
    DistrictsByName,
    /// Names that a district is also known by: name 2, district 2. By name.
    Aliases,
}

const TABLES: usize = 14;

impl Table {
    pub(super) const ALL: [Table; TABLES] = [
        Table::Source,
        Table::NameEnds,
        Table::NameBytes,
        Table::Provinces,
        Table::Units,
        Table::FormerProvinces,
        Table::Districts,
        Table::Former,
        Table::Splits,
        Table::Parts,
        Table::UnitsByName,
        Table::FormerByName,
        Table::DistrictsByName,
        Table::Aliases,
    ];

    /// Bytes of one row.
    pub(super) const fn row(self) -> usize {
        match self {
            Table::Source | Table::NameBytes => 1,
            Table::NameEnds => 3,
            Table::Provinces | Table::Aliases => 4,
            Table::Units | Table::Former => 17,
            Table::FormerProvinces => 5,
            Table::Districts => 8,
            Table::Splits
            | Table::Parts
            | Table::UnitsByName
            | Table::FormerByName
            | Table::DistrictsByName => 2,
        }
    }
}

/// Where each table lies.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    starts: [usize; TABLES],
    counts: [usize; TABLES],
}

impl Layout {
    /// Reads the header; the tables must fill the bytes exactly.
    pub(super) fn read(bytes: &[u8]) -> Result<Layout, EditionError> {
        if bytes.len() > MAX_BYTES {
            return Err(EditionError::TooLong);
        }
        match bytes.get(..MAGIC.len()) {
            Some(magic) if magic == MAGIC => {}
            Some(magic) if magic.starts_with(&MAGIC[..MAGIC.len() - 1]) => {
                return Err(EditionError::Version)
            }
            _ => return Err(EditionError::Format("magic")),
        }
        let mut layout = Layout {
            starts: [0; TABLES],
            counts: [0; TABLES],
        };
        let mut at = HEADER;
        for (i, table) in Table::ALL.into_iter().enumerate() {
            let count = number(bytes, 16 + 4 * i, 4) as usize;
            // An index is a number of 15 bits; texts have none.
            if table.row() > 1 && count >= usize::from(SPLIT) {
                return Err(EditionError::Format("count"));
            }
            layout.starts[i] = at;
            layout.counts[i] = count;
            at = count
                .checked_mul(table.row())
                .and_then(|len| at.checked_add(len))
                .filter(|end| *end <= bytes.len())
                .ok_or(EditionError::Format("length"))?;
        }
        if at != bytes.len() {
            return Err(EditionError::Format("length"));
        }
        Ok(layout)
    }

    pub(super) fn empty() -> Layout {
        Layout {
            starts: [0; TABLES],
            counts: [0; TABLES],
        }
    }

    pub(super) fn count(&self, table: Table) -> usize {
        self.counts[table as usize]
    }

    /// Where a cell begins.
    pub(super) fn at(&self, table: Table, row: usize, cell: usize) -> usize {
        self.starts[table as usize] + row * table.row() + cell
    }

    pub(super) fn range(&self, table: Table) -> Range<usize> {
        let start = self.starts[table as usize];
        start..start + self.counts[table as usize] * table.row()
    }
}

/// A number of up to four bytes; what lies outside is 0.
pub(super) fn number(bytes: &[u8], at: usize, len: usize) -> u32 {
    let cell = bytes.get(at..at + len).unwrap_or_default();
    cell.iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// Checks every row once, so that no reader can be led astray.
pub(super) fn check(bytes: &[u8], layout: &Layout) -> Result<(), EditionError> {
    let checker = Checker { bytes, layout };
    checker.names()?;
    checker.rows()?;
    checker.runs()?;
    checker.indexes()
}

struct Checker<'b> {
    bytes: &'b [u8],
    layout: &'b Layout,
}

/// Kept by every row of a table, with the place of its bytes.
type Rule<'r> = dyn Fn(usize) -> bool + 'r;

impl Checker<'_> {
    fn names(&self) -> Result<(), EditionError> {
        let layout = self.layout;
        let text = |range: Range<usize>| std::str::from_utf8(self.bytes.get(range)?).ok();
        text(layout.range(Table::Source)).ok_or(EditionError::Format("source"))?;
        let all = text(layout.range(Table::NameBytes)).ok_or(EditionError::Format("names"))?;
        let (mut start, mut before) = (0, (String::new(), ""));
        for row in 0..layout.count(Table::NameEnds) {
            let end = number(self.bytes, layout.at(Table::NameEnds, row, 0), 3) as usize;
            let name = all.get(start..end).ok_or(EditionError::Format("names"))?;
            let this = (key::key(name), name);
            if row > 0 && before >= this || this.0.is_empty() {
                return Err(EditionError::Format("order of names"));
            }
            (start, before) = (end, this);
        }
        (start == all.len())
            .then_some(())
            .ok_or(EditionError::Format("names"))
    }

    fn rows(&self) -> Result<(), EditionError> {
        let two = |at| number(self.bytes, at, 2) as usize;
        let one = |at| number(self.bytes, at, 1) as usize;
        let has = |table, row: usize| row < self.layout.count(table);
        let name = |at| has(Table::NameEnds, two(at));
        let kind = |at, kinds: usize| one(at) < kinds;
        let unit = |at| has(Table::Units, two(at));
        let tables: [(Table, &Rule<'_>); 6] = [
            (Table::Provinces, &|at| {
                kind(at + 1, ProvinceKind::ALL.len()) && name(at + 2)
            }),
            (Table::Units, &|at| {
                name(at + 2)
                    && has(Table::Provinces, one(at + 4))
                    && kind(at + 5, UnitKind::ALL.len())
            }),
            (Table::FormerProvinces, &|at| {
                kind(at + 1, ProvinceKind::ALL.len())
                    && name(at + 2)
                    && has(Table::Provinces, one(at + 4))
            }),
            (Table::Districts, &|at| {
                kind(at + 2, DistrictKind::ALL.len())
                    && name(at + 3)
                    && has(Table::FormerProvinces, one(at + 5))
                    && (unit(at + 6) || two(at + 6) == usize::from(NONE))
            }),
            (Table::Former, &|at| {
                name(at + 2)
                    && has(Table::Districts, two(at + 4))
                    && kind(at + 6, UnitKind::ALL.len())
                    && (unit(at + 15) || two(at + 15) & usize::from(SPLIT) != 0)
            }),
            (Table::Aliases, &|at| {
                name(at) && has(Table::Districts, two(at + 2))
            }),
        ];
        for (table, rule) in tables {
            let mut rows = (0..self.layout.count(table)).map(|row| self.layout.at(table, row, 0));
            if !rows.all(rule) {
                return Err(EditionError::Format("a row"));
            }
        }
        for table in [Table::Units, Table::Districts, Table::Former] {
            self.rises(table, two, Ordering::is_lt)?;
        }
        self.rises(Table::Provinces, one, Ordering::is_lt)?;
        self.rises(Table::FormerProvinces, one, Ordering::is_lt)?;
        self.rises(Table::Aliases, two, Ordering::is_le)
    }

    fn rises(
        &self,
        table: Table,
        key: impl Fn(usize) -> usize,
        holds: fn(Ordering) -> bool,
    ) -> Result<(), EditionError> {
        let keys: Vec<usize> = (0..self.layout.count(table))
            .map(|row| key(self.layout.at(table, row, 0)))
            .collect();
        keys.windows(2)
            .all(|w| holds(w[0].cmp(&w[1])))
            .then_some(())
            .ok_or(EditionError::Format("order of rows"))
    }

    /// Splits and parts.
    fn runs(&self) -> Result<(), EditionError> {
        let layout = self.layout;
        let two = |table, row, cell| number(self.bytes, layout.at(table, row, cell), 2) as usize;
        let is_unit = |unit| unit < layout.count(Table::Units);
        for row in 0..layout.count(Table::Former) {
            let current = two(Table::Former, row, 15);
            if current & usize::from(SPLIT) == 0 {
                continue;
            }
            let at = current & !usize::from(SPLIT);
            let count = match at < layout.count(Table::Splits) {
                true => two(Table::Splits, at, 0),
                false => 0,
            };
            let fits = count > 1 && at + count < layout.count(Table::Splits);
            if !fits || !(1..=count).all(|i| is_unit(two(Table::Splits, at + i, 0))) {
                return Err(EditionError::Format("splits"));
            }
        }
        let parts = layout.count(Table::Parts);
        self.rises(
            Table::Units,
            |at| number(self.bytes, at + 15, 2) as usize,
            Ordering::is_le,
        )?;
        let starts = (0..layout.count(Table::Units)).all(|u| two(Table::Units, u, 15) <= parts);
        let ends = (0..parts).all(|p| two(Table::Parts, p, 0) < layout.count(Table::Former));
        (starts && ends)
            .then_some(())
            .ok_or(EditionError::Format("parts"))
    }

    /// An index lists every row of its table, in the order of the names.
    fn indexes(&self) -> Result<(), EditionError> {
        let two = |at| number(self.bytes, at, 2) as usize;
        for (index, table, cell) in [
            (Table::UnitsByName, Table::Units, 2),
            (Table::FormerByName, Table::Former, 2),
            (Table::DistrictsByName, Table::Districts, 3),
        ] {
            let count = self.layout.count(table);
            let rows = || (0..count).map(|i| two(self.layout.at(index, i, 0)));
            let whole = self.layout.count(index) == count && rows().all(|row| row < count);
            let keys: Vec<_> = rows()
                .map(|row| (two(self.layout.at(table, row, cell)), row))
                .collect();
            if !whole || !keys.windows(2).all(|w| w[0] < w[1]) {
                return Err(EditionError::Format("index"));
            }
        }
        Ok(())
    }
}
