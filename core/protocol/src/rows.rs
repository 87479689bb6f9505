//! The bodies of rows: a report as its own people see it, a report as everyone sees it, a notice.
//!
//! Invariant: fields this release does not know ride along in `extra` and are written back unchanged; a state or category
//! it does not know is kept as the raw code.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cbor::Malformed;
use crate::ids::{Hash, OpId, Subject};

/// Row kind of [`ReportRow`] (scopes `mine`, `lane:`, `unit:`) and [`PublicReport`] (scope `public`).
pub const REPORT: &str = "report";
/// Row kind of [`NoticeRow`] (scope `inbox`).
pub const NOTICE: &str = "notice";

/// `report` in `mine`, `lane:` and `unit:`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportRow {
    /// The report.
    pub id: Subject,
    /// State code of the config pack.
    pub state: String,
    /// The state as the city's own system calls it.
    pub status_raw: String,
    /// Category code.
    pub category: String,
    /// What happened.
    pub text: String,
    /// Ward code.
    pub ward: Option<String>,
    /// Where.
    pub place: Option<RowPlace>,
    /// Answers to extra questions.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// The photos.
    #[serde(default)]
    pub photos: Vec<RowPhoto>,
    /// What happened when.
    #[serde(default)]
    pub timeline: Vec<TimelineEntry>,
    /// The unit that has it.
    pub unit: Option<String>,
    /// Local date of the next deadline, `YYYY-MM-DD`.
    pub due: Option<String>,
    /// What an officer asks the citizen.
    pub ask: Option<String>,
    /// The unit's answer.
    pub answer: Option<RowAnswer>,
    /// The citizen's rating.
    pub rating: Option<RowRating>,
    /// Whether everyone can read the publication.
    #[serde(default)]
    pub published: bool,
    /// The sender's name: in the intake's row of a named report, nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// When the city committed it.
    pub filed_at: i64,
    /// The op that filed it.
    pub op: OpId,
    /// What a later release adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A place in a row; words alone when there are no coordinates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowPlace {
    /// Latitude × 10⁷.
    pub lat: Option<i64>,
    /// Longitude × 10⁷.
    pub lon: Option<i64>,
    /// Accuracy in metres.
    pub accuracy_m: Option<u64>,
    /// In words.
    pub words: Option<String>,
    /// What a later release adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A photo of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowPhoto {
    /// SHA-256 of the file.
    pub sha256: Hash,
    /// Its length.
    pub bytes: u64,
    /// `waiting` or `received`.
    pub state: String,
    /// What a later release adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// One step of a report's life.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When, by the city's clock.
    pub at: i64,
    /// The state it came to.
    pub state: String,
    /// `citizen`, `intake`, or a unit code; never a person.
    pub by: String,
    /// What was said.
    pub text: Option<String>,
    /// What a later release adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A unit's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowAnswer {
    /// The answer.
    pub text: String,
    /// When.
    pub at: i64,
    /// Photos of what was done.
    #[serde(default)]
    pub photos: Vec<Hash>,
    /// What a later release adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A citizen's rating.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowRating {
    /// 1 to 5.
    pub stars: u8,
    /// Why.
    pub text: Option<String>,
    /// What a later release adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// `report` in `public`: what the officer's publication said, and no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublicReport {
    /// The report.
    pub id: Subject,
    /// Category code.
    pub category: String,
    /// The published text.
    pub text: String,
    /// Ward code.
    pub ward: Option<String>,
    /// The place, coarsened.
    pub place: Option<PublicPlace>,
    /// The photos to show.
    #[serde(default)]
    pub photos: Vec<Hash>,
    /// The unit's answer.
    pub answer: Option<String>,
    /// State code.
    pub state: String,
    /// When.
    pub published_at: i64,
    /// What a later release adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A coarsened place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublicPlace {
    /// Latitude × 10⁷, on the grid.
    pub lat: i64,
    /// Longitude × 10⁷, on the grid.
    pub lon: i64,
    /// Distance of the grid's lines in metres.
    pub grid_m: u64,
    /// What a later release adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// `notice` in `inbox`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoticeRow {
    /// `hues.notice.v1`, base64url without padding. Judge it with the key list before showing it.
    pub cose: String,
    /// What a later release adds.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Reads a row's body as one of the types above.
///
/// # Errors
/// [`Malformed`]: keep the row raw and say so; do not drop it.
pub fn read<T: serde::de::DeserializeOwned>(body: &Value) -> Result<T, Malformed> {
    T::deserialize(body).map_err(|_| Malformed("row body"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_report_keeps_what_it_does_not_know() {
        let body = json!({"id": "00".repeat(16), "state": "of-tomorrow", "status_raw": "received", "category": "ha_tang.o_ga",
            "text": "Ổ gà", "ward": "19789",
            "place": {"lat": 164637000, "lon": 1075909000, "accuracy_m": 12, "words": null, "floor": 2}, "answers": {"a": "b"},
            "photos": [{"sha256": "11".repeat(32), "bytes": 312345, "state": "waiting", "x": 1}],
            "timeline": [{"at": 1761638400000i64, "state": "received", "by": "citizen", "text": null, "y": []}],
            "unit": "ioc", "due": "2025-11-18", "ask": null,
            "answer": {"text": "Đã vá", "at": 5, "photos": ["22".repeat(32)]}, "rating": {"stars": 4, "text": null},
            "published": false, "filed_at": 5, "op": "33".repeat(16), "weather": {"rain_mm": 300}});
        let row: ReportRow = read(&body).unwrap();
        assert_eq!(row.extra["weather"]["rain_mm"], 300);
        assert_eq!(serde_json::to_value(&row).unwrap(), body);
        let mut odd = body;
        odd["id"] = 0.into();
        assert!(read::<ReportRow>(&odd).is_err());
    }

    #[test]
    fn a_publication() {
        let body = json!({"id": "00".repeat(16), "category": "c", "text": "t", "ward": null,
            "place": {"lat": 1, "lon": 2, "grid_m": 100}, "photos": [], "answer": null, "state": "answered", "published_at": 5});
        let row: PublicReport = read(&body).unwrap();
        assert_eq!(serde_json::to_value(&row).unwrap(), body);
    }
}
