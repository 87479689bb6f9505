//! Tags 62 and 64: additional data (EMVCo QRCPS Merchant-Presented Mode 1.1, Additional Data Field Template, ID "62") and
//! the payee's name in another language (Merchant Information Language Template, ID "64").

use std::borrow::Cow;

use super::text::Texts;
use super::tlv::{template, Field, Unit};
use crate::Refusal;

/// Tag 62. A value of `***` asks the payer's app to ask the payer. Texts are in normal form C.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Additional<'a> {
    /// 01: number of the bill.
    pub bill_number: Option<Cow<'a, str>>,
    /// 02: a phone number.
    pub mobile_number: Option<Cow<'a, str>>,
    /// 03: the shop's branch.
    pub store_label: Option<Cow<'a, str>>,
    /// 04: number of a loyalty card.
    pub loyalty_number: Option<Cow<'a, str>>,
    /// 05: reference of the payee.
    pub reference_label: Option<Cow<'a, str>>,
    /// 06: the customer's number with the payee.
    pub customer_label: Option<Cow<'a, str>>,
    /// 07: the till.
    pub terminal_label: Option<Cow<'a, str>>,
    /// 08: what the payment is for.
    pub purpose: Option<Cow<'a, str>>,
    /// 09: what the payee wants to be told: A address, M mobile number, E e-mail.
    pub consumer_data_request: Option<Cow<'a, str>>,
    /// All other sub-fields (10 to 99), as they were read.
    pub others: Vec<Field<'a>>,
}

impl<'a> Additional<'a> {
    pub(super) fn read(raw: &'a str, unit: Unit, texts: &mut Texts) -> Result<Self, Refusal> {
        let mut additional = Additional::default();
        for field in template(raw, unit, |sub| path(62, sub))? {
            let slot = match field.tag {
                1 => &mut additional.bill_number,
                2 => &mut additional.mobile_number,
                3 => &mut additional.store_label,
                4 => &mut additional.loyalty_number,
                5 => &mut additional.reference_label,
                6 => &mut additional.customer_label,
                7 => &mut additional.terminal_label,
                8 => &mut additional.purpose,
                9 => &mut additional.consumer_data_request,
                _ => {
                    additional.others.push(field);
                    continue;
                }
            };
            *slot = Some(texts.clean(field.value));
        }
        Ok(additional)
    }
}

/// Tag 64.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LanguageTemplate<'a> {
    /// 00: the language, two letters of ISO 639-1, as it was read.
    pub language: Option<&'a str>,
    /// 01: the payee's name in it.
    pub name: Option<Cow<'a, str>>,
    /// 02: the payee's city in it.
    pub city: Option<Cow<'a, str>>,
    /// All other sub-fields, as they were read.
    pub others: Vec<Field<'a>>,
}

impl<'a> LanguageTemplate<'a> {
    pub(super) fn read(raw: &'a str, unit: Unit, texts: &mut Texts) -> Result<Self, Refusal> {
        let mut language = LanguageTemplate::default();
        for field in template(raw, unit, |sub| path(64, sub))? {
            match field.tag {
                0 => language.language = Some(field.value),
                1 => language.name = Some(texts.name(field.value)),
                2 => language.city = Some(texts.clean(field.value)),
                _ => language.others.push(field),
            }
        }
        Ok(language)
    }
}

fn path(tag: u8, sub: Option<u8>) -> String {
    match sub {
        None => format!("{tag}"),
        Some(sub) => format!("{tag}.{sub:02}"),
    }
}
