//! The thin shell: one writer thread, a few readers, one thread for live windows; each but the writer is made when it is first needed.
//!
//! Invariant: all writing goes through one thread in the order it was asked for, and a mutation that was taken runs to its
//! end whatever happens to the caller. Nothing here decides anything: transactions, differences and durability are
//! the core's ([`Writer`], [`crate::live::LiveHub`]). No connection is pinged before use; one that met damage or an I/O error is closed
//! and opened anew.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::changes::Changes;
use crate::conn::{Committed, Durability, Snapshot, Tx, Writer};
use crate::error::{Result, StoreError};
use crate::file::StoreFile;
use crate::live::{Row, Subscription, Window};
use crate::pending::{pending, Pending};

mod live_thread;
mod readers;

use live_thread::LiveThread;
use readers::Readers;

/// What the phone tells the app about its place in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifecycle {
    /// On screen: live windows run.
    Foreground,
    /// Off screen: the log is emptied, readers are closed, live windows wait. Writing still works.
    Background,
    /// The system wants memory back: caches are emptied.
    LowMemory,
}

/// Readers a file gets unless told otherwise.
pub const READERS: usize = 2;

type WriteJob = Box<dyn FnOnce(&mut Seat) + Send>;

/// An open file with its threads. Dropping it lets queued mutations finish, then closes the file.
pub struct Db {
    file: Arc<StoreFile>,
    writer: Option<Sender<WriteJob>>,
    live: Arc<LiveThread>,
    readers: Arc<Readers>,
    threads: Vec<JoinHandle<()>>,
}

impl Db {
    /// Gives an open file its threads: one writer; as reads come in up to `readers` readers; one for live windows when there is one.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the system gives no thread.
    pub fn start(file: StoreFile, writer: Writer, readers: usize) -> Result<Db> {
        let file = Arc::new(file);
        let (write_jobs, write_queue) = channel();
        let live = Arc::new(LiveThread::new(file.clone()));
        let mut db = Db {
            file: file.clone(),
            writer: Some(write_jobs),
            live: live.clone(),
            readers: Arc::new(Readers::new(file.clone(), readers)),
            threads: Vec::new(),
        };
        let seat = Seat {
            file,
            writer: Some(writer),
            hears: Hears::Windows(live),
        };
        db.spawn("hues-writer", move || seat.run(&write_queue))?;
        Ok(db)
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &StoreFile {
        &self.file
    }

    /// Queues a mutation: one transaction, committed with `durability`. What it changed reaches the live windows.
    ///
    /// The answer may be awaited, waited for, or dropped: the mutation runs all the same. Errors as
    /// [`Writer::write`], and [`StoreError::Closed`] when the file was closed first or the mutation panicked.
    pub fn write<R: Send + 'static>(
        &self,
        durability: Durability,
        f: impl FnOnce(&Tx<'_>) -> Result<R> + Send + 'static,
    ) -> Pending<Committed<R>> {
        let (reply, answer) = pending();
        self.on_writer(move |seat| reply.send(seat.write(durability, f, breaks)));
        answer
    }

    /// [`Db::write`] for a mutation with an error type of its own, which is the inner result; the outer one is
    /// [`StoreError::Closed`] only.
    pub fn try_write<R, E>(
        &self,
        durability: Durability,
        f: impl FnOnce(&Tx<'_>) -> Result<R, E> + Send + 'static,
    ) -> Pending<Result<Committed<R>, E>>
    where
        R: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = pending();
        // What the caller's error hides cannot be told from here, so a refusal costs the connection (half a millisecond).
        self.on_writer(move |seat| reply.send(Ok(seat.write(durability, f, |_| true))));
        answer
    }

    /// Gives a job the writer's seat: for what needs several transactions in a row, or the connection itself. Like
    /// [`Db::write`], it runs to its end whatever happens to the caller.
    ///
    /// Errors: [`StoreError::Closed`] only; the job's own are in what it returns.
    pub fn drive<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Seat) -> R + Send + 'static,
    ) -> Pending<R> {
        let (reply, answer) = pending();
        self.on_writer(move |seat| reply.send(Ok(job(seat))));
        answer
    }

    /// Reads on one state of the file, in parallel to the writer.
    ///
    /// Errors: what `f` returned, or [`StoreError::Closed`].
    pub fn read<R: Send + 'static>(
        &self,
        f: impl FnOnce(&Snapshot<'_>) -> Result<R> + Send + 'static,
    ) -> Pending<R> {
        let (reply, answer) = pending();
        self.readers.submit(Box::new(move |reader| {
            let result = reader.and_then(|reader| reader.read(f));
            let broken = result.as_ref().err().is_some_and(breaks);
            reply.send(result);
            broken
        }));
        answer
    }

    /// Subscribes to a window; see [`crate::live::LiveHub::register`].
    pub fn observe<R: Send + Sync + 'static>(
        &self,
        window: Window,
        query: impl FnMut(&Snapshot<'_>) -> Result<Vec<Row<R>>> + Send + 'static,
    ) -> Pending<Subscription<R>> {
        self.live.observe(window, query)
    }

    /// Raises the writer's cache while many rows are written, or puts it back.
    pub fn set_bulk(&self, bulk: bool) -> Pending<()> {
        let (reply, answer) = pending();
        self.on_writer(move |seat| {
            reply.send(seat.open().and_then(|writer| writer.set_bulk(bulk)))
        });
        answer
    }

    /// Follows the app's life; done when the answer is there.
    pub fn lifecycle(&self, stage: Lifecycle) -> Pending<()> {
        let (reply, answer) = pending();
        if stage != Lifecycle::Foreground {
            self.readers.close_connections();
        }
        let live_is_quiet = self.live.lifecycle(stage);
        let readers = self.readers.clone();
        self.on_writer(move |seat| {
            let _ = live_is_quiet.wait();
            reply.send(seat.lifecycle(stage, &readers));
        });
        answer
    }

    fn on_writer(&self, job: impl FnOnce(&mut Seat) + Send + 'static) {
        // Where nobody takes the job, dropping it answers `Closed`.
        if let Some(writer) = &self.writer {
            let _ = writer.send(Box::new(job));
        }
    }

    fn spawn(&mut self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
        self.threads
            .push(thread::Builder::new().name(name.into()).spawn(run)?);
        Ok(())
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        self.writer = None;
        self.threads.extend(self.readers.close());
        // The writer's thread first: what it still does is told to the windows, whose thread it ends when it is done.
        let live = self.live.clone();
        let threads = self.threads.drain(..).map(Some);
        for thread in threads
            .chain(std::iter::once_with(|| live.take_thread()))
            .flatten()
        {
            // A last owner inside a job runs on one of the threads itself, which cannot wait for its own end.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

/// Whether a connection that answered so must not be used again: SQLCipher lets none read on after a damaged page, and
/// after a failed call the engine's picture of the file may be wrong.
fn breaks(e: &StoreError) -> bool {
    matches!(e, StoreError::Corrupt(_) | StoreError::Io(_))
}

/// The writer thread's place, lent to a job by [`Db::drive`].
pub struct Seat {
    file: Arc<StoreFile>,
    writer: Option<Writer>,
    hears: Hears,
}

/// Who hears of a seat's commits.
enum Hears {
    Windows(Arc<LiveThread>),
    Whoever(Sender<Changes>),
}

impl Hears {
    fn changed(&self, changes: Changes) {
        match self {
            Hears::Windows(thread) => thread.changed(changes),
            Hears::Whoever(told) => {
                let _ = told.send(changes);
            }
        }
    }
}

/// What was committed through a [`Seat::alone`] since the last look.
pub struct Told(Receiver<Changes>);

impl Told {
    /// It, oldest first.
    pub fn take(&self) -> Vec<Changes> {
        self.0.try_iter().collect()
    }
}

impl Seat {
    /// A seat without threads, for whoever drives the cores by hand: the laboratory, which lets one thread be a whole city.
    #[must_use]
    pub fn alone(file: Arc<StoreFile>, writer: Writer) -> (Seat, Told) {
        let (hears, told) = channel();
        let seat = Seat {
            file,
            writer: Some(writer),
            hears: Hears::Whoever(hears),
        };
        (seat, Told(told))
    }

    fn run(mut self, queue: &Receiver<WriteJob>) {
        while let Ok(job) = queue.recv() {
            // A panic in a mutation was rolled back by its transaction's drop, and its caller hears `Closed`; those
            // that wait behind it must still be served.
            let _ = catch_unwind(AssertUnwindSafe(|| job(&mut self)));
        }
        if let Hears::Windows(thread) = &self.hears {
            thread.end();
        }
    }

    /// One transaction, as [`Db::try_write`]; what it changed reaches the live windows. `breaks` says of an error whether it may come from damage or a failed
    /// call ([`StoreError::Corrupt`], [`StoreError::Io`]): then the connection is made anew. A full disk must not do that: while the connection lives, the next
    /// commit overwrites what a refused one left in the log; opened anew, the log may show the refused one as committed.
    ///
    /// # Errors
    /// As [`Writer::try_write`].
    pub fn commit<R, E: From<StoreError>>(
        &mut self,
        durability: Durability,
        f: impl FnOnce(&Tx<'_>) -> Result<R, E>,
        breaks: impl FnOnce(&E) -> bool,
    ) -> Result<R, E> {
        self.write(durability, f, breaks).map(|done| done.value)
    }

    /// Gives the connection up; the next use makes a new one. For whoever met damage or a failed call on [`Seat::writer`].
    pub fn renew(&mut self) {
        self.writer = None;
    }

    /// Reads on the writer's own connection: sees what was just committed.
    ///
    /// # Errors
    /// What `f` returned, or the engine's.
    pub fn read<R, E: From<StoreError>>(
        &mut self,
        f: impl FnOnce(&Snapshot<'_>) -> Result<R, E>,
    ) -> Result<R, E> {
        self.open()?.read(f)
    }

    /// The writer itself, for a core that commits by its own rules. Hand what it changed to [`Seat::publish`].
    ///
    /// # Errors
    /// The engine's, when the file must be opened anew.
    pub fn writer(&mut self) -> Result<&mut Writer> {
        self.open()
    }

    /// Tells the live windows of commits made through [`Seat::writer`].
    pub fn publish(&self, changes: Changes) {
        if !changes.is_empty() {
            self.hears.changed(changes);
        }
    }

    fn open(&mut self) -> Result<&mut Writer> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.file.writer()?,
        };
        Ok(self.writer.insert(writer))
    }

    fn write<R, E: From<StoreError>>(
        &mut self,
        durability: Durability,
        f: impl FnOnce(&Tx<'_>) -> Result<R, E>,
        breaks: impl FnOnce(&E) -> bool,
    ) -> Result<Committed<R>, E> {
        let result = self.open()?.try_write(durability, f);
        if result.as_ref().err().is_some_and(breaks) {
            self.writer = None;
        }
        if let Ok(done) = &result {
            if !done.changes.is_empty() {
                self.hears.changed(done.changes.clone());
            }
        }
        result
    }

    fn lifecycle(&mut self, stage: Lifecycle, readers: &Readers) -> Result<()> {
        match stage {
            Lifecycle::Foreground => Ok(()),
            Lifecycle::LowMemory => self.open()?.shrink(),
            Lifecycle::Background => {
                readers.wait_until_closed(Duration::from_secs(5));
                let writer = self.open()?;
                writer.shrink()?;
                match writer.checkpoint() {
                    // A reader in a long read keeps part of the log: nothing is lost, the next time empties it.
                    Err(StoreError::Busy) => Ok(()),
                    other => other,
                }
            }
        }
    }
}
