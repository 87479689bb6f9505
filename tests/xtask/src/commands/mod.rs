//! What the door opens to, one file a subcommand.

pub mod bench;
pub mod bindings;
pub mod cache;
pub mod datapack;
pub mod fuzz;
pub mod harness;
pub mod mutants;
pub mod pin;
pub mod setup;
pub mod size;
pub mod test;
