//! W12: a flood of the laboratory, twenty phones over three and a half days of virtual time.
//!
//! Production code from the step machine down to SQLCipher's pages, on the simulated disk, with every promise checked: what it takes says how many floods a core plays in a
//! night.

use hues_lab::flood::{self, Scenario};

use crate::clock::Lap;
use crate::protocol::{Turn, Turns};
use crate::Step;

/// Whose phones and how long.
const SCENARIO: &str = "28-30-oct-2025";

/// One flood a turn, each from a seed of its own.
pub fn core() -> Step<Turns> {
    let scenario = Scenario::built_in(SCENARIO).map_err(|e| e.to_string())?;
    Ok(Box::new(move |turn| {
        let lap = Lap::start();
        flood::run(1_000 + turn, &scenario).map_err(|broken| broken.to_string())?;
        let took = lap.stop();
        Ok(Turn::of(took)
            .with("floods_s_core", 1e3 / took.cpu)
            .with("phones", scenario.phones() as f64))
    }))
}
