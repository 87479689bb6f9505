//! Formats that Vietnamese citizens, shops and offices print and scan: read into typed values, and built where the format is
//! ours to write.
//!
//! Invariant: pure. No I/O, no clock (a reference date is passed in), no randomness, no panic, linear time and bounded memory
//! on any input. Nothing is repaired and nothing is guessed: an input is read, read with warnings, or refused with the rule it
//! breaks and the place where it breaks it. Each module names the clause it follows.

mod refusal;

pub use hues_vietnam::{Date, Language};
pub use refusal::{Place, Refusal, Rule};

/// Longest payload any reader of this crate looks at, in bytes.
pub const MAX_BYTES: usize = 8 * 1024;
