//! Reading: the check sum first, then the tree, then what the fields mean together.
//!
//! Invariant: the payee that is told is the only one the bytes allow. Where lengths could be counted in two ways, both are tried,
//! and a code that names another payee in each is refused.

use super::amount::{self, Amount};
use super::crc::crc16;
use super::note::{Notice, Warning};
use super::text::{control, Texts};
use super::tlv::{Field, Reader, Seen, Unit};
use super::{Additional, LanguageTemplate, Payee, PaymentQr, Scheme, Service};
use crate::payload::bounded;
use crate::{bank, Place, Refusal, Rule};

/// The first field of every code (QRCPS, Payload Format Indicator, ID "00"): 01.
const FIRST: &str = "000201";
/// The đồng in ISO 4217.
const VND: &str = "704";

/// Reads a merchant-presented payment code.
///
/// # Errors
/// - `empty`, `too-long`: nothing, or more than 8 KiB.
/// - `not-payment`: it does not begin as a payment code (QRCPS, ID "00").
/// - `checksum`: the last field is a check sum and it is another one (4.7.3).
/// - `truncated`, `format`, `charset`, `length`, `trailing-data`, `duplicate-tag`, `tag-order`: the fields do not follow each other to the end,
///   00 first and 63 last, none twice (QRCPS, Data Organization; IDs "00" and "63").
/// - `missing-tag`: no 53, 58, 63 or no payee at all (QRCPS: mandatory data objects); for a VietQR payment to a merchant also 52 and 59.
/// - `payee`: who is paid cannot be read, or two payees of one scheme contradict each other.
/// - `amount`: no amount (ID "54"), or a fraction of a đồng.
/// - `currency`: not three digits, or a VietQR payee and another currency than 704.
pub fn read(payload: &str) -> Result<PaymentQr<'_>, Refusal> {
    let payload = bounded(payload)?;
    if !payload.starts_with(FIRST) {
        return Err(not_payment(payload));
    }
    let lower_case_crc = check_crc(payload)?;
    if payload.is_ascii() {
        return interpret(payload, Unit::Bytes, true, lower_case_crc);
    }
    let by_characters = interpret(payload, Unit::Characters, false, lower_case_crc);
    let by_bytes = interpret(payload, Unit::Bytes, false, lower_case_crc);
    match (by_characters, by_bytes) {
        (Ok(code), Err(_)) => Ok(code),
        (Err(_), Ok(mut code)) => {
            code.notices.push(Notice::ByteLength);
            Ok(code)
        }
        (Ok(mut code), Ok(other)) => {
            if code.payees != other.payees || code.amount != other.amount {
                return Err(Refusal::whole(Rule::Payee));
            }
            code.notices.push(Notice::AmbiguousLength);
            Ok(code)
        }
        (Err(refusal), Err(_)) => Err(refusal),
    }
}

/// Why a payload that does not begin with payload format 01 is none: its fields are there in another order, or it is something else.
fn not_payment(payload: &str) -> Refusal {
    let mut reader = Reader::new(payload, Unit::Characters);
    let (mut first, mut last) = (false, None);
    while let Ok(Some(field)) = reader.next() {
        first |= field.tag == 0 && field.value == "01";
        last = Some(field.tag);
    }
    match (reader.rest().is_empty() && last == Some(63), first) {
        (true, true) => Refusal::new(Rule::TagOrder, Place::Tag("00".into())),
        (true, false) if !payload.starts_with("00") => {
            Refusal::new(Rule::MissingTag, Place::Tag("00".into()))
        }
        _ => Refusal::whole(Rule::NotPayment),
    }
}

/// Compares the check sum, where the payload ends as one; whether it is in lower case.
fn check_crc(payload: &str) -> Result<bool, Refusal> {
    let bytes = payload.as_bytes();
    let Some((over, digits)) = bytes.split_last_chunk::<4>() else {
        return Ok(false);
    };
    if !over.ends_with(b"6304") {
        return Ok(false); // the walk finds out what is wrong
    }
    let mut said = 0;
    for digit in digits {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'A'..=b'F' => digit - b'A' + 10,
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return Err(wrong_sum()),
        };
        said = said << 4 | u16::from(value);
    }
    match said == crc16(over) {
        true => Ok(digits.iter().any(u8::is_ascii_lowercase)),
        false => Err(wrong_sum()),
    }
}

fn wrong_sum() -> Refusal {
    Refusal::new(Rule::Checksum, Place::Tag("63".into()))
}

fn missing(tag: &str) -> Refusal {
    Refusal::new(Rule::MissingTag, Place::Tag(tag.into()))
}

fn interpret(
    payload: &str,
    unit: Unit,
    ascii: bool,
    lower_case_crc: bool,
) -> Result<PaymentQr<'_>, Refusal> {
    let mut code = PaymentQr {
        initiation: None,
        payees: Vec::new(),
        currency: "",
        amount: None,
        country: "",
        mcc: None,
        merchant_name: None,
        merchant_city: None,
        postal_code: None,
        additional: None,
        language_template: None,
        fields: Vec::with_capacity(16),
        unit,
        warnings: Vec::new(),
        notices: Vec::new(),
    };
    let mut amount: Option<Amount<'_>> = None;
    let mut texts = Texts::default();
    walk(payload, unit, &mut code.fields)?;
    if let Some(at) = control(payload, ascii) {
        return Err(Refusal::byte(Rule::Charset, at));
    }
    let (mut currency, mut country) = (None, None);
    for field in &code.fields {
        let value = field.value;
        match field.tag {
            1 => code.initiation = Some(value),
            2..=51 => code.payees.push(Payee::read(*field, unit)?),
            52 => code.mcc = Some(value),
            53 => currency = Some(value),
            54 => amount = Some(amount::read(value)?),
            58 => country = Some(value),
            59 => code.merchant_name = Some(texts.name(value)),
            60 => code.merchant_city = Some(texts.clean(value)),
            61 => code.postal_code = Some(texts.clean(value)),
            62 => code.additional = Some(Additional::read(value, unit, &mut texts)?),
            64 => {
                code.language_template = Some(LanguageTemplate::read(value, unit, &mut texts)?);
            }
            _ => {}
        }
    }
    code.currency = currency.ok_or_else(|| missing("53"))?;
    code.country = country.ok_or_else(|| missing("58"))?;
    if code.payees.is_empty() {
        return Err(missing("02-51"));
    }
    for payee in &mut code.payees {
        payee.settle(code.country, code.currency);
    }
    agree(&code, amount.as_ref())?;
    code.amount = amount.as_ref().and_then(|a| a.plain);
    code.warnings = warnings(&code, amount.as_ref(), &texts);
    code.notices = notices(&code, lower_case_crc, &texts);
    Ok(code)
}

/// All root fields: 00 first (seen to already), 63 last, none twice.
fn walk<'a>(payload: &'a str, unit: Unit, fields: &mut Vec<Field<'a>>) -> Result<(), Refusal> {
    let mut reader = Reader::new(payload, unit);
    let mut seen = Seen::default();
    loop {
        let Some(field) = reader.next()? else {
            return Err(missing("63"));
        };
        if seen.twice(field.tag) {
            let tag = format!("{:02}", field.tag);
            return Err(Refusal::new(Rule::DuplicateTag, Place::Tag(tag)));
        }
        fields.push(field);
        if field.tag == 63 {
            break;
        }
    }
    if !reader.rest().is_empty() {
        return Err(after_the_end(reader, seen));
    }
    match fields.last().map_or("", |crc| crc.value) {
        // It was compared already when it stood where it belongs.
        crc if crc.len() == 4 && payload.as_bytes().ends_with(crc.as_bytes()) => Ok(()),
        _ => Err(Refusal::new(Rule::Length, Place::Tag("63".into()))),
    }
}

/// What stands behind 63: further fields (63 is out of order, or twice), or anything else.
fn after_the_end(mut reader: Reader<'_>, mut seen: Seen) -> Refusal {
    let at = reader.at();
    loop {
        match reader.next() {
            Ok(None) => return Refusal::new(Rule::TagOrder, Place::Tag("63".into())),
            Ok(Some(field)) if seen.twice(field.tag) => {
                let tag = format!("{:02}", field.tag);
                return Refusal::new(Rule::DuplicateTag, Place::Tag(tag));
            }
            Ok(Some(_)) => {}
            Err(_) => return Refusal::byte(Rule::TrailingData, at),
        }
    }
}

/// What fields say together must agree.
fn agree(code: &PaymentQr<'_>, amount: Option<&Amount<'_>>) -> Result<(), Refusal> {
    let is_number = code.currency.len() == 3 && code.currency.bytes().all(|b| b.is_ascii_digit());
    let vietqr = code.payees.iter().find_map(|p| p.bank);
    if !is_number || (vietqr.is_some() && code.currency != VND) {
        return Err(Refusal::new(Rule::Currency, Place::Tag("53".into())));
    }
    if code.currency == VND && amount.is_some_and(|a| a.has_fraction) {
        return Err(amount::refused());
    }
    for (n, payee) in code.payees.iter().enumerate() {
        if code.payees.iter().take(n).any(|p| p.contradicts(payee)) {
            let tag = format!("{:02}", payee.tag);
            return Err(Refusal::new(Rule::Payee, Place::Tag(tag)));
        }
    }
    // NAPAS QR format: a payment to a merchant says which trade and whose.
    if vietqr.is_some_and(|b| b.service == Service::Merchant) {
        if code.mcc.is_none() {
            return Err(missing("52"));
        }
        if code.merchant_name.is_none() {
            return Err(missing("59"));
        }
    }
    Ok(())
}

fn warnings(code: &PaymentQr<'_>, amount: Option<&Amount<'_>>, texts: &Texts) -> Vec<Warning> {
    let mut found = Vec::new();
    let mut when = |holds: bool, warning| {
        if holds {
            found.push(warning);
        }
    };
    when(
        amount.is_some_and(|a| a.plain.is_none()),
        Warning::ZeroAmount,
    );
    when(
        amount.is_some_and(|a| a.zero_fraction),
        Warning::ZeroFraction,
    );
    let is_static = code.initiation == Some("11");
    when(is_static && code.amount.is_some(), Warning::StaticAmount);
    if let Some(raw) = super::tlv::find(&code.fields, 59) {
        when(
            raw.len() > 25 && raw.chars().count() > 25,
            Warning::NameTooLong,
        );
    }
    let name = code.merchant_name.as_deref();
    when(
        name.is_some_and(|n| n.trim().is_empty()),
        Warning::EmptyName,
    );
    let is_mcc = |mcc: &str| mcc.len() == 4 && mcc.bytes().all(|b| b.is_ascii_digit());
    when(code.mcc.is_some_and(|mcc| !is_mcc(mcc)), Warning::Mcc);
    when(code.payees.len() > 1, Warning::SeveralPayees);
    let unknown = |p: &Payee<'_>| p.scheme == Scheme::Unknown;
    when(code.payees.iter().any(unknown), Warning::UnknownScheme);
    let mut banks = code.payees.iter().filter_map(|p| p.bank);
    when(
        banks.any(|b| bank::by_bin(b.bin).is_none()),
        Warning::UnknownBin,
    );
    found.extend(texts.warnings());
    found.sort_unstable_by_key(|warning| *warning as u8);
    found
}

fn notices(code: &PaymentQr<'_>, lower_case_crc: bool, texts: &Texts) -> Vec<Notice> {
    let mut found = Vec::new();
    let mut when = |holds: bool, notice| {
        if holds {
            found.push(notice);
        }
    };
    when(code.amount.is_some(), Notice::AmountFixed);
    when(code.currency != VND, Notice::ForeignCurrency);
    when(code.country != "VN", Notice::ForeignPayee);
    when(lower_case_crc, Notice::CrcLowerCase);
    found.extend(texts.notices());
    found
}
