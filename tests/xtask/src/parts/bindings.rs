//! Part `bindings`: the committed Kotlin and Swift are what the library says.

use super::Part;
use crate::commands::bindings;

pub const PART: Part = Part {
    name: "bindings",
    about: "the committed Kotlin and Swift are what the library says",
    downloads: false,
    run: bindings::check,
};
