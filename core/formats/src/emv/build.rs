//! Writing: the seller's own VietQR code (NAPAS QR format 1.5.2 on EMVCo QRCPS Merchant-Presented Mode 1.1).
//!
//! Invariant: what cannot be written exactly is refused, never cut or replaced. Everything written is ASCII, so that characters
//! and bytes are the same and no reader can count otherwise.

use std::fmt;

use super::memo::{is_allowed, MAX};
use super::payee::is_account;
use super::tlv::{write, Unit};
use super::{sealed, Service, VIETQR_GUID};
use crate::{Refusal, Rule};

/// Longest name of a payee (QRCPS, Merchant Name, ID "59").
const MAX_NAME: usize = 25;
/// Longest city.
const MAX_CITY: usize = 15;
/// Largest amount: 13 digits.
const MAX_AMOUNT: u64 = 9_999_999_999_999;

/// A VietQR code to be: start with [`Draft::account`], [`Draft::card`] or [`Draft::merchant`], end with [`Draft::build`].
#[derive(Debug, Clone)]
pub struct Draft {
    service: Service<'static>,
    bin: String,
    account: String,
    amount: Option<u64>,
    mcc: Option<String>,
    name: Option<String>,
    city: Option<String>,
    /// Sub-tags 01 to 08, in that order.
    labels: [Option<String>; 8],
}

/// The fields of tag 62 a draft can set, with the names that a refusal uses.
const LABELS: [&str; 8] = [
    "bill_number",
    "mobile_number",
    "store_label",
    "loyalty_number",
    "reference_label",
    "customer_label",
    "terminal_label",
    "purpose",
];

macro_rules! labels {
    ($($(#[$doc:meta])* $name:ident = $index:literal;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, text: &str) -> Draft {
            self.labels[$index] = Some(text.to_owned());
            self
        }
    )*};
}

impl Draft {
    /// A transfer to a bank account (`QRIBFTTA`): the bank's six digits and 1 to 19 letters and digits.
    #[must_use]
    pub fn account(bin: &str, account: &str) -> Draft {
        Draft::new(Service::Account, bin, account)
    }

    /// A transfer to a card (`QRIBFTTC`): the bank's six digits and the card's 16 to 19.
    #[must_use]
    pub fn card(bin: &str, card: &str) -> Draft {
        Draft::new(Service::Card, bin, card)
    }

    /// A payment to a merchant (`QRPUSH`): the bank's six digits, the merchant's number with it, the trade (four digits of
    /// ISO 18245), name and city.
    #[must_use]
    pub fn merchant(bin: &str, merchant: &str, mcc: &str, name: &str, city: &str) -> Draft {
        let mut draft = Draft::new(Service::Merchant, bin, merchant)
            .name(name)
            .city(city);
        draft.mcc = Some(mcc.to_owned());
        draft
    }

    fn new(service: Service<'static>, bin: &str, account: &str) -> Draft {
        Draft {
            service,
            bin: bin.to_owned(),
            account: account.to_owned(),
            amount: None,
            mcc: None,
            name: None,
            city: None,
            labels: Default::default(),
        }
    }

    /// The amount in đồng, 1 to 13 digits: the code is then for one payment. Without it the payer types the amount.
    #[must_use]
    pub fn amount(mut self, dong: u64) -> Draft {
        self.amount = Some(dong);
        self
    }

    /// The payee's name, up to 25 characters of ASCII: see [`memo`](super::memo).
    #[must_use]
    pub fn name(mut self, name: &str) -> Draft {
        self.name = Some(name.to_owned());
        self
    }

    /// The payee's city, up to 15 characters of ASCII.
    #[must_use]
    pub fn city(mut self, city: &str) -> Draft {
        self.city = Some(city.to_owned());
        self
    }

    labels! {
        /// Number of the bill.
        bill_number = 0;
        /// A phone number.
        mobile_number = 1;
        /// The shop's branch.
        store_label = 2;
        /// Number of a loyalty card.
        loyalty_number = 3;
        /// Reference of the payee.
        reference_label = 4;
        /// The customer's number with the payee.
        customer_label = 5;
        /// The till.
        terminal_label = 6;
        /// What the payment is for: see [`memo`](super::memo).
        purpose = 7;
    }

    /// The code.
    ///
    /// # Errors
    /// The field that cannot be written, and why: `format` (bank, trade), `payee` (account or card), `amount` (zero or more than
    /// 13 digits), `empty`, `charset` (other letters than ASCII, or such as banks do not take), `length`.
    pub fn build(&self) -> Result<VietQr, Refusal> {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if self.bin.len() != 6 || !digits(&self.bin) {
            return Err(Refusal::field(Rule::Format, "bin"));
        }
        let is_card = || (16..=19).contains(&self.account.len()) && digits(&self.account);
        if !is_account(&self.account) || (self.service == Service::Card && !is_card()) {
            return Err(Refusal::field(Rule::Payee, "account"));
        }
        if self.amount.is_some_and(|a| a == 0 || a > MAX_AMOUNT) {
            return Err(Refusal::field(Rule::Amount, "amount"));
        }
        if self
            .mcc
            .as_ref()
            .is_some_and(|m| m.len() != 4 || !digits(m))
        {
            return Err(Refusal::field(Rule::Format, "mcc"));
        }
        self.write().map(|text| VietQr { text })
    }

    fn write(&self) -> Result<String, Refusal> {
        let mut bank = String::new();
        field(&mut bank, 0, &self.bin, "bin")?;
        field(&mut bank, 1, &self.account, "account")?;
        let mut payee = String::new();
        field(&mut payee, 0, VIETQR_GUID, "payees")?;
        field(&mut payee, 1, &bank, "payees")?;
        field(&mut payee, 2, self.service.code(), "service")?;

        let mut code = String::from("000201");
        let initiation = if self.amount.is_some() { "12" } else { "11" };
        field(&mut code, 1, initiation, "initiation")?;
        field(&mut code, 38, &payee, "payees")?;
        if let Some(mcc) = &self.mcc {
            field(&mut code, 52, mcc, "mcc")?;
        }
        field(&mut code, 53, "704", "currency")?;
        if let Some(amount) = self.amount {
            field(&mut code, 54, &amount.to_string(), "amount")?;
        }
        field(&mut code, 58, "VN", "country")?;
        if let Some(name) = &self.name {
            text(&mut code, 59, name, "merchant_name", MAX_NAME)?;
        }
        if let Some(city) = &self.city {
            text(&mut code, 60, city, "merchant_city", MAX_CITY)?;
        }
        let mut additional = String::new();
        for ((label, name), tag) in self.labels.iter().zip(LABELS).zip(1..) {
            if let Some(label) = label {
                text(&mut additional, tag, label, name, MAX)?;
            }
        }
        if !additional.is_empty() {
            field(&mut code, 62, &additional, "additional")?;
        }
        Ok(sealed(code))
    }
}

/// A text that people read: banks' letters, neither empty nor too long.
fn text(
    into: &mut String,
    tag: u8,
    text: &str,
    name: &'static str,
    max: usize,
) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::field(Rule::Empty, name));
    }
    if !text.chars().all(is_allowed) {
        return Err(Refusal::field(Rule::Charset, name));
    }
    if text.len() > max {
        return Err(Refusal::field(Rule::Length, name));
    }
    field(into, tag, text, name)
}

fn field(into: &mut String, tag: u8, value: &str, name: &'static str) -> Result<(), Refusal> {
    write(into, tag, value, Unit::Bytes).ok_or(Refusal::field(Rule::Length, name))
}

/// A VietQR code that was built; `Display` is what goes into the picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VietQr {
    text: String,
}

impl VietQr {
    /// What goes into the picture.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for VietQr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
