//! The readers: a few threads, each with a connection it opens when first needed.
//!
//! Invariant: after [`Readers::close_connections`] every connection is closed as soon as its thread is between two jobs,
//! and [`Readers::wait_until_closed`] waits for just that.

use std::collections::VecDeque;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::conn::Reader;
use crate::error::Result;
use crate::file::StoreFile;

/// Gets the connection, or why there is none; says whether the connection must not be used again.
pub(super) type ReadJob = Box<dyn FnOnce(Result<&mut Reader>) -> bool + Send>;

pub(super) struct Readers {
    file: Arc<StoreFile>,
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
    ended: bool,
}

impl Readers {
    pub(super) fn new(file: Arc<StoreFile>) -> Readers {
        Readers {
            file,
            state: Mutex::default(),
            work: Condvar::new(),
            closed: Condvar::new(),
        }
    }

    pub(super) fn submit(&self, job: ReadJob) {
        let mut state = self.lock();
        // After the end the job is dropped, which answers `Closed`.
        if !state.ended {
            state.jobs.push_back(job);
            drop(state);
            self.work.notify_one();
        }
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

    pub(super) fn close(&self) {
        self.lock().ended = true;
        self.work.notify_all();
    }

    /// What each reader thread does for its whole life.
    pub(super) fn serve(&self) {
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
                state = self
                    .work
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
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
