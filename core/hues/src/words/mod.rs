//! The words people read: one catalogue, the same keys in Vietnamese and English (a test holds them together).
//!
//! Shells show these and format nothing. Errors that carry fields lose their `Display` on the way to Kotlin and Swift; a shell
//! asks [`text`] with the error itself.

mod catalogue;

use crate::error::{HueError, StorageReason};
use crate::feedback::Warning;

/// A language of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Language {
    /// Tiếng Việt.
    #[default]
    Vi,
    /// English.
    En,
}

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
        /// As in an outbox item's `state`.
        state: String,
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
            HueError::Refused { rule } => (format!("rule.{rule}"), Some(rule.clone())),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_rule_still_has_words_with_its_code() {
        let item = TextItem::Failure {
            error: HueError::refused("of-the-future"),
        };
        assert!(text(&item, Language::Vi, TextForm::Long).contains("of-the-future"));
        assert!(text(&item, Language::En, TextForm::Long).contains("of-the-future"));
    }

    #[test]
    fn a_field_has_its_own_words_where_it_needs_them() {
        let empty = TextItem::Failure {
            error: HueError::invalid("text", "empty"),
        };
        assert!(text(&empty, Language::Vi, TextForm::Long).contains("nội dung"));
    }
}
