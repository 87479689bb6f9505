//! W6: a page of 50 lines from anywhere in the list, as a scroll bar asks for it.

use crate::clock::Lap;
use crate::inputs::{Inputs, PLACES};
use crate::phone::Phone;
use crate::protocol::{Turn, Turns};
use crate::raw::{self, Raw};
use crate::side::Side;
use crate::Step;

/// By the call an app makes.
pub fn core(side: &Side) -> Step<Turns> {
    let rows = side.sizes.rows;
    let core = Phone::new(&side.folder.join("big"))?.open()?;
    core.first_lines(1)?;
    Ok(Box::new(move |turn| {
        let places: Vec<String> = Inputs::places(turn, rows, PLACES)
            .iter()
            .map(i64::to_string)
            .collect();
        let mut letters = 0;
        let lap = Lap::start();
        for place in places {
            let page = core.lines(Some(place), 50)?;
            letters += page.iter().map(|line| line.text.len()).sum::<usize>();
        }
        Ok(Turn::of(lap.stop().each(PLACES)).with("letters", letters as f64))
    }))
}

/// As many connections as the core has: its second reader answers whenever the first is busy.
pub fn raw(side: &Side) -> Step<Turns> {
    let rows = side.sizes.rows;
    let raw = Raw::at(&side.folder.join("big"));
    let (_writer, readers) = (raw.writer()?, [raw.reader()?, raw.reader()?]);
    Ok(Box::new(move |turn| {
        let _ = &_writer;
        let places = Inputs::places(turn, rows, PLACES);
        let mut letters = 0;
        let lap = Lap::start();
        for (place, reader) in places.iter().zip(readers.iter().cycle()) {
            let page = raw::page(reader, *place, 50)?;
            letters += page.iter().map(|line| line.3.len()).sum::<usize>();
        }
        Ok(Turn::of(lap.stop().each(PLACES)).with("letters", letters as f64))
    }))
}
