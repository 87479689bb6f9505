//! What becomes of an exception in a host's object.
//!
//! Invariant: it is an error of the core's, never a panic, and nothing of it is kept: its words could hold anything.

/// The host's object failed. A host need not throw this: whatever it throws becomes this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Error))]
pub enum HostError {
    /// It failed; why is the host's to log.
    #[error("the host's object failed")]
    Failed,
}

#[cfg(feature = "uniffi")]
impl From<uniffi::UnexpectedUniFFICallbackError> for HostError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        HostError::Failed
    }
}
