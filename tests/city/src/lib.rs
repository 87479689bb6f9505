//! A sandbox city to talk to: the other side of the demo and of the tests.
//!
//! Invariant: one process with everything a phone talks to, loses nothing when killed, and breaks on demand. Its rules
//! are the synchronous [`gateway`], which the laboratory drives directly; [`City::start`] puts listener, TLS, faults and
//! an admin interface around it. It is never the proof of interoperability: that is the job of real peers.

mod city;
mod config;
mod error;
pub mod fault;
pub mod gateway;
mod server;
pub mod storage;

pub use city::{serve_forever, City, RunningCity};
pub use config::{CityClock, CityConfig, ManualClock, SystemClock};
pub use error::CityError;
