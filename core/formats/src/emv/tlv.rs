//! Tag, length, value: two digits, two digits, so many characters (EMVCo QRCPS Merchant-Presented Mode 1.1, Data Organization).
//!
//! Invariant: fields follow each other without a gap and the last one ends where the text ends; a length is never mended.

use crate::{Place, Refusal, Rule};

/// What a length counts.
///
/// The standard counts characters (its own example and Khmer, Thai and Lao codes do); some builders count the bytes of UTF-8.
/// Both are the same for ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Characters, as the standard says.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

/// One field as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// 0 to 99.
    pub tag: u8,
    /// Its value, untouched.
    pub value: &'a str,
}

/// Reads fields one after the other.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    unit: Unit,
}

impl<'a> Reader<'a> {
    /// Over the whole of `text`. Where it is ASCII, [`Unit::Bytes`] is the faster of two equal ones.
    pub(super) fn new(text: &'a str, unit: Unit) -> Reader<'a> {
        Reader { text, at: 0, unit }
    }

    /// Where the next field begins, in bytes.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// What was not read yet.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next field; `None` at the end.
    // Inlined: its large result otherwise goes through memory at every field.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Result<Option<Field<'a>>, Refusal> {
        let bytes = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let &[t1, t2, l1, l2, ..] = bytes else {
            return match bytes {
                [] => Ok(None),
                part => Err(self.broken(part)),
            };
        };
        let (Some(tag), Some(length)) = (two_digits(t1, t2), two_digits(l1, l2)) else {
            return Err(self.broken(&bytes[..4]));
        };
        let from = self.at + 4;
        let cut = || Refusal::byte(Rule::Truncated, self.at);
        let end = match self.unit {
            Unit::Bytes => from + usize::from(length),
            Unit::Characters => {
                let rest = self.text.get(from..).ok_or_else(cut)?;
                let mut starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
                from + starts.nth(usize::from(length)).ok_or_else(cut)?
            }
        };
        if end > self.text.len() {
            return Err(cut());
        }
        let value = self
            .text
            .get(from..end)
            .ok_or(Refusal::byte(Rule::Format, self.at))?;
        self.at = end;
        Ok(Some(Field { tag, value }))
    }

    /// Why these bytes begin no field: digits that end too soon, or no digits.
    #[cold]
    fn broken(&self, bytes: &[u8]) -> Refusal {
        let rule = match bytes.iter().find(|b| !b.is_ascii_digit()) {
            None => Rule::Truncated,
            Some(b) if b.is_ascii() => Rule::Format,
            Some(_) => Rule::Charset,
        };
        Refusal::byte(rule, self.at)
    }
}

/// All fields of a template, in their order, none twice.
///
/// # Errors
/// A broken field, or one twice, placed at the tag `path` names.
pub(super) fn template<'a>(
    text: &'a str,
    unit: Unit,
    path: impl Fn(Option<u8>) -> String,
) -> Result<Vec<Field<'a>>, Refusal> {
    let mut fields = Vec::with_capacity(4);
    let mut seen = Seen::default();
    let mut reader = Reader::new(text, unit);
    loop {
        match reader.next() {
            Ok(None) => return Ok(fields),
            Ok(Some(field)) if seen.twice(field.tag) => {
                return Err(Refusal::new(
                    Rule::DuplicateTag,
                    Place::Tag(path(Some(field.tag))),
                ));
            }
            Ok(Some(field)) => fields.push(field),
            Err(refusal) => return Err(Refusal::new(refusal.rule, Place::Tag(path(None)))),
        }
    }
}

/// Which tags were seen.
#[derive(Default)]
pub(super) struct Seen(u128);

impl Seen {
    /// Whether the tag was seen before; from now on it was.
    pub(super) fn twice(&mut self, tag: u8) -> bool {
        let bit = 1 << (tag & 127);
        let was = self.0 & bit != 0;
        self.0 |= bit;
        was
    }
}

/// The value of a field in a template.
pub(super) fn find<'a>(fields: &[Field<'a>], tag: u8) -> Option<&'a str> {
    fields.iter().find(|f| f.tag == tag).map(|f| f.value)
}

/// Appends a field. `None` when the value is longer than a length can say.
pub(super) fn write(into: &mut String, tag: u8, value: &str, unit: Unit) -> Option<()> {
    let length = match unit {
        Unit::Characters => value.chars().count(),
        Unit::Bytes => value.len(),
    };
    let length = u8::try_from(length).ok().filter(|l| *l < 100)?;
    for number in [tag, length] {
        into.push(char::from(b'0' + number / 10 % 10));
        into.push(char::from(b'0' + number % 10));
    }
    into.push_str(value);
    Some(())
}

fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens * 10 + ones)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, unit: Unit) -> Result<Vec<(u8, &str)>, Rule> {
        template(text, unit, |_| String::new())
            .map(|fields| fields.iter().map(|f| (f.tag, f.value)).collect())
            .map_err(|e| e.rule)
    }

    #[test]
    fn characters_or_bytes() {
        let text = "0103Huế0201a";
        assert_eq!(all(text, Unit::Characters), Ok(vec![(1, "Huế"), (2, "a")]));
        assert_eq!(all(text, Unit::Bytes), Err(Rule::Format));
        assert_eq!(all("0105Huế", Unit::Bytes), Ok(vec![(1, "Huế")]));
    }

    #[test]
    fn lengths_that_lie() {
        assert_eq!(all("0103ab", Unit::Bytes), Err(Rule::Truncated));
        assert_eq!(all("0103ab", Unit::Characters), Err(Rule::Truncated));
        assert_eq!(all("0101ab", Unit::Bytes), Err(Rule::Format));
        assert_eq!(all("010", Unit::Bytes), Err(Rule::Truncated));
        assert_eq!(all("01٣", Unit::Characters), Err(Rule::Charset));
        assert_eq!(all("0100", Unit::Bytes), Ok(vec![(1, "")]));
        assert_eq!(all("01000100", Unit::Bytes), Err(Rule::DuplicateTag));
    }
}
