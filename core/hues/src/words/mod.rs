//! The words people read: one catalogue, the same keys in Vietnamese and English (a test holds them together).
//!
//! Shells show these and format nothing. Errors that carry fields lose their `Display` on the way to Kotlin and Swift; a shell
//! asks [`text`] with the error itself.

mod catalogue;
#[cfg(test)]
mod tests;

use hues_protocol::proof::ProofRule;

pub use hues_vietnam::Language;

use crate::error::{HueError, StorageReason};
use crate::feedback::Warning;

/// How much room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum TextForm {
    /// A few words, for a badge or a button.
    Short,
    /// A sentence that says what to do.
    #[default]
    Long,
    /// For a screen reader: no signs, no abbreviations.
    Spoken,
}

/// What can be put into words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum TextItem {
    /// An error.
    Failure {
        /// The error as it was thrown.
        error: HueError,
    },
    /// A rule's name as in [`HueError::Invalid`], [`HueError::Refused`] or a problem of a draft.
    Rule {
        /// The name.
        rule: String,
    },
    /// A state of a report.
    ReportState {
        /// As in a report's `state`.
        state: String,
    },
    /// A state of an op in the outbox.
    OutboxState {
        /// As in an outbox item's `state`; `relinked` for one with that mark.
        state: String,
    },
    /// Why what waits does not move.
    WaitsFor {
        /// As in [`crate::Status`]'s `waits_for`.
        reason: String,
    },
    /// A warning of a draft.
    DraftWarning {
        /// The warning.
        warning: Warning,
    },
}

/// The words for `item`. Never empty: a rule or state that is not known gets a general sentence with the code in it.
#[cfg_attr(feature = "uniffi", uniffi::export)]
#[must_use]
pub fn text(item: &TextItem, language: Language, form: TextForm) -> String {
    let (key, raw) = key_of(item);
    let entry = catalogue::find(&key).unwrap_or_else(|| catalogue::fallback(item));
    let words = entry.in_form(language, form);
    match raw {
        Some(code) => words.replace("{code}", &code),
        None => words,
    }
}

/// The catalogue key, and the raw code to show where the key is not known.
fn key_of(item: &TextItem) -> (String, Option<String>) {
    match item {
        TextItem::Failure { error } => match error {
            HueError::Invalid { field, rule } => {
                let exact = format!("rule.{field}.{rule}");
                let key = if catalogue::find(&exact).is_some() {
                    exact
                } else {
                    format!("rule.{rule}")
                };
                (key, Some(rule.clone()))
            }
            HueError::Refused { rule } => (refused(rule), Some(rule.clone())),
            HueError::NotFound => ("error.not-found".into(), None),
            HueError::Locked => ("error.locked".into(), None),
            HueError::SignInNeeded => ("error.sign-in".into(), None),
            HueError::Offline => ("error.offline".into(), None),
            HueError::Busy => ("error.busy".into(), None),
            HueError::Conflict => ("error.conflict".into(), None),
            HueError::Storage { reason } => (
                match reason {
                    StorageReason::Full => "error.storage.full",
                    StorageReason::Corrupt => "error.storage.corrupt",
                    StorageReason::WrongKey => "error.storage.wrong-key",
                    StorageReason::Newer => "error.upgrade",
                    StorageReason::Io => "error.storage.io",
                }
                .into(),
                None,
            ),
            HueError::UpgradeNeeded => ("error.upgrade".into(), None),
            HueError::Cancelled => ("error.cancelled".into(), None),
            HueError::Internal { incident } => ("error.internal".into(), Some(incident.clone())),
        },
        TextItem::Rule { rule } => (format!("rule.{rule}"), Some(rule.clone())),
        TextItem::ReportState { state } => (format!("state.{state}"), Some(state.clone())),
        TextItem::OutboxState { state } => (format!("outbox.{state}"), Some(state.clone())),
        TextItem::WaitsFor { reason } => (format!("wait.{reason}"), Some(reason.clone())),
        TextItem::DraftWarning { warning } => (
            match warning {
                Warning::OutsideHue => "warning.outside-hue",
                Warning::PlaceVague => "warning.place-vague",
                Warning::NoPlace => "warning.no-place",
                Warning::PhotoElsewhere => "warning.photo-elsewhere",
                Warning::Urgent => "warning.urgent",
                Warning::Anonymous => "warning.anonymous",
            }
            .into(),
            None,
        ),
    }
}

/// The words of a refusal. A proof breaks many rules, and each means the same to a person.
fn refused(rule: &str) -> String {
    let key = format!("rule.{rule}");
    let of_a_proof = || ProofRule::ALL.iter().any(|known| known.name() == rule);
    if catalogue::find(&key).is_none() && of_a_proof() {
        return "rule.proof".into();
    }
    key
}
