//! Sealed envelopes, AEAD files, signatures and zeroizing keys.
//!
//! Invariant: a secret leaves this crate only inside a type that wipes itself, and every refusal is typed: it says what
//! kind of misfortune it was, never what the bytes were.

pub mod aead;
pub mod derive;
pub mod envelope;
mod error;
pub mod hash;
pub mod hpke;
pub mod sealed_file;
mod secret;
pub mod sign;

pub use error::CryptoError;
pub use secret::{equal, Secret, SecretKey};
