//! What a request may add to its data: a file read while it is sent, and its own patience.

use std::io;
use std::sync::Arc;
use std::time::Duration;

/// A file or part of one that is read while it is sent, so that a photo never has to be in memory whole.
pub trait RangedReader: Send + Sync {
    /// Fills `buf` with plaintext from `offset`, counted from the file's beginning; fewer bytes than asked only at its end.
    ///
    /// # Errors
    /// The request then fails; a body is never sent short.
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;
}

/// Extras of one request.
#[derive(Clone, Default)]
pub struct SendOptions {
    /// Where the bytes of a [`hues_protocol::http::Body::File`] come from. Without it such a request fails unsent.
    pub file: Option<Arc<dyn RangedReader>>,
    /// How long nothing may move; `None`: the transport's own patience.
    pub idle: Option<Duration>,
}
