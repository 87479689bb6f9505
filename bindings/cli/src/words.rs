//! Texts for people, Vietnamese and English side by side, and the core's own words in both.

use hues_core::words::{text, Language, TextForm, TextItem};
use hues_core::{HueError, StorageReason};
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// A text in two languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Both at once.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Words {
        Words {
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// The core's words for something, short or as a sentence.
    pub fn of(item: &TextItem, form: TextForm) -> Words {
        Words::new(
            text(item, Language::Vi, form),
            text(item, Language::En, form),
        )
    }

    /// Why a command failed, as an app would say it.
    pub fn why(failure: &Failure) -> Words {
        let word = |key: &str| failure.say[key].as_str().unwrap_or_default().to_owned();
        let rule = word("rule");
        let error = match word("error").as_str() {
            "invalid" => HueError::Invalid {
                field: word("field"),
                rule,
            },
            "refused" => HueError::Refused { rule },
            "conflict" => HueError::Conflict,
            "upgrade-needed" => HueError::UpgradeNeeded,
            "offline" => HueError::Offline,
            "locked" => HueError::Locked,
            "sign-in-needed" => HueError::SignInNeeded,
            "not-found" => HueError::NotFound,
            "busy" => HueError::Busy,
            "storage" => HueError::Storage {
                reason: match rule.as_str() {
                    "full" => StorageReason::Full,
                    "corrupt" => StorageReason::Corrupt,
                    "wrongkey" => StorageReason::WrongKey,
                    "newer" => StorageReason::Newer,
                    _ => StorageReason::Io,
                },
            },
            _ => HueError::Internal { incident: rule },
        };
        Words::of(&TextItem::Failure { error }, TextForm::Long)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_the_core_keeps_its_words_on_the_way_through_a_process() {
        let empty = Failure::from(HueError::Invalid {
            field: "text".into(),
            rule: "empty".into(),
        });
        assert_eq!(Words::why(&empty).en, "Please write what happened.");
        let full = Failure::from(HueError::Storage {
            reason: StorageReason::Full,
        });
        assert!(Words::why(&full).vi.contains("hết chỗ"));
        let odd = Failure::new(crate::exit::Exit::Internal, "process", "e7", "");
        assert!(Words::why(&odd).en.contains("e7"));
    }
}
