//! `cargo xtask`: the one tool door.
fn main() {}
