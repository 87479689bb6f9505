//! What is measured, one file each.

mod bhyt;
mod cccd;
mod digital_link;
mod due_date;
mod fold;
mod gtin;
mod mrz;
mod vietqr;
mod words;

use crate::Step;

/// A figure to be.
pub struct Row {
    /// Its short name: what `--only` takes.
    pub name: &'static str,
    /// What is done once.
    pub what: &'static str,
    /// What it must reach.
    pub goal: Goal,
    /// The fastest peer must be slower by this factor; 0 where no peer is compared.
    pub times_faster: f64,
    /// Libraries written by others that do the same.
    pub peers: &'static [Peer],
    /// Makes the inputs: the peers are given them as they are.
    pub inputs: fn() -> Step<Vec<String>>,
    /// Does the work over all inputs once; returns what was done, in the goal's unit (reads, bytes, look-ups).
    pub work: fn(&[String]) -> u64,
}

/// What a row must reach.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code)] // a unit may have no row for a while
pub enum Goal {
    /// So many a second.
    PerSecond(f64),
    /// So many megabytes (10^6 bytes) a second.
    Megabytes(f64),
    /// Not more than so many microseconds each.
    Microseconds(f64),
}

/// A library written by others, behind a program that `cargo xtask bench formats` sets up.
#[derive(Clone, Copy)]
pub struct Peer {
    /// What the program calls it.
    pub name: &'static str,
    /// The variable that holds the program.
    pub program: &'static str,
}

/// npm packages: tests/interop/peers/formats-node.
pub const NODE: &str = "HUES_PEER_FORMATS_NODE";
/// PyPI packages: tests/interop/peers/formats-python.
pub const PYTHON: &str = "HUES_PEER_FORMATS_PYTHON";

/// All of them, in the order of the table.
pub const ALL: &[Row] = &[
    vietqr::ROW,
    gtin::ROW,
    digital_link::ROW,
    mrz::ROW,
    cccd::ROW,
    bhyt::ROW,
    fold::WHOLE,
    fold::LINES,
    due_date::DUE,
    due_date::EXPLAINED,
    words::ROW,
];
