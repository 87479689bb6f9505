//! Field reports: what an op does to a report, and whether it may.
//!
//! Invariant: a refused op changed nothing; an accepted one moved the report along a move of the config pack, wrote its
//! line in the history, and every scope that shows the report shows it as it is now, all in the op's own transaction.

mod citizen;
mod notice;
mod render;
mod staff;

use hues_env::Random;
use hues_protocol::config::{Actor, SAME};
use hues_protocol::ids::LaneId;
use hues_protocol::kinds::{Act, FilePart, Kind};
use hues_protocol::op::OpHeader;
use hues_protocol::refusal::Rule;

use super::call::Stop;
use super::keys::CityKeys;
use super::meta::{self, CityLog};
use super::records::{FileClaim, Photo, Report, Step, Upload};
use super::session::Session;
use super::{Town, INTAKE};
use crate::storage::{StorageError, Table, Tx};
pub(super) use notice::opened as tell_opened;
pub(super) use render::full as full_report;

/// Why an op is not taken, or the medium failed.
#[derive(Debug)]
pub(super) enum Halt {
    Refused(Rule),
    Stop(Stop),
}

impl From<Rule> for Halt {
    fn from(rule: Rule) -> Halt {
        Halt::Refused(rule)
    }
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Halt {
        Halt::Stop(stop)
    }
}

impl From<StorageError> for Halt {
    fn from(error: StorageError) -> Halt {
        Halt::Stop(Stop::Storage(error))
    }
}

/// An op at the moment it is judged.
pub(super) struct Deed<'a> {
    pub(super) tx: &'a mut dyn Tx,
    pub(super) log: &'a mut CityLog,
    pub(super) town: &'a Town,
    pub(super) keys: &'a CityKeys,
    pub(super) random: &'a mut dyn Random,
    pub(super) header: &'a OpHeader,
    pub(super) kind: Kind,
    pub(super) lane: LaneId,
    /// Nobody, when the lane is anonymous.
    pub(super) session: Option<Session>,
    /// The time of the receipt.
    pub(super) at: i64,
}

/// Judges an op and, if it may be, does it.
pub(super) fn apply(deed: &mut Deed, act: &Act) -> Result<(), Halt> {
    check_files(deed.town, act)?;
    match act {
        Act::New(new) => citizen::file(deed, new),
        Act::Supplement(supplement) => citizen::supplement(deed, supplement),
        Act::Rate(rate) => citizen::rate(deed, rate),
        Act::Withdraw(withdraw) => citizen::withdraw(deed, withdraw),
        Act::Tombstone => Ok(()),
        Act::Verify(_) => staff::verify(deed),
        Act::Refuse(refuse) => staff::refuse(deed, refuse),
        Act::Assign(assign) => staff::assign(deed, assign),
        Act::Ask(ask) => staff::ask(deed, ask),
        Act::Answer(answer) => staff::answer(deed, answer),
        Act::Publish(publish) => staff::publish(deed, publish),
    }
}

fn check_files(town: &Town, act: &Act) -> Result<(), Rule> {
    let limits = &town.config.limits;
    if act.files().len() > limits.photos_max {
        return Err(Rule::FilesMany);
    }
    if act
        .files()
        .iter()
        .any(|file| file.bytes > limits.photo_bytes)
    {
        return Err(Rule::FileLarge);
    }
    Ok(())
}

/// The file parts of an act, as the city keeps them.
pub(super) fn claims(act: &Act) -> Vec<FileClaim> {
    let claim = |file: &FilePart| FileClaim {
        sha256: file.sha256,
        bytes: file.bytes,
        media_type: file.media_type.clone(),
    };
    act.files().iter().map(claim).collect()
}

impl Deed<'_> {
    fn photos(&self, act_files: &[FilePart]) -> Vec<Photo> {
        let photo = |file: &FilePart| Photo {
            op: self.header.op_id,
            claim: FileClaim {
                sha256: file.sha256,
                bytes: file.bytes,
                media_type: file.media_type.clone(),
            },
            received: false,
        };
        act_files.iter().map(photo).collect()
    }

    fn report(&self) -> Result<Report, Halt> {
        let report: Option<Report> =
            meta::get(self.tx, Table::Report, self.header.subject.as_bytes())?;
        Ok(report.ok_or(Rule::SubjectUnknown)?)
    }

    /// Where the op's move leads from the report's state; refuses when there is no such move or not for this person.
    fn next_state(&self, report: &Report) -> Result<String, Halt> {
        let step = self
            .town
            .config
            .move_for(self.kind, Some(&report.state))
            .ok_or(Rule::State)?;
        let unit = self
            .session
            .as_ref()
            .and_then(|session| session.staff.as_deref());
        let allowed = match step.by {
            Actor::Intake => unit == Some(INTAKE),
            Actor::Unit => unit.is_some_and(|unit| unit == INTAKE || unit == report.unit),
            Actor::Citizen => true, // whose report it is was checked before
        };
        if !allowed {
            return Err(Rule::NotStaff.into());
        }
        Ok(if step.to == SAME {
            report.state.clone()
        } else {
            step.to.clone()
        })
    }

    /// Who is said to have done it: never a person.
    fn by(&self) -> String {
        let unit = self
            .session
            .as_ref()
            .and_then(|session| session.staff.as_deref());
        match unit.filter(|_| self.kind.is_staff()) {
            None => "citizen".to_owned(),
            Some(INTAKE) => "intake".to_owned(),
            Some(unit) => unit.to_owned(),
        }
    }

    /// Moves the report, writes the line of its history, and shows it wherever it is shown.
    fn advance(&mut self, report: Report, state: String, text: Option<String>) -> Result<(), Halt> {
        self.hand_over(report, state, text, None)
    }

    /// The same, and `former_unit` sees the report no more.
    fn hand_over(
        &mut self,
        mut report: Report,
        state: String,
        text: Option<String>,
        former_unit: Option<&str>,
    ) -> Result<(), Halt> {
        report.timeline.push(Step {
            at: self.at,
            state: state.clone(),
            by: self.by(),
            text,
        });
        report.state = state;
        self.save(&report, former_unit)
    }

    fn save(&mut self, report: &Report, former_unit: Option<&str>) -> Result<(), Halt> {
        meta::put(self.tx, Table::Report, report.id.as_bytes(), report)?;
        Ok(render::show(
            self.tx,
            self.log,
            report,
            former_unit,
            self.at,
        )?)
    }
}

/// A file of a report is whole: its photos say so wherever they are shown.
pub(super) fn photo_arrived(
    tx: &mut dyn Tx,
    log: &mut CityLog,
    upload: &Upload,
    at: i64,
) -> Result<(), StorageError> {
    let report: Option<Report> = meta::get(tx, Table::Report, upload.report.as_bytes())?;
    let mut report = report.ok_or(StorageError::Value("file without report"))?;
    let answered = report
        .answer
        .iter_mut()
        .flat_map(|answer| answer.photos.iter_mut());
    for photo in report.photos.iter_mut().chain(answered) {
        if photo.op == upload.op && photo.claim.sha256 == upload.claim.sha256 {
            photo.received = true;
        }
    }
    meta::put(tx, Table::Report, report.id.as_bytes(), &report)?;
    render::show(tx, log, &report, None, at)
}
