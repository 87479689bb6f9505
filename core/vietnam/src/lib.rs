//! Vietnamese field knowledge: the search fold with its tokens and tone ranking, law time and the working calendar, and the
//! administrative units of Huế then and now.
//!
//! Invariant: pure. No I/O, no clock, no randomness, no panic on any input. Law time is +07:00, never the phone's zone.
//! What ages (holidays, units) is dated data under `data/`, with its source and the script that rebuilds it.

mod calendar;
#[cfg(feature = "uniffi")]
pub mod crossing;
mod date;
mod due;
mod fold;
mod fold_table;
mod instant;
mod language;
#[cfg(test)]
mod test_data;
mod time_of_day;
mod token;
mod tone;
pub mod units;

pub use calendar::{Calendar, CalendarError, CalendarParts, DayKind, DayName, MAX_CALENDAR_BYTES};
pub use date::{Date, DateError};
pub use due::{due_date, due_instant, DayNote, DayRole, Due, DueError, Received, MAX_TERM};
pub use fold::{fold, fold_cow, FOLD_VERSION};
pub use instant::{
    format_local, format_utc, local_date, local_instant, local_ms_of_day, parse_rfc3339,
    InstantError, DAY_MS, LAW_OFFSET_MS,
};
pub use language::Language;
pub use time_of_day::{TimeOfDay, TimeOfDayError};
pub use token::{tokens, Token, Tokens, MAX_TOKEN_BYTES};
pub use tone::{same_words, tone_rank, ToneMatch, ToneQuery, ToneRank};

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();
