//! Data packs from their sources, and what changed between two of them: the program behind `cargo xtask datapack`.
//!
//! `build` writes `core/vietnam/data/units.pack` from the tables in `core/vietnam/data/units/`. `boundaries GEOJSON SOURCE DATE OUT` builds a boundary pack.
//! `diff OLD NEW` reports on two packs of units, two calendars, or two tables (CSV, by first column).

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::path::Path;

use hues_vietnam::units::{build, Boundaries, Edition, Tables};
use hues_vietnam::Calendar;
use serde_json::Value;

type Step = Result<(), Box<dyn Error>>;

fn main() -> Step {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["build"] => units(),
        ["boundaries", geojson, source, date, out] => {
            let text = std::fs::read_to_string(geojson)?;
            let pack = Boundaries::build(&text, source, date.parse()?)?;
            say(&format!(
                "{} units, {} bytes",
                pack.codes().count(),
                pack.as_bytes().len()
            ))?;
            Ok(std::fs::write(out, pack.as_bytes())?)
        }
        ["diff", old, new] => diff(&std::fs::read(old)?, &std::fs::read(new)?),
        _ => Err("build | boundaries GEOJSON SOURCE DATE OUT | diff OLD NEW".into()),
    }
}

fn units() -> Step {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let table = |name: &str| std::fs::read_to_string(data.join("units").join(name));
    let edition = build(
        &Tables {
            provinces: &table("provinces.csv")?,
            units: &table("units.csv")?,
            former_provinces: &table("former_provinces.csv")?,
            former_districts: &table("former_districts.csv")?,
            former_units: &table("former_units.csv")?,
        },
        table("source.txt")?.trim(),
        table("as_of.txt")?.trim().parse()?,
        "2025-07-01".parse()?,
    )?;
    let pack = data.join("units.pack");
    if let Ok(kept) = std::fs::read(&pack) {
        if let Ok(kept) = Edition::parse(kept) {
            say(&edition.changes_since(&kept).to_string())?;
        }
    }
    say(&format!("units.pack: {} bytes", edition.as_bytes().len()))?;
    Ok(std::fs::write(pack, edition.as_bytes())?)
}

fn diff(old: &[u8], new: &[u8]) -> Step {
    if let (Ok(old), Ok(new)) = (Edition::parse(old.to_vec()), Edition::parse(new.to_vec())) {
        say(&format!("source: {} -> {}", old.source(), new.source()))?;
        return say(&new.changes_since(&old).to_string());
    }
    let (old, new) = (std::str::from_utf8(old)?, std::str::from_utf8(new)?);
    let is_calendar = |text| Calendar::from_json(text).is_ok();
    let rows = if is_calendar(old) && is_calendar(new) {
        (days(old)?, days(new)?)
    } else {
        (lines(old), lines(new))
    };
    report(&rows.0, &rows.1)
}

/// Days off and make-up days of a calendar by date.
fn days(json: &str) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let calendar: Value = serde_json::from_str(json)?;
    let mut days = BTreeMap::new();
    for year in calendar["years"].as_array().into_iter().flatten() {
        let shown = format!(
            "the year is {}",
            year["status"].as_str().unwrap_or_default()
        );
        days.insert(year["year"].to_string(), shown);
        for (list, what) in [("days_off", "off"), ("make_up_days", "worked")] {
            for day in year[list].as_array().into_iter().flatten() {
                let name = day["vi"]
                    .as_str()
                    .or(day["notice"].as_str())
                    .unwrap_or_default();
                let date = day["date"].as_str().unwrap_or_default();
                days.insert(date.to_owned(), format!("{what}: {name}"));
            }
        }
    }
    Ok(days)
}

/// Rows of a table by their first cell.
fn lines(csv: &str) -> BTreeMap<String, String> {
    let row = |line: &str| {
        let (key, rest) = line.split_once(',').unwrap_or((line, ""));
        (key.to_owned(), rest.to_owned())
    };
    csv.lines().map(row).collect()
}

fn report(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Step {
    let mut changes = 0;
    for (key, row) in new {
        match old.get(key) {
            Some(before) if before == row => continue,
            Some(before) => say(&format!("  ~ {key} {before} is now {row}"))?,
            None => say(&format!("  + {key} {row}"))?,
        }
        changes += 1;
    }
    for (key, row) in old.iter().filter(|(key, _)| !new.contains_key(*key)) {
        say(&format!("  - {key} {row}"))?;
        changes += 1;
    }
    say(&format!("{changes} changes"))
}

fn say(line: &str) -> Step {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
