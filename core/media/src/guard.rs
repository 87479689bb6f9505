//! The fence around decoders written by others: a panic in one of them is a damaged picture, not a crash of the app.
//!
//! They are fuzzed by their authors and by us; the fence is for the bug that nobody has met yet. Nothing they touched is
//! used afterwards, which is what makes the assertion of unwind safety true.

use crate::MediaError;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Runs `decode`; a panic inside becomes [`MediaError::Damaged`].
pub(crate) fn guarded<T>(decode: impl FnOnce() -> Result<T, MediaError>) -> Result<T, MediaError> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Err(MediaError::Damaged))
}
