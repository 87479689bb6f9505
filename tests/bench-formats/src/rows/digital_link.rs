//! Digital Link: read an address with lot, serial number and expiry.

use hues_formats::gs1::{DigitalLink, LinkBuilder};

use super::{Goal, Row};
use crate::Step;

/// The row.
pub const ROW: Row = Row {
    name: "digital-link",
    what: "read a Digital Link address with lot, serial number and expiry",
    goal: Goal::PerSecond(200_000.0),
    times_faster: 0.0,
    peers: &[],
    inputs,
    work,
};

fn inputs() -> Step<Vec<String>> {
    let link = |n: u32| {
        let built = LinkBuilder::new("https://truyxuat.example.vn", "01", "09506000134352")
            .with("10", &format!("LO/{n:04}"))
            .with("21", &format!("S{:06}", n * 7_919))
            .with("17", "271231")
            .build()?;
        Ok(built.to_string())
    };
    (1..=50).map(link).collect()
}

fn work(inputs: &[String]) -> u64 {
    let read = |text: &String| {
        std::hint::black_box(DigitalLink::parse(std::hint::black_box(text))).is_ok()
    };
    inputs.iter().filter(|text| read(text)).count() as u64
}
