//! Dates of two-digit years: which century, and which parts are known.
//!
//! Invariant: a birth date is never after the reference date; without one no century is said.
//!
//! Source: ICAO Doc 9303 part 3 section 4.8: dates are `YYMMDD`; unknown parts of a date of birth are `<<`.

use hues_vietnam::Date;

use crate::{PartialDate, Refusal, Rule};

/// Parts of a `YYMMDD`; `None` where there are fillers.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
}

impl Parts {
    /// Six characters, two by two: digits or `<<`.
    pub(super) fn read(field: &[u8]) -> Option<Parts> {
        let &[y1, y2, m1, m2, d1, d2] = field else {
            return None;
        };
        Some(Parts {
            year: pair(y1, y2)?,
            month: pair(m1, m2)?,
            day: pair(d1, d2)?,
        })
    }

    /// Nothing is known.
    pub(super) const fn is_empty(self) -> bool {
        self.year.is_none() && self.month.is_none() && self.day.is_none()
    }

    /// All is known.
    pub(super) const fn is_whole(self) -> bool {
        self.year.is_some() && self.month.is_some() && self.day.is_some()
    }

    /// Whether some year has such a day; an unknown month may have 31 days, an unknown year a leap day.
    pub(super) fn may_be(self) -> bool {
        // Two years of one two-digit year differ in their leap day only if it is 00.
        let years = match self.year {
            Some(year) => [1900 + year, 2000 + year],
            None => [2000, 2000],
        };
        years.into_iter().any(|year| {
            let month = self.month.unwrap_or(1);
            Date::from_ymd(year as i32, month, self.day.unwrap_or(1)).is_ok()
        })
    }

    /// The latest such date not after `on`; `None` inside when not even the year is known.
    pub(super) fn latest(self, on: Date) -> Result<Option<PartialDate>, Refusal> {
        let Some(year) = self.year else {
            return Ok(None);
        };
        // A day without its month says no more than the year.
        let day = self.month.and(self.day);
        let this_century = on.year() as u32 / 100;
        (0..=this_century)
            .rev()
            .take(5) // a leap day of a year 00 comes back after four centuries
            .filter_map(|century| {
                PartialDate::from_parts(century * 100 + year, self.month, day).ok()
            })
            .find(|date| date.earliest() <= on)
            .map(Some)
            .ok_or(Refusal::field(Rule::Date, "birth_date"))
    }
}

/// Two digits, or two fillers; `None` for anything else.
fn pair(first: u8, second: u8) -> Option<Option<u32>> {
    match (first, second) {
        (b'<', b'<') => Some(None),
        (b'0'..=b'9', b'0'..=b'9') => Some(Some(
            u32::from(first - b'0') * 10 + u32::from(second - b'0'),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latest(field: &str, on: &str) -> Option<String> {
        let parts = Parts::read(field.as_bytes()).unwrap();
        let date = parts.latest(on.parse().unwrap()).ok()?;
        Some(date.map(|d| d.to_string()).unwrap_or_default())
    }

    #[test]
    fn the_century_follows_the_reference_date() {
        let cases = [
            ("900315", "2026-11-24", Some("1990-03-15")),
            ("261124", "2026-11-24", Some("2026-11-24")),
            ("261125", "2026-11-24", Some("1926-11-25")),
            ("000229", "2026-11-24", Some("2000-02-29")),
            ("000229", "1999-12-31", Some("1600-02-29")),
            ("010229", "2026-11-24", None),
            ("90<<<<", "2026-11-24", Some("1990")),
            ("9003<<", "2026-11-24", Some("1990-03")),
            ("26<<<<", "2026-01-01", Some("2026")),
            ("2612<<", "2026-11-24", Some("1926-12")),
            ("90<<15", "2026-11-24", Some("1990")),
            ("<<<<<<", "2026-11-24", Some("")),
        ];
        for (field, on, expected) in cases {
            assert_eq!(latest(field, on).as_deref(), expected, "{field} on {on}");
        }
    }

    #[test]
    fn days_that_never_were() {
        let may_be = |field: &str| Parts::read(field.as_bytes()).is_some_and(Parts::may_be);
        for field in ["000229", "040229", "90<<31", "<<0229", "<<<<<<", "991231"] {
            assert!(may_be(field), "{field}");
        }
        for field in [
            "010229", "900231", "901301", "900100", "9<0315", "O00101", "90031",
        ] {
            assert!(!may_be(field), "{field}");
        }
    }
}
