//! The promises, and where each is checked: on a phone whenever it starts and now and then (`phone`), over the whole city when the flood is over (`city`).
//!
//! Invariant: computed from what the phones and the city store, never from what the flood intended.

mod city;
mod phone;

/// A promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// What a person was told is saved is on her phone, with the city, or was taken back by her.
    NothingLost,
    /// No act is applied twice, and none that nobody made.
    NothingTwice,
    /// The acts of a lane are in order, without a gap.
    LaneOrder,
    /// No receipt without a commit in its epoch; after a restore every receipted op is there again.
    Receipts,
    /// Nothing that could move stands still.
    NeverStuck,
    /// A call fails only in the ways the flood planned.
    NoSurprise,
    /// A list's cursor, count and checksum are never ahead of its rows.
    CursorBehindRows,
    /// The search index says what its table says.
    IndexIsTable,
    /// The steps of a live window add up to what a fresh query gives.
    WindowsAddUp,
    /// Proofs verify, and the true moment of filing lies in their interval.
    ProofsVerify,
    /// No reader sees a part that is not for it.
    ReadersSeeTheirs,
    /// No plain text in any byte of a phone's disk.
    NoPlaintext,
    /// Disks stay bounded.
    Bounded,
    /// After the faults end every queue empties in time, a wedged lane blocking no other, and lists are whole.
    QueuesEmpty,
    /// Few wake-ups in the dark, few bytes a report.
    Budgets,
}

impl Invariant {
    /// All of them, with the names that scenario files use.
    pub const ALL: [(Invariant, &'static str); 15] = [
        (Invariant::NothingLost, "nothing-lost"),
        (Invariant::NothingTwice, "nothing-twice"),
        (Invariant::LaneOrder, "lane-order"),
        (Invariant::Receipts, "receipts"),
        (Invariant::NeverStuck, "never-stuck"),
        (Invariant::NoSurprise, "no-surprise"),
        (Invariant::CursorBehindRows, "cursor-behind-rows"),
        (Invariant::IndexIsTable, "index-is-table"),
        (Invariant::WindowsAddUp, "windows-add-up"),
        (Invariant::ProofsVerify, "proofs-verify"),
        (Invariant::ReadersSeeTheirs, "readers-see-theirs"),
        (Invariant::NoPlaintext, "no-plaintext"),
        (Invariant::Bounded, "bounded"),
        (Invariant::QueuesEmpty, "queues-empty"),
        (Invariant::Budgets, "budgets"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        Invariant::ALL
            .iter()
            .find(|(i, _)| *i == self)
            .map_or("", |(_, name)| name)
    }

    /// The invariant of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Invariant> {
        Invariant::ALL
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(i, _)| *i)
    }

    /// All names.
    #[must_use]
    pub fn names() -> String {
        Invariant::ALL.map(|(_, name)| name).join(", ")
    }
}
