//! The difference between two states of a window, as steps a list view can animate.
//!
//! Invariant: applying the steps in order to the old rows gives exactly the new rows. A row that kept its place among the
//! others is never moved: of the rows both states have, the longest already ordered run stays put.

use std::collections::HashMap;
use std::sync::Arc;

/// One row of a window.
#[derive(Debug)]
pub struct Row<R> {
    /// What makes it the same row over time: unique within the window.
    pub key: Vec<u8>,
    /// Changes whenever what is shown changes: a revision, or a hash.
    pub fingerprint: u64,
    /// The row itself, shared between all subscribers.
    pub row: Arc<R>,
}

impl<R> Row<R> {
    /// A row by its key and fingerprint.
    pub fn new(key: impl Into<Vec<u8>>, fingerprint: u64, row: R) -> Row<R> {
        Row {
            key: key.into(),
            fingerprint,
            row: Arc::new(row),
        }
    }
}

impl<R> Clone for Row<R> {
    fn clone(&self) -> Row<R> {
        Row {
            key: self.key.clone(),
            fingerprint: self.fingerprint,
            row: self.row.clone(),
        }
    }
}

/// Rows are the same state when key and fingerprint are.
impl<R> PartialEq for Row<R> {
    fn eq(&self, other: &Row<R>) -> bool {
        self.key == other.key && self.fingerprint == other.fingerprint
    }
}

/// One step. Indices are those of the list at the moment the step is applied.
#[derive(Debug)]
pub enum Diff<R> {
    /// The whole window anew: the first step of a subscription, and what a slow consumer gets instead of a backlog.
    Reset {
        /// All rows.
        rows: Vec<Row<R>>,
    },
    /// A new row.
    Insert {
        /// Where it stands afterwards.
        index: usize,
        /// The row.
        row: Row<R>,
    },
    /// The row is gone from the window.
    Remove {
        /// Where it stood.
        index: usize,
    },
    /// Same row, other content.
    Update {
        /// Where it stands.
        index: usize,
        /// The row as it is now.
        row: Row<R>,
    },
    /// Same row, other place.
    Move {
        /// Where it stood.
        from: usize,
        /// Where it stands afterwards.
        to: usize,
    },
}

// Not derived: sharing a row does not ask that it can be copied.
impl<R> Clone for Diff<R> {
    fn clone(&self) -> Diff<R> {
        match self {
            Diff::Reset { rows } => Diff::Reset { rows: rows.clone() },
            Diff::Insert { index, row } => Diff::Insert {
                index: *index,
                row: row.clone(),
            },
            Diff::Remove { index } => Diff::Remove { index: *index },
            Diff::Update { index, row } => Diff::Update {
                index: *index,
                row: row.clone(),
            },
            Diff::Move { from, to } => Diff::Move {
                from: *from,
                to: *to,
            },
        }
    }
}

impl<R> PartialEq for Diff<R> {
    fn eq(&self, other: &Diff<R>) -> bool {
        match (self, other) {
            (Diff::Reset { rows: a }, Diff::Reset { rows: b }) => a == b,
            (Diff::Insert { index: i, row: a }, Diff::Insert { index: j, row: b })
            | (Diff::Update { index: i, row: a }, Diff::Update { index: j, row: b }) => {
                i == j && a == b
            }
            (Diff::Remove { index: i }, Diff::Remove { index: j }) => i == j,
            (Diff::Move { from: i, to: j }, Diff::Move { from: k, to: l }) => (i, j) == (k, l),
            _ => false,
        }
    }
}

/// Applies one step to a list, as a consumer does. False for an index outside the list, which [`diff`] never makes.
pub fn apply<R>(list: &mut Vec<Row<R>>, step: Diff<R>) -> bool {
    match step {
        Diff::Reset { rows } => *list = rows,
        Diff::Insert { index, row } if index <= list.len() => list.insert(index, row),
        Diff::Remove { index } if index < list.len() => drop(list.remove(index)),
        Diff::Update { index, row } if index < list.len() => list[index] = row,
        Diff::Move { from, to } if from < list.len() && to < list.len() => {
            let row = list.remove(from);
            list.insert(to, row);
        }
        _ => return false,
    }
    true
}

/// The steps from `old` to `new`: removals, moves, insertions, updates. A key that a query gave twice makes the whole a
/// [`Diff::Reset`], since it names no row.
#[must_use]
pub fn diff<R>(old: &[Row<R>], new: &[Row<R>]) -> Vec<Diff<R>> {
    if old == new {
        return Vec::new();
    }
    let target: HashMap<&[u8], usize> = new
        .iter()
        .enumerate()
        .map(|(i, row)| (row.key.as_slice(), i))
        .collect();
    let source: HashMap<&[u8], usize> = old
        .iter()
        .enumerate()
        .map(|(i, row)| (row.key.as_slice(), i))
        .collect();
    if target.len() != new.len() || source.len() != old.len() {
        return vec![Diff::Reset { rows: new.to_vec() }];
    }
    let mut steps = Vec::new();
    for (index, row) in old.iter().enumerate().rev() {
        if !target.contains_key(row.key.as_slice()) {
            steps.push(Diff::Remove { index });
        }
    }
    // The kept rows, each as its place in the new list, in their old order.
    let mut kept: Vec<usize> = old
        .iter()
        .filter_map(|row| target.get(row.key.as_slice()).copied())
        .collect();
    move_into_order(&mut kept, &mut steps);
    for (index, row) in new.iter().enumerate() {
        if !source.contains_key(row.key.as_slice()) {
            steps.push(Diff::Insert {
                index,
                row: row.clone(),
            });
        }
    }
    for (index, row) in new.iter().enumerate() {
        if source
            .get(row.key.as_slice())
            .is_some_and(|i| old[*i].fingerprint != row.fingerprint)
        {
            steps.push(Diff::Update {
                index,
                row: row.clone(),
            });
        }
    }
    steps
}

/// Sorts `kept` by moving only what is not in its longest rising run, each to right behind its predecessor.
fn move_into_order<R>(kept: &mut Vec<usize>, steps: &mut Vec<Diff<R>>) {
    let stays = longest_rising(kept);
    let mut movers: Vec<usize> = kept
        .iter()
        .copied()
        .filter(|value| stays.binary_search(value).is_err())
        .collect();
    movers.sort_unstable();
    let mut placed = stays;
    for mover in movers {
        let Some(from) = kept.iter().position(|value| *value == mover) else {
            continue;
        };
        kept.remove(from);
        let rank = placed.partition_point(|value| *value < mover);
        let to = match rank.checked_sub(1).map(|i| placed[i]) {
            None => 0,
            Some(before) => kept
                .iter()
                .position(|value| *value == before)
                .map_or(0, |i| i + 1),
        };
        kept.insert(to, mover);
        placed.insert(rank, mover);
        if from != to {
            steps.push(Diff::Move { from, to });
        }
    }
}

/// The values of a longest rising subsequence, rising (patience sorting, O(n log n)).
fn longest_rising(values: &[usize]) -> Vec<usize> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; values.len()];
    for (i, value) in values.iter().enumerate() {
        let at = tails.partition_point(|tail| values[*tail] < *value);
        before[i] = at
            .checked_sub(1)
            .map_or(usize::MAX, |previous| tails[previous]);
        match tails.get_mut(at) {
            Some(tail) => *tail = i,
            None => tails.push(i),
        }
    }
    let mut out = Vec::with_capacity(tails.len());
    let mut at = tails.last().copied().unwrap_or(usize::MAX);
    while let Some(value) = values.get(at) {
        out.push(*value);
        at = before[at];
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(spec: &[(u8, u64)]) -> Vec<Row<()>> {
        spec.iter()
            .map(|(key, print)| Row::new([*key], *print, ()))
            .collect()
    }

    fn folded(old: &[Row<()>], new: &[Row<()>]) -> Vec<Row<()>> {
        let mut list = old.to_vec();
        for step in diff(old, new) {
            assert!(apply(&mut list, step));
        }
        list
    }

    #[test]
    fn one_row_moved_is_one_move() {
        let old = rows(&[(1, 0), (2, 0), (3, 0), (4, 0)]);
        for new in [[2, 3, 4, 1], [4, 1, 2, 3], [1, 3, 2, 4]] {
            let new = rows(&new.map(|k| (k, 0)));
            assert_eq!(diff(&old, &new).len(), 1);
            assert_eq!(folded(&old, &new), new);
        }
    }

    #[test]
    fn a_key_given_twice_resets() {
        let new = rows(&[(1, 0), (1, 1)]);
        assert_eq!(
            diff(&rows(&[(1, 0)]), &new),
            [Diff::Reset { rows: new.clone() }]
        );
        assert_eq!(folded(&new, &rows(&[(1, 0)])), rows(&[(1, 0)]));
    }

    fn state() -> impl Strategy<Value = Vec<(u8, u64)>> {
        proptest::collection::btree_map(0u8..30, 0u64..3, 0..20)
            .prop_map(|map| map.into_iter().collect::<Vec<_>>())
            .prop_shuffle()
    }

    proptest! {
        #[test]
        fn the_steps_lead_from_old_to_new(old in state(), new in state()) {
            let (old, new) = (rows(&old), rows(&new));
            prop_assert_eq!(folded(&old, &new), new);
        }
    }
}
