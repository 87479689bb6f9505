//! Codes of administrative procedures in the national database: `1.004194`.
//!
//! Invariant: a code names one procedure of one edition; names are no identity (one name has many codes).
//!
//! Source: the national database of administrative procedures (Decree 63/2010/NĐ-CP article 24 as amended by 92/2017/NĐ-CP), whose codes
//! are one digit, a dot and six digits.

use std::fmt;

use serde::Serialize;

use crate::payload::bounded;
use crate::{Refusal, Rule};

/// The code of an administrative procedure.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ProcedureCode(String);

impl ProcedureCode {
    /// Reads a code: one digit, a dot, six digits.
    ///
    /// # Errors
    ///
    /// `empty`, `too-long`, `charset`, `length`, `format`.
    pub fn parse(text: &str) -> Result<ProcedureCode, Refusal> {
        let is_of_it = |c: u8| c.is_ascii_digit() || c == b'.';
        if let Some(at) = bounded(text)?.bytes().position(|c| !is_of_it(c)) {
            return Err(Refusal::byte(Rule::Charset, at));
        }
        if text.len() != 8 {
            return Err(Refusal::whole(Rule::Length));
        }
        match text.split_once('.') {
            Some((series, number)) if series.len() == 1 && !number.contains('.') => {
                Ok(ProcedureCode(text.to_owned()))
            }
            _ => Err(Refusal::whole(Rule::Format)),
        }
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProcedureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_what_is_none() {
        for code in ["1.000656", "2.000908", "3.000182"] {
            assert_eq!(ProcedureCode::parse(code).unwrap().to_string(), code);
        }
        for (text, rule) in [
            ("", Rule::Empty),
            ("1.00065", Rule::Length),
            ("1.0006567", Rule::Length),
            ("10.00656", Rule::Format),
            ("1.00.656", Rule::Format),
            ("1,000656", Rule::Charset),
            ("１.00656", Rule::Charset),
        ] {
            assert_eq!(ProcedureCode::parse(text).unwrap_err().rule, rule, "{text}");
        }
    }
}
