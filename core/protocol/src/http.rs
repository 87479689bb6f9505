//! Requests and answers as data: what a transport carries, whoever supplies it.
//!
//! Invariant: nothing here sends; a request has a persistent id, so that its fate can be asked for after the process died.
//! `Debug` shows no header value and no body.

use std::fmt;

/// A request to the city.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// Persistent id: the same request after a restart has the same one.
    pub id: u64,
    /// Method.
    pub method: Method,
    /// Path and query below the city's origin, starting with `/`.
    pub path: String,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Body,
    /// Answers larger than this many bytes (after decompression) are cut off with [`TransportError::TooLarge`].
    pub max_response: usize,
    /// What kind of traffic it is; decides deadlines.
    pub class: Class,
}

impl HttpRequest {
    /// Whether it tells the city whose it is: it carries a session, or begins one. It must share no connection with a request that does not, or whoever
    /// runs the gateway could put an anonymous report beside a name (§6).
    #[must_use]
    pub fn names_an_account(&self) -> bool {
        self.path == "/signin" || self.headers.iter().any(|(name, _)| name == "authorization")
    }
}

/// HTTP methods the protocol uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// PATCH
    Patch,
    /// DELETE
    Delete,
    /// OPTIONS
    Options,
}

/// A request's body.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// None.
    Empty,
    /// In memory.
    Bytes(Vec<u8>),
    /// A range of a sealed file in the home, opened only while it is sent.
    File {
        /// The sealed file's id.
        name: String,
        /// First byte of plaintext.
        offset: u64,
        /// Number of bytes.
        len: u64,
    },
}

/// Kinds of traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Small, both ways: ops, hello, keys, beacon, sign-in.
    Words,
    /// A page or pack: small up, larger down.
    Page,
    /// Photos: deadlines follow progress.
    Bytes,
    /// Waits on purpose (`/wake`).
    LongPoll,
}

/// An answer.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// Status.
    pub status: u16,
    /// Headers; names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, decompressed, within the request's `max_response`.
    pub body: Vec<u8>,
}

/// Why there is no answer. Whether the city acted is unknown in every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TransportError {
    /// No network.
    #[error("offline")]
    Offline,
    /// The name did not resolve.
    #[error("name not resolved")]
    Dns,
    /// No trustworthy connection.
    #[error("TLS failed")]
    Tls {
        /// The certificate chain is wrong only by the phone's clock.
        clock_suspect: bool,
    },
    /// A deadline passed.
    #[error("timed out")]
    Timeout,
    /// The connection was cut.
    #[error("connection reset")]
    Reset,
    /// The answer is larger than the request allows.
    #[error("answer too large")]
    TooLarge,
    /// Redirected, which the city never does.
    #[error("redirect refused")]
    RedirectRefused,
    /// The caller gave up.
    #[error("cancelled")]
    Cancelled,
    /// Something else.
    #[error("transport failed")]
    Other,
}

/// Content type of signed bodies.
pub const COSE: &str = "application/cose";
/// Content type of bundles.
pub const CBOR: &str = "application/cbor";
/// Content type of JSON.
pub const JSON: &str = "application/hues+json";

impl Method {
    /// The method's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
        }
    }
}

impl HttpRequest {
    /// A header's value, by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

impl HttpResponse {
    /// A header's value, by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// Whether the content type is `wanted`; parameters (charset) do not matter.
    #[must_use]
    pub fn is(&self, wanted: &str) -> bool {
        self.header("content-type")
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| value.trim().eq_ignore_ascii_case(wanted))
    }

    /// A header that is a decimal number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        let digits = self.header(name)?;
        if digits.bytes().all(|b| b.is_ascii_digit()) {
            digits.parse().ok().filter(|n| *n <= crate::cbor::MAX_UINT)
        } else {
            None
        }
    }
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path may hold an id or a cursor, which is no secret but no business of a log either.
        write!(
            f,
            "HttpRequest({} {} {:?})",
            self.id,
            self.method.name(),
            self.class
        )
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Empty => f.write_str("Body(empty)"),
            Body::Bytes(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Body::File { len, .. } => write!(f, "Body(file, {len} bytes)"),
        }
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "HttpResponse({}, {} bytes)",
            self.status,
            self.body.len()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let request = HttpRequest {
            id: 1,
            method: Method::Post,
            path: "/ops".into(),
            headers: vec![("authorization".into(), "Bearer hush".into())],
            body: Body::Bytes(b"hush".to_vec()),
            max_response: 10,
            class: Class::Words,
        };
        let response = HttpResponse {
            status: 200,
            headers: request.headers.clone(),
            body: b"hush".to_vec(),
        };
        assert!(!format!("{request:?} {:?} {response:?}", request.body).contains("hush"));
    }

    #[test]
    fn content_types_and_numbers() {
        let response = |name: &str, value: &str| HttpResponse {
            status: 200,
            headers: vec![(name.into(), value.into())],
            body: vec![],
        };
        assert!(response("content-type", "application/COSE; x=y").is(COSE));
        assert!(!response("content-type", "text/html").is(COSE));
        assert!(!response("x", "y").is(COSE));
        assert_eq!(
            response("upload-offset", "12").number("upload-offset"),
            Some(12)
        );
        for odd in ["-1", "+1", "1.0", "", " 1", "99999999999999999999"] {
            assert_eq!(response("n", odd).number("n"), None, "{odd}");
        }
    }
}
