//! What GS1 prints on goods: trade item numbers, element strings (application identifiers with their values), Digital Link
//! addresses, and the dates in them.
//!
//! Source: GS1 General Specifications (release 24), GS1 Digital Link Standard: URI Syntax (release 1.6). Viet Nam: TCVN 12850:2019
//! follows them for traceability.

mod ai;
#[cfg(feature = "uniffi")]
pub mod crossing;
mod date;
mod element;
mod gtin;
mod link;
mod link_text;

pub use ai::Ai;
pub use date::date_of;
pub use element::{Element, ElementString};
pub use gtin::{check_digit, Gtin, GtinFormat};
pub use link::{DigitalLink, LinkBuilder, LinkWarning};
