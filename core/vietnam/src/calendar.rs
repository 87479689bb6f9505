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
}

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
            hours: checked_hours(parts.hours)?,
            ..Calendar::default()
        };
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

    /// Working hours of a day, empty when the calendar has none.
    #[must_use]
    pub fn hours(&self) -> &[(TimeOfDay, TimeOfDay)] {
        &self.hours
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
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect(text)
    }

    #[test]
    fn the_built_in_edition_is_whole() {
        let calendar =
            Calendar::from_json(include_str!("../data/holidays_vn.json")).expect("readable");
        assert!((2020..=2026).all(|year| calendar.is_official(year)));
        assert!(!calendar.is_official(2027) && !calendar.is_official(2019));
        assert_eq!(Calendar::built_in().as_of(), calendar.as_of());
        assert!(calendar.as_of().is_some() && !calendar.source().is_empty());
    }

    #[test]
    fn days_of_2026_are_of_their_kind() {
        let calendar = Calendar::built_in();
        let off = |day: &str| matches!(calendar.kind_of(date(day)), DayKind::Off(name) if !name.vi.is_empty() && !name.en.is_empty());
        assert!([
            "2026-01-01",
            "2026-01-02",
            "2026-02-17",
            "2026-04-27",
            "2026-08-31",
            "2026-11-24"
        ]
        .into_iter()
        .all(off));
        assert_eq!(calendar.kind_of(date("2026-01-10")), DayKind::MakeUp);
        assert_eq!(calendar.kind_of(date("2026-08-22")), DayKind::MakeUp);
        assert_eq!(calendar.kind_of(date("2026-11-21")), DayKind::Weekend);
        assert_eq!(calendar.kind_of(date("2026-11-23")), DayKind::Working);
    }

    #[test]
    fn working_days_of_each_year() {
        let calendar = Calendar::built_in();
        let count = |year: i32| {
            let mut day = Date::from_ymd(year, 1, 1).expect("a day");
            let mut worked = 0;
            while day.year() == year {
                worked += i32::from(calendar.kind_of(day).is_worked());
                day = day.next().expect("not the last");
            }
            worked
        };
        assert_eq!(
            (2020..=2027).map(count).collect::<Vec<_>>(),
            [252, 250, 249, 249, 251, 250, 249, 249]
        );
    }

    #[test]
    fn wrong_files_are_refused_by_their_reason() {
        let year = |days_off: &str, make_up: &str| {
            format!(
                r#"{{"schema":1,"source":"s","as_of":"2026-01-01","weekend":[6,7],
                "years":[{{"year":2026,"status":"official","days_off":[{days_off}],"make_up_days":[{make_up}]}}]}}"#
            )
        };
        let off = r#"{"date":"2026-01-03","vi":"","en":""}"#;
        assert!(Calendar::from_json(&year(off, r#"{"date":"2026-01-10","notice":"n"}"#)).is_ok());
        let refused =
            |json: &str, error| assert_eq!(Calendar::from_json(json).err(), Some(error), "{json}");
        refused(
            &year(off, r#"{"date":"2026-01-03"}"#),
            CalendarError::Contradiction,
        );
        refused(
            &year(r#"{"date":"2025-01-03","vi":"","en":""}"#, ""),
            CalendarError::Contradiction,
        );
        refused(
            &year(r#"{"date":"2026-02-30","vi":"","en":""}"#, ""),
            CalendarError::Form,
        );
        refused(
            &year("", "").replace("[6,7]", "[1,2,3,4,5,6,7]"),
            CalendarError::Weekend,
        );
        refused(
            &year("", "").replace("[6,7]", "[0]"),
            CalendarError::Weekend,
        );
        refused(r#"{"schema":2}"#, CalendarError::Newer);
        refused("", CalendarError::Form);
        refused(&" ".repeat(MAX_CALENDAR_BYTES + 1), CalendarError::TooLarge);
    }

    #[test]
    fn hours_are_in_order() {
        let hours = |list: &[(&str, &str)]| {
            let list = list
                .iter()
                .map(|(a, b)| (a.parse().expect("time"), b.parse().expect("time")))
                .collect();
            Calendar::default()
                .with_hours(list)
                .map(|c| c.hours().len())
                .map_err(|e| e.to_string())
        };
        assert_eq!(hours(&[("07:30", "11:30"), ("13:30", "17:30")]), Ok(2));
        assert!(hours(&[("13:30", "17:30"), ("07:30", "11:30")]).is_err());
        assert!(hours(&[("07:30", "07:30")]).is_err());
        assert!(hours(&[("07:30", "11:30"), ("11:00", "17:00")]).is_err());
    }

    #[test]
    fn parts_read_from_json_as_tools_give_them() {
        let json = r#"{"years":[2026],"weekend":[7],"holidays":["2026-11-24"],"make_up_days":["2026-11-29"],
            "hours":[["07:30","11:30"]]}"#;
        let calendar =
            Calendar::from_parts(serde_json::from_str(json).expect("parts")).expect("calendar");
        assert_eq!(calendar.kind_of(date("2026-11-28")), DayKind::Working);
        assert_eq!(calendar.kind_of(date("2026-11-29")), DayKind::MakeUp);
        assert_eq!(calendar.hours().len(), 1);
    }
}
