//! Instants: milliseconds since 1970-01-01T00:00:00Z, and their RFC 3339 text at UTC and at law time.
//!
//! Invariant: law time is +07:00 all year, whatever zone the phone is set to. An instant
//! outside the years 1 to 9999 (a broken clock) is shown as the nearest that can be written, never refused and never a panic.

use crate::date::{Date, DateError};

/// Law time is that much ahead of UTC, in milliseconds.
pub const LAW_OFFSET_MS: i64 = 7 * 60 * 60 * 1000;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The day it is in Việt Nam at an instant (milliseconds since 1970, UTC).
#[must_use]
pub fn local_date(unix_ms: i64) -> Date {
    split(unix_ms.saturating_add(LAW_OFFSET_MS)).0
}

/// Milliseconds since midnight, law time, at an instant: 0 to 86,399,999.
#[must_use]
pub fn local_ms_of_day(unix_ms: i64) -> i64 {
    split(unix_ms.saturating_add(LAW_OFFSET_MS)).1
}

/// The instant `ms_of_day` milliseconds after midnight, law time, of `date`.
#[must_use]
pub fn local_instant(date: Date, ms_of_day: i64) -> i64 {
    (i64::from(date.days_since_epoch()) * DAY_MS - LAW_OFFSET_MS).saturating_add(ms_of_day)
}

/// RFC 3339 in UTC: `2025-10-28T01:30:00Z`, with `.123` when there are milliseconds.
#[must_use]
pub fn format_utc(unix_ms: i64) -> String {
    written(unix_ms) + "Z"
}

/// RFC 3339 at law time: `2025-10-28T08:30:00+07:00`, with `.123` when there are milliseconds.
#[must_use]
pub fn format_local(unix_ms: i64) -> String {
    written(unix_ms.saturating_add(LAW_OFFSET_MS)) + "+07:00"
}

fn written(ms: i64) -> String {
    let (date, ms) = split(ms);
    let (hour, minute, second, milli) =
        (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000);
    if milli == 0 {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}")
    }
}

/// Day and milliseconds of the day, saturating at both ends of the calendar.
fn split(ms: i64) -> (Date, i64) {
    let days = ms.div_euclid(DAY_MS);
    let date = Date::from_days_saturating(days);
    let of_day = match i64::from(date.days_since_epoch()) {
        day if day < days => DAY_MS - 1,
        day if day > days => 0,
        _ => ms.rem_euclid(DAY_MS),
    };
    (date, of_day)
}

/// The text is no RFC 3339 instant of the years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// Not of the form `2025-10-28T08:30:00+07:00`.
    #[error("not an RFC 3339 instant")]
    Form,
    /// The form is right, but there is no such day, hour or offset.
    #[error("no such day or time")]
    Range,
}

impl From<DateError> for InstantError {
    fn from(_: DateError) -> InstantError {
        InstantError::Range
    }
}

/// Longest text taken: nine digits of a second and some more are read, the rest is nobody's clock.
const MAX_TEXT: usize = 48;

/// Milliseconds since 1970 of an RFC 3339 text with any offset. What is finer than a millisecond is cut off; a leap second
/// (`:60`) is the first moment of the next minute.
///
/// # Errors
///
/// [`InstantError::Form`] and [`InstantError::Range`]; a text without an offset is refused: it names no instant.
pub fn parse_rfc3339(text: &str) -> Result<i64, InstantError> {
    if text.len() > MAX_TEXT || !text.is_ascii() {
        return Err(InstantError::Form);
    }
    let (date, rest) = text.split_at_checked(10).ok_or(InstantError::Form)?;
    let date = parse_date(date)?;
    let rest = rest
        .strip_prefix(['T', 't', ' '])
        .ok_or(InstantError::Form)?;
    let (time, rest) = rest.split_at_checked(8).ok_or(InstantError::Form)?;
    let &[h1, h2, b':', m1, m2, b':', s1, s2] = time.as_bytes() else {
        return Err(InstantError::Form);
    };
    let (hour, minute, second) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    let (milli, offset) = fraction(rest)?;
    let offset_minutes = offset_minutes(offset)?;
    if hour > 23 || minute > 59 || second > 60 {
        return Err(InstantError::Range);
    }
    let of_day = ((hour * 60 + minute - offset_minutes) * 60 + second) * 1000 + milli;
    let unix_ms = i64::from(date.days_since_epoch()) * DAY_MS + of_day;
    let day = unix_ms.div_euclid(DAY_MS);
    let writable =
        i64::from(Date::MIN.days_since_epoch())..=i64::from(Date::MAX.days_since_epoch());
    if writable.contains(&day) {
        Ok(unix_ms)
    } else {
        Err(InstantError::Range)
    }
}

/// A wrong form and a day that is not are told apart.
fn parse_date(text: &str) -> Result<Date, InstantError> {
    let is_form = text.bytes().enumerate().all(|(i, b)| {
        if i == 4 || i == 7 {
            b == b'-'
        } else {
            b.is_ascii_digit()
        }
    });
    if is_form {
        Ok(text.parse::<Date>()?)
    } else {
        Err(InstantError::Form)
    }
}

fn two(tens: u8, ones: u8) -> Result<i64, InstantError> {
    if tens.is_ascii_digit() && ones.is_ascii_digit() {
        Ok(i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    } else {
        Err(InstantError::Form)
    }
}

/// Milliseconds of an optional `.123456`, and the rest.
fn fraction(text: &str) -> Result<(i64, &str), InstantError> {
    let Some(digits) = text.strip_prefix('.') else {
        return Ok((0, text));
    };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    if count == 0 {
        return Err(InstantError::Form);
    }
    let (digits, rest) = digits.split_at(count);
    let milli = digits
        .bytes()
        .chain(*b"000")
        .take(3)
        .fold(0, |n, d| n * 10 + i64::from(d - b'0'));
    Ok((milli, rest))
}

/// `Z` or `±hh:mm`, in minutes ahead of UTC.
fn offset_minutes(text: &str) -> Result<i64, InstantError> {
    match *text.as_bytes() {
        [b'Z' | b'z'] => Ok(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two(h1, h2)?, two(m1, m2)?);
            if hours > 23 || minutes > 59 {
                return Err(InstantError::Range);
            }
            let ahead = hours * 60 + minutes;
            Ok(if sign == b'-' { -ahead } else { ahead })
        }
        _ => Err(InstantError::Form),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn law_time_turns_the_day_at_seventeen_utc() {
        let before = parse_rfc3339("2025-10-27T16:59:59.999Z").expect("an instant");
        assert_eq!(local_date(before).to_string(), "2025-10-27");
        assert_eq!(local_date(before + 1).to_string(), "2025-10-28");
        assert_eq!(local_ms_of_day(before), DAY_MS - 1);
        assert_eq!(local_instant(local_date(before + 1), 0), before + 1);
        assert_eq!(format_local(before + 1), "2025-10-28T00:00:00+07:00");
    }

    #[test]
    fn known_instants() {
        assert_eq!(format_utc(0), "1970-01-01T00:00:00Z");
        assert_eq!(format_local(-1), "1970-01-01T06:59:59.999+07:00");
        for same in [
            "2025-10-28T08:30:00+07:00",
            "2025-10-28T01:30:00Z",
            "2025-10-27t20:00:00.0000009-05:30",
            "2025-10-28 01:30:00-00:00",
        ] {
            assert_eq!(parse_rfc3339(same), Ok(1_761_615_000_000), "{same}");
        }
        assert_eq!(
            parse_rfc3339("2016-12-31T23:59:60Z"),
            parse_rfc3339("2017-01-01T00:00:00Z")
        );
        assert_eq!(parse_rfc3339("1970-01-01T00:00:00.1239Z"), Ok(123));
    }

    #[test]
    fn what_names_no_instant_is_refused() {
        let form = [
            "",
            "2025-10-28",
            "2025-10-28T08:30:00",
            "2025-10-28T08:30Z",
            "2025-10-28T08:30:00.Z",
            "2025-10-28T08:30:00+0700",
            "2025-10-28T08:30:00 +07:00",
            "28/10/2025 08:30",
            "2025-10-28T08:30:00Zz",
            "2025-10-28T٠8:30:00Z",
        ];
        for text in form {
            assert_eq!(parse_rfc3339(text), Err(InstantError::Form), "{text}");
        }
        let range = [
            "2025-02-29T00:00:00Z",
            "2025-10-28T24:00:00Z",
            "2025-10-28T08:60:00Z",
            "2025-10-28T08:30:61Z",
            "2025-10-28T08:30:00+24:00",
            "0001-01-01T00:00:00+07:00",
            "9999-12-31T23:59:59-07:00",
            "0000-01-01T00:00:00Z",
        ];
        for text in range {
            assert_eq!(parse_rfc3339(text), Err(InstantError::Range), "{text}");
        }
        let long = format!("2025-10-28T08:30:00.{}Z", "0".repeat(100));
        assert_eq!(parse_rfc3339(&long), Err(InstantError::Form));
    }

    #[test]
    fn a_broken_clock_is_shown_at_the_edge() {
        assert_eq!(format_utc(i64::MAX), "9999-12-31T23:59:59.999Z");
        assert_eq!(format_local(i64::MIN), "0001-01-01T00:00:00+07:00");
        assert_eq!(local_date(i64::MAX), Date::MAX);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ms in -62_135_000_000_000i64..253_402_000_000_000) {
            prop_assert_eq!(parse_rfc3339(&format_utc(ms)), Ok(ms));
            prop_assert_eq!(parse_rfc3339(&format_local(ms)), Ok(ms));
            prop_assert_eq!(local_instant(local_date(ms), local_ms_of_day(ms)), ms);
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>(), ms in any::<i64>()) {
            let _ = parse_rfc3339(&text);
            prop_assert!(parse_rfc3339(&format_utc(ms)).is_ok());
        }
    }
}
