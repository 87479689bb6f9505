//! A day of which only the year, or year and month, may be known: birth dates on old papers.
//!
//! Invariant: what is known is valid; the text is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.

use std::fmt;
use std::str::FromStr;

use hues_vietnam::{Date, DateError};

/// A day, or as much of it as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum PartialDate {
    /// The day is known.
    Day {
        /// The day.
        date: Date,
    },
    /// Only year and month are known.
    Month {
        /// The year, 1 to 9999.
        year: u16,
        /// The month, 1 to 12.
        month: u8,
    },
    /// Only the year is known, 1 to 9999.
    Year {
        /// The year.
        year: u16,
    },
}

impl PartialDate {
    /// Year, and month and day where they are given.
    ///
    /// # Errors
    ///
    /// When there is no such year, month or day, or a day is given without its month.
    pub fn from_parts(year: u32, month: Option<u32>, day: Option<u32>) -> Result<Self, DateError> {
        let first = Date::from_ymd(
            i32::try_from(year).map_err(|_| DateError)?,
            month.unwrap_or(1),
            day.unwrap_or(1),
        )?;
        let (year, known_month, _) = first.ymd();
        let year = year as u16; // a Date ends in 9999
        match (month, day) {
            (Some(_), Some(_)) => Ok(PartialDate::Day { date: first }),
            (Some(_), None) => Ok(PartialDate::Month {
                year,
                month: known_month as u8, // 1 to 12
            }),
            (None, None) => Ok(PartialDate::Year { year }),
            (None, Some(_)) => Err(DateError),
        }
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        match self {
            PartialDate::Day { date: day } => day.year() as u16, // a Date ends in 9999
            PartialDate::Month { year, .. } | PartialDate::Year { year } => year,
        }
    }

    /// Year, and month and day where they are known.
    #[must_use]
    pub fn parts(self) -> (u16, Option<u8>, Option<u8>) {
        match self {
            PartialDate::Day { date } => {
                let (year, month, day) = date.ymd();
                (year as u16, Some(month as u8), Some(day as u8))
            }
            PartialDate::Month { year, month } => (year, Some(month), None),
            PartialDate::Year { year } => (year, None, None),
        }
    }

    /// The first day it may be.
    #[must_use]
    pub fn earliest(self) -> Date {
        let (year, month, day) = self.parts();
        Date::from_ymd(
            i32::from(year),
            u32::from(month.unwrap_or(1)),
            u32::from(day.unwrap_or(1)),
        )
        .unwrap_or(Date::MIN)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PartialDate::Day { date: day } => fmt::Display::fmt(day, f),
            PartialDate::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            PartialDate::Year { year } => write!(f, "{year:04}"),
        }
    }
}

impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let part = |digits: &str, width: usize| match crate::payload::number(digits) {
            Some(n) if digits.len() == width => Ok(n),
            _ => Err(DateError),
        };
        match text.len() {
            4 => Self::from_parts(part(text, 4)?, None, None),
            7 => {
                let (year, month) = text.split_once('-').ok_or(DateError)?;
                Self::from_parts(part(year, 4)?, Some(part(month, 2)?), None)
            }
            _ => text.parse().map(|date| PartialDate::Day { date }),
        }
    }
}

impl From<Date> for PartialDate {
    fn from(day: Date) -> Self {
        PartialDate::Day { date: day }
    }
}

impl serde::Serialize for PartialDate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_and_nonsense_does_not() {
        for text in ["1990-03-15", "1990-03", "1990"] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), text);
        }
        for text in [
            "1990-13",
            "0000",
            "1990-02-30",
            "1990-3",
            "90",
            "",
            "+199",
            "1990/03",
        ] {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
        assert!(PartialDate::from_parts(1990, None, Some(3)).is_err());
        assert!(PartialDate::from_parts(10_000, None, None).is_err());
    }

    #[test]
    fn the_earliest_day() {
        let day = |text: &str| text.parse::<PartialDate>().unwrap().earliest().to_string();
        assert_eq!(day("1990"), "1990-01-01");
        assert_eq!(day("1990-03"), "1990-03-01");
        assert_eq!(day("1990-03-15"), "1990-03-15");
    }
}
