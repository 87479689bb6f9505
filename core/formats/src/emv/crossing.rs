//! Payment codes for Kotlin and Swift.
//!
//! Invariant: [`PaymentQr`] borrows from the text it was read from, and a borrow cannot cross: these records own what it
//! says, field for field by the same names, for what a payer's and a seller's screen needs. Nothing is decided here.

use super::{Draft, Notice, PaymentQr, Scheme, Warning};
use crate::crossing::ReadError;

/// A payee of a payment code.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PaymentPayee {
    /// The tag it stands under, 2 to 51.
    pub tag: u8,
    /// The scheme it belongs to.
    pub scheme: Scheme,
    /// The scheme's identifier as it was read.
    pub guid: Option<String>,
    /// Who is paid, in the scheme's own words.
    pub id: Option<String>,
    /// The bank's number; VietQR alone.
    pub bin: Option<String>,
    /// The account, card or merchant number; VietQR alone.
    pub account: Option<String>,
    /// What the bank is asked to do: `QRIBFTTA`, `QRIBFTTC`, `QRPUSH`; VietQR alone.
    pub service: Option<String>,
    /// The bank's short name, where the table has it.
    pub bank: Option<String>,
}

/// A payment code that was read.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PaymentCode {
    /// `11` static, `12` for one payment.
    pub initiation: Option<String>,
    /// The payees, at least one.
    pub payees: Vec<PaymentPayee>,
    /// Three digits of ISO 4217; the đồng is `704`.
    pub currency: String,
    /// A plain decimal in units of the currency; none when the payer types it.
    pub amount: Option<String>,
    /// The amount in đồng, when it is fixed and the currency is the đồng.
    pub dong: Option<u64>,
    /// The payee's country, two letters.
    pub country: String,
    /// The trade, four digits of ISO 18245.
    pub mcc: Option<String>,
    /// The payee's name, fit to be shown.
    pub merchant_name: Option<String>,
    /// The payee's town, fit to be shown.
    pub merchant_city: Option<String>,
    /// Number of the bill.
    pub bill_number: Option<String>,
    /// What the payment is for.
    pub purpose: Option<String>,
    /// What is unusual.
    pub warnings: Vec<Warning>,
    /// What a payer should see.
    pub notices: Vec<Notice>,
}

impl From<PaymentQr<'_>> for PaymentCode {
    fn from(code: PaymentQr<'_>) -> PaymentCode {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let additional = code.additional.as_ref();
        PaymentCode {
            initiation: owned(code.initiation),
            payees: code
                .payees
                .iter()
                .map(|payee| PaymentPayee {
                    tag: payee.tag,
                    scheme: payee.scheme,
                    guid: owned(payee.guid),
                    id: owned(payee.id()),
                    bin: owned(payee.bank.map(|bank| bank.bin)),
                    account: owned(payee.bank.map(|bank| bank.account)),
                    service: payee.bank.map(|bank| bank.service.code().to_owned()),
                    bank: payee
                        .bank
                        .and_then(|bank| crate::bank::by_bin(bank.bin))
                        .map(|bank| bank.short_name.to_owned()),
                })
                .collect(),
            currency: code.currency.to_owned(),
            amount: owned(code.amount),
            dong: code.dong(),
            country: code.country.to_owned(),
            mcc: owned(code.mcc),
            merchant_name: owned(code.merchant_name.as_deref()),
            merchant_city: owned(code.merchant_city.as_deref()),
            bill_number: owned(additional.and_then(|a| a.bill_number.as_deref())),
            purpose: owned(additional.and_then(|a| a.purpose.as_deref())),
            warnings: code.warnings,
            notices: code.notices,
        }
    }
}

/// Reads a payment code of any EMVCo merchant.
///
/// # Errors
///
/// See [`super::read`].
#[uniffi::export]
pub fn read_payment_code(text: &str) -> Result<PaymentCode, ReadError> {
    Ok(super::read(text)?.into())
}

/// The text of a seller's own VietQR code for an account: with an amount in đồng it is for one payment.
///
/// # Errors
///
/// What cannot be written exactly: see [`Draft::build`].
#[uniffi::export]
pub fn build_vietqr(
    bin: &str,
    account: &str,
    dong: Option<u64>,
    purpose: Option<String>,
) -> Result<String, ReadError> {
    let mut draft = Draft::account(bin, account);
    if let Some(dong) = dong {
        draft = draft.amount(dong);
    }
    if let Some(purpose) = purpose {
        draft = draft.purpose(&super::memo(&purpose));
    }
    Ok(draft.build()?.to_string())
}
