//! Due dates: a term after a receipt, counted at law time over a working [`Calendar`], with the reason for every day.
//!
//! The rules: the day of receipt is not counted (Civil Code 2015, art. 147 (2)); a make-up Saturday counts; what comes in after
//! the cutoff hour, or is due on the same day (0 days) but comes in on a day off, is received on the next working day (practice
//! of the one-stop desks). A term in calendar days or months that would end on a day off ends on the next working day, a month
//! without the day ends on its last (Civil Code 2015, art. 148 (3), (5)). While the clock stands ([`Pause`]) nothing is counted.
//!
//! Invariant: [`due`] and [`explain`] take one way and differ only in what they write down. A day that mattered in a year
//! without an official calendar makes the answer provisional.

mod explain;
mod hours;
#[cfg(test)]
mod tests;

pub use explain::{explain, DayNote, Explained};

use crate::calendar::Calendar;
use crate::date::Date;
use crate::instant::{local_date, local_instant, local_ms_of_day, DAY_MS};
use crate::time_of_day::TimeOfDay;

/// Longest term with its extensions, in its own unit; the law knows none near it.
pub const MAX_TERM: u32 = 1000;

/// Most pauses of one clock.
pub const MAX_PAUSES: usize = 100;

/// A stretch of days off longer than this is a broken calendar.
const MAX_IDLE_DAYS: u32 = 3653;

/// Longest way from the receipt to the end, in days, pauses and all.
const MAX_DAYS: u32 = 20_000;

/// When something came in, or a clock stopped or went on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// On a day, within the hours of the desk.
    On(Date),
    /// At an instant, milliseconds since 1970 (UTC); the day is that of law time.
    At(i64),
}

impl Received {
    fn day(self) -> Date {
        match self {
            Received::On(day) => day,
            Received::At(ms) => local_date(ms),
        }
    }

    /// As an instant: a bare day stands for its end, because the day something happens on is not counted.
    fn instant(self) -> i64 {
        match self {
            Received::On(day) => local_instant(day, DAY_MS),
            Received::At(ms) => ms,
        }
    }
}

/// A term, as procedures state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// `ngày làm việc`.
    WorkingDays(u32),
    /// `ngày`: days off count, too.
    CalendarDays(u32),
    /// `tháng`.
    Months(u32),
    /// `giờ làm việc`: elapse only while the office is open.
    WorkingHours(u32),
}

impl Term {
    fn amount(self) -> u32 {
        match self {
            Term::WorkingDays(n)
            | Term::CalendarDays(n)
            | Term::Months(n)
            | Term::WorkingHours(n) => n,
        }
    }
}

/// A stretch in which the clock stands, as while the office waits for a missing paper. The day it begins on still counts, the
/// day it ends on does not, as with every receipt; hours stand from instant to instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// When the clock stopped.
    pub from: Received,
    /// When it went on; `None` while it still stands.
    pub until: Option<Received>,
}

/// What a due date is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline<'a> {
    /// When it came in.
    pub received: Received,
    /// How long it may take.
    pub term: Term,
    /// By how much the term was extended, in its own unit.
    pub extended_by: u32,
    /// The hour after which a receipt counts for the next working day; strictly later is late. Matters only for days and for a
    /// receipt at an instant.
    pub cutoff: Option<TimeOfDay>,
    /// When the clock stood.
    pub pauses: &'a [Pause],
}

impl<'a> Deadline<'a> {
    /// A term with nothing unusual about it.
    #[must_use]
    pub fn new(received: Received, term: Term) -> Deadline<'a> {
        Deadline {
            received,
            term,
            extended_by: 0,
            cutoff: None,
            pauses: &[],
        }
    }
}

/// Where a term ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// With this day.
    On(Date),
    /// At this instant, milliseconds since 1970: the earliest at which the hours have elapsed.
    At(i64),
    /// Nobody knows yet: the clock stands, and this much of the term was left (days, or hours rounded up; of months all).
    Open {
        /// In the unit of the term.
        left: u32,
    },
}

/// A due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Where the term ends.
    pub ends: Ends,
    /// A day that mattered lies in a year without an official calendar: show the date as expected, not as promised.
    pub provisional: bool,
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
    /// Counted, but only thanks to the extension.
    Extended(u32),
    /// Working hours of this day elapsed: so many milliseconds.
    Elapsed(i64),
    /// The last day of a term in months, by the calendar.
    Last,
    /// Not worked, not counted.
    Skipped,
    /// The clock stood.
    Paused,
}

/// Why there is no due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DueError {
    /// More than [`MAX_TERM`], the extension included.
    #[error("a term beyond 1000 days, months or hours")]
    TermTooLong,
    /// The calendar names no working hours.
    #[error("a calendar without working hours")]
    NoHours,
    /// No working day was found in the ten years after, or the calendar's last year was reached.
    #[error("no working day to be found")]
    NoWorkingDay,
    /// A pause that ends before it begins, or more than [`MAX_PAUSES`].
    #[error("pauses out of order or too many")]
    Pauses,
}

/// When a term ends.
///
/// ```
/// use hues_vietnam::{due, Calendar, Deadline, Ends, Received, Term};
/// let received = Received::On("2026-11-20".parse()?); // a Friday; 24 November is a day off
/// let due = due(&Deadline::new(received, Term::WorkingDays(2)), Calendar::built_in())?;
/// assert_eq!(due.ends, Ends::On("2026-11-25".parse()?));
/// assert!(!due.provisional);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// Any of [`DueError`].
pub fn due(deadline: &Deadline<'_>, calendar: &Calendar) -> Result<Due, DueError> {
    walk(deadline, calendar, |_, _| {})
}

/// The date `working_days` after the receipt, and whether it is provisional: [`due`] without anything unusual.
///
/// # Errors
///
/// [`DueError::TermTooLong`], [`DueError::NoWorkingDay`].
pub fn due_date(
    received: Received,
    working_days: u32,
    cutoff: Option<TimeOfDay>,
    calendar: &Calendar,
) -> Result<(Date, bool), DueError> {
    let deadline = Deadline {
        cutoff,
        ..Deadline::new(received, Term::WorkingDays(working_days))
    };
    let due = due(&deadline, calendar)?;
    match due.ends {
        Ends::On(date) => Ok((date, due.provisional)),
        Ends::At(_) | Ends::Open { .. } => Err(DueError::NoWorkingDay), // days without pauses end on a day
    }
}

/// The earliest instant at which that many working hours have elapsed since `received_ms` (both milliseconds since 1970), and
/// whether it is provisional.
///
/// # Errors
///
/// Any of [`DueError`].
pub fn due_instant(
    received_ms: i64,
    working_hours: u32,
    calendar: &Calendar,
) -> Result<(i64, bool), DueError> {
    let term = Term::WorkingHours(working_hours);
    let due = due(&Deadline::new(Received::At(received_ms), term), calendar)?;
    match due.ends {
        Ends::At(ms) => Ok((ms, due.provisional)),
        Ends::On(_) | Ends::Open { .. } => Err(DueError::NoWorkingDay), // hours without pauses end at an instant
    }
}

/// The one way from a receipt to the end of its term. `note` hears of each day, in order, and what it did.
fn walk(
    deadline: &Deadline<'_>,
    calendar: &Calendar,
    note: impl FnMut(Date, DayRole),
) -> Result<Due, DueError> {
    let amount = deadline.term.amount().saturating_add(deadline.extended_by);
    if amount > MAX_TERM {
        return Err(DueError::TermTooLong);
    }
    let is_backwards = |p: &Pause| {
        p.until
            .is_some_and(|until| until.instant() < p.from.instant())
    };
    if deadline.pauses.len() > MAX_PAUSES || deadline.pauses.iter().any(is_backwards) {
        return Err(DueError::Pauses);
    }
    let mut walk = Walk {
        deadline,
        calendar,
        note,
        walked: 0,
        provisional: false,
    };
    let ends = match deadline.term {
        Term::WorkingDays(_) => walk.working_days(amount)?,
        Term::CalendarDays(_) => walk.calendar_days(amount)?,
        Term::Months(_) => walk.months(amount)?,
        Term::WorkingHours(_) => walk.working_hours(amount)?,
    };
    Ok(Due {
        ends,
        provisional: walk.provisional,
    })
}

/// What the clock does on a day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clock {
    Runs,
    Stands,
    /// Stands, and nobody knows for how long.
    Stopped,
}

struct Walk<'w, F> {
    deadline: &'w Deadline<'w>,
    calendar: &'w Calendar,
    note: F,
    walked: u32,
    provisional: bool,
}

impl<F: FnMut(Date, DayRole)> Walk<'_, F> {
    fn working_days(&mut self, term: u32) -> Result<Ends, DueError> {
        let mut day = self.day_of_receipt(term == 0)?;
        for n in 1..=term {
            loop {
                day = self.next_worked(day)?;
                match self.clock(day) {
                    Clock::Runs => break,
                    Clock::Stands => self.note(day, DayRole::Paused),
                    Clock::Stopped => return Ok(self.open(day, term - (n - 1))),
                }
            }
            self.counts(day, n);
        }
        Ok(Ends::On(day))
    }

    fn calendar_days(&mut self, term: u32) -> Result<Ends, DueError> {
        let mut day = self.day_of_receipt(false)?;
        let mut n = 0;
        while n < term {
            day = self.step(day)?;
            match self.clock(day) {
                Clock::Runs => {
                    n += 1;
                    // Whether it is worked matters only for the last day.
                    let role = self.counted(n);
                    self.note(day, role);
                }
                Clock::Stands => self.note(day, DayRole::Paused),
                Clock::Stopped => return Ok(self.open(day, term - n)),
            }
        }
        self.ends_worked(day)
    }

    fn months(&mut self, term: u32) -> Result<Ends, DueError> {
        let start = self.day_of_receipt(false)?;
        let mut last = start.plus_months(term).ok_or(DueError::NoWorkingDay)?;
        // The days the clock stood before the end are added; each may bring the end past a later pause.
        let mut day = start;
        while day < last {
            day = self.step(day)?;
            match self.clock(day) {
                Clock::Runs => {}
                Clock::Stands => {
                    self.note(day, DayRole::Paused);
                    last = last.next().ok_or(DueError::NoWorkingDay)?;
                }
                Clock::Stopped => return Ok(self.open(day, term)),
            }
        }
        if term > 0 {
            self.note(last, DayRole::Last);
        }
        self.ends_worked(last)
    }

    /// The day itself where it is worked, else the next that is.
    fn ends_worked(&mut self, day: Date) -> Result<Ends, DueError> {
        self.matters(day);
        if self.calendar.is_worked(day) {
            return Ok(Ends::On(day));
        }
        let day = self.next_worked(day)?;
        self.matters(day);
        self.note(day, DayRole::Last);
        Ok(Ends::On(day))
    }

    /// The day the thing counts as received on, noted together with the days it had to wait for.
    fn day_of_receipt(&mut self, same_day: bool) -> Result<Date, DueError> {
        let day = self.deadline.received.day();
        let late = match (self.deadline.received, self.deadline.cutoff) {
            (Received::At(ms), Some(cutoff)) => local_ms_of_day(ms) > cutoff.as_ms(),
            _ => false,
        };
        // What kind of day it was matters only when it had to be a working day.
        if same_day {
            self.matters(day);
        }
        if !late && (!same_day || self.calendar.is_worked(day)) {
            self.note(day, DayRole::Received);
            return Ok(day);
        }
        self.note(day, DayRole::TooLate);
        let day = self.next_worked(day)?;
        self.matters(day);
        self.note(day, DayRole::Received);
        Ok(day)
    }

    /// The next working day after `day`, noting those skipped.
    fn next_worked(&mut self, day: Date) -> Result<Date, DueError> {
        let mut day = day;
        for _ in 0..MAX_IDLE_DAYS {
            day = self.step(day)?;
            if self.calendar.is_worked(day) {
                return Ok(day);
            }
            self.matters(day);
            self.note(day, DayRole::Skipped);
        }
        Err(DueError::NoWorkingDay)
    }

    fn step(&mut self, day: Date) -> Result<Date, DueError> {
        self.walked += 1;
        if self.walked > MAX_DAYS {
            return Err(DueError::NoWorkingDay);
        }
        day.next().ok_or(DueError::NoWorkingDay)
    }

    fn clock(&self, day: Date) -> Clock {
        let mut clock = Clock::Runs;
        for pause in self.deadline.pauses {
            if day <= pause.from.day() {
                continue;
            }
            match pause.until {
                None => return Clock::Stopped,
                Some(until) if day <= until.day() => clock = Clock::Stands,
                Some(_) => {}
            }
        }
        clock
    }

    fn open(&mut self, day: Date, left: u32) -> Ends {
        self.note(day, DayRole::Paused);
        Ends::Open { left }
    }

    fn counts(&mut self, day: Date, n: u32) {
        self.matters(day);
        let role = self.counted(n);
        self.note(day, role);
    }

    fn counted(&self, n: u32) -> DayRole {
        if n > self.deadline.term.amount() {
            DayRole::Extended(n)
        } else {
            DayRole::Counted(n)
        }
    }

    fn matters(&mut self, day: Date) {
        self.provisional = self.provisional || !self.calendar.is_official(day.year());
    }

    fn note(&mut self, day: Date, role: DayRole) {
        (self.note)(day, role);
    }
}
