//! Why a city does not start or stops.

use thiserror::Error;

use crate::storage::StorageError;

/// What can go wrong around the city; requests are answered, never failed, with [`crate::gateway`]'s refusals.
#[derive(Debug, Error)]
pub enum CityError {
    /// Plain HTTP elsewhere than on loopback, or an admin interface that is not on loopback.
    #[error("without TLS a city listens on loopback only, its admin interface always")]
    NotLoopback,
    /// A socket, a file or a thread.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The medium.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Certificates.
    #[error("certificates: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS set-up.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The built-in data cannot be read.
    #[error("built-in data: {0}")]
    Data(&'static str),
}
