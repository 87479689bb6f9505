//! What an officer does to a report: verify, refuse, assign, ask, answer, publish.
//!
//! Invariant: nothing of a report is public before `staff.publish`, and after it exactly what that op said.

use hues_protocol::ids::Hash;
use hues_protocol::kinds::staff::{Answer, Ask, Assign, Publish, Refuse};
use hues_protocol::place::Point;
use hues_protocol::refusal::Rule;
use serde_json::json;

use super::notice::{self, Event};
use super::{Deed, Halt};
use crate::gateway::records::{Ask as OpenAsk, Report, UnitAnswer};
use crate::gateway::Town;
use crate::storage::Table;

/// The report, for an officer.
fn work(deed: &Deed) -> Result<Report, Halt> {
    if deed
        .session
        .as_ref()
        .is_none_or(|session| session.staff.is_none())
    {
        return Err(Rule::NotStaff.into());
    }
    deed.report()
}

/// `staff.verify`
pub(super) fn verify(deed: &mut Deed) -> Result<(), Halt> {
    let report = work(deed)?;
    let state = deed.next_state(&report)?;
    notice::send(deed, &report, &Event::Verified)?;
    deed.advance(report, state, None)
}

/// `staff.refuse`
pub(super) fn refuse(deed: &mut Deed, refuse: &Refuse) -> Result<(), Halt> {
    let mut report = work(deed)?;
    let state = deed.next_state(&report)?;
    (report.due, report.ask) = (None, None);
    notice::send(deed, &report, &Event::Refused(&refuse.reason))?;
    deed.advance(report, state, Some(refuse.reason.clone()))
}

/// `staff.assign`: the former unit's officers lose the row, the new ones get it.
pub(super) fn assign(deed: &mut Deed, assign: &Assign) -> Result<(), Halt> {
    let mut report = work(deed)?;
    if !deed.town.is_unit(&assign.unit) {
        return Err(Rule::UnitUnknown.into());
    }
    let state = deed.next_state(&report)?;
    let former = std::mem::replace(&mut report.unit, assign.unit.clone());
    notice::send(deed, &report, &Event::Assigned(&assign.unit))?;
    deed.hand_over(report, state, None, Some(&former))
}

/// `staff.ask`: the citizen's own term begins.
pub(super) fn ask(deed: &mut Deed, ask: &Ask) -> Result<(), Halt> {
    let mut report = work(deed)?;
    let state = deed.next_state(&report)?;
    report.due = Town::due(deed.at, deed.town.config.clocks.supplement);
    report.ask = Some(OpenAsk {
        text: ask.question.clone(),
        at: deed.at,
        due: report.due.clone(),
    });
    notice::send(deed, &report, &Event::Asked(&ask.question))?;
    deed.advance(report, state, Some(ask.question.clone()))
}

/// `staff.answer`: then the term for publishing runs.
pub(super) fn answer(deed: &mut Deed, answer: &Answer) -> Result<(), Halt> {
    let mut report = work(deed)?;
    let state = deed.next_state(&report)?;
    let photos = deed.photos(&answer.files);
    report.due = Town::due(deed.at, deed.town.config.clocks.publish);
    report.ask = None;
    report.answer = Some(UnitAnswer {
        text: answer.answer.clone(),
        at: deed.at,
        photos,
    });
    notice::send(deed, &report, &Event::Answered(&answer.answer))?;
    deed.advance(report, state, Some(answer.answer.clone()))
}

/// `staff.publish`
pub(super) fn publish(deed: &mut Deed, publish: &Publish) -> Result<(), Halt> {
    let mut report = work(deed)?;
    if report.public.is_some() {
        return Err(Rule::AlreadyPublished.into());
    }
    let state = deed.next_state(&report)?;
    check_place(deed.town, &report, publish)?;
    if publish
        .ward
        .as_deref()
        .is_some_and(|ward| !Town::is_ward(ward))
    {
        return Err(Rule::WardUnknown.into());
    }
    let answered = report.answer.iter().flat_map(|answer| &answer.photos);
    let arrived: Vec<_> = report
        .photos
        .iter()
        .chain(answered)
        .filter(|photo| photo.received)
        .collect();
    let shown = |hash: &Hash| arrived.iter().any(|photo| photo.claim.sha256 == *hash);
    if !publish.photos.iter().all(shown) {
        return Err(Rule::PhotoUnknown.into());
    }
    for hash in &publish.photos {
        let key = [hash.as_bytes().as_slice(), report.id.as_bytes()].concat();
        deed.tx.put(Table::PublicPhoto, &key, b"")?;
    }
    let place = publish
        .place
        .map(|p| json!({"lat": p.at.lat, "lon": p.at.lon, "grid_m": p.grid_m}));
    report.public = Some(json!({
        "id": report.id, "category": publish.category, "text": publish.text, "ward": publish.ward, "place": place,
        "photos": publish.photos, "answer": publish.answer, "published_at": deed.at,
    }));
    report.due = None;
    notice::send(deed, &report, &Event::Published)?;
    deed.advance(report, state, None)
}

/// The published place is the report's cell on the grid of the category, no finer, and no other.
fn check_place(town: &Town, report: &Report, publish: &Publish) -> Result<(), Rule> {
    let category = town
        .category(&publish.category)
        .ok_or(Rule::CategoryUnknown)?;
    let Some(place) = publish.place else {
        return Ok(());
    };
    // An officer who moves a report to another category must not make its place finer by it.
    let filed_under = town
        .category(&report.category)
        .map_or(0, |filed| filed.coarsen_m);
    let grid = category.coarsen_m.max(filed_under);
    let cell = report.place.as_ref().map(|exact| {
        Point {
            lat: exact.lat,
            lon: exact.lon,
        }
        .coarsen(grid)
    });
    if place.is_valid() && place.grid_m == grid && cell.is_none_or(|cell| cell == place) {
        Ok(())
    } else {
        Err(Rule::Body)
    }
}
