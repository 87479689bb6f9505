//! The lists of today and of then, whole; names that moved; addresses as people type them.

use super::*;

mod addresses;
mod data_set;
mod editions;
mod names;
mod vectors;
