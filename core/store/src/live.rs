//! Live queries: a window's first state, then differences, for as long as someone holds the subscription.
//!
//! Invariant: the differences a subscriber took, applied in order, give what the query answers at that moment. A query runs
//! again only when a changed row can touch it, and at most once in [`INTERVAL_MS`]; equal windows share one run; a
//! subscriber that does not keep up gets the latest state instead of a backlog; a dropped one costs nothing more. The hub has
//! no thread and no clock: time comes in, and whoever drives it asks [`LiveHub::next_due`] when to come back.

use std::any::Any;
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use hues_env::Mono;

use crate::changes::{Changes, TableChange};
use crate::conn::{Reader, Snapshot};
use crate::error::{Result, StoreError};

mod diff;
mod subscription;

pub use diff::{apply, diff, Diff, Row};
use subscription::Queue;
pub use subscription::Subscription;

/// Shortest time between two runs of one window, milliseconds.
pub const INTERVAL_MS: u64 = 50;

/// What can touch a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The table.
    pub table: String,
    /// Only these rows of it, by rowid; all when `None`. Right only for a window that no other row can enter.
    pub rows: Option<BTreeSet<i64>>,
}

impl Touch {
    /// Any row of `table`.
    #[must_use]
    pub fn table(table: &str) -> Touch {
        Touch {
            table: table.to_owned(),
            rows: None,
        }
    }

    /// Only `rows` of `table`: for a screen about things it knows by rowid.
    #[must_use]
    pub fn rows(table: &str, rows: impl IntoIterator<Item = i64>) -> Touch {
        Touch {
            table: table.to_owned(),
            rows: Some(rows.into_iter().collect()),
        }
    }

    fn by(&self, changes: &Changes) -> bool {
        match (changes.table(&self.table), &self.rows) {
            (None, _) => false,
            (Some(TableChange::Rows(changed)), Some(mine)) => !changed.is_disjoint(mine),
            (Some(_), _) => true,
        }
    }
}

/// Which window: subscribers that give the same name and row type share its runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Query and parameters in words, such as `reports/mine/0..50`.
    pub name: String,
    /// What can touch it.
    pub touches: Vec<Touch>,
}

/// All live windows of one file.
#[derive(Default)]
pub struct LiveHub {
    windows: Vec<Box<dyn AnyWindow>>,
}

impl LiveHub {
    /// A hub without windows.
    #[must_use]
    pub fn new() -> LiveHub {
        LiveHub::default()
    }

    /// Subscribes to a window. Its first state is waiting in the subscription when this returns: the query's answer now, or
    /// the last one of an equal window that already lives.
    ///
    /// # Errors
    /// The query's: then there is no subscription.
    pub fn register<R: Send + Sync + 'static>(
        &mut self,
        window: &Window,
        query: impl FnMut(&Snapshot<'_>) -> Result<Vec<Row<R>>> + Send + 'static,
        reader: &mut Reader,
        now: Mono,
    ) -> Result<Subscription<R>> {
        self.sweep();
        for known in &mut self.windows {
            if let Some(typed) = known.as_any().downcast_mut::<TypedWindow<R>>() {
                if typed.window.name == window.name {
                    return Ok(typed.subscribe());
                }
            }
        }
        let mut typed = TypedWindow {
            window: window.clone(),
            query: Box::new(query),
            rows: Vec::new(),
            due: None,
            last_run: now,
            subscribers: Vec::new(),
        };
        typed.rows = reader.read(|snapshot| (typed.query)(snapshot))?;
        let subscription = typed.subscribe();
        self.windows.push(Box::new(typed));
        Ok(subscription)
    }

    /// Takes note of a commit.
    pub fn changed(&mut self, changes: &Changes, now: Mono) {
        for window in &mut self.windows {
            window.mark(changes, now);
        }
    }

    /// When [`LiveHub::run_due`] has something to do next.
    #[must_use]
    pub fn next_due(&self) -> Option<Mono> {
        self.windows.iter().filter_map(|window| window.due()).min()
    }

    /// Runs every window that is due, all on one state of the file, and hands the differences to their subscribers. Gives
    /// the number of queries run.
    ///
    /// # Errors
    /// The first query's that failed. Its window stays due, so that a later call tries again.
    pub fn run_due(&mut self, now: Mono, reader: &mut Reader) -> Result<usize> {
        self.sweep();
        let mut due: Vec<_> = self
            .windows
            .iter_mut()
            .filter(|window| window.due().is_some_and(|due| due <= now))
            .collect();
        if due.is_empty() {
            return Ok(0);
        }
        reader.read(|snapshot| {
            let mut failed = None;
            for window in &mut due {
                if let Err(e) = window.run(snapshot, now) {
                    failed = failed.or(Some(e));
                }
            }
            failed.map_or(Ok(due.len()), Err::<usize, StoreError>)
        })
    }

    /// How many windows live.
    #[must_use]
    pub fn window_count(&self) -> usize {
        self.windows
            .iter()
            .filter(|window| window.is_wanted())
            .count()
    }

    /// Forgets windows nobody holds.
    fn sweep(&mut self) {
        self.windows.retain(|window| window.is_wanted());
    }
}

type Query<R> = Box<dyn FnMut(&Snapshot<'_>) -> Result<Vec<Row<R>>> + Send>;

struct TypedWindow<R> {
    window: Window,
    query: Query<R>,
    rows: Vec<Row<R>>,
    due: Option<Mono>,
    last_run: Mono,
    subscribers: Vec<Weak<Queue<R>>>,
}

trait AnyWindow: Send {
    fn as_any(&mut self) -> &mut dyn Any;
    fn mark(&mut self, changes: &Changes, now: Mono);
    fn due(&self) -> Option<Mono>;
    fn run(&mut self, snapshot: &Snapshot<'_>, now: Mono) -> Result<()>;
    fn is_wanted(&self) -> bool;
}

impl<R: Send + Sync + 'static> TypedWindow<R> {
    fn subscribe(&mut self) -> Subscription<R> {
        let queue = Arc::new(Queue::starting_with(self.rows.clone()));
        self.subscribers.push(Arc::downgrade(&queue));
        Subscription(queue)
    }
}

impl<R: Send + Sync + 'static> AnyWindow for TypedWindow<R> {
    fn as_any(&mut self) -> &mut dyn Any {
        self
    }

    fn mark(&mut self, changes: &Changes, now: Mono) {
        if self.due.is_none() && self.window.touches.iter().any(|touch| touch.by(changes)) {
            self.due = Some(now.max(self.last_run.plus(INTERVAL_MS)));
        }
    }

    fn due(&self) -> Option<Mono> {
        self.due
    }

    fn run(&mut self, snapshot: &Snapshot<'_>, now: Mono) -> Result<()> {
        // Whatever comes of it, the next try keeps its distance.
        self.last_run = now;
        self.due = Some(now.plus(INTERVAL_MS));
        let rows = (self.query)(snapshot)?;
        self.due = None;
        let steps = diff(&self.rows, &rows);
        self.rows = rows;
        if !steps.is_empty() {
            for queue in self.subscribers.iter().filter_map(Weak::upgrade) {
                queue.push(&steps, &self.rows);
            }
        }
        self.subscribers.retain(|queue| queue.strong_count() > 0);
        Ok(())
    }

    fn is_wanted(&self) -> bool {
        self.subscribers
            .iter()
            .any(|queue| queue.strong_count() > 0)
    }
}

impl<R> Drop for TypedWindow<R> {
    fn drop(&mut self) {
        self.subscribers
            .iter()
            .filter_map(Weak::upgrade)
            .for_each(|queue| queue.close());
    }
}
