//! Real peers, and what they are held against: a seeded world of keys and acts, proofs good and forged, test vectors.
//!
//! Invariant: everything comes from seeds, so that a difference found once is found again.

pub mod forge;
mod forgeries;
pub mod peer;
pub mod vectors;
pub mod world;
