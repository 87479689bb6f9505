//! Codes of public services: agencies, administrative procedures, dossiers.
//!
//! Invariant: codes are compared as written, letter by letter; the raw text stays the identity. A client reads dossier codes and
//! never mints one: the authority gives it.

mod agency;
mod dossier;
mod procedure;

pub use agency::{AgencyCode, AgencyStyle, MAX_AGENCY};
pub use dossier::{DossierCode, DossierScheme};
pub use procedure::ProcedureCode;
