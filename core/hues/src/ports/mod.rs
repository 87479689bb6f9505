//! What the core asks of its host: small traits, each with an in-memory double beside it.
//!
//! Rules for whoever implements one (Kotlin, Swift, Rust): answer quickly or, where a trait hands over a reply object, answer
//! later on it; never call back into the core from inside a method; return the typed error instead of throwing. An
//! unexpected exception is turned into an error, never into a crash.

mod clock;
mod connectivity;
mod host;
mod log;
mod transport;
mod vault;

pub mod doubles;

pub use clock::{Clock, ClockReading, SystemClock};
pub use connectivity::{Link, PowerState};
pub use host::HostError;
pub use log::{LogEvent, LogLevel, LogSink, NoLog};
pub use transport::{
    HttpTransport, TransportFailure, TransportHeader, TransportReply, TransportRequest,
    TransportResponse,
};
pub(crate) use vault::SlotAdapter;
pub use vault::{KeyVault, SlotClass, VaultError};
