//! The core's side: a home that is opened the way an app opens it, with the town behind the transport port.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hues_core::feedback::{DraftInput, Feedback, Place, PlaceSource, ReportList, ReportSummary};
use hues_core::ports::doubles::SoftwareVault;
use hues_core::ports::Link;
use hues_core::probe::{Probe, ProbePoint};
use hues_core::{CityAddress, CoreConfig, HuesCore, Ports};
use hues_store::Durability;

use crate::town::Town;
use crate::Step;

/// A phone that is switched off.
pub struct Phone {
    home: PathBuf,
    vault: Arc<SoftwareVault>,
    acts: Durability,
    /// The city it talks to.
    pub town: Arc<Town>,
}

/// Lowers the durability of acts, so that the price of a sync can be told from the rest.
struct Acts(Durability);

impl Probe for Acts {
    fn at(&self, _point: ProbePoint) {}

    fn durability(&self) -> Durability {
        self.0
    }
}

impl Phone {
    /// A phone whose home lies in `folder`; an empty one is made.
    pub fn new(folder: &Path) -> Step<Phone> {
        Phone::with(folder, Durability::Full)
    }

    /// A phone whose acts are committed so.
    pub fn with(folder: &Path, acts: Durability) -> Step<Phone> {
        std::fs::create_dir_all(folder)?;
        Ok(Phone {
            home: folder.join("home"),
            vault: SoftwareVault::in_file(folder.join("vault.keys"), false)?,
            acts,
            town: Town::new()?,
        })
    }

    /// Opens the core.
    pub fn open(&self) -> Step<Open> {
        let config = CoreConfig {
            home: self.home.to_str().ok_or("home is no UTF-8")?.to_owned(),
            city: Some(CityAddress {
                url: "http://127.0.0.1:1".into(),
                root_key: Town::root().to_vec(),
                tls_roots: Vec::new(),
            }),
            local_address: None,
            account: None,
        };
        let mut ports = Ports::with_vault(self.vault.clone());
        ports.transport = Some(self.town.clone());
        ports.probe = Arc::new(Acts(self.acts));
        let waiter = tokio::runtime::Builder::new_current_thread().build()?;
        let core = HuesCore::open(config, ports)?;
        Ok(Open {
            feedback: core.feedback(),
            core: Some(core),
            waiter,
        })
    }
}

/// An open core; dropping it waits until its files are closed.
pub struct Open {
    feedback: Arc<Feedback>,
    core: Option<HuesCore>,
    waiter: tokio::runtime::Runtime,
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(core) = self.core.take() {
            core.close();
        }
    }
}

impl Open {
    fn core(&self) -> Step<&HuesCore> {
        Ok(self.core.as_ref().ok_or("closed")?)
    }

    fn wait<R, E: Into<Box<dyn std::error::Error>>>(
        &self,
        call: impl Future<Output = Result<R, E>>,
    ) -> Step<R> {
        self.waiter.block_on(call).map_err(Into::into)
    }

    /// Brings the phone on a good link; everything the town offers comes in.
    pub fn pull(&self) -> Step<()> {
        self.wait(self.core()?.start(Link::Good))?;
        self.settle()
    }

    /// Pull down to refresh, and wait until everything is in.
    pub fn refresh(&self) -> Step<()> {
        self.wait(self.core()?.refresh())?;
        self.settle()
    }

    /// The link is gone.
    pub fn go_dark(&self) -> Step<()> {
        self.wait(self.core()?.network_changed(Link::None))
    }

    /// Something to tap with, for another thread.
    pub fn hand(&self) -> Step<Hand> {
        Ok(Hand {
            feedback: self.feedback.clone(),
            waiter: tokio::runtime::Builder::new_current_thread().build()?,
        })
    }

    fn settle(&self) -> Step<()> {
        match self.wait(self.core()?.settle(600_000))? {
            true => Ok(()),
            false => Err("the town's pages did not come in".into()),
        }
    }

    /// Reports on the phone.
    pub fn count(&self) -> Step<u64> {
        Ok(self.wait(self.core()?.status())?.reports)
    }

    /// Acts that wait to be sent.
    pub fn waiting(&self) -> Step<u64> {
        Ok(self.wait(self.core()?.status())?.waiting)
    }

    /// The newest lines of the public list.
    pub fn first_lines(&self, limit: u32) -> Step<Vec<ReportSummary>> {
        self.lines(None, limit)
    }

    /// A page of the public list.
    pub fn lines(&self, cursor: Option<String>, limit: u32) -> Step<Vec<ReportSummary>> {
        let page = self.feedback.list(ReportList::Public, cursor, limit);
        Ok(self.wait(page)?.items)
    }

    /// A page of what a search of the public list finds.
    pub fn search(
        &self,
        typed: &str,
        cursor: Option<String>,
        limit: u32,
    ) -> Step<(Vec<ReportSummary>, Option<String>)> {
        let page = self
            .feedback
            .search(ReportList::Public, typed.to_owned(), cursor, limit);
        let page = self.wait(page)?;
        Ok((page.items, page.next))
    }

    /// Saves a draft; gives its id.
    pub fn draft(&self, text: &str) -> Step<String> {
        Ok(self.wait(self.feedback.new_draft(entered(text)))?.id)
    }

    /// Files a draft.
    pub fn submit(&self, draft: String) -> Step<()> {
        self.wait(self.feedback.submit(draft)).map(drop)
    }
}

/// A finger on the screen of an open core.
pub struct Hand {
    feedback: Arc<Feedback>,
    waiter: tokio::runtime::Runtime,
}

impl Hand {
    /// Saves a draft.
    pub fn draft(&self, text: &str) -> Step<()> {
        let draft = self.feedback.new_draft(entered(text));
        self.waiter.block_on(draft)?;
        Ok(())
    }
}

/// What a person enters for a report.
pub fn entered(text: &str) -> DraftInput {
    DraftInput {
        category: Some("trat_tu.xay_dung".into()),
        text: text.to_owned(),
        ward: Some("19789".into()),
        place: Some(Place {
            lat: 16.4637,
            lon: 107.5909,
            accuracy_m: Some(12),
            source: PlaceSource::Gps,
        }),
        ..DraftInput::default()
    }
}
