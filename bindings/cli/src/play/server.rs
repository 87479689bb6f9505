//! The local HTTP server of the page: hands it out, tells it the state as soon as it changes (a long poll), takes its orders.
//!
//! Invariant: it listens on loopback only, and every request passes the guard before anything else.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{json, Value};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{watch, Semaphore};

use super::guard::{Away, Door, Guard};
use super::lab::Lab;
use super::orders::Order;
use super::page;
use crate::exit::Failure;
use crate::words::Words;

/// An order is small.
const BODY_MAX: usize = 32 * 1024;
/// Connections at a time.
const CONNECTIONS: usize = 64;
/// A poll without news ends after this long.
const POLL: Duration = Duration::from_secs(20);

/// A numbered state of the page.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Grows with every change.
    pub number: u64,
    /// The page's state.
    pub view: Arc<Value>,
}

/// What every request needs.
pub struct Desk {
    /// The lock.
    pub guard: Guard,
    /// The laboratory.
    pub lab: Arc<Lab>,
    /// The newest state.
    pub news: watch::Receiver<Snapshot>,
}

/// Takes a port of loopback.
///
/// # Errors
/// Refused: somebody else has it.
pub async fn bind(port: u16) -> Result<TcpListener, Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|e| {
        let why = match e.kind() {
            std::io::ErrorKind::AddrInUse => "another program uses this port; take another one, or none: then a free one is found",
            std::io::ErrorKind::PermissionDenied => "this port may not be used; take one above 1023",
            _ => "cannot listen on this port",
        };
        Failure::refused("port", format!("{port}: {why}"))
    })
}

/// Serves for ever.
pub async fn serve(listener: TcpListener, desk: Arc<Desk>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors: somebody will let go of one.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Ok(place) = places.clone().try_acquire_owned() else {
            continue;
        };
        let desk = desk.clone();
        tokio::spawn(async move {
            connection(stream, desk).await;
            drop(place);
        });
    }
}

async fn connection(stream: TcpStream, desk: Arc<Desk>) {
    let service = service_fn(move |request| {
        let desk = desk.clone();
        async move { Ok::<_, Infallible>(answer(&desk, request).await) }
    });
    // Whoever goes away in the middle is nobody's trouble.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(desk: &Desk, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let uri = request.uri();
    let door = desk
        .guard
        .admit(request.method(), uri.path(), uri.query(), request.headers());
    match door {
        Ok(Door::Page) => page_response(),
        Ok(Door::State(after)) => respond(StatusCode::OK, &state(desk, after).await),
        Ok(Door::Order) => order(desk, request).await,
        Err(Away::Unknown) => respond(StatusCode::NOT_FOUND, &json!({"error": "path"})),
        Err(Away::Foreign) => respond(StatusCode::FORBIDDEN, &json!({"error": "foreign"})),
        Err(Away::NotJson) => respond(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            &json!({"error": "json"}),
        ),
    }
}

/// The state once it is newer than `after`, or as it is when the patience ends.
async fn state(desk: &Desk, after: u64) -> Value {
    let mut news = desk.news.clone();
    let newer = news.wait_for(|s| s.number != after);
    let snapshot = match tokio::time::timeout(POLL, newer).await {
        Ok(Ok(snapshot)) => snapshot.clone(),
        _ => desk.news.borrow().clone(),
    };
    json!({"number": snapshot.number, "view": *snapshot.view})
}

async fn order(desk: &Desk, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let Ok(body) = Limited::new(request.into_body(), BODY_MAX).collect().await else {
        return respond(
            StatusCode::PAYLOAD_TOO_LARGE,
            &json!({"error": "too-large"}),
        );
    };
    let Ok(order) = serde_json::from_slice::<Order>(&body.to_bytes()) else {
        return respond(StatusCode::BAD_REQUEST, &json!({"error": "order"}));
    };
    let lab = desk.lab.clone();
    // An order goes on to its end even when the page is closed meanwhile.
    let obeyed = tokio::spawn(async move {
        let end = lab.obey(order).await;
        lab.moved.notify_one();
        end
    });
    match obeyed.await {
        Ok(Ok(())) => respond(StatusCode::OK, &json!({"ok": true})),
        Ok(Err(failure)) => respond(
            StatusCode::OK,
            &json!({"ok": false, "error": failure.say["error"], "words": why(&failure)}),
        ),
        Err(_) => respond(
            StatusCode::INTERNAL_SERVER_ERROR,
            &json!({"error": "order"}),
        ),
    }
}

/// Why an order was not carried out: the laboratory's own reasons first, then the core's words.
fn why(failure: &Failure) -> Words {
    let word = |key: &str| failure.say[key].as_str().unwrap_or_default();
    match (word("error"), word("rule")) {
        ("busy", "phone") => Words::new(
            "Máy này đang tắt: hãy mở lại.",
            "This phone is off: open it again.",
        ),
        ("offline", "city") => Words::new("Thành phố đang tắt.", "The city is off."),
        ("refused", "battery") => Words::new(
            "Máy hết pin: hãy sạc trước.",
            "The battery is dead: charge it first.",
        ),
        _ => Words::why(failure),
    }
}

fn respond(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    head(&mut response, "application/json", "default-src 'none'");
    response
}

fn page_response() -> Response<Full<Bytes>> {
    let page = page::page();
    let mut response = Response::new(Full::new(Bytes::from_static(page.html.as_bytes())));
    head(&mut response, "text/html; charset=utf-8", &page.policy);
    response
}

fn head(response: &mut Response<Full<Bytes>>, content_type: &'static str, policy: &str) {
    let fixed = [
        ("content-type", content_type),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert("content-security-policy", policy);
    }
}
