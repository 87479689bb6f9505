//! Sealed envelopes, AEAD files, signatures and zeroizing keys.
//!
//! Invariant: a secret leaves this crate only inside a type that wipes itself, and every refusal is a [`CryptoError`]
//! that says what kind of misfortune it was, never what the bytes were.

pub mod aead;
pub mod derive;
pub mod envelope;
mod error;
pub mod sealed_file;
mod secret;

pub use error::CryptoError;
pub use secret::{equal, Secret, SecretKey};
