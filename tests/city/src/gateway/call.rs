//! One request as the rules see it, and the few shapes an answer has.
//!
//! Invariant: every answer made here has a content type of the protocol; a refusal without a signature has one of the
//! closed words and a rule.

use std::net::IpAddr;

use hues_protocol::http::{Body, HttpRequest, HttpResponse, Method};
pub(super) use hues_protocol::http::{COSE, JSON};
use hues_protocol::problem::{Problem, RefusalKind};
use serde_json::Value;
use url::form_urlencoded;

use crate::storage::StorageError;

/// Who is on the other end of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// The client's address.
    pub address: IpAddr,
}

impl Peer {
    /// A client on this machine; the laboratory's phones are such.
    pub const LOCAL: Peer = Peer {
        address: IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
    };
}

/// Why a rule stops early: with an answer, or because the medium failed.
#[derive(Debug)]
pub(super) enum Stop {
    Answer(Box<HttpResponse>),
    Storage(StorageError),
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Stop {
        Stop::Storage(error)
    }
}

pub(super) type Answer = Result<HttpResponse, Stop>;

/// A request, taken apart.
pub(super) struct Call<'a> {
    pub(super) request: &'a HttpRequest,
    pub(super) peer: Peer,
    pub(super) path: Vec<&'a str>,
    query: Vec<(String, String)>,
}

impl<'a> Call<'a> {
    pub(super) fn new(request: &'a HttpRequest, peer: Peer) -> Call<'a> {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        Call {
            request,
            peer,
            path: path.trim_start_matches('/').split('/').collect(),
            query: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        }
    }

    pub(super) fn method(&self) -> Method {
        self.request.method
    }

    /// The value of a header; `name` in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.request.header(name).map(str::trim)
    }

    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, v)| v.as_str())
    }

    /// The body. A range of a sealed file is opened by who sends it, so it counts as nothing here.
    pub(super) fn body(&self) -> &'a [u8] {
        match &self.request.body {
            Body::Bytes(bytes) => bytes,
            Body::Empty | Body::File { .. } => &[],
        }
    }

    /// The body as a bounded JSON object.
    pub(super) fn json(&self) -> Result<serde_json::Map<String, Value>, Stop> {
        // serde_json refuses more than 128 levels by itself; the size bounds the rest.
        if self.body().len() > 16 * 1024 {
            return Err(refuse(413, "too-large"));
        }
        match serde_json::from_slice(self.body()) {
            Ok(Value::Object(map)) => Ok(map),
            _ => Err(refuse(400, "malformed")),
        }
    }
}

pub(super) fn answer(status: u16, content_type: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".into(), content_type.into())],
        body,
    }
}

pub(super) fn json_answer(status: u16, body: &Value) -> HttpResponse {
    answer(status, JSON, body.to_string().into_bytes())
}

pub(super) fn empty(status: u16) -> HttpResponse {
    HttpResponse {
        status,
        headers: Vec::new(),
        body: Vec::new(),
    }
}

pub(super) fn with_header(
    mut response: HttpResponse,
    name: &str,
    value: impl ToString,
) -> HttpResponse {
    response.headers.push((name.into(), value.to_string()));
    response
}

/// An unsigned refusal of a request that is no op.
pub(super) fn refuse(status: u16, rule: &str) -> Stop {
    refusal(status, RefusalKind::Refused, rule)
}

/// The session is missing or over.
pub(super) fn sign_in() -> Stop {
    let response = problem(401, RefusalKind::SignIn, "session");
    stop_with(with_header(response, "www-authenticate", "Bearer"))
}

pub(super) fn refusal(status: u16, kind: RefusalKind, rule: &str) -> Stop {
    stop_with(problem(status, kind, rule))
}

/// The body of an error.
pub(super) fn problem(status: u16, kind: RefusalKind, rule: &str) -> HttpResponse {
    answer(status, JSON, Problem::new(kind, rule).to_json())
}

pub(super) fn stop_with(response: HttpResponse) -> Stop {
    Stop::Answer(Box::new(response))
}
