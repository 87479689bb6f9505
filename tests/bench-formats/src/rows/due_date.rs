//! Due dates of usual terms over the built-in calendar, alone and with the reason for every day.

use hues_vietnam::{due, explain, Calendar, Date, Deadline, Language, Received, Term};

use super::{Goal, Row};
use crate::Step;

/// The date alone.
pub const DUE: Row = Row {
    name: "due-date",
    what: "a due date, 1 to 30 working days",
    goal: Goal::Microseconds(5.0),
    times_faster: 0.0,
    peers: &[],
    inputs,
    work: dates,
};

/// With its sentences.
pub const EXPLAINED: Row = Row {
    name: "due-date-explained",
    what: "the same with a sentence for every day",
    goal: Goal::Microseconds(50.0),
    times_faster: 0.0,
    peers: &[],
    inputs,
    work: explanations,
};

/// A receipt on every third day of two years.
fn inputs() -> Step<Vec<String>> {
    let first = Date::from_ymd(2025, 1, 1)?;
    let days = (0..240).filter_map(|n| first.plus_days(n * 3));
    Ok(days.map(|day| day.to_string()).collect())
}

fn deadlines(inputs: &[String]) -> impl Iterator<Item = Deadline<'static>> + '_ {
    let days = inputs.iter().filter_map(|day| day.parse().ok());
    days.zip((1..=30).cycle())
        .map(|(day, term)| Deadline::new(Received::On(day), Term::WorkingDays(term)))
}

fn dates(inputs: &[String]) -> u64 {
    let calendar = Calendar::built_in();
    let found = deadlines(inputs).filter(|d| std::hint::black_box(due(d, calendar)).is_ok());
    found.count() as u64
}

fn explanations(inputs: &[String]) -> u64 {
    let calendar = Calendar::built_in();
    let told = deadlines(inputs).filter_map(|d| explain(&d, calendar).ok());
    let told = told.filter(|e| !std::hint::black_box(e.lines(Language::Vi)).is_empty());
    told.count() as u64
}
