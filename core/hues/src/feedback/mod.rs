//! Citizen field reports (phản ánh hiện trường), the citizen's half: categories, drafts, photos, filing, the life of a report, the inbox.
//!
//! This object is the thin shell: it hands each call to the account's writer thread or to a reader and awaits it. The rules are in the files
//! beside it, as functions over a transaction.

mod acts;
mod categories;
pub(crate) mod drafts;
pub(crate) mod editing;
pub(crate) mod filing;
pub(crate) mod inbox;
mod model;
mod officer;
pub(crate) mod photos;
pub(crate) mod pulled;
pub(crate) mod rows;
mod rules;
pub(crate) mod search;
pub(crate) mod submit;
pub(crate) mod view;

use std::sync::Arc;

use hues_protocol::ids::OpId;

pub use model::{
    Answer, AuthorKind, Bilingual, Category, Draft, DraftInput, DraftPhoto, InboxNotice, Notice,
    Place, PlaceSource, Problem, PublicPreview, Question, QuestionKind, QuestionOption, Rating,
    Report, ReportPage, ReportPhoto, ReportSummary, Submitted, TimelineEntry, UnitAnswer,
    WardGuess, Warning,
};
pub use officer::Officer;

use crate::account::Account;
use crate::error::HueError;
use crate::ids::{self, Id};
use crate::live::{ReportListener, Subscription};
use filing::CitizenAct;
use rows::{MINE, PUBLIC};

/// The schema of this domain, version 1.
pub(crate) const SCHEMA_V1: &str = include_str!("schema_v1.sql");
/// What version 2 adds.
pub(crate) const SCHEMA_V2: &str = include_str!("schema_v2.sql");

/// Which list of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum ReportList {
    /// One's own, on whatever phone they were filed.
    #[default]
    Mine,
    /// What the city published.
    Public,
}

impl Feedback {
    /// The scope of a list, unless its owner signed out.
    fn readable(&self, list: ReportList) -> Result<&'static str, HueError> {
        if list == ReportList::Mine {
            self.account.check_signed_out()?;
        }
        Ok(list.scope())
    }
}

impl ReportList {
    fn scope(self) -> &'static str {
        match self {
            ReportList::Mine => MINE,
            ReportList::Public => PUBLIC,
        }
    }
}

/// Field reports, for citizens. Get it from [`crate::HuesCore::feedback`].
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct Feedback {
    pub(crate) account: Arc<Account>,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Feedback {
    /// The city's category tree: the built-in edition before the first contact, the city's signed one after.
    pub async fn categories(&self) -> Result<Vec<Category>, HueError> {
        self.account
            .run(|work| Ok(categories::all(&work.state.config)))
            .await
    }

    /// The up to three wards a place probably lies in, likeliest first; empty outside Huế. Ask the person: borders are not known exactly.
    #[must_use]
    pub fn likely_wards(&self, lat: f64, lon: f64) -> Vec<WardGuess> {
        hues_vietnam::units::hue::likeliest_wards(lat, lon)
            .into_iter()
            .map(|c| WardGuess {
                code: c.unit.code.to_string(),
                name: c.unit.full_name(),
                confidence: c.confidence,
            })
            .collect()
    }

    /// Starts a draft with what is known so far and saves it.
    pub async fn new_draft(&self, input: DraftInput) -> Result<Draft, HueError> {
        self.account
            .run(move |work| {
                work.commit(|tx, env, config| {
                    let id = drafts::create(tx, env, &input)?;
                    drafts::get(tx, config, id)
                })
            })
            .await
    }

    /// Saves a draft. Call it at every change; the text is kept as typed.
    ///
    /// # Errors
    /// `NotFound` when it was filed or discarded meanwhile.
    pub async fn save_draft(&self, id: String, input: DraftInput) -> Result<Draft, HueError> {
        let id = Id::parse(&id)?;
        self.account
            .run(move |work| {
                work.commit(|tx, env, config| {
                    drafts::save(tx, env, id, &input)?;
                    drafts::get(tx, config, id)
                })
            })
            .await
    }

    /// All drafts, newest first.
    pub async fn drafts(&self) -> Result<Vec<Draft>, HueError> {
        self.account.run(|work| work.look(drafts::list)).await
    }

    /// One draft, with what is wrong with it by the city's data of now.
    pub async fn draft(&self, id: String) -> Result<Draft, HueError> {
        let id = Id::parse(&id)?;
        self.account
            .run(move |work| work.look(|tx, config| drafts::get(tx, config, id)))
            .await
    }

    /// Deletes a draft and its photos.
    pub async fn discard_draft(&self, id: String) -> Result<(), HueError> {
        let id = Id::parse(&id)?;
        self.account
            .run(move |work| photos::discard_draft(work, id))
            .await
    }

    /// Cleans a photo (JPEG, PNG, WebP; at most 32 MiB) and adds it: oriented, scaled to 2,048 pixels, without any metadata, encrypted. The draft is
    /// returned with its warnings.
    ///
    /// # Errors
    /// `Invalid{photo, …}`: `empty`, `not-an-image`, `heic`, `unsupported`, `damaged`, `too-many-bytes`, `too-many-pixels`, `files-many`, `not-clean`.
    pub async fn add_photo(&self, draft: String, image: Vec<u8>) -> Result<Draft, HueError> {
        let id = Id::parse(&draft)?;
        let photo = self.account.blocking(move || photos::clean(&image)).await?;
        self.account
            .run(move |work| photos::add(work, id, photo))
            .await
    }

    /// Takes a photo out of a draft.
    pub async fn remove_photo(&self, draft: String, sha256: String) -> Result<Draft, HueError> {
        let id = Id::parse(&draft)?;
        let sha256 = ids::unhex(&sha256).ok_or(HueError::NotFound)?;
        self.account
            .run(move |work| photos::remove(work, id, sha256))
            .await
    }

    /// Files a draft. Returns once it is durable on the phone (power loss included); the network is not asked. The draft becomes the report.
    ///
    /// # Errors
    /// `Invalid` names what is wrong, and the draft stays; `Storage` likewise.
    pub async fn submit(&self, draft: String) -> Result<Submitted, HueError> {
        let id = Id::parse(&draft)?;
        self.account.run(move |work| submit::file(work, id)).await
    }

    /// Opens a filed report as a draft again, by its op in the outbox: one that never left, or that the city refused. Filing the draft puts it in the
    /// place of the first; until then the first stands, and may still leave. A draft that becomes anonymous, or stops being so, is filed as a new report.
    ///
    /// # Errors
    /// `Refused{sent-already}` when it may have reached the city (also later, by [`Feedback::submit`]: the draft stays); `Refused{edit-words-only}` for an
    /// act that is no report: see [`crate::outbox::Outbox::edit`].
    pub async fn edit(&self, op: String) -> Result<Draft, HueError> {
        let op = OpId(Id::parse(&op)?.0);
        self.account
            .run(move |work| work.commit(|tx, env, config| editing::open(tx, env, config, op)))
            .await
    }

    /// A page of a list, newest first, at most 200 lines. `cursor` is the `next` of the page before.
    ///
    /// # Errors
    /// `SignInNeeded` for one's own reports after signing out; they are kept, and shown again after signing in. Filing stays open.
    pub async fn list(
        &self,
        list: ReportList,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<ReportPage, HueError> {
        let scope = self.readable(list)?;
        self.account
            .read(move |tx| rows::list(tx, scope, cursor.as_deref(), limit))
            .await
    }

    /// Searches a list. Words without tones find all tones, exact tones come first; every match is reachable by paging.
    pub async fn search(
        &self,
        list: ReportList,
        query: String,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<ReportPage, HueError> {
        let scope = self.readable(list)?;
        self.account
            .read(move |tx| search::page(tx, scope, &query, cursor.as_deref(), limit))
            .await
    }

    /// One report of a list, whole.
    pub async fn report(&self, list: ReportList, id: String) -> Result<Report, HueError> {
        let (id, scope) = (Id::parse(&id)?, self.readable(list)?);
        self.account.read(move |tx| rows::get(tx, scope, id)).await
    }

    /// Answers the city's question about a report, with photos from `photos` (cleaned here, like a draft's).
    pub async fn supplement(
        &self,
        report: String,
        text: String,
        photos: Vec<Vec<u8>>,
    ) -> Result<Submitted, HueError> {
        let id = Id::parse(&report)?;
        let photos = self.account.clean_all(photos).await?;
        self.account
            .run(move |work| {
                let photos = photos::keep(work, photos)?;
                submit::citizen(work, id, CitizenAct::Supplement { text, photos })
            })
            .await
    }

    /// Rates the unit's answer, 1 to 5 stars, once.
    pub async fn rate(
        &self,
        report: String,
        stars: u8,
        text: Option<String>,
    ) -> Result<Submitted, HueError> {
        let id = Id::parse(&report)?;
        self.account
            .run(move |work| submit::citizen(work, id, CitizenAct::Rate { stars, text }))
            .await
    }

    /// Withdraws a report. One that never left the phone is withdrawn there, after it was sent.
    pub async fn withdraw(
        &self,
        report: String,
        reason: Option<String>,
    ) -> Result<Submitted, HueError> {
        let id = Id::parse(&report)?;
        self.account
            .run(move |work| submit::citizen(work, id, CitizenAct::Withdraw { reason }))
            .await
    }

    /// The city's notices, newest first; each was signed by the city and is shown as it was signed.
    pub async fn inbox(
        &self,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<Vec<InboxNotice>, HueError> {
        self.account.check_signed_out()?;
        self.account
            .read(move |tx| inbox::page(tx, cursor.as_deref(), limit))
            .await
    }

    /// Watches the first `window` lines of a list: the listener hears the whole window at once, then differences. Dropping or
    /// cancelling the subscription ends it; a shell drops those of one's own reports when the person signs out.
    ///
    /// # Errors
    /// As [`Feedback::list`].
    pub async fn watch(
        &self,
        list: ReportList,
        window: u32,
        listener: Arc<dyn ReportListener>,
    ) -> Result<Arc<Subscription>, HueError> {
        self.account
            .watch_reports(self.readable(list)?.to_owned(), window, listener)
            .await
    }
}
