//! What had to be true, computed from what the phones and the city store.
//!
//! Invariant: nothing here looks at the script; a claim about a phone is what its commands print, a claim about the city is its state.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{json, Value};

use super::play::Notes;
use super::record::{Invariant, Words};
use super::stage::words;
use super::town::list;

/// Everything that was read at the end.
pub struct Evidence {
    /// The city's state.
    pub state: Value,
    /// The city's faults with their hits.
    pub faults: Vec<Value>,
    /// The citizen's reports as her phone shows them.
    pub reports: Vec<Value>,
    /// Everybody's outbox, what is done included.
    pub outboxes: Vec<Value>,
    /// The citizen's `status`.
    pub status: Value,
}

/// What the city lacks and what it has twice.
#[derive(Debug, PartialEq, Eq)]
pub struct Count {
    pub lost: u64,
    pub double: u64,
}

impl Evidence {
    /// Acts lost and acts there twice.
    pub fn count(&self, notes: &Notes) -> Count {
        let mut times: BTreeMap<&str, u64> = BTreeMap::new();
        for op in list(&self.state, "ops") {
            *times.entry(text(op, "op")).or_default() += 1;
        }
        let mut promised: BTreeSet<&str> = notes.accepted.keys().map(String::as_str).collect();
        promised.extend(self.outboxes.iter().map(|o| text(o, "op")));
        // The same position of a lane twice would be a double under another id.
        let mut places = BTreeSet::new();
        let twice = list(&self.state, "ops")
            .iter()
            .filter(|op| !places.insert((text(op, "lane"), op["sequence"].as_u64())))
            .count() as u64;
        let many: u64 = times.values().map(|n| n - 1).sum();
        // A report filed again by accident would stand in the city without standing on her phone.
        let hers: BTreeSet<&str> = self.reports.iter().map(|r| text(r, "id")).collect();
        let strangers = list(&self.state, "reports")
            .iter()
            .filter(|r| !hers.contains(text(r, "id")))
            .count() as u64;
        Count {
            lost: promised
                .iter()
                .filter(|op| !times.contains_key(*op))
                .count() as u64,
            double: twice + many + strangers,
        }
    }

    fn city_report(&self, id: &str) -> Option<&Value> {
        list(&self.state, "reports")
            .iter()
            .find(|r| text(r, "id") == id)
    }

    /// Every invariant, held or not.
    pub fn invariants(&self, notes: &Notes) -> Vec<Invariant> {
        let mut all = vec![
            self.acts(notes),
            self.reports_agree(),
            self.photos_agree(),
            self.ratings_agree(),
            self.nothing_waits(),
            self.draft_survived(notes),
            self.order(),
            self.live(notes),
            self.public(notes),
        ];
        all.extend(proof(notes));
        all
    }

    fn acts(&self, notes: &Notes) -> Invariant {
        let count = self.count(notes);
        let phones = notes.accepted.len();
        let city = list(&self.state, "ops").len();
        let done = self
            .outboxes
            .iter()
            .filter(|o| text(o, "state") == "done")
            .count();
        invariant(
            words(
                "Mọi việc đã nhận trên máy đều đến đúng một lần",
                "Every act a phone took arrived exactly once",
            ),
            format!("{phones} ({done} done)"),
            format!(
                "{city} (0 < n: lost {}, double {})",
                count.lost, count.double
            ),
            count == Count { lost: 0, double: 0 } && city == phones && done == phones,
        )
    }

    fn reports_agree(&self) -> Invariant {
        let same = |r: &Value| {
            self.city_report(text(r, "id")).is_some_and(|c| {
                text(c, "text") == text(r, "text")
                    && c["category"] == r["category"]
                    && c["state"] == r["state"]
            })
        };
        let agree = self.reports.iter().filter(|r| same(r)).count();
        invariant(
            words(
                "Nội dung và trạng thái hai bên giống nhau",
                "Words and states agree",
            ),
            self.reports.len().to_string(),
            format!("{agree} = {}", list(&self.state, "reports").len()),
            agree == self.reports.len() && agree == list(&self.state, "reports").len() && agree > 0,
        )
    }

    fn photos_agree(&self) -> Invariant {
        let photos: Vec<&Value> = self
            .reports
            .iter()
            .flat_map(|r| list(r, "photos"))
            .collect();
        let whole = |p: &&&Value| {
            let sha = text(p, "sha256");
            let good = |f: &&Value| {
                text(f, "sha256") == sha
                    && f["complete"] == json!(true)
                    && text(f, "stored_sha256") == sha
                    && f["stored_bytes"] == p["bytes"]
            };
            p["state"] == "received" && list(&self.state, "files").iter().filter(good).count() == 1
        };
        let good = photos.iter().filter(whole).count();
        let files = list(&self.state, "files").len();
        invariant(
            words(
                "Mọi ảnh đến nguyên vẹn, đúng một lần",
                "Every photo arrived whole, exactly once",
            ),
            photos.len().to_string(),
            format!("{good} = {files}"),
            good == photos.len() && good == files && good > 0,
        )
    }

    fn ratings_agree(&self) -> Invariant {
        let stars = |r: &Value| r["rating"]["stars"].as_u64();
        let hers: Vec<u64> = self.reports.iter().filter_map(stars).collect();
        let city: Vec<u64> = self
            .reports
            .iter()
            .filter_map(|r| self.city_report(text(r, "id")).and_then(stars))
            .collect();
        invariant(
            words("Điểm đánh giá được ghi một lần", "The rating counts once"),
            format!("{hers:?}"),
            format!("{city:?}"),
            hers == city && hers.len() == 1,
        )
    }

    fn nothing_waits(&self) -> Invariant {
        let open = |key: &str| self.status["outbox"][key].as_u64().unwrap_or(u64::MAX);
        let waiting = [
            open("waiting"),
            open("sending"),
            open("wedged"),
            self.status["photos_open"].as_u64().unwrap_or(u64::MAX),
        ];
        let refused = list(&self.state, "refusals").len();
        invariant(
            words(
                "Không còn gì chờ, không gì bị từ chối",
                "Nothing waits, nothing was refused",
            ),
            format!("{waiting:?}"),
            refused.to_string(),
            waiting == [0; 4] && refused == 0,
        )
    }

    fn draft_survived(&self, notes: &Notes) -> Invariant {
        let left = self.status["rows"]["drafts"].as_u64();
        invariant(
            words(
                "Bản nháp còn nguyên sau SIGKILL",
                "The draft outlived SIGKILL",
            ),
            format!(
                "{}, then {}",
                notes.drafts_after_kill,
                left.unwrap_or_default()
            ),
            "–".into(),
            notes.drafts_after_kill == 1 && left == Some(0),
        )
    }

    /// The city's receipts: later in the log is later in time, whatever a phone's clock said.
    fn order(&self) -> Invariant {
        let mut receipts: Vec<(u64, i64)> = list(&self.state, "ops")
            .iter()
            .filter_map(|op| {
                Some((
                    op["receipt"]["index"].as_u64()?,
                    op["receipt"]["time"].as_i64()?,
                ))
            })
            .collect();
        receipts.sort_unstable();
        let ordered = receipts
            .windows(2)
            .all(|w| w[0].1 <= w[1].1 && w[0].0 < w[1].0);
        invariant(
            words(
                "Đồng hồ sai của máy không làm lệch thời gian",
                "The phone's wrong clock bent no time",
            ),
            "2010".into(),
            format!("{} receipts in order", receipts.len()),
            ordered && receipts.len() == list(&self.state, "ops").len(),
        )
    }

    fn live(&self, notes: &Notes) -> Invariant {
        let heard: BTreeSet<(&str, &str)> = notes
            .watched
            .iter()
            .map(|(_, id, s)| (id.as_str(), s.as_str()))
            .collect();
        let answered: Vec<&str> = list(&self.state, "reports")
            .iter()
            .filter(|r| text(r, "state") == "answered")
            .map(|r| text(r, "id"))
            .collect();
        let seen = answered
            .iter()
            .filter(|id| heard.contains(&(**id, "answered")))
            .count();
        let asked = heard.iter().any(|(_, s)| *s == "need_info");
        invariant(
            words(
                "Danh sách của chị tự đổi khi cán bộ làm việc",
                "Her list moved by itself",
            ),
            format!("{seen} answered, asked: {asked}"),
            format!("{} answered", answered.len()),
            asked && seen == answered.len() && seen > 0,
        )
    }

    fn public(&self, notes: &Notes) -> Invariant {
        let published: Vec<&Value> = list(&self.state, "reports")
            .iter()
            .filter(|r| !r["public"].is_null())
            .collect();
        let names: Vec<&str> = list(&self.state, "accounts")
            .iter()
            .flat_map(|a| [text(a, "name"), text(a, "account")])
            .collect();
        let quiet = notes.public.iter().all(|row| {
            let shown = row.to_string();
            let exact = self
                .city_report(text(row, "id"))
                .map(|r| (r["place"]["lat"].as_i64(), r["place"]["lon"].as_i64()));
            let e7 = |key: &str| row["place"][key].as_f64().map(|d| (d * 1e7).round() as i64);
            names.iter().all(|n| n.is_empty() || !shown.contains(n))
                && exact != Some((e7("lat"), e7("lon")))
                && row["place_grid_m"].as_u64().is_some_and(|m| m >= 100)
        });
        let as_promised = notes.public.iter().all(|row| {
            row["text"] == notes.preview["text"]
                && row["place"]["lat"] == notes.preview["lat"]
                && row["place"]["lon"] == notes.preview["lon"]
        });
        let ids: BTreeSet<&str> = notes.public.iter().map(|r| text(r, "id")).collect();
        let same =
            published.iter().all(|r| ids.contains(text(r, "id"))) && published.len() == ids.len();
        invariant(
            words(
                "Công khai đúng bản xem trước: không tên, không điểm chính xác",
                "Public is what was previewed: no name, no exact point",
            ),
            format!("{} read next door", ids.len()),
            format!("{} published", published.len()),
            same && quiet && as_promised && !ids.is_empty(),
        )
    }
}

fn proof(notes: &Notes) -> Vec<Invariant> {
    let code = |n: usize| notes.verdicts[n].as_ref().and_then(|v| v.code);
    let small = notes.compact_bytes.unwrap_or(u64::MAX);
    vec![
        invariant(
            words(
                "Bằng chứng được một tiến trình khác xác nhận",
                "Her proof convinces a process that shares nothing with her phone",
            ),
            format!("exit {:?}, compact {:?}", code(0), code(1)),
            format!("one bit turned: exit {:?}", code(2)),
            code(0) == Some(0) && code(1) == Some(0) && code(2) == Some(1),
        ),
        invariant(
            words(
                "Dạng gọn vừa một mã QR (≤ 1.200 byte)",
                "The compact form fits a QR code (≤ 1,200 bytes)",
            ),
            small.to_string(),
            "–".into(),
            small <= 1_200,
        ),
    ]
}

fn invariant(name: Words, phones: String, city: String, held: bool) -> Invariant {
    Invariant {
        name,
        phones,
        city,
        held,
    }
}

/// A text field; empty when it is none.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(ops: Value) -> Evidence {
        Evidence {
            state: json!({"ops": ops, "reports": [{"id": "r"}]}),
            faults: Vec::new(),
            reports: vec![json!({"id": "r"})],
            outboxes: vec![json!({"op": "a", "state": "done"})],
            status: json!({}),
        }
    }

    #[test]
    fn a_lost_act_and_a_double_one_are_counted() {
        let mut notes = Notes::default();
        notes.accepted.insert("a".into(), "citizen");
        notes.accepted.insert("b".into(), "citizen");
        let lost = evidence(json!([{"op": "a", "lane": "l", "sequence": 1}]));
        assert_eq!(lost.count(&notes), Count { lost: 1, double: 0 });
        let both = json!([{"op": "a", "lane": "l", "sequence": 1}, {"op": "b", "lane": "l", "sequence": 2}]);
        assert_eq!(evidence(both).count(&notes), Count { lost: 0, double: 0 });
        let twice = json!([{"op": "a", "lane": "l", "sequence": 1}, {"op": "b", "lane": "l", "sequence": 1}]);
        assert_eq!(evidence(twice).count(&notes).double, 1);
        let mut stranger = evidence(json!([{"op": "a"}, {"op": "b", "sequence": 2}]));
        stranger.reports.clear();
        assert_eq!(stranger.count(&notes).double, 1);
    }
}
