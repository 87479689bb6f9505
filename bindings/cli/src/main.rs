//! `hues`: the terminal shell.
#![allow(dead_code)]
mod tour;

fn main() {}
