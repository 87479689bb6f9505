//! The transport itself: one request out, one bounded answer in.
//!
//! Invariant: whatever the other side does, a request ends — with an answer within its bound, or with one of the closed
//! reasons — and no redirect is followed, no system proxy, no system trust store asked.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use hues_protocol::http::{HttpRequest, HttpResponse, TransportError};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method};
use tokio::time::Instant;

use crate::cancel::{Cancels, Ticket};
use crate::config::{NetConfig, NetError, Origin};
use crate::fault::classify;
use crate::options::{RangedReader, SendOptions};
use crate::progress::{Arrival, Pace, Progress};
use crate::tls::{client_config, ChainVerifier, Dates};
use crate::upload::Upload;

/// Requests to one city.
pub struct NetTransport {
    pub(crate) config: NetConfig,
    pub(crate) origin: Origin,
    clients: RwLock<Clients>,
    cancels: Cancels,
}

/// Two sets of connections and TLS tickets: nothing below HTTP ties what is anonymous to a session.
struct Clients {
    named: Client,
    nameless: Client,
}

impl Clients {
    fn new(config: &NetConfig, origin: &Origin) -> Result<Clients, NetError> {
        Ok(Clients {
            named: dated_client(config, origin)?,
            nameless: dated_client(config, origin)?,
        })
    }

    fn of(&self, request: &HttpRequest) -> Client {
        match request.names_an_account() {
            true => self.named.clone(),
            false => self.nameless.clone(),
        }
    }
}

impl NetTransport {
    /// A transport that has not connected yet.
    ///
    /// # Errors
    /// [`NetError`] when the configuration makes no sense; nothing is retried or guessed.
    pub fn new(config: NetConfig) -> Result<NetTransport, NetError> {
        let origin = Origin::parse(&config.origin)?;
        let clients = Clients::new(&config, &origin)?;
        Ok(NetTransport {
            config,
            origin,
            clients: RwLock::new(clients),
            cancels: Cancels::default(),
        })
    }

    /// Sends `request` and reads the whole answer. No total deadline: see [`Pace`].
    ///
    /// # Errors
    /// [`TransportError`]; unless it is `Offline`, `Dns` or `Tls`, the city may have got the request.
    pub async fn send(
        &self,
        request: HttpRequest,
        options: SendOptions,
    ) -> Result<HttpResponse, TransportError> {
        let client = self
            .clients
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .of(&request);
        let ticket = self.cancels.enter(request.id);
        let pace = self.config.pace.for_request(request.class, options.idle);
        exchange(&client, &self.origin, pace, request, options.file, &ticket).await
    }

    /// Gives up on the request of this id, if it is under way; it then fails with `Cancelled`.
    pub fn cancel(&self, id: u64) {
        self.cancels.cancel(id);
    }

    /// Forgets every open connection: after the phone changed networks they are dead but do not know it yet. Requests
    /// under way keep theirs.
    pub fn forget_connections(&self) {
        if let Ok(fresh) = Clients::new(&self.config, &self.origin) {
            *self.clients.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        }
    }
}

fn dated_client(config: &NetConfig, origin: &Origin) -> Result<Client, NetError> {
    let verifier = match origin.is_tls() {
        true => Some(ChainVerifier::new(&config.certificates(), Dates::Checked)?),
        false => None,
    };
    build_client(config, verifier)
}

pub(crate) fn build_client(
    config: &NetConfig,
    verifier: Option<Arc<ChainVerifier>>,
) -> Result<Client, NetError> {
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .gzip(true)
        .connect_timeout(config.pace.connect)
        .pool_idle_timeout(Duration::from_secs(50))
        .pool_max_idle_per_host(2)
        .tcp_nodelay(true)
        .http1_max_headers(100)
        .http2_max_header_list_size(32 * 1024)
        .local_address(config.local_address);
    // Where the kernel can tell that nobody acknowledges, let it: no guess about buffers is as good.
    #[cfg(any(target_os = "android", target_os = "linux"))]
    {
        builder = builder.tcp_user_timeout(config.pace.idle.saturating_mul(2));
    }
    // Without a verifier (plain HTTP on loopback) TLS still gets a configuration: one that trusts nobody.
    let tls = match verifier {
        Some(verifier) => client_config(verifier, config.clock.clone())?,
        None => crate::tls::trusts_nobody()?,
    };
    builder = builder.tls_backend_preconfigured(tls);
    builder.build().map_err(|_| NetError::Tls)
}

/// One request and its answer over `client`.
pub(crate) async fn exchange(
    client: &Client,
    origin: &Origin,
    pace: Pace,
    request: HttpRequest,
    file: Option<Arc<dyn RangedReader>>,
    ticket: &Ticket,
) -> Result<HttpResponse, TransportError> {
    let max = request.max_response;
    let progress = Arc::new(Progress::begin(pace));
    let outgoing = prepare(origin, request, file, progress.clone())?;

    let sending = client.execute(outgoing);
    let response = within(sending, ticket, || progress.send_deadline())
        .await?
        .map_err(|e| classify(&e))?;
    receive(response, max, pace, ticket).await
}

fn prepare(
    origin: &Origin,
    request: HttpRequest,
    file: Option<Arc<dyn RangedReader>>,
    progress: Arc<Progress>,
) -> Result<reqwest::Request, TransportError> {
    let url = origin
        .join(&request.path)
        .ok_or(TransportError::RedirectRefused)?;
    let method =
        Method::from_bytes(request.method.name().as_bytes()).map_err(|_| TransportError::Other)?;
    let mut out = reqwest::Request::new(method, url);
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| TransportError::Other)?;
        let mut value = HeaderValue::from_str(value).map_err(|_| TransportError::Other)?;
        // Keeps sessions out of HTTP/2's shared compression table and out of any Debug.
        value.set_sensitive(name == reqwest::header::AUTHORIZATION);
        out.headers_mut().append(name, value);
    }
    if let Some(upload) = Upload::new(request.body, file, progress)? {
        *out.body_mut() = Some(reqwest::Body::wrap(upload));
    }
    Ok(out)
}

async fn receive(
    mut response: reqwest::Response,
    max: usize,
    pace: Pace,
    ticket: &Ticket,
) -> Result<HttpResponse, TransportError> {
    // An announced length can only be refused early; the count below is what bounds.
    if response.content_length().is_some_and(|n| n > max as u64) {
        return Err(TransportError::TooLarge);
    }
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .filter_map(|(n, v)| Some((n.as_str().to_owned(), v.to_str().ok()?.to_owned())))
        .collect();
    let mut arrival = Arrival::begin(pace);
    let mut body = Vec::new();
    loop {
        let deadline = arrival.deadline();
        let chunk = within(response.chunk(), ticket, || deadline)
            .await?
            .map_err(|e| classify(&e))?;
        let Some(chunk) = chunk else { break };
        if body.len().saturating_add(chunk.len()) > max {
            return Err(TransportError::TooLarge);
        }
        arrival.received(chunk.len());
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse {
        status,
        headers,
        body,
    })
}

/// Waits for `work` until a deadline that may move while it works.
async fn within<T>(
    work: impl Future<Output = T>,
    ticket: &Ticket,
    deadline: impl Fn() -> Instant,
) -> Result<T, TransportError> {
    tokio::pin!(work);
    loop {
        let until = deadline();
        tokio::select! {
            biased;
            () = ticket.cancelled() => return Err(TransportError::Cancelled),
            done = &mut work => return Ok(done),
            () = tokio::time::sleep_until(until) => {
                if deadline() <= Instant::now() {
                    return Err(TransportError::Timeout);
                }
            }
        }
    }
}
