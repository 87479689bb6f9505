//! W5: everything the city has published, into an empty phone; leaves the big file the other works use.

use crate::clock::{forget_peak, held_mb, peak_mb, Lap, Took};
use crate::phone::Phone;
use crate::protocol::{Turn, Turns};
use crate::raw::{self, Raw};
use crate::side::Side;
use crate::work::bulk::clear;
use crate::work::delta::apply;
use crate::Step;

/// As an app does it: opened, told of the link, settled. What memory it held at a quarter and at the end shows whether it grows with the rows.
pub fn core(side: &Side) -> Step<Turns> {
    let side = side.clone();
    Ok(Box::new(move |_| {
        let folder = side.folder.join("big");
        clear(&folder)?;
        let phone = Phone::new(&folder)?;
        phone.town.offer(&side.inputs.pages("first"));
        let core = phone.open()?;
        forget_peak();
        let half_way = phone.town.watch(side.sizes.rows.div_ceil(200) / 4);
        let lap = Lap::start();
        core.pull()?;
        let took = lap.stop();
        let (early, end) = (half_way.get(), held_mb());
        Ok(Turn::of(took)
            .with("peak_mb", peak_mb())
            .with("grown_mb", (end - early).max(0.0))
            .with("rows", core.count()? as f64))
    }))
}

/// By hand, from values in hand.
pub fn raw(side: &Side) -> Step<Turns> {
    let side = side.clone();
    Ok(Box::new(move |_| {
        let folder = side.folder.join("big");
        clear(&folder)?;
        let raw = Raw::new(&folder)?;
        let mut conn = raw.writer()?;
        let mut took = Took::default();
        let mut ops = side.inputs.ops("first")?;
        loop {
            let some: Vec<_> = ops.by_ref().take(10_000).collect::<Step<_>>()?;
            if some.is_empty() {
                break;
            }
            let lap = Lap::start();
            apply(&mut conn, &some)?;
            took = took.plus(lap.stop());
        }
        Ok(Turn::of(took).with("rows", raw::count(&conn)? as f64))
    }))
}
