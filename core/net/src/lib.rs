//! The default HTTPS transport: reqwest over rustls and *ring*, the caller's roots, the caller's clock, HTTP/2 and 1.1, gzip.
//!
//! It moves bytes and classifies failures; what an answer *means* is judged above (`hues-protocol`). A host that brings its
//! own transport keeps the same rules: no redirect followed, TLS checked, sizes bounded, deadlines that follow progress,
//! nothing of a request in a log or an error.
//!
//! Invariant: this crate holds no state of the outbox; dropping a transport loses nothing but connections.

mod beacon;
mod cancel;
mod config;
mod fault;
mod options;
mod progress;
mod tls;
mod transport;
mod upload;

pub use beacon::UndatedBeacon;
pub use config::{NetConfig, NetError, Origin};
pub use options::{RangedReader, SendOptions};
pub use progress::Pace;
pub use tls::WallClock;
pub use transport::NetTransport;
