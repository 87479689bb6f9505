//! What a report must be before it can be filed: the same limits the city checks, so that nobody learns of a mistake a day later.
//!
//! Pure: a draft and the city's data in, problems and warnings out. Lengths are Unicode scalars after NFC.

use hues_protocol::config::{self, Config};
use hues_protocol::place::Point;
use hues_protocol::text;
use hues_vietnam::units::hue;

use super::model::{AuthorKind, Draft, DraftInput, Place, Problem, Warning};
use crate::error::HueError;

/// Longest answer to an extra question, in scalars.
const ANSWER_MAX: usize = 1_000;
/// Metres beyond which a place counts as vague.
const VAGUE_M: u32 = 100;
/// Metres between a photo's own place and the report's beyond which the person is told.
const PHOTO_FAR_M: f64 = 200.0;

/// A person's text as it is sent: the protocol's form (NFC, `\n`), no white space around it.
pub(crate) fn tidy(text: &str) -> String {
    text::clean(text).trim().to_owned()
}

/// Checks a text that must be there. `field` names it in the error.
pub(crate) fn required_text(field: &str, text: &str, max: usize) -> Result<String, HueError> {
    optional_text(field, Some(text), max)?.ok_or_else(|| HueError::invalid(field, "empty"))
}

/// Checks a text that may be missing; an empty one is none.
pub(crate) fn optional_text(
    field: &str,
    text: Option<&str>,
    max: usize,
) -> Result<Option<String>, HueError> {
    let Some(raw) = text else { return Ok(None) };
    if raw.chars().any(is_bad_control) {
        return Err(HueError::invalid(field, "control"));
    }
    let tidied = tidy(raw);
    if text::length(&tidied) > max {
        return Err(HueError::invalid(field, "too-long"));
    }
    Ok(Some(tidied).filter(|t| !t.is_empty()))
}

/// Control characters nobody types on purpose, and marks that turn the direction of what follows. Line ends, tabs and the joiners inside emoji are fine.
fn is_bad_control(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Everything that keeps `input` with its photos from being filed. Empty means it can be.
pub(crate) fn problems(config: &Config, input: &DraftInput, photos: usize) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut note = |e: HueError| {
        if let HueError::Invalid { field, rule } = e {
            found.push(Problem { field, rule });
        }
    };
    if let Err(e) = required_text("text", &input.text, config.limits.text_max) {
        note(e);
    }
    match category(config, input) {
        Ok(category) => {
            for e in answers(category, input) {
                note(e);
            }
        }
        Err(e) => note(e),
    }
    if let Err(e) = optional_text("place_words", input.place_words.as_deref(), 300) {
        note(e);
    }
    if let Some(ward) = &input.ward {
        if hue::by_code(ward).is_none() {
            note(HueError::invalid("ward", "ward-unknown"));
        }
    }
    if input.place.is_some_and(|p| !on_earth(&p)) {
        note(HueError::invalid("place", "place-range"));
    }
    if photos > config.limits.photos_max {
        note(HueError::invalid("photo", "files-many"));
    }
    found
}

/// The category of a draft, if it can be reported under.
pub(crate) fn category<'a>(
    config: &'a Config,
    input: &DraftInput,
) -> Result<&'a config::Category, HueError> {
    let code = input
        .category
        .as_deref()
        .filter(|c| !c.is_empty())
        .ok_or(HueError::invalid("category", "empty"))?;
    match config.categories.iter().find(|c| c.code == code) {
        None => Err(HueError::invalid("category", "category-gone")),
        Some(c) if c.group => Err(HueError::invalid("category", "category-group")),
        Some(c) => Ok(c),
    }
}

fn answers(category: &config::Category, input: &DraftInput) -> Vec<HueError> {
    let mut wrong = Vec::new();
    for q in &category.questions {
        let given = input
            .answers
            .iter()
            .find(|a| a.question == q.code)
            .map(|a| tidy(&a.value))
            .filter(|v| !v.is_empty());
        match given {
            None if q.required => wrong.push(HueError::invalid(&q.code, "question-missing")),
            Some(v)
                if !q.allows(&v)
                    || v.chars().any(is_bad_control)
                    || text::length(&v) > ANSWER_MAX =>
            {
                wrong.push(HueError::invalid(&q.code, "answer-bad"))
            }
            _ => {}
        }
    }
    for a in &input.answers {
        // An answer to a question the category lost is dropped at filing, but never silently: the draft says so.
        if !category.questions.iter().any(|q| q.code == a.question) {
            wrong.push(HueError::invalid(&a.question, "question-unknown"));
        }
    }
    wrong
}

/// What the person should know before filing.
pub(crate) fn warnings(
    config: &Config,
    input: &DraftInput,
    photo_places: &[Option<(f64, f64)>],
) -> Vec<Warning> {
    let mut found = Vec::new();
    if category(config, input).is_ok_and(|c| c.urgent) {
        found.push(Warning::Urgent);
    }
    if input.author == AuthorKind::Anonymous {
        found.push(Warning::Anonymous);
    }
    match input.place.filter(on_earth) {
        Some(place) => {
            if !hue::contains(place.lat, place.lon) {
                found.push(Warning::OutsideHue);
            }
            if place.accuracy_m.is_some_and(|m| m > VAGUE_M) {
                found.push(Warning::PlaceVague);
            }
            let far = |p: &(f64, f64)| metres((place.lat, place.lon), *p) > PHOTO_FAR_M;
            if photo_places.iter().flatten().any(far) {
                found.push(Warning::PhotoElsewhere);
            }
        }
        None if input.ward.is_none()
            && input
                .place_words
                .as_deref()
                .is_none_or(|w| w.trim().is_empty()) =>
        {
            found.push(Warning::NoPlace);
        }
        None => {}
    }
    found
}

fn on_earth(p: &Place) -> bool {
    p.lat.is_finite()
        && p.lon.is_finite()
        && (-90.0..=90.0).contains(&p.lat)
        && (-180.0..=180.0).contains(&p.lon)
}

/// Distance on the sphere (haversine), metres.
pub(crate) fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (la, lb) = (a.0.to_radians(), b.0.to_radians());
    let (dlat, dlon) = (lb - la, (b.1 - a.1).to_radians());
    let h = (dlat / 2.0).sin().powi(2) + la.cos() * lb.cos() * (dlon / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin()
}

/// A place as it travels, in units of 10⁻⁷ degree.
pub(crate) fn point(place: &Place) -> Point {
    let e7 = |degrees: f64| (degrees * 1e7).round() as i64;
    Point {
        lat: e7(place.lat),
        lon: e7(place.lon),
    }
}

/// Refuses a draft that has problems, naming the first.
pub(crate) fn fileable(draft: &Draft) -> Result<(), HueError> {
    match draft.problems.first() {
        None => Ok(()),
        Some(p) => Err(HueError::Invalid {
            field: p.field.clone(),
            rule: p.rule.clone(),
        }),
    }
}
