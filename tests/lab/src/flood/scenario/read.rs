//! Reading one table of a scenario: typed values out, refusals with lines, and nothing left unread.

use std::ops::Range;

use toml::de::{DeTable, DeValue};
use toml::Spanned;

use super::{Refused, HOUR, MINUTE};

/// The text, for telling lines.
#[derive(Clone, Copy)]
pub(super) struct Text<'t>(pub &'t str);

impl Text<'_> {
    pub(super) fn refuse(self, at: &Range<usize>, rule: impl Into<String>) -> Refused {
        let start = at.start.min(self.0.len());
        let line = 1 + self.0.as_bytes()[..start]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        Refused {
            line,
            rule: rule.into(),
        }
    }
}

/// A table that is being read: what was asked for is taken out; what is left at the end nobody knows.
pub(super) struct Table<'t> {
    text: Text<'t>,
    at: Range<usize>,
    name: String,
    entries: DeTable<'t>,
}

type Read<T> = Result<T, Refused>;

impl<'t> Table<'t> {
    pub(super) fn new(text: Text<'t>, name: &str, table: Spanned<DeTable<'t>>) -> Table<'t> {
        Table {
            text,
            at: table.span(),
            name: name.to_owned(),
            entries: table.into_inner(),
        }
    }

    pub(super) fn refuse(&self, rule: impl Into<String>) -> Refused {
        self.text.refuse(&self.at, rule)
    }

    fn take(&mut self, key: &str) -> Option<(Range<usize>, DeValue<'t>)> {
        let value = self.entries.remove(key)?;
        Some((value.span(), value.into_inner()))
    }

    fn need(&mut self, key: &str) -> Read<(Range<usize>, DeValue<'t>)> {
        let missing = self.refuse(format!("{} needs '{key}'", self.name));
        self.take(key).ok_or(missing)
    }

    /// A text that must be there.
    pub(super) fn string(&mut self, key: &str) -> Read<(Range<usize>, String)> {
        let (at, value) = self.need(key)?;
        match value {
            DeValue::String(s) => Ok((at, s.into_owned())),
            _ => Err(self
                .text
                .refuse(&at, format!("'{key}' is a text in quotes"))),
        }
    }

    /// A text that may be there.
    pub(super) fn string_or_none(&mut self, key: &str) -> Read<Option<(Range<usize>, String)>> {
        match self.entries.contains_key(key) {
            true => self.string(key).map(Some),
            false => Ok(None),
        }
    }

    /// A whole number within bounds.
    pub(super) fn number(&mut self, key: &str, low: u64, high: u64) -> Read<u64> {
        let (at, value) = self.need(key)?;
        let number = whole(&value)
            .ok_or_else(|| self.text.refuse(&at, format!("'{key}' is a whole number")))?;
        self.within(&at, key, number, low, high)
    }

    /// A whole number within bounds, or this.
    pub(super) fn number_or(&mut self, key: &str, low: u64, high: u64, or: u64) -> Read<u64> {
        match self.entries.contains_key(key) {
            true => self.number(key, low, high),
            false => Ok(or),
        }
    }

    /// Yes or no; no where it is left out.
    pub(super) fn flag(&mut self, key: &str) -> Read<bool> {
        match self.take(key) {
            None => Ok(false),
            Some((_, DeValue::Boolean(is))) => Ok(is),
            Some((at, _)) => Err(self.text.refuse(&at, format!("'{key}' is true or false"))),
        }
    }

    /// Two whole numbers, the smaller one first, or this.
    pub(super) fn pair_or(
        &mut self,
        key: &str,
        low: u64,
        high: u64,
        or: (u64, u64),
    ) -> Read<(u64, u64)> {
        let Some((at, value)) = self.take(key) else {
            return Ok(or);
        };
        let rule = format!("'{key}' is two whole numbers, [from, to]");
        let DeValue::Array(items) = value else {
            return Err(self.text.refuse(&at, rule));
        };
        let numbers: Option<Vec<u64>> = items.iter().map(|i| whole(i.get_ref())).collect();
        match numbers.as_deref() {
            Some([from, to]) if from <= to => {
                self.within(&at, key, *from, low, high)?;
                self.within(&at, key, *to, low, high)?;
                Ok((*from, *to))
            }
            _ => Err(self.text.refuse(&at, rule)),
        }
    }

    /// A stretch of time, `"80h"`, `"45m"`, `"20s"`, up to `longest` milliseconds.
    pub(super) fn time(&mut self, key: &str, longest: u64) -> Read<u64> {
        let (at, text) = self.string(key)?;
        let rule = format!("'{key}' is a time such as \"80h\", \"45m\" or \"20s\"");
        let (number, unit) =
            text.split_at(text.len() - text.chars().last().map_or(0, char::len_utf8));
        let ms = match (number.parse::<u64>(), unit) {
            (Ok(n), "h") => n.checked_mul(HOUR),
            (Ok(n), "m") => n.checked_mul(MINUTE),
            (Ok(n), "s") => n.checked_mul(1_000),
            _ => None,
        };
        let ms = ms.ok_or_else(|| self.text.refuse(&at, rule))?;
        if ms > longest {
            let rule = format!("'{key}' is at most {} h", longest / HOUR);
            return Err(self.text.refuse(&at, rule));
        }
        Ok(ms)
    }

    /// The same, or this.
    pub(super) fn time_or(&mut self, key: &str, longest: u64, or: u64) -> Read<u64> {
        match self.entries.contains_key(key) {
            true => self.time(key, longest),
            false => Ok(or),
        }
    }

    /// A date with a time and a zone, milliseconds since 1970.
    pub(super) fn instant(&mut self, key: &str) -> Read<i64> {
        let (at, value) = self.need(key)?;
        let rule =
            format!("'{key}' is a date with time and zone, such as 2025-10-28T00:00:00+07:00");
        let DeValue::Datetime(moment) = value else {
            return Err(self.text.refuse(&at, rule));
        };
        instant(&moment).ok_or_else(|| self.text.refuse(&at, rule))
    }

    /// A list of texts that may be there.
    pub(super) fn strings(&mut self, key: &str) -> Read<Vec<(Range<usize>, String)>> {
        let Some((at, value)) = self.take(key) else {
            return Ok(Vec::new());
        };
        let rule = || self.text.refuse(&at, format!("'{key}' is a list of texts"));
        let DeValue::Array(items) = value else {
            return Err(rule());
        };
        let one = |item: Spanned<DeValue<'t>>| match (item.span(), item.into_inner()) {
            (at, DeValue::String(s)) => Ok((at, s.into_owned())),
            _ => Err(rule()),
        };
        items.into_iter().map(one).collect()
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables(&mut self, key: &str) -> Read<Vec<Table<'t>>> {
        let Some((at, value)) = self.take(key) else {
            return Ok(Vec::new());
        };
        let rule = format!("write [[{key}]] above each");
        let DeValue::Array(items) = value else {
            return Err(self.text.refuse(&at, rule));
        };
        let text = self.text;
        let one = |item: Spanned<DeValue<'t>>| {
            let at = item.span();
            match item.into_inner() {
                DeValue::Table(table) => Ok(Table::new(text, key, Spanned::new(at, table))),
                _ => Err(text.refuse(&at, rule.clone())),
            }
        };
        items.into_iter().map(one).collect()
    }

    /// Nothing may be left.
    pub(super) fn end(self) -> Read<()> {
        match self.entries.iter().next() {
            None => Ok(()),
            Some((key, _)) => {
                let rule = format!("{} has no '{}'", self.name, key.get_ref());
                Err(self.text.refuse(&key.span(), rule))
            }
        }
    }

    fn within(&self, at: &Range<usize>, key: &str, n: u64, low: u64, high: u64) -> Read<u64> {
        match (low..=high).contains(&n) {
            true => Ok(n),
            false => Err(self
                .text
                .refuse(at, format!("'{key}' lies between {low} and {high}"))),
        }
    }
}

fn whole(value: &DeValue<'_>) -> Option<u64> {
    match value {
        DeValue::Integer(n) => u64::from_str_radix(n.as_str(), n.radix()).ok(),
        _ => None,
    }
}

/// Days are counted as in RFC 3339, without leap seconds.
fn instant(moment: &toml::value::Datetime) -> Option<i64> {
    let (date, time) = (moment.date?, moment.time?);
    let minutes = match moment.offset? {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i64::from(minutes),
    };
    let (y, m) = (i64::from(date.year), i64::from(date.month));
    // Counted from March, so that a leap day is the last of its year.
    let (y, m) = if m > 2 { (y, m - 3) } else { (y - 1, m + 9) };
    let days = 365 * y + y.div_euclid(4) - y.div_euclid(100)
        + y.div_euclid(400)
        + (153 * m + 2) / 5
        + i64::from(date.day)
        - 1
        - 719_468;
    let seconds = days * 86_400
        + i64::from(time.hour) * 3_600
        + i64::from(time.minute) * 60
        + i64::from(time.second.unwrap_or(0))
        - minutes * 60;
    Some(seconds * 1_000)
}
