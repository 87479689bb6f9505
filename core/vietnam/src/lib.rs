//! Vietnamese field knowledge: the search fold, its tokens and tone ranking.
//!
//! Invariant: pure. No I/O, no clock, no randomness, no panic on any input. Law time is +07:00, never the phone's zone.

mod fold;
mod fold_table;
mod token;
mod tone;

pub use fold::{fold, fold_cow, FOLD_VERSION};
pub use token::{tokens, Token, Tokens, MAX_TOKEN_BYTES};
pub use tone::{same_words, tone_rank, ToneMatch, ToneQuery, ToneRank};
