//! The working calendar as dated data: which days state bodies work, from a file that ages and is replaced by a newer one.
//!
//! Invariant: a calendar knows which years it is official for. Outside them it still answers (weekends, estimated
//! holidays), and whoever asks learns that the answer is provisional.

mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::date::Date;
use crate::time_of_day::TimeOfDay;

/// Largest calendar file taken, in bytes.
pub const MAX_CALENDAR_BYTES: usize = 256 * 1024;
const MAX_YEARS: usize = 200;
const MAX_DAYS: usize = 5000;
const MAX_NAME_BYTES: usize = 200;

/// What a day is to a state body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayKind {
    /// An ordinary working day.
    Working,
    /// A day of the weekend that is worked in exchange for a day off (ngày làm bù).
    MakeUp,
    /// A day of the weekend.
    Weekend,
    /// A day off by law or by exchange, with its name.
    Off(DayName),
}

impl DayKind {
    /// Whether the day counts as a working day.
    #[must_use]
    pub fn is_worked(&self) -> bool {
        matches!(self, DayKind::Working | DayKind::MakeUp)
    }
}

/// Name of a day off in the two languages of the house; empty where the data gave none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayName {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

/// A working calendar. [`Calendar::built_in`] is the edition of this build; a newer one comes as data.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    source: String,
    as_of: Option<Date>,
    weekend: Weekend,
    official: BTreeSet<i32>,
    special: BTreeMap<Date, DayKind>,
    hours: Vec<(TimeOfDay, TimeOfDay)>,
    weekday_hours: BTreeMap<u8, Hours>,
    short_days: BTreeMap<Date, Hours>,
}

/// From and to, in order.
type Hours = Vec<(TimeOfDay, TimeOfDay)>;

/// The days of the week that are not worked; the default is Saturday and Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weekend {
    /// Bit `n` stands for ISO weekday `n`.
    mask: u8,
}

/// Why a calendar was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// Not the JSON of a calendar.
    #[error("not a calendar file")]
    Form,
    /// A newer schema than this build reads.
    #[error("a calendar of a newer schema")]
    Newer,
    /// Too large, or too many years or days.
    #[error("a calendar beyond its bounds")]
    TooLarge,
    /// A weekday outside 1 to 7, or no weekday left to work on.
    #[error("a weekend that is none")]
    Weekend,
    /// One day is both off and worked, or a day stands under another year.
    #[error("contradicting days")]
    Contradiction,
    /// Working hours that overlap, go back or are empty.
    #[error("working hours out of order")]
    Hours,
}

/// A calendar given piece by piece, as tools and tests do. Every year named is official.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct CalendarParts {
    /// The years the days are known for.
    pub years: Vec<i32>,
    /// ISO weekdays (1 Monday to 7 Sunday) that are not worked; Saturday and Sunday when left out.
    #[serde(default)]
    pub weekend: Option<Vec<u8>>,
    /// Days off.
    #[serde(default)]
    pub holidays: Vec<Date>,
    /// Days of the weekend that are worked.
    #[serde(default)]
    pub make_up_days: Vec<Date>,
    /// Working hours of a day, from and to, in order.
    #[serde(default)]
    pub hours: Vec<(TimeOfDay, TimeOfDay)>,
    /// Other hours on some days of the week, by ISO weekday: a desk that is open on Saturday mornings.
    #[serde(default)]
    pub weekday_hours: BTreeMap<u8, Vec<(TimeOfDay, TimeOfDay)>>,
    /// Other hours on single days: the half day before a feast.
    #[serde(default)]
    pub short_days: BTreeMap<Date, Vec<(TimeOfDay, TimeOfDay)>>,
}

static BUILT_IN: LazyLock<Calendar> = LazyLock::new(|| {
    // A test keeps the embedded file readable; were it not, an empty calendar calls every due date provisional.
    Calendar::from_json(include_str!("../data/holidays_vn.json")).unwrap_or_default()
});

impl Calendar {
    /// The edition built in: years 2020 to 2026 official, 2027 estimated. Without working hours: they differ by office.
    #[must_use]
    pub fn built_in() -> &'static Calendar {
        &BUILT_IN
    }

    /// Reads a calendar file (schema 1, as `core/vietnam/data/holidays_vn.json`).
    ///
    /// # Errors
    ///
    /// See [`CalendarError`].
    pub fn from_json(json: &str) -> Result<Calendar, CalendarError> {
        if json.len() > MAX_CALENDAR_BYTES {
            return Err(CalendarError::TooLarge);
        }
        let schema: file::Schema = serde_json::from_str(json).map_err(|_| CalendarError::Form)?;
        if schema.schema != 1 {
            return Err(CalendarError::Newer);
        }
        let file: file::Calendar = serde_json::from_str(json).map_err(|_| CalendarError::Form)?;
        file.check()
    }

    /// A calendar from its pieces.
    ///
    /// # Errors
    ///
    /// See [`CalendarError`].
    pub fn from_parts(parts: CalendarParts) -> Result<Calendar, CalendarError> {
        if parts.years.len() > MAX_YEARS {
            return Err(CalendarError::TooLarge);
        }
        let mut calendar = Calendar {
            weekend: parts
                .weekend
                .map_or(Ok(Weekend::default()), |days| Weekend::of(&days))?,
            official: parts.years.into_iter().collect(),
            ..Calendar::default()
        }
        .with_hours(parts.hours)?;
        for (weekday, hours) in parts.weekday_hours {
            calendar = calendar.with_weekday_hours(weekday, hours)?;
        }
        for (day, hours) in parts.short_days {
            calendar = calendar.with_short_day(day, hours)?;
        }
        for day in parts.holidays {
            calendar.insert(day, DayKind::Off(DayName::default()))?;
        }
        for day in parts.make_up_days {
            calendar.insert(day, DayKind::MakeUp)?;
        }
        Ok(calendar)
    }

    /// The same days with another weekend (ISO weekdays that are not worked): a desk that opens on Saturdays has `[7]`.
    ///
    /// # Errors
    ///
    /// [`CalendarError::Weekend`].
    pub fn with_weekend(mut self, days: &[u8]) -> Result<Calendar, CalendarError> {
        self.weekend = Weekend::of(days)?;
        Ok(self)
    }

    /// The same days with the working hours of an office: from and to, in order, none overlapping.
    ///
    /// # Errors
    ///
    /// [`CalendarError::Hours`].
    pub fn with_hours(
        mut self,
        hours: Vec<(TimeOfDay, TimeOfDay)>,
    ) -> Result<Calendar, CalendarError> {
        self.hours = checked_hours(hours)?;
        Ok(self)
    }

    /// The same with other hours on a day of the week (ISO weekday). It says nothing about whether that day is worked.
    ///
    /// # Errors
    ///
    /// [`CalendarError::Weekend`] for no day of the week, [`CalendarError::Hours`].
    pub fn with_weekday_hours(
        mut self,
        weekday: u8,
        hours: Vec<(TimeOfDay, TimeOfDay)>,
    ) -> Result<Calendar, CalendarError> {
        if !(1..=7).contains(&weekday) {
            return Err(CalendarError::Weekend);
        }
        self.weekday_hours.insert(weekday, checked_hours(hours)?);
        Ok(self)
    }

    /// The same with a short day, such as a half day before a feast. It still counts as a whole working day: the law knows no
    /// half ones; only terms in hours see the difference.
    ///
    /// # Errors
    ///
    /// [`CalendarError::Hours`], [`CalendarError::TooLarge`].
    pub fn with_short_day(
        mut self,
        day: Date,
        hours: Vec<(TimeOfDay, TimeOfDay)>,
    ) -> Result<Calendar, CalendarError> {
        if self.short_days.len() >= MAX_DAYS {
            return Err(CalendarError::TooLarge);
        }
        self.short_days.insert(day, checked_hours(hours)?);
        Ok(self)
    }

    /// Whether a day counts as a working day.
    #[must_use]
    pub fn is_worked(&self, day: Date) -> bool {
        match self.special.get(&day) {
            Some(kind) => kind.is_worked(),
            None => !self.weekend.contains(day),
        }
    }

    /// What a day is.
    #[must_use]
    pub fn kind_of(&self, day: Date) -> DayKind {
        match self.special.get(&day) {
            Some(kind) => kind.clone(),
            None if self.weekend.contains(day) => DayKind::Weekend,
            None => DayKind::Working,
        }
    }

    /// Whether the days of `year` come from an official notice.
    #[must_use]
    pub fn is_official(&self, year: i32) -> bool {
        self.official.contains(&year)
    }

    /// Working hours of an ordinary day, empty when the calendar has none.
    #[must_use]
    pub fn hours(&self) -> &[(TimeOfDay, TimeOfDay)] {
        &self.hours
    }

    /// Working hours of this very day, were it worked.
    #[must_use]
    pub fn hours_of(&self, day: Date) -> &[(TimeOfDay, TimeOfDay)] {
        self.short_days
            .get(&day)
            .or_else(|| self.weekday_hours.get(&day.iso_weekday()))
            .unwrap_or(&self.hours)
    }

    /// Whether any day of the week has hours.
    pub(crate) fn has_hours(&self) -> bool {
        !self.hours.is_empty() || self.weekday_hours.values().any(|hours| !hours.is_empty())
    }

    /// The day the data was collected, to be shown beside what is counted with it.
    #[must_use]
    pub fn as_of(&self) -> Option<Date> {
        self.as_of
    }

    /// Where the data comes from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    fn insert(&mut self, day: Date, kind: DayKind) -> Result<(), CalendarError> {
        if self.special.len() >= MAX_DAYS {
            return Err(CalendarError::TooLarge);
        }
        match self.special.insert(day, kind.clone()) {
            Some(before) if before.is_worked() != kind.is_worked() => {
                Err(CalendarError::Contradiction)
            }
            _ => Ok(()),
        }
    }
}

impl Weekend {
    fn of(days: &[u8]) -> Result<Weekend, CalendarError> {
        let mut mask = 0u8;
        for &day in days {
            if !(1..=7).contains(&day) {
                return Err(CalendarError::Weekend);
            }
            mask |= 1 << day;
        }
        if mask == 0b1111_1110 {
            return Err(CalendarError::Weekend);
        }
        Ok(Weekend { mask })
    }

    fn contains(self, day: Date) -> bool {
        self.mask & (1 << day.iso_weekday()) != 0
    }
}

impl Default for Weekend {
    fn default() -> Weekend {
        Weekend {
            mask: (1 << 6) | (1 << 7),
        }
    }
}

fn checked_hours(
    hours: Vec<(TimeOfDay, TimeOfDay)>,
) -> Result<Vec<(TimeOfDay, TimeOfDay)>, CalendarError> {
    let mut end = None;
    for &(from, to) in &hours {
        if from >= to || end.is_some_and(|end| from < end) {
            return Err(CalendarError::Hours);
        }
        end = Some(to);
    }
    Ok(hours)
}

#[cfg(test)]
mod tests;
