//! BHYT: read the QR code of a health insurance card, its hexadecimal names decoded.

use hues_formats::BhytQr;

use super::{Goal, Row};
use crate::Step;

/// The row.
pub const ROW: Row = Row {
    name: "bhyt",
    what: "read the QR code of a health insurance card, names decoded",
    goal: Goal::PerSecond(500_000.0),
    times_faster: 0.0,
    peers: &[],
    inputs,
    work,
};

/// Invented cards of 15 and of 17 segments.
fn inputs() -> Step<Vec<String>> {
    let hex = |text: &str| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
    let card = |n: usize| {
        let name = hex("Nguyễn Thị Hương Giang");
        let address = hex("12 Đường Mẫu, Thành phố Huế");
        let dates = "01/01/2026|31/12/2026|15/12/2025";
        match n % 2 {
            0 => format!("DN446{n:010}|{name}|15/03/1990|2|{address}|46 - 001|{dates}|46010100000000|-|4|01/01/2030|0123456789abcdef-0001|$"),
            _ => format!("{n:010}|{name}|15/03/1990|2|-|46 - 001|{dates}|46010100000000|-|4|01/01/2030|0123456789abcdef-0001|4|{address}|$"),
        }
    };
    Ok((0..60).map(card).collect())
}

fn work(inputs: &[String]) -> u64 {
    let read = |text: &String| std::hint::black_box(BhytQr::parse(std::hint::black_box(text)));
    inputs.iter().filter(|text| read(text).is_ok()).count() as u64
}
