//! The API apps see: one module per domain, ports, errors, words.
//!
//! Open a [`HuesCore`], give it ports, and draw. Everything a person does is saved before a call returns and sent when it can be; what the core shows
//! comes from its own encrypted files, never from the network.

mod account;
mod core;
pub mod desk;
mod driver;
mod error;
mod export;
pub mod feedback;
mod host;
mod ids;
pub mod live;
mod open;
pub mod outbox;
pub mod ports;
pub mod probe;
mod proof;
mod session;
mod status;
#[cfg(feature = "uniffi")]
mod version;
pub mod words;

pub use crate::core::{HomeAccount, HuesCore};
pub use error::{HueError, StorageReason};
pub use open::{open_core, recover_core, CityAddress, CoreConfig, Ports, Recovered};
pub use proof::{verify_proof, ProofVerdict};
pub use session::Who;
pub use status::Status;
#[cfg(feature = "uniffi")]
pub use version::version;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();
