//! Days of the Gregorian calendar, as law and forms count them: no hour, no zone.
//!
//! Invariant: a [`Date`] lies between 0001-01-01 and 9999-12-31 and is valid; all its text is `YYYY-MM-DD` (ISO 8601).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A day. Ordered, and written `YYYY-MM-DD` everywhere, in serde too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    /// Days since 1970-01-01.
    days: i32,
}

/// The text or the numbers are no day between 0001-01-01 and 9999-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date between 0001-01-01 and 9999-12-31, written YYYY-MM-DD")]
pub struct DateError;

impl Date {
    /// 0001-01-01.
    pub const MIN: Date = Date {
        days: days_from_civil(1, 1, 1),
    };
    /// 9999-12-31.
    pub const MAX: Date = Date {
        days: days_from_civil(9999, 12, 31),
    };

    /// The day of a year (1 to 9999), month (1 to 12) and day of the month.
    ///
    /// # Errors
    ///
    /// When there is no such day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Result<Date, DateError> {
        let exists = (1..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day);
        if exists {
            Ok(Date {
                days: days_from_civil(year, month, day),
            })
        } else {
            Err(DateError)
        }
    }

    /// The day that many days after (before, if negative) 1970-01-01, or the nearest day there is.
    #[must_use]
    pub fn from_days_saturating(days: i64) -> Date {
        let days = days.clamp(i64::from(Date::MIN.days), i64::from(Date::MAX.days));
        Date { days: days as i32 } // within the range of two i32
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days_since_epoch(self) -> i32 {
        self.days
    }

    /// Year, month (from 1) and day of the month (from 1).
    #[must_use]
    pub fn ymd(self) -> (i32, u32, u32) {
        civil_from_days(self.days)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.ymd().0
    }

    /// The day of the week as ISO 8601 counts: 1 is Monday, 7 is Sunday.
    #[must_use]
    pub fn iso_weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        ((self.days + 3).rem_euclid(7) + 1) as u8
    }

    /// The next day; `None` after 9999-12-31.
    #[must_use]
    pub fn next(self) -> Option<Date> {
        self.plus_days(1)
    }

    /// This day plus `days` (negative: minus); `None` outside the range of dates.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Option<Date> {
        let days = self.days.checked_add(days)?;
        (Date::MIN.days..=Date::MAX.days)
            .contains(&days)
            .then_some(Date { days })
    }

    /// The same day of the month `months` later, or that month's last day where it has no such day (Civil Code 2015, art. 148 (3));
    /// `None` after 9999.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Option<Date> {
        let (year, month, day) = self.ymd();
        let months = u32::try_from(year * 12).ok()? + (month - 1) + months.min(120_000);
        let (year, month) = ((months / 12) as i32, months % 12 + 1);
        Date::from_ymd(year, month, day.min(days_in_month(year, month))).ok()
    }

    /// As written on Vietnamese forms: `24/11/2026`.
    #[must_use]
    pub fn day_month_year(self) -> String {
        let (year, month, day) = self.ymd();
        format!("{day:02}/{month:02}/{year:04}")
    }
}

/// Number of days of a month (1 to 12) in the Gregorian calendar.
fn days_in_month(year: i32, month: u32) -> u32 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01. The year is counted from 1 March, so that the leap day is its last; 400 years are one cycle of
/// 146,097 days.
const fn days_from_civil(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let cycle = year.div_euclid(400);
    let year_of_cycle = year.rem_euclid(400);
    let day_of_year = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    cycle * 146_097 + day_of_cycle - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i32) -> (i32, u32, u32) {
    let days = days + 719_468;
    let day_of_cycle = days.rem_euclid(146_097);
    let year_of_cycle =
        (day_of_cycle - day_of_cycle / 1460 + day_of_cycle / 36_524 - day_of_cycle / 146_096) / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = days.div_euclid(146_097) * 400 + year_of_cycle + i32::from(month <= 2);
    (year, month as u32, day as u32)
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Date, DateError> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(DateError);
        };
        let number = |digits: &[u8]| -> Result<u32, DateError> {
            digits.iter().try_fold(0, |n, d| {
                if d.is_ascii_digit() {
                    Ok(n * 10 + u32::from(d - b'0'))
                } else {
                    Err(DateError)
                }
            })
        };
        Date::from_ymd(
            number(&[y1, y2, y3, y4])? as i32,
            number(&[m1, m2])?,
            number(&[d1, d2])?,
        )
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;

    fn try_from(text: String) -> Result<Date, DateError> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> String {
        date.to_string()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        text.parse().expect(text)
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let (mut year, mut month, mut day) = (1, 1, 1);
        let mut today = Date::MIN;
        loop {
            assert_eq!(today.ymd(), (year, month, day));
            assert_eq!(Date::from_ymd(year, month, day), Ok(today));
            let Some(tomorrow) = today.next() else { break };
            assert_eq!(tomorrow.iso_weekday(), today.iso_weekday() % 7 + 1);
            today = tomorrow;
            day += 1;
            if day > days_in_month(year, month) {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
        assert_eq!(today, Date::MAX);
    }

    #[test]
    fn known_days() {
        assert_eq!(date("1970-01-01").days_since_epoch(), 0);
        assert_eq!(date("2000-02-29").days_since_epoch(), 11_016);
        assert_eq!(date("2025-10-28").iso_weekday(), 2);
        assert_eq!(date("2026-11-24").iso_weekday(), 2);
        assert_eq!(date("2026-11-24").day_month_year(), "24/11/2026");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        let wrong = [
            "",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "0000-01-01",
            "26-01-01",
            "2026-1-1",
            "2026/01/01",
            "2026-01-01 ",
            "+026-01-01",
            "2026-01-0１",
            "20260101",
        ];
        for text in wrong {
            assert_eq!(text.parse::<Date>(), Err(DateError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_refused(text in any::<String>()) {
            if let Ok(date) = text.parse::<Date>() {
                prop_assert_eq!(date.to_string(), text);
            }
        }

        #[test]
        fn any_count_of_days_saturates(days in any::<i64>()) {
            let date = Date::from_days_saturating(days);
            prop_assert!(date >= Date::MIN && date <= Date::MAX);
            prop_assert_eq!(date.to_string().parse::<Date>(), Ok(date));
        }
    }
}
