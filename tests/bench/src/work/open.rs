//! W1: from nothing open to the first 20 lines on screen.

use crate::clock::Lap;
use crate::phone::Phone;
use crate::protocol::{Turn, Turns};
use crate::raw::{self, Raw};
use crate::side::Side;
use crate::Step;

/// As an app opens it: vault, envelope, two files, threads, engine.
pub fn core(side: &Side) -> Step<Turns> {
    let phone = Phone::new(&side.folder.join("big"))?;
    Ok(Box::new(move |_| {
        let lap = Lap::start();
        let core = phone.open()?;
        let lines = core.first_lines(20)?;
        let took = lap.stop();
        Ok(Turn::of(took).with("lines", lines.len() as f64))
    }))
}

/// As many connections as the core has by then: one that writes, one that reads, one to the session's file.
pub fn raw(side: &Side) -> Step<Turns> {
    let raw = Raw::at(&side.folder.join("big"));
    Ok(Box::new(move |_| {
        let lap = Lap::start();
        let writer = raw.writer()?;
        let session = raw.session()?;
        let reader = raw.reader()?;
        let lines = raw::page(&reader, i64::MAX, 20)?;
        let took = lap.stop();
        drop((writer, session, reader));
        Ok(Turn::of(took).with("lines", lines.len() as f64))
    }))
}
