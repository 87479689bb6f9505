//! Journeys across real processes: `hues` is started, watched, killed, and judged by what it stores.
//!
//! Invariant: nothing here looks into a phone or a city but through what the program prints; so whatever holds here holds
//! for anyone who runs it. The tour of `bindings/cli` stands on [`process`] and [`ledger`] too.

pub mod kill;
pub mod ledger;
pub mod process;
