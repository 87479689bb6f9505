//! English numerals: short scale, hyphens in compound tens, no *and*.

use super::say;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 10] = [
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
const GROUPS: [(u64, &str); 7] = [
    (1_000_000_000_000_000_000, "quintillion"),
    (1_000_000_000_000_000, "quadrillion"),
    (1_000_000_000_000, "trillion"),
    (1_000_000_000, "billion"),
    (1_000_000, "million"),
    (1000, "thousand"),
    (1, ""),
];

/// Any number.
pub(super) fn whole(said: &mut String, number: u64) {
    if number == 0 {
        return say(said, small(0));
    }
    for (size, name) in GROUPS {
        let group = number / size % 1000;
        if group == 0 {
            continue;
        }
        if group >= 100 {
            say(said, small(group / 100));
            say(said, "hundred");
        }
        if !group.is_multiple_of(100) {
            say(said, &below_hundred(group % 100));
        }
        if !name.is_empty() {
            say(said, name);
        }
    }
}

/// A number from 0 to 19.
pub(super) fn small(number: u64) -> &'static str {
    SMALL.get(number as usize).copied().unwrap_or_default()
}

/// A number from 0 to 99.
pub(super) fn below_hundred(number: u64) -> String {
    if number < 20 {
        return small(number).to_owned();
    }
    let tens = TENS.get(number as usize / 10).copied().unwrap_or_default();
    match number % 10 {
        0 => tens.to_owned(),
        ones => format!("{tens}-{}", small(ones)),
    }
}

/// The day of a month (1 to 31) as an ordinal: `twenty-first`.
pub(super) fn ordinal(number: u64) -> String {
    const IRREGULAR: [&str; 13] = [
        "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth",
    ];
    if let Some(word) = IRREGULAR.get(number as usize) {
        return (*word).to_owned();
    }
    match (number / 10, number % 10) {
        (1, _) => format!("{}th", small(number)),
        (tens, 0) => {
            let tens = TENS.get(tens as usize).copied().unwrap_or_default();
            format!("{}ieth", tens.trim_end_matches('y'))
        }
        (tens, ones) => format!(
            "{}-{}",
            TENS.get(tens as usize).copied().unwrap_or_default(),
            IRREGULAR.get(ones as usize).copied().unwrap_or_default()
        ),
    }
}
