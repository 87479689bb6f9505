//! `hues tour`: the flood day of 28 October 2025, played on this machine.

pub mod page;
pub mod record;
