//! What travels between a phone and the city: ops, receipts, beacons, pages, proofs.
//!
//! Invariant: no I/O, no clock, no panic. Everything from outside is bounded, then parsed into a typed value, then judged; what
//! is signed is kept as the bytes that were signed. The wire format is `docs/protocol.md`; this crate is one implementation.

pub mod author;
pub mod beacon;
pub mod bundle;
pub mod cbor;
pub mod city;
pub mod classify;
pub mod config;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod device;
pub mod fields;
pub mod fork;
pub mod hello;
pub mod http;
pub mod ids;
pub mod json;
pub mod keys;
pub mod kinds;
pub mod lane;
pub mod notice;
pub mod op;
pub mod pack;
pub mod page;
pub mod part;
pub mod place;
pub mod problem;
pub mod proof;
pub mod receipt;
pub mod refusal;
pub mod rows;
pub mod sign1;
pub mod text;

pub use cbor::Malformed;
pub use city::{CitySigned, Signed};
pub use ids::{Epoch, Hash, Kid, LaneId, OpHash, OpId, Subject};
