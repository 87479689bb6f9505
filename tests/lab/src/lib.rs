//! The flood laboratory: simulated disk, network, time and fleet.

pub mod disk;
pub mod fleet;
pub mod gateway;
