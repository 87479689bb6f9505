//! Where the kills hit.
//!
//! Invariant: only a process that SIGKILL ended counts.

use std::collections::BTreeMap;

/// Hits by place, and what was done meanwhile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rounds that were played and judged.
    pub rounds: u64,
    /// Kills by place.
    pub hits: BTreeMap<String, u64>,
    /// Checks of all files of a killed phone or city.
    pub checked: u64,
    /// Kills after which the person found that what she did was not saved, and did it again.
    pub again: u64,
    /// Kills after which it was saved though nothing had been said.
    pub silent: u64,
    /// Acts that the city has, exactly once each.
    pub acts: u64,
    /// Photos that the city has, whole.
    pub photos: u64,
    /// Acts that are missing.
    pub lost: u64,
    /// Acts that are there twice.
    pub double: u64,
}

/// The places at which a run of some length must have hit.
pub const PLACES: &[&str] = &[
    "phone at submit-before-commit",
    "phone at submit-after-commit",
    "phone at op-handed-over",
    "phone at op-answered",
    "phone at chunk-starts",
    "phone at chunk-sent",
    "phone at page-arrived",
    "phone at a random moment",
    "city at die-before /ops",
    "city at die-inside /ops",
    "city at die-after /ops",
    "city at die-reading /files",
    "city at die-inside /files",
    "city at die-after /files",
    "city at die-after /pull",
    "city at a random moment",
];

impl Tally {
    /// A process was killed at `place`.
    pub fn hit(&mut self, place: impl Into<String>) {
        *self.hits.entry(place.into()).or_default() += 1;
    }

    /// All kills.
    #[must_use]
    pub fn kills(&self) -> u64 {
        self.hits.values().sum()
    }

    /// The places of [`PLACES`] where nothing hit.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let hit = |place: &&&str| self.hits.keys().any(|at| at.starts_with(**place));
        PLACES.iter().filter(|place| !hit(place)).copied().collect()
    }

    /// The table a run ends with.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = String::new();
        for (place, times) in &self.hits {
            out.push_str(&format!("{times:>6}  {place}\n"));
        }
        out.push_str(&format!(
            "{} rounds, {} kills ({} of something not saved and done again, {} of something saved and not said): {} acts and {} photos \
             arrived, {} lost, {} double; all files whole after {} kills\n",
            self.rounds, self.kills(), self.again, self.silent, self.acts, self.photos, self.lost, self.double, self.checked
        ));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_hit_is_named() {
        let mut tally = Tally::default();
        assert_eq!(tally.missing().len(), PLACES.len());
        tally.hit("phone at a random moment, after chunk-sent");
        tally.hit("city at die-after /ops");
        assert_eq!(tally.missing().len(), PLACES.len() - 2);
        assert_eq!(tally.kills(), 2);
        assert!(tally.table().contains("2 kills"));
    }
}
