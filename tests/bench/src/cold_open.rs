//! From nothing open to the first 20 lines on screen.

use crate::clock::Lap;
use crate::figure::{Figure, Round};
use crate::phone::Phone;
use crate::raw::{self, Raw};
use crate::Step;

/// Opens both files in turn, first round not counted.
pub fn measure(rounds: usize, phone: &Phone, raw: &Raw) -> Step<Figure> {
    let mut times = Vec::new();
    for _ in 0..=rounds {
        let lap = Lap::start();
        let core = phone.open()?;
        let lines = core.first_lines(20)?;
        let took = lap.stop();
        drop(core);
        // As many connections as the core has by then: one that writes, one that reads, one to the session's file.
        let lap = Lap::start();
        let writer = raw.writer()?;
        let session = raw.session()?;
        let reader = raw.reader()?;
        let same = raw::page(&reader, i64::MAX, 20)?;
        let by_hand = lap.stop();
        drop((writer, session, reader));
        if lines.len() != same.len() {
            return Err("the lists differ".into());
        }
        times.push(Round {
            core: took,
            raw: by_hand,
            ..Round::default()
        });
    }
    let what = "open a home, list its first 20 reports (3 connections)".into();
    Ok(Figure::of("cold-open", what, &times[1..], 3.0))
}
