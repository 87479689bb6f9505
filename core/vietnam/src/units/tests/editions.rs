//! The built-in edition and what is no edition.

use super::*;
use proptest::prelude::*;

fn tables() -> Tables<'static> {
    Tables {
        provinces: include_str!("../../../data/units/provinces.csv"),
        units: include_str!("../../../data/units/units.csv"),
        former_provinces: include_str!("../../../data/units/former_provinces.csv"),
        former_districts: include_str!("../../../data/units/former_districts.csv"),
        former_units: include_str!("../../../data/units/former_units.csv"),
    }
}

#[test]
fn the_pack_is_that_of_the_tables() {
    let source = include_str!("../../../data/units/source.txt").trim();
    let as_of = include_str!("../../../data/units/as_of.txt").trim();
    let built = build(
        &tables(),
        source,
        as_of.parse().expect("date"),
        "2025-07-01".parse().expect("date"),
    )
    .expect("tables");
    assert!(
        built.as_bytes() == built_in().as_bytes(),
        "stale: cargo xtask datapack build"
    );
    assert!(built.as_bytes().len() <= 700 * 1024);
    assert_eq!(built_in().source(), source);
}

#[test]
fn the_whole_country_is_there() {
    let units = built_in();
    let count = |kind| units.current_units().filter(|u| u.kind == kind).count();
    let kinds = [UnitKind::Ward, UnitKind::Commune, UnitKind::SpecialZone].map(count);
    assert_eq!(kinds, [697, 2611, 13]);
    let count = |kind| units.former_units().filter(|u| u.kind == kind).count();
    let kinds = [UnitKind::Ward, UnitKind::Commune, UnitKind::Township].map(count);
    assert_eq!(kinds, [1726, 7692, 617]);
    assert_eq!(units.provinces().count(), 34);
    assert_eq!(units.former_provinces().count(), 63);
    assert_eq!(units.districts().count(), 696);
    let split = units.former_units().filter(|u| u.current().is_none());
    assert_eq!(split.count(), 471);
    assert!(units
        .former_units()
        .all(|u| u.successors().next().is_some()));
    let made = units
        .current_units()
        .filter(|u| u.made_of().next().is_some());
    assert_eq!(made.count(), 3321 - 5, "all but the island districts");
}

#[test]
fn successors_and_parts_are_each_others_mirror() {
    let units = built_in();
    for old in units.former_units() {
        for new in old.successors() {
            assert!(new.made_of().any(|part| part.code == old.code), "{old}");
        }
    }
    let parts: usize = units.current_units().map(|u| u.made_of().count()).sum();
    let successors: usize = units.former_units().map(|u| u.successors().count()).sum();
    assert_eq!(parts, successors);
}

#[test]
fn a_day_has_its_list() {
    let on = |day: &str| built_in().list_on(day.parse().expect("date"));
    assert_eq!(on("2025-06-30"), List::Former);
    assert_eq!(on("2025-07-01"), List::Current);
    let asked = |day: &str| {
        let found = built_in().resolve_code("19774", Some(day.parse().expect("date")));
        found.map(|r| (r.status, r.former.map(|f| f.name)))
    };
    assert_eq!(asked("2025-07-01"), Ok((UnitStatus::Current, None)));
    assert_eq!(asked("2025-06-30").map(|r| r.0), Ok(UnitStatus::Former));
}

#[test]
fn what_is_no_edition_is_refused_by_kind() {
    let good = built_in().as_bytes();
    assert_eq!(
        Edition::parse(&b""[..]).err(),
        Some(EditionError::Format("magic"))
    );
    let mut newer = good.to_vec();
    newer[7] = b'2';
    assert_eq!(Edition::parse(newer).err(), Some(EditionError::Version));
    let cut = good[..good.len() - 1].to_vec();
    assert_eq!(
        Edition::parse(cut).err(),
        Some(EditionError::Format("length"))
    );
    let long = vec![0; layout::MAX_BYTES + 1];
    assert_eq!(Edition::parse(long).err(), Some(EditionError::TooLong));
    for error in [EditionError::Version, EditionError::TooLong] {
        assert_ne!(
            error.text(crate::Language::Vi),
            error.text(crate::Language::En)
        );
    }
}

#[test]
fn what_changed_is_told_unit_by_unit() {
    let day: crate::Date = "2025-07-01".parse().expect("date");
    let units = tables()
        .units
        .replace("19789,phường,Thuận Hóa,46", "19789,xã,Thuận Hoá,46");
    let newer = build(
        &Tables {
            units: &units,
            ..tables()
        },
        "",
        day,
        day,
    )
    .expect("tables");
    let changes = newer.changes_since(built_in());
    let shown: Vec<String> = changes.current.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["~ 19789 Phường Thuận Hóa is now Xã Thuận Hoá"]);
    assert!(changes.former.is_empty());
    assert_eq!(built_in().changes_since(built_in()), Changes::default());
}

#[test]
fn tables_with_faults_are_refused_with_the_line() {
    let day: crate::Date = "2025-07-01".parse().expect("date");
    let faulty = |units: &str| {
        let tables = Tables { units, ..tables() };
        let error = build(&tables, "", day, day).expect_err("refused");
        (error.table, error.line)
    };
    assert_eq!(faulty("head\n00001,phường,A,01,1,2"), ("units.csv", 2));
    assert_eq!(
        faulty("head\n00001,phường,A,01,1,2,3"),
        ("former_districts.csv", 225)
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Whatever byte flips, reading refuses it or look-ups stay inside.
    #[test]
    fn a_damaged_edition_leads_nowhere(at in 0usize..400_000, byte in any::<u8>(), code in 0u32..40_000) {
        let mut bytes = built_in().as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(edition) = Edition::parse(bytes) {
            let code = format!("{code:05}");
            let _ = edition.by_code(&code).map(|u| (u.to_string(), u.made_of().count()));
            let _ = edition.former_by_code(&code).map(|u| (u.to_string(), u.successors().count()));
            let _ = edition.read_address("p phu hoi, tp hue", &hue::QUERY);
        }
    }
}
