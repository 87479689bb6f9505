//! A person's phone in a journey: home, session and account on a simulated disk, and the requests on their way.
//!
//! Invariant: opening goes on where it stopped, as an app does that is started again; nothing but [`Person::put_down`] ends the process.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use hues_core::desk::{Desk, SessionSlot, Surroundings, Ticket};
use hues_core::feedback::ReportSummary;
use hues_core::ports::NoLog;
use hues_core::probe::NoProbe;
use hues_core::HueError;
use hues_env::SeededRandom;
use hues_protocol::http::{Body, HttpRequest, HttpResponse, TransportError};
use hues_store::doubles::MemoryVault;
use hues_store::live::{self, Row, Subscription};
use hues_store::Home;
use hues_sync::engine::{Event, Io};
use hues_sync::machine::Link;

use super::town::Ticking;
use crate::disk::SimDisk;

/// Lines of the live window.
const WINDOW: u32 = 20;

/// A running app.
struct App {
    desk: Desk,
    session: SessionSlot,
    ticket: Option<Ticket>,
    started: bool,
    watched: Option<Watched>,
    _home: Home,
}

/// A window kept open, and the list its steps add up to.
struct Watched {
    steps: Subscription<ReportSummary>,
    list: Vec<Row<ReportSummary>>,
}

pub(super) struct Person {
    pub(super) disk: SimDisk,
    pub(super) requests: VecDeque<HttpRequest>,
    /// When the engine wants to be called.
    pub(super) wake: Option<u64>,
    clock: Arc<Ticking>,
    vault: Arc<MemoryVault>,
    random: SeededRandom,
    root: [u8; 32],
    app: Option<App>,
}

impl Person {
    pub(super) fn new(seed: u64, clock: Arc<Ticking>, root: [u8; 32]) -> Person {
        Person {
            disk: SimDisk::new(),
            requests: VecDeque::new(),
            wake: None,
            clock,
            vault: Arc::new(MemoryVault::new(seed)),
            random: SeededRandom::new(seed),
            root,
            app: None,
        }
    }

    /// The key of the city that this phone believes.
    pub(super) fn pin(&mut self, root: [u8; 32]) {
        self.root = root;
    }

    /// The app ends.
    pub(super) fn put_down(&mut self) {
        self.app = None;
        self.requests.clear();
        self.wake = None;
    }

    pub(super) fn is_up(&self) -> bool {
        self.app.is_some()
    }

    pub(super) fn is_signed_in(&self) -> bool {
        self.app.as_ref().is_some_and(|app| app.ticket.is_some())
    }

    /// Where the account lies.
    fn account(&mut self, home: &Home) -> Result<PathBuf, HueError> {
        let id = match home.current_account()? {
            Some(id) => id,
            None => home.create_account(&mut self.random)?,
        };
        home.remember_account(&id)?;
        Ok(home.account_dir(&id))
    }

    /// The app in hand: started where it was not.
    fn open(&mut self) -> Result<&mut App, HueError> {
        let app = match self.app.take() {
            Some(app) => app,
            None => {
                let disk = Arc::new(self.disk.clone());
                let home = Home::open(disk.clone(), &self.disk.root().join("home"))?;
                home.finish_erasing(&*self.vault)?;
                let dir = self.account(&home)?;
                let session = SessionSlot::open(disk.clone(), &dir, &*self.vault)?;
                let ticket = session.load()?;
                let on = Surroundings {
                    disk,
                    vault: self.vault.clone(),
                    clock: self.clock.clone(),
                    log: Arc::new(NoLog),
                    probe: Arc::new(NoProbe),
                    random: Box::new(self.random.fork()),
                    root: self.root,
                    listen: false,
                };
                let desk = Desk::open(&dir, on, ticket.as_ref())?;
                App {
                    desk,
                    session,
                    ticket,
                    started: false,
                    watched: None,
                    _home: home,
                }
            }
        };
        let app = self.app.insert(app);
        if !app.started {
            app.desk.start(app.ticket.as_ref())?;
            app.desk.tell(Event::Link(Link::Good))?;
            app.desk.tell(Event::Foreground(true))?;
            app.started = true;
        }
        if app.watched.is_none() {
            let steps = app.desk.watch("mine", WINDOW)?;
            let list = Vec::new();
            app.watched = Some(Watched { steps, list });
        }
        Ok(app)
    }

    /// Does something at the desk, and takes what the engine wants of the world then.
    pub(super) fn at<T>(
        &mut self,
        f: impl FnOnce(&mut Desk) -> Result<T, HueError>,
    ) -> Result<T, HueError> {
        let done = self.open().and_then(|app| f(&mut app.desk));
        let wants = match &mut self.app {
            Some(app) => app.desk.wants(),
            None => Vec::new(),
        };
        for io in wants {
            match io {
                Io::Send(request) => self.requests.push_back(request),
                Io::Cancel(id) => self.requests.retain(|request| request.id != id),
                Io::WakeIn(ms) => self.wake = ms.map(|ms| self.clock.mono() + ms),
                _ => {}
            }
        }
        done
    }

    /// Takes the session that the city gave.
    pub(super) fn sign_in(&mut self, ticket: &Ticket) -> Result<(), HueError> {
        self.at(|desk| desk.sign_in(ticket))?;
        let app = self.open()?;
        app.session.save(ticket)?;
        app.ticket = Some(ticket.clone());
        Ok(())
    }

    /// A request with the bytes of the photo it names; a photo that cannot be read now is not sent now.
    pub(super) fn loaded(&self, mut request: HttpRequest) -> Result<HttpRequest, TransportError> {
        if let Body::File { name, offset, len } = &request.body {
            let app = self.app.as_ref().ok_or(TransportError::Cancelled)?;
            request.body = Body::Bytes(app.desk.file_range(name, (*offset, *len))?);
        }
        Ok(request)
    }

    pub(super) fn answered(
        &mut self,
        id: u64,
        outcome: Result<HttpResponse, TransportError>,
    ) -> Result<(), HueError> {
        self.at(|desk| desk.tell(Event::Http { id, outcome }))
    }

    /// The list its live window adds up to; the window follows what was committed.
    pub(super) fn shown(&mut self) -> Result<Vec<ReportSummary>, HueError> {
        let app = self.open()?;
        app.desk.run_windows()?;
        let Some(watched) = &mut app.watched else {
            return Ok(Vec::new());
        };
        for step in watched.steps.take() {
            if !live::apply(&mut watched.list, step) {
                watched.list.clear();
            }
        }
        Ok(watched.list.iter().map(|row| (*row.row).clone()).collect())
    }
}
