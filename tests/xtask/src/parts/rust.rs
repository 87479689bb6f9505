//! Part `rust`: every Rust test that needs nothing but cargo.

use super::Part;
use crate::process::Run;

pub const PART: Part = Part {
    name: "rust",
    about: "the Rust tests of every crate",
    downloads: false,
    // All of them run even when one crate fails: one run tells everything.
    run: |context| {
        Run::cargo(context)
            .args("test --quiet --workspace --no-fail-fast")
            .show()
    },
};
