//! A TCP stream that can be slow or break, below TLS.
//!
//! Invariant: without an active fault it passes bytes through untouched; a cut passes exactly the ordered number of
//! bytes and then resets, so that both sides see a broken connection, never an orderly end.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{sleep_until, Instant, Sleep};

use super::{ConnectionInfo, FaultKind, Faults};

/// The stream of one connection.
pub struct FaultStream {
    inner: TcpStream,
    faults: Arc<Faults>,
    info: Arc<ConnectionInfo>,
    /// The cut that counts now and the bytes it still lets pass.
    cut: Option<(u64, u64)>,
    read_pause: Option<Pin<Box<Sleep>>>,
    write_pause: Option<Pin<Box<Sleep>>>,
    /// The rate fault this connection was already counted for.
    throttled: Option<u64>,
}

impl FaultStream {
    /// Wraps an accepted stream.
    #[must_use]
    pub fn new(inner: TcpStream, faults: Arc<Faults>, info: Arc<ConnectionInfo>) -> FaultStream {
        FaultStream {
            inner,
            faults,
            info,
            cut: None,
            read_pause: None,
            write_pause: None,
            throttled: None,
        }
    }

    /// How many bytes may pass now, and at what rate; an error once the connection is cut.
    fn allowance(&mut self, wanted: usize) -> io::Result<(usize, Option<(u64, u64)>)> {
        let mut allowed = wanted;
        match self.faults.active("cut", self.info.carrier, None) {
            Some((id, FaultKind::Cut { bytes })) => {
                let left = match self.cut {
                    Some((counting, left)) if counting == id => left,
                    _ => bytes,
                };
                if left == 0 {
                    if let Some(broken) = self.strike() {
                        return Err(broken);
                    }
                    self.cut = None; // its last hit went elsewhere meanwhile
                } else {
                    self.cut = Some((id, left));
                    allowed = allowed.min(usize::try_from(left).unwrap_or(usize::MAX));
                }
            }
            _ => self.cut = None,
        }
        match self.faults.active("rate", self.info.carrier, None) {
            Some((id, FaultKind::Rate { bytes_s })) => {
                if self.throttled != Some(id) {
                    self.throttled = Some(id);
                    self.faults.hit(
                        id,
                        format!(
                            "{bytes_s} B/s for {}: {}",
                            self.info.carrier,
                            self.info.describe()
                        ),
                    );
                }
                // A tenth of a second's worth at a time keeps the flow even.
                let step = usize::try_from(bytes_s / 10)
                    .unwrap_or(usize::MAX)
                    .clamp(1, 16 * 1024);
                Ok((allowed.min(step), Some((id, bytes_s))))
            }
            _ => Ok((allowed, None)),
        }
    }

    fn strike(&self) -> Option<io::Error> {
        let info = &self.info;
        self.faults.take("cut", info.carrier, None, |_| {
            format!("cut {}: {}", info.carrier, info.describe())
        })?;
        info.kill();
        Some(io::ErrorKind::ConnectionReset.into())
    }

    /// Books what passed; the pause until the next byte may pass.
    fn passed(
        &mut self,
        bytes: usize,
        inward: bool,
        rate: Option<(u64, u64)>,
    ) -> Option<Pin<Box<Sleep>>> {
        self.info.passed(bytes);
        if let Some((_, left)) = &mut self.cut {
            *left = left.saturating_sub(bytes as u64);
        }
        let (id, bytes_s) = rate?;
        let free = self
            .faults
            .book(id, self.info.client, inward, bytes, bytes_s);
        Some(Box::pin(sleep_until(Instant::from_std(free))))
    }
}

fn pausing(pause: &mut Option<Pin<Box<Sleep>>>, cx: &mut Context<'_>) -> bool {
    let Some(sleep) = pause else { return false };
    let waiting = sleep.as_mut().poll(cx).is_pending();
    if !waiting {
        *pause = None;
    }
    waiting
}

impl AsyncRead for FaultStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.info.killed() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        if pausing(&mut this.read_pause, cx) {
            return Poll::Pending;
        }
        let (allowed, rate) = this.allowance(buf.remaining())?;
        let mut part = ReadBuf::new(buf.initialize_unfilled_to(allowed));
        if Pin::new(&mut this.inner)
            .poll_read(cx, &mut part)?
            .is_pending()
        {
            return Poll::Pending;
        }
        let bytes = part.filled().len();
        buf.advance(bytes);
        this.read_pause = this.passed(bytes, true, rate);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for FaultStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.info.killed() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        if pausing(&mut this.write_pause, cx) {
            return Poll::Pending;
        }
        let (allowed, rate) = this.allowance(data.len())?;
        let part = data.get(..allowed).unwrap_or(data);
        match Pin::new(&mut this.inner).poll_write(cx, part)? {
            Poll::Pending => Poll::Pending,
            Poll::Ready(bytes) => {
                this.write_pause = this.passed(bytes, false, rate);
                Poll::Ready(Ok(bytes))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl Drop for FaultStream {
    fn drop(&mut self) {
        if self.info.killed() {
            // Without lingering, closing sends RST: the client sees a break. If even that fails, it sees an end instead.
            let _ = self.inner.set_zero_linger();
        }
    }
}
