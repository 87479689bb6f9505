//! `hues inspect KIND`: one payload from standard input, what it is to standard output. No network, no clock.
//!
//! Invariant: never repairs, never guesses: a value with warnings, or a refusal that names its rule.

mod due_date;
mod formats;
mod help;
mod ocop;
mod unit;

use std::io::{Read, Write};

use clap::ValueEnum;
use hues_formats::gs1::{DigitalLink, Gtin};
use hues_formats::{emv, BhytNumber, BhytQr, CccdQr, DossierCode, Mrz, PersonalId, PhoneNumber};
use hues_vietnam::{read_dong, Language, Speech, WordsError};
use serde_json::{json, Value};
use unicode_normalization::UnicodeNormalization;

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
    /// A sum of đồng in digits; prints it in words.
    MoneyText,
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

/// Prints the page that teaches a kind, or the list of all.
///
/// # Errors
/// Standard output cannot be written.
pub fn explain(kind: Option<Kind>) -> Result<Exit, Failure> {
    let language = help::language(|name| std::env::var(name).ok());
    let page = match kind {
        Some(kind) => help::page(&name(kind), language).to_owned(),
        None => help::index(language),
    };
    writeln!(std::io::stdout(), "{page}").map_err(|e| Failure::io("stdout", &e))?;
    Ok(Exit::Done)
}

/// The word for a kind on the command line.
fn name(kind: Kind) -> String {
    kind.to_possible_value()
        .map(|v| v.get_name().to_owned())
        .unwrap_or_default()
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
    let name = name(kind);
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
        Kind::Fold => Ok(fold(text)),
        Kind::MoneyText => money_text(text),
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

/// Composed again: the fold leaves Korean, of all scripts, in parts.
fn fold(text: &str) -> Value {
    let folded: String = hues_vietnam::fold(text).nfc().collect();
    json!({"folded": folded, "warnings": []})
}

fn money_text(digits: &str) -> Result<Value, Refusal> {
    let refused = |e: WordsError| match e {
        WordsError::Format => Refusal::new("format", "digits 0 to 9 alone"),
        WordsError::Range => Refusal::new("range", "0 to 999999999999999 đồng"),
    };
    let dong = read_dong(digits).map_err(refused)?;
    let text = hues_vietnam::money_text(dong, Language::Vi, Speech::Northern).map_err(refused)?;
    Ok(json!({"text": text, "warnings": []}))
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

    /// The vectors that every language reads.
    #[test]
    fn shared_vectors_of_the_language_and_the_calendar() {
        for (kind, file) in [
            (
                Kind::Fold,
                include_str!("../../../../core/vietnam/vectors/fold.json"),
            ),
            (
                Kind::MoneyText,
                include_str!("../../../../core/vietnam/vectors/money-text.json"),
            ),
            (
                Kind::DueDate,
                include_str!("../../../../core/vietnam/vectors/due-date.json"),
            ),
        ] {
            let cases: Vec<Value> = serde_json::from_str(file).unwrap();
            assert!(cases.len() > 10);
            for case in cases {
                let name = case["name"].as_str().unwrap();
                match value(kind, case["input"].as_str().unwrap()) {
                    Ok(value) => {
                        let wanted = case["value"].as_object();
                        let wanted = wanted.unwrap_or_else(|| panic!("{name}: {value}"));
                        for (field, wanted) in wanted {
                            assert_eq!(&value[field], wanted, "{name}: {field}");
                        }
                    }
                    Err(refusal) => assert_eq!(case["error"], refusal.rule, "{name}"),
                }
            }
        }
    }

    #[test]
    fn sums_are_said_and_what_is_no_sum_is_refused() {
        let said = |digits: &str| value(Kind::MoneyText, digits);
        assert_eq!(said("100000").unwrap()["text"], "Một trăm nghìn đồng");
        assert_eq!(said("1.000").unwrap_err().rule, "format");
        assert_eq!(said("1000000000000000").unwrap_err().rule, "range");
    }

    #[test]
    fn every_script_comes_out_composed() {
        assert_eq!(
            value(Kind::Fold, "한국").unwrap()["folded"],
            "한국".nfc().collect::<String>()
        );
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
