//! How a payment code is told to machines: the fields of `hues inspect vietqr`, the same in the vectors of all languages.

use std::collections::BTreeMap;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Additional, Field, LanguageTemplate, Payee, PaymentQr};

/// `{"00": "01", …}`.
struct Raw<'a>(&'a [Field<'a>]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|f| (format!("{:02}", f.tag), f.value)))
    }
}

impl Serialize for Payee<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = BTreeMap::new();
        let tag = format!("{:02}", self.tag);
        map.insert("tag", Some(tag.as_str()));
        map.insert("scheme", Some(self.scheme.id()));
        map.insert("guid", self.guid);
        map.insert("id", self.id());
        if let Some(bank) = self.bank {
            map.insert("bin", Some(bank.bin));
            map.insert("account", Some(bank.account));
            map.insert("service", Some(bank.service.code()));
            map.insert("bank", crate::bank::by_bin(bank.bin).map(|b| b.short_name));
        }
        let mut out = serializer.serialize_struct("Payee", map.len() + 1)?;
        for (name, value) in &map {
            out.serialize_field(name, value)?;
        }
        out.serialize_field("fields", &Raw(&self.fields))?;
        out.end()
    }
}

impl Serialize for Additional<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Additional", 10)?;
        out.serialize_field("bill_number", &self.bill_number)?;
        out.serialize_field("mobile_number", &self.mobile_number)?;
        out.serialize_field("store_label", &self.store_label)?;
        out.serialize_field("loyalty_number", &self.loyalty_number)?;
        out.serialize_field("reference_label", &self.reference_label)?;
        out.serialize_field("customer_label", &self.customer_label)?;
        out.serialize_field("terminal_label", &self.terminal_label)?;
        out.serialize_field("purpose", &self.purpose)?;
        out.serialize_field("consumer_data_request", &self.consumer_data_request)?;
        out.serialize_field("others", &Raw(&self.others))?;
        out.end()
    }
}

impl Serialize for LanguageTemplate<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("LanguageTemplate", 4)?;
        out.serialize_field("language", &self.language)?;
        out.serialize_field("name", &self.name)?;
        out.serialize_field("city", &self.city)?;
        out.serialize_field("others", &Raw(&self.others))?;
        out.end()
    }
}

impl Serialize for PaymentQr<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("PaymentQr", 14)?;
        out.serialize_field("initiation", &self.initiation)?;
        out.serialize_field("payees", &self.payees)?;
        out.serialize_field("currency", self.currency)?;
        out.serialize_field("amount", &self.amount)?;
        out.serialize_field("country", self.country)?;
        out.serialize_field("mcc", &self.mcc)?;
        out.serialize_field("merchant_name", &self.merchant_name)?;
        out.serialize_field("merchant_city", &self.merchant_city)?;
        out.serialize_field("postal_code", &self.postal_code)?;
        out.serialize_field("additional", &self.additional)?;
        out.serialize_field("language_template", &self.language_template)?;
        out.serialize_field("fields", &Raw(&self.fields))?;
        out.serialize_field("warnings", &self.warnings)?;
        out.serialize_field("notices", &self.notices)?;
        out.end()
    }
}
