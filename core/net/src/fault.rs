//! From reqwest's many errors to the few a phone can act on.
//!
//! Invariant: nothing of the request or of the other side's words gets into the result.

use std::error::Error;
use std::io;

use hues_protocol::http::TransportError;

use crate::tls::ClockSuspect;

/// Reads the whole chain of causes.
pub(crate) fn classify(error: &reqwest::Error) -> TransportError {
    if let Some(tls) = find_tls(error) {
        return TransportError::Tls {
            clock_suspect: is_clock(tls),
        };
    }
    if error.is_dns() {
        return TransportError::Dns;
    }
    if error.is_timeout() {
        return TransportError::Timeout;
    }
    if error.is_redirect() {
        return TransportError::RedirectRefused;
    }
    if let Some(kind) = find_io(error) {
        return match kind {
            io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::AddrNotAvailable => TransportError::Offline,
            io::ErrorKind::TimedOut => TransportError::Timeout,
            // A content encoding that is broken: nobody we know sent this.
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => TransportError::Other,
            _ => TransportError::Reset,
        };
    }
    // reqwest files a connection that broke inside the body under "decode".
    if error.is_connect() || error.is_body() || error.is_request() || error.is_decode() {
        return TransportError::Reset;
    }
    TransportError::Other
}

fn is_clock(error: &rustls::Error) -> bool {
    match error {
        rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) => {
            other.0.downcast_ref::<ClockSuspect>().is_some()
        }
        _ => false,
    }
}

fn find_tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    causes(error).find_map(|e| e.downcast_ref())
}

/// The innermost kind: outer `io::Error`s only wrap.
fn find_io(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    causes(error)
        .filter_map(|e| e.downcast_ref::<io::Error>().map(io::Error::kind))
        .last()
}

fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> + 'a {
    std::iter::successors(Some(error), |e: &&'a (dyn Error + 'static)| {
        // `io::Error::source` skips the error it wraps, and rustls' sits exactly there.
        match (*e)
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => (*e).source(),
        }
    })
}
