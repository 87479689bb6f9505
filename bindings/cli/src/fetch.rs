//! Small requests of the shell itself: the key list for a verifier, the root of a sandbox city, the admin interface.

use std::path::Path;
use std::sync::Arc;

use hues_core::ports::{Clock, SystemClock};
use hues_net::{NetConfig, NetTransport, Pace, SendOptions};
use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method};
use serde_json::Value;

use crate::exit::{Exit, Failure};
use crate::settings::Settings;

/// Sends one request to `origin`.
///
/// # Errors
/// Exit 3 when there is no answer.
pub async fn send(
    origin: &str,
    roots: Vec<Vec<u8>>,
    method: Method,
    path: &str,
    headers: Vec<(String, String)>,
    body: Option<Value>,
) -> Result<HttpResponse, Failure> {
    let net = NetTransport::new(NetConfig {
        origin: origin.to_owned(),
        roots,
        local_address: None,
        clock: Arc::new(|| SystemClock.now().wall_ms),
        pace: Pace::default(),
    })
    .map_err(|e| Failure::refused("address", e.to_string()))?;
    let request = HttpRequest {
        id: 1,
        method,
        path: path.to_owned(),
        headers,
        body: body.map_or(Body::Empty, |b| Body::Bytes(b.to_string().into_bytes())),
        max_response: 64 * 1024 * 1024,
        class: Class::Page,
    };
    net.send(request, SendOptions::default())
        .await
        .map_err(|e| Failure::new(Exit::Network, "offline", "transport", e.to_string()))
}

/// The bytes at an address (`https://host/path`).
///
/// # Errors
/// Exit 3 when there is no good answer, refused when it is no address.
pub async fn get(url: &str, roots: Vec<Vec<u8>>) -> Result<Vec<u8>, Failure> {
    let (scheme, rest) = url
        .split_once("://")
        .ok_or_else(|| Failure::refused("address", "no scheme"))?;
    let (host, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    };
    let answer = send(
        &format!("{scheme}://{host}"),
        roots,
        Method::Get,
        path,
        vec![],
        None,
    )
    .await?;
    match answer.status {
        200 => Ok(answer.body),
        status => Err(Failure::new(
            Exit::Network,
            "offline",
            "status",
            status.to_string(),
        )),
    }
}

/// The root key that a sandbox city on this machine states in its hello. Nobody else's word is taken for it.
///
/// # Errors
/// Exit 3 without an answer; refused when the city states none.
pub async fn sandbox_root(settings: &Settings) -> Result<String, Failure> {
    let city = settings.city.as_deref().unwrap_or_default();
    let hello = get(&format!("{city}/hello"), settings.certificates()?).await?;
    let hello: Value = serde_json::from_slice(&hello)
        .map_err(|_| Failure::new(Exit::Network, "offline", "hello", "not a city's answer"))?;
    hello["root"]
        .as_str()
        .filter(|r| unhex(r).is_some_and(|r| r.len() == 32))
        .map(str::to_owned)
        .ok_or_else(|| Failure::refused("root", "the city states no root; name it with --root"))
}

/// Certificates of a file, PEM (any number) or DER (one).
///
/// # Errors
/// The file cannot be read or holds none.
pub fn certificates(file: &Path) -> Result<Vec<Vec<u8>>, Failure> {
    use rustls_pki_types::pem::PemObject;
    use rustls_pki_types::CertificateDer;
    let bytes = std::fs::read(file).map_err(|e| Failure::io("ca", &e))?;
    if !bytes.starts_with(b"-----") {
        return Ok(vec![bytes]);
    }
    let ders: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    match ders {
        Ok(ders) if !ders.is_empty() => Ok(ders.iter().map(|d| d.to_vec()).collect()),
        _ => Err(Failure::refused("ca", "no certificate in the file")),
    }
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Bytes of hexadecimal digits.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_there_and_back() {
        assert_eq!(unhex("00ff10"), Some(vec![0, 255, 16]));
        assert_eq!(hex(&[0, 255, 16]), "00ff10");
        for bad in ["0", "zz", "é0"] {
            assert_eq!(unhex(bad), None);
        }
    }
}
