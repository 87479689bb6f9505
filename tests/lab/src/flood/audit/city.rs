//! What is checked over the whole city when the flood is over.

use std::collections::{BTreeMap, BTreeSet};

use hues_core::HueError;
use hues_protocol::city::Parsed;
use hues_protocol::receipt::Receipt;
use serde_json::Value;

use super::super::people::account;
use super::super::scenario::Role;
use super::super::tally::Report;
use super::super::world::{Outcome, World};
use super::super::{NAME, TEXT, WORDS};
use super::Invariant;

impl World<'_> {
    /// The promises, computed from what the city and the phones store.
    pub(in crate::flood) fn judge(mut self) -> Outcome<Report> {
        let state = match self.gateway.state() {
            Ok(state) => state,
            Err(e) => return Err(self.broken(Invariant::NoSurprise, format!("state: {e}"))),
        };
        let ops: BTreeMap<String, &Value> = list(&state, "ops")
            .iter()
            .map(|op| (text(op, "op"), op))
            .collect();
        if ops.len() != list(&state, "ops").len() {
            return Err(self.broken(Invariant::NothingTwice, "an op stands twice".into()));
        }
        self.all_arrived(&state, &ops)?;
        self.lanes_in_order(&state)?;
        for phone in 0..self.phones.len() {
            self.check_phone(phone)?;
            self.receipts(phone, &state, &ops)?;
            self.lists_whole(phone, &state)?;
            self.proofs(phone)?;
            if let Some(seen) = self.overseen(phone)?.first() {
                let what = format!("phone {phone} has {seen}");
                return Err(self.broken(Invariant::ReadersSeeTheirs, what));
            }
            let image = self.phones[phone].disk.image();
            if let Some(marker) = [TEXT, WORDS, NAME]
                .iter()
                .find(|m| image.contains(m.as_bytes()))
            {
                let what = format!("phone {phone}: '{marker}' lies on its disk");
                return Err(self.broken(Invariant::NoPlaintext, what));
            }
        }
        self.finish();
        Ok(std::mem::take(&mut self.report))
    }

    fn finish(&mut self) {
        self.report.log = self.log_hash();
        self.report.minutes = self.now / 60_000;
        for phone in &self.phones {
            self.report.phones.push(phone.counts.clone());
            self.report.unheard += phone.unheard;
        }
    }

    /// The reports that the city has.
    pub(in crate::flood) fn reports(&mut self) -> Option<BTreeSet<String>> {
        self.gateway.state().ok().map(|state| reports(&state))
    }

    /// Every promised act and photo is with the city, once, and nothing that nobody made.
    fn all_arrived(&mut self, state: &Value, ops: &BTreeMap<String, &Value>) -> Outcome<()> {
        let complete: BTreeSet<(String, String)> = list(state, "files")
            .iter()
            .filter(|f| f["complete"] == true && f["sha256"] == f["stored_sha256"])
            .map(|f| (text(f, "op"), text(f, "sha256")))
            .collect();
        let reports = reports(state);
        let mut known = BTreeSet::new();
        for phone in 0..self.phones.len() {
            for promise in self.phones[phone].promised.clone() {
                known.insert(promise.op.clone());
                let there = ops.contains_key(&promise.op);
                if promise.taken_back {
                    continue;
                }
                if let Some(at) = self.committed.get(&promise.op) {
                    self.report.delays.push(at.saturating_sub(promise.at));
                }
                if !there && promise.copied_over {
                    self.report.copied_over += 1;
                    continue;
                }
                if !there && !promise.files_report && !reports.contains(&promise.report) {
                    // What it is about was copied over, which is judged by itself.
                    self.report.orphans += 1;
                    continue;
                }
                if !there {
                    let what = format!("phone {phone}: {} was promised and is lost", promise.op);
                    return Err(self.broken(Invariant::NothingLost, what));
                }
                for photo in &promise.photos {
                    let there = complete.contains(&(promise.op.clone(), photo.clone()));
                    if !there && !promise.copied_over {
                        let what =
                            format!("phone {phone}: photo {photo} of {} is lost", promise.op);
                        return Err(self.broken(Invariant::NothingLost, what));
                    }
                }
            }
        }
        // What was taken back after a refusal leaves a tombstone in its lane, which is nobody's act.
        let alien: Vec<&String> = ops
            .iter()
            .filter(|(op, what)| !known.contains(*op) && what["kind"] != "lane.tombstone")
            .map(|(op, _)| op)
            .collect();
        let unheard: u64 = self.phones.iter().map(|p| p.unheard).sum();
        if alien.len() as u64 > unheard {
            let what = format!(
                "the city has {} acts that nobody was told of, but only {unheard} were cut short: {}",
                alien.len(),
                alien
                    .iter()
                    .map(|op| format!("{op} {} {}", ops[*op]["kind"], ops[*op]["sequence"]))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            return Err(self.broken(Invariant::NothingTwice, what));
        }
        Ok(())
    }

    fn lanes_in_order(&self, state: &Value) -> Outcome<()> {
        let mut lanes: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
        for op in list(state, "ops") {
            let at = (
                op["sequence"].as_u64().unwrap_or(0),
                op["receipt"]["index"].as_u64().unwrap_or(0),
            );
            lanes.entry(text(op, "lane")).or_default().push(at);
        }
        for (lane, mut ops) in lanes {
            ops.sort_unstable();
            let whole = ops
                .iter()
                .zip(1u64..)
                .all(|((sequence, _), n)| *sequence == n);
            if !whole || !ops.windows(2).all(|w| w[0].1 < w[1].1) {
                let what = format!("lane {lane} is not in order: {ops:?}");
                return Err(self.broken(Invariant::LaneOrder, what));
            }
        }
        Ok(())
    }

    /// Each receipt a phone holds was given by the city, for that op; and the op is with the city now.
    fn receipts(
        &mut self,
        phone: usize,
        state: &Value,
        ops: &BTreeMap<String, &Value>,
    ) -> Outcome<()> {
        let reports = reports(state);
        let orphans: BTreeSet<String> = self.phones[phone]
            .promised
            .iter()
            .filter(|p| !p.files_report && !reports.contains(&p.report))
            .map(|p| p.op.clone())
            .collect();
        let about_known = |op: &String| !orphans.contains(op);
        let kept = self.look_at(phone, |tx| {
            let mut statement = tx.prepare(
                "SELECT lower(hex(op_id)), receipt FROM sync_op WHERE receipt IS NOT NULL",
            )?;
            let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
            Ok(rows.collect::<Result<Vec<(String, Vec<u8>)>, _>>()?)
        })?;
        for (op, bytes) in kept.unwrap_or_default() {
            let Ok(parsed) = Parsed::<Receipt>::parse(&bytes) else {
                let what = format!("phone {phone}: the receipt of {op} is none");
                return Err(self.broken(Invariant::Receipts, what));
            };
            let r = parsed.unproven();
            let given = (r.op_id.to_string(), r.epoch.to_string(), r.log_index);
            if given.0 != op || !self.ledger.contains(&given) {
                let what =
                    format!("phone {phone}: the receipt of {op} was never given for it: {given:?}");
                return Err(self.broken(Invariant::Receipts, what));
            }
            if !ops.contains_key(&op) && about_known(&op) {
                let what = format!("phone {phone} holds a receipt for {op}, which the city lost and was not offered again");
                return Err(self.broken(Invariant::Receipts, what));
            }
        }
        Ok(())
    }

    /// The phone shows all reports of its account and none other.
    fn lists_whole(&mut self, phone: usize, state: &Value) -> Outcome<()> {
        if self.phones[phone].role != Role::Citizen {
            return Ok(());
        }
        let (key, _) = account(self.plan.phones[phone].person);
        let wanted: BTreeSet<String> = list(state, "reports")
            .iter()
            .filter(|r| text(r, "account") == key)
            .map(|r| text(r, "id"))
            .collect();
        let shown = self.look_at(phone, |tx| {
            let mut statement = tx.prepare(
                "SELECT lower(hex(id)) FROM report WHERE scope = 'mine' AND base IS NOT NULL",
            )?;
            let rows = statement.query_map([], |r| r.get(0))?;
            Ok(rows.collect::<Result<BTreeSet<String>, _>>()?)
        })?;
        let Some(shown) = shown else { return Ok(()) };
        // Anonymous reports are this phone's, but no account's.
        let anonymous: BTreeSet<String> = list(state, "reports")
            .iter()
            .filter(|r| r["account"].is_null())
            .map(|r| text(r, "id"))
            .collect();
        let missing: Vec<_> = wanted.difference(&shown).collect();
        let alien: Vec<_> = shown
            .difference(&wanted)
            .filter(|id| !anonymous.contains(*id))
            .collect();
        if missing.is_empty() && alien.is_empty() {
            return Ok(());
        }
        let here = self.look_at(phone, |tx| {
            let mut statement = tx.prepare(
                "SELECT lower(hex(subject)) || ' ' || kind || ' ' || state || ' ' || coalesce(error, '-') FROM sync_op ORDER BY id",
            )?;
            let rows = statement.query_map([], |r| r.get(0))?;
            Ok(rows.collect::<Result<Vec<String>, _>>()?)
        })?;
        let acts: Vec<String> = here
            .unwrap_or_default()
            .into_iter()
            .filter(|act| missing.iter().any(|id| act.starts_with(*id)))
            .collect();
        let what = format!(
            "phone {phone} does not show {missing:?} and shows {alien:?} too many; acts on them here: {acts:?}"
        );
        Err(self.broken(Invariant::QueuesEmpty, what))
    }

    /// Each report filed here has a proof that holds, and its interval holds the truth.
    fn proofs(&mut self, phone: usize) -> Outcome<()> {
        let keys = self.gateway.keys().list().bytes().to_vec();
        let mended = self.phones[phone].mended;
        let filed: Vec<(String, i64)> = self.phones[phone]
            .promised
            .iter()
            .filter(|p| p.files_report && !p.taken_back && !p.copied_over)
            .map(|p| (p.report.clone(), self.phones[phone].wall(p.at)))
            .collect();
        for (n, (report, at)) in filed.into_iter().enumerate() {
            let compact = n % 2 == 1;
            let proof = self.ask(phone, |desk| match desk.proof(&report, compact) {
                Ok(proof) => Ok(Some(proof)),
                // Receipts of reports that were done before a page was destroyed are not salvaged.
                Err(HueError::NotFound) if mended => Ok(None),
                Err(e) => Err(e),
            })?;
            let Some(proof) = proof.flatten() else {
                continue;
            };
            match hues_core::verify_proof(&proof, &keys) {
                Ok(v) if v.not_before.is_none_or(|t| t <= at) && v.not_after >= at => {}
                Ok(v) => {
                    let what = format!(
                        "phone {phone}: {report} was filed at {at}, its proof says {:?} to {}",
                        v.not_before, v.not_after
                    );
                    return Err(self.broken(Invariant::ProofsVerify, what));
                }
                Err(e) => {
                    let what = format!("phone {phone}: the proof of {report} does not hold: {e:?}");
                    return Err(self.broken(Invariant::ProofsVerify, what));
                }
            }
        }
        Ok(())
    }
}

fn reports(state: &Value) -> BTreeSet<String> {
    list(state, "reports")
        .iter()
        .map(|r| text(r, "id"))
        .collect()
}

fn list<'a>(state: &'a Value, name: &str) -> &'a [Value] {
    state[name].as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
