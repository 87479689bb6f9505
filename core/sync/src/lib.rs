//! Outbox lanes, delta pull and attachments: a pure step machine and its synchronous driver.
//!
//! Three layers, each useful alone: [`machine`] decides when things leave and why they wait; [`outbox`] signs and keeps what a
//! person did, in the caller's transaction; the engine joins both to the protocol: events in, requests out, every change of
//! the file in one transaction. Nothing here has a thread, a clock or a socket.
//!
//! Invariant: what a person entered is sent at least once and taken exactly once, in the order of its lane, whatever is
//! killed, cut, filled up or rolled back; and nothing is ever stuck without a name for what it waits for.

pub mod engine;
mod error;
pub mod machine;
mod moment;
pub mod outbox;
pub mod schema;
mod sql;
#[cfg(test)]
mod testkit;
pub mod trust;

pub use error::{Result, SyncError};
pub use moment::Moment;
