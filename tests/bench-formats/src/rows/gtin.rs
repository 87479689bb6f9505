//! GTIN: read a trade item number with its check digit.

use hues_formats::gs1::{check_digit, Gtin};

use super::{Goal, Row};
use crate::Step;

/// The row.
pub const ROW: Row = Row {
    name: "gtin",
    what: "read a GTIN with its check digit",
    goal: Goal::PerSecond(5_000_000.0),
    times_faster: 0.0,
    peers: &[],
    inputs,
    work,
};

/// Numbers of Viet Nam, of all four lengths.
fn inputs() -> Step<Vec<String>> {
    let number = |n: u64| {
        let body = match n % 4 {
            0 => format!("893{:04}", n * 13 % 10_000),
            1 => format!("0{:010}", n * 7_919_993),
            2 => format!("893{:09}", n * 7_919_993 % 1_000_000_000),
            _ => format!("1893{:09}", n * 104_729_113 % 1_000_000_000),
        };
        let digit = check_digit(&body).ok_or("not digits")?;
        Ok(format!("{body}{digit}"))
    };
    (1..=100).map(number).collect()
}

fn work(inputs: &[String]) -> u64 {
    let read =
        |text: &String| std::hint::black_box(Gtin::parse(std::hint::black_box(text))).is_ok();
    inputs.iter().filter(|text| read(text)).count() as u64
}
