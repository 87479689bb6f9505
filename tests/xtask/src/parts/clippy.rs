//! Part `clippy`: no lint speaks, in any target of any crate.

use super::Part;
use crate::process::Run;

pub const PART: Part = Part {
    name: "clippy",
    about: "no lint speaks in any target",
    downloads: false,
    // `-D warnings` after the double dash reaches clippy alone: RUSTFLAGS would rebuild every dependency.
    run: |context| {
        Run::cargo(context)
            .args("clippy --quiet --workspace --all-targets -- -D warnings")
            .show()
    },
};
