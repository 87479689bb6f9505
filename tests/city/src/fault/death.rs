//! The faults that end the city's process: SIGKILL, as a machine that fails sends it.
//!
//! Invariant: no destructor runs and nothing is flushed. Only a city that is a process of its own can be ordered to die
//! (`CityConfig::mortal`); inside somebody else's process the order is refused.

use std::sync::atomic::{AtomicBool, Ordering};

/// SIGKILL to ourselves. The standard library has no call for it and unsafe code has no place here, so a tool sends it;
/// this thread never goes on, and whatever the others do until the signal arrives happens on a failing machine as well.
pub(crate) fn die() -> ! {
    let me = std::process::id().to_string();
    let _ = std::process::Command::new("kill")
        .args(["-KILL", &me])
        .status();
    loop {
        std::thread::park();
    }
}

/// A death that waits for the next commit: the storage looks at it when everything is written and nothing is committed.
#[derive(Debug, Default)]
pub(crate) struct LastWill(AtomicBool);

impl LastWill {
    /// The next transaction that wrote something does not reach its commit.
    pub(crate) fn arm(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// The request ended without a commit.
    pub(crate) fn disarm(&self) {
        self.0.store(false, Ordering::SeqCst);
    }

    /// Between writing and COMMIT.
    pub(crate) fn before_commit(&self) {
        if self.0.load(Ordering::SeqCst) {
            die();
        }
    }
}
