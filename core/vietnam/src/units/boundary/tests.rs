//! Points, holes, islands and borders; invented areas, and the 40 units of Huế where the data set is at hand.

use super::*;
use proptest::prelude::*;

/// Two areas side by side with a zigzag border; the west one has a hole and an island beyond the east one.
const INVENTED: &str = r#"{"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"code":"00002"},"geometry":{"type":"Polygon","coordinates":
  [[[107.5,16.0],[108.0,16.0],[108.0,16.5],[107.5,16.5],[107.55,16.25],[107.5,16.0]]]}},
 {"type":"Feature","properties":{"code":"00001"},"geometry":{"type":"MultiPolygon","coordinates":
  [[[[107.0,16.0],[107.5,16.0],[107.55,16.25],[107.5,16.5],[107.0,16.5],[107.0,16.0]],
    [[107.1,16.1],[107.2,16.1],[107.2,16.2],[107.1,16.2],[107.1,16.1]]],
   [[[108.5,16.0],[108.6,16.0],[108.6,16.1],[108.5,16.0]]]]}}]}"#;

fn invented() -> Boundaries {
    let day = "2026-11-24".parse().expect("date");
    Boundaries::build(INVENTED, "invented", day).expect("builds")
}

#[test]
fn holes_and_islands() {
    let areas = invented();
    let at = |lat, lon| areas.locate(lat, lon).map(|w| w.code.to_string());
    assert_eq!(at(16.3, 107.3).as_deref(), Some("00001"));
    assert_eq!(at(16.15, 107.15), None, "the hole");
    assert_eq!(at(16.25, 107.54).as_deref(), Some("00001"), "the bulge");
    assert_eq!(at(16.25, 107.56).as_deref(), Some("00002"));
    assert_eq!(at(16.02, 108.59).as_deref(), Some("00001"), "the island");
    assert_eq!(at(16.3, 108.3), None);
    for (lat, lon) in [(f64::NAN, 107.3), (91.0, 107.3), (16.3, f64::INFINITY)] {
        assert_eq!(areas.locate(lat, lon), None);
    }
    assert_eq!(
        (areas.source(), areas.as_of().to_string().as_str()),
        ("invented", "2026-11-24")
    );
    assert_eq!(
        areas.codes().map(|c| c.to_string()).collect::<Vec<_>>(),
        ["00001", "00002"]
    );
}

#[test]
fn the_border_is_near_or_far() {
    let near = invented().locate(16.0001, 107.3).expect("inside");
    assert!((near.border_m - 11.1).abs() < 0.2, "{near:?}");
    let far = invented().locate(16.3, 107.3).expect("inside");
    assert!(far.border_m > 10_000.0, "{far:?}");
}

#[test]
fn what_is_no_pack_is_refused_by_kind() {
    let good = invented().as_bytes().to_vec();
    let refused = |bytes: &[u8]| Boundaries::parse(bytes.to_vec()).err();
    assert_eq!(refused(b""), Some(BoundaryError::Format("magic")));
    assert_eq!(
        refused(&good[..good.len() - 1]),
        Some(BoundaryError::Format("area"))
    );
    assert_eq!(
        refused(&[good.clone(), vec![0]].concat()),
        Some(BoundaryError::Format("areas"))
    );
    let newer = [&b"VNBOUND2"[..], &good[8..]].concat();
    assert_eq!(refused(&newer), Some(BoundaryError::Version));
    assert_eq!(
        refused(&vec![0; read::MAX_BYTES + 1]),
        Some(BoundaryError::TooLong)
    );
    assert_ne!(
        BoundaryError::Version.text(Language::Vi),
        BoundaryError::TooLong.text(Language::Vi)
    );
    let day: Date = "2026-11-24".parse().expect("date");
    for (text, what) in [("{}", "no features"), (r#"{"features":[{}]}"#, "geometry")] {
        assert_eq!(
            Boundaries::build(text, "", day).expect_err("refused").what,
            what
        );
    }
}

proptest! {
    /// A point of the two areas' common box lies in one of them, or in the hole, also on the borders.
    #[test]
    fn never_in_two_never_between(x in 10_700_000i32..10_800_000, y in 1_600_000i32..1_650_000, on_grid in 1i32..100) {
        let areas = invented();
        let (x, y) = (x / on_grid * on_grid, y / on_grid * on_grid);
        let inside = areas.areas.iter().filter(|area| {
            areas.edges(area).filter(|e| e.crosses_ray(x, y)).count() % 2 == 1
        });
        let in_hole = (10_710_000..=10_720_000).contains(&x) && (1_610_000..=1_620_000).contains(&y);
        let expected = if in_hole { 0..=1 } else { 1..=1 };
        prop_assume!(x >= 10_700_000 && y >= 1_600_000);
        prop_assert!(expected.contains(&inside.count()));
    }

    #[test]
    fn a_damaged_pack_leads_nowhere(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = invented().as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(areas) = Boundaries::parse(bytes) {
            let _ = areas.locate(16.3, 107.3);
        }
    }

    #[test]
    fn any_bytes_are_answered(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for (byte, magic) in bytes.iter_mut().zip(read::MAGIC) {
            *byte = *magic;
        }
        let _ = Boundaries::parse(bytes);
    }
}

#[test]
fn the_units_of_huế_are_told_apart() {
    let Some(path) = crate::test_data::shared("places/hue_wards_2025.geojson") else {
        println!("skipped: no data set with hue_wards_2025.geojson");
        return;
    };
    let text = std::fs::read_to_string(path).expect("readable");
    let day = "2026-08-01".parse().expect("date");
    let areas = Boundaries::build(&text, "the data set", day).expect("builds");
    println!("{} bytes", areas.as_bytes().len());
    let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let features = file["features"].as_array().expect("features");
    assert_eq!(features.len(), 40);
    for feature in features {
        let of = |name: &str| &feature["properties"][name];
        let (lat, lon) = (of("label_lat").as_f64(), of("label_lon").as_f64());
        let found = areas.locate(lat.expect("number"), lon.expect("number"));
        assert_eq!(
            found.map(|w| w.code.to_string()).as_deref(),
            of("code").as_str()
        );
    }
}
