//! The page of an invented tour: complete, self-contained, escaped. `HUES_PAGE_OUT` keeps it for a look in a browser.

use super::super::record::*;
use super::render;

fn w(vi: &str, en: &str) -> Words {
    Words::new(vi, en)
}

fn event(at_ms: u64, kind: EventKind, vi: &str, en: &str) -> Event {
    Event {
        at_ms,
        kind,
        words: w(vi, en),
    }
}

fn band(kind: BandKind, from_ms: u64, to_ms: u64) -> Band {
    Band {
        kind,
        from_ms,
        to_ms,
    }
}

fn samples(list: &[(u64, u64, u64)]) -> Vec<Sample> {
    list.iter()
        .map(|&(at_ms, ops, bytes)| Sample { at_ms, ops, bytes })
        .collect()
}

fn citizen() -> Phone {
    Phone {
        key: "citizen".into(),
        name: "Chị Mai".into(),
        role: w("người dân, máy rẻ tiền", "citizen, a cheap phone"),
        carrier: "Sông Hương".into(),
        bands: vec![
            band(BandKind::Outage, 4_000, 38_000),
            band(BandKind::Battery, 24_000, 31_000),
            band(BandKind::Clock, 31_000, 52_000),
            band(BandKind::Slow, 44_000, 71_000),
            band(BandKind::Portal, 38_000, 44_000),
            band(BandKind::Cut, 71_000, 88_000),
            band(BandKind::ErrorAfter, 88_000, 93_000),
            band(BandKind::Duplicate, 93_000, 99_000),
        ],
        events: vec![
            event(
                6_000,
                EventKind::Act,
                "gửi phản ánh: ngập đường",
                "files a report: flooded road",
            ),
            event(
                9_000,
                EventKind::Act,
                "gửi phản ánh: cây đổ",
                "files a report: fallen tree",
            ),
            event(
                11_500,
                EventKind::Killed,
                "SIGKILL giữa BEGIN và COMMIT",
                "SIGKILL between BEGIN and COMMIT",
            ),
            event(
                13_000,
                EventKind::Booted,
                "mở lại, gửi lại",
                "opened again, filed again",
            ),
            event(
                16_000,
                EventKind::Act,
                "gửi phản ánh: đèn hỏng",
                "files a report: broken lamp",
            ),
            event(
                48_000,
                EventKind::Arrived,
                "chữ của ba phản ánh",
                "words of three reports",
            ),
            event(
                64_000,
                EventKind::Killed,
                "SIGKILL khi đang tải ảnh",
                "SIGKILL inside an upload",
            ),
            event(
                66_000,
                EventKind::Booted,
                "mở lại, tải tiếp từ byte 65.536",
                "opened again, resumes at byte 65,536",
            ),
            event(97_000, EventKind::Arrived, "đủ bảy ảnh", "all seven photos"),
            event(
                120_000,
                EventKind::Received,
                "đơn vị hỏi thêm",
                "the unit asks",
            ),
            event(
                140_000,
                EventKind::Received,
                "có câu trả lời",
                "the answer is there",
            ),
        ],
        samples: samples(&[
            (0, 0, 0),
            (6_000, 1, 640_000),
            (9_000, 2, 1_320_000),
            (16_000, 4, 2_210_000),
            (45_000, 3, 2_208_000),
            (47_000, 1, 2_204_000),
            (48_000, 0, 2_203_000),
            (72_000, 0, 1_500_000),
            (90_000, 0, 400_000),
            (97_000, 0, 0),
        ]),
    }
}

fn other(key: &str, name: &str, role: Words, carrier: &str, events: Vec<Event>) -> Phone {
    Phone {
        key: key.into(),
        name: name.into(),
        role,
        carrier: carrier.into(),
        bands: vec![],
        events,
        samples: samples(&[(0, 0, 0), (100_000, 1, 3_000), (101_000, 0, 0)]),
    }
}

fn report(n: u64, vi: &str, en: &str, text: &str, photos: u64) -> Report {
    Report {
        id: format!("{:032x}", 0x9c1f_u128 * 7_777_777_777 + u128::from(n)),
        category: w(vi, en),
        text: text.into(),
        author: w("người gửi được niêm phong", "sender sealed"),
        filed_ms: 6_000 + n * 4_000,
        words_ms: Some(45_000 + n * 1_200),
        photos: (0..photos)
            .map(|p| Photo {
                bytes: 300_000 + p * 20_000,
                at_ms: Some(75_000 + n * 6_000 + p * 3_000),
            })
            .collect(),
        states: vec![
            State { at_ms: 46_000, words: w("Đã tiếp nhận", "Received"), by: w("thành phố", "the city") },
            State { at_ms: 112_000, words: w("Đã xác minh", "Verified"), by: w("trung tâm", "the intake") },
            State { at_ms: 140_000, words: w("Đã trả lời", "Answered"), by: w("đơn vị", "the unit") },
        ],
        why: w(
            "Mạng mất đến 0:38, cổng Wi-Fi chặn đến 0:44, rồi 2 KB/s: chữ đi trước, ảnh đợi mạng nhanh.",
            "No signal until 0:38, a captive portal until 0:44, then 2 KB/s: words went first, photos waited for a faster link.",
        ),
    }
}

fn record() -> TourRecord {
    TourRecord {
        seed: 28,
        began: "2026-11-24T05:40:00+07:00".into(),
        duration_ms: 152_000,
        held: true,
        filed: Filed { reports: 3, photos: 7, ratings: 1, acts: 12 },
        lost: 0,
        double: 0,
        why: w(
            "Ba phản ánh, bảy ảnh và một đánh giá được gửi khi mất sóng; máy bị giết hai lần và hết pin một lần. Chữ đến nơi ngay khi có 2 KB/s, ảnh đến khi mạng khá hơn.",
            "Three reports, seven photos and a rating were filed without signal; the phone was killed twice and ran out of battery once. The words arrived as soon as there were 2 KB/s, the photos once the link was better.",
        ),
        phones: vec![
            citizen(),
            other("officer", "Anh Quang", w("cán bộ tiếp nhận", "officer at the intake"), "Cố Đô", vec![
                event(112_000, EventKind::Act, "xác minh và chuyển đơn vị", "verifies and assigns"),
                event(118_000, EventKind::Act, "hỏi thêm", "asks"),
                event(139_000, EventKind::Act, "trả lời và công bố", "answers and publishes"),
            ]),
            other("neighbour", "Bác Lộc", w("hàng xóm, mạng khác", "neighbour, another carrier"), "Cố Đô", vec![
                event(146_000, EventKind::Received, "thấy phản ánh đã công bố, không tên, không điểm chính xác", "sees the published report, no name, no exact point"),
            ]),
        ],
        reports: vec![
            report(0, "Ngập nước", "Flooding", "Nước lên ngang bánh xe ở kiệt 12, có người già mắc kẹt <b>", 3),
            report(1, "Cây xanh", "Trees", "Cây đổ chắn đường trước trường học", 2),
            report(2, "Chiếu sáng", "Street lights", "Đèn đường tắt cả dãy, trời tối", 2),
        ],
        proof: Some(Proof {
            what: "report.new 9c1f…".into(),
            not_before: Some("2026-11-24T05:39:00+07:00".into()),
            not_after: "2026-11-24T05:40:47+07:00".into(),
            width_ms: Some(107_000),
            claim: Some("2024-01-01T00:00:12+07:00".into()),
            compact_bytes: Some(714),
            good: true,
            flipped: Some("op-signature".into()),
        }),
        faults: vec![
            Fault { name: w("SIGKILL trong lúc gửi", "SIGKILL inside a submit"), hits: vec![Hit { at_ms: 11_500, place: w("giữa BEGIN và COMMIT", "between BEGIN and COMMIT"), times: 1 }] },
            Fault { name: w("Cắt kết nối", "Connection cut"), hits: vec![Hit { at_ms: 73_000, place: w("trong khúc 2 của ảnh 1", "inside chunk 2 of photo 1"), times: 4 }, Hit { at_ms: 80_000, place: w("trong khúc 5 của ảnh 3", "inside chunk 5 of photo 3"), times: 2 }] },
            Fault { name: w("Lỗi 500 sau khi ghi", "500 after the commit"), hits: vec![Hit { at_ms: 88_500, place: w("POST /ops", "POST /ops"), times: 1 }] },
        ],
        invariants: vec![
            Invariant { name: w("Mọi việc máy đã nhận đều có ở thành phố, đúng một lần", "Every act a phone accepted is in the city exactly once"), phones: "12".into(), city: "12 (12 khác nhau)".into(), held: true },
            Invariant { name: w("Băm của bảy ảnh khớp", "The hashes of the seven photos agree"), phones: "7".into(), city: "7".into(), held: true },
        ],
    }
}

#[test]
fn the_page_stands_alone_and_says_what_matters() {
    let html = render(&record());
    if let Ok(path) = std::env::var("HUES_PAGE_OUT") {
        std::fs::write(path, &html).unwrap();
    }
    for outside in [
        "http://", "https://", "<script", "url(", "@import", "<link", " src=",
    ] {
        assert!(!html.contains(outside), "{outside}");
    }
    for said in [
        "Không mất gì",
        "Nothing was lost",
        "2026-11-24T05:40:47+07:00",
        "op-signature",
        "kiệt 12",
    ] {
        assert!(html.contains(said), "{said}");
    }
    assert!(html.contains("mắc kẹt &lt;b&gt;"));
}

#[test]
fn a_broken_promise_is_the_first_thing_said() {
    let mut r = record();
    r.held = false;
    assert!(render(&r).contains("a promise did not hold"));
    r.lost = 1;
    r.reports[0].words_ms = None;
    let html = render(&r);
    assert!(html.contains("Something was lost or sent twice"));
    assert!(html.contains("not there"));
}

#[test]
fn an_empty_tour_still_renders() {
    let mut r = record();
    r.phones.clear();
    r.reports.clear();
    r.proof = None;
    r.duration_ms = 0;
    assert!(render(&r).contains("No proof was checked"));
}
