//! Terms in working hours: they elapse only while the office is open and the clock runs.

use super::{Clock, DayRole, DueError, Ends, Received, Walk, MAX_IDLE_DAYS};
use crate::date::Date;
use crate::instant::{local_date, local_instant, local_ms_of_day};

const HOUR_MS: i64 = 3_600_000;

impl<F: FnMut(Date, DayRole)> Walk<'_, F> {
    pub(super) fn working_hours(&mut self, hours: u32) -> Result<Ends, DueError> {
        if !self.calendar.has_hours() {
            return Err(DueError::NoHours);
        }
        // A receipt on a bare day stands at its end: the day is not counted.
        let received = self.deadline.received.instant();
        if let Received::On(day) = self.deadline.received {
            self.note(day, DayRole::Received);
        }
        let mut left = i64::from(hours) * HOUR_MS;
        if left == 0 {
            return Ok(Ends::At(received));
        }
        let mut day = local_date(received);
        let mut from = local_ms_of_day(received);
        let mut idle = 0;
        while idle < MAX_IDLE_DAYS {
            match self.day_of_hours(day, from, &mut left) {
                Some(ends) => return Ok(ends),
                None if self.calendar.is_worked(day) => idle = 0,
                None => {}
            }
            idle += 1;
            day = self.step(day)?;
            from = 0;
        }
        Err(DueError::NoWorkingDay)
    }

    /// Takes from `left` what elapses on a day from `from` on (milliseconds after midnight); the end where it comes to that.
    fn day_of_hours(&mut self, day: Date, from: i64, left: &mut i64) -> Option<Ends> {
        let calendar = self.calendar;
        if !calendar.is_worked(day) {
            self.matters(day);
            self.note(day, DayRole::Skipped);
            return None;
        }
        let mut elapsed = 0;
        for (open, close) in calendar.hours_of(day) {
            let (mut at, close) = (open.as_ms().max(from), close.as_ms());
            if at < close {
                self.matters(day);
            }
            while at < close {
                let (clock, until) = self.clock_at(local_instant(day, at));
                let until = until.map_or(close, |ms| (ms - local_instant(day, 0)).min(close));
                match clock {
                    Clock::Stopped => {
                        self.note(day, DayRole::Elapsed(elapsed));
                        let left = (*left as u64).div_ceil(HOUR_MS as u64) as u32;
                        return Some(Ends::Open { left });
                    }
                    Clock::Stands => {}
                    Clock::Runs if *left <= until - at => {
                        self.note(day, DayRole::Elapsed(elapsed + *left));
                        return Some(Ends::At(local_instant(day, at + *left)));
                    }
                    Clock::Runs => (*left, elapsed) = (*left - (until - at), elapsed + until - at),
                }
                at = until;
            }
        }
        let role = match elapsed {
            0 if self.clock(day) != Clock::Runs => DayRole::Paused,
            0 if local_date(self.deadline.received.instant()) == day => DayRole::Received,
            _ => DayRole::Elapsed(elapsed),
        };
        self.note(day, role);
        None
    }

    /// What the clock does at an instant, and the next instant at which that may change.
    fn clock_at(&self, ms: i64) -> (Clock, Option<i64>) {
        let mut clock = Clock::Runs;
        let mut change: Option<i64> = None;
        let mut sooner = |at: i64| change = Some(change.map_or(at, |c: i64| c.min(at)));
        for pause in self.deadline.pauses {
            let from = pause.from.instant();
            if ms < from {
                sooner(from);
                continue;
            }
            match pause.until.map(Received::instant) {
                None => return (Clock::Stopped, None),
                Some(until) if ms < until => {
                    clock = Clock::Stands;
                    sooner(until);
                }
                Some(_) => {}
            }
        }
        (clock, change)
    }
}
