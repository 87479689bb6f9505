//! One connection in the attacker's own hands: bytes out in whatever pieces, ends closed when it pleases, one HTTP/1.1 answer in.
//!
//! Invariant: an answer is bounded and waited for a bounded time; whatever the other side does, a call returns.

use std::sync::Arc;
use std::time::Duration;

use hues_protocol::http::HttpResponse;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Patience with one answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// No answer of the protocol is larger.
const MAX_ANSWER: usize = 4 * 1024 * 1024;

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// Where connections go.
pub(super) struct Dial {
    pub(super) authority: String,
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Dial {
    /// A dial for an origin that `hues-net` took.
    pub(super) fn new(origin: &str, ca: &[Vec<u8>]) -> Result<Dial, String> {
        let (scheme, authority) = origin.split_once("://").ok_or("not an address")?;
        let authority = authority.trim_end_matches('/').to_owned();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().map_err(|_| "port")?),
            _ => (authority.as_str(), if scheme == "https" { 443 } else { 80 }),
        };
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let tls = match scheme {
            "https" => Some(connector(ca, &host)?),
            _ => None,
        };
        Ok(Dial {
            host,
            port,
            tls,
            authority,
        })
    }

    pub(super) async fn connect(&self) -> std::io::Result<Wire> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        stream.set_nodelay(true)?;
        let stream: Box<dyn Duplex> = match &self.tls {
            None => Box::new(stream),
            Some((connector, name)) => Box::new(connector.connect(name.clone(), stream).await?),
        };
        Ok(Wire {
            stream,
            read: Vec::new(),
        })
    }
}

fn connector(ca: &[Vec<u8>], host: &str) -> Result<(TlsConnector, ServerName<'static>), String> {
    let mut roots = rustls::RootCertStore::empty();
    for der in ca {
        roots
            .add(CertificateDer::from(der.clone()))
            .map_err(|e| e.to_string())?;
    }
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // Pieces and half-open ends are said in HTTP/1.1 here.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from(host.to_owned()).map_err(|e| e.to_string())?;
    Ok((TlsConnector::from(Arc::new(config)), name))
}

/// An open connection.
pub(super) struct Wire {
    stream: Box<dyn Duplex>,
    read: Vec<u8>,
}

impl Wire {
    pub(super) async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Says that nothing more is coming; what was written still arrives.
    pub(super) async fn finish(&mut self) {
        // The other side may have gone already: then it knows.
        let _ = self.stream.shutdown().await;
    }

    /// The next answer; `None` when the connection ended or was silent for too long.
    pub(super) async fn answer(&mut self, head_only: bool) -> Option<HttpResponse> {
        timeout(PATIENCE, self.read_answer(head_only))
            .await
            .ok()
            .flatten()
    }

    async fn read_answer(&mut self, head_only: bool) -> Option<HttpResponse> {
        loop {
            let end = loop {
                if let Some(at) = self.read.windows(4).position(|w| w == b"\r\n\r\n") {
                    break at;
                }
                self.more().await?;
            };
            let head: Vec<u8> = self.read.drain(..end + 4).collect();
            let mut response = parse_head(&head)?;
            // 100 and the like announce the answer, they are none.
            if (100..200).contains(&response.status) {
                continue;
            }
            if !head_only && response.status != 204 && response.status != 304 {
                response.body = self.body(&response).await?;
            }
            return Some(response);
        }
    }

    async fn body(&mut self, response: &HttpResponse) -> Option<Vec<u8>> {
        let chunked = response
            .header("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        if chunked {
            return self.chunks().await;
        }
        let Some(length) = response.number("content-length") else {
            while self.more().await.is_some() {}
            return Some(std::mem::take(&mut self.read));
        };
        let length = usize::try_from(length).ok().filter(|n| *n <= MAX_ANSWER)?;
        while self.read.len() < length {
            self.more().await?;
        }
        Some(self.read.drain(..length).collect())
    }

    async fn chunks(&mut self) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                if let Some(at) = self.read.windows(2).position(|w| w == b"\r\n") {
                    break self.read.drain(..at + 2).collect::<Vec<u8>>();
                }
                self.more().await?;
            };
            let digits = std::str::from_utf8(&line)
                .ok()?
                .trim()
                .split(';')
                .next()?
                .trim()
                .to_owned();
            let size = usize::from_str_radix(&digits, 16)
                .ok()
                .filter(|n| *n <= MAX_ANSWER)?;
            while self.read.len() < size + 2 {
                self.more().await?;
            }
            body.extend(self.read.drain(..size));
            self.read.drain(..2);
            if size == 0 {
                return Some(body);
            }
        }
    }

    async fn more(&mut self) -> Option<()> {
        let mut buffer = [0; 16 * 1024];
        match self.stream.read(&mut buffer).await {
            Ok(n) if n > 0 && self.read.len() + n <= MAX_ANSWER + 64 * 1024 => {
                self.read.extend_from_slice(buffer.get(..n)?);
                Some(())
            }
            _ => None,
        }
    }
}

fn parse_head(head: &[u8]) -> Option<HttpResponse> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Some(HttpResponse {
        status: status.parse().ok()?,
        headers,
        body: Vec::new(),
    })
}
