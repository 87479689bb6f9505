//! One subscriber's end of a window: steps waiting to be taken.
//!
//! Invariant: what waits is bounded. Beyond [`BACKLOG`] steps they are replaced by one reset to the latest state, so a screen
//! that slept wakes to the present, not to history.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use super::{Diff, Row};

/// Steps that may wait before they are folded into a reset.
pub(super) const BACKLOG: usize = 64;

/// A live window, held. Dropping it unsubscribes.
pub struct Subscription<R>(pub(super) Arc<Queue<R>>);

pub(super) struct Queue<R> {
    state: Mutex<State<R>>,
    ready: Condvar,
}

struct State<R> {
    steps: Vec<Diff<R>>,
    closed: bool,
    waker: Option<Waker>,
}

impl<R> Subscription<R> {
    /// The steps that wait, oldest first; may be none. The first ever is a reset with the window's first state.
    #[must_use]
    pub fn take(&mut self) -> Vec<Diff<R>> {
        std::mem::take(&mut self.0.lock().steps)
    }

    /// The next steps, at least one; `None` when the file was closed.
    pub async fn next(&mut self) -> Option<Vec<Diff<R>>> {
        std::future::poll_fn(|cx| {
            let mut state = self.0.lock();
            if !state.steps.is_empty() {
                return Poll::Ready(Some(std::mem::take(&mut state.steps)));
            }
            if state.closed {
                return Poll::Ready(None);
            }
            state.waker = Some(cx.waker().clone());
            Poll::Pending
        })
        .await
    }

    /// Blocks until there are steps, the file is closed, or `timeout` has passed, and takes what there is.
    #[must_use]
    pub fn wait(&mut self, timeout: Duration) -> Vec<Diff<R>> {
        let state = self.0.lock();
        let idle = |state: &mut State<R>| state.steps.is_empty() && !state.closed;
        let (mut state, _) = self
            .0
            .ready
            .wait_timeout_while(state, timeout, idle)
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.steps)
    }
}

impl<R> Queue<R> {
    pub(super) fn starting_with(rows: Vec<Row<R>>) -> Queue<R> {
        let state = State {
            steps: vec![Diff::Reset { rows }],
            closed: false,
            waker: None,
        };
        Queue {
            state: Mutex::new(state),
            ready: Condvar::new(),
        }
    }

    pub(super) fn push(&self, steps: &[Diff<R>], latest: &[Row<R>]) {
        self.update(|state| {
            if state.steps.len() + steps.len() > BACKLOG {
                state.steps = vec![Diff::Reset {
                    rows: latest.to_vec(),
                }];
            } else {
                state.steps.extend_from_slice(steps);
            }
        });
    }

    pub(super) fn close(&self) {
        self.update(|state| state.closed = true);
    }

    fn update(&self, change: impl FnOnce(&mut State<R>)) {
        let mut state = self.lock();
        change(&mut state);
        let waker = state.waker.take();
        drop(state);
        self.ready.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
