//! The officer's half: a worklist and the acts on it. Offline like everything else: an act is saved, shown, sent when it can be, and refused by the
//! city's rules with words if a colleague was faster.

use std::sync::Arc;

use super::filing::{self, OfficerAct};
use super::model::{PublicPreview, Report, ReportPage, Submitted};
use super::{photos, rows, search, submit};
use crate::account::Account;
use crate::error::HueError;
use crate::ids::Id;
use crate::live::{ReportListener, Subscription};

/// Reports, for officers. Get it from [`crate::HuesCore::officer`]; every call needs a staff session (`SignInNeeded`).
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct Officer {
    pub(crate) account: Arc<Account>,
}

impl Officer {
    fn scope(&self) -> Result<String, HueError> {
        self.account.staff_scope().ok_or(HueError::SignInNeeded)
    }

    async fn act(&self, report: String, act: OfficerAct) -> Result<Submitted, HueError> {
        let (id, scope) = (Id::parse(&report)?, self.scope()?);
        self.account
            .run(move |work| submit::officer(work, &scope, id, act))
            .await
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Officer {
    /// A page of the unit's reports, newest first.
    pub async fn worklist(
        &self,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<ReportPage, HueError> {
        let scope = self.scope()?;
        self.account
            .read(move |tx| rows::list(tx, &scope, cursor.as_deref(), limit))
            .await
    }

    /// Searches the worklist, like a citizen's list.
    pub async fn search(
        &self,
        query: String,
        cursor: Option<String>,
        limit: u32,
    ) -> Result<ReportPage, HueError> {
        let scope = self.scope()?;
        self.account
            .read(move |tx| search::page(tx, &scope, &query, cursor.as_deref(), limit))
            .await
    }

    /// One report as the unit may see it: never its sender.
    pub async fn report(&self, id: String) -> Result<Report, HueError> {
        let (id, scope) = (Id::parse(&id)?, self.scope()?);
        self.account.read(move |tx| rows::get(tx, &scope, id)).await
    }

    /// Watches the worklist's first `window` lines.
    pub async fn watch(
        &self,
        window: u32,
        listener: Arc<dyn ReportListener>,
    ) -> Result<Arc<Subscription>, HueError> {
        self.account
            .watch_reports(self.scope()?, window, listener)
            .await
    }

    /// Finds the report in order.
    pub async fn verify(
        &self,
        report: String,
        note: Option<String>,
    ) -> Result<Submitted, HueError> {
        self.act(report, OfficerAct::Verify { note }).await
    }

    /// Refuses it, with a reason in words.
    pub async fn refuse(&self, report: String, reason: String) -> Result<Submitted, HueError> {
        self.act(report, OfficerAct::Refuse { reason }).await
    }

    /// Gives it to a handling unit.
    pub async fn assign(&self, report: String, unit: String) -> Result<Submitted, HueError> {
        self.act(report, OfficerAct::Assign { unit }).await
    }

    /// Asks the citizen for more.
    pub async fn ask(&self, report: String, question: String) -> Result<Submitted, HueError> {
        self.act(report, OfficerAct::Ask { question }).await
    }

    /// Answers, with photos of what was done.
    pub async fn answer(
        &self,
        report: String,
        text: String,
        photos: Vec<Vec<u8>>,
    ) -> Result<Submitted, HueError> {
        let (id, scope) = (Id::parse(&report)?, self.scope()?);
        let photos = self.account.clean_all(photos).await?;
        self.account
            .run(move |work| {
                let photos = photos::keep(work, photos)?;
                submit::officer(work, &scope, id, OfficerAct::Answer { text, photos })
            })
            .await
    }

    /// Exactly what everyone would read if it were published now.
    pub async fn preview(&self, report: String) -> Result<PublicPreview, HueError> {
        let (id, scope) = (Id::parse(&report)?, self.scope()?);
        self.account
            .run(move |work| {
                work.look(|tx, config| Ok(filing::preview(config, &rows::get(tx, &scope, id)?)))
            })
            .await
    }

    /// Publishes a preview: words may be blacked out and photos or the place taken out, nothing can be put in.
    pub async fn publish(&self, preview: PublicPreview) -> Result<Submitted, HueError> {
        self.act(preview.id.clone(), OfficerAct::Publish { preview })
            .await
    }
}
