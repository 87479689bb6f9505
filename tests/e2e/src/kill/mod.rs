//! The kill test: rounds of SIGKILL at random moments of the whole journey, phone and city, as real processes.
//!
//! Invariant: a run ends well only if every round killed something, every act that a phone said is saved is in the city
//! exactly once, no photo is missing, and nothing is there that nobody made. A failing day names its seed.

mod blow;
mod check;
mod handset;
mod judge;
mod people;
mod round;
mod tally;
mod town;

use std::path::{Path, PathBuf};

pub use tally::{Tally, PLACES};

use crate::process::Trouble;
use round::Day;

/// Rounds over one city and its phones; then both are judged, and the next day begins with new ones.
pub const ROUNDS_A_DAY: u64 = 25;

/// What to run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The program `hues`.
    pub program: PathBuf,
    /// Rounds.
    pub rounds: u64,
    /// Seed of the first day; each later day has the next one.
    pub seed: u64,
    /// Where homes and cities lie; a failed day's stay there.
    pub folder: PathBuf,
}

/// Plays all rounds; `say` hears of each day that ended well.
///
/// # Errors
/// What went wrong, with the seed that shows it again and the folder to look into.
pub async fn run(plan: &Plan, say: impl Fn(&str)) -> Result<Tally, Trouble> {
    let mut tally = Tally::default();
    let mut seed = plan.seed;
    while tally.rounds < plan.rounds {
        let rounds = ROUNDS_A_DAY.min(plan.rounds - tally.rounds);
        let folder = plan.folder.join(format!("seed-{seed}"));
        let played = day(&plan.program, &folder, seed, rounds, &mut tally).await;
        if let Err(Trouble { what, detail }) = played {
            let again = format!("again: cargo xtask soak kill -- {rounds} {seed}");
            let detail = format!("{detail}\n  seed {seed}; {again}; see {}", folder.display());
            return Err(Trouble::new(what, detail));
        }
        say(&format!(
            "seed {seed}: {rounds} rounds well; {} kills so far",
            tally.kills()
        ));
        let _ = std::fs::remove_dir_all(&folder); // left-overs harm nobody
        seed += 1;
    }
    Ok(tally)
}

async fn day(
    program: &Path,
    folder: &Path,
    seed: u64,
    rounds: u64,
    tally: &mut Tally,
) -> Result<(), Trouble> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(|e| Trouble::io("folder", &e))?;
    }
    std::fs::create_dir_all(folder).map_err(|e| Trouble::io("folder", &e))?;
    let mut day = Day::begin(program, folder, seed).await?;
    for number in 0..rounds {
        day.round(number, tally)
            .await
            .map_err(|t| Trouble::new(t.what, format!("round {number}: {}", t.detail)))?;
    }
    day.end(tally).await
}
