//! Element strings: identifiers with their values, as a scanner sends them (with FNC1 as the character GS) or as people read them (with
//! brackets). GS1 General Specifications 7.8.
//!
//! Invariant: every element is checked against the list of identifiers; `Display` writes brackets, [`ElementString::scanned`] the
//! scanner's form, and both are read as the same again.

use std::fmt;

use super::ai::Ai;
use super::date::date_of;
use super::gtin::Gtin;
use crate::payload::bounded;
use crate::{Date, Place, Refusal, Rule};

/// FNC1 as scanners send it between elements (General Specifications 7.8).
const SEPARATOR: char = '\u{1d}';
/// What scanners put before an element string: the kind of bar code (General Specifications, symbology identifiers: GS1-128, DataBar and composite,
/// DataMatrix, QR, DotCode).
const SYMBOLOGIES: [&str; 5] = ["]C1", "]e0", "]d2", "]Q3", "]J1"];

/// One identifier and its value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Element {
    /// Two to four digits.
    pub ai: String,
    /// The value, checked.
    pub value: String,
}

/// Identifiers and values in their order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ElementString {
    elements: Vec<Element>,
}

impl ElementString {
    /// Reads either form: `(01)09506000134352(10)ABC`, with `\(` for a bracket inside a value, or what a scanner sends.
    ///
    /// # Errors
    /// `empty`, `too-long`, `format` (no identifier where one must stand), `unknown-code` (an identifier that is not in the list),
    /// `duplicate-ai` (one identifier with two values), and what [`Ai::check`] finds.
    pub fn parse(text: &str) -> Result<ElementString, Refusal> {
        let text = bounded(text)?;
        let body = SYMBOLOGIES
            .iter()
            .find_map(|kind| text.strip_prefix(kind))
            .unwrap_or(text);
        let at = text.len() - body.len();
        let elements = match body.starts_with('(') {
            true => bracketed(body, at)?,
            false => scanned(body, at)?,
        };
        Ok(ElementString { elements })
    }

    /// Of elements that are checked here.
    ///
    /// # Errors
    /// As [`ElementString::parse`].
    pub fn new<'a>(
        elements: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<ElementString, Refusal> {
        let mut list = Vec::new();
        for (ai, value) in elements {
            add(&mut list, ai, value)?;
        }
        match list.is_empty() {
            true => Err(Refusal::whole(Rule::Empty)),
            false => Ok(ElementString { elements: list }),
        }
    }

    /// All elements in their order; at least one.
    #[must_use]
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The value of an identifier.
    #[must_use]
    pub fn get(&self, ai: &str) -> Option<&str> {
        self.elements
            .iter()
            .find(|e| e.ai == ai)
            .map(|e| e.value.as_str())
    }

    /// The trade item (01).
    #[must_use]
    pub fn gtin(&self) -> Option<Gtin> {
        Gtin::parse(self.get("01")?).ok()
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

    /// As a scanner sends it: elements of predefined length first, so that fewest separators are needed (General Specifications 7.8, concatenation).
    #[must_use]
    pub fn scanned(&self) -> String {
        let is_fixed = |e: &&Element| Ai::find(&e.ai).is_some_and(|ai| ai.fixed_length().is_some());
        let (fixed, open): (Vec<_>, Vec<_>) = self.elements.iter().partition(is_fixed);
        let last = open.len().saturating_sub(1);
        let mut text = String::new();
        for element in fixed {
            text += &element.ai;
            text += &element.value;
        }
        for (n, element) in open.into_iter().enumerate() {
            text += &element.ai;
            text += &element.value;
            if n < last {
                text.push(SEPARATOR);
            }
        }
        text
    }
}

impl fmt::Display for ElementString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for element in &self.elements {
            write!(f, "({}){}", element.ai, element.value.replace('(', "\\("))?;
        }
        Ok(())
    }
}

fn scanned(body: &str, start: usize) -> Result<Vec<Element>, Refusal> {
    let mut list = Vec::new();
    let mut rest = body.strip_prefix(SEPARATOR).unwrap_or(body);
    while !rest.is_empty() {
        let at = start + body.len() - rest.len();
        let (ai, known) = Ai::begins(rest).ok_or_else(|| no_ai(rest, at))?;
        let after = rest.get(ai.len()..).unwrap_or_default();
        let end = match known.fixed_length() {
            Some(length) => length,
            None => after.find(SEPARATOR).unwrap_or(after.len()),
        };
        let (value, next) = after
            .split_at_checked(end)
            .ok_or_else(|| Refusal::byte(Rule::Length, at))?;
        add(&mut list, ai, value)?;
        // A separator after a predefined length is not needed and must be taken (7.8.5).
        rest = next.strip_prefix(SEPARATOR).unwrap_or(next);
    }
    match list.is_empty() {
        true => Err(Refusal::whole(Rule::Empty)),
        false => Ok(list),
    }
}

fn no_ai(rest: &str, at: usize) -> Refusal {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    match digits {
        0 | 1 => Refusal::byte(Rule::Format, at),
        _ => Refusal::byte(Rule::UnknownCode, at),
    }
}

fn bracketed(body: &str, start: usize) -> Result<Vec<Element>, Refusal> {
    let mut list = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let at = start + body.len() - rest.len();
        let (ai, after) = rest
            .strip_prefix('(')
            .and_then(|inside| inside.split_once(')'))
            .ok_or_else(|| Refusal::byte(Rule::Format, at))?;
        let end = open_bracket(after).unwrap_or(after.len());
        let (value, next) = after
            .split_at_checked(end)
            .ok_or_else(|| Refusal::byte(Rule::Format, at))?;
        add(&mut list, ai, &value.replace("\\(", "("))?;
        rest = next;
    }
    Ok(list)
}

/// Where a bracket opens that has no backslash before it.
fn open_bracket(text: &str) -> Option<usize> {
    let mut before = b' ';
    text.bytes().position(|byte| {
        let opens = byte == b'(' && before != b'\\';
        before = byte;
        opens
    })
}

fn add(list: &mut Vec<Element>, ai: &str, value: &str) -> Result<(), Refusal> {
    let place = || Place::Tag(format!("({ai})"));
    if !(2..=4).contains(&ai.len()) || !ai.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::whole(Rule::Format));
    }
    let known = Ai::find(ai).ok_or_else(|| Refusal::new(Rule::UnknownCode, place()))?;
    known
        .check(value)
        .map_err(|(rule, _)| Refusal::new(rule, place()))?;
    // The same value twice is redundant and allowed, another one is a contradiction (General Specifications, data relationships).
    if list
        .iter()
        .any(|e: &Element| e.ai == ai && e.value != value)
    {
        return Err(Refusal::new(Rule::DuplicateAi, place()));
    }
    list.push(Element {
        ai: ai.to_owned(),
        value: value.to_owned(),
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(text: &str) -> Rule {
        ElementString::parse(text).unwrap_err().rule
    }

    #[test]
    fn both_forms_are_one() {
        let read = ElementString::parse("(01)09506000134352(17)261200(10)LO(T1").unwrap_err();
        assert_eq!(read.rule, Rule::Format);
        let read = ElementString::parse("(10)LO\\(T1(01)09506000134352(17)261200").unwrap();
        assert_eq!(read.lot(), Some("LO(T1"));
        assert_eq!(read.scanned(), "01095060001343521726120010LO(T1");
        let on = "2026-11-24".parse().unwrap();
        assert_eq!(read.expiry(on).unwrap().to_string(), "2026-12-31");
        assert_eq!(read.gtin().unwrap().gtin14(), "09506000134352");
        assert_eq!(ElementString::parse(&read.to_string()).unwrap(), read);
    }

    #[test]
    fn scanners() {
        let text = "]d201095060001343521726120010LOT1\u{1d}21S1";
        let read = ElementString::parse(text).unwrap();
        assert_eq!(
            read.to_string(),
            "(01)09506000134352(17)261200(10)LOT1(21)S1"
        );
        assert_eq!(format!("]d2{}", read.scanned()), text);
        // A separator that is not needed.
        let text = "\u{1d}0109506000134352\u{1d}10LOT1";
        assert_eq!(ElementString::parse(text).unwrap().elements().len(), 2);
    }

    #[test]
    fn refusals() {
        assert_eq!(rule(""), Rule::Empty);
        assert_eq!(rule("]C1"), Rule::Empty);
        assert_eq!(rule("0109506000134353"), Rule::Checksum);
        assert_eq!(rule("010950600013435"), Rule::Length);
        assert_eq!(rule("1409506000134352"), Rule::UnknownCode);
        assert_eq!(rule("ABC"), Rule::Format);
        assert_eq!(rule("(x)1"), Rule::Format);
        assert_eq!(rule("(01"), Rule::Format);
        assert_eq!(rule("(10)A(10)B"), Rule::DuplicateAi);
        assert!(ElementString::parse("(10)A(10)A").is_ok());
        assert_eq!(rule("(17)261301"), Rule::Date);
        assert_eq!(rule("(10)lô"), Rule::Charset);
    }

    proptest! {
        #[test]
        fn what_is_built_is_read(lot in "[!\"%&'*-/0-9:-?A-Z_a-z(]{1,20}", serial in "[0-9A-Z]{1,20}", day in 0..=28_u8) {
            let date = format!("2701{day:02}");
            let built = ElementString::new([("01", "09506000134352"), ("10", &*lot), ("17", &*date), ("21", &*serial)]).unwrap();
            prop_assert_eq!(&ElementString::parse(&built.to_string()).unwrap(), &built);
            let scanned = ElementString::parse(&built.scanned()).unwrap();
            for element in built.elements() {
                prop_assert_eq!(scanned.get(&element.ai), Some(&*element.value));
            }
        }

        #[test]
        fn any_text_is_answered(text in "[(]?[01][0-9]\\PC{0,60}") {
            if let Ok(read) = ElementString::parse(&text) {
                prop_assert_eq!(ElementString::parse(&read.to_string()).unwrap(), read);
            }
        }
    }
}
