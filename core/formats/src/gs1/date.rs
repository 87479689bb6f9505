//! Dates of six digits, YYMMDD (GS1 General Specifications 3.4; the century: 7.12).

use hues_vietnam::Date;

/// The day that `yymmdd` means on the day `on`: the century is the one that puts the year nearest, from 49 years back to 50 ahead (General Specifications 7.12);
/// day 00 is the last day of the month (3.4). `None` when there is no such day.
#[must_use]
pub fn date_of(yymmdd: &str, on: Date) -> Option<Date> {
    let (yy, month, day) = parts(yymmdd)?;
    let year = year_of(yy, on.year());
    if day > 0 {
        return Date::from_ymd(year, month, day).ok();
    }
    (28..=31)
        .rev()
        .find_map(|last| Date::from_ymd(year, month, last).ok())
}

/// The four-digit year of two digits: 51 to 99 above this year's two are of the century before, 50 to 99 below them of the next.
fn year_of(yy: i32, this_year: i32) -> i32 {
    let century = this_year - this_year.rem_euclid(100);
    let ahead = yy - this_year.rem_euclid(100);
    century
        + yy
        + match ahead {
            51.. => -100,
            ..=-50 => 100,
            _ => 0,
        }
}

/// Whether six digits can be a date of some century; `zero_day`: whether day 00 may stand for the whole month.
pub(super) fn is_date(yymmdd: &str, zero_day: bool) -> bool {
    let Some((yy, month, day)) = parts(yymmdd) else {
        return false;
    };
    // Every fourth year is a leap year from 1901 to 2099.
    (day == 0 && zero_day && (1..=12).contains(&month))
        || Date::from_ymd(2000 + yy, month, day).is_ok()
}

fn parts(yymmdd: &str) -> Option<(i32, u32, u32)> {
    if yymmdd.len() != 6 || !yymmdd.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| yymmdd.get(at..at + 2)?.parse::<u32>().ok();
    Some((two(0)? as i32, two(2)?, two(4)?)) // two digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(yymmdd: &str, on: &str) -> Option<String> {
        date_of(yymmdd, on.parse().unwrap()).map(|d| d.to_string())
    }

    #[test]
    fn the_century_is_the_nearest() {
        assert_eq!(of("261231", "2026-11-24").unwrap(), "2026-12-31");
        assert_eq!(of("760101", "2026-11-24").unwrap(), "2076-01-01");
        assert_eq!(of("770101", "2026-11-24").unwrap(), "1977-01-01");
        assert_eq!(of("990101", "2026-11-24").unwrap(), "1999-01-01");
        assert_eq!(of("040101", "2055-01-01").unwrap(), "2104-01-01");
        assert_eq!(of("060101", "2055-01-01").unwrap(), "2006-01-01");
    }

    #[test]
    fn day_zero_is_the_last_of_the_month() {
        assert_eq!(of("280200", "2026-11-24").unwrap(), "2028-02-29");
        assert_eq!(of("270200", "2026-11-24").unwrap(), "2027-02-28");
        assert_eq!(of("270400", "2026-11-24").unwrap(), "2027-04-30");
        assert_eq!(of("271300", "2026-11-24"), None);
        assert_eq!(of("270229", "2026-11-24"), None);
        assert!(is_date("270400", true) && !is_date("270400", false));
        assert!(is_date("280229", false) && !is_date("270229", false));
        assert!(!is_date("27043", true) && !is_date("+70430", true));
    }
}
