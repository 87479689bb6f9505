//! The thread of the live windows: made when somebody first observes, ended by the writer's thread when that has nothing more to do.
//!
//! Invariant: a commit that a window's first state does not show is told to it. The door is opened, under its lock, before the first state is read; the writer looks
//! whether it is open after its commit.

use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use hues_env::Mono;

use super::{breaks, Lifecycle};
use crate::changes::Changes;
use crate::conn::{Reader, Snapshot};
use crate::error::{Result, StoreError};
use crate::file::StoreFile;
use crate::live::{LiveHub, Row, Subscription, Window};
use crate::pending::{pending, Pending};

enum LiveJob {
    Changed(Changes),
    Run(Box<dyn FnOnce(&mut LiveSeat) + Send>),
}

pub(super) struct LiveThread {
    file: Arc<StoreFile>,
    door: Mutex<Door>,
}

#[derive(Default)]
struct Door {
    jobs: Option<Sender<LiveJob>>,
    thread: Option<JoinHandle<()>>,
    paused: bool,
    ended: bool,
}

impl LiveThread {
    pub(super) fn new(file: Arc<StoreFile>) -> LiveThread {
        LiveThread {
            file,
            door: Mutex::default(),
        }
    }

    /// Takes note of a commit; nobody observes, nothing to note.
    pub(super) fn changed(&self, changes: Changes) {
        if let Some(jobs) = &self.lock().jobs {
            let _ = jobs.send(LiveJob::Changed(changes));
        }
    }

    pub(super) fn observe<R: Send + Sync + 'static>(
        &self,
        window: Window,
        query: impl FnMut(&Snapshot<'_>) -> Result<Vec<Row<R>>> + Send + 'static,
    ) -> Pending<Subscription<R>> {
        let (reply, answer) = pending();
        let mut door = self.lock();
        match self.open(&mut door) {
            Ok(jobs) => {
                // Where nobody takes the job, dropping it answers `Closed`.
                let run = move |seat: &mut LiveSeat| reply.send(seat.observe(&window, query));
                let _ = jobs.send(LiveJob::Run(Box::new(run)));
            }
            Err(e) => reply.send(Err(e)),
        }
        answer
    }

    /// Done when the answer is there: from then on no window is run, or the windows run again.
    pub(super) fn lifecycle(&self, stage: Lifecycle) -> Pending<()> {
        let (reply, answer) = pending();
        let mut door = self.lock();
        door.paused = match stage {
            Lifecycle::Foreground => false,
            Lifecycle::Background => true,
            Lifecycle::LowMemory => door.paused,
        };
        let paused = door.paused;
        match &door.jobs {
            Some(jobs) => {
                let run = move |seat: &mut LiveSeat| {
                    if stage != Lifecycle::Foreground {
                        seat.reader = None;
                    }
                    seat.paused = paused;
                    reply.send(Ok(()));
                };
                let _ = jobs.send(LiveJob::Run(Box::new(run)));
            }
            None => reply.send(Ok(())),
        }
        answer
    }

    /// No commit comes any more.
    pub(super) fn end(&self) {
        let mut door = self.lock();
        (door.jobs, door.ended) = (None, true);
    }

    /// The thread, to wait for.
    pub(super) fn take_thread(&self) -> Option<JoinHandle<()>> {
        self.lock().thread.take()
    }

    fn open<'a>(&self, door: &'a mut Door) -> Result<&'a Sender<LiveJob>> {
        if door.ended {
            return Err(StoreError::Closed);
        }
        let (jobs, queue) = match door.jobs.take() {
            Some(jobs) => return Ok(door.jobs.insert(jobs)),
            None => channel(),
        };
        let seat = LiveSeat {
            file: self.file.clone(),
            hub: LiveHub::new(),
            reader: None,
            paused: door.paused,
            start: Instant::now(),
        };
        let thread = thread::Builder::new()
            .name("hues-live".into())
            .spawn(move || seat.run(&queue))?;
        door.thread = Some(thread);
        Ok(door.jobs.insert(jobs))
    }

    fn lock(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct LiveSeat {
    file: Arc<StoreFile>,
    hub: LiveHub,
    reader: Option<Reader>,
    paused: bool,
    start: Instant,
}

impl LiveSeat {
    fn run(mut self, queue: &Receiver<LiveJob>) {
        loop {
            match self.next(queue) {
                Ok(LiveJob::Changed(changes)) => {
                    let now = self.now();
                    self.hub.changed(&changes, now);
                }
                Ok(LiveJob::Run(job)) => {
                    let _ = catch_unwind(AssertUnwindSafe(|| job(&mut self)));
                }
                Err(RecvTimeoutError::Timeout) => {
                    let _ = catch_unwind(AssertUnwindSafe(|| self.tick()));
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// The next job, or a time-out when a window is due.
    fn next(&self, queue: &Receiver<LiveJob>) -> Result<LiveJob, RecvTimeoutError> {
        match self.hub.next_due() {
            Some(due) if !self.paused => {
                queue.recv_timeout(Duration::from_millis(due.since(self.now())))
            }
            _ => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    fn tick(&mut self) {
        let now = self.now();
        let Ok(mut reader) = self.take_reader() else {
            return;
        };
        // A failed window stays due; a broken connection is not kept.
        let result = self.hub.run_due(now, &mut reader);
        if !result.as_ref().err().is_some_and(breaks) {
            self.reader = Some(reader);
        }
    }

    fn observe<R: Send + Sync + 'static>(
        &mut self,
        window: &Window,
        query: impl FnMut(&Snapshot<'_>) -> Result<Vec<Row<R>>> + Send + 'static,
    ) -> Result<Subscription<R>> {
        let now = self.now();
        let mut reader = self.take_reader()?;
        let result = self.hub.register(window, query, &mut reader, now);
        if !result.as_ref().err().is_some_and(breaks) && !self.paused {
            self.reader = Some(reader);
        }
        result
    }

    fn take_reader(&mut self) -> Result<Reader> {
        self.reader.take().map_or_else(|| self.file.reader(), Ok)
    }

    /// Time since the file was opened: only for spacing runs.
    fn now(&self) -> Mono {
        Mono(u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}
