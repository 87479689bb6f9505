//! Vietnamese field knowledge: the search fold with its tokens and tone ranking, syllables, order and names, numbers and dates
//! in words, law time and the working calendar, and the
//! administrative units of Huế then and now.
//!
//! Invariant: pure. No I/O, no clock, no randomness, no panic on any input. Law time is +07:00, never the phone's zone.
//! What ages (holidays, units) is dated data under `data/`, with its source and the script that rebuilds it.

mod calendar;
mod collate;
#[cfg(feature = "uniffi")]
pub mod crossing;
mod date;
mod due;
mod fold;
mod fold_fast;
mod fold_table;
mod instant;
mod language;
mod names;
mod syllable;
#[cfg(test)]
mod test_data;
mod time_of_day;
mod token;
mod tone;
pub mod units;
mod words;

pub use calendar::{Calendar, CalendarError, CalendarParts, DayKind, DayName, MAX_CALENDAR_BYTES};
pub use collate::{compare, dictionary_key, sort_key, COLLATION_VERSION};
pub use date::{Date, DateError};
pub use due::{
    due, due_date, due_instant, explain, DayNote, DayRole, Deadline, Due, DueError, Ends,
    Explained, Pause, Received, Term, MAX_PAUSES, MAX_TERM,
};
pub use fold::{fold, fold_cow, FOLD_VERSION};
pub use instant::{
    format_local, format_utc, local_date, local_instant, local_ms_of_day, parse_rfc3339,
    InstantError, DAY_MS, LAW_OFFSET_MS,
};
pub use language::Language;
pub use names::{avatar_initials, initials, person_name, place_name, sentence_case};
pub use syllable::{
    fold_slips, read_slip, segment, syllables, Slip, Syllable, Tone, TonePlacement, TypingMethod,
};
pub use time_of_day::{TimeOfDay, TimeOfDayError};
pub use token::{tokens, Token, Tokens, MAX_TOKEN_BYTES};
pub use tone::{same_words, tone_rank, ToneMatch, ToneQuery, ToneRank};
pub use words::{
    date_text, decimal_words, money_text, number_words, read_dong, relative_day, relative_time,
    time_text, DateForm, Speech, TimeForm, WordsError, MAX_DONG, MAX_SPOKEN,
};

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();

/// The example of the README, compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeExample;
