//! A process that another one started for a story ends when that one is gone: a killed tour or play leaves nothing running.
//!
//! Invariant: without `HUES_STARTED_BY` naming this process's own parent nothing here acts.

use std::os::unix::process::parent_id;
use std::time::Duration;

use hues_e2e::process::STARTED_BY;

/// How often the parent is looked for.
const LOOK: Duration = Duration::from_secs(1);
/// How long an orderly end may take.
const GRACE: Duration = Duration::from_secs(5);

/// Watches the parent from now on, if it asked for that.
pub fn watch() {
    let parent = parent_id();
    let named = std::env::var(STARTED_BY).ok();
    if named.and_then(|pid| pid.parse().ok()) != Some(parent) {
        return;
    }
    std::thread::spawn(move || {
        while parent_id() == parent {
            std::thread::sleep(LOOK);
        }
        // As if somebody had asked: files are closed in order. The standard library has no call for a signal.
        let me = std::process::id().to_string();
        let _ = std::process::Command::new("kill")
            .args(["-TERM", &me])
            .status();
        std::thread::sleep(GRACE);
        std::process::exit(130);
    });
}
