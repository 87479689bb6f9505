//! What a flood counted, and the sum over many.

use std::collections::BTreeMap;

use super::phone::Counts;
use super::scenario::{Kind, Scenario};
use super::Coverage;

/// What one flood counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// SHA-256 over every event: equal logs, equal hashes.
    pub log: String,
    /// Acts that people were told are saved.
    pub acts: u64,
    /// Photos among them.
    pub photos: u64,
    /// Acts the core refused, with words.
    pub refused: u64,
    /// Acts cut short under somebody's hands: saved or not, nobody was told.
    pub unheard: u64,
    /// Acts newer than the copy a phone was put back to, and unsent: counted apart.
    pub copied_over: u64,
    /// Acts on reports that a restored city lost and a phone put back to an old copy could not bring again: they wait.
    pub orphans: u64,
    /// Exchanges.
    pub exchanges: u64,
    /// Beacons fetched without regard to certificate dates.
    pub undated: u64,
    /// What hit, how often.
    pub hits: BTreeMap<&'static str, u64>,
    /// Which event met a step machine in which state.
    pub coverage: Coverage,
    /// Milliseconds of calm until everything that could leave had left.
    pub settled_after: u64,
    /// Milliseconds from an act to its first commit at the city, each.
    pub delays: Vec<u64>,
    /// Bytes of the fullest disk.
    pub disk: u64,
    /// Minutes the flood lasted.
    pub minutes: u64,
    /// What each phone counted.
    pub phones: Vec<Counts>,
    /// Why it does not count, if it does not.
    wanted: Vec<Kind>,
    min: (u64, u64),
}

impl Report {
    pub(super) fn new(scenario: &Scenario) -> Report {
        Report {
            wanted: scenario.kinds(),
            min: (scenario.min_acts, scenario.min_photos),
            ..Report::default()
        }
    }

    pub(super) fn hit(&mut self, kind: Kind) {
        *self.hits.entry(kind.name()).or_default() += 1;
    }

    pub(super) fn has_hit(&self, kind: Kind) -> bool {
        self.hits.contains_key(kind.name())
    }

    /// Why this flood does not count: too few acts or photos, a fault that never hit. `None`: it counts.
    #[must_use]
    pub fn thin(&self) -> Option<String> {
        if self.acts < self.min.0 {
            return Some(format!("{} acts of {}", self.acts, self.min.0));
        }
        if self.photos < self.min.1 {
            return Some(format!("{} photos of {}", self.photos, self.min.1));
        }
        let missed = self.wanted.iter().find(|kind| !self.has_hit(**kind));
        missed.map(|kind| format!("{} never hit", kind.name()))
    }
}

/// The sum over many floods.
#[derive(Debug, Clone, Default)]
pub struct Sum {
    /// Floods that count.
    pub floods: u64,
    /// Floods that do not, by why.
    pub thin: BTreeMap<String, u64>,
    /// Acts saved, photos among them.
    pub acts: u64,
    /// Photos.
    pub photos: u64,
    /// Acts refused.
    pub refused: u64,
    /// Acts cut short.
    pub unheard: u64,
    /// Acts newer than a restored copy.
    pub copied_over: u64,
    /// Acts on reports that a restored city lost and a phone put back to an old copy could not bring again: they wait.
    pub orphans: u64,
    /// Exchanges.
    pub exchanges: u64,
    /// What hit.
    pub hits: BTreeMap<&'static str, u64>,
    /// Coverage of the step machine.
    pub coverage: Coverage,
    /// Milliseconds of calm until everything had left, of each flood.
    pub settled: Vec<u64>,
    /// Milliseconds from each act to its first commit.
    pub delays: Vec<u64>,
    /// Bytes up and down and wake-ups of each phone.
    pub phones: Vec<Counts>,
    /// Bytes of the fullest disk.
    pub disk: u64,
    /// Minutes of the world.
    pub minutes: u64,
}

impl Sum {
    /// Adds a flood.
    pub fn add(&mut self, report: &Report) {
        self.coverage.add(&report.coverage);
        if let Some(why) = report.thin() {
            *self.thin.entry(why).or_default() += 1;
            return;
        }
        self.floods += 1;
        self.acts += report.acts;
        self.photos += report.photos;
        self.refused += report.refused;
        self.unheard += report.unheard;
        self.copied_over += report.copied_over;
        self.orphans += report.orphans;
        self.exchanges += report.exchanges;
        for (kind, n) in &report.hits {
            *self.hits.entry(kind).or_default() += n;
        }
        self.settled.push(report.settled_after);
        self.delays.extend(&report.delays);
        self.phones.extend(report.phones.iter().cloned());
        self.disk = self.disk.max(report.disk);
        self.minutes += report.minutes;
    }

    /// All floods that were played.
    #[must_use]
    pub fn played(&self) -> u64 {
        self.floods + self.thin.values().sum::<u64>()
    }
}

/// The value below which `percent` of the list lies; 0 for an empty one.
#[must_use]
pub fn percentile(list: &[u64], percent: usize) -> u64 {
    let mut sorted = list.to_vec();
    sorted.sort_unstable();
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(at).copied().unwrap_or(0)
}
