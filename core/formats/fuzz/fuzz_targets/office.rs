//! Any text as a code of an agency, a procedure, a dossier or a person: refused, or kept letter by letter.
#![no_main]

use hues_formats::{AgencyCode, Date, DossierCode, PersonalId, ProcedureCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(code) = AgencyCode::parse(text) {
        assert_eq!(code.to_string(), text);
    }
    if let Ok(code) = ProcedureCode::parse(text) {
        assert_eq!(code.to_string(), text);
    }
    if let Ok(code) = DossierCode::parse(text) {
        assert_eq!(code.to_string(), text);
        assert!(text.starts_with(&code.agency) && text.ends_with(&code.sequence.to_string()));
    }
    if let Ok(id) = PersonalId::parse(text, Date::from_ymd(2026, 1, 1).ok()) {
        assert_eq!(id.to_string(), text);
        assert!(id.birth_year <= 2026);
    }
});
