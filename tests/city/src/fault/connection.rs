//! What one connection is doing, so that a fault that strikes it can say where.
//!
//! Invariant: a request is noted from its head to the end of its answer being handed over; after that the note says
//! that the answer is on its way, until the next request.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Carrier;

#[derive(Debug, Default)]
struct Requests {
    next: u64,
    now: BTreeMap<u64, String>,
    last: Option<String>,
}

/// One connection, shared by its stream and its requests.
#[derive(Debug)]
pub struct ConnectionInfo {
    /// The client's address.
    pub client: IpAddr,
    /// The carrier it comes by.
    pub carrier: Carrier,
    requests: Mutex<Requests>,
    bytes: AtomicU64,
    killed: AtomicBool,
}

impl ConnectionInfo {
    /// A new connection from `client`.
    #[must_use]
    pub fn new(client: IpAddr) -> Arc<ConnectionInfo> {
        Arc::new(ConnectionInfo {
            client,
            carrier: Carrier::of(client),
            requests: Mutex::default(),
            bytes: AtomicU64::new(0),
            killed: AtomicBool::new(false),
        })
    }

    /// Notes a request until the guard is dropped.
    #[must_use]
    pub fn begin(self: &Arc<Self>, what: String) -> RequestNote {
        let mut requests = self.lock();
        requests.next += 1;
        let id = requests.next;
        requests.now.insert(id, what);
        requests.last = None;
        drop(requests);
        RequestNote {
            connection: Arc::clone(self),
            id,
        }
    }

    /// What is going on, in one line.
    #[must_use]
    pub fn describe(&self) -> String {
        let requests = self.lock();
        let bytes = self.bytes.load(Ordering::Relaxed);
        if !requests.now.is_empty() {
            let all: Vec<&str> = requests.now.values().map(String::as_str).collect();
            return format!("{} (byte {bytes} of the connection)", all.join("; "));
        }
        match &requests.last {
            Some(last) => format!("after {last} (byte {bytes} of the connection)"),
            None if bytes == 0 => "at the connection's start".to_owned(),
            None => format!("before a request was whole (byte {bytes} of the connection)"),
        }
    }

    /// The connection must die by a reset, not by an orderly end.
    pub fn kill(&self) {
        self.killed.store(true, Ordering::Release);
    }

    pub(super) fn killed(&self) -> bool {
        self.killed.load(Ordering::Acquire)
    }

    pub(super) fn passed(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The note of one running request.
#[derive(Debug)]
pub struct RequestNote {
    connection: Arc<ConnectionInfo>,
    id: u64,
}

impl RequestNote {
    /// Says more precisely what is going on.
    pub fn update(&self, what: String) {
        self.connection.lock().now.insert(self.id, what);
    }
}

impl Drop for RequestNote {
    fn drop(&mut self) {
        let mut requests = self.connection.lock();
        requests.last = requests.now.remove(&self.id);
    }
}
