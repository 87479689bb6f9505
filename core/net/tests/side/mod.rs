//! The other side: a TLS listener with invented authorities whose every byte a test decides.
#![allow(dead_code, clippy::unwrap_used)]

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use hues_net::{NetConfig, NetTransport, Pace, SendOptions};
use hues_protocol::http::{Body, Class, HttpRequest, HttpResponse, Method, TransportError};
use rcgen::{date_time_ymd, BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;
use tokio_rustls::TlsAcceptor;

/// 28 October 2025, 07:00 in Huế.
pub const NOW: i64 = 1_761_609_600_000;
pub const YEAR: i64 = 365 * 24 * 3600 * 1000;

/// A server, its authority and how often it was connected to.
pub struct Side {
    pub address: SocketAddr,
    pub root: Vec<u8>,
    pub connections: Arc<AtomicUsize>,
}

impl Side {
    pub fn connected(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub fn origin(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    pub fn config(&self) -> NetConfig {
        NetConfig {
            origin: self.origin(),
            roots: vec![self.root.clone()],
            local_address: None,
            clock: Arc::new(|| NOW),
            pace: Pace {
                idle: Duration::from_millis(800),
                floor: 1000,
                connect: Duration::from_secs(5),
            },
        }
    }

    pub fn transport(&self) -> NetTransport {
        NetTransport::new(self.config()).unwrap()
    }
}

/// Certificates: a root good from 2020 to 2040, a leaf for `name` good through 2025.
fn certificates(name: &str) -> (Vec<u8>, rustls::ServerConfig) {
    let mut ca = CertificateParams::new(Vec::<String>::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.not_before = date_time_ymd(2020, 1, 1);
    ca.not_after = date_time_ymd(2040, 1, 1);
    let ca_key = KeyPair::generate().unwrap();
    let root = ca.self_signed(&ca_key).unwrap().der().to_vec();
    let issuer = Issuer::new(ca, ca_key);

    let mut leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    leaf.not_before = date_time_ymd(2025, 1, 1);
    leaf.not_after = date_time_ymd(2026, 1, 1);
    let key = KeyPair::generate().unwrap();
    let cert = leaf.signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from(cert.der().to_vec())],
            PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        )
        .unwrap();
    (root, config)
}

/// Starts a server for `localhost`; `talk` gets every connection whose handshake succeeded.
pub async fn side<F, Fut>(talk: F) -> Side
where
    F: Fn(TlsStream<TcpStream>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    side_for("localhost", &[], talk).await
}

/// The same with a certificate for `name` and these ALPN protocols.
pub async fn side_for<F, Fut>(name: &str, alpn: &[&[u8]], talk: F) -> Side
where
    F: Fn(TlsStream<TcpStream>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let (root, mut tls) = certificates(name);
    tls.alpn_protocols = alpn.iter().map(|a| a.to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let (count, talk) = (connections.clone(), Arc::new(talk));
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let (acceptor, talk) = (acceptor.clone(), talk.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(tcp).await {
                    talk(stream).await;
                }
            });
        }
    });
    Side {
        address,
        root,
        connections,
    }
}

/// Reads a request's head and as much of its body as came with it.
pub async fn read_head(s: &mut TlsStream<TcpStream>) -> String {
    let mut seen = Vec::new();
    let mut buf = [0; 4096];
    while !seen.windows(4).any(|w| w == b"\r\n\r\n") {
        match s.read(&mut buf).await {
            Ok(n) if n > 0 => seen.extend_from_slice(&buf[..n]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&seen).into_owned()
}

/// Answers with these bytes and goes away politely.
pub async fn say(s: &mut TlsStream<TcpStream>, bytes: &[u8]) {
    let _ = s.write_all(bytes).await;
    let _ = s.flush().await;
    let _ = s.shutdown().await;
}

/// An answer of this status, with these extra header lines (each ended by CR LF) and body.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}

/// A `GET` of this target that accepts up to 64 KiB.
pub fn get(path: &str) -> HttpRequest {
    HttpRequest {
        id: 7,
        method: Method::Get,
        path: path.into(),
        headers: vec![("authorization".into(), "Bearer verysecret".into())],
        body: Body::Empty,
        max_response: 64 * 1024,
        class: Class::Words,
    }
}

/// Sends with nothing special.
pub async fn send(t: &NetTransport, r: HttpRequest) -> Result<HttpResponse, TransportError> {
    t.send(r, SendOptions::default()).await
}
