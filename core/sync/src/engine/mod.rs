//! The synchronous driver core: the step machine joined to a file and to the protocol. Events in, requests out.
//!
//! Invariant: everything an event changes in the file is one transaction; a request is given out only after the transaction that says so
//! has committed; and an answer changes nothing before [`hues_protocol::classify`] has judged it. The engine has no thread, no clock and no socket:
//! a phone drives it from its writer thread, the laboratory from its own.

mod answers;
mod apply;
#[cfg(test)]
mod budgets;
mod carry;
mod requests;
#[cfg(test)]
mod tests;
mod views;

use hues_env::{Env, Mono};
use hues_protocol::config::Config;
use hues_protocol::http::{HttpRequest, HttpResponse, TransportError};
use hues_protocol::ids::{OpId, Subject};
use hues_protocol::page::Row;
use hues_store::rusqlite::Connection;
use hues_store::{Changes, Durability, Writer};
use zeroize::Zeroizing;

use crate::error::Result;
use crate::machine::{self, Link, Session, State};
use crate::outbox::Remirror;
use crate::sql::{one, run};

/// How the engine is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The city's root key, pinned.
    pub root: [u8; 32],
    /// Keep a long poll open while the app is on screen on a good link.
    pub listen: bool,
}

/// A scope to keep in step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeWish {
    /// Its name on the wire.
    pub name: String,
    /// Pull every so many milliseconds while the app is on screen.
    pub every_foreground: Option<u64>,
    /// Pull every so many milliseconds while it is not.
    pub every_background: Option<u64>,
}

/// What happened, as the shell tells it.
pub enum Event {
    /// The wake-up that was asked for, or any other call of the host.
    Timer,
    /// An op was queued (and committed). Everything that waits is tried at once.
    Enqueued,
    /// Ops were edited, discarded or retried.
    OutboxChanged,
    /// The person pulled down to refresh.
    Refresh,
    /// The network changed.
    Link(Link),
    /// Power fell under 15 % or came back.
    LowPower(bool),
    /// The app came on screen or left it.
    Foreground(bool),
    /// Somebody signed in or out.
    Session {
        /// Who.
        session: Session,
        /// The bearer token, when somebody is signed in.
        token: Option<Zeroizing<String>>,
    },
    /// Scopes to keep in step from now on; others are left.
    Scopes(Vec<ScopeWish>),
    /// A request ended.
    Http {
        /// Its number.
        id: u64,
        /// How.
        outcome: std::result::Result<HttpResponse, TransportError>,
    },
    /// A request moved bytes.
    Progress {
        /// Its number.
        id: u64,
        /// Bytes since the last report.
        bytes: u64,
    },
    /// A beacon that was fetched without regard to certificate dates.
    UndatedBeacon {
        /// The beacon as it came.
        beacon: HttpResponse,
        /// The key list, where it was asked for.
        keys: Option<HttpResponse>,
    },
}

/// What the shell has to do, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Io {
    /// Send this; answer with [`Event::Http`].
    Send(HttpRequest),
    /// Give this up; an answer that still comes is ignored.
    Cancel(u64),
    /// Call with [`Event::Timer`] after so many milliseconds, sleep included; replaces the last one. `None`: no need.
    WakeIn(Option<u64>),
    /// Mirror this op anew: it was signed again.
    Mirror(Remirror),
    /// This op's mirror entry is no longer needed.
    ForgetMirror(OpId),
    /// This sealed file is no longer needed.
    ForgetFile([u8; 16]),
    /// A new edition of the city's data is in force.
    Config(Box<Config>, u64),
    /// The phone's clock is off: fetch a beacon without regard to certificate dates and tell [`Event::UndatedBeacon`].
    FetchUndatedBeacon {
        /// The key list first: this phone has none to judge a beacon by.
        keys: bool,
    },
    /// The city's signed time is this, now.
    CityTime(i64),
    /// Nothing of this account leaves until it signs in again.
    SignInNeeded,
    /// The city does not speak this release's protocol any more.
    UpdateNeeded,
}

/// What a domain does with the rows of its scopes and the fates of its ops, in the engine's transaction.
pub trait Applier {
    /// Takes a row in. `false`: its kind is not known here; it is kept raw and offered again after an update.
    ///
    /// # Errors
    /// The store's: then nothing of the page is applied.
    fn put(&mut self, conn: &Connection, scope: &str, row: &Row) -> Result<bool>;
    /// Takes a row out.
    ///
    /// # Errors
    /// The store's.
    fn delete(&mut self, conn: &Connection, scope: &str, kind: &str, id: &str) -> Result<()>;
    /// An op about `subject` was handed over, receipted, refused, offered again.
    ///
    /// # Errors
    /// The store's.
    fn op_moved(&mut self, conn: &Connection, subject: &Subject) -> Result<()>;
}

/// What one event led to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// To be done, in order.
    pub io: Vec<Io>,
    /// What was committed, for live queries.
    pub changes: Changes,
}

/// Whether a person waits for what follows from it.
fn by_a_person(event: &Event) -> bool {
    matches!(
        event,
        Event::Enqueued | Event::OutboxChanged | Event::Refresh | Event::Session { .. }
    )
}

/// The engine of one file.
pub struct Engine {
    settings: Settings,
    pub(crate) machine: State,
    token: Option<Zeroizing<String>>,
    session: Session,
    link: Option<Link>,
    low_power: bool,
    foreground: bool,
    scopes: Vec<ScopeWish>,
    /// Requests below this number went out under an earlier token.
    token_since: u64,
    /// The last of the acts the machine was told of.
    last_act: i64,
    /// The last transaction failed: the machine may believe what the file does not say. It is rebuilt from the file first.
    stale: bool,
    /// Failures of the store in a row, and until when nothing is tried because of them.
    failures: u32,
    held: Option<Mono>,
}

/// After the first failure of the store nothing is tried for so long, milliseconds; twice as long after each further one.
const HOLD_MS: u64 = 30_000;
/// The longest such pause.
const HOLD_MOST_MS: u64 = 30 * 60_000;

impl Engine {
    /// An engine for the file behind `conn`; nothing moves before the first event.
    ///
    /// # Errors
    /// The store's.
    pub fn open(conn: &Connection, env: &mut Env<'_>, settings: Settings) -> Result<Engine> {
        if hues_env::planted!("wedge-forgotten") {
            run(
                conn,
                "UPDATE sync_op SET state = 2 WHERE state IN (1, 3)",
                [],
            )?;
        }
        let machine = views::machine(conn, env, settings.listen)?;
        Ok(Engine {
            settings,
            machine,
            token: None,
            session: Session::None,
            link: None,
            low_power: false,
            foreground: false,
            scopes: Vec::new(),
            token_since: 0,
            last_act: 0,
            stale: true,
            failures: 0,
            held: None,
        })
    }

    /// Takes an event, commits what follows from it, and gives what is to be done.
    ///
    /// # Errors
    /// The store's. Nothing was committed then; the event may be given again, and the next one starts from what the file says.
    pub fn handle(
        &mut self,
        writer: &mut Writer,
        env: &mut Env<'_>,
        applier: &mut dyn Applier,
        event: Event,
    ) -> Result<Outcome> {
        self.note(&event);
        if let Some(left) = self.retry_in(env.mono).filter(|_| !by_a_person(&event)) {
            // What cannot be written down would be asked for again at once, and again: a full disk must not cost the battery and the city.
            return Ok(Outcome {
                io: vec![Io::WakeIn(Some(left))],
                ..Outcome::default()
            });
        }
        // What is handed over must be known to have been, whatever the power does: a waiting op may leave in this very step.
        let leaves = writer.read(|tx| {
            let sql = "SELECT EXISTS (SELECT 1 FROM sync_op WHERE state = 0)";
            Ok::<bool, crate::SyncError>(one(tx, sql, [], |r| r.get(0))?)
        })?;
        // After a fork ops are signed again, and may leave in the same step.
        let forked = matches!(&event, Event::Http { outcome: Ok(r), .. } if r.status == 409);
        let durability = if leaves || forked {
            Durability::Full
        } else {
            Durability::Normal
        };
        let stale = std::mem::replace(&mut self.stale, true);
        let committed = writer.try_write(durability, |tx| {
            let mut turn = Turn {
                engine: self,
                conn: tx,
                env,
                applier,
                io: Vec::new(),
            };
            if stale {
                turn.rebuild()?;
            }
            turn.take(event)?;
            Ok::<Vec<Io>, crate::SyncError>(turn.io)
        });
        let committed = match committed {
            Ok(committed) => committed,
            Err(e) => {
                let pause = HOLD_MS << self.failures.min(10);
                self.held = Some(env.mono.plus(pause.min(HOLD_MOST_MS)));
                self.failures = self.failures.saturating_add(1);
                return Err(e);
            }
        };
        self.stale = false;
        self.held = None;
        // A step that had nothing to write proves nothing.
        if !committed.changes.is_empty() {
            self.failures = 0;
        }
        Ok(Outcome {
            io: committed.value,
            changes: committed.changes,
        })
    }

    /// Milliseconds until something is tried again after the store failed; `None`: nothing is held back.
    #[must_use]
    pub fn retry_in(&self, now: Mono) -> Option<u64> {
        let left = self.held?.0.saturating_sub(now.0);
        (left > 0).then_some(left)
    }

    /// Why a lane does not move; for the outbox of a screen.
    #[must_use]
    pub fn lane_wait(&self, env: &Env<'_>, lane: &machine::Id) -> Option<machine::Wait> {
        self.machine.lane_wait(env.mono, lane)
    }

    /// Everything that waits, and why.
    #[must_use]
    pub fn waits(&self, env: &Env<'_>) -> Vec<(machine::Item, machine::Wait)> {
        self.machine.waits(env.mono)
    }

    /// The last event could not be written down: until the next one nothing is under way, and what the machine believes is not to be relied on.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// The machine's state, for the laboratory's coverage table.
    #[must_use]
    pub fn machine(&self) -> &State {
        &self.machine
    }

    /// Remembers what a rebuilt machine must be told again.
    fn note(&mut self, event: &Event) {
        match event {
            Event::Link(link) => self.link = Some(*link),
            Event::LowPower(low) => self.low_power = *low,
            Event::Foreground(on) => self.foreground = *on,
            Event::Session { session, token } => {
                self.session = *session;
                self.token.clone_from(token);
                self.token_since = self.machine.next_request().0;
            }
            Event::Scopes(scopes) => self.scopes.clone_from(scopes),
            _ => {}
        }
    }
}

/// One event's transaction.
struct Turn<'t, 'e> {
    engine: &'t mut Engine,
    conn: &'t Connection,
    env: &'t mut Env<'e>,
    applier: &'t mut dyn Applier,
    io: Vec<Io>,
}

impl Turn<'_, '_> {
    /// A fresh machine from what the file says, told what the shell has said before.
    fn rebuild(&mut self) -> Result<()> {
        let abandoned = self.engine.machine.flights().map(|req| Io::Cancel(req.0));
        self.io.extend(abandoned);
        self.engine.machine = views::machine(self.conn, self.env, self.engine.settings.listen)?;
        apply::offer_raw(self.conn, self.applier)?;
        let mut events = self.views()?;
        events.extend(self.scope_events()?);
        let engine = &self.engine;
        events.push(machine::Event::Session(engine.session));
        events.push(machine::Event::LowPower(engine.low_power));
        events.push(machine::Event::Foreground(engine.foreground));
        events.extend(engine.link.map(machine::Event::Link));
        self.step(events)
    }

    fn take(&mut self, event: Event) -> Result<()> {
        let events = match event {
            Event::Timer => vec![machine::Event::Timer],
            Event::Enqueued => {
                let mut events = views::acts_since(self.conn, self.env, self.engine.last_act)?;
                self.engine.last_act = views::last_act(self.conn)?;
                events.push(machine::Event::Act { refresh: false });
                events
            }
            Event::OutboxChanged => self.with_views(machine::Event::Act { refresh: false })?,
            Event::Refresh => vec![machine::Event::Act { refresh: true }],
            Event::Link(link) => vec![machine::Event::Link(link)],
            Event::LowPower(low) => vec![machine::Event::LowPower(low)],
            Event::Foreground(on) => vec![machine::Event::Foreground(on)],
            Event::Session { session, .. } => self.with_views(machine::Event::Session(session))?,
            Event::Scopes(_) => self.scope_events()?,
            Event::Progress { id, bytes } => vec![machine::Event::Progress {
                req: machine::ReqId(id),
                bytes,
            }],
            Event::Http { id, outcome } => self.answered(id, &outcome)?,
            Event::UndatedBeacon { beacon, keys } => self.undated_beacon(beacon, keys)?,
        };
        self.step(events)
    }

    /// All lanes and files as the file has them now, then `event`.
    fn with_views(&mut self, event: machine::Event) -> Result<Vec<machine::Event>> {
        let mut events = self.views()?;
        events.push(event);
        Ok(events)
    }

    fn views(&mut self) -> Result<Vec<machine::Event>> {
        self.engine.last_act = views::last_act(self.conn)?;
        views::everything(self.conn, self.env, &self.engine.machine)
    }

    fn scope_events(&mut self) -> Result<Vec<machine::Event>> {
        views::scopes(
            self.conn,
            self.env,
            &self.engine.scopes,
            &self.engine.machine,
        )
    }

    /// Steps the machine and carries its commands out, until it asks for nothing more.
    fn step(&mut self, mut events: Vec<machine::Event>) -> Result<()> {
        // Each round answers commands that failed at once or changed the file; a handful is the most there can be.
        for _ in 0..32 {
            let commands = machine::step(
                &mut self.engine.machine,
                self.env.mono,
                events,
                self.env.random,
            );
            events = self.carry_out(commands)?;
            if events.is_empty() {
                break;
            }
        }
        Ok(())
    }
}
