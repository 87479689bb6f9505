//! Who is paid: tags 02 to 51 (EMVCo QRCPS Merchant-Presented Mode 1.1, 4.7.11: Merchant Account Information), told apart by their globally unique
//! identifier, never by the tag: VietQR and Lao QR both stand in 38.
//!
//! Invariant: a payee is never guessed. A template that does not close exactly, or a VietQR payee that is not one bank and one
//! account, is refused.

use super::tlv::{find, template, Field, Unit};
use crate::{Place, Refusal, Rule};

/// The scheme a payee belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(
    feature = "uniffi",
    derive(uniffi::Enum),
    uniffi(name = "PaymentScheme")
)]
#[non_exhaustive]
pub enum Scheme {
    /// VietQR by NAPAS 247, Viet Nam (identifier A000000727).
    VietQr,
    /// VNPAY-QR, Viet Nam (A000000775).
    VnPay,
    /// PromptPay, Thailand (A000000677…).
    PromptPay,
    /// Lao QR by LAPNet, Laos (A005266284662577).
    LaoQr,
    /// KHQR by Bakong, Cambodia (`account@bank`).
    Khqr,
    /// PayNow in SGQR, Singapore (SG.PAYNOW).
    PayNow,
    /// Pix, Brazil (br.gov.bcb.pix).
    Pix,
    /// DuitNow QR, Malaysia (A000000615…).
    DuitNow,
    /// QRIS, Indonesia (ID.CO.QRIS.WWW, and the acquirers' `….WWW`).
    Qris,
    /// None of these; its fields are kept.
    Unknown,
}

impl Scheme {
    /// The stable id, as terminals and vectors print it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Scheme::VietQr => "vietqr",
            Scheme::VnPay => "vnpay",
            Scheme::PromptPay => "promptpay",
            Scheme::LaoQr => "laoqr",
            Scheme::Khqr => "khqr",
            Scheme::PayNow => "paynow",
            Scheme::Pix => "pix",
            Scheme::DuitNow => "duitnow",
            Scheme::Qris => "qris",
            Scheme::Unknown => "unknown",
        }
    }

    /// By identifier alone; KHQR and the acquirers of QRIS need [`Payee::settle`].
    fn of(guid: &str) -> Scheme {
        match guid {
            super::VIETQR_GUID => Scheme::VietQr,
            "A000000775" => Scheme::VnPay,
            "A005266284662577" => Scheme::LaoQr,
            _ if guid.starts_with("A000000677") => Scheme::PromptPay,
            _ if guid.starts_with("A000000615") => Scheme::DuitNow,
            _ if guid.eq_ignore_ascii_case("SG.PAYNOW") => Scheme::PayNow,
            _ if guid.eq_ignore_ascii_case("br.gov.bcb.pix") => Scheme::Pix,
            _ if guid.eq_ignore_ascii_case("ID.CO.QRIS.WWW") => Scheme::Qris,
            _ => Scheme::Unknown,
        }
    }
}

/// What a VietQR code asks the payer's bank to do (38.02; NAPAS QR format 1.5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service<'a> {
    /// `QRIBFTTA`: a transfer to an account.
    Account,
    /// `QRIBFTTC`: a transfer to a card.
    Card,
    /// `QRPUSH`: a payment to a merchant; also where 38.02 is absent.
    Merchant,
    /// `QRCASH`: cash from a machine.
    Cash,
    /// Another code, kept as it was read.
    Other(&'a str),
}

impl<'a> Service<'a> {
    fn of(code: Option<&'a str>) -> Service<'a> {
        match code {
            None | Some("QRPUSH") => Service::Merchant,
            Some("QRIBFTTA") => Service::Account,
            Some("QRIBFTTC") => Service::Card,
            Some("QRCASH") => Service::Cash,
            Some(other) => Service::Other(other),
        }
    }

    /// The code as it is written.
    #[must_use]
    pub const fn code(self) -> &'a str {
        match self {
            Service::Account => "QRIBFTTA",
            Service::Card => "QRIBFTTC",
            Service::Merchant => "QRPUSH",
            Service::Cash => "QRCASH",
            Service::Other(code) => code,
        }
    }
}

/// Bank and account of a VietQR payee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BankAccount<'a> {
    /// Six digits that name the bank: [`crate::bank::by_bin`].
    pub bin: &'a str,
    /// Account, card or the wallet's own number: 1 to 19 letters and digits.
    pub account: &'a str,
    /// What is asked for.
    pub service: Service<'a>,
}

/// One payee of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payee<'a> {
    /// The root tag, 2 to 51.
    pub tag: u8,
    /// Its scheme.
    pub scheme: Scheme,
    /// The scheme's identifier (sub-tag 00); none in 02 to 25, which the card schemes use without a template.
    pub guid: Option<&'a str>,
    /// All sub-fields as they were read; none in 02 to 25.
    pub fields: Vec<Field<'a>>,
    /// Bank and account, of a VietQR payee alone.
    pub bank: Option<BankAccount<'a>>,
}

impl<'a> Payee<'a> {
    /// Reads a root field of 02 to 51.
    pub(super) fn read(root: Field<'a>, unit: Unit) -> Result<Payee<'a>, Refusal> {
        if root.tag < 26 {
            return Ok(Payee {
                tag: root.tag,
                scheme: Scheme::Unknown,
                guid: None,
                fields: Vec::new(),
                bank: None,
            });
        }
        let path = |sub: Option<u8>| match sub {
            None => format!("{:02}", root.tag),
            Some(sub) => format!("{:02}.{sub:02}", root.tag),
        };
        // Whatever is wrong inside: the payee cannot be read.
        let fields = template(root.value, unit, path).map_err(|e| Refusal {
            rule: Rule::Payee,
            ..e
        })?;
        let guid = find(&fields, 0);
        let scheme = guid.map_or(Scheme::Unknown, Scheme::of);
        let bank = match scheme {
            Scheme::VietQr => Some(bank_account(root.tag, &fields, unit)?),
            _ => None,
        };
        Ok(Payee {
            tag: root.tag,
            scheme,
            guid,
            fields,
            bank,
        })
    }

    /// Names the schemes that only the country of the code tells: KHQR writes the payee where others write the scheme
    /// (Bakong KHQR 2.7, tags 29 and 30), acquirers of QRIS their own domains (QRIS MPM, tags 26 to 45).
    pub(super) fn settle(&mut self, country: &str, currency: &str) {
        let (Scheme::Unknown, Some(guid)) = (self.scheme, self.guid) else {
            return;
        };
        let at_bank = guid
            .split_once('@')
            .is_some_and(|(who, bank)| !who.is_empty() && !bank.is_empty());
        if at_bank && (country == "KH" || currency == "116") {
            self.scheme = Scheme::Khqr;
        } else if country == "ID" && guid.to_ascii_uppercase().ends_with(".WWW") {
            self.scheme = Scheme::Qris;
        }
    }

    /// Who it is, in the scheme's own words: the account, phone, tax or merchant number, as it was read.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        let first = |tags: &[u8]| tags.iter().find_map(|tag| find(&self.fields, *tag));
        match self.scheme {
            Scheme::VietQr => self.bank.map(|b| b.account),
            Scheme::VnPay => first(&[1]),
            Scheme::PromptPay => first(&[1, 2, 3, 4]),
            Scheme::LaoQr => first(&[3]),
            Scheme::Khqr => self.guid,
            Scheme::PayNow => first(&[2]),
            Scheme::Pix => first(&[1, 25]),
            Scheme::DuitNow | Scheme::Qris => first(&[2, 1]),
            Scheme::Unknown => None,
        }
    }

    /// Whether both are the same scheme's and pay different ones.
    pub(super) fn contradicts(&self, other: &Payee<'_>) -> bool {
        if self.scheme == Scheme::Unknown || self.scheme != other.scheme {
            return false;
        }
        match (self.bank, other.bank) {
            (Some(a), Some(b)) => (a.bin, a.account) != (b.bin, b.account),
            // The identifier of KHQR is the payee; other schemes have several identifiers side by side for several services.
            _ if self.scheme == Scheme::Khqr => self.guid != other.guid,
            _ => self.guid == other.guid && self.id() != other.id(),
        }
    }
}

/// 01 of a VietQR template: a bank and an account, once each and nothing else.
fn bank_account<'a>(tag: u8, fields: &[Field<'a>], unit: Unit) -> Result<BankAccount<'a>, Refusal> {
    let refused = |path: &str| {
        Refusal::new(
            Rule::Payee,
            Place::Tag(match path {
                "" => format!("{tag:02}.01"),
                sub => format!("{tag:02}.01.{sub}"),
            }),
        )
    };
    let inside = find(fields, 1).ok_or_else(|| refused(""))?;
    let mut reader = super::tlv::Reader::new(inside, unit);
    let (mut bin, mut account) = (None, None);
    while let Some(field) = reader.next().map_err(|_| refused(""))? {
        let slot = match field.tag {
            0 => &mut bin,
            1 => &mut account,
            other => return Err(refused(&format!("{other:02}"))),
        };
        if slot.replace(field.value).is_some() {
            return Err(refused(&format!("{:02}", field.tag)));
        }
    }
    let bin = bin
        .filter(|b: &&str| b.len() == 6 && b.bytes().all(|c| c.is_ascii_digit()))
        .ok_or_else(|| refused("00"))?;
    let account = account
        .filter(|a: &&str| is_account(a))
        .ok_or_else(|| refused("01"))?;
    Ok(BankAccount {
        bin,
        account,
        service: Service::of(find(fields, 2)),
    })
}

/// 1 to 19 letters and digits: wallets have letters in theirs (`99MM…`, `99ZP…`, `PSP…`).
pub(super) fn is_account(text: &str) -> bool {
    (1..=19).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric())
}
