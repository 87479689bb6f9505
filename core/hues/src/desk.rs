//! One account driven by hand: no thread, no runtime, no socket, no clock of its own.
//!
//! The flood laboratory puts hundreds of these into one thread. What runs is what runs on a phone: the same files, transactions, rules and step machine as
//! behind [`crate::HuesCore`], whose thin shell of threads this replaces by a caller who does one thing after the other. Apps use [`crate::HuesCore`].

mod keep;

use std::path::Path;
use std::sync::Arc;

use hues_env::{Mono, Random};
use hues_protocol::http::TransportError;
use hues_protocol::ids::OpId;
use hues_store::disk::Disk;
use hues_store::live::{LiveHub, Subscription};
use hues_store::vault::SlotVault;
use hues_store::{Reader, Seat, StoreFile, Told};
use hues_sync::engine::{Event, Io, Settings};
use hues_sync::machine::{self, Item, State as Machine, Wait};
use hues_sync::outbox::{self, OpView};
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver};
use zeroize::Zeroizing;

pub use keep::{slots, SessionSlot};

use crate::account::{self, report_window, Brought, Opened, Ready, State, Work};
use crate::error::HueError;
use crate::feedback::filing::{CitizenAct, OfficerAct};
use crate::feedback::{
    drafts, editing, filing, photos, rows, search, submit, Draft, DraftInput, PublicPreview,
    Report, ReportPage, ReportSummary, Submitted,
};
use crate::ids::{self, Id};
use crate::ports::{Clock, LogSink};
use crate::probe::Probe;
use crate::session;

/// What a desk stands on.
pub struct Surroundings {
    /// Every file that is not SQLite's.
    pub disk: Arc<dyn Disk>,
    /// The keys.
    pub vault: Arc<dyn SlotVault>,
    /// The clocks.
    pub clock: Arc<dyn Clock>,
    /// The log.
    pub log: Arc<dyn LogSink>,
    /// Looks on at the points between two steps.
    pub probe: Arc<dyn Probe>,
    /// Every random byte.
    pub random: Box<dyn Random>,
    /// The root key of the city.
    pub root: [u8; 32],
    /// Keep a long poll open while the app is on screen on a good link.
    pub listen: bool,
}

/// A session as the city gave it.
#[derive(Clone)]
pub struct Ticket {
    /// The account's pseudonym.
    pub account: [u8; 16],
    /// The bearer token.
    pub token: Zeroizing<String>,
    /// The unit, for an officer.
    pub staff: Option<String>,
}

/// An account, its files open, nobody else at it.
pub struct Desk {
    seat: Seat,
    told: Told,
    hub: LiveHub,
    reader: Option<Reader>,
    file: Arc<StoreFile>,
    state: State,
    io: UnboundedReceiver<Io>,
    staff: Option<String>,
}

impl Desk {
    /// Opens the account in `dir`, or makes it; `ticket` is whoever was signed in when the last process ended.
    ///
    /// # Errors
    /// As [`crate::open_core`].
    pub fn open(dir: &Path, on: Surroundings, ticket: Option<&Ticket>) -> Result<Desk, HueError> {
        let (opened, io) = opened(on, ticket);
        Ok(Desk::at(account::open(dir, opened)?, io))
    }

    /// Opens it after `Storage{corrupt}`, as [`crate::recover_core`] does; says how many acts and drafts came back.
    ///
    /// # Errors
    /// As [`crate::recover_core`].
    pub fn recover(
        dir: &Path,
        on: Surroundings,
        ticket: Option<&Ticket>,
    ) -> Result<(Desk, u64, u64), HueError> {
        let (opened, io) = opened(on, ticket);
        let (ready, Brought { acts, drafts }) = account::recover(dir, opened)?;
        Ok((Desk::at(ready, io), acts, drafts))
    }

    fn at(ready: Ready, io: UnboundedReceiver<Io>) -> Desk {
        let file = Arc::new(ready.file);
        let (seat, told) = Seat::alone(file.clone(), ready.writer);
        Desk {
            seat,
            told,
            hub: LiveHub::new(),
            reader: None,
            file,
            state: ready.state,
            io,
            staff: None,
        }
    }

    fn work(&mut self) -> Work<'_> {
        Work {
            seat: &mut self.seat,
            state: &mut self.state,
        }
    }

    /// Says who is signed in and what to keep in step, as [`crate::HuesCore::start`] does with a kept session.
    ///
    /// # Errors
    /// `Storage`.
    pub fn start(&mut self, ticket: Option<&Ticket>) -> Result<(), HueError> {
        let staff = ticket.and_then(|t| t.staff.clone());
        self.staff.clone_from(&staff);
        self.work().follow_scopes(ticket.is_some(), staff)?;
        let session = match ticket {
            Some(ticket) => machine::Session::Live(ticket.account),
            None => machine::Session::None,
        };
        let token = ticket.map(|t| t.token.clone());
        self.tell(Event::Session { session, token })
    }

    /// The first answer of a sign-in: the account is this person's, with what was filed before.
    ///
    /// # Errors
    /// `Refused{account-other}`, `Storage`.
    pub fn sign_in(&mut self, ticket: &Ticket) -> Result<(), HueError> {
        session::adopt(&mut self.work(), ticket.account)?;
        self.start(Some(ticket))
    }

    /// Tells the engine something.
    ///
    /// # Errors
    /// `Storage`.
    pub fn tell(&mut self, event: Event) -> Result<(), HueError> {
        self.work().step(event)
    }

    /// What the engine wants of the world since the last look, in order.
    pub fn wants(&mut self) -> Vec<Io> {
        std::iter::from_fn(|| self.io.try_recv().ok()).collect()
    }

    /// The step machine, to look at.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        self.state.engine.machine()
    }

    /// The last step could not be written down: what the machine believes is not to be relied on before the next one.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.state.engine.is_stale()
    }

    /// Everything the engine looks after, and why it does not move.
    pub fn waits(&mut self) -> Vec<(Item, Wait)> {
        self.work().waits()
    }

    /// Makes a draft.
    ///
    /// # Errors
    /// `Storage`.
    pub fn new_draft(&mut self, input: &DraftInput) -> Result<Draft, HueError> {
        self.work().commit(|tx, env, config| {
            let id = drafts::create(tx, env, input)?;
            drafts::get(tx, config, id)
        })
    }

    /// Adds a photo as the cleaner hands it over (JPEG, its size in pixels); cleaning is [`hues_media`]'s and needs no clock and no disk.
    ///
    /// # Errors
    /// `Invalid{photo, files-many}`, `NotFound`, `Storage`.
    pub fn add_clean_photo(
        &mut self,
        draft: &str,
        jpeg: Vec<u8>,
        size: (u32, u32),
    ) -> Result<Draft, HueError> {
        let id = Id::parse(draft)?;
        let photo = photos::Cleaned::of(jpeg, size);
        photos::add(&mut self.work(), id, photo)
    }

    /// Files a draft.
    ///
    /// # Errors
    /// `Invalid`, `NotFound`, `Storage`.
    pub fn submit(&mut self, draft: &str) -> Result<Submitted, HueError> {
        submit::file(&mut self.work(), Id::parse(draft)?)
    }

    /// Opens what is stuck as a draft.
    ///
    /// # Errors
    /// `Refused`, `NotFound`, `Storage`.
    pub fn edit(&mut self, op: &str) -> Result<Draft, HueError> {
        let op = OpId(Id::parse(op)?.0);
        self.work()
            .commit(|tx, env, config| editing::open(tx, env, config, op))
    }

    /// The drafts.
    ///
    /// # Errors
    /// `Storage`.
    pub fn drafts(&mut self) -> Result<Vec<Draft>, HueError> {
        self.work().look(drafts::list)
    }

    /// Adds to a report of one's own.
    ///
    /// # Errors
    /// `Invalid`, `Refused{state}`, `NotFound`, `Storage`.
    pub fn supplement(
        &mut self,
        report: &str,
        text: &str,
        jpegs: Vec<(Vec<u8>, (u32, u32))>,
    ) -> Result<Submitted, HueError> {
        let id = Id::parse(report)?;
        let cleaned = jpegs
            .into_iter()
            .map(|(jpeg, size)| photos::Cleaned::of(jpeg, size));
        let photos = photos::keep(&mut self.work(), cleaned.collect())?;
        let text = text.to_owned();
        submit::citizen(
            &mut self.work(),
            id,
            CitizenAct::Supplement { text, photos },
        )
    }

    /// Rates the answer to a report of one's own.
    ///
    /// # Errors
    /// `Invalid`, `Refused{state}`, `NotFound`, `Storage`.
    pub fn rate(&mut self, report: &str, stars: u8) -> Result<Submitted, HueError> {
        let act = CitizenAct::Rate { stars, text: None };
        submit::citizen(&mut self.work(), Id::parse(report)?, act)
    }

    /// Withdraws a report of one's own.
    ///
    /// # Errors
    /// `Refused{state}`, `NotFound`, `Storage`.
    pub fn withdraw(&mut self, report: &str) -> Result<Submitted, HueError> {
        let act = CitizenAct::Withdraw { reason: None };
        submit::citizen(&mut self.work(), Id::parse(report)?, act)
    }

    fn scope(&self) -> Result<String, HueError> {
        let unit = self.staff.as_ref().ok_or(HueError::SignInNeeded)?;
        Ok(format!("unit:{unit}"))
    }

    fn officer(&mut self, report: &str, act: OfficerAct) -> Result<Submitted, HueError> {
        let scope = self.scope()?;
        submit::officer(&mut self.work(), &scope, Id::parse(report)?, act)
    }

    /// An officer finds a report in order.
    ///
    /// # Errors
    /// `Refused{state}`, `NotFound`, `SignInNeeded`, `Storage`; so for all acts of officers.
    pub fn verify(&mut self, report: &str) -> Result<Submitted, HueError> {
        self.officer(report, OfficerAct::Verify { note: None })
    }

    /// Refuses it.
    ///
    /// # Errors
    /// As [`Desk::verify`].
    pub fn refuse(&mut self, report: &str, reason: &str) -> Result<Submitted, HueError> {
        let reason = reason.to_owned();
        self.officer(report, OfficerAct::Refuse { reason })
    }

    /// Gives it to a unit.
    ///
    /// # Errors
    /// As [`Desk::verify`].
    pub fn assign(&mut self, report: &str, unit: &str) -> Result<Submitted, HueError> {
        let unit = unit.to_owned();
        self.officer(report, OfficerAct::Assign { unit })
    }

    /// Asks the citizen.
    ///
    /// # Errors
    /// As [`Desk::verify`].
    pub fn ask(&mut self, report: &str, question: &str) -> Result<Submitted, HueError> {
        let question = question.to_owned();
        self.officer(report, OfficerAct::Ask { question })
    }

    /// Answers.
    ///
    /// # Errors
    /// As [`Desk::verify`].
    pub fn answer(&mut self, report: &str, text: &str) -> Result<Submitted, HueError> {
        let (text, photos) = (text.to_owned(), Vec::new());
        self.officer(report, OfficerAct::Answer { text, photos })
    }

    /// What everyone would read.
    ///
    /// # Errors
    /// As [`Desk::verify`].
    pub fn preview(&mut self, report: &str) -> Result<PublicPreview, HueError> {
        let (scope, id) = (self.scope()?, Id::parse(report)?);
        self.work()
            .look(|tx, config| Ok(filing::preview(config, &rows::get(tx, &scope, id)?)))
    }

    /// Publishes a preview.
    ///
    /// # Errors
    /// As [`Desk::verify`].
    pub fn publish(&mut self, preview: PublicPreview) -> Result<Submitted, HueError> {
        let id = preview.id.clone();
        self.officer(&id, OfficerAct::Publish { preview })
    }

    /// Tries an op again at once.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub fn retry(&mut self, op: &str) -> Result<(), HueError> {
        let op = OpId(Id::parse(op)?.0);
        self.work().retry(op)
    }

    /// Takes an op back.
    ///
    /// # Errors
    /// `Refused`, `NotFound`, `Storage`.
    pub fn discard(&mut self, op: &str) -> Result<(), HueError> {
        let op = OpId(Id::parse(op)?.0);
        self.work().discard(op)
    }

    /// The outbox; with what is done where `done`.
    ///
    /// # Errors
    /// `Storage`.
    pub fn outbox(&mut self, done: bool) -> Result<Vec<OpView>, HueError> {
        self.work().look(|tx, _| Ok(outbox::list(tx, done)?))
    }

    /// A page of a scope's list (`mine`, `public`, `unit:…`).
    ///
    /// # Errors
    /// `Invalid{cursor}`, `Storage`.
    pub fn list(
        &mut self,
        scope: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<ReportPage, HueError> {
        self.work()
            .look(|tx, _| rows::list(tx, scope, cursor, limit))
    }

    /// One report of a scope.
    ///
    /// # Errors
    /// `NotFound`, `Storage`.
    pub fn report(&mut self, scope: &str, id: &str) -> Result<Report, HueError> {
        let id = Id::parse(id)?;
        self.work().look(|tx, _| rows::get(tx, scope, id))
    }

    /// A page of what a search finds in a scope.
    ///
    /// # Errors
    /// `Invalid{cursor}`, `Storage`.
    pub fn search(
        &mut self,
        scope: &str,
        query: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<ReportPage, HueError> {
        self.work()
            .look(|tx, _| search::page(tx, scope, query, cursor, limit))
    }

    /// The proof that a report was filed.
    ///
    /// # Errors
    /// `Refused{no-receipt}`, `NotFound`, `Storage`.
    pub fn proof(&mut self, report: &str, compact: bool) -> Result<Vec<u8>, HueError> {
        let id = Id::parse(report)?;
        self.work()
            .look(|tx, _| crate::proof::export(tx, id, compact))
    }

    /// The bytes of a sealed photo that a request names.
    ///
    /// # Errors
    /// [`TransportError::Other`], as a transport says it.
    pub fn file_range(&self, name: &str, range: (u64, u64)) -> Result<Vec<u8>, TransportError> {
        let id = ids::unhex(name).ok_or(TransportError::Other)?;
        let open = self.state.attachments.open(&id);
        let bytes = open.and_then(|source| source.read_range(range.0..range.0 + range.1));
        bytes
            .map(|bytes| bytes.to_vec())
            .map_err(|_| TransportError::Other)
    }

    /// Watches the first lines of a list; steps come through [`Desk::run_windows`].
    ///
    /// # Errors
    /// `Storage`.
    pub fn watch(
        &mut self,
        scope: &str,
        lines: u32,
    ) -> Result<Subscription<ReportSummary>, HueError> {
        let (window, query) = report_window(scope.to_owned(), lines);
        let now = self.now();
        let mut reader = self.take_reader()?;
        let watched = self.hub.register(&window, query, &mut reader, now)?;
        self.reader = Some(reader);
        Ok(watched)
    }

    /// Runs the live windows that what was committed since can touch.
    ///
    /// # Errors
    /// `Storage`.
    pub fn run_windows(&mut self) -> Result<(), HueError> {
        let now = self.now();
        for changes in self.told.take() {
            self.hub.changed(&changes, now);
        }
        let Some(due) = self.hub.next_due() else {
            return Ok(());
        };
        let mut reader = self.take_reader()?;
        self.hub.run_due(Mono(due.0.max(now.0)), &mut reader)?;
        self.reader = Some(reader);
        Ok(())
    }

    fn take_reader(&mut self) -> Result<Reader, HueError> {
        match self.reader.take() {
            Some(reader) => Ok(reader),
            None => Ok(self.file.reader()?),
        }
    }

    fn now(&self) -> Mono {
        self.state.clock.now().mono()
    }

    /// Looks at the file as SQL does, for whoever checks what lies in it.
    ///
    /// # Errors
    /// What `f` returned, or `Storage`.
    pub fn look<R>(
        &mut self,
        f: impl FnOnce(&rusqlite::Connection) -> Result<R, HueError>,
    ) -> Result<R, HueError> {
        self.work().look(|tx, _| f(tx))
    }

    /// Leaves the file as the release before would have, so that the next open is an app update in mid-queue.
    ///
    /// # Errors
    /// `Storage`.
    pub fn age(&mut self) -> Result<(), HueError> {
        self.work().commit(|tx, _, _| account::age(tx))
    }

    /// What is wrong with the file: authentication of its pages, its trees, its references. Empty when nothing is.
    ///
    /// # Errors
    /// `Storage`.
    pub fn faults(&mut self) -> Result<Vec<String>, HueError> {
        self.look(|tx| {
            let mut faults = Vec::new();
            for check in [
                "cipher_integrity_check",
                "integrity_check",
                "foreign_key_check",
            ] {
                let mut statement = tx.prepare(&format!("PRAGMA {check}"))?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    faults.push(row.get::<_, String>(0)?);
                }
            }
            faults.retain(|said| said != "ok");
            Ok(faults)
        })
    }

    /// Rows that the search index does not have as they are; empty when index and table agree.
    ///
    /// # Errors
    /// `Storage`.
    pub fn index_gaps(&mut self) -> Result<Vec<i64>, HueError> {
        self.work().look(|tx, _| search::gaps(tx))
    }
}

fn opened(on: Surroundings, ticket: Option<&Ticket>) -> (Opened, UnboundedReceiver<Io>) {
    let (io, wants) = unbounded_channel();
    let opened = Opened {
        disk: on.disk,
        vault: on.vault,
        clock: on.clock,
        log: on.log,
        probe: on.probe,
        io,
        settings: Settings {
            root: on.root,
            listen: on.listen,
        },
        random: on.random,
        session: ticket.map(|t| t.account),
    };
    (opened, wants)
}
