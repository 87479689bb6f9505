//! GS1 Digital Link addresses: a thing named by a GS1 key in an ordinary web address (GS1 Digital Link Standard: URI Syntax 1.6).
//!
//! Invariant: an address is read and never opened. All values are checked against the list of identifiers; what is read and
//! written again names the same thing.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::ai::Ai;
use super::date::date_of;
use super::gtin::Gtin;
use super::link_text::{decode, encode, Address};
use crate::payload::bounded;
use crate::warning::warnings;
use crate::{Date, Place, Refusal, Rule};

/// Names that the first versions of the standard (1.0 and 1.1) allowed for the commonest identifiers, with them.
const SHORT_NAMES: [(&str, &str); 3] = [("gtin", "01"), ("lot", "10"), ("ser", "21")];

warnings! {
    /// What is unusual about an address that was read all the same.
    LinkWarning {
        /// The trade item number has fewer than 14 digits, as versions 1.0 and 1.1 of the standard allowed.
        ShortGtin, "short-gtin", "Mã sản phẩm viết ít hơn 14 chữ số.", "The product number has fewer than 14 digits.";
        /// Not encrypted.
        PlainHttp, "plain-http", "Địa chỉ không mã hóa (http).", "The address is not encrypted (http).";
    }
}

/// An identifier and its value, decoded.
type Pair = (String, String);

/// A Digital Link address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigitalLink {
    secure: bool,
    host: String,
    port: Option<u16>,
    /// What stands before the key, without a slash at its end.
    stem: String,
    /// The key, then what qualifies it, then the attributes in the order of the query.
    ais: Vec<Pair>,
    /// How many of them stand in the path.
    in_path: usize,
    /// Parameters that are no identifiers.
    query: Vec<(String, Option<String>)>,
    fragment: Option<String>,
    short_gtin: bool,
}

impl DigitalLink {
    /// Reads an address: numbers, and the names gtin, lot and ser of the first versions.
    ///
    /// # Errors
    /// `empty`, `too-long`, `charset` (not the characters of an address, or of an identifier), `scheme` (neither http nor https), `userinfo`, `format` (host,
    /// order of the path), `percent-encoding`, `missing-key`, `duplicate-ai`, `length`, `checksum`, `date`.
    pub fn parse(text: &str) -> Result<DigitalLink, Refusal> {
        let address = Address::cut(bounded(text)?)?;
        let segments: Vec<&str> = address.path.split('/').skip(1).collect();
        let key_at = key_position(&segments).ok_or(Refusal::whole(Rule::MissingKey))?;
        let (stem, named) = segments.split_at_checked(key_at).unwrap_or_default();
        let mut link = DigitalLink {
            secure: address.secure,
            host: address.host.to_ascii_lowercase(),
            port: address.port,
            stem: stem.iter().map(|segment| format!("/{segment}")).collect(),
            ais: Vec::new(),
            in_path: named.len() / 2,
            query: Vec::new(),
            fragment: address.fragment.map(str::to_owned),
            short_gtin: false,
        };
        for pair in named.chunks_exact(2) {
            if let [name, value] = pair {
                link.add(number_of(name), value)?;
            }
        }
        link.qualifiers_in_order()?;
        for parameter in address.query.into_iter().flat_map(|q| q.split(['&', ';'])) {
            link.parameter(parameter)?;
        }
        Ok(link)
    }

    /// One parameter of the query: an identifier, or something else that is kept.
    fn parameter(&mut self, parameter: &str) -> Result<(), Refusal> {
        if parameter.is_empty() {
            return Ok(());
        }
        let (name, value) = match parameter.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (parameter, None),
        };
        let ai = number_of(name);
        if let (Some(_), Some(value)) = (Ai::find(ai), value) {
            return self.add(ai, value);
        }
        let decoded = |text: &str| {
            decode(text).map_err(|rule| Refusal::new(rule, Place::Tag(format!("?{name}"))))
        };
        let value = value.map(decoded).transpose()?;
        self.query.push((decoded(name)?, value));
        Ok(())
    }

    /// Decodes and checks one identifier's value.
    fn add(&mut self, ai: &str, encoded: &str) -> Result<(), Refusal> {
        let refused = |rule| Refusal::new(rule, Place::Tag(format!("({ai})")));
        let mut value = decode(encoded).map_err(refused)?;
        if self.ais.iter().any(|(other, _)| other == ai) {
            return Err(refused(Rule::DuplicateAi));
        }
        if ai == "01" && value.len() != 14 {
            let gtin = Gtin::parse(&value).map_err(|e| {
                refused(match e.rule {
                    Rule::Empty => Rule::Length,
                    rule => rule,
                })
            })?;
            self.short_gtin = true;
            value = gtin.gtin14().to_owned();
        }
        let known = Ai::find(ai).ok_or_else(|| refused(Rule::UnknownCode))?;
        known.check(&value).map_err(|(rule, _)| refused(rule))?;
        self.ais.push((ai.to_owned(), value));
        Ok(())
    }

    /// What stands behind the key in the path qualifies it, in the order of the standard.
    fn qualifiers_in_order(&self) -> Result<(), Refusal> {
        let Some((key, qualifiers)) = self.ais.split_first() else {
            return Err(Refusal::whole(Rule::MissingKey));
        };
        let alternatives = Ai::find(&key.0).map_or(&[][..], Ai::qualifiers);
        let fits = |order: &[&str]| {
            let mut order = order.iter();
            qualifiers
                .iter()
                .all(|(ai, _)| order.any(|next| next == ai))
        };
        match qualifiers.is_empty() || alternatives.iter().any(|order| fits(order)) {
            true => Ok(()),
            false => Err(Refusal::whole(Rule::Format)),
        }
    }

    /// The host, in lower case, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// All identifiers with their values, decoded: the key first, then in the order of the address.
    pub fn ais(&self) -> impl Iterator<Item = (&str, &str)> {
        self.ais
            .iter()
            .map(|(ai, value)| (ai.as_str(), value.as_str()))
    }

    /// Parameters that are no identifiers, decoded, in their order.
    pub fn query(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.query
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// The value of an identifier.
    #[must_use]
    pub fn get(&self, ai: &str) -> Option<&str> {
        self.ais()
            .find(|(other, _)| *other == ai)
            .map(|(_, value)| value)
    }

    /// The trade item, when the key is one.
    #[must_use]
    pub fn gtin14(&self) -> Option<&str> {
        self.get("01")
    }

    /// The lot (10).
    #[must_use]
    pub fn lot(&self) -> Option<&str> {
        self.get("10")
    }

    /// The last day of use (17) as seen on the day `on`.
    #[must_use]
    pub fn expiry(&self, on: Date) -> Option<Date> {
        date_of(self.get("17")?, on)
    }

    /// What is unusual.
    #[must_use]
    pub fn warnings(&self) -> Vec<LinkWarning> {
        let short = self.short_gtin.then_some(LinkWarning::ShortGtin);
        let plain = (!self.secure).then_some(LinkWarning::PlainHttp);
        short.into_iter().chain(plain).collect()
    }

    /// The one address for the thing: GS1's own host, numbers for names, attributes in the order of their numbers, nothing else
    /// (URI Syntax, canonical GS1 Digital Link URIs). Two addresses name one thing when these are equal.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = String::from("https://id.gs1.org");
        let (path, attributes) = self.ais.split_at_checked(self.in_path).unwrap_or_default();
        let mut attributes: Vec<&Pair> = attributes.iter().collect();
        attributes.sort();
        write_path(&mut text, path);
        write_attributes(&mut text, &attributes);
        text
    }
}

impl fmt::Display for DigitalLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        let mut text = format!("{scheme}://{}", self.host);
        if let Some(port) = self.port {
            text += &format!(":{port}");
        }
        text += &self.stem;
        let (path, attributes) = self.ais.split_at_checked(self.in_path).unwrap_or_default();
        write_path(&mut text, path);
        write_attributes(&mut text, &attributes.iter().collect::<Vec<_>>());
        let mut mark = if attributes.is_empty() { '?' } else { '&' };
        for (name, value) in &self.query {
            text.push(mark);
            mark = '&';
            encode(&mut text, name);
            if let Some(value) = value {
                text.push('=');
                encode(&mut text, value);
            }
        }
        if let Some(fragment) = &self.fragment {
            text.push('#');
            text += fragment;
        }
        f.write_str(&text)
    }
}

impl Serialize for DigitalLink {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("DigitalLink", 8)?;
        out.serialize_field("gtin14", &self.gtin14())?;
        out.serialize_field("host", self.host())?;
        out.serialize_field("port", &self.port)?;
        out.serialize_field(
            "ais",
            &Map(self.ais().map(|(ai, value)| (ai, Some(value))).collect()),
        )?;
        out.serialize_field("query", &Map(self.query().collect()))?;
        out.serialize_field("fragment", &self.fragment)?;
        out.serialize_field("canonical", &self.canonical())?;
        out.serialize_field("warnings", &self.warnings())?;
        out.end()
    }
}

/// Names with their values; a name that comes several times has a list.
struct Map<'a>(Vec<(&'a str, Option<&'a str>)>);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(untagged)]
        enum OneOrMore<'a> {
            One(Option<&'a str>),
            More(Vec<Option<&'a str>>),
        }
        let mut map = std::collections::BTreeMap::<&str, Vec<Option<&str>>>::new();
        for (name, value) in &self.0 {
            map.entry(name).or_default().push(*value);
        }
        serializer.collect_map(map.into_iter().map(|(name, mut values)| {
            let value = match (values.pop(), values.is_empty()) {
                (Some(only), true) => OneOrMore::One(only),
                (last, _) => OneOrMore::More(values.into_iter().chain(last).collect()),
            };
            (name, value)
        }))
    }
}

/// Where the key stands in the path: pairs are gone through from the end until one names a thing (URI Syntax, extraction of identifiers).
fn key_position(segments: &[&str]) -> Option<usize> {
    (0..segments.len().saturating_sub(1))
        .rev()
        .step_by(2)
        .find(|at| {
            let name = segments.get(*at).map(|s| number_of(s));
            name.and_then(Ai::find).is_some_and(Ai::is_key)
        })
}

/// The number that a name of the first versions stands for, or the name itself.
fn number_of(name: &str) -> &str {
    SHORT_NAMES
        .iter()
        .find(|(short, _)| *short == name)
        .map_or(name, |(_, ai)| ai)
}

fn write_path(text: &mut String, pairs: &[Pair]) {
    for (ai, value) in pairs {
        text.push('/');
        *text += ai;
        text.push('/');
        encode(text, value);
    }
}

fn write_attributes(text: &mut String, pairs: &[&Pair]) {
    let mut mark = '?';
    for (ai, value) in pairs {
        text.push(mark);
        mark = '&';
        *text += ai;
        text.push('=');
        encode(text, value);
    }
}

/// Makes an address: begin with the place and the key, add what qualifies it and attributes in any order.
#[derive(Debug, Clone)]
pub struct LinkBuilder {
    base: String,
    key: Pair,
    others: Vec<Pair>,
}

impl LinkBuilder {
    /// An address at `base` (`https://example.vn` or with a path behind it) for the key `ai` with its value.
    #[must_use]
    pub fn new(base: &str, ai: &str, value: &str) -> LinkBuilder {
        LinkBuilder {
            base: base.trim_end_matches('/').to_owned(),
            key: (ai.to_owned(), value.to_owned()),
            others: Vec::new(),
        }
    }

    /// Adds an identifier.
    #[must_use]
    pub fn with(mut self, ai: &str, value: &str) -> LinkBuilder {
        self.others.push((ai.to_owned(), value.to_owned()));
        self
    }

    /// The address.
    ///
    /// # Errors
    /// What [`DigitalLink::parse`] would refuse, `missing-key` where the identifier names no thing, and `format` for a base that has a
    /// query or a fragment.
    pub fn build(&self) -> Result<DigitalLink, Refusal> {
        let key = Ai::find(&self.key.0).filter(|ai| ai.is_key());
        let key = key.ok_or(Refusal::whole(Rule::MissingKey))?;
        if self.base.contains(['?', '#']) {
            return Err(Refusal::whole(Rule::Format));
        }
        // The alternative that takes most of what was given.
        let has = |ai: &str| self.others.iter().any(|(other, _)| other == ai);
        let taken = |order: &&&[&str]| order.iter().filter(|ai| has(ai)).count();
        let order = key.qualifiers().iter().max_by_key(taken).copied();
        let order = order.unwrap_or_default();
        let mut path = vec![self.key.clone()];
        for ai in order {
            path.extend(self.others.iter().filter(|(other, _)| other == ai).cloned());
        }
        let is_attribute = |(ai, _): &&Pair| !order.contains(&ai.as_str());
        let attributes: Vec<&Pair> = self.others.iter().filter(is_attribute).collect();
        let mut text = self.base.clone();
        write_path(&mut text, &path);
        write_attributes(&mut text, &attributes);
        let built = DigitalLink::parse(&text)?;
        // Every identifier that was given is one of the address's.
        match built.ais.len() == self.others.len() + 1 {
            true => Ok(built),
            false => Err(Refusal::whole(Rule::UnknownCode)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn vectors() {
        crate::vectors::check("digital-link", |input, _| {
            DigitalLink::parse(input).map(|link| serde_json::to_value(link).unwrap())
        });
    }

    #[test]
    fn one_thing_has_one_canonical_address() {
        let link = |text: &str| DigitalLink::parse(text).unwrap();
        let one = link("HTTP://Shop.Example:8080/vi/gtin/9506000134352/lot/A%2F1/ser/7?17=271231&3103=000195&linkType=all");
        let two = link("https://example.org/01/09506000134352/10/A%2f1/21/7?3103=000195;17=271231");
        assert_eq!(one.canonical(), two.canonical());
        assert_eq!(
            one.canonical(),
            "https://id.gs1.org/01/09506000134352/10/A%2F1/21/7?17=271231&3103=000195"
        );
        assert_eq!(
            one.warnings(),
            [LinkWarning::ShortGtin, LinkWarning::PlainHttp]
        );
        assert_eq!(one.lot(), Some("A/1"));
        let on = "2026-11-24".parse().unwrap();
        assert_eq!(one.expiry(on).unwrap().to_string(), "2027-12-31");
        assert_eq!(link(&one.to_string()).to_string(), one.to_string());
    }

    #[test]
    fn what_is_built_is_in_order() {
        let built = LinkBuilder::new("https://ocop.example/p/", "01", "08938505974194")
            .with("17", "271231")
            .with("21", "S/1")
            .with("10", "LO 1".replace(' ', "-").as_str());
        let built = built.build().unwrap();
        assert_eq!(
            built.to_string(),
            "https://ocop.example/p/01/08938505974194/10/LO-1/21/S%2F1?17=271231"
        );
        let rule = |b: LinkBuilder| b.build().unwrap_err().rule;
        let base = "https://ocop.example";
        assert_eq!(rule(LinkBuilder::new(base, "10", "A")), Rule::MissingKey);
        assert_eq!(rule(LinkBuilder::new(base, "01", "1")), Rule::Length);
        let gtin = |base: &str| LinkBuilder::new(base, "01", "08938505974194");
        assert_eq!(rule(gtin("ftp://x")), Rule::Scheme);
        assert_eq!(rule(gtin("https://x?a")), Rule::Format);
        assert_eq!(rule(gtin(base).with("14", "1")), Rule::UnknownCode);
        assert_eq!(
            rule(gtin(base).with("10", "a").with("10", "b")),
            Rule::DuplicateAi
        );
        assert_eq!(rule(gtin(base).with("10", "lô")), Rule::Charset);
    }

    proptest! {
        #[test]
        fn what_is_built_is_read(lot in "[!\"%&'*-/0-9:-?A-Z_a-z]{1,20}", serial in "[!\"%&'*-/0-9:-?A-Z_a-z]{1,20}") {
            let built = LinkBuilder::new("https://example.vn", "01", "09506000134352")
                .with("21", &serial).with("10", &lot).build().unwrap();
            let read = DigitalLink::parse(&built.to_string()).unwrap();
            prop_assert_eq!(read.get("10"), Some(&*lot));
            prop_assert_eq!(read.get("21"), Some(&*serial));
            prop_assert_eq!(read, built);
        }

        #[test]
        fn any_text_is_answered(text in "https?://[a-z.]{1,9}(/(01|10|gtin|09506000134352|\\PC{0,6})){0,5}[?]?\\PC{0,30}") {
            if let Ok(read) = DigitalLink::parse(&text) {
                prop_assert_eq!(DigitalLink::parse(&read.to_string()).unwrap(), read);
            }
        }
    }
}
