//! The transport port: requests as data out, answers as data in. The default is `hues-net`; a host may bring its own (for background transfers).
//!
//! A host's transport must not follow redirects, must keep TLS checks on, must stop reading at `max_response`. The core checks what it
//! can see of that (address, length, headers, a limit on the whole time); TLS is the host's alone.

use std::sync::Mutex;

use super::HostError;
use hues_protocol::http;
use tokio::sync::oneshot;

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TransportHeader {
    /// Lower-case name.
    pub name: String,
    /// Value.
    pub value: String,
}

/// A request to send to the city's origin. One with an `authorization` header, and the sign-in, must share no connection (nor a TLS ticket) with one without:
/// below HTTP nothing may tie an anonymous report to a session.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TransportRequest {
    /// Names the request until it was answered; bit 63 marks what a caller waits for itself (signing in, a photo).
    pub id: u64,
    /// `GET`, `POST`, …
    pub method: String,
    /// Absolute address.
    pub url: String,
    /// Headers to send as they are. They may hold a session: never log them.
    pub headers: Vec<TransportHeader>,
    /// Body, empty if none.
    pub body: Vec<u8>,
    /// Give up (`TooLarge`) when the answer's body, decompressed, is longer.
    pub max_response: u64,
    /// Give up (`Timeout`) when nothing moved for this long. There is no other deadline: a slow link that moves is fine.
    pub idle_timeout_ms: u64,
}

impl std::fmt::Debug for TransportRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Headers hold the session and the body holds what the person wrote: neither is printed.
        f.debug_struct("TransportRequest")
            .field("id", &self.id)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// An answer.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct TransportResponse {
    /// The address that answered, as the HTTP library names it. Another than the request's shows that a redirect was followed: the
    /// core refuses the answer.
    pub url: String,
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<TransportHeader>,
    /// Body, decompressed.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for TransportResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransportResponse")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum TransportFailure {
    /// No network.
    Offline,
    /// The name did not resolve.
    Dns,
    /// TLS failed; the chain is not ours.
    Tls,
    /// TLS failed only because the phone's clock lies outside the certificate's validity.
    TlsClock,
    /// Nothing moved for `idle_timeout_ms`.
    Timeout,
    /// The connection broke.
    Reset,
    /// The answer was longer than `max_response`.
    TooLarge,
    /// The answer was a redirect off the origin.
    Redirect,
    /// The core or the system cancelled it.
    Cancelled,
    /// Anything else.
    Other,
}

/// Sends requests. `send` returns at once; the answer comes on `reply`, once.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait HttpTransport: Send + Sync {
    /// Starts the request. A transport that fails here has not sent anything.
    fn send(
        &self,
        request: TransportRequest,
        reply: std::sync::Arc<TransportReply>,
    ) -> Result<(), HostError>;
    /// Gives up on a request; its reply may still come and is then ignored.
    fn cancel(&self, id: u64) -> Result<(), HostError>;
}

/// Where a transport answers. The first answer counts; dropping it without one means `Other`.
#[derive(Debug)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Object))]
pub struct TransportReply {
    sender: Mutex<Option<oneshot::Sender<Result<TransportResponse, TransportFailure>>>>,
}

impl TransportReply {
    /// A reply and the end on which the core waits for it.
    pub(crate) fn pair() -> (
        std::sync::Arc<Self>,
        oneshot::Receiver<Result<TransportResponse, TransportFailure>>,
    ) {
        let (tx, rx) = oneshot::channel();
        (
            std::sync::Arc::new(TransportReply {
                sender: Mutex::new(Some(tx)),
            }),
            rx,
        )
    }

    fn answer(&self, answer: Result<TransportResponse, TransportFailure>) {
        let sender = self
            .sender
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .take();
        if let Some(sender) = sender {
            // The core may have stopped waiting; then nobody needs the answer.
            let _ = sender.send(answer);
        }
    }
}

#[cfg_attr(feature = "uniffi", uniffi::export)]
impl TransportReply {
    /// The city (or whoever sits in between) answered.
    pub fn complete(&self, response: TransportResponse) {
        self.answer(Ok(response));
    }

    /// There is no answer.
    pub fn fail(&self, failure: TransportFailure) {
        self.answer(Err(failure));
    }
}

impl From<TransportFailure> for http::TransportError {
    fn from(f: TransportFailure) -> Self {
        match f {
            TransportFailure::Offline => http::TransportError::Offline,
            TransportFailure::Dns => http::TransportError::Dns,
            TransportFailure::Tls => http::TransportError::Tls {
                clock_suspect: false,
            },
            TransportFailure::TlsClock => http::TransportError::Tls {
                clock_suspect: true,
            },
            TransportFailure::Timeout => http::TransportError::Timeout,
            TransportFailure::Reset => http::TransportError::Reset,
            TransportFailure::TooLarge => http::TransportError::TooLarge,
            TransportFailure::Redirect => http::TransportError::RedirectRefused,
            TransportFailure::Cancelled => http::TransportError::Cancelled,
            TransportFailure::Other => http::TransportError::Other,
        }
    }
}
