//! Bad input and bad luck, each met by a whole phone (`HuesCore`) with a real city or a hostile server on the other side.
//!
//! Invariant of every test here: no panic, every refusal typed and in words, nothing that was entered lost or sent twice, and a fault that hit nothing
//! fails its test. `docs/guide/bad-luck.md` says what a person sees in each case.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod clock;
mod copies;
mod disk;
mod forger;
mod input;
mod newer;
mod pages;
mod proxy;
mod stuck;
mod trust;
mod vault;
mod world;
