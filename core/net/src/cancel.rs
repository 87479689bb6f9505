//! Giving up on a request by its id.
//!
//! Invariant: an entry lives exactly as long as its request; cancelling one that is gone does nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

type Running = HashMap<u64, Vec<Arc<Notify>>>;

/// The requests under way.
#[derive(Clone, Default)]
pub(crate) struct Cancels(Arc<Mutex<Running>>);

impl Cancels {
    pub(crate) fn enter(&self, id: u64) -> Ticket {
        let notify = Arc::new(Notify::new());
        self.with(|m| m.entry(id).or_default().push(notify.clone()));
        Ticket {
            cancels: self.clone(),
            id,
            notify,
        }
    }

    pub(crate) fn cancel(&self, id: u64) {
        self.with(|m| {
            for notify in m.get(&id).into_iter().flatten() {
                notify.notify_one();
            }
        });
    }

    fn with<T>(&self, f: impl FnOnce(&mut Running) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One request's entry; dropping it leaves.
pub(crate) struct Ticket {
    cancels: Cancels,
    id: u64,
    notify: Arc<Notify>,
}

impl Ticket {
    pub(crate) async fn cancelled(&self) {
        self.notify.notified().await;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.cancels.with(|m| {
            if let Some(list) = m.get_mut(&self.id) {
                list.retain(|n| !Arc::ptr_eq(n, &self.notify));
                if list.is_empty() {
                    m.remove(&self.id);
                }
            }
        });
    }
}
