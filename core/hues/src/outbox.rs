//! The outbox as a person sees it: what waits, what is stuck and why, and what she can do about it.

use std::sync::Arc;

use hues_sync::outbox::{self, OpState, OpView};
use hues_sync::SyncError;

use hues_protocol::ids::OpId;

use crate::account::Account;
use crate::error::HueError;
#[cfg(doc)]
use crate::feedback::Feedback;
use crate::feedback::{editing, Submitted};
use crate::ids::Id;
use crate::live::{OutboxListener, Subscription};

/// An act that is kept until the city has it for good.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct OutboxItem {
    /// The op.
    pub op: String,
    /// Its lane: acts of one lane leave in order.
    pub lane: String,
    /// Its kind, e.g. `report.new`.
    pub kind: String,
    /// The report it is about.
    pub report: String,
    /// `waiting`, `sending`, `wedged` or `done`; words in [`crate::words::text`].
    pub state: String,
    /// Failures in a row.
    pub tries: u32,
    /// Not tried before this moment of the phone's wall clock.
    pub next_try: Option<i64>,
    /// The rule of the city's refusal, or a word for the last failure.
    pub error: Option<String>,
    /// The stuck op before it in its lane.
    pub behind: Option<String>,
    /// It may be edited or discarded: it never left, or the city refused it under its signature.
    pub editable: bool,
    /// It was signed again because the city and this phone disagreed on the lane (a restored old copy of the phone).
    pub relinked: bool,
    /// Photos of it that the city does not have whole.
    pub photos_open: u32,
}

/// The outbox. Get it from [`crate::HuesCore::outbox`].
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct Outbox {
    pub(crate) account: Arc<Account>,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Outbox {
    /// What is kept, oldest first; with `done` also what the city has for good.
    pub async fn items(&self, done: bool) -> Result<Vec<OutboxItem>, HueError> {
        self.account
            .read(move |tx| Ok(outbox::list(tx, done)?.iter().map(item).collect()))
            .await
    }

    /// Tries an act again at once.
    pub async fn retry(&self, op: String) -> Result<(), HueError> {
        let op = OpId(Id::parse(&op)?.0);
        self.account.run(move |work| work.retry(op)).await
    }

    /// Gives an act that never left, or that the city refused, other words; its photos stay. A report can be edited whole: [`Feedback::edit`].
    ///
    /// # Errors
    /// `Refused{sent-already}` when it may have reached the city; `Refused{edit-not-possible}` for an act without words of one's own (assigning,
    /// publishing): take it back and act anew; `Invalid{text, …}`.
    pub async fn edit(&self, op: String, text: String) -> Result<Submitted, HueError> {
        let op = OpId(Id::parse(&op)?.0);
        self.account
            .run(move |work| editing::reword(work, op, &text))
            .await
    }

    /// Takes an act back. One that never left is gone; one the city refused leaves a tombstone in its lane. A report taken back becomes a draft again, with
    /// everything in it.
    ///
    /// # Errors
    /// `Refused{sent-already}` when it may have reached the city.
    pub async fn discard(&self, op: String) -> Result<(), HueError> {
        let op = OpId(Id::parse(&op)?.0);
        self.account.run(move |work| work.discard(op)).await
    }

    /// Watches the outbox.
    pub async fn watch(
        &self,
        listener: Arc<dyn OutboxListener>,
    ) -> Result<Arc<Subscription>, HueError> {
        self.account.watch_outbox(listener).await
    }
}

/// An op as it crosses.
pub(crate) fn item(view: &OpView) -> OutboxItem {
    OutboxItem {
        op: view.op_id.to_string(),
        lane: view.lane.to_string(),
        kind: view.kind.clone(),
        report: view.subject.to_string(),
        state: view.state.name().to_owned(),
        tries: view.tries,
        next_try: view.next_try,
        error: view.error.clone(),
        behind: view.behind.map(|op| op.to_string()),
        editable: view.editable,
        relinked: view.relinked,
        photos_open: view.files_open,
    }
}

/// How many acts are not done.
pub(crate) fn open_count(counts: &[(OpState, u64); 4]) -> u64 {
    counts
        .iter()
        .filter(|(state, _)| *state != OpState::Done)
        .map(|(_, n)| n)
        .sum()
}

impl From<SyncError> for HueError {
    fn from(e: SyncError) -> Self {
        match e {
            SyncError::Store(e) => e.into(),
            SyncError::Invalid(what) => HueError::Internal {
                incident: format!("op-{}", what.replace(' ', "-")),
            },
            SyncError::NotFound => HueError::NotFound,
            SyncError::FateUnknown => HueError::refused("sent-already"),
            SyncError::NoReceipt => HueError::refused("no-receipt"),
        }
    }
}
