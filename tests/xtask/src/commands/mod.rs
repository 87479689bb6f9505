//! What the door opens to, one file a subcommand.

pub mod cache;
pub mod harness;
pub mod test;
