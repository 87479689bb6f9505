//! What had to be true after the storm, computed from what the phones and the city store.
//!
//! Invariant: everything that is wrong is named; nothing is judged by what the harness meant to do but the acts that a
//! phone said are saved, or that were found saved on it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::people::{stars, Wanted};
use crate::ledger::{self, list, text, Count};

/// Everything that was read at the end.
pub struct Evidence<'a> {
    /// The city's state.
    pub state: &'a Value,
    /// The citizen's reports in full.
    pub reports: &'a [Value],
    /// What she wanted filed.
    pub wanted: &'a [Wanted],
    /// Acts that phones said are saved: op, kind, report.
    pub made: &'a [(String, String, String)],
    /// Both phones' `status`.
    pub status: &'a [Value],
    /// Both phones' outboxes, what is done included.
    pub outboxes: &'a [Value],
}

impl Evidence<'_> {
    /// Acts lost and double.
    #[must_use]
    pub fn count(&self) -> Count {
        let promised: BTreeSet<&str> = self.made.iter().map(|(op, ..)| op.as_str()).collect();
        let reports: BTreeSet<&str> = self.reports.iter().map(|r| text(r, "id")).collect();
        let mut count = ledger::count(self.state, &promised, &reports);
        // An act that nobody made is one that was made twice under another name.
        let strange = |op: &&Value| !promised.contains(text(op, "op"));
        count.double += list(self.state, "ops").iter().filter(strange).count() as u64;
        count
    }

    /// What is wrong; empty when everything held.
    #[must_use]
    pub fn wrongs(&self) -> Vec<String> {
        let mut wrongs = Vec::new();
        let count = self.count();
        let mut must = |held: bool, what: String| {
            if !held {
                wrongs.push(what);
            }
        };
        must(
            count == Count::default(),
            format!("lost {}, double {}", count.lost, count.double),
        );
        for (op, kind, report) in self.made {
            let same = |o: &&Value| {
                text(o, "op") == op && text(o, "kind") == kind && text(o, "subject") == report
            };
            must(
                list(self.state, "ops").iter().filter(same).count() == 1,
                format!("{kind} of {report} ({op}) is not there once"),
            );
        }
        must(
            ledger::lanes_in_order(self.state),
            "a lane has a gap or is out of order".into(),
        );
        must(
            ledger::receipts_in_order(self.state),
            "receipts out of order".into(),
        );
        must(self.log_is_sound(), "something is in the log twice".into());
        must(
            list(self.state, "refusals").is_empty(),
            "the city refused an act".into(),
        );
        for wanted in self.wanted {
            if let Err(wrong) = self.arrived(wanted) {
                must(false, format!("{}: {wrong}", wanted.mark));
            }
        }
        let filed = list(self.state, "reports").len();
        must(
            filed == self.wanted.len(),
            format!("{filed} reports instead of {}", self.wanted.len()),
        );
        let files = list(self.state, "files").len();
        let photos: usize = self.wanted.iter().map(|w| w.photos.len()).sum();
        must(
            files == photos,
            format!("{files} files instead of {photos}"),
        );
        for status in self.status {
            let outbox = &status["outbox"];
            let open = ["waiting", "sending", "wedged"].map(|key| outbox[key].as_u64());
            must(
                open == [Some(0); 3] && status["photos_open"] == 0 && status["rows"]["drafts"] == 0,
                format!("something waits: {status}"),
            );
        }
        let promised: BTreeSet<&str> = self.made.iter().map(|(op, ..)| op.as_str()).collect();
        for item in self.outboxes {
            must(
                text(item, "state") == "done" && promised.contains(text(item, "op")),
                format!("a strange act in an outbox: {item}"),
            );
        }
        wrongs
    }

    /// A wanted report stands once on the phone and once in the city, the same, with every photo.
    fn arrived(&self, wanted: &Wanted) -> Result<(), String> {
        let mine = |r: &&Value| text(r, "text") == wanted.text;
        let hers: Vec<&Value> = self.reports.iter().filter(mine).collect();
        let city: Vec<&Value> = list(self.state, "reports").iter().filter(mine).collect();
        let ([hers], [city]) = (hers.as_slice(), city.as_slice()) else {
            return Err(format!(
                "{} times on the phone, {} in the city",
                hers.len(),
                city.len()
            ));
        };
        if hers["id"] != city["id"] || hers["state"] != city["state"] {
            return Err(format!(
                "the phone says {} {}, the city {} {}",
                hers["id"], hers["state"], city["id"], city["state"]
            ));
        }
        let photos = list(hers, "photos");
        if photos.len() != wanted.photos.len() {
            return Err(format!("{} photos", photos.len()));
        }
        let whole = |p: &&Value| {
            text(p, "state") == "received"
                && ledger::holds_photo(self.state, text(hers, "id"), text(p, "sha256"), &p["bytes"])
        };
        if let Some(photo) = photos.iter().find(|p| !whole(p)) {
            return Err(format!("a photo is not whole: {photo}"));
        }
        let id = text(hers, "id");
        let rated = self
            .made
            .iter()
            .any(|(_, kind, report)| kind == "report.rate" && report == id);
        let given = hers["rating"]["stars"].as_u64();
        let expected = rated.then(|| stars(id).parse().unwrap_or_default());
        if given != expected || city["rating"]["stars"].as_u64() != expected {
            return Err(format!("rated {given:?} instead of {expected:?}"));
        }
        Ok(())
    }

    fn log_is_sound(&self) -> bool {
        let mut seen = BTreeSet::new();
        let entries = self.state["log"].as_object();
        entries.is_some_and(|log| log.values().all(|what| seen.insert(what.to_string())))
    }
}
