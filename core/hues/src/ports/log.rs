//! The log: typed events with allow-listed fields. No foreign string, path, id or personal datum can be put into one.

use super::HostError;

/// How loud an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum LogLevel {
    /// For developers.
    Debug,
    /// Worth keeping.
    Info,
    /// Something failed and was handled.
    Warning,
    /// A defect of ours.
    Error,
}

/// One thing that happened, in our words only.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct LogEvent {
    /// How loud.
    pub level: LogLevel,
    /// One of the core's own event names, e.g. `sync.request-failed`.
    pub event: String,
    /// One of the core's own reason names, e.g. `timeout`; empty if none.
    pub reason: String,
    /// A number that goes with it (bytes, count, milliseconds, status), 0 if none.
    pub number: i64,
}

/// Where events go. Called on a thread of the core that may wait; must not call back into the core.
#[cfg_attr(feature = "uniffi", uniffi::export(with_foreign))]
pub trait LogSink: Send + Sync {
    /// Takes one event.
    fn log(&self, event: LogEvent) -> Result<(), HostError>;
}

/// Keeps nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoLog;

impl LogSink for NoLog {
    fn log(&self, _event: LogEvent) -> Result<(), HostError> {
        Ok(())
    }
}
