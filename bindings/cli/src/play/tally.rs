//! *Filed n · killed k · lost 0 · twice 0*: the outside ledger against what the phones' homes hold and what the city stores.
//!
//! Invariant: nothing here knows what the page intended. An act is lost when its phone said "saved" and now neither the phone nor the city has it; one
//! that waits is on its way; and so is one of a store that nobody could read since.

use std::collections::{BTreeMap, BTreeSet};

use hues_e2e::ledger::{self as judge, list, text};
use serde::Serialize;
use serde_json::Value;

use super::ledger::{Act, Ledger};

/// What a phone's home held when it was read last.
#[derive(Debug, Clone, Default)]
pub struct Store {
    /// Acts, by op: as `outbox list --all` prints them.
    pub outbox: BTreeMap<String, Value>,
    /// Reports that the phone shows as its own.
    pub reports: BTreeSet<String>,
    /// How many lines of the ledger there were when the reading began: later acts may be missing here.
    pub read_at: usize,
}

/// Where an act is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stand {
    /// The city has it.
    City,
    /// On the phone, or between phone and city.
    Way,
    /// The city refused it: it waits on the phone for its owner.
    Stuck,
    /// Its owner took it back.
    Back,
    /// Nobody has it.
    Lost,
}

/// The line of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Tally {
    /// Reports that phones said are saved.
    pub filed: u64,
    /// Acts of any kind that phones said are saved, those taken back not counted.
    pub acts: u64,
    /// Acts that the city has.
    pub arrived: u64,
    /// Acts that wait.
    pub on_the_way: u64,
    /// … of these, acts that wait for their owner.
    pub stuck: u64,
    /// Acts that nobody has.
    pub lost: u64,
    /// Acts that the city has more than once, or that nobody made.
    pub twice: u64,
    /// Processes that were killed.
    pub killed: u64,
}

/// Where every act of the ledger is. `silent`: acts that their phone holds for done and the city has not had for so long, with nothing in between, that no
/// second copy will come any more.
#[must_use]
pub fn stands(
    ledger: &Ledger,
    stores: &BTreeMap<&str, Store>,
    state: &Value,
    silent: &BTreeSet<String>,
) -> Vec<Stand> {
    let city = whole(state);
    let stand = |(n, act): (usize, &Act)| {
        if city.contains(act.op.as_str()) {
            return Stand::City;
        }
        if ledger.taken_back.contains(&act.op) {
            return Stand::Back;
        }
        let Some(store) = stores.get(act.phone.as_str()) else {
            return Stand::Lost;
        };
        match store.outbox.get(&act.op).map(|o| text(o, "state")) {
            Some("wedged") => Stand::Stuck,
            // Its words may be there; its photos are not, not all.
            Some("done") if silent.contains(&act.op) => Stand::Lost,
            Some(_) => Stand::Way,
            None if n >= store.read_at => Stand::Way,
            None => Stand::Lost,
        }
    };
    ledger.acts.iter().enumerate().map(stand).collect()
}

/// Acts that the city has whole: with every photo that their phone announced, to the last byte.
#[must_use]
pub fn whole(state: &Value) -> BTreeSet<&str> {
    let complete: BTreeSet<(&str, &str)> = files(state).collect();
    let is_whole = |op: &&Value| {
        let mut photos = list(op, "files").iter();
        photos.all(|f| complete.contains(&(text(op, "op"), text(f, "sha256"))))
    };
    let ops = list(state, "ops").iter().filter(is_whole);
    ops.map(|o| text(o, "op")).collect()
}

/// Complete files of the city: op and digest.
fn files(state: &Value) -> impl Iterator<Item = (&str, &str)> {
    let complete = list(state, "files")
        .iter()
        .filter(|f| f["complete"] == Value::Bool(true));
    complete.map(|f| (text(f, "op"), text(f, "sha256")))
}

/// Acts the city has more than once: by op, by place in a lane, by photo, and reports in the city that stand on no phone.
#[must_use]
pub fn twice(ledger: &Ledger, stores: &BTreeMap<&str, Store>, state: &Value) -> u64 {
    let saved = ledger.acts.iter().map(|a| a.report.as_str());
    let shown = stores.values().flat_map(|s| &s.reports).map(String::as_str);
    let mut seen = BTreeSet::new();
    let photos = files(state).filter(|f| !seen.insert(*f)).count() as u64;
    photos + judge::count(state, &BTreeSet::new(), &saved.chain(shown).collect()).double
}

/// The line.
#[must_use]
pub fn tally(ledger: &Ledger, stands: &[Stand], twice: u64) -> Tally {
    let n = |stand: Stand| stands.iter().filter(|s| **s == stand).count() as u64;
    let (acts, arrived, stuck, lost) = (
        ledger.acts.len() as u64,
        n(Stand::City),
        n(Stand::Stuck),
        n(Stand::Lost),
    );
    let filed = ledger.acts.iter().filter(|a| a.kind == "report.new");
    Tally {
        filed: filed.count() as u64,
        acts: acts - n(Stand::Back),
        arrived,
        on_the_way: n(Stand::Way) + stuck,
        stuck,
        lost,
        twice,
        killed: ledger.kills,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::ledger::Line;
    use serde_json::json;

    fn ledger(ops: &[&str]) -> (tempfile::TempDir, Ledger) {
        let dir = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(&dir.path().join("ledger")).unwrap();
        for op in ops {
            let act = Act {
                phone: "citizen".into(),
                kind: "report.new".into(),
                report: format!("r{op}"),
                op: (*op).into(),
                at_ms: 0,
            };
            ledger.note(Line::Saved(act)).unwrap();
        }
        (dir, ledger)
    }

    fn store(outbox: Value, read_at: usize) -> BTreeMap<&'static str, Store> {
        let all = outbox.as_object().cloned().unwrap_or_default();
        let outbox = all
            .into_iter()
            .map(|(op, state)| (op, json!({"state": state})));
        let store = Store {
            outbox: outbox.collect(),
            reports: BTreeSet::new(),
            read_at,
        };
        BTreeMap::from([("citizen", store)])
    }

    #[test]
    fn an_act_that_neither_side_has_is_lost_and_one_that_waits_is_not() {
        let (_dir, mut ledger) = ledger(&["a", "b", "c", "d", "e", "f"]);
        ledger.note(Line::TakenBack { op: "d".into() }).unwrap();
        let city = json!({"ops": [{"op": "a", "lane": "l", "sequence": 0}]});
        let stores = store(json!({"a": "done", "b": "waiting", "c": "wedged"}), 5);
        let stands = stands(&ledger, &stores, &city, &BTreeSet::new());
        let expected = [
            Stand::City,
            Stand::Way,
            Stand::Stuck,
            Stand::Back,
            Stand::Lost,
            // Saved after the store was read: nobody knows yet.
            Stand::Way,
        ];
        assert_eq!(stands, expected);
        let tally = tally(&ledger, &stands, 0);
        assert_eq!((tally.filed, tally.acts, tally.arrived), (6, 5, 1));
        assert_eq!((tally.on_the_way, tally.stuck, tally.lost), (3, 1, 1));
    }

    #[test]
    fn after_a_restore_what_the_phone_still_holds_is_on_its_way_until_it_stays_silent() {
        let (_dir, ledger) = ledger(&["a"]);
        let stores = store(json!({"a": "done"}), 1);
        let restored = json!({"ops": []});
        let at = |silent: &[&str]| {
            let silent = silent.iter().map(|s| (*s).to_owned()).collect();
            stands(&ledger, &stores, &restored, &silent)
        };
        assert_eq!(at(&[]), [Stand::Way]);
        assert_eq!(at(&["a"]), [Stand::Lost]);
    }

    #[test]
    fn an_act_of_a_phone_that_is_not_there_is_lost_unless_the_city_has_it() {
        let (_dir, ledger) = ledger(&["a", "b"]);
        let city = json!({"ops": [{"op": "b"}]});
        let stands = stands(&ledger, &BTreeMap::new(), &city, &BTreeSet::new());
        assert_eq!(stands, [Stand::Lost, Stand::City]);
    }

    #[test]
    fn words_without_their_photos_are_still_on_their_way_and_a_photo_there_twice_is_counted() {
        let (_dir, ledger) = ledger(&["a"]);
        let stores = store(json!({"a": "done"}), 1);
        let op = json!([{"op": "a", "lane": "l", "sequence": 0, "files": [{"sha256": "p"}, {"sha256": "q"}]}]);
        let file =
            |sha: &str, complete: bool| json!({"op": "a", "sha256": sha, "complete": complete});
        let at = |files: Value, silent: &[&str]| {
            let state = json!({"ops": op, "files": files});
            let silent = silent.iter().map(|s| (*s).to_owned()).collect();
            let stand = stands(&ledger, &stores, &state, &silent);
            (stand, twice(&ledger, &stores, &state))
        };
        let half = json!([file("p", true), file("q", false)]);
        assert_eq!(at(half.clone(), &[]), (vec![Stand::Way], 0));
        assert_eq!(at(half, &["a"]), (vec![Stand::Lost], 0));
        let all = json!([file("p", true), file("q", true)]);
        assert_eq!(at(all, &["a"]), (vec![Stand::City], 0));
        let again = json!([file("p", true), file("q", true), file("q", true)]);
        assert_eq!(at(again, &[]), (vec![Stand::City], 1));
    }

    #[test]
    fn a_report_that_stands_on_no_phone_is_one_too_many() {
        let (_dir, ledger) = ledger(&["a"]);
        let city = json!({"ops": [{"op": "a", "lane": "l", "sequence": 0}], "reports": [{"id": "ra"}, {"id": "rx"}]});
        assert_eq!(twice(&ledger, &store(json!({}), 1), &city), 1);
        let mut stores = store(json!({}), 1);
        if let Some(s) = stores.get_mut("citizen") {
            s.reports.insert("rx".into());
        }
        assert_eq!(twice(&ledger, &stores, &city), 0);
    }
}
