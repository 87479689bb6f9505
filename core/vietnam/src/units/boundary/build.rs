//! From GeoJSON (RFC 7946) to a boundary pack.
//!
//! Invariant: coordinates are rounded once, alike for every area, so that what is shared in the source stays shared.

use serde_json::Value;

use super::read::{HEADER, MAGIC, MIN_POINTS};
use super::{whole, Boundaries};
use crate::units::Code;
use crate::Date;

/// What is wrong with the GeoJSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("feature {feature}: {what}")]
pub struct BoundaryBuildError {
    /// Which feature, counted from 0.
    pub feature: usize,
    /// What is wrong.
    pub what: String,
}

type Ring = Vec<(i32, i32)>;

impl Boundaries {
    /// Builds a pack from a feature collection of polygons and multipolygons, each with its official code in the property `code`.
    ///
    /// # Errors
    ///
    /// See [`BoundaryBuildError`].
    pub fn build(
        geojson: &str,
        source: &str,
        as_of: Date,
    ) -> Result<Boundaries, BoundaryBuildError> {
        let whole_file = |what: &str| BoundaryBuildError {
            feature: 0,
            what: what.into(),
        };
        let file: Value = serde_json::from_str(geojson).map_err(|e| whole_file(&e.to_string()))?;
        let features = file["features"].as_array();
        let mut areas = Vec::new();
        for (i, feature) in features
            .ok_or_else(|| whole_file("no features"))?
            .iter()
            .enumerate()
        {
            let error = |what: &str| BoundaryBuildError {
                feature: i,
                what: what.into(),
            };
            let code = feature["properties"]["code"].as_str();
            let code = code.and_then(|code| Code::number(code, 5));
            let rings = rings(&feature["geometry"]).ok_or_else(|| error("geometry"))?;
            areas.push((code.ok_or_else(|| error("code"))?, rings));
        }
        areas.sort_by_key(|(code, _)| *code);
        let mut head = MAGIC.to_vec();
        let digits: String = as_of.to_string().split('-').collect();
        head.extend(digits.parse::<u32>().unwrap_or_default().to_le_bytes());
        head.extend((source.len() as u16).to_le_bytes());
        head.extend((areas.len() as u16).to_le_bytes());
        debug_assert_eq!(head.len(), HEADER);
        head.extend(source.bytes());
        let mut body = Vec::new();
        for (code, rings) in &areas {
            let before = body.len();
            let xs = || rings.iter().flatten().map(|p| p.0);
            let ys = || rings.iter().flatten().map(|p| p.1);
            let corners =
                [xs().min(), ys().min(), xs().max(), ys().max()].map(Option::unwrap_or_default);
            for ring in rings {
                write_ring(&mut body, ring, (corners[0], corners[1]));
            }
            head.extend(code.to_le_bytes());
            for side in corners {
                head.extend(side.to_le_bytes());
            }
            head.extend(((body.len() - before) as u32).to_le_bytes());
        }
        head.extend(body);
        Boundaries::parse(head).map_err(|e| whole_file(&e.to_string()))
    }
}

/// Rings of a polygon or of several, holes too: a point in an even number of them is outside.
fn rings(geometry: &Value) -> Option<Vec<Ring>> {
    let coordinates = geometry["coordinates"].as_array()?;
    let polygons: Vec<&Value> = match geometry["type"].as_str()? {
        "Polygon" => vec![&geometry["coordinates"]],
        "MultiPolygon" => coordinates.iter().collect(),
        _ => return None,
    };
    let mut rings = Vec::new();
    for polygon in polygons {
        for ring in polygon.as_array()? {
            let mut points: Ring = ring.as_array()?.iter().map(point).collect::<Option<_>>()?;
            points.dedup();
            if points.len() > 1 && points.first() == points.last() {
                points.pop();
            }
            // Smaller than the grid: encloses nothing.
            if points.len() >= MIN_POINTS as usize {
                rings.push(points);
            }
        }
    }
    (!rings.is_empty()).then_some(rings)
}

fn point(value: &Value) -> Option<(i32, i32)> {
    let (lon, lat) = (value.get(0)?.as_f64()?, value.get(1)?.as_f64()?);
    let is_place = (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat);
    is_place.then(|| (whole(lon), whole(lat)))
}

fn write_ring(out: &mut Vec<u8>, ring: &[(i32, i32)], corner: (i32, i32)) {
    write(out, ring.len() as u32);
    let mut last = corner;
    for point in ring {
        for difference in [point.0 - last.0, point.1 - last.1] {
            write(out, (difference << 1 ^ difference >> 31) as u32);
        }
        last = *point;
    }
}

fn write(out: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
