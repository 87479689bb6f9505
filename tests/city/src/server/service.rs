//! From a hyper request to the gateway and back, with the faults that strike whole requests.
//!
//! Invariant: order of misfortune: latency, portal, error before, death, the gateway (once or twice), death, error after.
//! What the gateway answered leaves unchanged, but for compression where the client asked for it.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use flate2::{write::GzEncoder, Compression};
use http_body_util::{BodyExt as _, Full};
use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method, JSON};
use hues_protocol::problem::{Problem, RefusalKind};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, Response, Version};

use super::core::Core;
use crate::fault::{die, ConnectionInfo, FaultKind, RequestNote};
use crate::gateway::Peer;

/// Larger bodies than any request may have are not read to their end.
const BODY_MAX: usize = 4 * 1024 * 1024;
/// `/wake` answers at the latest after this long.
const WAKE: Duration = Duration::from_secs(25);
/// Smaller answers are not worth compressing.
const GZIP_MIN: usize = 512;

/// One request of one connection.
pub(crate) async fn serve(
    core: Arc<Core>,
    connection: Arc<ConnectionInfo>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let bare = request.method() == hyper::Method::HEAD && request.version() == Version::HTTP_2;
    let response = respond(core, connection, request).await;
    // Over HTTP/1.1 hyper leaves the body of an answer to HEAD away; over HTTP/2 it would be sent, and clients reset the stream.
    match bare {
        true => response.map(|_| Full::default()),
        false => response,
    }
}

async fn respond(
    core: Arc<Core>,
    connection: Arc<ConnectionInfo>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let line = describe(&head);
    let note = connection.begin(line.clone());
    let path = head
        .uri
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string);
    let carrier = connection.carrier;
    let gzip = header(&head.headers, "accept-encoding").is_some_and(|value| value.contains("gzip"));

    let strike = |word: &str| {
        core.faults.take(word, carrier, Some(&path), |hit| {
            format!("{carrier} {line} (hit {hit})")
        })
    };
    if let Some((_, FaultKind::Latency { ms })) = strike("latency") {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
    let mut turn = 0;
    let portal = core.faults.take("portal", carrier, Some(&path), |hit| {
        turn = hit;
        format!(
            "{carrier} {line} ({})",
            if hit % 2 == 1 { "page" } else { "redirect" }
        )
    });
    if portal.is_some() {
        return portal_answer(turn);
    }
    if strike("error-before").is_some() {
        return broken();
    }

    let dies_reading = || {
        if strike("die-reading").is_some() {
            die();
        }
    };
    let (body, whole) = read(body, &note, &line, dies_reading).await;
    let Some(method) = method(&head.method) else {
        return shell_refusal(405, "method");
    };
    if body.len() > BODY_MAX {
        return shell_refusal(413, "too-large");
    }
    let request = HttpRequest {
        id: 0,
        method,
        path: path.clone(),
        headers: lower(&head.headers),
        body: if body.is_empty() {
            Body::Empty
        } else {
            Body::Bytes(body)
        },
        max_response: usize::MAX,
        class: Class::Words,
    };
    if !whole && !worth_keeping(&request) {
        return shell_refusal(400, "truncated");
    }
    let peer = Peer {
        address: connection.client,
    };
    if strike("die-before").is_some() {
        die();
    }
    let doomed = strike("die-inside").is_some();
    let response = deliver(&core, &request, peer, doomed).await;
    if strike("die-after").is_some() {
        die();
    }
    if takes_effect(&request) {
        response_twice(&core, &request, peer, carrier, &line, &response).await;
    }
    if method != Method::Get && method != Method::Options {
        let what = outcome(&request, &response);
        let struck = core.faults.take("error-after", carrier, Some(&path), |_| {
            format!("{carrier} {line}: {what}")
        });
        if struck.is_some() {
            return broken();
        }
    }
    to_hyper(response, gzip)
}

/// Hands the request to the gateway; `/wake` waits here.
async fn deliver(
    core: &Arc<Core>,
    request: &HttpRequest,
    peer: Peer,
    doomed: bool,
) -> HttpResponse {
    if !(request.method == Method::Get && request.path.starts_with("/wake")) {
        return handle(core, request, peer, doomed).await;
    }
    let mut grown = core.watch();
    let deadline = tokio::time::sleep(WAKE);
    tokio::pin!(deadline);
    loop {
        grown.mark_unchanged();
        let response = handle(core, request, peer, doomed).await;
        if response.status != 204 {
            return response;
        }
        tokio::select! {
            () = &mut deadline => return response,
            changed = grown.changed() => if changed.is_err() { return response },
        }
    }
}

async fn handle(core: &Arc<Core>, request: &HttpRequest, peer: Peer, doomed: bool) -> HttpResponse {
    let (core, request) = (Arc::clone(core), request.clone());
    let answer = tokio::task::spawn_blocking(move || core.handle(&request, peer, doomed)).await;
    answer.unwrap_or_else(|_| HttpResponse {
        status: 500,
        headers: Vec::new(),
        body: Vec::new(),
    })
}

/// The fault `duplicate`: the network delivers the request a second time.
async fn response_twice(
    core: &Arc<Core>,
    request: &HttpRequest,
    peer: Peer,
    carrier: crate::fault::Carrier,
    line: &str,
    first: &HttpResponse,
) {
    let mark = format!("{carrier} {line}: delivered twice");
    let Some((id, _)) = core
        .faults
        .take("duplicate", carrier, Some(&request.path), |_| mark.clone())
    else {
        return;
    };
    let second = handle(core, request, peer, false).await;
    let same = if second.status == first.status && second.body == first.body {
        "the same"
    } else {
        "another"
    };
    let what = outcome(request, first);
    core.faults.amend(
        id,
        &mark,
        format!("{mark}, {what}, second answer {} and {same}", second.status),
    );
}

fn takes_effect(request: &HttpRequest) -> bool {
    let path = request.path.split('?').next().unwrap_or_default();
    request.method == Method::Post && matches!(path, "/ops" | "/files")
}

/// A PATCH that broke off in the middle keeps what arrived, unless a checksum was to judge the whole of it.
fn worth_keeping(request: &HttpRequest) -> bool {
    request.method == Method::Patch
        && request.header("upload-checksum").is_none()
        && matches!(&request.body, Body::Bytes(bytes) if !bytes.is_empty())
}

/// What the gateway made of a request, for the line of a hit.
fn outcome(request: &HttpRequest, response: &HttpResponse) -> String {
    let op = match &request.body {
        Body::Bytes(bytes) if takes_effect(request) => op_id(bytes),
        _ => None,
    };
    match (response.status, op) {
        (200, Some(op)) => format!("committed op {op}"),
        (status, Some(op)) => format!("answered {status} for op {op}"),
        (status, None) => format!("answered {status}"),
    }
}

fn op_id(bundle: &[u8]) -> Option<String> {
    let (op, _) = hues_protocol::bundle::Bundle::split(bundle).ok()?;
    Some(
        hues_protocol::op::SignedOp::decode(&op)
            .ok()?
            .header()
            .op_id
            .to_string(),
    )
}

/// Reads the body; what arrived before a break, and whether that was all.
async fn read(
    mut body: Incoming,
    note: &RequestNote,
    line: &str,
    inside: impl Fn(),
) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return (bytes, false);
        };
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
            note.update(format!(
                "{line}, inside the body after {} bytes",
                bytes.len()
            ));
            if !body.is_end_stream() {
                inside();
            }
            if bytes.len() > BODY_MAX {
                return (bytes, true);
            }
        }
    }
    note.update(format!("{line}, body whole ({} bytes)", bytes.len()));
    (bytes, true)
}

fn describe(head: &hyper::http::request::Parts) -> String {
    let line = format!("{} {}", head.method, head.uri.path());
    match header(&head.headers, "upload-offset") {
        Some(offset) => format!("{line} at offset {offset}"),
        None => line,
    }
}

fn header<'a>(headers: &'a hyper::HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn lower(headers: &hyper::HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| value.to_str().ok().map(str::to_owned);
    headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?)))
        .collect()
}

fn method(method: &hyper::Method) -> Option<Method> {
    let all = [
        Method::Get,
        Method::Head,
        Method::Post,
        Method::Patch,
        Method::Delete,
        Method::Options,
    ];
    all.into_iter().find(|m| m.name() == method.as_str())
}

fn to_hyper(response: HttpResponse, gzip: bool) -> Response<Full<Bytes>> {
    let compressible = gzip && response.is(JSON) && response.body.len() >= GZIP_MIN;
    let (body, packed) = match compressible.then(|| pack(&response.body)).flatten() {
        Some(packed) => (packed, true),
        None => (response.body, false),
    };
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = hyper::StatusCode::from_u16(response.status)
        .unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    let headers = answer.headers_mut();
    for (name, value) in &response.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::try_from(value.as_str()),
        ) {
            headers.append(name, value);
        }
    }
    if packed {
        headers.insert("content-encoding", HeaderValue::from_static("gzip"));
        headers.insert("vary", HeaderValue::from_static("accept-encoding"));
    }
    answer
}

fn pack(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}

fn shell_refusal(status: u16, rule: &str) -> Response<Full<Bytes>> {
    let body = Problem::new(RefusalKind::Refused, rule).to_json();
    let mut headers = vec![("content-type".to_owned(), JSON.to_owned())];
    if status == 405 {
        headers.push((
            "allow".to_owned(),
            "GET, HEAD, POST, PATCH, DELETE, OPTIONS".to_owned(),
        ));
    }
    to_hyper(
        HttpResponse {
            status,
            headers,
            body,
        },
        false,
    )
}

/// What a server in front of the gateway says when something behind it broke.
fn broken() -> Response<Full<Bytes>> {
    let html = b"<html><body><h1>500 Internal Server Error</h1></body></html>".to_vec();
    to_hyper(
        HttpResponse {
            status: 500,
            headers: vec![("content-type".into(), "text/html".into())],
            body: html,
        },
        false,
    )
}

/// A hotel's portal: sometimes a page in place of the answer, sometimes a redirect to one.
fn portal_answer(turn: u64) -> Response<Full<Bytes>> {
    let html = b"<!doctype html><html><body><h1>Welcome to Free Wi-Fi</h1><form action=\"/login\">Accept</form></body></html>";
    let mut headers = vec![(
        "content-type".to_owned(),
        "text/html; charset=utf-8".to_owned(),
    )];
    let status = if turn % 2 == 1 { 200 } else { 302 };
    if status == 302 {
        headers.push((
            "location".to_owned(),
            "http://portal.invalid/login".to_owned(),
        ));
    }
    to_hyper(
        HttpResponse {
            status,
            headers,
            body: html.to_vec(),
        },
        false,
    )
}
