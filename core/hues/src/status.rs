//! Where the core stands: what waits and why, whether anything still moves, and when it wants to be called again.

use std::sync::atomic::Ordering;
use std::sync::Arc;

use hues_env::SystemRandom;
use hues_sync::engine::Event;
use hues_sync::machine::{Item, Wait};
use hues_sync::{outbox, trust};

use crate::core::{HuesCore, Inner};
use crate::error::HueError;

/// Where the core stands, for a screen, a help desk or a test.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Status {
    /// Reports on this phone, whatever the list.
    pub reports: u64,
    /// Drafts.
    pub drafts: u64,
    /// Acts not handed over yet.
    pub waiting: u64,
    /// Acts handed over, fate unknown.
    pub sending: u64,
    /// Acts the city refused.
    pub wedged: u64,
    /// Acts the city has.
    pub done: u64,
    /// Acts filed before anybody signed in: the first sign-in takes them over. Ask the person before she signs in, or give her an account of her own
    /// ([`HuesCore::add_account`]).
    pub unclaimed: u64,
    /// Photos the city does not have whole.
    pub photos_open: u64,
    /// Requests under way.
    pub requests: u64,
    /// Milliseconds since the newest signed time came; none: never.
    pub beacon_age_ms: Option<u64>,
    /// Edition of the city's data in force.
    pub config_edition: String,
    /// Version of its signed pack; 0: the built-in edition.
    pub config_version: u64,
    /// Why the first thing that waits does not move: `link`, `sign-in`, `wedged`, `until`, …; empty: nothing waits.
    pub waits_for: String,
    /// Milliseconds until the core wants to be called; none: no need.
    pub next_wake_ms: Option<u64>,
    /// The city does not speak this release's protocol any more.
    pub update_needed: bool,
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl HuesCore {
    /// The one entry for WorkManager and BGTask: works until nothing moves or `budget_ms` is over, and says in how many milliseconds to call again (none: no need).
    pub async fn drain(&self, budget_ms: u64) -> Result<Option<u64>, HueError> {
        self.inner.account.tell(Event::Timer).await?;
        self.settle(budget_ms).await?;
        self.next_wake().await
    }

    /// Waits until nothing moves any more, at most `budget_ms`. True: idle; false: the budget is over.
    pub async fn settle(&self, budget_ms: u64) -> Result<bool, HueError> {
        let inner = self.inner.clone();
        let wait = async move {
            loop {
                let moved = inner.board.moved.notified();
                if idle(&inner).await? {
                    return Ok(());
                }
                // Rings are not kept for those who were not listening yet: look again soon all the same.
                let _ = tokio::time::timeout(std::time::Duration::from_millis(100), moved).await;
            }
        };
        let budget = std::time::Duration::from_millis(budget_ms);
        let task = self
            .inner
            .account
            .spawn(async move { tokio::time::timeout(budget, wait).await });
        match task.await.map_err(|_| HueError::Cancelled)? {
            Ok(result) => result.map(|()| true),
            Err(_) => Ok(false),
        }
    }

    /// Where everything stands.
    pub async fn status(&self) -> Result<Status, HueError> {
        let board = self.inner.board.clone();
        let clock = self.inner.clock.clone();
        let next_wake_ms = self.next_wake().await?;
        self.inner
            .account
            .run(move |work| {
                let now = clock.now();
                let mut random = SystemRandom;
                let env = hues_env::Env {
                    wall: now.wall(),
                    mono: now.mono(),
                    boot: now.boot_id(),
                    random: &mut random,
                };
                let waits_for = work
                    .waits()
                    .into_iter()
                    // Listening for news is no waiting.
                    .filter(|(item, _)| !matches!(item, Item::Listen))
                    .map(|(_, wait)| wait)
                    .find(|w| !matches!(w, Wait::Nothing))
                    .map_or("", wait_name)
                    .to_owned();
                let (config_edition, config_version) =
                    (work.state.config.edition.clone(), work.state.config_version);
                work.look(|tx, _| {
                    let count = |sql: &str| -> Result<u64, HueError> {
                        Ok(tx.query_row(sql, [], |r| r.get::<_, i64>(0))? as u64)
                    };
                    let by_state = outbox::counts(tx)?;
                    Ok(Status {
                        reports: count("SELECT count(DISTINCT id) FROM report")?,
                        drafts: count("SELECT count(*) FROM draft")?,
                        waiting: by_state[0].1,
                        sending: by_state[1].1,
                        wedged: by_state[2].1,
                        done: by_state[3].1,
                        unclaimed: count(
                            "SELECT count(*) FROM sync_op o JOIN sync_lane l ON l.id = o.lane WHERE l.owner IS NULL AND l.anonymous = 0",
                        )?,
                        photos_open: count("SELECT count(*) FROM sync_file WHERE state IN (0, 1)")?,
                        requests: board.flights.load(Ordering::Relaxed),
                        beacon_age_ms: trust::beacon_age(tx, &env)?,
                        config_edition,
                        config_version,
                        waits_for,
                        next_wake_ms,
                        update_needed: board.update_needed.load(Ordering::Relaxed),
                    })
                })
            })
            .await
    }
}

impl HuesCore {
    async fn next_wake(&self) -> Result<Option<u64>, HueError> {
        Ok(u64::try_from(self.inner.board.wake_in.load(Ordering::Relaxed)).ok())
    }
}

/// Whether nothing is under way and nothing could be: what still waits has a reason that no waiting here will change.
async fn idle(inner: &Arc<Inner>) -> Result<bool, HueError> {
    if inner.board.flights.load(Ordering::Relaxed) > 0 {
        return Ok(false);
    }
    inner
        .account
        .run(|work| {
            let moving = |wait: &Wait| {
                matches!(
                    wait,
                    Wait::InFlight | Wait::Slot | Wait::Contact | Wait::Keys | Wait::Beacon
                )
            };
            // After a step the store refused nothing moves before the next event, whatever the machine still believes.
            Ok(work.state.engine.is_stale()
                || !work
                    .waits()
                    .iter()
                    .any(|(item, wait)| moving(wait) && !matches!(item, Item::Listen)))
        })
        .await
}

/// The name of a wait in [`Status::waits_for`].
pub(crate) fn wait_name(wait: Wait) -> &'static str {
    match wait {
        Wait::InFlight => "in-flight",
        Wait::Nothing => "",
        Wait::Link => "link",
        Wait::Contact => "contact",
        Wait::Keys => "keys",
        Wait::Beacon => "beacon",
        Wait::Power => "power",
        Wait::Update => "update",
        Wait::SignIn => "sign-in",
        Wait::OtherAccount => "other-account",
        Wait::Wedged => "wedged",
        Wait::Denied => "denied",
        Wait::Slot => "slot",
        Wait::Until(_) => "until",
    }
}
