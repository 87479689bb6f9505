//! The calendar file as it is written (schema 1), and its way into a [`Calendar`](super::Calendar).
//!
//! Invariant: unknown fields are passed over (a newer edition may say more), a day under the wrong year is refused.

use std::collections::BTreeMap;

use super::{CalendarError, Date, DayKind, DayName, Hours, Weekend, MAX_NAME_BYTES, MAX_YEARS};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Schema {
    pub(super) schema: u32,
}

#[derive(Deserialize)]
pub(super) struct Calendar {
    source: String,
    as_of: Date,
    weekend: Vec<u8>,
    years: Vec<Year>,
    #[serde(default)]
    hours: Hours,
    #[serde(default)]
    weekday_hours: BTreeMap<u8, Hours>,
    #[serde(default)]
    short_days: BTreeMap<Date, Hours>,
}

#[derive(Deserialize)]
struct Year {
    year: i32,
    status: Status,
    days_off: Vec<DayOff>,
    make_up_days: Vec<MakeUp>,
}

#[derive(Deserialize, PartialEq, Eq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Status {
    Official,
    Estimated,
}

#[derive(Deserialize)]
struct DayOff {
    date: Date,
    vi: String,
    en: String,
}

#[derive(Deserialize)]
struct MakeUp {
    date: Date,
}

impl Calendar {
    pub(super) fn check(self) -> Result<super::Calendar, CalendarError> {
        if self.years.len() > MAX_YEARS || self.source.len() > 10 * MAX_NAME_BYTES {
            return Err(CalendarError::TooLarge);
        }
        let mut calendar = super::Calendar {
            source: self.source,
            as_of: Some(self.as_of),
            weekend: Weekend::of(&self.weekend)?,
            ..super::Calendar::default()
        };
        for year in self.years {
            year.insert_into(&mut calendar)?;
        }
        calendar = calendar.with_hours(self.hours)?;
        for (weekday, hours) in self.weekday_hours {
            calendar = calendar.with_weekday_hours(weekday, hours)?;
        }
        for (day, hours) in self.short_days {
            calendar = calendar.with_short_day(day, hours)?;
        }
        Ok(calendar)
    }
}

impl Year {
    fn insert_into(self, calendar: &mut super::Calendar) -> Result<(), CalendarError> {
        let days = self
            .days_off
            .iter()
            .map(|d| d.date)
            .chain(self.make_up_days.iter().map(|d| d.date));
        if days.into_iter().any(|day| day.year() != self.year) {
            return Err(CalendarError::Contradiction);
        }
        for DayOff { date, vi, en } in self.days_off {
            if vi.len() > MAX_NAME_BYTES || en.len() > MAX_NAME_BYTES {
                return Err(CalendarError::TooLarge);
            }
            calendar.insert(date, DayKind::Off(DayName { vi, en }))?;
        }
        for MakeUp { date } in self.make_up_days {
            calendar.insert(date, DayKind::MakeUp)?;
        }
        if self.status == Status::Official {
            calendar.official.insert(self.year);
        }
        Ok(())
    }
}
