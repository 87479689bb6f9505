//! The city's disk fails at its n-th call; the phones are well, and are told only what a city in trouble tells: nothing, or 500.

use std::path::PathBuf;

use hues_city::storage::{SqliteStorage, StorageError};
use hues_core::HueError;
use hues_store::disk::Disk as _;
use rusqlite::ErrorCode;

use super::citizen::{Hands, Story, Weather};
use super::{must, Held, Tally, Way};
use crate::disk::{Fault, SimDisk};

/// Failures the city's people see before they mend its disk.
const BEARS: u64 = 2;

struct Failing {
    way: Way,
    disk: SimDisk,
    /// Every other journey starts the process anew after a failure; the others go on in the same one.
    restarts: bool,
    mended: bool,
    seen: u64,
}

pub(super) fn play(way: Way, nth: u64) -> Held<Tally> {
    let disk = SimDisk::new();
    disk.plan(Some(way.plan(nth)));
    let on = disk.clone();
    let failing = Failing {
        way,
        disk: disk.clone(),
        restarts: nth.is_multiple_of(2),
        mended: false,
        seen: 0,
    };
    let mut story = Story::new(Box::new(move || open(&on)), failing);
    let played = story.play();
    story.hands.tally.journeys = 1;
    story.hands.tally.silent = u64::from(story.weather.seen == 0);
    played?;
    story.hands.town.stop();
    let whole = open(&disk).and_then(|storage| storage.verify());
    whole.map_err(|e| format!("the city's file at the end: {e}"))?;
    Ok(story.hands.tally)
}

fn open(disk: &SimDisk) -> Result<SqliteStorage, StorageError> {
    let path: PathBuf = disk.root().join("city.db");
    SqliteStorage::open_on(&path, disk.vfs())
}

impl Failing {
    /// The failure has its own name.
    fn judge(&self, error: &StorageError) -> Held {
        must(self.disk.hits() > 0 && !self.mended, || {
            format!("the city says {error}, and its disk works")
        })?;
        let code = match error {
            StorageError::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        };
        let named = match self.way.fault {
            Fault::Full => code == Some(ErrorCode::DiskFull),
            Fault::Io | Fault::ShortRead => matches!(
                code,
                Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen)
            ),
        };
        must(named, || format!("the city says {error:?}"))
    }

    fn seen(&mut self, story: &mut Hands<SqliteStorage>) {
        self.seen += 1;
        story.tally.told += 1;
        if self.way.stays && self.seen >= BEARS {
            self.mend(story);
        }
        if self.restarts && (self.mended || !self.way.stays) {
            story.town.stop();
            story.tally.restarts += 1;
        }
    }
}

impl Weather<SqliteStorage> for Failing {
    fn told(&mut self, _: &mut Hands<SqliteStorage>, error: &HueError) -> Held {
        Err(format!("the city's disk fails, and a phone says {error:?}"))
    }

    fn look(&mut self, story: &mut Hands<SqliteStorage>) -> Held {
        let failure = story.town.take_failure();
        if let Some(error) = failure {
            self.judge(&error)?;
            self.seen(story);
        }
        for _ in 0..4 {
            match story.town.start() {
                Ok(()) => return Ok(()),
                Err(error) => {
                    self.judge(&error)?;
                    self.seen(story);
                }
            }
        }
        Err("the city never opens again".into())
    }

    fn half_way(&mut self, story: &mut Hands<SqliteStorage>) -> Held {
        story.town.stop();
        self.look(story)
    }

    fn mend(&mut self, story: &mut Hands<SqliteStorage>) -> bool {
        story.tally.hits += self.disk.hits();
        self.disk.plan(None);
        !std::mem::replace(&mut self.mended, true)
    }
}
