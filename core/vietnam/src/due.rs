//! Due dates: a number of working days or hours after a receipt, counted at law time over a working [`Calendar`].
//!
//! The rules, from the practice of the one-stop desks: the day of receipt is not counted; a make-up Saturday counts; what
//! comes in after the cutoff hour, or is due on the same day (0 days) but comes in on a day off, is received on the next
//! working day. Invariant: the result carries each day it looked at and why it did or did not count.

use crate::calendar::{Calendar, DayKind};
use crate::date::Date;
use crate::instant::{local_date, local_instant, local_ms_of_day};
use crate::time_of_day::TimeOfDay;

/// Most working days (hours) a term may have; the law knows none near it.
pub const MAX_TERM: u32 = 1000;

/// When something came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// On a day, within the hours of the desk.
    On(Date),
    /// At an instant, milliseconds since 1970 (UTC); the day is that of law time.
    At(i64),
}

/// A due date and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last day of the term.
    pub date: Date,
    /// A day that mattered lies in a year without an official calendar: show the date as expected, not as promised.
    pub provisional: bool,
    /// Each day from the receipt to the due date, in order.
    pub days: Vec<DayNote>,
}

/// One day of the way to a due date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayNote {
    /// The day.
    pub date: Date,
    /// What it is in the calendar.
    pub kind: DayKind,
    /// What it did in the count.
    pub role: DayRole,
    /// Whether its year is official in the calendar.
    pub official: bool,
}

/// What a day did in the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayRole {
    /// It came in on this day, too late or on a day off: received on a later one.
    TooLate,
    /// The day of receipt, not counted.
    Received,
    /// Counted; the first is 1.
    Counted(u32),
    /// Not worked, not counted.
    Skipped,
}

/// Why there is no due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DueError {
    /// More than [`MAX_TERM`] days or hours.
    #[error("a term beyond 1000 working days or hours")]
    TermTooLong,
    /// The calendar names no working hours.
    #[error("a calendar without working hours")]
    NoHours,
    /// No working day was found in the ten years after, or the calendar's last year was reached.
    #[error("no working day to be found")]
    NoWorkingDay,
}

/// The date `working_days` after the receipt. The cutoff matters only for a receipt at an instant: strictly later is late.
///
/// # Errors
///
/// [`DueError::TermTooLong`], [`DueError::NoWorkingDay`].
pub fn due_date(
    received: Received,
    working_days: u32,
    cutoff: Option<TimeOfDay>,
    calendar: &Calendar,
) -> Result<Due, DueError> {
    if working_days > MAX_TERM {
        return Err(DueError::TermTooLong);
    }
    let mut walk = Walk {
        calendar,
        days: Vec::new(),
        provisional: false,
    };
    let day = walk.day_of_receipt(received, working_days, cutoff)?;
    let date = walk.count_from(day, working_days)?;
    Ok(Due {
        date,
        provisional: walk.provisional,
        days: walk.days,
    })
}

/// The earliest instant at which that many working hours have elapsed since `received_ms` (both milliseconds since 1970).
/// The second value says whether the result is provisional, as [`Due::provisional`].
///
/// # Errors
///
/// Any of [`DueError`].
pub fn due_instant(
    received_ms: i64,
    working_hours: u32,
    calendar: &Calendar,
) -> Result<(i64, bool), DueError> {
    if working_hours > MAX_TERM {
        return Err(DueError::TermTooLong);
    }
    if calendar.hours().is_empty() {
        return Err(DueError::NoHours);
    }
    let mut left = i64::from(working_hours) * 3_600_000;
    if left == 0 {
        return Ok((received_ms, false));
    }
    let mut day = local_date(received_ms);
    let mut from_ms = local_ms_of_day(received_ms);
    let mut provisional = false;
    // Each worked day has at least one minute of hours, so the bound on idle days bounds the whole walk.
    let mut idle = 0;
    while idle < MAX_IDLE_DAYS {
        provisional |= !calendar.is_official(day.year());
        if calendar.kind_of(day).is_worked() {
            idle = 0;
            for (open, close) in calendar.hours() {
                let begin = open.as_ms().max(from_ms);
                let open_ms = (close.as_ms() - begin).max(0);
                if left <= open_ms {
                    return Ok((local_instant(day, begin + left), provisional));
                }
                left -= open_ms;
            }
        }
        idle += 1;
        day = day.next().ok_or(DueError::NoWorkingDay)?;
        from_ms = 0;
    }
    Err(DueError::NoWorkingDay)
}

/// A stretch of days off longer than this is a broken calendar.
const MAX_IDLE_DAYS: u32 = 3653;

struct Walk<'c> {
    calendar: &'c Calendar,
    days: Vec<DayNote>,
    provisional: bool,
}

impl Walk<'_> {
    /// The day the thing counts as received on, noted together with the days it had to wait for.
    fn day_of_receipt(
        &mut self,
        received: Received,
        term: u32,
        cutoff: Option<TimeOfDay>,
    ) -> Result<Date, DueError> {
        let (day, late) = match received {
            Received::On(day) => (day, false),
            Received::At(ms) => (
                local_date(ms),
                cutoff.is_some_and(|cutoff| local_ms_of_day(ms) > cutoff.as_ms()),
            ),
        };
        let waits = late || (term == 0 && !self.calendar.kind_of(day).is_worked());
        if !waits {
            // What kind of day it was mattered only when it had to be a working day.
            self.note(day, DayRole::Received, term == 0);
            return Ok(day);
        }
        self.note(day, DayRole::TooLate, term == 0);
        let day = self.next_worked(day)?;
        self.note(day, DayRole::Received, true);
        Ok(day)
    }

    fn count_from(&mut self, received: Date, term: u32) -> Result<Date, DueError> {
        let mut day = received;
        for n in 1..=term {
            day = self.next_worked(day)?;
            self.note(day, DayRole::Counted(n), true);
        }
        Ok(day)
    }

    /// The next working day after `day`, noting those skipped.
    fn next_worked(&mut self, day: Date) -> Result<Date, DueError> {
        let mut day = day;
        for _ in 0..MAX_IDLE_DAYS {
            day = day.next().ok_or(DueError::NoWorkingDay)?;
            if self.calendar.kind_of(day).is_worked() {
                return Ok(day);
            }
            self.note(day, DayRole::Skipped, true);
        }
        Err(DueError::NoWorkingDay)
    }

    fn note(&mut self, date: Date, role: DayRole, matters: bool) {
        let official = self.calendar.is_official(date.year());
        self.provisional |= matters && !official;
        self.days.push(DayNote {
            date,
            kind: self.calendar.kind_of(date),
            role,
            official,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::CalendarParts;
    use crate::instant::parse_rfc3339;
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        text.parse().expect(text)
    }

    fn on(day: &str, term: u32) -> Due {
        due_date(Received::On(date(day)), term, None, Calendar::built_in()).expect("a due date")
    }

    fn at(instant: &str, term: u32, cutoff: &str) -> String {
        let received = Received::At(parse_rfc3339(instant).expect("an instant"));
        let cutoff = Some(cutoff.parse().expect("a time"));
        due_date(received, term, cutoff, Calendar::built_in())
            .expect("a due date")
            .date
            .to_string()
    }

    /// From, days, due: worked out by hand from the notices named in `data/README.md`.
    const BY_HAND: &[(&str, u32, &str)] = &[
        ("2026-08-21", 3, "2026-08-25"), // Saturday 22 August is worked
        ("2026-08-27", 5, "2026-09-08"), // 31 August to 2 September off
        ("2026-02-13", 2, "2026-02-24"), // Tết
        ("2026-11-23", 1, "2026-11-25"), // Vietnam Cultural Day
        ("2026-04-24", 3, "2026-05-04"),
        ("2025-04-25", 1, "2025-04-26"),
        ("2025-12-31", 1, "2026-01-05"),
        ("2026-01-09", 1, "2026-01-10"),
        ("2026-01-08", 3, "2026-01-12"),
        ("2020-01-22", 1, "2020-01-30"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2026-11-21", 1, "2026-11-23"), // received on a Saturday
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-11-21", 0, "2026-11-23"),
    ];

    #[test]
    fn vectors_by_hand() {
        for (from, term, due) in BY_HAND {
            assert_eq!(on(from, *term).date, date(due), "{from} + {term}");
        }
    }

    #[test]
    fn vectors_of_the_shared_data_set() {
        #[derive(serde::Deserialize)]
        struct File {
            vectors: Vec<Vector>,
        }
        #[derive(serde::Deserialize)]
        struct Vector {
            from: Date,
            working_days: u32,
            due: Date,
        }
        let path = crate::test_data::shared("calendar/due_date_vectors.json");
        let Some(text) = path.and_then(|p| std::fs::read_to_string(p).ok()) else {
            println!("skipped: no shared data set with due_date_vectors.json");
            return;
        };
        let file: File = serde_json::from_str(&text).expect("vectors");
        assert!(!file.vectors.is_empty());
        for v in file.vectors {
            let due = due_date(
                Received::On(v.from),
                v.working_days,
                None,
                Calendar::built_in(),
            )
            .expect("a due date");
            assert_eq!(due.date, v.due, "{} + {}", v.from, v.working_days);
        }
    }

    #[test]
    fn after_the_cutoff_is_the_next_working_day() {
        // 22:59:59Z of the day before is 05:59:59 in Huế.
        assert_eq!(at("2026-11-18T08:00:00Z", 0, "15:00"), "2026-11-18");
        assert_eq!(at("2026-11-18T08:00:00.001Z", 0, "15:00"), "2026-11-19");
        assert_eq!(at("2026-11-18T08:00:00.001Z", 1, "15:00"), "2026-11-20");
        assert_eq!(at("2026-11-20T16:00:00+07:00", 1, "15:00"), "2026-11-25"); // Friday; Monday received; 24 November off
        assert_eq!(at("2026-11-21T10:00:00+07:00", 1, "15:00"), "2026-11-23"); // Saturday in time
        assert_eq!(at("2026-11-21T16:00:00+07:00", 1, "15:00"), "2026-11-25"); // Saturday too late
    }

    #[test]
    fn the_day_is_that_of_law_time() {
        assert_eq!(at("2026-11-17T17:00:00Z", 0, "24:00"), "2026-11-18");
        assert_eq!(at("2026-11-17T16:59:59Z", 0, "24:00"), "2026-11-17");
    }

    #[test]
    fn years_without_an_official_calendar_are_provisional() {
        assert!(!on("2026-12-30", 1).provisional);
        assert!(on("2026-12-31", 1).provisional); // into 2027, estimated
        assert!(on("2031-03-03", 2).provisional);
        let only_2026 = Calendar::from_parts(CalendarParts {
            years: vec![2026],
            ..Default::default()
        })
        .expect("a calendar");
        let due =
            due_date(Received::On(date("2025-12-31")), 1, None, &only_2026).expect("a due date");
        assert!(!due.provisional, "the day of receipt is not counted");
    }

    #[test]
    fn the_way_is_explained_day_by_day() {
        let due = on("2026-11-20", 2);
        let roles: Vec<_> = due
            .days
            .iter()
            .map(|d| (d.date.to_string(), d.role))
            .collect();
        let expected = [
            ("2026-11-20", DayRole::Received),
            ("2026-11-21", DayRole::Skipped),
            ("2026-11-22", DayRole::Skipped),
            ("2026-11-23", DayRole::Counted(1)),
            ("2026-11-24", DayRole::Skipped),
            ("2026-11-25", DayRole::Counted(2)),
        ];
        assert_eq!(roles, expected.map(|(d, r)| (d.to_owned(), r)));
        assert!(
            matches!(&due.days[4].kind, DayKind::Off(name) if name.vi == "Ngày Văn hóa Việt Nam")
        );
        let moved = on("2026-11-21", 0);
        assert_eq!(moved.days.first().map(|d| d.role), Some(DayRole::TooLate));
        assert_eq!(moved.days.last().map(|d| d.role), Some(DayRole::Received));
    }

    fn office() -> Calendar {
        let time = |t: &str| t.parse().expect("a time");
        let hours = vec![
            (time("07:30"), time("11:30")),
            (time("13:30"), time("17:30")),
        ];
        Calendar::built_in()
            .clone()
            .with_hours(hours)
            .expect("hours")
    }

    fn after_hours(received: &str, hours: u32) -> (String, bool) {
        let received = parse_rfc3339(received).expect("an instant");
        let (due, provisional) = due_instant(received, hours, &office()).expect("an instant");
        (crate::instant::format_local(due), provisional)
    }

    #[test]
    fn working_hours_elapse_only_while_the_office_is_open() {
        let cases = [
            ("2026-11-18T08:00:00+07:00", 2, "2026-11-18T10:00:00+07:00"),
            ("2026-11-18T10:30:00+07:00", 2, "2026-11-18T14:30:00+07:00"),
            ("2026-11-18T07:00:00+07:00", 4, "2026-11-18T11:30:00+07:00"), // the end of the morning, not the afternoon's start
            ("2026-11-20T17:00:00+07:00", 1, "2026-11-23T08:00:00+07:00"),
            (
                "2026-11-23T17:29:59.500+07:00",
                8,
                "2026-11-25T17:29:59.500+07:00",
            ),
            ("2026-11-21T09:00:00+07:00", 0, "2026-11-21T09:00:00+07:00"),
        ];
        for (received, hours, due) in cases {
            assert_eq!(
                after_hours(received, hours),
                (due.to_owned(), false),
                "{received} + {hours} h"
            );
        }
        assert!(after_hours("2026-12-31T17:00:00+07:00", 1).1);
    }

    #[test]
    fn wrong_terms_and_calendars_are_refused() {
        let today = Received::On(date("2026-11-23"));
        assert_eq!(
            due_date(today, MAX_TERM + 1, None, Calendar::built_in()),
            Err(DueError::TermTooLong)
        );
        assert_eq!(
            due_instant(0, MAX_TERM + 1, &office()),
            Err(DueError::TermTooLong)
        );
        assert_eq!(
            due_instant(0, 1, Calendar::built_in()),
            Err(DueError::NoHours)
        );
        assert_eq!(
            due_date(Received::On(Date::MAX), 1, None, Calendar::built_in()),
            Err(DueError::NoWorkingDay)
        );
        assert_eq!(
            due_instant(i64::MAX, 1, &office()),
            Err(DueError::NoWorkingDay)
        );
    }

    proptest! {
        #[test]
        fn a_due_date_is_a_working_day_with_its_term_counted(day in 17_000i32..25_000, term in 0u32..60) {
            let calendar = Calendar::built_in();
            let received = Date::from_days_saturating(i64::from(day));
            let due = due_date(Received::On(received), term, None, calendar).expect("a due date");
            prop_assert!(calendar.kind_of(due.date).is_worked());
            let counted = due.days.iter().filter(|d| matches!(d.role, DayRole::Counted(_))).count();
            prop_assert_eq!(counted, term as usize);
            prop_assert_eq!(due.days.last().map(|d| d.date), Some(due.date));
            let longer = due_date(Received::On(received), term + 1, None, calendar).expect("a due date");
            // What comes in on a day off is due on the next working day with a term of 0 as of 1.
            let same = term == 0 && due.date > received;
            let follows = if same { longer.date == due.date } else { longer.date > due.date };
            prop_assert!(follows);
        }

        #[test]
        fn any_instant_and_term_is_answered(ms in any::<i64>(), term in any::<u32>()) {
            let _ = due_date(Received::At(ms), term, None, Calendar::built_in());
            if let Ok((due, _)) = due_instant(ms, term, &office()) {
                prop_assert!(due >= ms);
            }
        }
    }
}
