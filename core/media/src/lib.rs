//! Photo privacy: bytes of any photo in, a small JPEG that says nothing but its picture out.
//!
//! Invariant: whatever [`clean`] returns was decoded to pixels, written anew marker by marker, and then read again by
//! [`scan`], which shares no code with the writer. A finding means an error, never a photo.
//!
//! Everything here is a pure function over bytes: no file, no clock, no thread, no randomness, no `unsafe`. A photo is
//! never held decoded at full size: rows stream through the scaler, so that the largest photo of a phone (200 million
//! pixels) costs less than [`Limits::memory`] beside its own bytes. The README has the table of what hides where in a
//! photo and what becomes of it.
#![forbid(unsafe_code)]

mod clean;
mod error;
mod facts;
mod guard;
mod jpeg;
mod limits;
mod orient;
mod pieces;
mod png;
mod scale;
mod scan;
mod sniff;
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;
mod webp;

pub use clean::{clean, CleanPhoto};
pub use error::{MediaError, Words, WORDS};
pub use facts::TakenAt;
pub use limits::Limits;
pub use scan::{scan, Finding, Findings};
pub use sniff::{sniff, Kind};

/// The README's example is compiled and run with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
