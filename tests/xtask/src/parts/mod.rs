//! The parts of `cargo xtask test`, one file each, in the order they run: what fails soonest and costs least comes first.
//!
//! To add a part: write `parts/NAME.rs` with a `pub const PART: Part`, name it here and in [`ALL`]. Return [`Stop::Impossible`]
//! for what the host lacks (the part is then skipped with that line) and [`Stop::Failed`] for what is wrong.
//!
//! [`Stop::Impossible`]: crate::stop::Stop::Impossible
//! [`Stop::Failed`]: crate::stop::Stop::Failed

use crate::context::Context;
use crate::stop::Step;

mod android;
mod bindings;
mod clippy;
mod deny;
mod docs;
mod fmt;
mod formats;
mod kill;
mod kotlin;
mod markdown;
mod openapi;
mod photos;
mod planted;
mod play;
mod proof;
mod rust;
mod swift;
mod tour;
mod tus;

/// One part of the test run.
pub struct Part {
    /// The name `--only` and `--skip` take: one word.
    pub name: &'static str,
    /// What it proves, for `--list` and the line printed when it starts.
    pub about: &'static str,
    /// Whether a fresh machine must download something for it beyond crates; `--fast` leaves it out.
    pub downloads: bool,
    /// Does the work.
    pub run: fn(&Context) -> Step,
}

/// Every part, in order.
pub const ALL: &[Part] = &[
    fmt::PART,
    clippy::PART,
    docs::PART,
    deny::PART,
    rust::PART,
    planted::PART,
    kill::PART,
    bindings::PART,
    photos::PART,
    proof::PART,
    openapi::PART,
    tus::PART,
    formats::PART,
    kotlin::PART,
    android::PART,
    swift::PART,
    tour::PART,
    play::PART,
];
