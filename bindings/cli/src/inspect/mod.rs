//! `hues inspect KIND`: one payload from standard input, what it is to standard output. No network, no clock.
//!
//! Invariant: never repairs, never guesses: a value with warnings, or a refusal that names its rule.

mod due_date;
mod formats;
mod ocop;
mod unit;

use std::io::Read;

use clap::ValueEnum;
use hues_formats::gs1::{DigitalLink, Gtin};
use hues_formats::{emv, BhytNumber, BhytQr, CccdQr, DossierCode, Mrz, PersonalId, PhoneNumber};
use serde_json::{json, Value};

use self::formats::{dated, shown};
use crate::exit::{Exit, Failure};
use crate::output::Sink;

/// Any payload is at most this long.
const MAX: usize = 8 * 1024;

/// Kinds of payloads built so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// A text; prints its search form.
    Fold,
    /// Receipt, term and calendar; prints the due date.
    DueDate,
    /// A code, a text or an address; prints the administrative unit of today.
    Unit,
    /// The QR code of a citizen card.
    CccdQr,
    /// A personal identification number of 12 digits.
    PersonalId,
    /// A machine readable zone: TD1, TD2 or TD3.
    Mrz,
    /// A health insurance number: 15 characters, 10 or 12 digits.
    BhytNumber,
    /// The QR code of a health insurance card.
    BhytQr,
    /// The code of a dossier of public services or social insurance.
    DossierCode,
    /// A Vietnamese telephone number.
    PhoneNumber,
    /// Any payment code of a merchant: VietQR, VNPAY, the neighbours' schemes.
    Vietqr,
    /// The number of a product: 8, 12, 13 or 14 digits.
    Gtin,
    /// A GS1 Digital Link address.
    DigitalLink,
    /// Days, score and withdrawal of an OCOP certificate; prints its state and stars.
    Ocop,
}

/// Why a payload is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) rule: &'static str,
    pub(crate) detail: String,
}

impl Refusal {
    pub(crate) fn new(rule: &'static str, detail: impl Into<String>) -> Refusal {
        Refusal {
            rule,
            detail: detail.into(),
        }
    }
}

/// Reads standard input and prints one object; exit 2 when it is refused.
///
/// # Errors
/// Standard input cannot be read.
pub fn run(kind: Kind, sink: &dyn Sink) -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(MAX as u64 + 3)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::io("stdin", &e))?;
    let name = kind
        .to_possible_value()
        .map(|v| v.get_name().to_owned())
        .unwrap_or_default();
    match payload(&bytes).and_then(|text| value(kind, text)) {
        Ok(value) => {
            sink.result(&json!({"ok": true, "kind": name, "value": value}));
            Ok(Exit::Done)
        }
        Err(r) => {
            let error = json!({"rule": r.rule, "detail": r.detail});
            sink.result(&json!({"ok": false, "kind": name, "error": error}));
            Ok(Exit::Refused)
        }
    }
}

/// The payload without its final line end.
fn payload(bytes: &[u8]) -> Result<&str, Refusal> {
    let bytes = bytes
        .strip_suffix(b"\r\n")
        .or_else(|| bytes.strip_suffix(b"\n"))
        .unwrap_or(bytes);
    if bytes.len() > MAX {
        return Err(Refusal::new("too-long", "more than 8 KiB"));
    }
    if bytes.is_empty() {
        return Err(Refusal::new("empty", "nothing on standard input"));
    }
    std::str::from_utf8(bytes).map_err(|_| Refusal::new("charset", "not UTF-8"))
}

fn value(kind: Kind, text: &str) -> Result<Value, Refusal> {
    match kind {
        Kind::Fold => Ok(json!({"folded": hues_vietnam::fold(text), "warnings": []})),
        Kind::DueDate => due_date::read(text),
        Kind::Unit => unit::read(text),
        Kind::CccdQr => shown(CccdQr::parse(text)),
        Kind::PersonalId => dated(text).and_then(|d| shown(PersonalId::parse(&d.text, d.on))),
        Kind::Mrz => dated(text).and_then(|d| shown(Mrz::parse(&d.text, d.on))),
        Kind::BhytNumber => dated(text).and_then(|d| shown(BhytNumber::parse(&d.text, d.on))),
        Kind::BhytQr => shown(BhytQr::parse(text)),
        Kind::DossierCode => shown(DossierCode::parse(text)),
        Kind::PhoneNumber => shown(PhoneNumber::parse(text)),
        Kind::Vietqr => shown(emv::read(text)),
        Kind::Gtin => shown(Gtin::parse(text)),
        Kind::DigitalLink => shown(DigitalLink::parse(text)),
        Kind::Ocop => ocop::read(text),
    }
}

/// A JSON object of a known shape.
pub(crate) fn object<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Refusal> {
    serde_json::from_str(text).map_err(|e| Refusal::new("format", e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_is_dropped_and_bounds_hold() {
        assert_eq!(payload(b"a\r\n").unwrap(), "a");
        assert_eq!(payload(b"a\n\n").unwrap(), "a\n");
        assert_eq!(payload(b"\n").unwrap_err().rule, "empty");
        assert_eq!(payload(&[0xff]).unwrap_err().rule, "charset");
        assert_eq!(payload(&vec![b'a'; MAX + 1]).unwrap_err().rule, "too-long");
        assert!(payload(&vec![b'a'; MAX]).is_ok());
    }

    #[test]
    fn canonically_equal_texts_fold_to_one() {
        let (nfc, nfd) = ("Huế", "Hue\u{302}\u{301}");
        assert_eq!(value(Kind::Fold, nfc), value(Kind::Fold, nfd));
        assert_eq!(
            value(Kind::Fold, "Đường  số 1!").unwrap()["folded"],
            "duong  so 1!"
        );
    }
}
