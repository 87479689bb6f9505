//! What the page shows, as one JSON object: the count, the city, the phones, the log. All words in both languages.
//!
//! Invariant: built from what was read last and from the switches; the page adds no knowledge of its own.

use hues_core::words::{TextForm, TextItem};
use hues_e2e::ledger::{list, text};
use hues_vietnam::format_local;
use serde_json::{json, Value};

use super::lab::{now_ms, Lab};
use super::people::{both, topic, TOPICS};
use super::phone::{LivePhone, Seen};
use super::process::Power;
use super::tally::Stand;
use crate::words::Words;

/// Acts that get a bead of their own; the newest.
const BEADS: usize = 240;
/// Reports that a phone shows; it says how many more there are.
const ROWS: usize = 5;

/// The whole page's state.
pub fn view(lab: &Lab) -> Value {
    let counted = lab.counted();
    let skip = counted.acts.len().saturating_sub(BEADS);
    let bead = |(act, stand): &(super::ledger::Act, Stand)| json!({"who": act.phone, "kind": act.kind, "stand": stand});
    let beads: Vec<Value> = counted.acts.iter().skip(skip).map(bead).collect();
    let log = lab
        .log()
        .iter()
        .map(|s| json!({"n": s.n, "at": clock(s.at_ms), "words": s.words}))
        .collect::<Vec<_>>();
    json!({
        "tally": counted.tally, "beads": beads, "city": city(lab), "phones": lab.phones.iter().map(phone).collect::<Vec<_>>(), "log": log,
    })
}

/// What never changes: the people's topics with what they might write.
pub fn topics() -> Value {
    let one = |t: &super::people::Topic| json!({"category": t.category, "name": both(t.name), "sample": both(t.sample), "reply": both(t.reply)});
    TOPICS.iter().map(one).collect::<Vec<_>>().into()
}

fn city(lab: &Lab) -> Value {
    let state = lab.city.state();
    let files = list(&state, "files")
        .iter()
        .filter(|f| f["complete"] == json!(true));
    let backup = lab
        .city
        .backup()
        .map(|b| json!({"at": clock(b.at_ms), "reports": b.reports}));
    json!({
        "power": power(lab.city.process.power()), "reports": list(&state, "reports").len(), "photos": files.count(),
        "acts": list(&state, "ops").len(), "restores": state["restores"], "backup": backup,
    })
}

fn phone(p: &LivePhone) -> Value {
    let (seen, switches, person) = (p.seen(), p.switches(), p.person);
    let now = format_local(p.now_ms());
    let count = |state: &str| {
        seen.store
            .outbox
            .values()
            .filter(|o| text(o, "state") == state)
            .count()
    };
    let photos = |o: &Value| o["photos_open"].as_u64().unwrap_or_default();
    let unsent = |o: &&Value| text(o, "state") != "done" || photos(o) > 0;
    let open = seen.store.outbox.values().filter(unsent).count();
    // Bytes are on their way, not only waiting.
    let moves = count("sending") > 0
        || seen
            .store
            .outbox
            .values()
            .any(|o| text(o, "state") == "done" && photos(o) > 0);
    let waits = text(&seen.status, "waits_for");
    let waits = (open > 0 && !waits.is_empty()).then(|| {
        let item = TextItem::WaitsFor {
            reason: waits.to_owned(),
        };
        Words::of(&item, TextForm::Long)
    });
    json!({
        "key": person.key, "name": person.name, "role": both(person.role), "carrier": person.carrier, "officer": person.staff.is_some(),
        "power": power(p.process.power()), "network": switches.network, "empty": switches.empty, "wrong_clock": switches.wrong_clock,
        "time": now.get(11..16), "date": now.get(..10), "trouble": p.trouble(),
        "open": open, "moves": moves,
        "waits": waits, "reports": seen.mine.iter().take(ROWS).map(|r| mine(r, &seen)).collect::<Vec<_>>(),
        "more": seen.mine.len().max(seen.work.len()).saturating_sub(ROWS),
        "public": seen.public.iter().take(3).map(line).collect::<Vec<_>>(),
        "work": work(&seen), "stuck": stuck(&seen),
    })
}

/// A report on the phone of whoever filed it.
fn mine(report: &Value, seen: &Seen) -> Value {
    let id = text(report, "id");
    let filed = seen
        .store
        .outbox
        .values()
        .find(|o| text(o, "report") == id && text(o, "kind") == "report.new");
    let mut shown = line(report);
    shown["step"] = filed.map_or("done", |o| text(o, "state")).into();
    shown["photos_open"] = filed.map_or(json!(0), |o| o["photos_open"].clone());
    shown["answer"] = seen.answers.get(id).cloned().unwrap_or_default();
    shown
}

/// What the city refused and its owner must look at.
fn stuck(seen: &Seen) -> Vec<Value> {
    let wedged = seen
        .store
        .outbox
        .values()
        .filter(|o| text(o, "state") == "wedged");
    let one = |o: &Value| {
        let rule = TextItem::Rule {
            rule: text(o, "error").to_owned(),
        };
        json!({"op": o["op"], "kind": o["kind"], "why": Words::of(&rule, TextForm::Long)})
    };
    wedged.map(one).collect()
}

/// The officer's reports, with the next step for each.
fn work(seen: &Seen) -> Vec<Value> {
    let one = |r: &Value| {
        let mut shown = line(r);
        shown["next"] = match text(r, "state") {
            "received" => "verify".into(),
            "verified" => "assign".into(),
            "assigned" | "need_info" => "answer".into(),
            "answered" | "rated" => "publish".into(),
            _ => Value::Null,
        };
        // The next step is judged by the state before it: it waits for the city.
        let under_way = seen
            .store
            .outbox
            .values()
            .any(|o| o["report"] == r["id"] && text(o, "state") != "done");
        let published = seen
            .store
            .outbox
            .values()
            .any(|o| o["report"] == r["id"] && text(o, "kind") == "staff.publish");
        if published {
            shown["next"] = Value::Null;
        }
        shown["published"] = published.into();
        shown["under_way"] = under_way.into();
        shown
    };
    let mut all: Vec<Value> = seen.work.iter().map(one).collect();
    // What is finished goes below what is not.
    all.sort_by_key(|r| r["next"].is_null());
    all.truncate(ROWS);
    all
}

fn line(report: &Value) -> Value {
    let state = TextItem::ReportState {
        state: text(report, "state").to_owned(),
    };
    let category = topic(text(report, "category")).map(|t| both(t.name));
    json!({
        "id": report["id"], "category": report["category"], "topic": category, "text": report["text"], "photos": report["photos"],
        "state": report["state"], "words": Words::of(&state, TextForm::Short), "at": text(report, "filed_at").get(11..16),
    })
}

fn power(power: Power) -> &'static str {
    match power {
        Power::Off => "off",
        Power::Starting => "starting",
        Power::On => "on",
    }
}

/// The time of day in Huế, with seconds.
fn clock(at_ms: i64) -> String {
    format_local(at_ms)
        .get(11..19)
        .unwrap_or_default()
        .to_owned()
}

/// Milliseconds until the page's minute turns: then it changes by itself.
pub fn to_next_minute() -> u64 {
    (60_000 - now_ms().rem_euclid(60_000)) as u64
}
