//! `hues`: the terminal shell.
fn main() {}
