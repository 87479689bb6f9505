//! Sums in words.

use hues_vietnam::{money_text, read_dong, Language, Speech};

use super::{Goal, Row};
use crate::Step;

/// The row.
pub const ROW: Row = Row {
    name: "money-text",
    what: "say a sum of up to fifteen digits in words",
    goal: Goal::Microseconds(5.0),
    times_faster: 0.0,
    peers: &[],
    inputs,
    work,
};

/// Sums of every length, thousands as prices are and odd ones.
fn inputs() -> Step<Vec<String>> {
    let sums = (1..=15).flat_map(|digits| {
        let size = 10_u64.pow(digits);
        (1..=8).map(move |n| (size / 9 * n % size).to_string())
    });
    Ok(sums
        .chain((1..60).map(|n| (n * 5000).to_string()))
        .collect())
}

fn work(inputs: &[String]) -> u64 {
    let say = |digits: &String| {
        let dong = read_dong(digits).ok()?;
        std::hint::black_box(money_text(dong, Language::Vi, Speech::Northern)).ok()
    };
    inputs.iter().filter_map(say).count() as u64
}
