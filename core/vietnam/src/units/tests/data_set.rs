//! The lists against an independent data set (GitHub thanglequoc/vietnamese-provinces-database, joined with the package's), where it is at hand.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a file as column name -> cell; quotes are read as far as the files use them.
fn rows(file: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let path = crate::test_data::shared(file)?;
    let text = std::fs::read_to_string(path).ok()?;
    let mut lines = text.lines().map(cells);
    let head = lines.next()?;
    Some(
        lines
            .map(|cells| head.iter().cloned().zip(cells).collect())
            .collect(),
    )
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cells.last_mut().expect("one").push(c),
        }
    }
    cells
}

#[test]
fn both_lists_and_the_mapping_agree_with_the_data_set() {
    let files = [
        "units/new_units.csv",
        "units/old_units.csv",
        "units/old_to_new.csv",
    ];
    let [Some(new), Some(old), Some(pairs)] = files.map(rows) else {
        println!("skipped: no data set of units");
        return;
    };
    let units = built_in();
    assert_eq!(new.len(), units.current_units().count());
    for row in &new {
        let unit = units.by_code(&row["code"]).expect("a unit of today");
        assert_eq!(unit.full_name(), row["full_name"]);
        assert_eq!(unit.province.code, row["province_code"].as_str());
    }
    for row in old.iter().filter(|row| !row["code"].is_empty()) {
        let unit = units.former_by_code(&row["code"]).expect("a former unit");
        // The set writes `Thị Trấn` and `Thành Phố` here and there.
        let lower = str::to_lowercase;
        assert_eq!(lower(&unit.full_name()), lower(&row["full_name"]));
        assert_eq!(unit.district.code, row["district_code"].as_str());
        assert_eq!(
            lower(&unit.district.province.full_name()),
            lower(&row["province_full"])
        );
    }
    let mut mapped: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in pairs.iter().filter(|row| !row["old_code"].is_empty()) {
        mapped
            .entry(&row["old_code"])
            .or_default()
            .insert(&row["new_code"]);
        if row["is_default"] == "1" {
            let first = units
                .former_by_code(&row["old_code"])
                .and_then(|u| u.successors().next());
            let expected = units.by_code(&row["new_code"]);
            assert_eq!(first, expected, "{}", row["old_code"]);
        }
    }
    assert_eq!(mapped.len(), units.former_units().count());
    for (code, expected) in mapped {
        let former = units.former_by_code(code).expect("a former unit");
        let found: BTreeSet<_> = former.successors().map(|u| u.code).collect();
        let expected: BTreeSet<_> = expected
            .iter()
            .filter_map(|c| units.by_code(c))
            .map(|u| u.code)
            .collect();
        assert_eq!(found, expected, "{code}");
    }
}
