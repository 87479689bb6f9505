//! A value that another thread is making: a oneshot that can be awaited or waited for, without any runtime.
//!
//! Invariant: dropping a [`Pending`] never stops the work behind it. A mutation the writer took runs to its end whatever
//! happens to the caller. If the working thread dies without an answer, the answer is [`StoreError::Closed`].

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::error::{Result, StoreError};

/// The answer to come.
#[must_use = "await it or wait for it to learn how it ended"]
pub struct Pending<T>(Arc<Cell<T>>);

/// The side that answers, once.
pub(crate) struct Reply<T>(Arc<Cell<T>>);

struct Cell<T> {
    state: Mutex<State<T>>,
    ready: Condvar,
}

struct State<T> {
    answer: Option<Result<T>>,
    answered: bool,
    waker: Option<Waker>,
}

/// A reply and the pending value it answers.
pub(crate) fn pending<T>() -> (Reply<T>, Pending<T>) {
    let state = Mutex::new(State {
        answer: None,
        answered: false,
        waker: None,
    });
    let cell = Arc::new(Cell {
        state,
        ready: Condvar::new(),
    });
    (Reply(cell.clone()), Pending(cell))
}

impl<T> Cell<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, answer: Result<T>) {
        let mut state = self.lock();
        if state.answered {
            return;
        }
        (state.answer, state.answered) = (Some(answer), true);
        let waker = state.waker.take();
        drop(state);
        self.ready.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<T> Reply<T> {
    pub(crate) fn send(self, answer: Result<T>) {
        self.0.answer(answer);
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        self.0.answer(Err(StoreError::Closed));
    }
}

impl<T> Pending<T> {
    /// Blocks this thread until the answer is there. For shells and tests; asynchronous callers await instead.
    ///
    /// # Errors
    /// The work's own, or [`StoreError::Closed`].
    pub fn wait(self) -> Result<T> {
        let mut state = self.0.lock();
        loop {
            if let Some(answer) = state.answer.take() {
                return answer;
            }
            state = self
                .0
                .ready
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        let mut state = self.0.lock();
        match state.answer.take() {
            Some(answer) => Poll::Ready(answer),
            // Polled after it was ready: a caller's mistake, answered instead of hung.
            None if state.answered => Poll::Ready(Err(StoreError::Closed)),
            None => {
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::Wake;

    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn an_answer_wakes_who_awaits_and_who_waits() {
        let count = Arc::new(Count(AtomicUsize::new(0)));
        let waker = Waker::from(count.clone());
        let (reply, mut answer) = pending();
        let mut poll = || Pin::new(&mut answer).poll(&mut Context::from_waker(&waker));
        assert!(poll().is_pending());
        reply.send(Ok(7));
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        assert_eq!(poll(), Poll::Ready(Ok(7)));
        assert_eq!(poll(), Poll::Ready(Err(StoreError::Closed)));

        let (reply, answer) = pending();
        let thread = std::thread::spawn(move || answer.wait());
        reply.send(Ok(8));
        assert_eq!(thread.join().unwrap(), Ok(8));
    }

    #[test]
    fn a_worker_that_dies_answers_closed() {
        let (reply, answer) = pending::<()>();
        drop(reply);
        assert_eq!(answer.wait(), Err(StoreError::Closed));
    }
}
