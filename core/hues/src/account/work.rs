//! What a job on the writer thread may use: the file, the engine, photos and mirror, the city's data, clock and randomness.
//!
//! Invariant: everything that writes goes through [`Work::commit`] or the engine; an act is committed with FULL and mirrored before its
//! caller hears of it; requests leave only after the transaction that names them.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};

use hues_env::{Env, Random};
use hues_protocol::config::Config;
use hues_protocol::http::Method;
use hues_protocol::ids::OpId;
use hues_store::rusqlite::Connection;
use hues_store::{Mirror, SealedDir, SealedId, Seat};
use hues_sync::engine::{Engine, Event, Io};
use hues_sync::machine::{Item, Owner, Wait};
use hues_sync::outbox::{self, Changed, Enqueued};
use tokio::sync::mpsc::UnboundedSender;

use crate::error::{HueError, StorageReason};
use crate::feedback::pulled::Pulled;
use crate::feedback::{drafts, submit};
use crate::ports::{Clock, LogEvent, LogLevel, LogSink};
use crate::probe::{Probe, ProbePoint};
use crate::session;

/// The account's state that lives on the writer thread.
pub(crate) struct State {
    pub engine: Engine,
    pub attachments: Arc<SealedDir>,
    pub mirror: Mirror,
    pub config: CityData,
    pub config_version: u64,
    pub clock: Arc<dyn Clock>,
    pub random: Box<dyn Random>,
    pub probe: Arc<dyn Probe>,
    pub log: Arc<dyn LogSink>,
    pub io: UnboundedSender<Io>,
    /// The account that owns new lanes, once somebody signed in.
    pub owner: Option<[u8; 16]>,
    /// Whose scopes are kept in step; nothing before the first word of the session.
    pub followed: Option<Followed>,
}

/// The city's data of now. The built-in edition is read when it is first asked for: opening a home does not need it.
#[derive(Clone)]
pub(crate) struct CityData(Arc<LazyLock<Config, Box<dyn FnOnce() -> Config + Send>>>);

impl CityData {
    /// The edition this release was built with.
    pub(crate) fn builtin() -> CityData {
        CityData(Arc::new(LazyLock::new(Box::new(Config::builtin))))
    }

    /// What the city signed.
    pub(crate) fn signed(config: Config) -> CityData {
        CityData(Arc::new(LazyLock::new(Box::new(|| config))))
    }
}

impl Deref for CityData {
    type Target = Config;

    fn deref(&self) -> &Config {
        &self.0
    }
}

/// What the scopes kept in step were made of.
pub(crate) struct Followed {
    signed_in: bool,
    staff: Option<String>,
    /// Lanes of anonymous reports that the city has.
    lanes: Vec<String>,
}

/// A job's hands.
pub(crate) struct Work<'a> {
    pub(crate) seat: &'a mut Seat,
    pub(crate) state: &'a mut State,
}

impl Work<'_> {
    /// One durable transaction with the clock, randomness and the city's data of now.
    pub(crate) fn commit<R>(
        &mut self,
        f: impl FnOnce(&Connection, &mut Env<'_>, &Config) -> Result<R, HueError>,
    ) -> Result<R, HueError> {
        let now = self.state.clock.now();
        let config = self.state.config.clone();
        let mut env = Env {
            wall: now.wall(),
            mono: now.mono(),
            boot: now.boot_id(),
            random: self.state.random.as_mut(),
        };
        self.seat.commit(
            self.state.probe.durability(),
            |tx| f(tx, &mut env, &config),
            breaks,
        )
    }

    /// Reads on the writer's own connection: sees what was just written.
    pub(crate) fn look<R>(
        &mut self,
        f: impl FnOnce(&Connection, &Config) -> Result<R, HueError>,
    ) -> Result<R, HueError> {
        let config = self.state.config.clone();
        let seen = self.seat.read(|tx| f(tx, &config));
        if seen.as_ref().err().is_some_and(breaks) {
            self.seat.renew();
        }
        seen
    }

    /// Queues an act: the transaction, the mirror, and word to the engine.
    pub(crate) fn enact(
        &mut self,
        f: impl FnOnce(&Connection, &mut Env<'_>, &Config) -> Result<Enqueued, HueError>,
    ) -> Result<Enqueued, HueError> {
        let enqueued = self.commit(f)?;
        self.state.probe.at(ProbePoint::SubmitAfterCommit);
        // The act is filed: whatever fails from here on must not make the person file it again.
        let _ = self.mirror(&enqueued.op_id, &enqueued.mirror);
        let _ = self.step(Event::Enqueued);
        Ok(enqueued)
    }

    /// Hands an event to the engine, does at once what needs this thread, and passes the rest to the driver.
    pub(crate) fn step(&mut self, event: Event) -> Result<(), HueError> {
        let now = self.state.clock.now();
        let mut env = Env {
            wall: now.wall(),
            mono: now.mono(),
            boot: now.boot_id(),
            random: self.state.random.as_mut(),
        };
        let answered = matches!(event, Event::Http { .. });
        let engine = &mut self.state.engine;
        self.state.probe.event(engine.machine().mode(), &event);
        let outcome = match engine.handle(self.seat.writer()?, &mut env, &mut Pulled, event) {
            Ok(outcome) => outcome,
            Err(error) => {
                // What the event was about is in the file or will be asked of the city again. Nobody else may come by to try: a timer does.
                self.note(LogLevel::Warning, "engine.step-failed");
                let again = self.state.engine.retry_in(now.mono());
                self.pass(Io::WakeIn(again));
                let error = error.into();
                if breaks(&error) {
                    self.seat.renew();
                }
                return Err(error);
            }
        };
        if !hues_env::planted!("window-deaf") {
            self.seat.publish(outcome.changes);
        }
        for io in outcome.io {
            match io {
                Io::Mirror(again) => self.mirror(&again.op_id, &again.mirror)?,
                Io::ForgetMirror(op) => self.forget_mirror(&op),
                Io::ForgetFile(file) => self.forget_file(&file),
                Io::Config(config, version) => {
                    self.state.config = CityData::signed(*config);
                    self.state.config_version = version;
                }
                Io::Send(request) => {
                    if request.method == Method::Post && request.path == "/ops" {
                        self.state.probe.at(ProbePoint::OpHandedOver);
                    }
                    self.pass(Io::Send(request));
                }
                other => self.pass(other),
            }
        }
        if answered {
            self.follow_new_lanes()?;
        }
        Ok(())
    }

    /// Everything the engine looks after, and why it does not move.
    pub(crate) fn waits(&mut self) -> Vec<(Item, Wait)> {
        let now = self.state.clock.now();
        let env = Env {
            wall: now.wall(),
            mono: now.mono(),
            boot: now.boot_id(),
            random: self.state.random.as_mut(),
        };
        self.state.engine.waits(&env)
    }

    /// Keeps the scopes of this session in step, those of anonymous reports among them.
    pub(crate) fn follow_scopes(
        &mut self,
        signed_in: bool,
        staff: Option<String>,
    ) -> Result<(), HueError> {
        let lanes = self.look(|tx, _| session::anonymous_lanes(tx))?;
        let wishes = session::scopes(signed_in, staff.as_deref(), &lanes);
        self.state.followed = Some(Followed {
            signed_in,
            staff,
            lanes,
        });
        self.step(Event::Scopes(wishes))
    }

    /// An anonymous report is followed from its receipt on: its lane became a scope by that answer.
    fn follow_new_lanes(&mut self) -> Result<(), HueError> {
        let lanes = self.look(|tx, _| session::anonymous_lanes(tx))?;
        let Some(followed) = &self.state.followed else {
            return Ok(());
        };
        if lanes == followed.lanes {
            return Ok(());
        }
        let (signed_in, staff) = (followed.signed_in, followed.staff.clone());
        self.follow_scopes(signed_in, staff)
    }

    /// To the driver. It is gone only while the core closes; what was queued is in the file and leaves next time.
    fn pass(&self, io: Io) {
        let _ = self.state.io.send(io);
    }

    /// Tries an op again at once.
    pub(crate) fn retry(&mut self, op: OpId) -> Result<(), HueError> {
        self.commit(|tx, _, _| Ok(outbox::retry(tx, &op)?))?;
        self.step(Event::OutboxChanged)
    }

    /// Takes an op back; a report becomes a draft again.
    pub(crate) fn discard(&mut self, op: OpId) -> Result<(), HueError> {
        let changed = self.commit(|tx, env, _| submit::take_back(tx, env, op))?;
        self.follow(changed)
    }

    /// After an edit or a discard: mirror what was signed again, forget what nobody needs.
    pub(crate) fn follow(&mut self, changed: Changed) -> Result<(), HueError> {
        for again in &changed.again {
            self.mirror(&again.op_id, &again.mirror)?;
        }
        if let Some(op) = &changed.op {
            self.mirror(&op.op_id, &op.mirror)?;
        }
        for op in &changed.forget_ops {
            self.forget_mirror(op);
        }
        for file in &changed.forget_files {
            self.forget_file(file);
        }
        self.step(Event::OutboxChanged)
    }

    /// Mirrors an op. A full disk costs the second copy, not the act: the op is durable in the database, and what is missing is mirrored later.
    pub(crate) fn mirror(&mut self, op: &OpId, entry: &[u8]) -> Result<(), HueError> {
        if hues_env::planted!("no-second-copy") {
            return Ok(());
        }
        let snapshot = self.look(|tx, _| submit::snapshot(tx, op))?;
        let put = self
            .state
            .mirror
            .put(&op.0, entry, &snapshot, self.state.random.as_mut());
        if put.is_err() {
            self.note(LogLevel::Warning, "mirror.put-failed");
        }
        Ok(())
    }

    /// Removes a mirror entry that is no longer needed; a leftover is harmless and goes next time.
    pub(crate) fn forget_mirror(&mut self, op: &OpId) {
        if self.state.mirror.forget(&op.0).is_err() {
            self.note(LogLevel::Warning, "mirror.forget-failed");
        }
    }

    /// Removes a sealed photo unless a draft or the outbox still refers to it; a leftover is swept later.
    pub(crate) fn forget_file(&mut self, file: &SealedId) {
        let needed =
            self.look(|tx, _| Ok(drafts::needs_file(tx, file)? || outbox::needs_file(tx, file)?));
        if !matches!(needed, Ok(false)) {
            return;
        }
        if self.state.attachments.remove(file).is_err() {
            self.note(LogLevel::Warning, "photo.remove-failed");
        }
    }

    /// Who owns new lanes.
    pub(crate) fn owner(&self) -> Owner {
        self.state.owner.map_or(Owner::Unclaimed, Owner::Account)
    }

    /// Logs one of the core's own events.
    pub(crate) fn note(&self, level: LogLevel, event: &str) {
        // A log that fails has nobody left to tell.
        let _ = self.state.log.log(LogEvent {
            level,
            event: event.to_owned(),
            reason: String::new(),
            number: 0,
        });
    }
}

/// Whether the connection must not be used again after this error: what it believes of the file may be wrong.
pub(crate) fn breaks(error: &HueError) -> bool {
    matches!(
        error,
        HueError::Storage {
            reason: StorageReason::Corrupt | StorageReason::Io
        } | HueError::Internal { .. }
    )
}
