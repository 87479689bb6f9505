//! Payment codes that a shop shows: EMVCo QR Code Specification for Payment Systems, Merchant-Presented Mode 1.1, with the
//! schemes of Viet Nam (VietQR by NAPAS 247, VNPAY-QR) and of its neighbours.
//!
//! Invariant: a code is read wholly or refused; every field of it is kept, in order, known or not, so that what was read can be
//! written again. A valid check sum proves that a code is unharmed, never that its payee is the right one.

mod additional;
mod amount;
mod build;
mod crc;
#[cfg(feature = "uniffi")]
pub mod crossing;
mod memo;
mod note;
mod payee;
mod read;
mod shown;
#[cfg(test)]
mod tests;
mod text;
mod tlv;

use std::borrow::Cow;
use std::fmt;

pub use additional::{Additional, LanguageTemplate};
pub use build::{Draft, VietQr};
pub use crc::crc16;
pub use memo::memo;
pub use note::{Notice, Warning};
pub use payee::{BankAccount, Payee, Scheme, Service};
pub use read::read;
pub use tlv::{Field, Unit};

/// NAPAS's identifier of VietQR.
pub(crate) const VIETQR_GUID: &str = "A000000727";

/// A merchant-presented payment code. [`read`] makes one; `Display` writes it again, field by field as it was read, with the
/// check sum in upper case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PaymentQr<'a> {
    /// Tag 01 as it was read: `11` static, `12` for one payment; others exist (`13` in Cambodia).
    pub initiation: Option<&'a str>,
    /// Tags 02 to 51, in their order; at least one.
    pub payees: Vec<Payee<'a>>,
    /// Tag 53: three digits of ISO 4217; the đồng is `704`.
    pub currency: &'a str,
    /// Tag 54 as a plain decimal in units of the currency, without useless zeros; none when the payer types it.
    pub amount: Option<&'a str>,
    /// Tag 58 as it was read: the payee's country, two letters of ISO 3166-1.
    pub country: &'a str,
    /// Tag 52 as it was read: the trade, four digits of ISO 18245.
    pub mcc: Option<&'a str>,
    /// Tag 59, fit to be shown: normal form C, without controls of direction.
    pub merchant_name: Option<Cow<'a, str>>,
    /// Tag 60, fit to be shown.
    pub merchant_city: Option<Cow<'a, str>>,
    /// Tag 61, fit to be shown.
    pub postal_code: Option<Cow<'a, str>>,
    /// Tag 62.
    pub additional: Option<Additional<'a>>,
    /// Tag 64.
    pub language_template: Option<LanguageTemplate<'a>>,
    /// Every root field as it was read, unknown ones and the check sum too.
    pub fields: Vec<Field<'a>>,
    /// What the lengths count.
    pub unit: Unit,
    /// What is unusual, none twice.
    pub warnings: Vec<Warning>,
    /// What a payer should see, none twice.
    pub notices: Vec<Notice>,
}

impl PaymentQr<'_> {
    /// The amount in đồng, when it is fixed and the currency is the đồng.
    #[must_use]
    pub fn dong(&self) -> Option<u64> {
        (self.currency == "704")
            .then_some(self.amount?)?
            .parse()
            .ok()
    }
}

impl fmt::Display for PaymentQr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for field in self.fields.iter().filter(|field| field.tag != 63) {
            tlv::write(&mut text, field.tag, field.value, self.unit).ok_or(fmt::Error)?;
        }
        f.write_str(&sealed(text))
    }
}

/// Appends the check sum.
fn sealed(mut text: String) -> String {
    text.push_str("6304");
    let crc = crc16(text.as_bytes());
    text + &format!("{crc:04X}")
}
