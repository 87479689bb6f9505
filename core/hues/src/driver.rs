//! The driver: what the engine wants from the world, done. Requests out, answers back to the writer thread, one timer.
//!
//! Invariant: it decides nothing. What it is told to send it sends, what comes back it hands on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use hues_net::{NetTransport, RangedReader, SendOptions};
use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, TransportError};
use hues_store::SealedDir;
use hues_sync::engine::{Event, Io};
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::account::Account;
use crate::host::HostTransport;
use crate::ports::Clock;
use crate::probe::{Probe, ProbePoint};

/// How requests leave.
pub(crate) enum Transport {
    /// The built-in HTTPS transport.
    Net(Box<NetTransport>),
    /// The host's own.
    Host(Box<HostTransport>),
}

/// What others may look at.
#[derive(Default)]
pub(crate) struct Board {
    /// Requests under way, the long poll not counted.
    pub flights: AtomicU64,
    /// The city's time minus the phone's wall clock, milliseconds; 0 before a beacon was seen.
    pub city_offset: AtomicI64,
    /// Nothing of the account leaves until it signs in again.
    pub sign_in_needed: AtomicBool,
    /// The city does not speak this release's protocol any more.
    pub update_needed: AtomicBool,
    /// Requests made so far outside the engine, whose own are numbered from 1.
    pub asked: AtomicU64,
    /// Milliseconds until the engine wants to be called; -1: no need.
    pub wake_in: AtomicI64,
    /// Rings whenever something moved.
    pub moved: Notify,
}

/// The driver's surroundings.
pub(crate) struct Driver {
    pub account: Weak<Account>,
    pub transport: Option<Arc<Transport>>,
    pub attachments: Arc<SealedDir>,
    pub clock: Arc<dyn Clock>,
    pub probe: Arc<dyn Probe>,
    pub board: Arc<Board>,
}

impl Driver {
    /// Serves the engine until the account is closed.
    pub(crate) async fn run(self, mut orders: UnboundedReceiver<Io>) {
        let mut flights: HashMap<u64, AbortHandle> = HashMap::new();
        let (landed, mut landings) = unbounded_channel::<u64>();
        let mut wake: Option<tokio::time::Instant> = None;
        loop {
            let timer = async {
                match wake {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                order = orders.recv() => match order {
                    None => break,
                    Some(Io::WakeIn(ms)) => {
                        wake = ms.map(|ms| tokio::time::Instant::now() + Duration::from_millis(ms));
                        self.board.wake_in.store(ms.map_or(-1, |ms| ms as i64), Ordering::Relaxed);
                    }
                    Some(order) => self.carry_out(order, &mut flights, &landed),
                },
                Some(id) = landings.recv() => {
                    flights.remove(&id);
                }
                () = timer => {
                    wake = None;
                    self.tell(Event::Timer).await;
                }
            }
        }
        for flight in flights.into_values() {
            flight.abort();
        }
    }

    fn carry_out(
        &self,
        order: Io,
        flights: &mut HashMap<u64, AbortHandle>,
        landed: &tokio::sync::mpsc::UnboundedSender<u64>,
    ) {
        match order {
            Io::Send(request) => {
                let id = request.id;
                let task = tokio::spawn(self.errand(request, landed.clone()));
                flights.insert(id, task.abort_handle());
            }
            Io::Cancel(id) => {
                if let Some(flight) = flights.remove(&id) {
                    flight.abort();
                }
            }
            Io::FetchUndatedBeacon { keys } => {
                let (account, transport) = (self.account.clone(), self.transport.clone());
                tokio::spawn(async move {
                    let net = match transport.as_deref() {
                        Some(Transport::Net(net)) => net,
                        Some(Transport::Host(host)) => match host.beacons() {
                            Some(net) => net,
                            None => return,
                        },
                        None => return,
                    };
                    let Ok(undated) = net.fetch_beacon_unverified_time(keys).await else {
                        return;
                    };
                    // Judged twice: by the city's signature in the engine, and the chain at the time the beacon names.
                    let good =
                        beacon_time(&undated.response).is_some_and(|at| undated.chain_valid_at(at));
                    if let (true, Some(account)) = (good, account.upgrade()) {
                        let event = Event::UndatedBeacon {
                            beacon: undated.response,
                            keys: undated.keys,
                        };
                        let _ = account.tell(event).await;
                    }
                });
            }
            Io::CityTime(at) => {
                let offset = at - self.clock.now().wall_ms;
                self.board.city_offset.store(offset, Ordering::Relaxed);
            }
            Io::SignInNeeded => self.board.sign_in_needed.store(true, Ordering::Relaxed),
            Io::UpdateNeeded => self.board.update_needed.store(true, Ordering::Relaxed),
            // Done on the writer thread, or above.
            Io::WakeIn(_)
            | Io::Mirror(_)
            | Io::ForgetMirror(_)
            | Io::ForgetFile(_)
            | Io::Config(..) => {}
        }
        self.board.moved.notify_waiters();
    }

    /// One request, from its first byte to the engine's having heard of its end.
    fn errand(
        &self,
        request: HttpRequest,
        landed: tokio::sync::mpsc::UnboundedSender<u64>,
    ) -> impl std::future::Future<Output = ()> + Send + 'static {
        let id = request.id;
        let counts = request.class != Class::LongPoll;
        let chunk = matches!(request.body, Body::File { .. });
        let page = request.class == Class::Page;
        let op = request.path == "/ops";
        let (account, transport, attachments) = (
            self.account.clone(),
            self.transport.clone(),
            self.attachments.clone(),
        );
        let (probe, board) = (self.probe.clone(), self.board.clone());
        let _counted = counts.then(|| Counted::new(&board));
        async move {
            let _counted = _counted;
            if chunk {
                probe.at(ProbePoint::ChunkStarts);
            }
            let outcome = match &transport {
                Some(transport) => send(transport, &attachments, request).await,
                None => Err(TransportError::Offline),
            };
            if chunk {
                probe.at(ProbePoint::ChunkSent);
            }
            if op {
                probe.at(ProbePoint::OpAnswered);
            }
            if page {
                probe.at(ProbePoint::PageArrived);
            }
            let _ = landed.send(id);
            if let Some(account) = account.upgrade() {
                // A refusal by the store (a full disk) is the engine's to try again; there is nobody here to tell.
                let _ = account.tell(Event::Http { id, outcome }).await;
            }
            board.moved.notify_waiters();
        }
    }

    async fn tell(&self, event: Event) {
        if let Some(account) = self.account.upgrade() {
            let _ = account.tell(event).await;
        }
        self.board.moved.notify_waiters();
    }
}

/// Counts a request as under way until it is dropped, however it ends.
struct Counted(Arc<Board>);

impl Counted {
    fn new(board: &Arc<Board>) -> Counted {
        board.flights.fetch_add(1, Ordering::Relaxed);
        Counted(board.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.flights.fetch_sub(1, Ordering::Relaxed);
        self.0.moved.notify_waiters();
    }
}

/// Sends one request over whichever transport there is.
pub(crate) async fn send(
    transport: &Transport,
    attachments: &Arc<SealedDir>,
    request: HttpRequest,
) -> Result<HttpResponse, TransportError> {
    match transport {
        Transport::Net(net) => {
            let file: Option<Arc<dyn RangedReader>> = match &request.body {
                Body::File { name, .. } => Some(Arc::new(SealedReader::open(attachments, name)?)),
                _ => None,
            };
            net.send(
                request,
                SendOptions {
                    file,
                    ..SendOptions::default()
                },
            )
            .await
        }
        Transport::Host(host) => {
            let (request, limit) = host.request(attachments, request)?;
            host.exchange(request, limit).await
        }
    }
}

/// A sealed photo as a transport reads it.
struct SealedReader(std::sync::Mutex<hues_store::SealedSource>);

impl SealedReader {
    fn open(attachments: &SealedDir, name: &str) -> Result<SealedReader, TransportError> {
        let id = crate::ids::unhex(name).ok_or(TransportError::Other)?;
        attachments
            .open(&id)
            .map(|s| SealedReader(std::sync::Mutex::new(s)))
            .map_err(|_| TransportError::Other)
    }
}

impl RangedReader for SealedReader {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> std::io::Result<usize> {
        let source = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let end = offset
            .saturating_add(buf.len() as u64)
            .min(source.plaintext_len());
        let bytes = source
            .read_range(offset.min(end)..end)
            .map_err(|_| std::io::ErrorKind::InvalidData)?;
        buf[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

/// The time a beacon names, unproven: only to judge the certificate chain by.
fn beacon_time(response: &HttpResponse) -> Option<i64> {
    hues_protocol::city::Parsed::<hues_protocol::beacon::Beacon>::parse(&response.body)
        .ok()
        .map(|b| b.unproven().time)
}
