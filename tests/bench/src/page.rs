//! A page of 50 lines from anywhere in the list, as a scroll bar asks for it.

use hues_env::{Random, SeededRandom};

use crate::clock::Lap;
use crate::figure::{Figure, Round};
use crate::phone::Phone;
use crate::raw::{self, Raw};
use crate::Step;

/// Pages in a turn.
const PAGES: usize = 400;

/// Both sides read the same places in the same order.
pub fn measure(rounds: usize, rows: usize, phone: &Phone, raw: &Raw) -> Step<Figure> {
    let core = phone.open()?;
    core.first_lines(1)?;
    // As many connections as the core has: its second reader answers whenever the first is busy.
    let (writer, readers) = (raw.writer()?, [raw.reader()?, raw.reader()?]);
    let mut times = Vec::new();
    for round in 0..=rounds as u64 {
        let mut random = SeededRandom::new(100 + round);
        let places: Vec<i64> = (0..PAGES)
            .map(|_| 51 + random.below(rows.saturating_sub(51) as u64) as i64)
            .collect();
        let lap = Lap::start();
        for place in &places {
            full(core.lines(Some(place.to_string()), 50)?.len())?;
        }
        let took = lap.stop();
        let lap = Lap::start();
        for (place, reader) in places.iter().zip(readers.iter().cycle()) {
            full(raw::page(reader, *place, 50)?.len())?;
        }
        times.push(Round {
            core: took.each(PAGES),
            raw: lap.stop().each(PAGES),
            ..Round::default()
        });
    }
    drop(writer);
    let what = "a page of 50 lines at a random place".into();
    Ok(Figure::of("page", what, &times[1..], 2.0))
}

fn full(lines: usize) -> Step<()> {
    match lines {
        50 => Ok(()),
        n => Err(format!("a page of {n} lines").into()),
    }
}
