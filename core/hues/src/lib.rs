//! The API apps see: one module per domain, ports, errors, words.

mod version;

pub use version::version;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();
