//! The phone around a process: its clock, link and battery as the sandbox file says, also when the file changes meanwhile.
//!
//! Invariant: what cannot be read changes nothing; without a sandbox file nothing here ever moves.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hues_core::{HueError, HuesCore};

use crate::args::PhoneArgs;
use crate::exit::Failure;
use crate::sandbox::{Sandbox, ShiftedClock};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_millis(150);

/// What an operating system would tell the app.
pub(super) struct Machine {
    /// As it was when the process started.
    pub(super) sandbox: Sandbox,
    /// The clocks.
    pub(super) clock: Arc<ShiftedClock>,
    file: Option<PathBuf>,
}

impl Machine {
    /// The machine of a command.
    ///
    /// # Errors
    /// Refused when the file's `wall` is no time.
    pub(super) fn new(args: &PhoneArgs, sandbox: Sandbox) -> Result<Machine, Failure> {
        Ok(Machine {
            clock: sandbox.clock()?,
            sandbox,
            file: args.sandbox.clone(),
        })
    }

    /// Tells the core of every change of the file; never returns. `talks`: whether this command uses the network at all.
    pub(super) async fn follow(&self, core: &HuesCore, talks: bool) {
        let Some(file) = &self.file else {
            return std::future::pending().await;
        };
        let mut known = self.sandbox.clone();
        let mut stamp = None;
        loop {
            tokio::time::sleep(LOOK).await;
            let now = std::fs::metadata(file)
                .ok()
                .map(|m| (m.modified().ok(), m.len()));
            if now == stamp {
                continue;
            }
            stamp = now;
            match Sandbox::read(file) {
                Ok(new) if new != known => {
                    // A core that is closing has no use for it.
                    let _ = self.tell(core, &known, &new, talks).await;
                    known = new;
                }
                _ => {}
            }
        }
    }

    async fn tell(
        &self,
        core: &HuesCore,
        old: &Sandbox,
        new: &Sandbox,
        talks: bool,
    ) -> Result<(), HueError> {
        if (old.clock_offset_ms, &old.wall) != (new.clock_offset_ms, &new.wall) {
            // It was read, so it is a time.
            let _ = self.clock.put(new);
        }
        if old.power() != new.power() {
            core.power_changed(new.power()).await?;
        }
        match new.link() {
            Ok(Some(link)) if talks && old.link != new.link => core.network_changed(link).await,
            _ => Ok(()),
        }
    }
}
