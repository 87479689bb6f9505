//! Numbers and addresses on goods for Kotlin and Swift.
//!
//! Invariant: nothing is decided here. [`DigitalLink`] keeps its parts to itself; the record owns what it says.

use std::collections::HashMap;

use super::{DigitalLink, Gtin, GtinFormat, LinkWarning};
use crate::crossing::ReadError;

/// A number of a product or a package of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProductNumber {
    /// How many digits it was written with.
    pub format: GtinFormat,
    /// The number in fourteen digits.
    pub gtin14: String,
}

/// A parameter of an address that is no identifier.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LinkParameter {
    /// Its name, decoded.
    pub name: String,
    /// Its value, decoded.
    pub value: Option<String>,
}

/// A Digital Link address.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ProductLink {
    /// The trade item, when the key is one.
    pub gtin14: Option<String>,
    /// The host, which the person should see before it is opened.
    pub host: String,
    /// Identifiers with their values, decoded: `01`, `10`, `17`.
    pub ais: HashMap<String, String>,
    /// Parameters that are no identifiers, in their order.
    pub query: Vec<LinkParameter>,
    /// The one address for the thing.
    pub canonical: String,
    /// What is unusual.
    pub warnings: Vec<LinkWarning>,
}

/// Reads a trade item number.
///
/// # Errors
///
/// See [`Gtin::parse`].
#[uniffi::export]
pub fn read_gtin(text: &str) -> Result<ProductNumber, ReadError> {
    let gtin = Gtin::parse(text)?;
    Ok(ProductNumber {
        format: gtin.format(),
        gtin14: gtin.gtin14().to_owned(),
    })
}

/// Reads a Digital Link address; it is not opened.
///
/// # Errors
///
/// See [`DigitalLink::parse`].
#[uniffi::export]
pub fn read_digital_link(text: &str) -> Result<ProductLink, ReadError> {
    let link = DigitalLink::parse(text)?;
    Ok(ProductLink {
        gtin14: link.gtin14().map(str::to_owned),
        host: link.host().to_owned(),
        ais: link
            .ais()
            .map(|(ai, value)| (ai.to_owned(), value.to_owned()))
            .collect(),
        query: link
            .query()
            .map(|(name, value)| LinkParameter {
                name: name.to_owned(),
                value: value.map(str::to_owned),
            })
            .collect(),
        canonical: link.canonical(),
        warnings: link.warnings(),
    })
}
