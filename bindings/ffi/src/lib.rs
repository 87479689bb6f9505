//! The library Android and iOS load: the exported API of hues-core, hues-formats and hues-vietnam under one file name, and nothing of its own.
//!
//! Invariant: no type and no function is defined here. What crosses is defined once, in the crate it belongs to; this crate only keeps the
//! linker from dropping its symbols. `cargo xtask bindings` reads them back and writes the Kotlin and the Swift.

hues_core::uniffi_reexport_scaffolding!();
hues_formats::uniffi_reexport_scaffolding!();
hues_vietnam::uniffi_reexport_scaffolding!();
