//! Somebody between phone and city: every answer of the city passes through a test's hands before the phone sees it.
//!
//! Invariant: the city has acted by then, so that whatever the phone is told instead, the act must not happen twice.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hues_city::RunningCity;
use hues_core::CityAddress;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;

/// What the phone asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub path: String,
}

impl Asked {
    pub fn is(&self, start: &str) -> bool {
        self.path.starts_with(start)
    }
}

/// An answer on its way.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn with(mut self, name: &str, value: &str) -> Reply {
        self.headers.insert(name.into(), value.into());
        self
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Reply {
        self.body = body.into();
        self
    }

    pub fn html(status: u16) -> Reply {
        let page = "<!doctype html><title>Wi-Fi miễn phí</title><form action=/login>";
        Reply {
            status,
            headers: BTreeMap::new(),
            body: page.as_bytes().to_vec(),
        }
        .with("content-type", "text/html; charset=utf-8")
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What to do to an answer; `None` lets it through as it is.
pub type Spoil = Arc<dyn Fn(&Asked, Reply) -> Option<Reply> + Send + Sync>;

#[derive(Default)]
struct Shared {
    always: Mutex<Option<Spoil>>,
    spoil: Mutex<Option<Spoil>>,
    hits: AtomicU64,
    asked: AtomicU64,
    authorized: AtomicU64,
}

/// The one between.
pub struct Proxy {
    pub url: String,
    shared: Arc<Shared>,
    _runtime: tokio::runtime::Runtime,
}

impl Proxy {
    /// In front of `city`; of nobody: every answer is an empty 200.
    pub fn before(city: Option<&RunningCity>) -> Proxy {
        // A second test of this process finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        listener.set_nonblocking(true).unwrap();
        let shared = Arc::new(Shared::default());
        let behind = city.map(|city| city.url.clone());
        runtime.spawn(serve(listener, behind, shared.clone()));
        Proxy {
            url,
            shared,
            _runtime: runtime,
        }
    }

    /// Where a phone finds it, believing it to be the city of this root.
    pub fn address(&self, root: [u8; 32]) -> CityAddress {
        CityAddress {
            url: self.url.clone(),
            root_key: root.to_vec(),
            tls_roots: Vec::new(),
        }
    }

    /// Done to every answer, honest times included, and not counted.
    pub fn always(&self, f: impl Fn(&Asked, Reply) -> Option<Reply> + Send + Sync + 'static) {
        *self.shared.always.lock().unwrap() = Some(Arc::new(f));
    }

    /// From now on answers are spoilt so.
    pub fn spoil(&self, f: impl Fn(&Asked, Reply) -> Option<Reply> + Send + Sync + 'static) {
        self.shared.hits.store(0, Ordering::SeqCst);
        *self.shared.spoil.lock().unwrap() = Some(Arc::new(f));
    }

    /// Honest again; how many answers were spoilt.
    pub fn honest(&self) -> u64 {
        *self.shared.spoil.lock().unwrap() = None;
        self.shared.hits.swap(0, Ordering::SeqCst)
    }

    /// How many answers were spoilt so far.
    pub fn hits(&self) -> u64 {
        self.shared.hits.load(Ordering::SeqCst)
    }

    /// How many requests came, and how many of them with credentials.
    pub fn asked(&self) -> (u64, u64) {
        (
            self.shared.asked.load(Ordering::SeqCst),
            self.shared.authorized.load(Ordering::SeqCst),
        )
    }
}

async fn serve(listener: TcpListener, behind: Option<String>, shared: Arc<Shared>) {
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .no_gzip()
        .build()
        .unwrap();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        let (behind, client, shared) = (behind.clone(), client.clone(), shared.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                answer(request, behind.clone(), client.clone(), shared.clone())
            });
            // A phone that hangs up is none of our business.
            let _ = auto::Builder::new(TokioExecutor::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    behind: Option<String>,
    client: reqwest::Client,
    shared: Arc<Shared>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    shared.asked.fetch_add(1, Ordering::SeqCst);
    let authorized = head.headers.contains_key("authorization");
    shared
        .authorized
        .fetch_add(u64::from(authorized), Ordering::SeqCst);
    let path = head
        .uri
        .path_and_query()
        .map_or("/", |p| p.as_str())
        .to_owned();
    let asked = Asked {
        method: head.method.to_string(),
        path,
    };
    let mut reply = match behind {
        None => Some(Reply::html(200).body(Vec::new())),
        Some(url) => forward(&client, &url, &asked, &head.headers, body).await,
    };
    for (spoil, counts) in [(&shared.always, false), (&shared.spoil, true)] {
        let spoil = spoil.lock().unwrap().clone();
        if let (Some(spoil), Some(honest)) = (spoil, reply.clone()) {
            if let Some(spoilt) = spoil(&asked, honest) {
                shared.hits.fetch_add(u64::from(counts), Ordering::SeqCst);
                reply = Some(spoilt);
            }
        }
    }
    let reply = reply.unwrap_or(Reply::html(502));
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        if !["connection", "transfer-encoding", "content-length"].contains(&name.as_str()) {
            response = response.header(name, value);
        }
    }
    Ok(response.body(Full::new(reply.body.into())).unwrap())
}

async fn forward(
    client: &reqwest::Client,
    url: &str,
    asked: &Asked,
    headers: &hyper::HeaderMap,
    body: Incoming,
) -> Option<Reply> {
    let body = body.collect().await.ok()?.to_bytes();
    let method = reqwest::Method::from_bytes(asked.method.as_bytes()).ok()?;
    let mut request = client.request(method, format!("{url}{}", asked.path));
    for (name, value) in headers {
        if !["host", "content-length", "transfer-encoding"].contains(&name.as_str()) {
            request = request.header(name.as_str(), value.as_bytes());
        }
    }
    let response = request.body(body.to_vec()).send().await.ok()?;
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(n, v)| (n.to_string(), v.to_str().unwrap_or("").to_owned()))
        .collect();
    let body = response.bytes().await.ok()?.to_vec();
    let mut reply = Reply {
        status,
        headers,
        body,
    };
    // What follows works on plain bodies.
    if reply.headers.remove("content-encoding").as_deref() == Some("gzip") {
        let mut plain = Vec::new();
        let mut gz = flate2::read::GzDecoder::new(reply.body.as_slice());
        std::io::Read::read_to_end(&mut gz, &mut plain).ok()?;
        reply.body = plain;
    }
    Some(reply)
}
