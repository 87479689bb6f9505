//! From what a person entered to the acts of the protocol: every limit checked here is one the city checks too.
//!
//! Pure: drafts, texts and the city's data in, acts out.

use hues_protocol::author::Author;
use hues_protocol::config::Config;
use hues_protocol::ids::Hash;
use hues_protocol::kinds::report::{self, New};
use hues_protocol::kinds::{staff, Act, FilePart, Kind};

use super::drafts::StoredPhoto;
use super::model::{DraftInput, PlaceSource, PublicPreview, Report};
use super::rules;
use super::view::{Filed, FiledPhoto};
use crate::error::HueError;
use crate::ids;

/// Longest text of the second kind (a rating's, a note's, a place in words).
pub(crate) const SHORT: usize = 1_000;

/// The act of filing a draft. The author part is put in by whoever signs.
pub(crate) fn new_report(
    config: &Config,
    input: &DraftInput,
    photos: &[StoredPhoto],
    author: Author,
) -> Result<New, HueError> {
    let problems = rules::problems(config, input, photos.len());
    if let Some(p) = problems.into_iter().next() {
        return Err(HueError::Invalid {
            field: p.field,
            rule: p.rule,
        });
    }
    let category = rules::category(config, input)?;
    Ok(New {
        category: category.code.clone(),
        text: rules::required_text("text", &input.text, config.limits.text_max)?,
        ward: input.ward.clone(),
        answers: input
            .answers
            .iter()
            .map(|a| (a.question.clone(), rules::tidy(&a.value)))
            .filter(|(_, value)| !value.is_empty())
            .collect(),
        place_words: rules::optional_text("place_words", input.place_words.as_deref(), SHORT)?,
        place: input.place.map(|p| report::Place {
            at: rules::point(&p),
            accuracy_m: p.accuracy_m.map(u64::from),
            source: match p.source {
                PlaceSource::Gps => report::PlaceSource::Gps,
                PlaceSource::Pin => report::PlaceSource::Pin,
            },
        }),
        author,
        files: photos.iter().map(file_part).collect(),
    })
}

/// What the phone shows of a report it filed until the city's row is there.
pub(crate) fn filed(input: &DraftInput, new: &New, photos: &[StoredPhoto], at: i64) -> Filed {
    Filed {
        category: new.category.clone(),
        text: new.text.clone(),
        ward: new.ward.clone(),
        place: input.place,
        place_words: new.place_words.clone(),
        answers: input.answers.clone(),
        photos: photos
            .iter()
            .map(|photo| FiledPhoto {
                sha256: ids::hex(&photo.sha256),
                bytes: photo.bytes,
                original: photo.original.as_ref().map(|hash| ids::hex(hash)),
            })
            .collect(),
        author: input.author,
        at,
    }
}

/// A cleaned photo as the header commits to it.
pub(crate) fn file_part(photo: &StoredPhoto) -> FilePart {
    FilePart {
        sha256: Hash(photo.sha256),
        bytes: photo.bytes,
        media_type: "image/jpeg".into(),
        width: u64::from(photo.width),
        height: u64::from(photo.height),
    }
}

/// What a citizen does with a report of her own.
pub(crate) enum CitizenAct {
    Supplement {
        text: String,
        photos: Vec<StoredPhoto>,
    },
    Rate {
        stars: u8,
        text: Option<String>,
    },
    Withdraw {
        reason: Option<String>,
    },
}

impl CitizenAct {
    /// The photos that go with it.
    pub(crate) fn photos(&self) -> Vec<StoredPhoto> {
        match self {
            CitizenAct::Supplement { photos, .. } => photos.clone(),
            _ => Vec::new(),
        }
    }

    /// The act, checked against the report as the phone knows it.
    pub(crate) fn check(
        self,
        config: &Config,
        report: &Report,
        states: &[String],
    ) -> Result<Act, HueError> {
        let act = match self {
            CitizenAct::Supplement { text, photos } => {
                if photos.len() > config.limits.photos_max {
                    return Err(HueError::invalid("photo", "files-many"));
                }
                Act::Supplement(report::Supplement {
                    text: rules::required_text("text", &text, config.limits.text_max)?,
                    files: photos.iter().map(file_part).collect(),
                })
            }
            CitizenAct::Rate { stars, text } => {
                if !(1..=5).contains(&stars) {
                    return Err(HueError::invalid("stars", "stars"));
                }
                if report.rating.is_some() {
                    return Err(HueError::refused("already-rated"));
                }
                Act::Rate(report::Rate {
                    stars,
                    text: rules::optional_text("text", text.as_deref(), SHORT)?,
                })
            }
            CitizenAct::Withdraw { reason } => Act::Withdraw(report::Withdraw {
                reason: rules::optional_text("reason", reason.as_deref(), SHORT)?,
            }),
        };
        allowed(config, &act, report, states)?;
        Ok(act)
    }
}

/// What an officer does with a report of the worklist.
pub(crate) enum OfficerAct {
    Verify {
        note: Option<String>,
    },
    Refuse {
        reason: String,
    },
    Assign {
        unit: String,
    },
    Ask {
        question: String,
    },
    Answer {
        text: String,
        photos: Vec<StoredPhoto>,
    },
    Publish {
        preview: PublicPreview,
    },
}

impl OfficerAct {
    /// The photos that go with it.
    pub(crate) fn photos(&self) -> Vec<StoredPhoto> {
        match self {
            OfficerAct::Answer { photos, .. } => photos.clone(),
            _ => Vec::new(),
        }
    }

    /// The act, checked against the report as the phone knows it.
    pub(crate) fn check(
        self,
        config: &Config,
        report: &Report,
        states: &[String],
    ) -> Result<Act, HueError> {
        let long = config.limits.text_max;
        let act = match self {
            OfficerAct::Verify { note } => Act::Verify(staff::Verify {
                note: rules::optional_text("note", note.as_deref(), SHORT)?,
            }),
            OfficerAct::Refuse { reason } => Act::Refuse(staff::Refuse {
                reason: rules::required_text("reason", &reason, long)?,
            }),
            OfficerAct::Assign { unit } => {
                if !config.is_unit(&unit, is_ward) {
                    return Err(HueError::invalid("unit", "unit-unknown"));
                }
                Act::Assign(staff::Assign { unit })
            }
            OfficerAct::Ask { question } => Act::Ask(staff::Ask {
                question: rules::required_text("question", &question, long)?,
            }),
            OfficerAct::Answer { text, photos } => Act::Answer(staff::Answer {
                answer: rules::required_text("text", &text, long)?,
                files: photos.iter().map(file_part).collect(),
            }),
            OfficerAct::Publish { preview } => {
                if report.published {
                    return Err(HueError::refused("already-published"));
                }
                Act::Publish(publish(config, report, preview)?)
            }
        };
        allowed(config, &act, report, states)?;
        Ok(act)
    }
}

/// Exactly what everyone would read if the report were published as it stands.
pub(crate) fn preview(config: &Config, report: &Report) -> PublicPreview {
    let grid = config
        .category(&report.category)
        .map_or(DEFAULT_GRID_M, |c| c.coarsen_m);
    let coarse = report.place.map(|p| rules::point(&p).coarsen(grid));
    PublicPreview {
        id: report.id.clone(),
        category: report.category.clone(),
        text: report.text.clone(),
        ward: report.ward.clone(),
        lat: coarse.map(|c| c.at.lat as f64 / 1e7),
        lon: coarse.map(|c| c.at.lon as f64 / 1e7),
        grid_m: coarse.map(|_| grid as u32),
        photos: report
            .photos
            .iter()
            .filter(|p| p.state == "received")
            .map(|p| p.sha256.clone())
            .collect(),
        answer: report.answer.as_ref().map(|a| a.text.clone()),
    }
}

/// The grid of a category the data does not know any more: coarse rather than telling.
const DEFAULT_GRID_M: u64 = 500;

/// An officer may take things out of a preview or black words out; the place always comes from the report's own, on its grid.
fn publish(
    config: &Config,
    report: &Report,
    wanted: PublicPreview,
) -> Result<staff::Publish, HueError> {
    let full = preview(config, report);
    let photos = wanted
        .photos
        .iter()
        .map(|p| {
            let known = full.photos.contains(p);
            ids::unhex(p)
                .filter(|_| known)
                .map(Hash)
                .ok_or(HueError::invalid("photo", "photo-unknown"))
        })
        .collect::<Result<_, _>>()?;
    let grid = full.grid_m.map_or(DEFAULT_GRID_M, u64::from);
    let show_place = wanted.lat.is_some() && wanted.lon.is_some();
    Ok(staff::Publish {
        category: report.category.clone(),
        text: rules::required_text("text", &wanted.text, config.limits.text_max)?,
        ward: wanted.ward.filter(|w| Some(w) == report.ward.as_ref()),
        place: report
            .place
            .filter(|_| show_place)
            .map(|p| rules::point(&p).coarsen(grid)),
        photos,
        answer: full.answer.filter(|_| wanted.answer.is_some()),
    })
}

/// Whether the city's data lets this act happen in a state the report may be in.
fn allowed(config: &Config, act: &Act, report: &Report, states: &[String]) -> Result<(), HueError> {
    // Before the city answered, its states do not apply: a citizen may withdraw or add to what still waits.
    let unanswered = report.status_raw.is_none();
    if unanswered && matches!(act, Act::Withdraw(_) | Act::Supplement(_)) {
        return Ok(());
    }
    if !unanswered
        && states
            .iter()
            .any(|state| config.move_for(act.kind(), Some(state)).is_some())
    {
        Ok(())
    } else {
        Err(HueError::refused("state"))
    }
}

/// The states a report may be in by the time the next act arrives: the city's last word, and where this phone's own acts since lead from there. An officer
/// without signal verifies and assigns in one go; the city judges both in order. A state that an act of hers left for good is none of them, even while the
/// city's row still shows it: what was verified cannot be verified again between the receipt and the row.
pub(crate) fn states(config: &Config, base: &str, kinds: &[String]) -> Vec<String> {
    let mut states = vec![base.to_owned()];
    for kind in kinds.iter().filter_map(|kind| Kind::from_name(kind)) {
        let mut after = Vec::new();
        for from in states {
            let next = config.state_after(kind, Some(&from)).map(str::to_owned);
            if next
                .as_deref()
                .is_none_or(|next| leads(config, next, &from))
            {
                after.push(from);
            }
            after.extend(next);
        }
        let mut seen = std::collections::BTreeSet::new();
        after.retain(|state| seen.insert(state.clone()));
        states = after;
    }
    states
}

/// Whether a report in the state `from` can come to `to`, by whoever's acts.
fn leads(config: &Config, from: &str, to: &str) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(state) = seen.get(next).copied() {
        if state == to {
            return true;
        }
        for kind in Kind::ALL {
            if let Some(after) = config.state_after(kind, Some(state)) {
                if !seen.contains(&after) {
                    seen.push(after);
                }
            }
        }
        next += 1;
    }
    false
}

/// Whether a code is one of Huế's wards and communes of today.
pub(crate) fn is_ward(code: &str) -> bool {
    hues_vietnam::units::hue::by_code(code).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_of_this_phone_lead_on_from_the_citys_last_word() {
        let config = Config::builtin();
        let after = |base: &str, kinds: &[&str]| {
            let kinds: Vec<String> = kinds.iter().map(|&k| k.to_owned()).collect();
            states(&config, base, &kinds)
        };
        assert_eq!(after("received", &[]), ["received"]);
        // Nothing leads back to `received` or `verified`: what the row still says is past.
        assert_eq!(after("received", &["staff.verify"]), ["verified"]);
        assert_eq!(
            after("received", &["staff.verify", "staff.assign"]),
            ["assigned"]
        );
        // A question may have been answered by now: both are possible.
        let asked = ["staff.verify", "staff.assign", "staff.ask"];
        assert_eq!(after("assigned", &asked), ["assigned", "need_info"]);
        assert_eq!(after("answered", &asked), ["answered"]);
    }
}
