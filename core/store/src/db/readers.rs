//! The readers: a few threads, each made when the ones before it are busy, with a connection it opens when first needed.
//!
//! Invariant: a job that was taken finds a thread, now or when one is free; after [`Readers::close_connections`] every connection is closed as soon as its thread is between two jobs,
//! and [`Readers::wait_until_closed`] waits for just that.

use std::collections::VecDeque;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::conn::Reader;
use crate::error::Result;
use crate::file::StoreFile;

/// Gets the connection, or why there is none; says whether the connection must not be used again.
pub(super) type ReadJob = Box<dyn FnOnce(Result<&mut Reader>) -> bool + Send>;

pub(super) struct Readers {
    file: Arc<StoreFile>,
    /// Threads at most.
    most: usize,
    state: Mutex<State>,
    work: Condvar,
    closed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<ReadJob>,
    /// Grows when connections are to be closed; each thread compares its own.
    life: u64,
    open: usize,
    /// Threads that wait for a job.
    idle: usize,
    threads: Vec<JoinHandle<()>>,
    ended: bool,
}

impl Readers {
    pub(super) fn new(file: Arc<StoreFile>, most: usize) -> Readers {
        Readers {
            file,
            most: most.max(1),
            state: Mutex::default(),
            work: Condvar::new(),
            closed: Condvar::new(),
        }
    }

    pub(super) fn submit(self: &Arc<Self>, job: ReadJob) {
        let mut state = self.lock();
        // After the end the job is dropped, which answers `Closed`.
        if state.ended {
            return;
        }
        if state.idle <= state.jobs.len() && state.threads.len() < self.most {
            let pool = self.clone();
            let spawned = thread::Builder::new()
                .name("hues-reader".into())
                .spawn(move || pool.serve());
            match spawned {
                Ok(thread) => state.threads.push(thread),
                // The system gives no thread: those there are will come to it; without any the answer is `Closed`.
                Err(_) if state.threads.is_empty() => return,
                Err(_) => {}
            }
        }
        state.jobs.push_back(job);
        drop(state);
        self.work.notify_one();
    }

    pub(super) fn close_connections(&self) {
        self.lock().life += 1;
        self.work.notify_all();
    }

    pub(super) fn wait_until_closed(&self, timeout: Duration) {
        let state = self.lock();
        drop(
            self.closed
                .wait_timeout_while(state, timeout, |state| state.open > 0),
        );
    }

    /// Ends the threads once the jobs taken are done; they are the caller's to wait for.
    pub(super) fn close(&self) -> Vec<JoinHandle<()>> {
        let mut state = self.lock();
        state.ended = true;
        self.work.notify_all();
        std::mem::take(&mut state.threads)
    }

    /// What each reader thread does for its whole life.
    fn serve(&self) {
        let mut connection: Option<Reader> = None;
        let mut life = 0;
        let mut state = self.lock();
        loop {
            if connection.is_some() && life != state.life {
                drop(state);
                connection = None;
                state = self.lock();
                self.gone(&mut state);
                continue;
            }
            let Some(job) = state.jobs.pop_front() else {
                if state.ended {
                    return;
                }
                state.idle += 1;
                state = self
                    .work
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
                state.idle -= 1;
                continue;
            };
            if connection.is_none() {
                (life, state.open) = (state.life, state.open + 1);
            }
            drop(state);
            let kept = self.run(job, connection.take());
            state = self.lock();
            match kept {
                Some(reader) => connection = Some(reader),
                None => self.gone(&mut state),
            }
        }
    }

    /// Runs a job; gives the connection back if it may be used again.
    fn run(&self, job: ReadJob, connection: Option<Reader>) -> Option<Reader> {
        let mut reader = match connection.map_or_else(|| self.file.reader(), Ok) {
            Ok(reader) => reader,
            Err(e) => {
                let _ = catch_unwind(AssertUnwindSafe(|| job(Err(e))));
                return None;
            }
        };
        // A panic in a query leaves no transaction behind, but nothing is known of its statements.
        let broken = catch_unwind(AssertUnwindSafe(|| job(Ok(&mut reader)))).unwrap_or(true);
        (!broken).then_some(reader)
    }

    fn gone(&self, state: &mut State) {
        state.open = state.open.saturating_sub(1);
        if state.open == 0 {
            self.closed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
