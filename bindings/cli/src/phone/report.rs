//! `report …`: filing, drafts, lists, and a report's life.

use std::path::{Path, PathBuf};

use hues_core::feedback::{
    Answer, AuthorKind, Draft, DraftInput, Feedback, Place, PlaceSource, Report, ReportList,
};
use hues_core::HueError;

use super::{views, Phone};
use crate::args::{DraftCommand, NewReport, PhoneCommand, ReportCommand, StaffCommand};
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// Larger files are not even read; the core refuses above 32 MiB with words.
const MAX_PHOTO: u64 = 33 * 1024 * 1024;
/// Lines asked for at a time.
const PAGE: u32 = 100;

impl Phone {
    pub(super) async fn report(
        &self,
        command: &ReportCommand,
        sink: &dyn Sink,
    ) -> Result<Exit, Failure> {
        let f = self.core.feedback();
        match command {
            ReportCommand::Categories => {
                let all = f.categories().await?;
                all.iter().for_each(|c| sink.result(&views::category(c)));
            }
            ReportCommand::New(new) => self.file(new, sink).await?,
            ReportCommand::Draft { command } => self.draft(command, sink).await?,
            ReportCommand::List { search, public } => {
                self.list(search.as_deref(), *public, sink).await?
            }
            ReportCommand::Show { id } => sink.result(&views::report(&self.find(id).await?)),
            ReportCommand::Follow { id } => return self.follow(id, sink).await,
            ReportCommand::Supplement { id, text, photo } => {
                let photos = photo.iter().map(|p| read(p)).collect::<Result<_, _>>()?;
                let done = f.supplement(id.clone(), text.clone(), photos).await?;
                sink.result(&views::submitted(&done));
            }
            ReportCommand::Rate { id, stars, text } => {
                let done = f.rate(id.clone(), *stars, text.clone()).await?;
                sink.result(&views::submitted(&done));
            }
            ReportCommand::Withdraw { id, reason } => {
                let done = f.withdraw(id.clone(), reason.clone()).await?;
                sink.result(&views::submitted(&done));
            }
        }
        Ok(Exit::Done)
    }

    /// A report wherever this phone may see it: one's own, the unit's, the published ones.
    pub(super) async fn find(&self, id: &str) -> Result<Report, HueError> {
        let f = self.core.feedback();
        match f.report(ReportList::Mine, id.to_owned()).await {
            Err(HueError::NotFound) => {}
            other => return other,
        }
        if let Ok(report) = self.core.officer().report(id.to_owned()).await {
            return Ok(report);
        }
        f.report(ReportList::Public, id.to_owned()).await
    }

    async fn file(&self, new: &NewReport, sink: &dyn Sink) -> Result<(), Failure> {
        let f = self.core.feedback();
        let input = edited(DraftInput::default(), new)?;
        let mut draft = f.new_draft(input).await?;
        draft = add_photos(&f, draft, &new.photo).await?;
        if new.draft {
            sink.result(&views::draft(&draft));
            return Ok(());
        }
        for w in &draft.warnings {
            sink.note(&hues_core::words::text(
                &hues_core::words::TextItem::DraftWarning { warning: *w },
                hues_core::words::Language::En,
                hues_core::words::TextForm::Long,
            ));
        }
        match f.submit(draft.id.clone()).await {
            Ok(done) => sink.result(&views::submitted(&done)),
            Err(e) => {
                sink.note(&format!("kept as draft {}", draft.id));
                return Err(e.into());
            }
        }
        Ok(())
    }

    /// Changes what waits: a report whole, any other act in its words.
    pub(super) async fn edit(
        &self,
        op: &str,
        content: &NewReport,
        sink: &dyn Sink,
    ) -> Result<(), Failure> {
        let f = self.core.feedback();
        let draft = match (f.edit(op.to_owned()).await, &content.text) {
            (Err(HueError::Refused { rule }), Some(text)) if rule == "edit-words-only" => {
                let done = self.core.outbox().edit(op.to_owned(), text.clone()).await?;
                sink.result(&views::submitted(&done));
                return Ok(());
            }
            (draft, _) => draft?,
        };
        let draft = f
            .save_draft(draft.id.clone(), edited(draft.input, content)?)
            .await?;
        let draft = add_photos(&f, draft, &content.photo).await?;
        if content.draft {
            sink.result(&views::draft(&draft));
            return Ok(());
        }
        sink.result(&views::submitted(&f.submit(draft.id).await?));
        Ok(())
    }

    async fn draft(&self, command: &DraftCommand, sink: &dyn Sink) -> Result<(), Failure> {
        let f = self.core.feedback();
        match command {
            DraftCommand::List => {
                let all = f.drafts().await?;
                all.iter().for_each(|d| sink.result(&views::draft(d)));
            }
            DraftCommand::Edit { id, content } => {
                let old = f.draft(id.clone()).await?;
                let saved = f
                    .save_draft(id.clone(), edited(old.input, content)?)
                    .await?;
                let saved = add_photos(&f, saved, &content.photo).await?;
                sink.result(&views::draft(&saved));
            }
            DraftCommand::Send { id } => {
                sink.result(&views::submitted(&f.submit(id.clone()).await?));
            }
            DraftCommand::Drop { id } => f.discard_draft(id.clone()).await?,
        }
        Ok(())
    }

    async fn list(
        &self,
        search: Option<&str>,
        public: bool,
        sink: &dyn Sink,
    ) -> Result<(), Failure> {
        let f = self.core.feedback();
        let which = if public {
            ReportList::Public
        } else {
            ReportList::Mine
        };
        let mut cursor = None;
        loop {
            let page = match search {
                Some(words) => f.search(which, words.to_owned(), cursor, PAGE).await?,
                None => f.list(which, cursor, PAGE).await?,
            };
            page.items
                .iter()
                .for_each(|s| sink.result(&views::summary(s)));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }
}

/// `input` with what the command line says.
fn edited(mut input: DraftInput, new: &NewReport) -> Result<DraftInput, Failure> {
    if new.category.is_some() {
        input.category.clone_from(&new.category);
    }
    if let Some(text) = &new.text {
        input.text.clone_from(text);
    }
    if let Some(at) = &new.at {
        input.place = Some(place(at)?);
    }
    if new.ward.is_some() {
        input.ward.clone_from(&new.ward);
    }
    if new.place.is_some() {
        input.place_words.clone_from(&new.place);
    }
    for pair in &new.answer {
        let (question, value) = pair
            .split_once('=')
            .ok_or_else(|| Failure::refused("answer", "--answer K=V"))?;
        input.answers.retain(|a| a.question != question);
        input.answers.push(Answer {
            question: question.to_owned(),
            value: value.to_owned(),
        });
    }
    match (new.sealed, new.named, new.anonymous) {
        (true, ..) => input.author = AuthorKind::Sealed,
        (_, true, _) => input.author = AuthorKind::Named,
        (_, _, true) => input.author = AuthorKind::Anonymous,
        _ => {}
    }
    Ok(input)
}

fn place(at: &str) -> Result<Place, Failure> {
    let wrong = || Failure::refused("at", "--at LAT,LON[,ACCURACY_M]");
    let mut parts = at.split(',').map(str::trim);
    let mut degrees = || -> Result<f64, Failure> {
        parts
            .next()
            .and_then(|p| p.parse::<f64>().ok())
            .filter(|d| d.is_finite())
            .ok_or_else(wrong)
    };
    let (lat, lon) = (degrees()?, degrees()?);
    let accuracy_m = parts
        .next()
        .map(|p| p.parse().map_err(|_| wrong()))
        .transpose()?;
    if parts.next().is_some() {
        return Err(wrong());
    }
    // With an accuracy somebody measured it; without one somebody pointed at a map.
    let source = if accuracy_m.is_some() {
        PlaceSource::Gps
    } else {
        PlaceSource::Pin
    };
    Ok(Place {
        lat,
        lon,
        accuracy_m,
        source,
    })
}

async fn add_photos(f: &Feedback, mut draft: Draft, files: &[PathBuf]) -> Result<Draft, Failure> {
    for file in files {
        draft = f.add_photo(draft.id.clone(), read(file)?).await?;
    }
    Ok(draft)
}

/// A file's bytes, at most [`MAX_PHOTO`].
pub(super) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|f| f.take(MAX_PHOTO).read_to_end(&mut bytes))
        .map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Failure::new(
                Exit::NotFound,
                "not-found",
                "photo",
                file.display().to_string(),
            ),
            _ => Failure::io("photo", &e),
        })?;
    Ok(bytes)
}

impl PhoneCommand {
    /// The files a command reads or writes, as given.
    pub(super) fn files(&self) -> Vec<&Path> {
        fn all(p: &[PathBuf]) -> Vec<&Path> {
            p.iter().map(PathBuf::as_path).collect()
        }
        match self {
            PhoneCommand::Report { command } => match command {
                ReportCommand::New(n) => all(&n.photo),
                ReportCommand::Supplement { photo, .. } => all(photo),
                ReportCommand::Draft {
                    command: DraftCommand::Edit { content, .. },
                } => all(&content.photo),
                _ => vec![],
            },
            PhoneCommand::Staff {
                command: StaffCommand::Answer { photo, .. },
            } => all(photo),
            PhoneCommand::Proof {
                command: crate::args::PhoneProofCommand::Export { out: Some(out), .. },
            } => vec![out],
            PhoneCommand::Account {
                command: crate::args::AccountCommand::Export { out },
            } => vec![out],
            _ => vec![],
        }
    }

    /// Whether a command uses the network; the others never touch it.
    pub(super) fn talks(&self) -> bool {
        matches!(
            self,
            PhoneCommand::Signin { .. }
                | PhoneCommand::Signout
                | PhoneCommand::Sync { .. }
                | PhoneCommand::Watch { .. }
                | PhoneCommand::Report {
                    command: ReportCommand::Follow { .. }
                }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_or_refused() {
        let p = place("16.4637,107.5909,12").unwrap();
        assert_eq!((p.accuracy_m, p.source), (Some(12), PlaceSource::Gps));
        assert_eq!(place("16.4637, 107.5909").unwrap().source, PlaceSource::Pin);
        for bad in ["", "16", "16,x", "16,107,-1", "16,107,1,2", "NaN,1"] {
            assert!(place(bad).is_err(), "{bad}");
        }
    }
}
