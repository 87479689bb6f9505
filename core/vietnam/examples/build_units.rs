//! Writes `data/units.pack` from the tables in `data/units/`: `cargo run -p hues-vietnam --example build_units`.

use std::path::Path;

use hues_vietnam::units::{build, Tables};

fn main() -> Result<(), Box<dyn std::error::Error>> {
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
    std::fs::write(data.join("units.pack"), edition.as_bytes())?;
    Ok(())
}
