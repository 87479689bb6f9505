//! What a citizen does to a report: file, supplement, rate, withdraw.
//!
//! Invariant: only the account that filed a report, or the very lane of an anonymous one, may touch it.

use hues_protocol::author::Author;
use hues_protocol::keys::Role;
use hues_protocol::kinds::report::{New, Rate, Supplement, Withdraw};
use hues_protocol::kinds::Kind;
use hues_protocol::refusal::Rule;

use super::{Deed, Halt};
use crate::gateway::records::{Place, Rating, Report, Step};
use crate::gateway::{session, Town, INTAKE};
use crate::storage::Table;

/// `report.new`
pub(super) fn file(deed: &mut Deed, new: &New) -> Result<(), Halt> {
    deed.town.config.check_new(new, Town::is_ward)?;
    let category = deed
        .town
        .category(&new.category)
        .ok_or(Rule::CategoryUnknown)?;
    let author = check_author(deed, &new.author)?;
    if deed
        .tx
        .get(Table::Report, deed.header.subject.as_bytes())?
        .is_some()
    {
        return Err(Rule::State.into());
    }
    let state = deed
        .town
        .config
        .state_after(Kind::New, None)
        .ok_or(Rule::State)?
        .to_owned();
    let place = new.place.as_ref().map(|place| Place {
        lat: place.at.lat,
        lon: place.at.lon,
        accuracy_m: place.accuracy_m,
    });
    let report = Report {
        id: deed.header.subject,
        lane: deed.lane,
        account: deed.session.as_ref().map(|session| session.account.clone()),
        author: author.to_owned(),
        op: deed.header.op_id,
        category: new.category.clone(),
        text: new.text.clone(),
        ward: new.ward.clone(),
        place,
        words: new.place_words.clone(),
        answers: new.answers.clone(),
        photos: deed.photos(&new.files),
        timeline: vec![Step {
            at: deed.at,
            state: state.clone(),
            by: "citizen".to_owned(),
            text: None,
        }],
        state,
        unit: INTAKE.to_owned(),
        due: Town::due(deed.at, category.answer_days),
        ask: None,
        answer: None,
        rating: None,
        public: None,
        filed_at: deed.at,
    };
    deed.save(&report, None)
}

/// A named author's device must not be another account's; a sealed one must be sealed to the key in force.
fn check_author(deed: &Deed, author: &Author) -> Result<&'static str, Halt> {
    match author {
        Author::Anonymous => Ok("anonymous"),
        Author::Named(certificate) => {
            let owner = session::device_owner(deed.tx, &certificate.device_key)?;
            let mine = deed.session.as_ref().map(|session| &session.account);
            if owner.is_some() && owner.as_ref() != mine {
                return Err(Rule::Author.into());
            }
            Ok("named")
        }
        Author::Sealed { kid, .. } => {
            let known = deed
                .keys
                .list()
                .keys_of(Role::Disclosure, deed.at)
                .any(|entry| entry.kid() == *kid);
            if known {
                Ok("sealed")
            } else {
                Err(Rule::Author.into())
            }
        }
    }
}

/// `report.supplement`
pub(super) fn supplement(deed: &mut Deed, supplement: &Supplement) -> Result<(), Halt> {
    let mut report = own(deed)?;
    let state = deed.next_state(&report)?;
    report.photos.extend(deed.photos(&supplement.files));
    report.ask = None;
    // The term of the answer runs anew from the day the missing was there.
    let days = deed
        .town
        .category(&report.category)
        .map(|category| category.answer_days);
    report.due = days.and_then(|days| Town::due(deed.at, days));
    deed.advance(report, state, Some(supplement.text.clone()))
}

/// `report.rate`
pub(super) fn rate(deed: &mut Deed, rate: &Rate) -> Result<(), Halt> {
    let mut report = own(deed)?;
    if report.rating.is_some() {
        return Err(Rule::AlreadyRated.into());
    }
    let state = deed.next_state(&report)?;
    report.rating = Some(Rating {
        stars: u64::from(rate.stars),
        text: rate.text.clone(),
    });
    report.due = None;
    deed.advance(report, state, None)
}

/// `report.withdraw`
pub(super) fn withdraw(deed: &mut Deed, withdraw: &Withdraw) -> Result<(), Halt> {
    let mut report = own(deed)?;
    let state = deed.next_state(&report)?;
    (report.due, report.ask) = (None, None);
    deed.advance(report, state, withdraw.reason.clone())
}

fn own(deed: &Deed) -> Result<Report, Halt> {
    let report = deed.report()?;
    let mine = match (&report.account, &deed.session) {
        (Some(account), Some(session)) => *account == session.account,
        (None, None) => report.lane == deed.lane,
        _ => false,
    };
    if mine {
        Ok(report)
    } else {
        Err(Rule::NotYours.into())
    }
}
