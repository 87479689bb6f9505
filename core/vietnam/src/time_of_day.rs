//! A time of the day to the minute, as offices write their hours: `07:30`. `24:00` is the end of the day.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Minutes since midnight, 0 to 1440; written `HH:MM`, in serde too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    minutes: u16,
}

/// The text is no time between `00:00` and `24:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time between 00:00 and 24:00, written HH:MM")]
pub struct TimeOfDayError;

impl TimeOfDay {
    /// The time at an hour and a minute.
    ///
    /// # Errors
    ///
    /// Outside `00:00` to `24:00`.
    pub fn new(hour: u16, minute: u16) -> Result<TimeOfDay, TimeOfDayError> {
        if hour > 24 || minute > 59 || (hour == 24 && minute > 0) {
            return Err(TimeOfDayError);
        }
        Ok(TimeOfDay {
            minutes: hour * 60 + minute,
        })
    }

    /// Milliseconds since midnight.
    #[must_use]
    pub fn as_ms(self) -> i64 {
        i64::from(self.minutes) * 60_000
    }
}

impl FromStr for TimeOfDay {
    type Err = TimeOfDayError;

    fn from_str(text: &str) -> Result<TimeOfDay, TimeOfDayError> {
        let &[h1, h2, b':', m1, m2] = text.as_bytes() else {
            return Err(TimeOfDayError);
        };
        if ![h1, h2, m1, m2].iter().all(u8::is_ascii_digit) {
            return Err(TimeOfDayError);
        }
        let two = |tens: u8, ones: u8| u16::from(tens - b'0') * 10 + u16::from(ones - b'0');
        TimeOfDay::new(two(h1, h2), two(m1, m2))
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = TimeOfDayError;

    fn try_from(text: String) -> Result<TimeOfDay, TimeOfDayError> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> String {
        time.to_string()
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl fmt::Debug for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minute_is_written_and_read() {
        for hour in 0..24 {
            for minute in 0..60 {
                let time = TimeOfDay::new(hour, minute).expect("a time");
                assert_eq!(time.to_string().parse(), Ok(time));
            }
        }
        assert_eq!(
            "24:00".parse::<TimeOfDay>().map(TimeOfDay::as_ms),
            Ok(86_400_000)
        );
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "7:30",
            "24:01",
            "07:60",
            "07.30",
            "07:30:00",
            "+7:30",
            "٠٧:٣٠",
        ] {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
    }
}
