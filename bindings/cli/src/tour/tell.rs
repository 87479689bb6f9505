//! The day as a record for the page: who did what when, read from the notes and from what is stored.

use hues_core::words::{text as catalogue, Language, TextForm, TextItem};
use hues_protocol::config::Config;
use serde_json::Value;

use super::because::{self, seconds};
use super::judge::{text, Evidence};
use super::play::{first_words, Day};
use super::record::{
    Band, BandKind, Event, EventKind, Fault, Filed, Hit, Phone, Photo, Proof, Report, State,
    TourRecord, Words,
};
use super::script::MORNING;
use super::stage::words;
use super::town::list;

/// The whole record.
pub fn record(day: &Day, evidence: &Evidence, seed: u64) -> TourRecord {
    let faults = faults(day, evidence);
    let invariants = evidence.invariants(&day.notes);
    let count = evidence.count(&day.notes);
    let held = invariants.iter().all(|i| i.held) && faults.iter().all(|f| !f.hits.is_empty());
    let stars = |r: &&Value| !r["rating"].is_null();
    TourRecord {
        seed,
        began: hues_vietnam::format_local(day.stage.began_ms),
        duration_ms: day.stage.at(),
        held,
        filed: Filed {
            reports: list(&evidence.state, "reports").len() as u64,
            photos: list(&evidence.state, "files").len() as u64,
            ratings: evidence.reports.iter().filter(stars).count() as u64,
            acts: list(&evidence.state, "ops").len() as u64,
        },
        lost: count.lost,
        double: count.double,
        why: why(day),
        phones: phones(day, evidence),
        reports: reports(day, evidence),
        proof: proof(day),
        faults,
        invariants,
    }
}

/// A moment of the city's clock as a moment of the tour.
fn moment(day: &Day, city_ms: i64) -> u64 {
    let morning = hues_vietnam::parse_rfc3339(MORNING).unwrap_or_default();
    u64::try_from(city_ms - morning).unwrap_or_default() + day.town.morning_at
}

fn why(day: &Day) -> Words {
    let lasted = |kind: BandKind| {
        let of = |b: &&Band| b.kind == kind;
        let bands = day.citizen.record.bands.iter().filter(of);
        seconds(bands.map(|b| b.to_ms - b.from_ms).sum::<u64>())
    };
    let (dark, portal) = (lasted(BandKind::Outage), lasted(BandKind::Portal));
    let (slow, cut) = (lasted(BandKind::Slow), lasted(BandKind::Cut));
    words(
        format!(
            "Mất sóng và hết pin {}, cổng đăng nhập chặn {}; chữ đi qua mạng 2 KB/s trong {}, ảnh qua mạng đứt nối trong {}.",
            dark.vi, portal.vi, slow.vi, cut.vi
        ),
        format!(
            "No signal and an empty battery for {}, a captive portal for {}; the words took {} over 2 KB/s, the photos {} over a link that kept breaking.",
            dark.en, portal.en, slow.en, cut.en
        ),
    )
}

fn phones(day: &Day, evidence: &Evidence) -> Vec<Phone> {
    let mut citizen = day.citizen.record.clone();
    citizen.samples.clone_from(&day.town.seen().samples);
    for (n, (id, _)) in day.notes.filed.iter().enumerate().skip(1) {
        if let Some(at) = words_at(day, evidence, id) {
            citizen.events.push(Event {
                at_ms: at,
                kind: EventKind::Arrived,
                words: words(
                    format!("lời của phản ánh {n} đã đến"),
                    format!("the words of report {n} arrived"),
                ),
            });
        }
    }
    citizen.events.sort_by_key(|e| e.at_ms);
    vec![
        citizen,
        day.neighbour.record.clone(),
        day.officer.record.clone(),
    ]
}

/// When the city committed a report's words, by its receipt.
fn words_at(day: &Day, evidence: &Evidence, id: &str) -> Option<u64> {
    let filing = list(&evidence.state, "ops")
        .iter()
        .find(|op| text(op, "subject") == id && text(op, "kind") == "report.new")?;
    Some(moment(day, filing["receipt"]["time"].as_i64()?))
}

fn reports(day: &Day, evidence: &Evidence) -> Vec<Report> {
    let config = Config::builtin();
    let category = |code: &str| {
        let found = config.categories.iter().find(|c| c.code == code);
        found.map_or_else(
            || words(code, code),
            |c| words(c.name.vi.clone(), c.name.en.clone()),
        )
    };
    let by = |who: &str| match who {
        "citizen" => words("người dân", "the citizen"),
        "intake" => words("tiếp nhận", "intake"),
        unit => {
            let found = config.units.iter().find(|u| u.code == unit);
            found.map_or_else(
                || words(unit, unit),
                |u| words(u.name.vi.clone(), u.name.en.clone()),
            )
        }
    };
    let state = |name: &str| {
        let item = TextItem::ReportState {
            state: name.to_owned(),
        };
        words(
            catalogue(&item, Language::Vi, TextForm::Short),
            catalogue(&item, Language::En, TextForm::Short),
        )
    };
    // Publishing moves no state; the step is known by its op.
    let published = |id: &str, at: Option<i64>| {
        list(&evidence.state, "ops").iter().any(|op| {
            text(op, "kind") == "staff.publish"
                && text(op, "subject") == id
                && op["receipt"]["time"].as_i64() == at
        })
    };
    let seen = day.town.seen();
    let tell = |(id, filed_ms): &(String, u64)| {
        let row = list(&evidence.state, "reports")
            .iter()
            .find(|r| text(r, "id") == id)?;
        let photos: Vec<Photo> = list(row, "photos")
            .iter()
            .map(|p| Photo {
                bytes: p["bytes"].as_u64().unwrap_or_default(),
                at_ms: seen.files.get(text(p, "sha256")).copied(),
            })
            .collect();
        let states = list(row, "timeline")
            .iter()
            .map(|t| State {
                at_ms: moment(day, t["at"].as_i64().unwrap_or_default()),
                words: if published(id, t["at"].as_i64()) {
                    words("Công khai", "Published")
                } else {
                    state(text(t, "state"))
                },
                by: by(text(t, "by")),
            })
            .collect();
        let words_ms = words_at(day, evidence, id);
        Some(Report {
            id: id.clone(),
            category: category(text(row, "category")),
            text: first_words(text(row, "text")),
            author: match text(row, "author") {
                "named" => words("có tên với nơi tiếp nhận", "named to the intake"),
                "anonymous" => words("ẩn danh", "anonymous"),
                _ => words(
                    "niêm phong: chỉ mở khi có lý do, và chị được báo",
                    "sealed: opened only for a reason, and she is told",
                ),
            },
            filed_ms: *filed_ms,
            words_ms,
            why: because::report(
                &day.citizen.record.bands,
                *filed_ms,
                words_ms,
                photos.iter().filter_map(|p: &Photo| p.at_ms).max(),
            ),
            photos,
            states,
        })
    };
    day.notes.filed.iter().filter_map(tell).collect()
}

fn proof(day: &Day) -> Option<Proof> {
    let [full, small, flipped] = &day.notes.verdicts;
    let said = full.as_ref()?.lines.first()?;
    let good = |ran: &Option<super::stage::Ran>| ran.as_ref().is_some_and(|r| r.code == Some(0));
    Some(Proof {
        what: first_words(text(said, "text")),
        not_before: said["not_before"].as_str().map(str::to_owned),
        not_after: text(said, "not_after").to_owned(),
        width_ms: said["width_ms"].as_u64(),
        claim: said["claim"]["at"].as_str().map(str::to_owned),
        compact_bytes: day.notes.compact_bytes,
        good: good(full) && good(small),
        flipped: flipped
            .as_ref()
            .filter(|r| r.code == Some(1))
            .and_then(|r| r.lines.first())
            .map(|v| text(v, "rule").to_owned()),
    })
}

/// The promised faults, each with where it hit.
fn faults(day: &Day, evidence: &Evidence) -> Vec<Fault> {
    let killed = |what: &str, name: Words, place: Words| Fault {
        name,
        hits: day
            .notes
            .kills
            .iter()
            .filter(|(w, _, _)| *w == what)
            .map(|(_, at, point)| Hit {
                at_ms: *at,
                place: words(
                    format!("{} ({point})", place.vi),
                    format!("{} ({point})", place.en),
                ),
                times: 1,
            })
            .collect(),
    };
    let mut all = vec![
        killed(
            "submit",
            words("SIGKILL khi đang lưu phản ánh", "SIGKILL inside a submit"),
            words("giữa BEGIN và COMMIT", "between BEGIN and COMMIT"),
        ),
        killed(
            "upload",
            words("SIGKILL khi đang tải ảnh", "SIGKILL inside an upload"),
            words("trong một mẩu ảnh", "inside a chunk"),
        ),
        killed(
            "battery",
            words("Hết pin", "Battery empty"),
            words("trong lúc gửi", "while sending"),
        ),
        Fault {
            name: words("Đồng hồ sai sau khi bật lại", "Wrong clock after the boot"),
            hits: day
                .notes
                .wrong_clock
                .iter()
                .filter(|(_, said)| said.starts_with("2010"))
                .map(|(at, said)| Hit {
                    at_ms: *at,
                    place: words(format!("máy ghi {said}"), format!("the phone wrote {said}")),
                    times: 1,
                })
                .collect(),
        },
    ];
    for (word, name) in [
        ("outage", words("Nhà mạng mất sóng", "Carrier outage")),
        ("portal", words("Cổng đăng nhập wifi", "Captive portal")),
        ("rate", words("Mạng 2 KB/s", "A link of 2 KB/s")),
        (
            "error-after",
            words("Lỗi 500 sau khi đã ghi", "500 after the commit"),
        ),
        ("duplicate", words("Gửi đến hai lần", "Delivered twice")),
        (
            "faster",
            words("Mạng nhanh hơn nhưng hẹp", "A faster, narrow link"),
        ),
        ("cut", words("Đứt kết nối", "Connections cut")),
    ] {
        let orders = day.notes.faults.iter().filter(|(_, n)| *n == word);
        let hits = orders.filter_map(|(id, _)| {
            let fault = evidence
                .faults
                .iter()
                .find(|f| f["id"].as_u64() == Some(*id))?;
            let times = fault["hits"].as_u64().filter(|n| *n > 0)?;
            let at_ms = day.town.seen().hits.get(id).copied().unwrap_or_default();
            let first = list(fault, "details").first().and_then(Value::as_str);
            let place = short_ids(first.unwrap_or_default());
            Some(Hit {
                at_ms,
                place: words(&place, &place),
                times,
            })
        });
        let hits = hits.collect();
        all.push(Fault { name, hits });
    }
    all
}

/// Ids of 32 digits, for the page shown by their first eight.
fn short_ids(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut digits = 0;
    for c in line.chars() {
        digits = if c.is_ascii_hexdigit() { digits + 1 } else { 0 };
        match digits {
            0..=8 => out.push(c),
            9 => out.push('…'),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_shown_by_its_beginning() {
        let line = "PATCH /files/b6a5f18e97f4d4bed825c90be47018fd cut, 90000 B";
        assert_eq!(short_ids(line), "PATCH /files/b6a5f18e… cut, 90000 B");
        assert_eq!(short_ids("2048 B/s"), "2048 B/s");
    }
}
