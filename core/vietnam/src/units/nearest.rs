//! Which ward a point probably lies in, without boundaries: by the distance to the middles of the former communes and to the
//! points of the units of today.
//!
//! Measured in Huế against polygons of its 40 units (public data set, 100 random points in each): the first answer is right for
//! 82 %, the right one is among the three for 98.6 %. Elsewhere nothing was measured. So a screen shows the three and asks; it
//! never decides.

use super::{Edition, Unit};

/// At most that many candidates are given.
pub const MAX_CANDIDATES: usize = 3;

/// A unit of today that a point may lie in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'e> {
    /// The unit.
    pub unit: Unit<'e>,
    /// How likely it is, 0 to 1. Over all units the values add up to 1, so those of the candidates given to less. Fitted so
    /// that, of the first answers with confidence 0.8, about 0.8 are right (in Huế).
    pub confidence: f64,
}

impl Edition {
    /// The likeliest units of today for a point in degrees (WGS 84), the likeliest first; none when the point is not near any
    /// unit or is no point at all. Within [`super::hue`] only Huế's are asked.
    #[must_use]
    pub fn likeliest_units(&self, lat: f64, lon: f64) -> Vec<Candidate<'_>> {
        likeliest(self, None, lat, lon)
    }
}

pub(super) fn likeliest<'e>(
    edition: &'e Edition,
    province: Option<&str>,
    lat: f64,
    lon: f64,
) -> Vec<Candidate<'e>> {
    if !is_near(edition, province, lat, lon) {
        return Vec::new();
    }
    let place = Place::new(lat, lon);
    // By unit: the scaled distance of its nearest anchor.
    let mut nearest: Vec<(u16, f64)> = Vec::new();
    for anchor in edition.anchors(province) {
        let distance = place.scaled_distance(&anchor);
        let slot = usize::from(anchor.unit);
        if nearest.len() <= slot {
            nearest.resize(slot + 1, (0, f64::INFINITY));
        }
        if distance < nearest[slot].1 {
            nearest[slot] = (anchor.unit, distance);
        }
    }
    nearest.retain(|(_, distance)| distance.is_finite());
    let weight = |distance: f64| (NEAR + distance).powi(-STEEPNESS);
    let total: f64 = nearest.iter().map(|(_, d)| weight(*d)).sum();
    nearest.sort_by(|a, b| a.1.total_cmp(&b.1));
    let candidate = |&(unit, d): &(u16, f64)| {
        Some(Candidate {
            unit: edition.unit(unit)?,
            confidence: weight(d) / total,
        })
    };
    nearest
        .iter()
        .take(MAX_CANDIDATES)
        .filter_map(candidate)
        .collect()
}

pub(super) fn is_near(edition: &Edition, province: Option<&str>, lat: f64, lon: f64) -> bool {
    let is_place = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
    let place = Place::new(lat, lon);
    let reaches =
        |anchor: Anchor| place.distance_km(&anchor) <= REACH * anchor.extent_km + MARGIN_KM;
    is_place && edition.anchors(province).any(reaches)
}

/// Keeps the confidence finite on top of an anchor. With [`STEEPNESS`], fitted to the hit rate.
const NEAR: f64 = 0.1;
const STEEPNESS: i32 = 4;

/// No point of the 40 units of Huế lies farther from every anchor than that many extents and kilometres.
const REACH: f64 = 1.2;
const MARGIN_KM: f64 = 2.0;

/// A point known to lie in a unit of today.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    /// Index of the unit.
    pub(super) unit: u16,
    pub(super) lat: f64,
    pub(super) lon: f64,
    /// About half the width of what it stands for.
    pub(super) extent_km: f64,
}

/// A point that is asked for.
struct Place {
    lat: f64,
    lon: f64,
    km_per_degree_east: f64,
}

const KM_PER_DEGREE: f64 = 111.195;

impl Place {
    fn new(lat: f64, lon: f64) -> Place {
        Place {
            lat,
            lon,
            km_per_degree_east: KM_PER_DEGREE * lat.to_radians().cos(),
        }
    }

    /// The distance on a plane: for what is near, the error is far below that of the points.
    fn distance_km(&self, anchor: &Anchor) -> f64 {
        ((anchor.lat - self.lat) * KM_PER_DEGREE)
            .hypot((anchor.lon - self.lon) * self.km_per_degree_east)
    }

    /// A large mountain commune reaches farther from its middle than a ward of the old town, though by far not in proportion.
    fn scaled_distance(&self, anchor: &Anchor) -> f64 {
        self.distance_km(anchor) / anchor.extent_km.max(0.1).sqrt().sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::super::built_in;
    use super::super::hue::{contains, likeliest_wards};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_places_are_found() {
        let first = |lat, lon| likeliest_wards(lat, lon).first().map(|c| c.unit.name);
        assert_eq!(first(16.4698, 107.5796), Some("Phú Xuân")); // the gate of the citadel
        assert_eq!(first(16.4637, 107.5909), Some("Thuận Hóa")); // the south bank at the Trường Tiền bridge
        assert_eq!(first(16.2200, 108.0800), Some("Chân Mây - Lăng Cô"));
        assert_eq!(
            built_in()
                .former_by_code("19786")
                .and_then(|u| first(u.lat, u.lon)),
            Some("Thuận Hóa")
        );
    }

    #[test]
    fn huế_ends_somewhere() {
        assert!(contains(16.4637, 107.5909));
        assert!(contains(16.1977, 107.8606)); // Bạch Mã
        for (lat, lon, place) in [
            (16.06, 108.21, "Đà Nẵng"),
            (16.82, 107.10, "Đông Hà"),
            (21.03, 105.85, "Hà Nội"),
            (0.0, 0.0, "null"),
        ] {
            assert!(!contains(lat, lon), "{place}");
            assert!(likeliest_wards(lat, lon).is_empty(), "{place}");
        }
    }

    #[test]
    fn the_hit_rate_is_what_the_comment_says() {
        let Some(wards) = polygons::read() else {
            println!("skipped: no data set with hue_wards_2025.geojson");
            return;
        };
        let (mut points, mut first, mut among) = (0, 0, 0);
        for ward in &wards {
            for (lat, lon) in ward.points(100) {
                assert!(contains(lat, lon), "{lat} {lon} in {}", ward.code);
                let candidates = likeliest_wards(lat, lon);
                points += 1;
                first += u32::from(
                    candidates
                        .first()
                        .is_some_and(|c| c.unit.code == *ward.code),
                );
                among += u32::from(candidates.iter().any(|c| c.unit.code == *ward.code));
            }
        }
        let rate = |hits: u32| f64::from(hits) / f64::from(points);
        println!(
            "{} wards, {points} points: first {:.3}, among three {:.3}",
            wards.len(),
            rate(first),
            rate(among)
        );
        assert!(rate(first) > 0.80 && rate(among) > 0.97);
    }

    proptest! {
        #[test]
        fn any_point_has_an_answer(lat in any::<f64>(), lon in any::<f64>()) {
            prop_assert!(likeliest_wards(lat, lon).len() <= MAX_CANDIDATES);
        }

        #[test]
        fn confidence_falls_and_stays_below_one(lat in 16.0f64..16.7, lon in 107.1f64..108.2) {
            let candidates = likeliest_wards(lat, lon);
            prop_assert!(candidates.windows(2).all(|w| w[0].confidence >= w[1].confidence));
            let sum: f64 = candidates.iter().map(|c| c.confidence).sum();
            prop_assert!((0.0..=1.000_001).contains(&sum));
        }
    }

    /// Polygons of the 40 units, to measure with.
    mod polygons {
        use serde_json::Value;

        pub(super) struct Ward {
            pub(super) code: String,
            rings: Vec<Vec<(f64, f64)>>,
        }

        pub(super) fn read() -> Option<Vec<Ward>> {
            let path = crate::test_data::shared("places/hue_wards_2025.geojson")?;
            let file: Value = serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
            file["features"].as_array()?.iter().map(ward).collect()
        }

        fn ward(feature: &Value) -> Option<Ward> {
            let mut rings = Vec::new();
            collect_rings(&feature["geometry"]["coordinates"], &mut rings)?;
            Some(Ward {
                code: feature["properties"]["code"].as_str()?.to_owned(),
                rings,
            })
        }

        /// Rings of a polygon or of several, at whatever depth they stand. Even-odd counting makes holes come out right.
        fn collect_rings(value: &Value, rings: &mut Vec<Vec<(f64, f64)>>) -> Option<()> {
            let list = value.as_array()?;
            if list.first()?.get(0)?.is_number() {
                rings.push(
                    list.iter()
                        .map(|p| Some((p[0].as_f64()?, p[1].as_f64()?)))
                        .collect::<Option<_>>()?,
                );
                return Some(());
            }
            list.iter()
                .try_for_each(|inner| collect_rings(inner, rings))
        }

        impl Ward {
            fn contains(&self, x: f64, y: f64) -> bool {
                let edges = self
                    .rings
                    .iter()
                    .flat_map(|ring| ring.iter().zip(ring.iter().skip(1)));
                let crossed = edges.filter(|((x1, y1), (x2, y2))| {
                    (*y1 > y) != (*y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
                });
                crossed.count() % 2 == 1
            }

            /// `n` points (lat, lon) inside, the same on every run (a Halton sequence over the bounding box).
            pub(super) fn points(&self, n: usize) -> Vec<(f64, f64)> {
                let all = || self.rings.iter().flatten();
                let (west, east) = all().fold((f64::MAX, f64::MIN), |(lo, hi), p| {
                    (lo.min(p.0), hi.max(p.0))
                });
                let (south, north) = all().fold((f64::MAX, f64::MIN), |(lo, hi), p| {
                    (lo.min(p.1), hi.max(p.1))
                });
                (1..1_000_000)
                    .map(|i| {
                        (
                            west + (east - west) * halton(i, 2),
                            south + (north - south) * halton(i, 3),
                        )
                    })
                    .filter(|(x, y)| self.contains(*x, *y))
                    .map(|(x, y)| (y, x))
                    .take(n)
                    .collect()
            }
        }

        fn halton(mut i: u32, base: u32) -> f64 {
            let (mut fraction, mut result) = (1.0, 0.0);
            while i > 0 {
                fraction /= f64::from(base);
                result += fraction * f64::from(i % base);
                i /= base;
            }
            result
        }
    }
}
