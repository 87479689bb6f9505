//! From the five tables as text (`data/units/*.csv`) to the bytes of an edition.
//!
//! Invariant: the bytes depend on the texts alone, and pass [`Edition::parse`] or are not given out.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{Table, DEGREE, HEADER, MAGIC, NONE, SPLIT};
use super::model::{DistrictKind, Kind, ProvinceKind, UnitKind};
use super::{key, Edition};
use crate::Date;

/// The five tables, each with its header line; columns as in `data/README.md`.
#[derive(Debug, Clone, Copy)]
pub struct Tables<'t> {
    /// `code,kind,name`
    pub provinces: &'t str,
    /// `code,kind,name,province,lat,lon,area_km2`
    pub units: &'t str,
    /// `code,kind,name,current`
    pub former_provinces: &'t str,
    /// `code,kind,name,province,current,also`
    pub former_districts: &'t str,
    /// `code,kind,name,district,lat,lon,extent_km,current`
    pub former_units: &'t str,
}

/// What is wrong with the tables, and in which line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table} line {line}: {what}")]
pub struct BuildError {
    /// Name of the table, as its file is called.
    pub table: &'static str,
    /// Line, counted from 1; 0 for the whole.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

/// Builds an edition that was checked on `as_of` and whose list of today is in force since `effective`.
///
/// # Errors
///
/// A cell that is missing, no number, or points at nothing; see [`BuildError`].
pub fn build(
    tables: &Tables<'_>,
    source: &str,
    as_of: Date,
    effective: Date,
) -> Result<Edition, BuildError> {
    let provinces = rows("provinces.csv", tables.provinces, 3)?;
    let units = rows("units.csv", tables.units, 7)?;
    let former_provinces = rows("former_provinces.csv", tables.former_provinces, 4)?;
    let districts = rows("former_districts.csv", tables.former_districts, 6)?;
    let former = rows("former_units.csv", tables.former_units, 8)?;

    let lists = [&provinces, &units, &former_provinces, &districts, &former];
    let own = lists.into_iter().flatten().map(|row| row.cells[2]);
    let also = districts.iter().flat_map(|row| row.cells[5].split(' '));
    let names: BTreeSet<(String, &str)> = own
        .chain(also.filter(|name| !name.is_empty()))
        .map(|name| (key::key(name), name))
        .collect();
    let names: Vec<&str> = names.into_iter().map(|(_, name)| name).collect();
    let mut name_index = BTreeMap::new();
    let mut out = Out::default();
    out.table(Table::Source).extend(source.bytes());
    for (i, name) in names.iter().enumerate() {
        name_index.insert(*name, i as u32);
        out.table(Table::NameBytes).extend(name.bytes());
        let end = out.table(Table::NameBytes).len() as u32;
        out.put(Table::NameEnds, &[(end, 3)]);
    }
    let name = |row: &Row<'_>| name_index.get(row.cells[2]).copied().unwrap_or_default();

    for row in &provinces {
        out.put(
            Table::Provinces,
            &[
                (row.int(0)?, 1),
                (row.kind::<ProvinceKind>()?, 1),
                (name(row), 2),
            ],
        );
    }
    for row in &former_provinces {
        let today = row.index(3, &provinces)?;
        out.put(
            Table::FormerProvinces,
            &[
                (row.int(0)?, 1),
                (row.kind::<ProvinceKind>()?, 1),
                (name(row), 2),
                (today, 1),
            ],
        );
    }
    for row in &districts {
        let island = match row.cells[4] {
            "" => NONE.into(),
            _ => row.index(4, &units)?,
        };
        let province = row.index(3, &former_provinces)?;
        out.put(
            Table::Districts,
            &[
                (row.int(0)?, 2),
                (row.kind::<DistrictKind>()?, 1),
                (name(row), 2),
                (province, 1),
                (island, 2),
            ],
        );
    }
    let mut parts = BTreeSet::new();
    for (i, row) in former.iter().enumerate() {
        let successors = row.cells[7]
            .split(' ')
            .map(|code| row.index_of(code, &units));
        let successors = successors.collect::<Result<Vec<u32>, _>>()?;
        parts.extend(successors.iter().map(|unit| (*unit, i as u32)));
        let current = match successors.as_slice() {
            &[unit] => unit,
            several => {
                let at = out.table(Table::Splits).len() as u32 / 2;
                out.put(Table::Splits, &[(several.len() as u32, 2)]);
                for unit in several {
                    out.put(Table::Splits, &[(*unit, 2)]);
                }
                at | u32::from(SPLIT)
            }
        };
        out.put(
            Table::Former,
            &[
                (row.int(0)?, 2),
                (name(row), 2),
                (row.index(3, &districts)?, 2),
                (row.kind::<UnitKind>()?, 1),
                (row.scaled(4, 1.0 / DEGREE)?, 3),
                (row.scaled(5, 1.0 / DEGREE)?, 3),
                (row.scaled(6, 100.0)?, 2),
                (current, 2),
            ],
        );
    }
    for (i, row) in units.iter().enumerate() {
        let first_part = parts.range(..(i as u32, 0)).count() as u32;
        out.put(
            Table::Units,
            &[
                (row.int(0)?, 2),
                (name(row), 2),
                (row.index(3, &provinces)?, 1),
                (row.kind::<UnitKind>()?, 1),
                (row.scaled(4, 1.0 / DEGREE)?, 3),
                (row.scaled(5, 1.0 / DEGREE)?, 3),
                (row.scaled(6, 100.0)?, 3),
                (first_part, 2),
            ],
        );
    }
    for (_, part) in &parts {
        out.put(Table::Parts, &[(*part, 2)]);
    }
    for (table, rows) in [
        (Table::UnitsByName, &units),
        (Table::FormerByName, &former),
        (Table::DistrictsByName, &districts),
    ] {
        let mut order: Vec<_> = rows.iter().map(name).zip(0u32..).collect();
        order.sort_unstable();
        for (_, row) in order {
            out.put(table, &[(row, 2)]);
        }
    }
    let aliases = districts.iter().zip(0u32..).flat_map(|(row, i)| {
        let also = row.cells[5].split(' ').filter_map(|n| name_index.get(n));
        also.map(move |name| (*name, i))
    });
    for (name, district) in aliases.collect::<BTreeSet<_>>() {
        out.put(Table::Aliases, &[(name, 2), (district, 2)]);
    }
    let bytes = out.finish(as_of, effective);
    Edition::parse(bytes).map_err(|e| BuildError {
        table: "edition",
        line: 0,
        what: e.to_string(),
    })
}

/// A line of a table.
struct Row<'t> {
    table: &'static str,
    line: usize,
    cells: Vec<&'t str>,
}

/// The lines below the header; no cell holds a comma.
fn rows<'t>(table: &'static str, text: &'t str, cells: usize) -> Result<Vec<Row<'t>>, BuildError> {
    let mut rows = Vec::new();
    for (i, line) in text.lines().enumerate().skip(1) {
        let row = Row {
            table,
            line: i + 1,
            cells: line.split(',').collect(),
        };
        if row.cells.len() != cells {
            return Err(row.error("number of cells"));
        }
        rows.push(row);
    }
    // Rows are found by halving.
    let unsorted = rows.windows(2).find(|w| w[0].cells[0] >= w[1].cells[0]);
    unsorted.map_or(Ok(()), |w| Err(w[1].error("order of codes")))?;
    Ok(rows)
}

impl Row<'_> {
    fn error(&self, what: impl Into<String>) -> BuildError {
        BuildError {
            table: self.table,
            line: self.line,
            what: what.into(),
        }
    }

    fn int(&self, cell: usize) -> Result<u32, BuildError> {
        let number = self.cells[cell].parse::<u16>().ok();
        number.map(u32::from).ok_or_else(|| self.error("no code"))
    }

    fn scaled(&self, cell: usize, by: f64) -> Result<u32, BuildError> {
        let number: Option<f64> = self.cells[cell].parse().ok();
        let number = number.map(|n| (n * by).round());
        number
            .filter(|n| (0.0..f64::from(1 << 24)).contains(n))
            .map(|n| n as u32)
            .ok_or_else(|| self.error(format!("number {:?}", self.cells[cell])))
    }

    fn kind<K: Kind>(&self) -> Result<u32, BuildError> {
        let word = self.cells[1];
        let kind = K::ALL.iter().position(|(_, known)| *known == word);
        kind.map(|k| k as u32)
            .ok_or_else(|| self.error(format!("kind {word:?}")))
    }

    fn index(&self, cell: usize, rows: &[Row<'_>]) -> Result<u32, BuildError> {
        self.index_of(self.cells[cell], rows)
    }

    fn index_of(&self, code: &str, rows: &[Row<'_>]) -> Result<u32, BuildError> {
        rows.binary_search_by(|row| row.cells[0].cmp(code))
            .map(|i| i as u32)
            .map_err(|_| self.error(format!("unknown code {code:?}")))
    }
}

/// The tables as they grow.
#[derive(Default)]
struct Out {
    tables: BTreeMap<usize, Vec<u8>>,
}

impl Out {
    fn table(&mut self, table: Table) -> &mut Vec<u8> {
        self.tables.entry(table as usize).or_default()
    }

    fn put(&mut self, table: Table, cells: &[(u32, usize)]) {
        let bytes = self.table(table);
        for (number, len) in cells {
            bytes.extend(number.to_le_bytes().iter().take(*len));
        }
    }

    fn finish(mut self, as_of: Date, effective: Date) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for date in [as_of, effective] {
            let digits: String = date.to_string().split('-').collect();
            bytes.extend(digits.parse::<u32>().unwrap_or_default().to_le_bytes());
        }
        for table in Table::ALL {
            let rows = self.table(table).len() / table.row();
            bytes.extend((rows as u32).to_le_bytes());
        }
        debug_assert_eq!(bytes.len(), HEADER);
        bytes.extend(self.tables.into_values().flatten());
        bytes
    }
}
