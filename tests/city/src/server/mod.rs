//! Sockets around the gateway: listener, TLS, connections, the rhythm of backups.
//!
//! Invariant: no rule lives here. A connection's bytes pass the fault layer below TLS; each request goes to the gateway
//! and its answer back. Stopping loses nothing: what was answered was committed before.

pub(crate) mod admin;
pub(crate) mod core;
mod service;
pub(crate) mod tls;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use self::core::Core;
use crate::fault::{ConnectionInfo, FaultStream};

/// After a failed accept (out of file descriptors, say) the listener takes a breath instead of spinning.
const BREATH: Duration = Duration::from_millis(50);

/// Accepts for ever.
pub(crate) async fn listen(listener: TcpListener, core: Arc<Core>, tls: Option<TlsAcceptor>) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let info = ConnectionInfo::new(peer.ip());
                tokio::spawn(connection(stream, info, Arc::clone(&core), tls.clone()));
            }
            Err(_) => tokio::time::sleep(BREATH).await,
        }
    }
}

/// Serves one connection until it ends, breaks, or its carrier goes down.
async fn connection(
    stream: TcpStream,
    info: Arc<ConnectionInfo>,
    core: Arc<Core>,
    tls: Option<TlsAcceptor>,
) {
    let _ = stream.set_nodelay(true); // without it answers are only slower
    let carrier = info.carrier;
    let faults = Arc::clone(&core.faults);
    let stream = FaultStream::new(stream, Arc::clone(&faults), Arc::clone(&info));
    let down = faults.outage(carrier, || {
        format!("outage {carrier}: connection reset {}", info.describe())
    });
    tokio::select! {
        biased;
        // The reset happens when the stream is dropped, which this branch causes.
        () = down => info.kill(),
        () = speak(stream, Arc::clone(&info), core, tls) => {}
    }
}

async fn speak(
    stream: FaultStream,
    info: Arc<ConnectionInfo>,
    core: Arc<Core>,
    tls: Option<TlsAcceptor>,
) {
    match tls {
        None => serve(stream, info, core).await,
        // A handshake that fails is the client's to notice.
        Some(acceptor) => {
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, info, core).await;
            }
        }
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    info: Arc<ConnectionInfo>,
    core: Arc<Core>,
) {
    let service = service_fn(move |request| {
        let (core, info) = (Arc::clone(&core), Arc::clone(&info));
        async move { Ok::<_, Infallible>(service::serve(core, info, request).await) }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    // A connection that broke off is no event for a server.
    let _ = builder
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Backs up in a rhythm. A backup that fails leaves the watermark where it is, and the next turn tries again.
pub(crate) async fn backups(core: Arc<Core>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        let core = Arc::clone(&core);
        let _ = tokio::task::spawn_blocking(move || core.backup_if_grown()).await;
    }
}
