//! `ocop`: an OCOP certificate as seen on one day, from one JSON object.

use hues_formats::ocop::{certificate, Score};
use hues_formats::Date;
use serde::Deserialize;
use serde_json::Value;

use super::formats::shown;
use super::{object, Refusal};

#[derive(Deserialize)]
struct Ask {
    issued: String,
    on: String,
    score: Option<f64>,
    revoked: Option<Revoked>,
}

/// Whether it was withdrawn, or since when.
#[derive(Deserialize)]
#[serde(untagged)]
enum Revoked {
    Now(bool),
    Since(String),
}

/// Last day, state, badge and stars.
pub(super) fn read(text: &str) -> Result<Value, Refusal> {
    let ask: Ask = object(text)?;
    let (issued, on) = (day("issued", &ask.issued)?, day("on", &ask.on)?);
    let score = ask.score.map(Score::from_points).transpose()?;
    let revoked = match ask.revoked {
        None => false,
        Some(Revoked::Now(revoked)) => revoked,
        Some(Revoked::Since(since)) => day("revoked", &since)? <= on,
    };
    shown(certificate(issued, on, score, revoked))
}

fn day(field: &str, text: &str) -> Result<Date, Refusal> {
    text.parse()
        .map_err(|_| Refusal::new("date", format!("{field}: YYYY-MM-DD")))
}
