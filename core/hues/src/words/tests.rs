//! Nothing that can be shown is without words: what must have some is computed from the code, never listed by hand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hues_media::WORDS;
use hues_protocol::config::Config;
use hues_protocol::proof::ProofRule;
use hues_protocol::refusal::Rule;
use hues_sync::outbox::{Hint, OpState};

use super::*;

/// Own words in every language and form, not the general sentence for what is unknown.
fn speaks(item: &TextItem) {
    for language in [Language::Vi, Language::En] {
        for form in [TextForm::Short, TextForm::Long, TextForm::Spoken] {
            let words = text(item, language, form);
            let general = catalogue::fallback(item).in_form(language, form);
            let code = key_of(item).1.unwrap_or_default();
            assert_ne!(words, general.replace("{code}", &code), "{item:?}");
            assert!(!words.is_empty() && !words.contains('{'), "{item:?}");
        }
    }
}

fn rule(name: &str) -> TextItem {
    TextItem::Rule { rule: name.into() }
}

fn failure(error: HueError) -> TextItem {
    TextItem::Failure { error }
}

/// Every `.rs` file below a folder of this repository, without its tests.
fn sources(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(path) = folders.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).unwrap();
            folders.extend(entries.map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            found.push(code.to_owned());
        }
    }
    assert!(!found.is_empty(), "{folder}");
    found
}

/// The string literals among the arguments of every call of `name` whose last argument is one; a rule that is computed is somebody else's list.
fn literals(code: &str, name: &str) -> Vec<Vec<String>> {
    let mut calls = Vec::new();
    for (at, _) in code.match_indices(name) {
        let (mut depth, mut inside, mut found) = (0, None::<String>, Vec::new());
        let mut last = false;
        for c in code[at + name.len() - 1..].chars() {
            match (&mut inside, c) {
                (Some(text), '"') => {
                    let text = std::mem::take(text);
                    if depth == 1 {
                        found.push(text);
                        last = true;
                    }
                    inside = None;
                }
                (Some(text), c) => text.push(c),
                (None, '"') => inside = Some(String::new()),
                (None, '(') => depth += 1,
                (None, ')') => depth -= 1,
                (None, c) => last &= c.is_whitespace() || c == ',',
            }
            if depth == 0 {
                break;
            }
        }
        calls.extend(last.then_some(found));
    }
    calls
}

#[test]
fn every_rule_the_core_itself_refuses_by() {
    let mut seen = BTreeSet::new();
    for code in sources("src") {
        for call in literals(&code, "refused(") {
            seen.extend(call.last().map(|name| (None, name.clone())));
        }
        for mut call in literals(&code, "invalid(") {
            let name = call.pop();
            seen.extend(name.map(|name| (call.pop(), name)));
        }
    }
    assert!(seen.len() > 15, "{seen:?}");
    for (field, name) in seen {
        speaks(&match field {
            Some(field) => failure(HueError::invalid(&field, &name)),
            None => failure(HueError::refused(&name)),
        });
        speaks(&rule(&name));
    }
}

#[test]
fn every_rule_of_the_protocol_a_photo_or_a_proof() {
    for known in Rule::ALL {
        speaks(&failure(HueError::refused(known.name())));
        speaks(&rule(known.name()));
    }
    for known in ProofRule::ALL {
        speaks(&failure(HueError::refused(known.name())));
    }
    for words in WORDS {
        let name = words.rule.trim_start_matches("photo_").replace('_', "-");
        speaks(&failure(HueError::invalid("photo", &name)));
    }
    for hint in Hint::ALL {
        speaks(&rule(hint.name()));
    }
}

/// Unsigned refusals of the calls somebody waits for, as the city words them.
#[test]
fn every_refusal_of_the_sandbox_city_that_a_person_can_meet() {
    let mut seen = BTreeSet::new();
    for file in ["ops.rs", "session.rs", "media.rs", "call.rs"] {
        for code in sources(&format!("../../tests/city/src/gateway/{file}")) {
            for call in literals(&code, "refuse(") {
                seen.extend(call.last().cloned());
            }
        }
    }
    assert!(seen.len() > 5, "{seen:?}");
    for name in seen {
        speaks(&failure(HueError::refused(&name)));
    }
}

#[test]
fn every_state() {
    let config = Config::builtin();
    let own = ["draft", "queued", "sending", "stuck"];
    let states = config.states.iter().map(|state| state.code.as_str());
    for state in states.chain(own) {
        let state = state.to_owned();
        speaks(&TextItem::ReportState { state });
    }
    let state = "relinked".to_owned();
    speaks(&TextItem::OutboxState { state });
    for state in [
        OpState::Waiting,
        OpState::Sending,
        OpState::Wedged,
        OpState::Done,
    ] {
        let state = state.name().to_owned();
        speaks(&TextItem::OutboxState { state });
    }
}

/// Reasons of waiting, those of today and no other: a new one has no arm here.
#[test]
fn every_reason_of_waiting() {
    use hues_sync::machine::Wait;
    let waits = [
        Wait::InFlight,
        Wait::Nothing,
        Wait::Link,
        Wait::Contact,
        Wait::Keys,
        Wait::Beacon,
        Wait::Power,
        Wait::Update,
        Wait::SignIn,
        Wait::OtherAccount,
        Wait::Wedged,
        Wait::Denied,
        Wait::Slot,
        Wait::Until(hues_env::Mono(0)),
    ];
    for wait in waits {
        match wait {
            Wait::InFlight
            | Wait::Nothing
            | Wait::Link
            | Wait::Contact
            | Wait::Keys
            | Wait::Beacon
            | Wait::Power
            | Wait::Update
            | Wait::SignIn
            | Wait::OtherAccount
            | Wait::Wedged
            | Wait::Denied
            | Wait::Slot
            | Wait::Until(_) => {
                let reason = crate::status::wait_name(wait).to_owned();
                speaks(&TextItem::WaitsFor { reason });
            }
        }
    }
}

/// Kinds of errors: the compiler keeps this list whole, since a new variant has no arm here.
#[test]
fn every_kind_of_error() {
    let all = [
        HueError::NotFound,
        HueError::Locked,
        HueError::SignInNeeded,
        HueError::Offline,
        HueError::Busy,
        HueError::Conflict,
        HueError::UpgradeNeeded,
        HueError::Cancelled,
        HueError::internal("x-1"),
        HueError::invalid("text", "empty"),
        HueError::refused("state"),
    ];
    let reasons = [
        StorageReason::Full,
        StorageReason::Corrupt,
        StorageReason::WrongKey,
        StorageReason::Newer,
        StorageReason::Io,
    ];
    let storage = reasons.map(|reason| HueError::Storage { reason });
    for error in all.into_iter().chain(storage) {
        match &error {
            HueError::Invalid { .. }
            | HueError::NotFound
            | HueError::Locked
            | HueError::SignInNeeded
            | HueError::Offline
            | HueError::Busy
            | HueError::Refused { .. }
            | HueError::Conflict
            | HueError::Storage {
                reason:
                    StorageReason::Full
                    | StorageReason::Corrupt
                    | StorageReason::WrongKey
                    | StorageReason::Newer
                    | StorageReason::Io,
            }
            | HueError::UpgradeNeeded
            | HueError::Cancelled
            | HueError::Internal { .. } => speaks(&failure(error)),
        }
    }
    let warnings = [
        Warning::OutsideHue,
        Warning::PlaceVague,
        Warning::NoPlace,
        Warning::PhotoElsewhere,
        Warning::Urgent,
        Warning::Anonymous,
    ];
    for warning in warnings {
        match warning {
            Warning::OutsideHue
            | Warning::PlaceVague
            | Warning::NoPlace
            | Warning::PhotoElsewhere
            | Warning::Urgent
            | Warning::Anonymous => speaks(&TextItem::DraftWarning { warning }),
        }
    }
}

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
