//! What was promised against what the city stores: nothing lost, nothing twice, lanes in order.
//!
//! Invariant: computed from the city's state and from what phones printed, never from what a script intended.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What the city lacks and what it has twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Acts a person was told are saved, and the city has not.
    pub lost: u64,
    /// Acts the city has more than once, or that nobody made.
    pub double: u64,
}

/// Counts acts: `promised` are the ops that phones said are saved, `reports` the reports that phones show as their own.
#[must_use]
pub fn count(state: &Value, promised: &BTreeSet<&str>, reports: &BTreeSet<&str>) -> Count {
    let mut times: BTreeMap<&str, u64> = BTreeMap::new();
    for op in list(state, "ops") {
        *times.entry(text(op, "op")).or_default() += 1;
    }
    // The same position of a lane twice would be a double under another id.
    let mut places = BTreeSet::new();
    let twice = list(state, "ops")
        .iter()
        .filter(|op| !places.insert((text(op, "lane"), op["sequence"].as_u64())))
        .count() as u64;
    let many: u64 = times.values().map(|n| n - 1).sum();
    // A report filed again by accident would stand in the city without standing on a phone.
    let strangers = list(state, "reports")
        .iter()
        .filter(|r| !reports.contains(text(r, "id")))
        .count() as u64;
    let lost = promised.iter().filter(|op| !times.contains_key(*op));
    Count {
        lost: lost.count() as u64,
        double: twice + many + strangers,
    }
}

/// Whether later in the log is later in time, for every receipt, and every op has its own place in the log.
#[must_use]
pub fn receipts_in_order(state: &Value) -> bool {
    let mut receipts: Vec<(u64, i64)> = list(state, "ops")
        .iter()
        .filter_map(|op| {
            let receipt = &op["receipt"];
            Some((receipt["index"].as_u64()?, receipt["time"].as_i64()?))
        })
        .collect();
    receipts.sort_unstable();
    let ordered = receipts
        .windows(2)
        .all(|w| w[0].1 <= w[1].1 && w[0].0 < w[1].0);
    ordered && receipts.len() == list(state, "ops").len()
}

/// Whether each lane has every position from its first on, and later positions came later into the log.
#[must_use]
pub fn lanes_in_order(state: &Value) -> bool {
    let mut lanes: BTreeMap<&str, Vec<(u64, u64)>> = BTreeMap::new();
    for op in list(state, "ops") {
        let (Some(sequence), Some(index)) =
            (op["sequence"].as_u64(), op["receipt"]["index"].as_u64())
        else {
            return false;
        };
        lanes
            .entry(text(op, "lane"))
            .or_default()
            .push((sequence, index));
    }
    lanes.values_mut().all(|ops| {
        ops.sort_unstable();
        ops.windows(2)
            .all(|w| w[1].0 == w[0].0 + 1 && w[0].1 < w[1].1)
    })
}

/// Whether the city holds this photo of a report whole, exactly once, with the bytes it claims.
#[must_use]
pub fn holds_photo(state: &Value, report: &str, sha256: &str, bytes: &Value) -> bool {
    let good = |f: &&Value| {
        text(f, "report") == report
            && text(f, "sha256") == sha256
            && f["complete"] == Value::Bool(true)
            && text(f, "stored_sha256") == sha256
            && f["stored_bytes"] == *bytes
    };
    list(state, "files").iter().filter(good).count() == 1
}

/// A list of a state; empty when it is none.
#[must_use]
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// A text field; empty when it is none.
#[must_use]
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn counted(ops: Value, reports: &[&str]) -> Count {
        let state = json!({"ops": ops, "reports": [{"id": "r"}]});
        count(
            &state,
            &BTreeSet::from(["a", "b"]),
            &reports.iter().copied().collect(),
        )
    }

    #[test]
    fn a_lost_act_and_a_double_one_are_counted() {
        let lost = json!([{"op": "a", "lane": "l", "sequence": 1}]);
        assert_eq!(counted(lost, &["r"]), Count { lost: 1, double: 0 });
        let both = json!([{"op": "a", "lane": "l", "sequence": 1}, {"op": "b", "lane": "l", "sequence": 2}]);
        assert_eq!(counted(both, &["r"]), Count::default());
        let twice = json!([{"op": "a", "lane": "l", "sequence": 1}, {"op": "b", "lane": "l", "sequence": 1}]);
        assert_eq!(counted(twice, &["r"]).double, 1);
        let stranger = json!([{"op": "a"}, {"op": "b", "sequence": 2}]);
        assert_eq!(counted(stranger, &[]).double, 1);
    }

    #[test]
    fn a_gap_in_a_lane_and_a_receipt_out_of_order_are_seen() {
        let op = |lane: &str, sequence: u64, index: u64, time: i64| json!({"lane": lane, "sequence": sequence, "receipt": {"index": index, "time": time}});
        let good = json!({"ops": [op("a", 0, 1, 5), op("b", 0, 2, 5), op("a", 1, 3, 9)]});
        assert!(lanes_in_order(&good) && receipts_in_order(&good));
        let gap = json!({"ops": [op("a", 0, 1, 5), op("a", 2, 3, 9)]});
        assert!(!lanes_in_order(&gap));
        let turned = json!({"ops": [op("a", 0, 2, 9), op("a", 1, 1, 5)]});
        assert!(!lanes_in_order(&turned) && receipts_in_order(&turned));
        let back = json!({"ops": [op("a", 0, 1, 9), op("a", 1, 2, 5)]});
        assert!(!receipts_in_order(&back));
    }
}
