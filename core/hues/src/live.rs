//! Watching lists: a listener in, a subscription out.
//!
//! The contract, for whoever wraps it as a Flow or an AsyncSequence: the first call brings the whole window (`Reset`); every later one brings steps that, applied in
//! order, give the window as it is now; a listener that is slow gets one `Reset` instead of a backlog. Calls come one at a time,
//! on a thread of the core that may wait, never from inside another call. Dropping the subscription, or `cancel`, ends it; a call that had begun may still finish.

use std::sync::Arc;

use hues_store::live::Diff;
use tokio::task::AbortHandle;

use crate::feedback::ReportSummary;
use crate::outbox::OutboxItem;
use crate::ports::HostError;

/// One step of a watched list of reports. Indices are those of the list at the moment the step is applied.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum ReportStep {
    /// The whole window anew.
    Reset {
        /// All its lines.
        items: Vec<ReportSummary>,
    },
    /// A new line.
    Insert {
        /// Where it stands afterwards.
        index: u32,
        /// The line.
        item: ReportSummary,
    },
    /// A line left the window.
    Remove {
        /// Where it stood.
        index: u32,
    },
    /// A line changed.
    Update {
        /// Where it stands.
        index: u32,
        /// The line as it is now.
        item: ReportSummary,
    },
    /// A line moved.
    Move {
        /// Where it stood.
        from: u32,
        /// Where it stands afterwards.
        to: u32,
    },
}

/// Hears the steps of a watched list. One that fails has missed them: watch anew.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait ReportListener: Send + Sync {
    /// Steps to apply in order; never empty.
    fn on_steps(&self, steps: Vec<ReportStep>) -> Result<(), HostError>;
}

/// Hears the outbox: always the whole of it, it is short.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait OutboxListener: Send + Sync {
    /// All items, oldest first.
    fn on_outbox(&self, items: Vec<OutboxItem>) -> Result<(), HostError>;
}

/// A watch, held. Dropping it ends the watch.
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct Subscription {
    task: AbortHandle,
}

impl Subscription {
    pub(crate) fn of(task: AbortHandle) -> Arc<Subscription> {
        Arc::new(Subscription { task })
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl Subscription {
    /// Ends the watch now.
    pub fn cancel(&self) {
        self.task.abort();
    }

    /// Whether it has ended.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.task.is_finished()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Applies steps to a list, as a shell does.
///
/// Returns false, leaving the rest, at a step that does not fit the list: the caller missed one and should watch anew.
pub fn apply(list: &mut Vec<ReportSummary>, steps: Vec<ReportStep>) -> bool {
    for step in steps {
        match step {
            ReportStep::Reset { items } => *list = items,
            ReportStep::Insert { index, item } if index as usize <= list.len() => {
                list.insert(index as usize, item)
            }
            ReportStep::Remove { index } if (index as usize) < list.len() => {
                drop(list.remove(index as usize))
            }
            ReportStep::Update { index, item } if (index as usize) < list.len() => {
                list[index as usize] = item
            }
            ReportStep::Move { from, to } if (from.max(to) as usize) < list.len() => {
                let item = list.remove(from as usize);
                list.insert(to as usize, item);
            }
            _ => return false,
        }
    }
    true
}

/// A step of the store as it crosses.
pub(crate) fn step(diff: Diff<ReportSummary>) -> ReportStep {
    let index = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    match diff {
        Diff::Reset { rows } => ReportStep::Reset {
            items: rows.iter().map(|r| (*r.row).clone()).collect(),
        },
        Diff::Insert { index: i, row } => ReportStep::Insert {
            index: index(i),
            item: (*row.row).clone(),
        },
        Diff::Remove { index: i } => ReportStep::Remove { index: index(i) },
        Diff::Update { index: i, row } => ReportStep::Update {
            index: index(i),
            item: (*row.row).clone(),
        },
        Diff::Move { from, to } => ReportStep::Move {
            from: index(from),
            to: index(to),
        },
    }
}
