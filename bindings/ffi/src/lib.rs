//! The library Android and iOS load: hues-core's exported API under one file name, and nothing of its own.
//!
//! Invariant: no type and no function is defined here. What crosses is defined once, in hues-core; this crate only keeps the
//! linker from dropping its symbols. `cargo xtask bindings` reads them back and writes the Kotlin and the Swift.

hues_core::uniffi_reexport_scaffolding!();
