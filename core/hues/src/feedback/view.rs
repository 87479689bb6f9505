//! What a reader sees: the city's row, with what this phone filed and has not had confirmed yet laid over it.
//!
//! Pure. Invariant: an act of this phone is visible from the moment it was saved, and marked until the city's row shows it; the city's own
//! word is never hidden.

use hues_protocol::rows::{PublicReport, ReportRow};
use serde::{Deserialize, Serialize};

use super::model::{
    Answer, AuthorKind, DraftInput, Place, PlaceSource, Rating, Report, ReportPhoto, TimelineEntry,
    UnitAnswer,
};

/// What this phone filed, kept so that the report can be shown before the city ever answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Filed {
    pub category: String,
    pub text: String,
    pub ward: Option<String>,
    pub place: Option<Place>,
    pub place_words: Option<String>,
    pub answers: Vec<Answer>,
    pub photos: Vec<FiledPhoto>,
    #[serde(default)]
    pub author: AuthorKind,
    pub at: i64,
}

/// A photo this phone filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FiledPhoto {
    pub sha256: String,
    pub bytes: u64,
    /// SHA-256 of what the camera made, where it is known: it ties the photo in the gallery to the one that was filed, and never leaves the phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<String>,
}

/// How far an act of this phone has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActState {
    /// Not handed over yet.
    Waiting,
    /// Handed over, fate unknown.
    Sending,
    /// Refused: the person must look.
    Wedged,
    /// Receipt is here.
    Receipted,
}

/// An act of this phone on a report, from the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Act {
    pub kind: String,
    pub state: ActState,
    /// The act's own words or number, as JSON kept beside it: `{"stars":4}`, `{"text":"…"}`.
    pub note: ActNote,
    pub at: i64,
}

/// What an act said, for showing it before the city's row does.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct ActNote {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stars: Option<u8>,
}

/// A row as the city sent it: whole, or what everyone may read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Base {
    Full(Box<ReportRow>),
    Public(Box<PublicReport>),
}

/// Everything known of one report on this phone.
pub(crate) struct Known<'a> {
    pub id: String,
    pub base: Option<&'a Base>,
    pub filed: Option<&'a Filed>,
    pub acts: &'a [Act],
    /// SHA-256s of photos that are still on this phone's way out, with `true` once complete at the city.
    pub uploads: &'a [(String, bool)],
}

/// The report as its reader sees it now.
pub(crate) fn report(known: &Known<'_>) -> Report {
    let mut report = match (known.base, known.filed) {
        (Some(Base::Full(row)), _) => from_row(known.id.clone(), row),
        (Some(Base::Public(row)), _) => from_public(known.id.clone(), row),
        (None, Some(filed)) => from_filed(known.id.clone(), filed),
        (None, None) => from_filed(known.id.clone(), &Filed::nothing()),
    };
    if let (Some(_), Some(filed)) = (known.base, known.filed) {
        // The city's row of one's own report may lack what only the phone knows.
        report.place = report.place.or(filed.place);
    }
    let first = known.acts.iter().find(|a| a.kind == "report.new");
    if known.base.is_none() {
        report.state = match first.map(|a| a.state) {
            Some(ActState::Sending) => "sending",
            Some(ActState::Wedged) => "stuck",
            Some(ActState::Receipted) => "received",
            Some(ActState::Waiting) | None => "queued",
        }
        .into();
    }
    report.proof = first.is_some_and(|a| a.state == ActState::Receipted);
    for act in known.acts {
        lay_over(&mut report, act);
    }
    for (sha256, complete) in known.uploads {
        if let Some(photo) = report.photos.iter_mut().find(|p| p.sha256 == *sha256) {
            if *complete {
                photo.state = "received".into();
            } else if photo.state == "waiting" {
                photo.state = "sending".into();
            }
        }
    }
    report
}

/// Shows an act before the city's row does.
fn lay_over(report: &mut Report, act: &Act) {
    let open = act.state != ActState::Receipted;
    if open {
        report.pending.push(act.kind.clone());
    }
    match act.kind.as_str() {
        "report.rate" if report.rating.is_none() => {
            report.rating = act.note.stars.map(|stars| Rating {
                stars,
                text: act.note.text.clone(),
            });
        }
        "report.withdraw" if open && act.state != ActState::Wedged => {
            report.state = "withdrawn".into()
        }
        "report.supplement" if open => report.timeline.push(TimelineEntry {
            at: act.at,
            state: report.state.clone(),
            by: "phone".into(),
            text: act.note.text.clone(),
        }),
        _ => {}
    }
    if act.state == ActState::Wedged && act.kind != "report.new" {
        report.timeline.push(TimelineEntry {
            at: act.at,
            state: "stuck".into(),
            by: "phone".into(),
            text: None,
        });
    }
}

fn from_row(id: String, base: &ReportRow) -> Report {
    Report {
        id,
        state: base.state.clone(),
        status_raw: Some(base.status_raw.clone()),
        category: base.category.clone(),
        text: base.text.clone(),
        ward: base.ward.clone(),
        place: base.place.as_ref().and_then(|p| {
            Some(Place {
                lat: p.lat? as f64 / 1e7,
                lon: p.lon? as f64 / 1e7,
                accuracy_m: p.accuracy_m.and_then(|m| u32::try_from(m).ok()),
                source: PlaceSource::Gps,
            })
        }),
        place_grid_m: None,
        place_words: base.place.as_ref().and_then(|p| p.words.clone()),
        answers: base
            .answers
            .iter()
            .map(|(question, value)| Answer {
                question: question.clone(),
                value: value.clone(),
            })
            .collect(),
        photos: base
            .photos
            .iter()
            .map(|p| ReportPhoto {
                sha256: p.sha256.to_string(),
                bytes: p.bytes,
                state: p.state.clone(),
            })
            .collect(),
        timeline: base
            .timeline
            .iter()
            .map(|t| TimelineEntry {
                at: t.at,
                state: t.state.clone(),
                by: t.by.clone(),
                text: t.text.clone(),
            })
            .collect(),
        unit: base.unit.clone(),
        due: base.due.clone(),
        ask: base.ask.clone(),
        answer: base.answer.as_ref().map(|a| UnitAnswer {
            text: a.text.clone(),
            at: a.at,
            photos: a.photos.iter().map(ToString::to_string).collect(),
        }),
        rating: base.rating.as_ref().map(|r| Rating {
            stars: r.stars,
            text: r.text.clone(),
        }),
        published: base.published,
        sender: base.sender.clone(),
        pending: Vec::new(),
        filed_at: base.filed_at,
        proof: false,
    }
}

fn from_public(id: String, row: &PublicReport) -> Report {
    Report {
        state: row.state.clone(),
        status_raw: Some(row.state.clone()),
        place: row.place.as_ref().map(|p| Place {
            lat: p.lat as f64 / 1e7,
            lon: p.lon as f64 / 1e7,
            accuracy_m: None,
            source: PlaceSource::Pin,
        }),
        place_grid_m: row
            .place
            .as_ref()
            .and_then(|p| u32::try_from(p.grid_m).ok()),
        photos: row
            .photos
            .iter()
            .map(|sha256| ReportPhoto {
                sha256: sha256.to_string(),
                bytes: 0,
                state: "received".into(),
            })
            .collect(),
        timeline: Vec::new(),
        answer: row.answer.as_ref().map(|text| UnitAnswer {
            text: text.clone(),
            at: row.published_at,
            photos: Vec::new(),
        }),
        published: true,
        ..from_filed(
            id,
            &Filed {
                category: row.category.clone(),
                text: row.text.clone(),
                ward: row.ward.clone(),
                at: row.published_at,
                ..Filed::nothing()
            },
        )
    }
}

fn from_filed(id: String, filed: &Filed) -> Report {
    Report {
        id,
        state: "queued".into(),
        status_raw: None,
        category: filed.category.clone(),
        text: filed.text.clone(),
        ward: filed.ward.clone(),
        place: filed.place,
        place_grid_m: None,
        place_words: filed.place_words.clone(),
        answers: filed.answers.clone(),
        photos: filed
            .photos
            .iter()
            .map(|p| ReportPhoto {
                sha256: p.sha256.clone(),
                bytes: p.bytes,
                state: "waiting".into(),
            })
            .collect(),
        timeline: vec![TimelineEntry {
            at: filed.at,
            state: "queued".into(),
            by: "phone".into(),
            text: None,
        }],
        unit: None,
        due: None,
        ask: None,
        answer: None,
        rating: None,
        published: false,
        sender: None,
        pending: Vec::new(),
        filed_at: filed.at,
        proof: false,
    }
}

impl Filed {
    /// Back into what was entered, for a report that becomes a draft again.
    pub(crate) fn as_input(&self) -> DraftInput {
        DraftInput {
            category: Some(self.category.clone()),
            text: self.text.clone(),
            place: self.place,
            ward: self.ward.clone(),
            place_words: self.place_words.clone(),
            answers: self.answers.clone(),
            author: self.author,
        }
    }

    fn nothing() -> Filed {
        Filed {
            category: String::new(),
            text: String::new(),
            ward: None,
            place: None,
            place_words: None,
            answers: Vec::new(),
            photos: Vec::new(),
            author: AuthorKind::Sealed,
            at: 0,
        }
    }
}
