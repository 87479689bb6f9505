//! The phone's disk fails at its n-th call; the city's storage is in memory and well.

use hues_city::storage::MemoryStorage;
use hues_core::{HueError, StorageReason};

use super::citizen::{Hands, Story, Weather};
use super::{must, Held, Tally, Way};
use crate::disk::Fault;

/// Failures a person is told before somebody mends her disk.
const BEARS: u64 = 2;

struct Failing {
    way: Way,
    /// Every other journey closes the app after a failure; the others go on in the same process.
    restarts: bool,
    mended: bool,
    told: u64,
}

pub(super) fn play(way: Way, nth: u64) -> Held<Tally> {
    let failing = Failing {
        way,
        restarts: nth.is_multiple_of(2),
        mended: false,
        told: 0,
    };
    let mut story = Story::new(Box::new(|| Ok(MemoryStorage::new())), failing);
    story.hands.citizen.disk.plan(Some(way.plan(nth)));
    let played = story.play();
    story.hands.tally.journeys = 1;
    story.hands.tally.silent = u64::from(story.weather.told == 0);
    played.map(|()| story.hands.tally)
}

impl Weather<MemoryStorage> for Failing {
    fn told(&mut self, story: &mut Hands<MemoryStorage>, error: &HueError) -> Held {
        let hits = story.citizen.disk.hits();
        must(hits > 0 && !self.mended, || {
            format!("{error:?}, and the disk works")
        })?;
        let right = match self.way.fault {
            Fault::Full => StorageReason::Full,
            Fault::Io | Fault::ShortRead => StorageReason::Io,
        };
        must(*error == HueError::Storage { reason: right }, || {
            format!("told {error:?}")
        })?;
        self.told += 1;
        story.tally.told += 1;
        must(self.told <= 4 * BEARS, || "it never ends".into())?;
        if self.way.stays && self.told >= BEARS {
            self.mend(story);
        }
        if self.restarts && story.citizen.is_up() && (self.mended || !self.way.stays) {
            story.citizen.put_down();
            story.tally.restarts += 1;
        }
        Ok(())
    }

    fn look(&mut self, story: &mut Hands<MemoryStorage>) -> Held {
        story.town.start().map_err(|e| format!("the city: {e}"))
    }

    fn mend(&mut self, story: &mut Hands<MemoryStorage>) -> bool {
        story.tally.hits += story.citizen.disk.hits();
        story.citizen.disk.plan(None);
        !std::mem::replace(&mut self.mended, true)
    }
}
