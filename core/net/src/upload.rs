//! A request body that reports each piece the connection takes.
//!
//! Invariant: exactly the promised number of bytes goes out, or the request fails; a reader that shrank meanwhile never
//! turns into a shorter, valid-looking body.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hues_protocol::http::{Body, TransportError};

use crate::options::RangedReader;
use crate::progress::Progress;

/// Small enough that at 2 KB/s the connection asks for a piece every few seconds.
const PIECE: usize = 8 * 1024;

pub(crate) struct Upload {
    source: Source,
    offset: u64,
    end: u64,
    progress: Arc<Progress>,
}

enum Source {
    Bytes(Bytes),
    Reader(Arc<dyn RangedReader>),
}

impl Upload {
    /// None when there is no body to send.
    ///
    /// # Errors
    /// `Other` when the body names a file and no reader was given.
    pub(crate) fn new(
        body: Body,
        file: Option<Arc<dyn RangedReader>>,
        progress: Arc<Progress>,
    ) -> Result<Option<Upload>, TransportError> {
        let (source, offset, end) = match body {
            Body::Empty => return Ok(None),
            Body::Bytes(b) => {
                let end = b.len() as u64;
                (Source::Bytes(Bytes::from(b)), 0, end)
            }
            Body::File { offset, len, .. } => {
                let reader = file.ok_or(TransportError::Other)?;
                let end = offset.checked_add(len).ok_or(TransportError::Other)?;
                (Source::Reader(reader), offset, end)
            }
        };
        Ok((offset < end).then_some(Upload {
            source,
            offset,
            end,
            progress,
        }))
    }

    fn piece(&mut self) -> io::Result<Bytes> {
        let left = self.end - self.offset;
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(PIECE);
        match &mut self.source {
            Source::Bytes(b) => Ok(b.split_to(size)),
            // A few kilobytes from a local file: shorter than a trip to a blocking thread and back.
            Source::Reader(reader) => {
                let mut buf = vec![0; size];
                let mut filled = 0;
                while filled < size {
                    match reader.read_at(self.offset + filled as u64, &mut buf[filled..])? {
                        0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                        n => filled += n.min(size - filled),
                    }
                }
                Ok(Bytes::from(buf))
            }
        }
    }
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.offset == self.end {
            return Poll::Ready(None);
        }
        let piece = self.piece();
        if let Ok(piece) = &piece {
            self.offset += piece.len() as u64;
            self.progress.handed(piece.len());
        }
        Poll::Ready(Some(piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.offset == self.end
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.end - self.offset)
    }
}
