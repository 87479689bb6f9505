//! One account's files and the threads that serve them.
//!
//! The thin shell of this crate: jobs run on the store's writer thread with a [`Work`] in hand, reads run on readers, and whatever the engine wants from
//! the network goes to the driver. A job that was taken runs to its end whatever happens to its caller.

mod files;
pub(crate) mod owner;
mod repair;
mod work;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use hues_store::live::{Row, Touch, Window};
use hues_store::rusqlite::Connection;
use hues_store::{Db, Lifecycle, Snapshot, StoreError, READERS};
use hues_sync::engine::Event;
use hues_sync::outbox;

pub(crate) use files::{age, open, recover, Opened, Ready};
pub(crate) use repair::Brought;
pub(crate) use work::{breaks, State, Work};

use crate::error::HueError;
use crate::feedback::rows::{line, LINE};
use crate::feedback::{photos, ReportSummary};
use crate::live::{self, OutboxListener, ReportListener, Subscription};
use crate::outbox::item;
use crate::ports::HostError;

/// An open account.
pub(crate) struct Account {
    db: Arc<Db>,
    state: Arc<Mutex<State>>,
    runtime: tokio::runtime::Handle,
    /// The unit whose worklist this account sees, once an officer signed in.
    pub(crate) staff: RwLock<Option<String>>,
    /// Whoever this account belongs to signed out: what she filed is not shown until she signs in again.
    pub(crate) signed_out: AtomicBool,
    /// To the thread that calls listeners; made when somebody first watches.
    deliver: Mutex<Option<Deliver>>,
}

impl Account {
    /// Gives an opened account its threads.
    pub(crate) fn start(
        ready: Ready,
        runtime: tokio::runtime::Handle,
    ) -> Result<Account, HueError> {
        let db = Db::start(ready.file, ready.writer, READERS)?;
        Ok(Account {
            db: Arc::new(db),
            state: Arc::new(Mutex::new(ready.state)),
            runtime,
            staff: RwLock::new(None),
            signed_out: AtomicBool::new(ready.signed_out),
            deliver: Mutex::default(),
        })
    }

    /// Runs a job on the writer thread.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Work<'_>) -> Result<R, HueError> + Send + 'static,
    ) -> Result<R, HueError> {
        let state = self.state.clone();
        self.db
            .drive(move |seat| {
                // Only this thread ever holds the lock; a job that panicked left the state as its last whole step.
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                job(&mut Work {
                    seat,
                    state: &mut state,
                })
            })
            .await?
    }

    /// Reads on a reader, in parallel to the writer.
    pub(crate) async fn read<R: Send + 'static>(
        &self,
        f: impl FnOnce(&Connection) -> Result<R, HueError> + Send + 'static,
    ) -> Result<R, HueError> {
        self.db.read(move |tx| Ok(f(tx))).await?
    }

    /// Runs a task on the core's own runtime: the caller may be on a thread that has none.
    pub(crate) fn spawn<R: Send + 'static>(
        &self,
        task: impl std::future::Future<Output = R> + Send + 'static,
    ) -> tokio::task::JoinHandle<R> {
        self.runtime.spawn(task)
    }

    /// Heavy work that belongs on neither thread (cleaning photos).
    pub(crate) async fn blocking<R: Send + 'static>(
        &self,
        f: impl FnOnce() -> Result<R, HueError> + Send + 'static,
    ) -> Result<R, HueError> {
        self.runtime
            .spawn_blocking(f)
            .await
            .map_err(|_| HueError::internal("blocking"))?
    }

    /// Cleans several photos.
    pub(crate) async fn clean_all(
        &self,
        images: Vec<Vec<u8>>,
    ) -> Result<Vec<photos::Cleaned>, HueError> {
        self.blocking(move || images.iter().map(|image| photos::clean(image)).collect())
            .await
    }

    /// Tells the engine something, in order with everything else.
    pub(crate) async fn tell(&self, event: Event) -> Result<(), HueError> {
        self.run(|work| work.step(event)).await
    }

    /// Follows the app's life.
    pub(crate) async fn lifecycle(&self, stage: Lifecycle) -> Result<(), HueError> {
        self.db.lifecycle(stage).await?;
        Ok(())
    }

    /// Whether what was filed from here may be shown.
    pub(crate) fn check_signed_out(&self) -> Result<(), HueError> {
        match self.signed_out.load(Ordering::Relaxed) {
            true => Err(HueError::SignInNeeded),
            false => Ok(()),
        }
    }

    /// The scope of the worklist, for an officer.
    pub(crate) fn staff_scope(&self) -> Option<String> {
        let staff = self.staff.read().unwrap_or_else(PoisonError::into_inner);
        staff.as_ref().map(|unit| format!("unit:{unit}"))
    }

    fn deliver(&self) -> Result<Deliver, HueError> {
        let mut deliver = self.deliver.lock().unwrap_or_else(PoisonError::into_inner);
        match &*deliver {
            Some(known) => Ok(known.clone()),
            None => Ok(deliver.insert(delivery_thread()?).clone()),
        }
    }

    /// Watches the first lines of a list.
    pub(crate) async fn watch_reports(
        &self,
        scope: String,
        window: u32,
        listener: Arc<dyn ReportListener>,
    ) -> Result<Arc<Subscription>, HueError> {
        let (window, query) = report_window(scope, window);
        let mut steps = self.db.observe(window, query).await?;
        let deliver = self.deliver()?;
        let task = self.runtime.spawn(async move {
            while let Some(batch) = steps.next().await {
                let listener = listener.clone();
                let batch = batch.into_iter().map(live::step).collect();
                if deliver
                    .send(Box::new(move || ignored(listener.on_steps(batch))))
                    .is_err()
                {
                    break;
                }
            }
        });
        Ok(Subscription::of(task.abort_handle()))
    }

    /// Watches the outbox.
    pub(crate) async fn watch_outbox(
        &self,
        listener: Arc<dyn OutboxListener>,
    ) -> Result<Arc<Subscription>, HueError> {
        let touches = ["sync_op", "sync_file"].map(Touch::table).to_vec();
        let mut steps = self
            .db
            .observe(
                Window {
                    name: "outbox".into(),
                    touches,
                },
                |tx| {
                    let items: Vec<_> = outbox::list(tx, false)
                        .map_err(store_error)?
                        .iter()
                        .map(item)
                        .collect();
                    // One row that stands for the whole: the outbox is short, and a screen shows all of it.
                    Ok(vec![Row::new([0], fingerprint(&items), items)])
                },
            )
            .await?;
        let deliver = self.deliver()?;
        let task = self.runtime.spawn(async move {
            while let Some(batch) = steps.next().await {
                let latest = batch.into_iter().rev().find_map(|step| match step {
                    hues_store::live::Diff::Reset { rows } => {
                        rows.first().map(|r| (*r.row).clone())
                    }
                    hues_store::live::Diff::Insert { row, .. }
                    | hues_store::live::Diff::Update { row, .. } => Some((*row.row).clone()),
                    _ => None,
                });
                let listener = listener.clone();
                let Some(items) = latest else { continue };
                if deliver
                    .send(Box::new(move || ignored(listener.on_outbox(items))))
                    .is_err()
                {
                    break;
                }
            }
        });
        Ok(Subscription::of(task.abort_handle()))
    }
}

type ReportLines = Result<Vec<Row<ReportSummary>>, StoreError>;

/// The first `window` lines of a list, as a live window.
pub(crate) fn report_window(
    scope: String,
    window: u32,
) -> (
    Window,
    impl FnMut(&Snapshot<'_>) -> ReportLines + Send + 'static,
) {
    let window = window.clamp(1, 500);
    let name = Window {
        name: format!("reports/{scope}/{window}"),
        touches: vec![Touch::table("report")],
    };
    let sql = format!("SELECT {LINE} FROM report WHERE scope = ?1 ORDER BY seq DESC LIMIT ?2");
    let query = move |tx: &Snapshot<'_>| {
        let mut statement = tx.prepare_cached(&sql)?;
        let lines = statement.query_map((&scope, window), line)?;
        lines
            .map(|l| {
                let (seq, item) = l?;
                Ok(Row::new(seq.to_be_bytes(), fingerprint(&item), item))
            })
            .collect()
    };
    (name, query)
}

/// Takes calls of listeners.
type Deliver = std::sync::mpsc::Sender<Box<dyn FnOnce() + Send>>;

/// Listeners are called here: they may wait without holding up the core.
fn delivery_thread() -> Result<Deliver, HueError> {
    let (send, receive) = std::sync::mpsc::channel::<Box<dyn FnOnce() + Send>>();
    std::thread::Builder::new()
        .name("hues-listeners".into())
        .spawn(move || {
            while let Ok(call) = receive.recv() {
                // A host's exception in a listener must not end the others.
                let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call));
            }
        })
        .map_err(|_| HueError::internal("thread"))?;
    Ok(send)
}

/// A listener that failed has missed its steps; that is between it and its host.
fn ignored(_: Result<(), HostError>) {}

/// Changes whenever what is shown changes.
fn fingerprint<T: std::fmt::Debug>(shown: &T) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::collections::hash_map::DefaultHasher::new();
    format!("{shown:?}").hash(&mut hasher);
    hasher.finish()
}

fn store_error(e: hues_sync::SyncError) -> hues_store::StoreError {
    match e {
        hues_sync::SyncError::Store(e) => e,
        _ => hues_store::StoreError::Corrupt("outbox"),
    }
}

/// A summary carries no secret of its own; this keeps the list line's `Debug` the one source of its fingerprint.
const _: fn(&ReportSummary) -> u64 = fingerprint::<ReportSummary>;
