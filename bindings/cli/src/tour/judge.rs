//! What had to be true, computed from what the phones and the city store.
//!
//! Invariant: nothing here looks at the script; a claim about a phone is what its commands print, a claim about the city is its state.

use std::collections::BTreeSet;

pub use hues_e2e::ledger::text;
use hues_e2e::ledger::{self, Count};
use serde_json::Value;

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

impl Evidence {
    /// Acts lost and acts there twice.
    pub fn count(&self, notes: &Notes) -> Count {
        let mut promised: BTreeSet<&str> = notes.accepted.keys().map(String::as_str).collect();
        promised.extend(self.outboxes.iter().map(|o| text(o, "op")));
        let hers: BTreeSet<&str> = self.reports.iter().map(|r| text(r, "id")).collect();
        ledger::count(&self.state, &promised, &hers)
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
        let photos: Vec<(&str, &Value)> = self
            .reports
            .iter()
            .flat_map(|r| list(r, "photos").iter().map(|p| (text(r, "id"), p)))
            .collect();
        let whole = |(report, p): &&(&str, &Value)| {
            p["state"] == "received"
                && ledger::holds_photo(&self.state, report, text(p, "sha256"), &p["bytes"])
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
        let receipts = list(&self.state, "ops").len();
        invariant(
            words(
                "Đồng hồ sai của máy không làm lệch thời gian",
                "The phone's wrong clock bent no time",
            ),
            "2010".into(),
            format!("{receipts} receipts in order"),
            ledger::receipts_in_order(&self.state),
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
